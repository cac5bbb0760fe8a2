"""What the desk asks the store and the code library: the encounter, codes for typed words, notes of a code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from store import clock
from store.money import show_cents
from tui.calls import Calls
from tui.screens.code_search import NOTHING, HitLike
from tui.widgets.book_lines import NOTE_KINDS

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from codesets.search.memory import Preferences
    from store.coding.desk import Desk, Procedure
    from store.coding.shelf import Handy
    from store.coding.suggestions import Offer
    from store.practice import Practice
    from store.work.command import Command


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


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search looks through: `systems` of the library, or the fee schedule without any."""

    shown: str
    systems: tuple[str, ...] = ()


_DIAGNOSES = (Scope("ICD-10-CM", ("ICD10CM",)), Scope("all code sets", ("ICD10CM", "HCPCS", "CPT")))
_PROCEDURES = (Scope("fee schedule"), Scope("HCPCS", ("HCPCS",)), Scope("CPT", ("CPT",)))


class DeskFinder:
    """Searches one kind of code at a time, as of the encounter's date; everything runs on the store's thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kind = "icd"
        self._on: date | None = None
        self._procedures: tuple[Procedure, ...] = ()
        self._scopes: tuple[Scope, ...] = _DIAGNOSES
        self._scope = 0
        self._specialty = ""
        self._encounter: int | None = None
        self._usual: Mapping[str, int] | None = None
        self._prefer: Preferences | None = None

    @property
    def _practice(self) -> Practice:
        from store.practice import Practice

        practice = self._calls.practice
        assert isinstance(practice, Practice)
        return practice

    @property
    def codes(self) -> CodeLibrary:
        """The code sets; they answer on any thread."""
        return self._practice.codes

    def turn_to(self, kind: str, on: date) -> None:
        """What is searched from now on: 'icd' or 'procedures'."""
        if on != self._on:
            self._procedures = ()
        self._kind, self._on = kind, on
        self._scopes = _DIAGNOSES if kind == "icd" else _PROCEDURES
        self._scope = 0
        self._prefer = self._usual = None

    @property
    def scope(self) -> Scope:
        """What is searched."""
        return self._scopes[self._scope]

    def turn(self) -> Scope:
        """The next thing to search."""
        self._scope = (self._scope + 1) % len(self._scopes)
        return self.scope

    def nothing(self) -> str:
        """What is said where nothing was found."""
        systems = self.scope.systems
        if not systems:
            return "It is not in the fee schedule: superbill fees set CODE 35.00 puts a procedure there."
        if len(systems) == 1 and systems[0] not in {one.system for one in self.codes.releases()}:
            return f"{self.scope.shown} is not loaded: superbill codes load {systems[0].lower()} FILE brings it in."
        return NOTHING

    def learned_anew(self) -> None:
        """Picks or favourites changed: they are read again."""
        self._prefer = None

    def read(self, encounter_id: int) -> Desk:
        """The encounter."""
        desk = self._practice.desk(encounter_id)
        self._specialty, self._encounter = desk.specialty, encounter_id
        return desk

    def handy(self) -> tuple[Handy, ...]:
        """Favourites, recent codes and macros of the person."""
        from store.coding.shelf import handy

        with self._practice.reading() as session:
            return handy(session, self._practice.actor.user_id, self.codes)

    def base_units(self, encounter_id: int, code: str) -> int | None:
        """The base units of an anaesthesia code by the practice's own list."""
        from store.coding.worksheets import base_units

        with self._practice.reading() as session:
            return base_units(session, self.codes, encounter_id, code)

    async def search(self, text: str) -> Sequence[HitLike]:
        """Codes for what is typed."""
        if not text.strip() and self.scope.systems:
            return ()
        find: Callable[[str], Sequence[HitLike]]
        find = self._find_codes if self.scope.systems else self._find_procedures
        return await self._calls.run(find, text)

    def _find_codes(self, text: str) -> Sequence[HitLike]:
        systems, prefer = self.scope.systems, self._preferences()
        return self._practice.codes.search(text, systems=systems, on=self._on, limit=30, prefer=prefer)

    def _preferences(self) -> Preferences:
        if self._prefer is None:
            from store.coding.learned import preferences

            practice = self._practice
            self._prefer = preferences(practice.engine, practice.actor, self._on or clock.today(), self._specialty)
        return self._prefer

    def _find_procedures(self, text: str) -> Sequence[HitLike]:
        from codesets.search.memory import why_moved
        from store.coding.desk import procedures
        from store.coding.find import find_procedures, usual_procedures

        with self._practice.reading() as session:
            if not self._procedures and self._on is not None:
                self._procedures = procedures(session, self._on)
            if self._usual is None and self._encounter is not None:
                self._usual = usual_procedures(session, self._encounter)
        prefer = self._preferences()
        picks = prefer.picked(text)
        return tuple(
            FoundProcedure(
                one.code, one.title, show_cents(one.fee), via=why_moved(picks.get(one.code, 0), one.code, prefer)
            )
            for one in find_procedures(self._procedures, text, 30, self._usual, picks, prefer.favourites)
        )

    async def notes(self, hit: HitLike) -> Sequence[str]:
        """What the book says about a code, at every level."""
        return await self._calls.run(self._notes_of, hit) if self.scope.systems else ()

    def _notes_of(self, hit: HitLike) -> list[str]:
        codes = self._practice.codes
        validity = codes.validity(hit.code, self._on or clock.today())
        told = [] if validity.ok else [validity.message]
        notes = codes.notes(hit.code)
        levels = list(dict.fromkeys(note.node for note in notes))
        notes = tuple(
            sorted(notes, key=lambda note: -levels.index(note.node))
        )  # the code's own first, its chapter's last
        return told + [f"{NOTE_KINDS.get(note.kind, 'Note')} ({note.node}): {note.text}" for note in notes]

    def in_book(self, code: str, on: date) -> bool:
        """Whether the book has a page for a code: not for a procedure whose code set is not loaded."""
        return self.codes.lookup(code, on=on) is not None

    def is_procedure(self, code: str) -> bool:
        """Whether a code of the library stands on a line."""
        from store.coding.shelf import is_procedure

        entry = self.codes.lookup(code)
        return entry is not None and is_procedure(entry.system)

    @property
    def finds_procedures(self) -> bool:
        """Whether procedures are searched now."""
        return self._kind == "procedures"

    def adding(
        self,
        encounter_id: int,
        hit: HitLike,
        span: tuple[int, int] | tuple[None, None],
        typed: str = "",
        instead: Offer | None = None,
    ) -> Command:
        """The command that adds a found code, a diagnosis `instead` of a suggestion; what was typed is learned."""
        from store.coding.shelf import adding, is_procedure
        from store.coding.suggestions import TakeSuggestion

        procedure = self.finds_procedures or is_procedure(hit.system)
        if instead is not None and not procedure:
            return TakeSuggestion(encounter_id, instead.rule, instead.code, *instead.span, hit.code, typed)
        return adding(encounter_id, hit.code, span, typed, procedure=procedure)
