"""What posting does with an adjustment: give up, move to the patient, or leave open and open a denial.

The group says who bears it, the reason says why; neither says what to do.  A table does, by payer, group, reason,
remark and payer sequence: the practice's own rows first, then what is shipped (numbers and our own wording).  An
unknown code is left open and flagged, and never written off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlmodel import Session, select

from codesets.tables import read_table
from store.tables import DispositionRule


class Disposition(StrEnum):
    """What happens to the money of one reason."""

    CONTRACTUAL = "contractual"
    PATIENT = "patient"
    PRIOR_PAYER = "prior payer"
    PROTECTED = "protected"
    """Cost share of a qualified Medicare beneficiary (QMB): Medicaid's or ours, never the patient's."""
    DENIAL = "denial"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the disposition, the denial category, a hint in our own words, who caused it and what to do first.

    `known` is False where no row names the reason.
    """

    disposition: Disposition
    category: str
    hint: str
    known: bool = True
    cause: str = ""
    action: str = ""


class Rules:
    """The practice's own rows over the shipped ones."""

    def __init__(self, own: Iterable[DispositionRule] = ()) -> None:
        self._own: dict[str, list[DispositionRule]] = defaultdict(list)
        for row in own:
            self._own[row.reason].append(row)

    def rule(
        self, group: str, reason: str, *, payer_id: int | None = None, remarks: Collection[str] = (), sequence: str = ""
    ) -> Rule:
        """The row that names the most of what is asked."""
        fits = [
            row
            for row in self._own.get(reason, ())
            if row.payer_id in (0, payer_id)
            and row.group in ("", group)
            and (not row.remark or row.remark in remarks)
            and row.sequence in ("", sequence)
        ]
        if not fits:
            return disposition(group, reason)
        best = max(fits, key=lambda row: (bool(row.payer_id), bool(row.remark), bool(row.sequence), bool(row.group)))
        cause, action = _usual(best.category)
        return Rule(
            Disposition(best.disposition), best.category, best.hint or disposition(group, reason).hint, True,
            best.cause or cause, best.action or action,
        )  # fmt: skip


def rules_of(session: Session) -> Rules:
    """The rules that hold in this transaction, read once."""
    rules = session.info.get("dispositions")
    if not isinstance(rules, Rules):
        rules = session.info["dispositions"] = Rules(session.exec(select(DispositionRule)).all())
    return rules


def forget_rules(session: Session) -> None:
    """The rules were changed: read them again."""
    session.info.pop("dispositions", None)


def disposition(group: str, reason: str) -> Rule:
    """The shipped rule of a group and a reason; a row of the group itself goes before one of any group (`*`)."""
    rules = _rules()
    return rules.get((group, reason)) or rules.get(("*", reason)) or _unknown()


def categories() -> tuple[str, ...]:
    """The categories of denials."""
    return tuple(row["category"] for row in read_table("denial_categories"))


@cache
def _unknown() -> Rule:
    cause, action = _usual("other")
    return Rule(Disposition.DENIAL, "other", "a reason that is not in the table", False, cause, action)


@cache
def _usual(category: str) -> tuple[str, str]:
    """Who usually caused a denial of a category, and what is usually done first."""
    rows = {row["category"]: (row["cause"], row["action"]) for row in read_table("denial_categories")}
    return rows.get(category, rows["other"])


@cache
def _rules() -> dict[tuple[str, str], Rule]:
    return {
        (row["group"], row["reason"]): Rule(
            Disposition(row["disposition"]), row["category"], row["hint"], True, *_usual(row["category"])
        )
        for row in read_table("dispositions")
    }
