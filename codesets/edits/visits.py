"""Visits: level, new or established, days after surgery, and what is not billed beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from codesets.edits.case import Case
from codesets.edits.model import CodedEncounter, CodedLine, Edit, Finding, Severity
from codesets.edits.reference_data import day_of
from codesets.edits.visit_codes import in_group, level_of

if TYPE_CHECKING:
    from codesets import CodeLibrary

_LEVELS = {"straightforward": 2, "low": 3, "moderate": 4, "high": 5}
_YEARS = 3
_DAYS = {"10": 10, "010": 10, "90": 90, "090": 90}
_EXCUSED = frozenset(["24", "25", "57", "79"])
_MINOR = ("000", "010", "0", "10")
_ADDITION = "G2211"


def _finding(edit: str, line: CodedLine, message: str, source: str, clears: str, *, tell: bool = False) -> Finding:
    severity = Severity.INFO if tell else Severity.WARN
    return Finding(edit, severity, (line.code,), line.line, message, source, clears, overridable=not tell)


def _visits(case: Case) -> list[CodedLine]:
    return [line for line in case.encounter.lines if in_group(line.code, "visit")]


def _addition(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        if line.code != _ADDITION:
            continue
        that_day = [o for o in case.encounter.lines if o is not line and case.day_of(o) == case.day_of(line)]
        marked = [other for other in that_day if "25" in other.modifiers]
        if marked and not any(in_group(other.code, "preventive") for other in that_day):
            yield _finding(
                "PX.G2211_25",
                line,
                f"{_ADDITION} is not paid beside a visit with modifier 25 (line {marked[0].line}).",
                "Medicare: 42 CFR 414.21, final rule CY2025: paid with 25 only beside Part B preventive services",
                f"{_ADDITION} or the 25 is removed, or a preventive service is billed that day",
            )


def _global_days(case: Case) -> Iterator[Finding]:
    for line in _visits(case):
        if _EXCUSED & set(line.modifiers):
            continue
        day = case.day_of(line)
        row = next((row for row in case.data.rows("history") if _in_global(case, row, day)), None)
        if row:
            yield _finding(
                "PX.GLOBAL",
                line,
                f"{line.code} falls into the {_days_after(case, row)} global days of {row['code']} of {row['dos']}.",
                "Medicare Claims Processing Manual, chapter 12, section 40.1: the global surgical package",
                "the visit is not billed, or 24, 25, 57 or 79 says why it is",
            )


@dataclass(frozen=True, slots=True)
class PriorGlobal:
    """An earlier procedure in whose global days an encounter falls: the last of them, and how many there are."""

    code: str
    done: date
    until: date
    days: int


def prior_global(encounter: CodedEncounter, library: CodeLibrary) -> PriorGlobal | None:
    """The earlier procedure of 10 or 90 global days that still covers the encounter's day; of several the longest."""
    case = Case(encounter, library)
    found = []
    for row in case.data.rows("history"):
        days, done = _days_after(case, row), day_of(row.get("dos"))
        if days and done is not None and _in_global(case, row, encounter.dos):
            found.append(PriorGlobal(str(row["code"]), done, done + timedelta(days=days), days))
    return max(found, key=lambda one: one.until, default=None)


def _days_after(case: Case, row: Any) -> int | None:
    """The global days of an earlier procedure: as given, else by the fee schedule."""
    given, done = str(row.get("glob") or "").strip(), day_of(row.get("dos"))
    if not given and done:
        flags = case.data.flags(str(row.get("code", "")), done)
        given = flags.global_days if flags else ""
    return _DAYS.get(given)


def _is_so(row: Any, name: str) -> bool:
    """Is it the same group, or specialty?  What is not told is taken to be."""
    return row.get(name) is None or bool(row[name])


def _in_global(case: Case, row: Any, day: date) -> bool:
    done, days = day_of(row.get("dos")), _days_after(case, row)
    if done is None or days is None or not _is_so(row, "same_group"):
        return False
    before = timedelta(days=1 if days == 90 else 0)
    return done - before <= day <= done + timedelta(days=days)


def _same_day(case: Case) -> Iterator[Finding]:
    """A visit beside a minor procedure of the same day."""
    for line in _visits(case):
        others = [o for o in case.encounter.lines if o is not line and case.day_of(o) == case.day_of(line)]
        minor = [o for o in others if not in_group(o.code, "visit") and _is_minor(case, o)]
        if minor and not {"25", "57"} & set(line.modifiers):
            yield _finding(
                "PX.MOD25",
                line,
                f"{line.code} beside {minor[0].code} is part of that procedure unless 25 says otherwise.",
                "NCCI policy manual, chapter 1, section D: evaluation and management with minor procedures",
                "25 is added where the visit is separate, or the visit is removed",
            )


def _is_minor(case: Case, line: CodedLine) -> bool:
    flags = case.data.flags(line.code, case.day_of(line))
    return flags is not None and flags.global_days in _MINOR


def _new_or_established(case: Case) -> Iterator[Finding]:
    if not case.data.has("visits", case.encounter.dos):
        return
    for line in case.encounter.lines:
        seen = _seen_before(case, case.day_of(line))
        if seen and in_group(line.code, "new"):
            message = f"{line.code} is for new patients; this one was seen on {seen.isoformat()}."
        elif seen is None and in_group(line.code, "established"):
            message = f"{line.code} is for established patients; no visit of the last {_YEARS} years is known."
        else:
            continue
        source = "Medicare Claims Processing Manual, chapter 12, section 30.6.7: same group and specialty, 3 years"
        yield _finding("PX.NEW_EST", line, message, source, "the code fits the patient's earlier visits")


def _seen_before(case: Case, day: date) -> date | None:
    """The last visit to the same group and specialty within three years; the same calendar day still counts."""
    try:
        since = day.replace(year=day.year - _YEARS)
    except ValueError:  # 29 February
        since = day.replace(year=day.year - _YEARS, day=28)
    rows = [row for row in case.data.rows("visits") if _is_so(row, "same_group") and _is_so(row, "same_specialty")]
    days = [seen for row in rows if (seen := day_of(row.get("dos"))) and since <= seen < day]
    return max(days, default=None)


def _level(case: Case) -> Iterator[Finding]:
    by_decision = _LEVELS.get(str(case.encounter.ctx.get("mdm", "")).strip().lower(), 0)
    for line in case.encounter.lines:
        billed = level_of(line.code)
        supported = max(by_decision, _level_by_time(case, line))
        if not billed or not supported or billed == supported:
            continue
        higher = billed > supported
        unjudged = bool(_minutes(case))  # time may carry what decision making does not
        word = next(word for word, level in _LEVELS.items() if level == supported)
        known = f"decision making and time support {word}" if by_decision else f"the time supports {word}"
        yield _finding(
            "PX.EM_LEVEL",
            line,
            f"{line.code} is {'higher' if higher else 'lower'} than what is recorded: {known}{_minutes(case)}.",
            "The level goes by decision making (two of three elements) or by total time, as recorded",
            "the code and the recorded level agree",
            tell=not higher or unjudged,
        )


def _minutes(case: Case) -> str:
    """The recorded minutes, when there are no thresholds to judge them by."""
    minutes = case.encounter.ctx.get("minutes")
    if not minutes or case.data.has("em", case.encounter.dos):
        return ""
    return f"; {minutes} minutes are recorded, which can't be judged without your licensed thresholds"


def _level_by_time(case: Case, line: CodedLine) -> int:
    """The level that the minutes carry by the user's own thresholds, 0 if not known."""
    minutes = case.encounter.ctx.get("minutes")
    if not isinstance(minutes, int | float):
        return 0
    family = line.code[:4]
    met = [code for code, least in case.data.minutes(case.day_of(line)).items() if least <= minutes]
    return max((level_of(code) for code in met if code.startswith(family)), default=0)


FAMILY = (
    Edit("PX.G2211_25", _addition, "G2211 beside a visit with modifier 25"),
    Edit("PX.GLOBAL", _global_days, "a visit within the global days of a procedure"),
    Edit("PX.MOD25", _same_day, "a visit beside a minor procedure without modifier 25"),
    Edit("PX.NEW_EST", _new_or_established, "new or established against earlier visits"),
    Edit("PX.EM_LEVEL", _level, "a level that decision making or time does not carry"),
)
