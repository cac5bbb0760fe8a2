"""Which finished encounters get a second look: by rule, at random, or because somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from store.coding import access
from store.coding.states import ENCOUNTER, CodingState
from store.errors import NotFound, Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.tables import CodingReview, Encounter, ReviewRule
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said

KINDS = {
    "random": "percent of all encounters",
    "new coder": "the first so many encounters of a coder",
    "amount": "charges of so many dollars or more",
    "modifier": "a line with one of these modifiers",
    "code": "a diagnosis or procedure that begins with one of these",
}
"""What a rule looks at, and what its value means."""

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class AddReviewRule(Command):
    """Send encounters to review from a day on; `value` is a number or a list with commas."""

    kind: str
    value: str
    valid_from: date
    name: ClassVar[str] = "reviews.add_rule"
    permission: ClassVar[Permission] = Permission.REVIEW

    def apply(self, change: Change) -> Said:
        """Refused for a kind that is not known and a value that its kind can't be."""
        kind, value = clean_line(self.kind), clean_line(self.value)
        if kind not in KINDS:
            raise Refused(f"There is no kind of rule {kind[:20]!r}.", do=f"There are: {', '.join(KINDS)}.")
        if kind in {"random", "new coder"} and not (value.isdecimal() and 0 < int(value) <= 10_000):
            raise Refused(f"{value[:20]!r} is no number.", do=f"It is the {KINDS[kind]}.")
        if kind == "random" and int(value) > _PERCENT:
            raise Refused(f"{value} percent can't be.")
        if kind == "amount":
            value = show_cents(parse_cents(value.lstrip("$")))
        if not value:
            raise Refused("The rule has no value.", do=f"It is {KINDS[kind]}.")
        rule = change.add(ReviewRule(kind=kind, value=value.upper(), valid_from=self.valid_from))
        return Said(f"To review from {self.valid_from} on: {rule_words(rule)}.", rule.id)


@dataclass(frozen=True, slots=True)
class EndReviewRule(Command):
    """A rule holds no longer than a day."""

    rule_id: int
    until: date
    name: ClassVar[str] = "reviews.end_rule"
    permission: ClassVar[Permission] = Permission.REVIEW

    def apply(self, change: Change) -> Said:
        """What it sent to review stays there."""
        rule = change.get(ReviewRule, self.rule_id)
        rule.valid_to = self.until
        return Said(f"Until {self.until}: {rule_words(rule)}.", rule.id)


def rule_words(rule: ReviewRule) -> str:
    """A rule in a few words."""
    return f"{rule.kind} {rule.value}{'%' if rule.kind == 'random' else ''}"


def rules_on(session: Session, on: date) -> list[ReviewRule]:
    """The rules that hold on a day, in the order in which they were made."""
    in_force = or_(col(ReviewRule.valid_to).is_(None), col(ReviewRule.valid_to) >= on)
    query = select(ReviewRule).where(ReviewRule.valid_from <= on, in_force).order_by(col(ReviewRule.id))
    return list(session.exec(query).all())


def needed(change: Change, encounter: Encounter) -> tuple[str, str] | None:
    """How an encounter that is finished was chosen for review and why; None when it isn't.

    What was reviewed before isn't chosen again: an encounter that was returned goes on when it is finished.
    """
    seen = select(CodingReview.id).where(CodingReview.encounter_id == encounter.id)
    if change.session.exec(seen).first() is not None:
        return None
    for rule in rules_on(change.session, change.today):
        if _fits(change, encounter, rule):
            return ("random" if rule.kind == "random" else "rule"), rule_words(rule)
    return None


def _fits(change: Change, encounter: Encounter, rule: ReviewRule) -> bool:
    lines = access.lines(change, encounter.id)
    wanted = tuple(part.strip() for part in rule.value.split(",") if part.strip())
    if rule.kind == "random":
        return _drawn(encounter.number, rule.id) < int(rule.value)
    if rule.kind == "new coder":
        done = select(func.count()).select_from(Encounter).where(Encounter.coded_by == encounter.coded_by)
        return change.session.exec(done.where(col(Encounter.coded_at).is_not(None))).one() < int(rule.value)
    if rule.kind == "amount":
        return sum(line.charge for line in lines) >= parse_cents(rule.value)
    if rule.kind == "modifier":
        return any(set(line.modifiers.split(",")) & set(wanted) for line in lines)
    codes = [row.code for row in access.diagnoses(change, encounter.id)] + [line.code for line in lines]
    return any(code.startswith(wanted) for code in codes)


def _drawn(number: str, rule_id: int) -> int:
    """A number below 100 that is always the same for an encounter, and that nobody can choose."""
    return int.from_bytes(hashlib.sha256(f"{rule_id}:{number}".encode()).digest()[:4]) % _PERCENT


def send(change: Change, encounter: Encounter, chosen: str, reason: str, override: str = "") -> Said:
    """Put an encounter in progress before a reviewer, with the coder's reason where codes exclude each other."""
    assert encounter.coded_by is not None
    change.move(encounter, ENCOUNTER, CodingState.REVIEW, access.called(encounter))
    change.add(
        CodingReview(
            encounter_id=encounter.id,
            coder_id=encounter.coded_by,
            chosen=chosen,
            reason=reason,
            asked_at=change.now,
            codes_before="\n".join(code_lines(change, encounter.id)),
            override=override,
        )
    )
    cents = access.charges(change, encounter.id)
    item = items.find(change, access.QUEUE, encounter.id)
    items.close(change, access.QUEUE, encounter.id)
    due = item.due if item is not None else None
    items.put(change, access.REVIEWS, encounter.id, reason=f"review: {reason}", cents=cents, due=due, score=cents)
    return Said(f"{access.called(encounter)} goes to review: {reason}", encounter.id)


def code_lines(change: Change, encounter_id: int) -> Iterator[str]:
    """Each code as one line: the first-listed diagnosis told as such, procedures with modifiers and units."""
    for row in access.diagnoses(change, encounter_id):
        yield f"dx {row.code}"
        if row.position == 1:
            yield f"first {row.code}"
    for line in access.lines(change, encounter_id):
        yield f"px {line.code} {line.modifiers or '-'} x{line.units}"


def waiting_review(change: Change, encounter_id: int) -> CodingReview:
    """The review that an encounter waits for."""
    query = select(CodingReview).where(CodingReview.encounter_id == encounter_id, CodingReview.outcome == "")
    found = change.session.exec(query).first()
    if found is None:
        raise NotFound("It is not in review.")
    return found
