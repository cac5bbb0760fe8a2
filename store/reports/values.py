"""What a report gives: a table, notes, and points over time; each row may say what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from store.errors import Refused
from store.work.values import Cell, Column, View


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def before(self, number: int = 1) -> Period:
        """The period of the same length that many periods earlier."""
        shift = timedelta(days=self.days * number)
        return Period(self.start - shift, self.end - shift)

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: the period, and a word that the report understands (an anchor, a key)."""

    period: Period
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Opens:
    """What stands behind a row: another report, a queue with a view, or a claim; the first that is given counts."""

    report: str = ""
    argument: str = ""
    queue: str = ""
    view: View | None = None
    claim_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row; `about` are lines that explain it."""

    cells: tuple[Cell, ...]
    about: tuple[str, ...] = ()
    opens: Opens | None = None
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points over time, in `unit`; a missing value is a period in which there was nothing to measure."""

    label: str
    points: tuple[tuple[date, float | None], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A table with its notes; `series` is what can be drawn, `bars` says that the rows' last column can be."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    bars: tuple[tuple[str, float], ...] = ()


def period_of(start: date | None, end: date | None, today: date, *, days: int = 90) -> Period:
    """The period that was asked for; without a start it is the last `days` days."""
    last = end or today
    first = start or last - timedelta(days=days - 1)
    if first > last:
        raise Refused(f"The period ends on {last}, before it starts on {first}.")
    return Period(first, last)
