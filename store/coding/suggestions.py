"""Suggestions of the reader: what a coder makes of each is kept, to be counted by the rule that proposed it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlmodel import Session, col, select

from store.coding import access
from store.coding.diagnoses import AddDiagnosis, within_note
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Diagnosis, Encounter, SuggestionChoice
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from codesets.reading import Mention, NoteReading, Suggestion
    from store.coding.desk import Desk


class Outcome(StrEnum):
    """What became of a suggestion: taken as it was, found by another way, another code in its place, or nothing.

    MISSED is a code that the coder added and nothing had suggested; it has no rule.
    """

    ACCEPTED = "accepted"
    ANOTHER_WAY = "another way"
    EDITED = "edited"
    REJECTED = "rejected"
    MISSED = "missed"


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


def settle(change: Change, encounter: Encounter, offered: Sequence[Offer] | None) -> None:
    """Once the codes are whole: each that was added beside the suggestions counts for the rule that had proposed it.

    `offered` is what the coder was shown, None where no note was read.  A code on the words of a suggestion for another
    one counts as edited, one that nothing proposed as missed.  A suggestion has one outcome, the last one: what it
    became before is written over where that code is no longer on the encounter.
    """
    if offered is None:
        return
    coded = access.diagnoses(change, encounter.id)
    query = (
        select(SuggestionChoice).where(SuggestionChoice.encounter_id == encounter.id).order_by(col(SuggestionChoice.id))
    )
    settled = _Settled(change, encounter, change.session.exec(query).all(), {row.code for row in coded})
    for row in settled.uncounted(coded):
        settled.as_offered(row, offered)
    for row in settled.uncounted(coded):
        settled.beside(row, offered)


class _Settled:
    """What became of the suggestions on an encounter: by rule and code one row each, without a rule what was missed."""

    def __init__(
        self, change: Change, encounter: Encounter, before: Sequence[SuggestionChoice], coded: Collection[str]
    ) -> None:
        self._change, self._encounter = change, encounter
        self._rows: dict[tuple[str, str], SuggestionChoice] = {}
        for row in before:
            if row.chosen and row.chosen not in coded:
                _no_longer(change, row)
            if row.rule or row.chosen in coded:
                self._rows[row.rule, _key(row.code)] = row

    def uncounted(self, coded: Sequence[Diagnosis]) -> list[Diagnosis]:
        """The codes that no suggestion's outcome names, nor are missed, yet."""
        counted = {row.chosen for row in self._rows.values()}
        return [row for row in coded if row.code not in counted]

    def as_offered(self, row: Diagnosis, offered: Sequence[Offer]) -> None:
        """A code that was suggested counts for the first rule that did."""
        offer = next((one for one in offered if _key(one.code) == _key(row.code)), None)
        if offer is not None:
            self._keep(row, Outcome.ANOTHER_WAY, offer)

    def beside(self, row: Diagnosis, offered: Sequence[Offer]) -> None:
        """A code on the words of a suggestion that came to nothing else; else one that nothing proposed."""
        offer = next((one for one in offered if _overlap(row, one) and self._is_open(one)), None)
        self._keep(row, Outcome.EDITED if offer else Outcome.MISSED, offer)

    def _is_open(self, offer: Offer) -> bool:
        known = self._rows.get((offer.rule, _key(offer.code)))
        return known is None or known.outcome == Outcome.REJECTED

    def _keep(self, row: Diagnosis, outcome: Outcome, offer: Offer | None) -> None:
        known = self._rows.get((offer.rule, _key(offer.code))) if offer else None
        if known is not None:
            known.outcome, known.chosen = outcome, row.code
            return
        made = self._change.add(
            SuggestionChoice(
                encounter_id=self._encounter.id,
                rule=offer.rule if offer else "",
                code=offer.code if offer else row.code,
                span_start=offer.span[0] if offer else row.span_start or 0,
                span_end=offer.span[1] if offer else row.span_end or 0,
                outcome=outcome,
                chosen=row.code,
                user_id=self._change.actor.user_id,
                at=self._change.now,
            )
        )
        self._rows[made.rule, _key(made.code)] = made


def _no_longer(change: Change, row: SuggestionChoice) -> None:
    """The code that was counted was taken away again: what had been suggested is rejected, what had not is nothing."""
    if row.rule:
        row.outcome, row.chosen = Outcome.REJECTED, ""
    else:
        change.session.delete(row)


def _overlap(row: Diagnosis, offer: Offer) -> bool:
    """Whether a code rests on words of a suggestion."""
    if row.span_start is None or row.span_end is None:
        return False
    return row.span_start < offer.span[1] and offer.span[0] < row.span_end


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
