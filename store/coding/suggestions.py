"""Suggestions of the reader: what a coder makes of each is kept, and counted by the rule that proposed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.coding import access
from store.coding.diagnoses import AddDiagnosis, within_note
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Diagnosis, SuggestionChoice
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text
from store.work.record import Lines, Record, Tab, Table
from store.work.values import Column, Kind

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from codesets.reading import Mention, NoteReading, Suggestion
    from store.coding.desk import Desk


class Outcome(StrEnum):
    """What became of a suggestion: taken as it was, another code in its place, or nothing."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class TakeSuggestion(Command):
    """Code what a rule proposed, or another code for the same words; the words become the code's evidence.

    `typed` is what the search was asked for the other code.
    """

    encounter_id: int
    rule: str
    code: str
    span_start: int
    span_end: int
    chosen: str = ""
    typed: str = free_text(default="")
    name: ClassVar[str] = "coding.take_suggestion"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The same checks as for any diagnosis."""
        code = self.chosen or self.code
        said = AddDiagnosis(self.encounter_id, code, self.span_start, self.span_end, typed=self.typed).apply(change)
        coded = change.get(Diagnosis, said.result).code
        outcome = Outcome.ACCEPTED if _key(coded) == _key(self.code) else Outcome.EDITED
        _keep(change, self, outcome, coded)
        return said


@dataclass(frozen=True, slots=True)
class RejectSuggestion(Command):
    """The note doesn't support what was proposed; it isn't offered again on this encounter."""

    encounter_id: int
    rule: str
    code: str
    span_start: int
    span_end: int
    name: ClassVar[str] = "coding.reject_suggestion"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Nothing on the encounter changes."""
        access.editable(change, self.encounter_id)
        _keep(change, self, Outcome.REJECTED, "")
        return Said(f"{clean_line(self.code)} is not offered any more.", self.encounter_id)


def _keep(change: Change, taken: TakeSuggestion | RejectSuggestion, outcome: Outcome, chosen: str) -> None:
    rule, code = clean_line(taken.rule)[:80], clean_line(taken.code)[:10]
    if not rule or not code:
        raise Refused("A suggestion has a rule and a code.")
    within_note(change, taken.encounter_id, taken.span_start, taken.span_end)
    change.add(
        SuggestionChoice(
            encounter_id=taken.encounter_id,
            rule=rule,
            code=code,
            span_start=taken.span_start,
            span_end=taken.span_end,
            outcome=outcome,
            chosen=chosen,
            user_id=change.actor.user_id,
            at=change.now,
        )
    )


def _key(code: str) -> str:
    return code.replace(".", "").upper()


# What the desk shows


@dataclass(frozen=True, slots=True)
class Offer:
    """A code that the note supports: `rule` proposed it, `why` says so in words; `missing` would make it exacter."""

    code: str
    title: str
    span: tuple[int, int]
    rule: str
    why: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """Words of the note that name a condition and are no reason to code it: `how` is negated, family, uncertain …"""

    words: str
    span: tuple[int, int]
    how: str
    why: str


@dataclass(frozen=True, slots=True)
class NoteAdvice:
    """What the reader makes of a note, best first, and what it left aside in the order of the note."""

    offers: tuple[Offer, ...] = ()
    asides: tuple[Aside, ...] = ()


MOST_OFFERS = 15


def advise(codes: CodeLibrary, desk: Desk) -> NoteAdvice:
    """Read the note; takes some milliseconds and no database, so it may run on any thread."""
    from codesets.reading import read_note

    if not desk.note.strip():
        return NoteAdvice()
    reading = read_note(desk.note, codes, on=desk.on, setting=desk.setting, age=desk.age, sex=desk.sex)
    offers = tuple(_offer(one) for one in reading.suggestions[:MOST_OFFERS])
    return NoteAdvice(offers, tuple(_asides(reading)))


def _offer(one: Suggestion) -> Offer:
    return Offer(one.code, one.title, one.span, one.rule, one.why, one.missing)


def _asides(reading: NoteReading) -> list[Aside]:
    offered = {one.span for one in reading.suggestions}
    seen: set[tuple[str, str]] = set()
    found = []
    for mention in reading.mentions:
        named = (mention.text.casefold(), mention.assertion.value)
        if mention.assertion == "present" or mention.span in offered or named in seen:
            continue
        seen.add(named)
        found.append(Aside(mention.text, mention.span, mention.assertion.value, _reason(mention)))
    return found


def _reason(mention: Mention) -> str:
    trigger = f" ('{mention.trigger}')" if mention.trigger else ""
    return f"'{mention.text}' is {mention.assertion.value} in the note{trigger}: it is not offered as a code."


def open_offers(advice: NoteAdvice, desk: Desk) -> tuple[Offer, ...]:
    """The offers that nobody has decided on yet: not on the encounter, not decided before."""
    present = {row.code for row in desk.diagnoses}
    return tuple(
        offer for offer in advice.offers if offer.code not in present and (offer.code, *offer.span) not in desk.decided
    )


def decided(session: Session, encounter_id: int) -> frozenset[tuple[str, int, int]]:
    """Code and span of each suggestion that was decided on an encounter."""
    query = select(SuggestionChoice).where(SuggestionChoice.encounter_id == encounter_id)
    return frozenset((row.code, row.span_start, row.span_end) for row in session.exec(query))


# What earns its place


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule's suggestions were accepted, edited and rejected."""

    rule: str
    accepted: int
    edited: int
    rejected: int

    @property
    def total(self) -> int:
        """All decisions."""
        return self.accepted + self.edited + self.rejected

    @property
    def percent(self) -> int:
        """Accepted as they were, of all decided."""
        return round(100 * self.accepted / self.total) if self.total else 0


def rules_record(session: Session) -> Record:
    """The counts of every rule, ready to read."""
    rows = rule_counts(session)
    columns = (
        Column("rule", "Rule", 28),
        Column("accepted", "Accepted", 8, Kind.NUMBER),
        Column("edited", "Edited", 6, Kind.NUMBER),
        Column("rejected", "Rejected", 8, Kind.NUMBER),
        Column("percent", "Acc. %", 6, Kind.NUMBER),
    )
    cells = tuple((row.rule, row.accepted, row.edited, row.rejected, row.percent) for row in rows)
    words = "Accepted as it was, another code taken for the same words, or rejected; percent of all decided."
    headline = f"{sum(row.total for row in rows)} decisions on {len(rows)} rules"
    return Record("Suggestions by rule", headline, "", (Tab("Rules", (Table(columns, cells), Lines((words,)))),))


def rule_counts(session: Session) -> Sequence[RuleCount]:
    """Every rule that was decided on, the busiest first."""
    query = select(SuggestionChoice.rule, SuggestionChoice.outcome, func.count(col(SuggestionChoice.id))).group_by(
        SuggestionChoice.rule, SuggestionChoice.outcome
    )
    counts: dict[str, Counter[str]] = {}
    for rule, outcome, number in session.exec(query):
        counts.setdefault(rule, Counter())[outcome] = number
    rows = [RuleCount(rule, *(found[one.value] for one in Outcome)) for rule, found in counts.items()]
    return sorted(rows, key=lambda row: (-row.total, row.rule))
