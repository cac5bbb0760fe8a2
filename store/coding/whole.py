"""A whole coding at once: what another system, or a file, says an encounter's codes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.lines import AddLine
from store.errors import Refused
from store.people.roles import Permission
from store.text import how_many
from store.work.command import Change, Command, Said


@dataclass(frozen=True, slots=True)
class CodeEncounter(Command):
    """Give an encounter all its codes, and finish it.

    `diagnoses` are (code, start, end) in order, the span None for none; `lines` are (code, modifiers, units,
    pointers), the pointers counting diagnoses from 1.
    """

    encounter_id: int
    diagnoses: tuple[tuple[str, int | None, int | None], ...]
    lines: tuple[tuple[str, tuple[str, ...], int, tuple[int, ...]], ...]
    finish: bool = True
    name: ClassVar[str] = "coding.code_whole"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The same checks as code by code; the first refusal leaves everything as it was."""
        ids = [
            AddDiagnosis(self.encounter_id, code, start, end).apply(change).result
            for code, start, end in self.diagnoses
        ]
        for code, modifiers, units, pointers in self.lines:
            if not all(1 <= pointer <= len(ids) for pointer in pointers):
                raise Refused(f"The line {code[:20]} points to a diagnosis that is not there.")
            pointed = tuple(ids[pointer - 1] for pointer in pointers)
            AddLine(self.encounter_id, code, modifiers, units, pointed).apply(change)
        if self.finish:
            return FinishCoding(self.encounter_id).apply(change)
        return Said(
            f"{how_many(len(ids), 'diagnosis', 'diagnoses')} and {how_many(len(self.lines), 'line')}.",
            self.encounter_id,
        )
