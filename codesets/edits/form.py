"""What the professional claim (837P, CMS-1500) can hold, and whether its lines are whole."""

from __future__ import annotations

from collections.abc import Iterator

from codesets.edits.case import Case
from codesets.edits.model import CodedLine, Edit, Finding, Severity
from codesets.library.reader import key_of

MAX_DIAGNOSES, MAX_OF_A_STAY = 12, 25
MAX_LINES = 50
MAX_MODIFIERS = 4
MAX_POINTERS = 4
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")
_SEGMENT = {"dx": "837P, loop 2300, HI", "lines": "837P, loop 2400", "sv1": "837P, loop 2400, SV1"}


def _error(
    edit: str, line: CodedLine | None, message: str, source: str, clears: str, codes: tuple[str, ...] = ()
) -> Finding:
    return Finding(edit, Severity.ERROR, codes, line.line if line else None, message, source, clears)


def _pointers(case: Case) -> Iterator[Finding]:
    count = len(case.encounter.dx)
    for line in case.encounter.lines:
        message = _pointer_trouble(line, count)
        if message:
            clears = f"the line points to 1 to {MAX_POINTERS} listed diagnoses"
            yield _error("PX.POINTER", line, message, f"{_SEGMENT['sv1']}07", clears, (line.code,))
        elif key_of(case.encounter.dx[line.pointers[0] - 1].code).startswith(_EXTERNAL_CAUSES):
            code = case.encounter.dx[line.pointers[0] - 1].code
            message = f"Line {line.line} points first to {code}, an external cause."
            source = "ICD-10-CM Guidelines I.C.20.a.6: an external cause is never first"
            yield _error("PX.POINTER", line, message, source, "another diagnosis is pointed to first", (code,))


def _pointer_trouble(line: CodedLine, count: int) -> str:
    if not line.pointers:
        return f"Line {line.line} points to no diagnosis."
    if len(line.pointers) > MAX_POINTERS:
        return f"Line {line.line} points to {len(line.pointers)} diagnoses; {MAX_POINTERS} fit."
    if len(set(line.pointers)) < len(line.pointers):
        return f"Line {line.line} points to the same diagnosis twice."
    stray = [pointer for pointer in line.pointers if not 1 <= pointer <= count]
    if stray:
        return f"Line {line.line} points to diagnosis {stray[0]}; the encounter has {count}."
    return ""


def _units(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        if not line.units > 0:
            message = f"Line {line.line} has {line.units} units; at least 1 is billed."
        elif line.units != int(line.units):
            message = f"Line {line.line} has {line.units} units; units are whole numbers."
        else:
            continue
        clears = "the units are a whole number from 1"
        yield _error("PX.UNITS", line, message, f"{_SEGMENT['sv1']}04", clears, (line.code,))


def most_diagnoses(setting: str) -> int:
    """How many diagnoses an encounter holds: a hospital's claim tells the principal one and 24 others (837I)."""
    return MAX_OF_A_STAY if setting == "inpatient" else MAX_DIAGNOSES


def _diagnosis_count(case: Case) -> Iterator[Finding]:
    count, most = len(case.encounter.dx), most_diagnoses(case.encounter.setting)
    if count > most:
        message = f"{count} diagnoses are listed; {most} fit on the claim."
        yield _error("FORM.DX", None, message, _SEGMENT["dx"], f"at most {most} are listed")


def _line_count(case: Case) -> Iterator[Finding]:
    count = len(case.encounter.lines)
    if count > MAX_LINES:
        message = f"The encounter has {count} lines; {MAX_LINES} fit on one claim, so that it goes on several."
        clears = f"there are at most {MAX_LINES} lines"
        yield Finding("FORM.LINES", Severity.INFO, (), None, message, _SEGMENT["lines"], clears)


def _modifier_count(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        count = len(line.modifiers)
        if count > MAX_MODIFIERS:
            message = f"Line {line.line} has {count} modifiers; {MAX_MODIFIERS} fit."
            clears = f"the line has at most {MAX_MODIFIERS}"
            yield _error("FORM.MODIFIERS", line, message, f"{_SEGMENT['sv1']}01-3 to 01-6", clears, (line.code,))


FAMILY = (
    Edit("PX.POINTER", _pointers, "a line that points to no, too many or missing diagnoses", Severity.ERROR),
    Edit("PX.UNITS", _units, "units that are not a whole number from 1", Severity.ERROR),
    Edit("FORM.DX", _diagnosis_count, "more diagnoses than fit on the claim", Severity.ERROR),
    Edit("FORM.LINES", _line_count, "more lines than fit on one claim", Severity.INFO),
    Edit("FORM.MODIFIERS", _modifier_count, "more modifiers than fit on a line", Severity.ERROR),
)
