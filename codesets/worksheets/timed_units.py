"""Units of timed procedures of one day.

Medicare counts all timed minutes of the day together (Claims Processing Manual, chapter 5, section 20.2): 8 minutes
make the first unit, every further 15 another, and the units go to the codes by whole quarters of an hour first, then
to the longest remainders.  The midpoint rule counts each code by itself: a unit once more than half of it is spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from codesets.errors import Refused

_QUARTER = 15
_LEAST = 8
_DAY = 24 * 60


class UnitRule(StrEnum):
    """Which rule a payer counts by."""

    MEDICARE = "medicare"
    MIDPOINT = "midpoint"


@dataclass(frozen=True, slots=True)
class TimedMinutes:
    """Minutes of one procedure on one day.  `per` is the minutes of its unit, 0 for an untimed code."""

    code: str
    minutes: int
    per: int = _QUARTER


@dataclass(frozen=True, slots=True)
class CodeUnits:
    """The units of one procedure and why they are so many."""

    code: str
    minutes: int
    units: int
    why: str


@dataclass(frozen=True, slots=True)
class UnitsResult:
    """All procedures in the order given; `units` and `timed_minutes` are of the whole day."""

    rule: UnitRule
    lines: tuple[CodeUnits, ...]
    timed_minutes: int
    units: int
    why: str


def timed_units(given: Sequence[TimedMinutes], rule: UnitRule) -> UnitsResult:
    """The units of one day's procedures; `Refused` names minutes that can't be.

    A code that is given twice is counted as one.
    """
    merged = _merged(given)
    timed = [one for one in merged if one.per]
    total = sum(one.minutes for one in timed)
    if total > _DAY:
        raise Refused(f"{total} minutes are more than a day has.", do="Enter the minutes of one day.")
    counted = _by_day(timed) if rule is UnitRule.MEDICARE else {one.code: _by_midpoint(one) for one in timed}
    lines = tuple(counted[one.code] if one.per else _untimed(one) for one in merged)
    of_timed = sum(line.units for line in counted.values())
    why = (
        f"{total} timed minutes of the day make {of_timed} (8 minutes for the first, 15 for each further)"
        if rule is UnitRule.MEDICARE
        else f"each code by itself: {of_timed}"
    )
    return UnitsResult(rule, lines, total, sum(line.units for line in lines), why)


def _merged(given: Sequence[TimedMinutes]) -> list[TimedMinutes]:
    merged: dict[str, TimedMinutes] = {}
    for one in given:
        if one.minutes < 0:
            raise Refused(f"{one.code} has {one.minutes} minutes.", do="Enter minutes from 0.")
        if one.per < 0:
            raise Refused(f"A unit of {one.code} has {one.per} minutes.", do="Enter 0 for an untimed code.")
        before = merged.get(one.code)
        if before is not None and before.per != one.per:
            raise Refused(f"{one.code} is given with units of {before.per} and of {one.per} minutes.")
        merged[one.code] = TimedMinutes(one.code, one.minutes + (before.minutes if before else 0), one.per)
    return list(merged.values())


def _untimed(one: TimedMinutes) -> CodeUnits:
    return CodeUnits(one.code, one.minutes, 1, "untimed: 1 whatever the minutes")


def _by_day(timed: list[TimedMinutes]) -> dict[str, CodeUnits]:
    odd = [one for one in timed if one.per != _QUARTER]
    if odd:
        raise Refused(
            f"Medicare's rule is about units of {_QUARTER} minutes; {odd[0].code} has {odd[0].per}.",
            do="Count it by the midpoint rule.",
        )
    units = {one.code: one.minutes // _QUARTER for one in timed}
    due = (sum(one.minutes for one in timed) + _QUARTER - _LEAST) // _QUARTER - sum(units.values())
    longest = sorted(timed, key=lambda one: -(one.minutes % _QUARTER))  # stable: the first given wins a tie
    further = {one.code for one in longest[:due]}
    return {
        one.code: CodeUnits(one.code, one.minutes, units[one.code] + (one.code in further), _why_by_day(one, further))
        for one in timed
    }


def _why_by_day(one: TimedMinutes, further: set[str]) -> str:
    whole, rest = divmod(one.minutes, _QUARTER)
    told = f"{whole} x {_QUARTER} min" if whole else "no whole quarter"
    if not rest:
        return told
    return f"{told}, the other {rest} min {'make one more' if one.code in further else 'make none'}"


def _by_midpoint(one: TimedMinutes) -> CodeUnits:
    whole, rest = divmod(one.minutes, one.per)
    past = rest * 2 > one.per
    told = f"{whole} x {one.per} min" if whole else f"no whole {one.per} min"
    if rest:
        told += f", the other {rest} min are {'more' if past else 'not more'} than half"
    return CodeUnits(one.code, one.minutes, whole + past, told)
