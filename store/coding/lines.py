"""Commands on an encounter's procedure lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.claims.build import forget_line
from store.coding import access, checks
from store.coding.fees import fee_on
from store.coding.learned import note_pick
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Encounter, ServiceLine
from store.work.command import Change, Command, Said, free_text
from store.work.stale import over

MAX_LINES, MAX_POINTERS, MAX_UNITS = 999, 4, 9999


@dataclass(frozen=True, slots=True)
class AddLine(Command):
    """Add a procedure line; `pointers` are ids of diagnoses in order, by default the first-listed one.

    What was `typed` to find it is learned.
    """

    encounter_id: int
    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] | None = None
    typed: str = free_text(default="")
    name: ClassVar[str] = "coding.add_line"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused when the code has no fee in force on the date of service, or is one too many."""
        encounter = access.editable(change, self.encounter_id)
        fee = fee_on(change.session, self.code, encounter.service_date)
        present = access.lines(change, encounter.id)
        if len(present) >= MAX_LINES:
            raise Refused(f"An encounter has at most {MAX_LINES} lines.")
        pointers = self.pointers
        if pointers is None:
            pointers = tuple(row.id for row in access.diagnoses(change, encounter.id)[:1])
        line = ServiceLine(
            encounter_id=encounter.id,
            position=len(present) + 1,
            code=fee.code,
            title=fee.title,
            modifiers=checks.accept_modifiers(self.modifiers),
            units=_units(self.units),
            charge=fee.cents * self.units,
        )
        _point(change, encounter, line, list(pointers))
        change.add(line)
        note_pick(change, self.typed, fee.code)
        return Said(f"Added {fee.code} {fee.title}.", line.id)


@dataclass(frozen=True, slots=True)
class ChangeLine(Command):
    """Set a line's modifiers or units; None leaves them.

    `seen` is what the person saw there ('25 59', of units '1'); refused where somebody changed it since.
    """

    encounter_id: int
    line_id: int
    modifiers: tuple[str, ...] | None = None
    units: int | None = None
    seen: str | None = None
    name: ClassVar[str] = "coding.change_line"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The charge follows the units."""
        encounter = access.editable(change, self.encounter_id)
        line = access.one_line(change, encounter, self.line_id)
        before = line.units
        called = f"{'units' if self.modifiers is None else 'modifiers'} of line {line.position}"
        with over(change, self.seen, called, lambda: self._stands(line)):
            if self.modifiers is not None:
                line.modifiers = checks.accept_modifiers(self.modifiers)
            if self.units is not None:
                line.units, line.minutes = _units(self.units), None
                line.charge = fee_on(change.session, line.code, encounter.service_date).cents * line.units
        was = f", was x{before}" if line.units != before else ""
        return Said(
            f"Line {line.position}: {' '.join(f'{line.code} {line.modifiers}'.split())} x{line.units}{was}.", line.id
        )

    def _stands(self, line: ServiceLine) -> str:
        return str(line.units) if self.modifiers is None else line.modifiers.replace(",", " ")


@dataclass(frozen=True, slots=True)
class TogglePointer(Command):
    """Point a line to a diagnosis, or no longer; the first pointed one is the line's primary."""

    encounter_id: int
    line_id: int
    diagnosis_id: int
    name: ClassVar[str] = "coding.toggle_pointer"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """A fifth pointer is refused, and one to a diagnosis past the twelfth."""
        encounter = access.editable(change, self.encounter_id)
        line = access.one_line(change, encounter, self.line_id)
        row = access.one_diagnosis(change, encounter, self.diagnosis_id)
        ids = access.pointer_ids(line)
        ids = [pointer for pointer in ids if pointer != row.id] if row.id in ids else [*ids, row.id]
        _point(change, encounter, line, ids)
        return Said(f"Line {line.position} {'points' if row.id in ids else 'no longer points'} to {row.code}.", line.id)


@dataclass(frozen=True, slots=True)
class RemoveLine(Command):
    """Take a line off; those behind it move up."""

    encounter_id: int
    line_id: int
    name: ClassVar[str] = "coding.remove_line"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Undo brings it back."""
        encounter = access.editable(change, self.encounter_id)
        line = access.one_line(change, encounter, self.line_id)
        for other in access.lines(change, encounter.id):
            if other.position > line.position:
                other.position -= 1
        forget_line(change, line)
        change.session.delete(line)
        return Said(f"Removed line {line.code}.", line.id)


def _units(units: int) -> int:
    if not 1 <= units <= MAX_UNITS:
        raise Refused(f"Units are a whole number from 1 to {MAX_UNITS}.")
    return units


def _point(change: Change, encounter: Encounter, line: ServiceLine, ids: list[int]) -> None:
    if len(ids) > MAX_POINTERS:
        raise Refused(f"A line points to at most {MAX_POINTERS} diagnoses.")
    if len(set(ids)) < len(ids):
        raise Refused("A line points to a diagnosis only once.")
    for diagnosis_id in set(ids) - set(access.pointer_ids(line)):
        row = access.one_diagnosis(change, encounter, diagnosis_id)
        if row.position > access.MAX_POINTED:
            what = f"{row.code} is number {row.position}; a line points to one of the first {access.MAX_POINTED}."
            raise Refused(what, do="Move it up with K first.")
    access.set_pointers(line, ids)
