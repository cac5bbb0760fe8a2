"""Commands on an encounter's diagnoses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.coding import access, checks
from store.coding.learned import note_pick
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Diagnosis, Note
from store.work.command import Change, Command, Said, free_text


@dataclass(frozen=True, slots=True)
class AddDiagnosis(Command):
    """Add a code, with the span of the note (offsets from 0, end exclusive) that is its evidence.

    `typed` is what the search was asked: it is learned that this code was meant.
    """

    encounter_id: int
    code: str
    span_start: int | None = None
    span_end: int | None = None
    first: bool = False
    typed: str = free_text(default="")
    name: ClassVar[str] = "coding.add_diagnosis"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused with the reason: unknown, not billable, not in force on the date of service, double, or a 13th."""
        encounter = access.editable(change, self.encounter_id)
        entry = checks.accept_diagnosis(change, encounter, self.code)
        present = access.diagnoses(change, encounter.id)
        span = _span(change, encounter.id, self.span_start, self.span_end)
        row = Diagnosis(
            encounter_id=encounter.id,
            position=len(present) + 1,
            code=entry.code,
            title=entry.title,
            span_start=span[0],
            span_end=span[1],
        )
        if self.first:
            access.put_in_order(change, encounter, [row, *present])
        change.add(row)
        note_pick(change, self.typed, entry.code)
        return Said(f"Added {entry.code} {entry.title}.", row.id)


@dataclass(frozen=True, slots=True)
class RemoveDiagnosis(Command):
    """Take a code off; lines that pointed to it no longer do."""

    encounter_id: int
    diagnosis_id: int
    name: ClassVar[str] = "coding.remove_diagnosis"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The codes behind it move up."""
        encounter = access.editable(change, self.encounter_id)
        row = access.one_diagnosis(change, encounter, self.diagnosis_id)
        for line in access.lines(change, encounter.id):
            kept = [pointer for pointer in access.pointer_ids(line) if pointer != row.id]
            access.set_pointers(line, kept)
        for other in access.diagnoses(change, encounter.id):
            if other.position > row.position:
                other.position -= 1
        change.session.delete(row)
        return Said(f"Removed {row.code}.", row.id)


@dataclass(frozen=True, slots=True)
class MoveDiagnosis(Command):
    """Move a code up (-1) or down (+1); lines keep pointing to the same codes."""

    encounter_id: int
    diagnosis_id: int
    by: int
    name: ClassVar[str] = "coding.move_diagnosis"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """At either end nothing moves and it is said; what a line points to stays among the first twelve."""
        encounter = access.editable(change, self.encounter_id)
        row = access.one_diagnosis(change, encounter, self.diagnosis_id)
        order = access.diagnoses(change, encounter.id)
        target = row.position + self.by
        if not 1 <= target <= len(order):
            raise Refused(f"{row.code} is already {'first' if self.by < 0 else 'last'}.")
        order.remove(row)
        order.insert(target - 1, row)
        access.put_in_order(change, encounter, order)
        return Said(f"{row.code} is now number {target}.", row.id)


@dataclass(frozen=True, slots=True)
class LinkEvidence(Command):
    """Say which words of the note a code rests on."""

    encounter_id: int
    diagnosis_id: int
    span_start: int
    span_end: int
    name: ClassVar[str] = "coding.link_evidence"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The span replaces the one that was there."""
        encounter = access.editable(change, self.encounter_id)
        row = access.one_diagnosis(change, encounter, self.diagnosis_id)
        row.span_start, row.span_end = _span(change, encounter.id, self.span_start, self.span_end)
        return Said(f"Evidence linked to {row.code}.", row.id)


def within_note(change: Change, encounter_id: int, start: int, end: int) -> str:
    """The words of the note from `start` to `end`; refused when it has none there."""
    text = change.get(Note, encounter_id).text
    if not 0 <= start < end <= len(text):
        raise Refused(f"The note has no characters {start} to {end}.")
    return text[start:end]


def _span(change: Change, encounter_id: int, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    if start is None or end is None:
        return None, None
    within_note(change, encounter_id, start, end)
    return start, end
