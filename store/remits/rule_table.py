"""Editing the table of dispositions: row by row, or a whole CSV file.

The columns are payer (its identifier, empty for all), group, reason, remark, sequence (P, S, T), disposition, category,
cause, action, hint; an empty group, remark or sequence fits any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.denials.states import CLOSED
from store.denials.worth import rank_these
from store.errors import Refused
from store.people.roles import Permission
from store.plain_tables import rows_of
from store.remits.board import CHUNK
from store.remits.dispositions import Disposition, categories, disposition, forget_rules, rules_of
from store.tables import Claim, Denial, DispositionRule, Payer, RemitAdjustment
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said, bulk

COLUMNS = ("payer", "group", "reason", "remark", "sequence", "disposition", "category", "cause", "action", "hint")
_GROUPS = ("", "CO", "PR", "OA", "PI", "CR")


@dataclass(frozen=True, slots=True)
class SetDisposition(Command):
    """Say what is done with a reason (payer 0: of every payer); open denials get the new category at once."""

    reason: str
    disposition: str
    category: str
    payer_id: int = 0
    group: str = ""
    remark: str = ""
    sequence: str = ""
    cause: str = ""
    action: str = ""
    hint: str = ""
    name: ClassVar[str] = "remits.set_disposition"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Refused where it would bill to the patient what the payer did not put on the patient."""
        row = keep_rule(change, self, "")
        changed = _reclassify(change, row)
        where = f"{row.group or 'any group'} {row.reason}"
        return Said(f"{where}: {row.disposition}, {row.category}; {changed} open denials follow.", row.id)


@dataclass(frozen=True, slots=True)
class LoadDispositions(Command):
    """Take in a CSV of dispositions; rows that are here already are replaced."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "remits.load_dispositions"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused whole with line and column."""
        payers = dict(change.session.exec(select(Payer.payer_id, Payer.id)).all())
        rows = 0
        for where, told in _read(self.content, self.file_name):
            name = told.pop("payer")
            if name and name not in payers:
                raise Refused(f"There is no payer {name[:20]!r}.", where=f"{where}, payer")
            row = keep_rule(change, SetDisposition(payer_id=payers.get(name, 0), **told), where)
            _reclassify(change, row)
            rows += 1
        return Said(
            f"{self.file_name}: {how_many(rows, 'disposition')} {'holds' if rows == 1 else 'hold'} from now on.", rows
        )


def keep_rule(change: Change, told: SetDisposition, where: str) -> DispositionRule:
    """Write one row, over an earlier one of the same key."""
    reason, group = clean_line(told.reason).upper(), told.group.upper()
    if not reason or group not in _GROUPS or told.sequence not in ("", "P", "S", "T"):
        raise Refused("A disposition has a reason, a group or none, and a sequence P, S, T or none.", where=where)
    if told.disposition not in set(Disposition):
        raise Refused(f"{told.disposition[:20]!r} is none of {', '.join(Disposition)}.", where=where)
    if told.category not in categories():
        raise Refused(f"{told.category[:20]!r} is none of {', '.join(categories())}.", where=where)
    if told.disposition == Disposition.PATIENT and group != "PR":
        raise Refused("Only what the payer puts on the patient (group PR) is the patient's.", where=where)
    key = (told.payer_id, group, reason, told.remark.upper(), told.sequence)
    query = select(DispositionRule).where(
        DispositionRule.payer_id == key[0], DispositionRule.group == key[1], DispositionRule.reason == key[2],
        DispositionRule.remark == key[3], DispositionRule.sequence == key[4],
    )  # fmt: skip
    row = change.session.exec(query).first()
    if row is None:
        row = DispositionRule(
            payer_id=key[0], group=key[1], reason=key[2], remark=key[3], sequence=key[4],
            disposition=told.disposition, category=told.category,
        )  # fmt: skip
        change.session.add(row)
    row.disposition, row.category = told.disposition, told.category
    row.cause, row.action = clean_line(told.cause)[:40], clean_line(told.action)[:120]
    row.hint = clean_line(told.hint)[:120]
    change.session.flush()
    forget_rules(change.session)
    return row


def own_rows(session: Session) -> list[dict[str, object]]:
    """The practice's own rows, for reading."""
    return [row.model_dump() for row in session.exec(select(DispositionRule).order_by(col(DispositionRule.id))).all()]


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A group and reason that no row names: how often it came, and for how much in cents."""

    group: str
    reason: str
    count: int
    cents: int


def unknown_codes(session: Session) -> list[UnknownCode]:
    """Every group and reason that came and is in no table, the most money first."""
    query = (
        select(RemitAdjustment.group, RemitAdjustment.reason, func.count(), func.sum(RemitAdjustment.cents))
        .group_by(col(RemitAdjustment.group), col(RemitAdjustment.reason))
    )  # fmt: skip
    rules = rules_of(session)
    found = [
        UnknownCode(group, reason, count, int(cents))
        for group, reason, count, cents in session.execute(query).all()
        if not rules.rule(group, reason).known and not disposition(group, reason).known
    ]
    return sorted(found, key=lambda one: -abs(one.cents))


def _reclassify(change: Change, row: DispositionRule) -> int:
    """Open denials of the reason get the category that the rules give them now."""
    rules = rules_of(change.session)
    query = (
        select(Denial, Claim)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .where(Denial.reason == row.reason, col(Denial.state).not_in(CLOSED))
    )
    changed, count = set[int](), 0
    for denial, claim in change.session.exec(query).all():
        rule = rules.rule(
            denial.group, denial.reason, payer_id=claim.payer_id, remarks=denial.remarks.split(),
            sequence=claim.sequence,
        )  # fmt: skip
        if denial.category != rule.category:
            denial.category = rule.category
            changed.add(claim.id)
            count += 1
    for start in range(0, len(changed), CHUNK):
        rank_these(change, sorted(changed)[start : start + CHUNK])
    return count


def _read(content: bytes, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for where, _, row in rows_of(content, name, ("reason", "disposition", "category")):
        yield where, {column: row.get(column, "") for column in COLUMNS}
