"""What a report gives: a table, notes, and points over time; each row may say what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from store.errors import Refused
from store.work.values import Cell, Column, Kind, View


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
    """What stands behind a row; the first that is given counts.

    Another report, a queue with a view, a claim, a record (its queue and subject), or the account of a guarantor.
    """

    report: str = ""
    argument: str = ""
    queue: str = ""
    view: View | None = None
    claim_id: int | None = None
    record: tuple[str, int] | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row; `about` are lines that explain it."""

    cells: tuple[Cell, ...]
    about: tuple[str, ...] = ()
    opens: Opens | None = None
    flag: str = ""


class Point(NamedTuple):
    """A value over the days from `start` to `end`, None where there was nothing to measure, and what it is made of."""

    start: date
    end: date
    value: float | None
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Series:
    """Points over time, in `unit`; `kinds` is how their numerators and denominators are written."""

    label: str
    points: tuple[Point, ...]
    unit: str = ""
    kinds: tuple[Kind, Kind] = (Kind.NUMBER, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to see a report: its name, what it shows, and the argument that asks for it."""

    name: str
    title: str
    help: str
    argument: str


@dataclass(frozen=True, slots=True)
class Report:
    """A table with its notes.

    `series` and `bars` are what can be drawn; `bar_titles` say what a bar is of and what it measures.  `ways` are the
    others to see it; `terms` are words of it with their meaning, for the help.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    bars: tuple[tuple[str, float | None], ...] = ()
    bar_titles: tuple[str, str] = ("Row", "Value")
    ways: tuple[Way, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()

    def drawn(self) -> Report:
        """What is drawn as a table of its own, for a file: every point of its trends, else every bar.

        `Refused` where nothing can be drawn.
        """
        if self.series:
            return _points(self)
        if not self.bars:
            raise Refused("There is nothing to draw here.", do="Enter on a key figure shows its trend.")
        columns = (Column("label", self.bar_titles[0], 24), Column("value", self.bar_titles[1], 12))
        return replace(self, columns=columns, rows=tuple(ReportRow((name, _plain(bar))) for name, bar in self.bars))


def _points(report: Report) -> Report:
    above, below = report.series[0].kinds
    columns = (
        Column("label", "What", 28),
        Column("start", "From", 10, Kind.DATE),
        Column("end", "To", 10, Kind.DATE),
        Column("value", "Value", 10),
        Column("unit", "Unit", 10),
        Column("numerator", "Numerator", 12, above),
        Column("denominator", "Denominator", 12, below),
    )
    rows = tuple(
        ReportRow((one.label, at.start, at.end, _plain(at.value), one.unit, at.numerator, at.denominator))
        for one in report.series
        for at in one.points
    )
    return replace(report, columns=columns, rows=rows)


def _plain(value: float | None) -> str | None:
    """A number as a sheet reads it."""
    return None if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def period_of(start: date | None, end: date | None, today: date, *, days: int = 90) -> Period:
    """The period that was asked for; without a start it is the last `days` days."""
    last = end or today
    first = start or last - timedelta(days=days - 1)
    if first > last:
        raise Refused(f"The period ends on {last}, before it starts on {first}.")
    return Period(first, last)
