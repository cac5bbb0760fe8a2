"""Modifiers: that they exist, go together, and say the side of the diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from codesets.edits.case import Case
from codesets.edits.model import CodedLine, Edit, Finding, Severity
from codesets.edits.sides import side_of
from codesets.edits.visit_codes import in_group, is_other_procedure
from codesets.tables import read_table

_LEFT = frozenset(["LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"])
_RIGHT = frozenset(["RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"])
_DISTINCT = frozenset(["59", "XE", "XP", "XS", "XU"])
_OF_VISITS = frozenset(["24", "25", "57"])
_OF_SURGERY = frozenset(["58", "78", "79"])
_TOGETHER = (
    ({"26", "TC"}, "the professional and the technical part"),
    ({"RT", "LT"}, "both sides"),
    ({"GA", "GZ"}, "a notice that is on file and one that is not"),
)
_NOT_BILATERAL = {"0": "is not done on both sides", "2": "is priced for both sides already", "9": "has no sides"}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    further = (code for row in read_table("edit_modifiers") for code in row["codes"].split())
    return frozenset((*(row["code"] for row in read_table("modifiers")), *further))


def _invalid(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        for message in _modifier_troubles(line):
            yield _finding(
                "PX.MOD_INVALID",
                line,
                message,
                "CMS and NCCI rules for modifiers",
                "the modifiers fit the procedure and each other",
            )


def _modifier_troubles(line: CodedLine) -> Iterator[str]:
    for modifier in dict.fromkeys(line.modifiers):
        if modifier not in _known():
            yield f"Line {line.line}: there is no modifier {modifier}."
        elif line.modifiers.count(modifier) > 1:
            yield f"Line {line.line}: {modifier} stands twice."
    yield from _misplaced(line, set(line.modifiers))
    yield from _contradictions(line, set(line.modifiers))


def _misplaced(line: CodedLine, given: set[str]) -> Iterator[str]:
    """Modifiers that the procedure does not take."""
    if given & _OF_VISITS and is_other_procedure(line.code):
        yield f"Line {line.line}: {min(given & _OF_VISITS)} goes on a visit; {line.code} is none."
    if given & _DISTINCT and in_group(line.code, "visit"):
        yield f"Line {line.line}: {min(given & _DISTINCT)} does not go on a visit; 25 does."
    if given & _OF_SURGERY and in_group(line.code, "visit"):
        yield f"Line {line.line}: {min(given & _OF_SURGERY)} goes on surgery; {line.code} is a visit."


def _contradictions(line: CodedLine, given: set[str]) -> Iterator[str]:
    if "59" in given and given & (_DISTINCT - {"59"}):
        yield f"Line {line.line}: 59 and {min(given & (_DISTINCT - {'59'}))} say the same twice."
    for pair, words in _TOGETHER:
        if pair <= given:
            yield f"Line {line.line}: {' and '.join(sorted(pair))} on one line, {words}."
    if "50" in given and given & {"RT", "LT"}:
        yield f"Line {line.line}: 50 says both sides; {min(given & {'RT', 'LT'})} says one."


def _bilateral(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        if "50" not in line.modifiers:
            continue
        flags = case.data.flags(line.code, case.day_of(line))
        source = "Medicare fee schedule, bilateral surgery indicator"
        if flags and flags.bilateral in _NOT_BILATERAL:
            message = f"Line {line.line}: {line.code} {_NOT_BILATERAL[flags.bilateral]}; 50 is not for it."
            yield _finding("PX.BILAT", line, message, f"{source} {flags.bilateral}", "50 is removed")
        elif line.units > 1:
            message = f"Line {line.line}: 50 says both sides already; {line.units} units bill it again."
            yield _finding("PX.BILAT", line, message, f"{source} 1: one line, one unit", "the line has 1 unit")
    yield from _two_lines(case)


def _two_lines(case: Case) -> Iterator[Finding]:
    """Right and left on two lines, where one line with 50 is what the indicator asks for."""
    left = {(line.code, case.day_of(line)) for line in case.encounter.lines if "LT" in line.modifiers}
    for line in case.encounter.lines:
        if "RT" in line.modifiers and (line.code, case.day_of(line)) in left:
            flags = case.data.flags(line.code, case.day_of(line))
            if flags and flags.bilateral == "1":
                yield Finding(
                    "PX.BILAT",
                    Severity.INFO,
                    (line.code,),
                    line.line,
                    f"{line.code} is billed right and left on two lines; many payers want one line with 50.",
                    "Medicare fee schedule, bilateral surgery indicator 1",
                    "one line with 50 and 1 unit, where the payer wants it so",
                )


def _side_conflict(case: Case) -> Iterator[Finding]:
    by_position = {dx.position: side_of(dx.title) for dx in case.dx}
    for line in case.encounter.lines:
        given = set(line.modifiers)
        side = {(True, False): "right", (False, True): "left"}.get((bool(given & _RIGHT), bool(given & _LEFT)), "")
        sides = {by_position.get(pointer, "") for pointer in line.pointers} - {""}
        if side and sides and side not in sides and "bilateral" not in sides:
            modifier = min(given & (_RIGHT | _LEFT))
            yield _finding(
                "PX.SIDE_CONFLICT",
                line,
                f"Line {line.line}: {modifier} is {side}; its diagnoses are {' and '.join(sorted(sides))}.",
                "ICD-10-CM Guidelines I.B.13 and the anatomic modifiers",
                "the modifier and the diagnosis say the same side",
            )


def _finding(edit: str, line: CodedLine, message: str, source: str, clears: str) -> Finding:
    return Finding(edit, Severity.WARN, (line.code,), line.line, message, source, clears, overridable=True)


FAMILY = (
    Edit("PX.MOD_INVALID", _invalid, "a modifier that does not exist or does not fit"),
    Edit("PX.BILAT", _bilateral, "both sides billed in a way that the fee schedule does not know"),
    Edit("PX.SIDE_CONFLICT", _side_conflict, "a modifier that says the other side than the diagnosis"),
)
