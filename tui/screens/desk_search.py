"""What the desk asks the store and the code library: the encounter, codes for typed words, notes of a code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from store.money import show_cents
from tui.calls import Calls
from tui.screens.code_search import HitLike

if TYPE_CHECKING:
    from store.coding.desk import Desk, Procedure
    from store.practice import Practice
    from store.work.command import Command

_NOTE_KINDS = {
    "includes": "Includes",
    "inclusionTerm": "Also called",
    "excludes1": "Excludes1",
    "excludes2": "Excludes2",
    "codeFirst": "Code first",
    "useAdditionalCode": "Use additional",
    "codeAlso": "Code also",
    "sevenChrDef": "7th character",
    "sevenChrNote": "7th character",
}


@dataclass(frozen=True, slots=True)
class FoundProcedure:
    """A procedure of the fee schedule, as the search shows it; `system` is its fee."""

    code: str
    title: str
    system: str
    score: float = 0.0
    matched: tuple[tuple[int, int], ...] = ()
    billable: bool = True
    via: str = ""
    phrase: str = ""
    in_force: bool = True


class DeskFinder:
    """Searches one kind of code at a time, as of the encounter's date; everything runs on the store's thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kind = "icd"
        self._on: date | None = None
        self._procedures: tuple[Procedure, ...] = ()

    @property
    def _practice(self) -> Practice:
        from store.practice import Practice

        practice = self._calls.practice
        assert isinstance(practice, Practice)
        return practice

    def turn_to(self, kind: str, on: date) -> None:
        """What is searched from now on: 'icd' or 'procedures'."""
        if on != self._on:
            self._procedures = ()
        self._kind, self._on = kind, on

    def read(self, encounter_id: int) -> Desk:
        """The encounter."""
        from store.coding.desk import read_desk

        with self._practice.reading() as session:
            return read_desk(session, self._practice.codes, encounter_id)

    async def search(self, text: str) -> Sequence[HitLike]:
        """Codes for what is typed."""
        find: Callable[[str], Sequence[HitLike]]
        find = self._find_codes if self._kind == "icd" else self._find_procedures
        return await self._calls.run(find, text)

    def _find_codes(self, text: str) -> Sequence[HitLike]:
        return self._practice.codes.search(text, on=self._on, limit=30)

    def _find_procedures(self, text: str) -> Sequence[HitLike]:
        from store.coding.desk import procedures
        from store.coding.find import find_procedures

        if not self._procedures and self._on is not None:
            with self._practice.reading() as session:
                self._procedures = procedures(session, self._on)
        return tuple(
            FoundProcedure(found.code, found.title, show_cents(found.fee))
            for found in find_procedures(self._procedures, text, 30)
        )

    async def notes(self, hit: HitLike) -> Sequence[str]:
        """What the book says about a code, at every level."""
        return await self._calls.run(self._notes_of, hit) if self._kind == "icd" else ()

    def _notes_of(self, hit: HitLike) -> list[str]:
        codes = self._practice.codes
        validity = codes.validity(hit.code, self._on or date.today())
        told = [] if validity.ok else [validity.message]
        notes = codes.notes(hit.code)
        levels = list(dict.fromkeys(note.node for note in notes))
        notes = tuple(
            sorted(notes, key=lambda note: -levels.index(note.node))
        )  # the code's own first, its chapter's last
        return told + [f"{_NOTE_KINDS.get(note.kind, 'Note')} ({note.node}): {note.text}" for note in notes]

    @property
    def finds_procedures(self) -> bool:
        """Whether procedures are searched now."""
        return self._kind == "procedures"

    def adding(self, encounter_id: int, hit: HitLike, span: tuple[int, int] | tuple[None, None]) -> Command:
        """The command that puts a found code on the encounter."""
        from store.coding.diagnoses import AddDiagnosis
        from store.coding.lines import AddLine

        if self.finds_procedures:
            return AddLine(encounter_id, hit.code)
        return AddDiagnosis(encounter_id, hit.code, *span)
