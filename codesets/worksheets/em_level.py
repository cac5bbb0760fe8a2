"""The level of an office visit: by medical decision making (two of three elements met or exceeded) or by the
clinician's total time on the date, whichever carries more.

The elements are judged by the coder.  The minutes of each code are licensed content: they come from the user's own
table as `Threshold`s and none are shipped; without them time is said to be not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from codesets.edits.visit_codes import in_group, level_of
from codesets.errors import Refused
from codesets.tables import read_table

_ELEMENTS = 3
_DAY = 24 * 60


class Level(IntEnum):
    """How much an element, or a whole visit, amounts to.  The numbers have no meaning beside their order."""

    STRAIGHTFORWARD = 2
    LOW = 3
    MODERATE = 4
    HIGH = 5

    @property
    def word(self) -> str:
        """The level as it is said."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Level | None:
        """The level that a word says: straightforward or minimal, low or limited, moderate, high or extensive."""
        return _WORDS.get(word.strip().lower())


_WORDS = {
    "straightforward": Level.STRAIGHTFORWARD,
    "minimal": Level.STRAIGHTFORWARD,
    "low": Level.LOW,
    "limited": Level.LOW,
    "moderate": Level.MODERATE,
    "high": Level.HIGH,
    "extensive": Level.HIGH,
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """Minutes that must be met or exceeded on the date for a code; from the user's licensed table
    (`library.rules.visit_minutes(on)`, loaded as `em-minutes`)."""

    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Prolonged:
    """A payer's rule for prolonged time: from how many total minutes the first unit counts, and how many each."""

    code: str
    starts_at: int
    per: int = 15


@dataclass(frozen=True, slots=True)
class EmWorksheet:
    """What the coder found in the record; an element that was not judged is None, time not recorded is None."""

    new_patient: bool
    problems: Level | None = None
    data: Level | None = None
    risk: Level | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class EmResult:
    """`code` is the one that is carried, "" if nothing carries one; `basis` is decision, time or "".

    `by_decision` and `by_time` are the two levels alone; `why` is what is kept as the reason; `not_checked` says
    what could not be judged; `prolonged` are units of the payer's prolonged code, which go with time alone.
    """

    code: str
    basis: str
    by_decision: Level | None
    by_time: Level | None
    why: str
    not_checked: str = ""
    prolonged: int = 0


def decision_level(*elements: Level | None) -> Level | None:
    """The highest level that at least two of the three elements meet or exceed; None with fewer than two judged."""
    if len(elements) != _ELEMENTS:
        raise ValueError(f"decision making has {_ELEMENTS} elements")
    judged = sorted((element for element in elements if element is not None), reverse=True)
    return judged[1] if len(judged) > 1 else None


def prolonged_units(minutes: int, rule: Prolonged) -> int:
    """How many units of prolonged time the total minutes of the date make."""
    if rule.per <= 0 or rule.starts_at < 0:
        raise Refused("A rule for prolonged time starts at 0 minutes or more, and a unit has at least one.")
    return (minutes - rule.starts_at) // rule.per + 1 if minutes >= rule.starts_at else 0


def em_level(sheet: EmWorksheet, thresholds: Iterable[Threshold] = (), prolonged: Prolonged | None = None) -> EmResult:
    """The visit code that the worksheet carries.  `Refused` names minutes that can't be."""
    if sheet.minutes is not None and not 0 <= sheet.minutes <= _DAY:
        raise Refused(f"{sheet.minutes} minutes on one date can't be.", do="Enter the clinician's minutes of the date.")
    codes = _codes(sheet.new_patient)
    known = [threshold for threshold in thresholds if threshold.code in codes.values()]
    by_decision = decision_level(sheet.problems, sheet.data, sheet.risk)
    by_time = _by_time(sheet.minutes, known)
    missing = _missing(sheet, known)
    if by_decision is None and by_time is None:
        return EmResult("", "", None, None, _told(sheet, None, None), missing)
    time_carries = by_time is not None and (by_decision is None or by_time > by_decision)
    level = by_time if time_carries and by_time is not None else by_decision
    assert level is not None
    highest = time_carries and codes[level] == max(codes.values())
    units = prolonged_units(sheet.minutes or 0, prolonged) if prolonged and highest else 0
    basis = "time" if time_carries else "decision"
    why = _told(sheet, by_decision, by_time)
    return EmResult(codes[level], basis, by_decision, by_time, why, missing, units)


def _codes(new_patient: bool) -> dict[Level, str]:
    """The office visits of each level, by number alone."""
    group = "new" if new_patient else "established"
    rows: Sequence[dict[str, str]] = [row for row in read_table("edit_visits") if row["group"] == "level"]
    return {Level(int(row["level"])): row["first"] for row in rows if in_group(row["first"], group)}


def _by_time(minutes: int | None, known: list[Threshold]) -> Level | None:
    if minutes is None:
        return None
    met = [level_of(threshold.code) for threshold in known if threshold.minutes <= minutes]
    return Level(max(met)) if met else None


def _missing(sheet: EmWorksheet, known: list[Threshold]) -> str:
    if sheet.minutes is not None and not known:
        return "Time not judged: there are no minutes for these codes in your own table."
    return ""


def _told(sheet: EmWorksheet, by_decision: Level | None, by_time: Level | None) -> str:
    elements = (("problems", sheet.problems), ("data", sheet.data), ("risk", sheet.risk))
    told = ", ".join(f"{name} {level.word if level else 'not judged'}" for name, level in elements)
    told += f": {by_decision.word} by two of three" if by_decision else ": not two of three judged"
    if sheet.minutes is not None:
        told += f"; {sheet.minutes} minutes{f': {by_time.word} by time' if by_time else ''}"
    return told
