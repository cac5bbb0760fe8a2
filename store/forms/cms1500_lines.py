"""Box 24 of a CMS-1500: six service lines, each with a shaded row above for what has no box of its own."""

from __future__ import annotations

from collections.abc import Sequence

from codesets.pointers import POINTER_LETTERS
from store.errors import Refused
from store.forms.grid import Marks
from store.x12.claim_values import Clinician, ProfessionalClaim, ServiceLine

LINES_PER_PAGE = 6
FIRST_ROW = 44
"""The row of the first line's data; its shaded row is the one above."""

_UNITS_WIDTH = 4
_MODIFIER_COLUMNS = (33, 36, 39, 42)


def line_marks(marks: Marks, claim: ProfessionalClaim, lines: Sequence[ServiceLine]) -> None:
    """The lines of one page, at most six."""
    for number, line in enumerate(lines):
        row = FIRST_ROW + 2 * number
        column = 1
        for words in _shaded(line):
            marks.put(row - 1, column, 62 - column, words)
            column += len(words) + 3
        marks.day(row, (1, 4, 7), line.service_date)
        marks.day(row, (10, 13, 16), line.end_date or line.service_date)
        marks.put(row, 19, 2, line.place or claim.place)
        marks.put(row, 22, 1, "Y" if line.emergency else "")
        marks.put(row, 25, 6, line.code)
        for column, modifier in zip(_MODIFIER_COLUMNS, line.modifiers, strict=False):
            marks.put(row, column, 2, modifier)
        marks.put(
            row, 45, 4, "".join(POINTER_LETTERS[pointer - 1] for pointer in line.pointers[:4] if 1 <= pointer <= 12)
        )
        marks.money(row, 50, 8, line.charge)
        marks.put(row, 59, _UNITS_WIDTH, _units(line, f"claim {claim.control_number}, line {line.control}"))
        marks.put(row, 63, 2, "Y" if line.epsdt else "")
        _who(marks, row, line.rendering or claim.rendering, claim)


def _units(line: ServiceLine, where: str) -> str:
    text = f"{line.units}.{line.fraction}" if line.fraction else str(line.units)
    if len(text) > _UNITS_WIDTH:
        raise Refused(f"{text} units have no room on the form.", where=where, do="Split the line.")
    return text


def _shaded(line: ServiceLine) -> tuple[str, ...]:
    """A drug's code and amount, then the words of an unlisted code or the note, three spaces apart (NUCC, item 24)."""
    drug = line.drug
    told = [f"N4{drug.ndc.replace('-', '')} {drug.unit}{drug.quantity}"] if drug else []
    words = line.description or line.note
    return (*told, f"ZZ{words}") if words else tuple(told)


def _who(marks: Marks, row: int, rendering: Clinician | None, claim: ProfessionalClaim) -> None:
    if rendering and rendering.taxonomy:
        marks.put(row - 1, 65, 2, "ZZ")
        marks.put(row - 1, 68, 11, rendering.taxonomy)
    marks.put(row, 68, 10, rendering.npi if rendering else claim.billing.npi)
