"""Coverage, places, telehealth, and the dates of procedure codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from codesets.edits.case import Case
from codesets.edits.model import CodedLine, Edit, Finding, Severity
from codesets.edits.reference_data import KINDS, dating_kind
from codesets.library.reader import key_of
from codesets.tables import Row, read_table

_NOTICE = frozenset(["GA", "GX", "GY", "GZ"])
_REMOTE_PLACES = frozenset(("02", "10"))
_REMOTE = frozenset(("93", "95"))
#: Codes that the HCPCS file has: level II but dental (D), which is licensed, and what carriers and states make up.
_LEVEL_2 = re.compile(r"[ABCEGHJKLMPQRSTUV][0-9]{4}")
_HOSPITAL = frozenset(("19", "22"))  # a hospital's own clinicians keep the hospital's place


def _warn(edit: str, line: CodedLine, message: str, source: str, clears: str) -> Finding:
    return Finding(edit, Severity.WARN, (line.code,), line.line, message, source, clears, overridable=True)


def _necessity(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        if _NOTICE & set(line.modifiers):
            continue
        count = len(case.encounter.dx)
        pointed = [key_of(case.encounter.dx[p - 1].code) for p in line.pointers if 1 <= p <= count]
        if case.data.covered(line.code, pointed, case.day_of(line)) is False:
            yield _warn(
                "PX.MEDNEC",
                line,
                f"Line {line.line}: none of its diagnoses is one that the policy covers for {line.code}.",
                "Local coverage article for the procedure, covered diagnoses",
                "the line points to a covered diagnosis, or GA, GX, GY or GZ says what the patient was told",
            )


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(row["code"] for row in read_table("place_of_service"))


def _place(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        if not line.pos:
            continue
        message = "" if line.pos in _places() else f"Line {line.line}: {line.pos} is no place of service."
        row = next((r for r in read_table("edit_places") if _within(line.code, r)), None)
        if not message and row and _misplaced(line.pos, row):
            message = f"Line {line.line}: {line.code} is {row['about']}; place {line.pos} does not go with it."
        if message:
            source = "CMS place of service code set; Medicare Claims Processing Manual, chapter 12, section 30.6"
            yield _warn("PX.POS", line, message, source, "the place and the procedure fit")


def _within(code: str, row: Row) -> bool:
    return len(code) == len(row["first"]) and row["first"] <= code <= row["last"]


def _misplaced(pos: str, row: Row) -> bool:
    return pos in row["never"].split() or (bool(row["only"]) and pos not in row["only"].split())


def _telehealth(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        message = _telehealth_trouble(case, line)
        if message:
            yield _warn(
                "PX.TELEHEALTH",
                line,
                f"Line {line.line}: {message}",
                "Medicare Claims Processing Manual, chapter 12, section 190, and the list of telehealth services",
                "place, modifier and procedure agree on how the service was given",
            )


def _telehealth_trouble(case: Case, line: CodedLine) -> str:
    said = _REMOTE & set(line.modifiers)
    day = case.day_of(line)
    if len(said) > 1:
        return "93 is by sound alone, 95 with picture; one of them holds."
    if said and line.pos and line.pos not in _REMOTE_PLACES | _HOSPITAL:
        return f"{min(said)} says telehealth; place {line.pos} does not."
    remote = bool(said) or line.pos in _REMOTE_PLACES
    if remote and case.data.has("telehealth", day) and not case.data.telehealth(line.code, day):
        return f"{line.code} is not on the list of telehealth services."
    return ""


def _dates(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        day = case.day_of(line)
        span = case.data.dates(line.code, day)
        if span is None:
            if _LEVEL_2.fullmatch(line.code) and case.data.listed(line.code, day) is False:
                yield _not_listed(line)
            continue
        first, last = span
        if (first and day < first) or (last and day > last):
            limit = (
                f"from {first.isoformat()}" if first and day < first else f"until {last.isoformat() if last else ''}"
            )
            yield Finding(
                "PX.DATE",
                Severity.ERROR,
                (line.code,),
                line.line,
                f"Line {line.line}: {line.code} is in force {limit}, not on {day.isoformat()}.",
                f"{KINDS[dating_kind(line.code)][0]} release: first and last day of the code",
                "the procedure is billed with a code in force on the day",
            )


def _not_listed(line: CodedLine) -> Finding:
    return Finding(
        "PX.DATE",
        Severity.ERROR,
        (line.code,),
        line.line,
        f"Line {line.line}: HCPCS has no {line.code}.",
        "HCPCS release: its list of codes",
        "the procedure is billed with a code in force on the day",
    )


FAMILY = (
    Edit("PX.MEDNEC", _necessity, "a procedure without a diagnosis that its policy covers"),
    Edit("PX.POS", _place, "a place of service that does not exist or does not fit"),
    Edit("PX.TELEHEALTH", _telehealth, "telehealth said in one place and not in another"),
    Edit("PX.DATE", _dates, "a procedure code that is not in force on the day", Severity.ERROR),
)
