"""How a key figure is measured: from rows, each of which adds to a numerator, a denominator or both.

The figure is made of exactly the rows that it shows, so that a number and what stands behind it can't differ.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from store.claims.practice_data import PRACTICE_FIELDS
from store.reports.values import Period
from store.tables import Action, Practice, Transition

Found = TypeVar("Found")

DAYS_OF_A_MONTH = 365.25 / 12


class Shape(StrEnum):
    """How numerator and denominator make the value."""

    SHARE = "%"
    """Numerator over denominator, in percent."""
    DAYS = "days"
    """Numerator over the denominator of an average day of the period."""
    MONTHLY = "% of a month"
    """An average month's numerator over that of the three months before the period, in percent."""
    EACH = "each"
    """Numerator over denominator."""
    HOURLY = "an hour"
    """Numerator over the hours of the denominator, which is minutes of work."""
    MEDIAN = "median days"
    """The median of the rows' own numbers; the denominator counts them."""
    OLDEST = "days of the oldest"
    """The greatest of the rows' own numbers; the denominator counts them."""
    SUM = "sum"
    """The numerator alone."""


class Unit(StrEnum):
    """What a number counts.  Money is kept in cents and shown in dollars; work is kept in whole minutes."""

    COUNT = ""
    CENTS = "$"
    DAYS = "days"
    MINUTES = "min"


_IN_ONE = {Unit.CENTS: 100}
"""How many of what is kept one is as it is shown and drawn."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a figure: what it is, whose (payer, person, reason), when, and what it adds in the figure's units.

    Behind it stands a claim, else an encounter, else a record of a queue (its queue and subject), else an account.
    """

    what: str
    whose: str
    on: date | None
    numerator: int
    denominator: int
    claim_id: int | None = None
    encounter_id: int | None = None
    record: tuple[str, int] | None = None
    account_id: int | None = None


Lines = Callable[[Session, Period], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One key figure as its authority defines it.

    `unit` is the numerator's, `per` the denominator's where `units` would say another.  `by` is what `whose` of its
    lines says, where the figure can be told apart by it: each part over its own denominator, or where `over_all` over
    that of all.  `needs` is the field of the practice without which it can't be measured.
    `better` is "up" or "down".
    """

    key: str
    title: str
    numerator: str
    denominator: str
    source: str
    shape: Shape = Shape.SHARE
    lines: Lines = field(kw_only=True)
    exclusions: str = "none"
    unit: Unit = Unit.COUNT
    per: Unit | None = None
    by: str = ""
    over_all: bool = False
    needs: str = ""
    better: str = "up"
    group: str = ""

    @property
    def units(self) -> tuple[Unit, Unit]:
        """What the numerator counts, and what the denominator: money is over money, all else over a count."""
        unit = Unit.DAYS if self.shape in {Shape.MEDIAN, Shape.OLDEST} else self.unit
        below = unit if unit is Unit.CENTS else Unit.COUNT
        return unit, below if self.per is None else self.per


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure; `value` is None where there was nothing to measure, `p90` is there for medians.

    `missing` says what the practice has to tell first, as a command.
    """

    kpi: Kpi
    period: Period
    numerator: int
    denominator: int
    value: float | None
    rows: int
    p90: float | None = None
    missing: str = ""


def measure(session: Session, kpi: Kpi, period: Period) -> Figure:
    """The figure over a period."""
    return measured(session, kpi, period)[0]


def measured(session: Session, kpi: Kpi, period: Period) -> tuple[Figure, Sequence[Line]]:
    """The figure over a period, and the lines that it is made of."""
    if missing := not_told(session, kpi):
        return Figure(kpi, period, 0, 0, None, 0, missing=missing), ()
    lines = kpi.lines(session, period)
    return of_lines(kpi, period, lines), lines


def of_lines(kpi: Kpi, period: Period, lines: Sequence[Line], *, over: int | None = None) -> Figure:
    """The figure that these lines make; `over` is the denominator where it is not theirs alone."""
    numerator = sum(line.numerator for line in lines)
    denominator = sum(line.denominator for line in lines) if over is None else over
    value, p90 = _value(kpi, numerator, denominator, period, lines)
    return Figure(kpi, period, numerator, denominator, value, len(lines), p90)


def not_told(session: Session, kpi: Kpi) -> str:
    """The command by which the practice tells what the figure needs; nothing where it is told, or nothing is needed."""
    if not kpi.needs or getattr(session.execute(select(Practice)).scalar_one(), kpi.needs):
        return ""
    return f'superbill practice set "{kpi.needs}={PRACTICE_FIELDS[kpi.needs].example}"'


def _value(
    kpi: Kpi, numerator: int, denominator: int, period: Period, lines: Sequence[Line]
) -> tuple[float | None, float | None]:
    shape, (unit, per) = kpi.shape, kpi.units
    if shape is Shape.SUM:
        return (numerator / _IN_ONE.get(unit, 1), None) if lines else (None, None)
    if shape in {Shape.MEDIAN, Shape.OLDEST}:
        return _of_each(shape, sorted(line.numerator for line in lines))
    if not denominator:
        return None, None
    if shape is Shape.DAYS:
        return numerator * period.days / denominator, None
    if shape is Shape.MONTHLY:
        return numerator / max(1.0, period.days / DAYS_OF_A_MONTH) * 3 / denominator * 100, None
    if shape is Shape.SHARE:
        return numerator / denominator * 100, None
    each = (numerator / _IN_ONE.get(unit, 1)) / (denominator / _IN_ONE.get(per, 1))
    return each * (60 if shape is Shape.HOURLY else 1), None


def _of_each(shape: Shape, days: Sequence[int]) -> tuple[float | None, float | None]:
    if not days:
        return None, None
    if shape is Shape.OLDEST:
        return float(days[-1]), None
    return float(statistics.median(days)), float(days[(len(days) * 9 - 1) // 10])


def moments(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period, and the first after it, in UTC."""
    first = datetime.combine(period.start, time(), UTC)
    return first, datetime.combine(period.end + timedelta(days=1), time(), UTC)


def during(column: Any, period: Period) -> ColumnElement[bool]:
    """Whether a moment lies in the period."""
    first, after = moments(period)
    return (col(column) >= first) & (col(column) < after)


def stands() -> ColumnElement[bool]:
    """Whether a step of a state machine was taken forward and not taken back since."""
    undone = select(col(Action.undoes_id)).where(col(Action.undoes_id).is_not(None))
    return ~col(Transition.undo) & col(Transition.action_id).not_in(undone)


def pick(*columns: Any) -> Any:
    """A select whose rows are taken as they come: reports name their columns when they unpack them."""
    return select(*columns)


def first_steps(machine: str, after: Sequence[str], *, before: Sequence[str] = ()) -> Any:
    """For each record, the id of its first standing step into one of these states."""
    query = (
        pick(func.min(Transition.id))
        .where(col(Transition.machine) == machine, col(Transition.after).in_(after), stands())
        .group_by(col(Transition.subject_id))
    )
    return query.where(col(Transition.before).in_(before)) if before else query


def states_at_end(machine: str, period: Period) -> Any:
    """A subquery (subject_id, before, after, at): the step that brought each record where it stood at the end."""
    _, after = moments(period)
    last = (
        pick(func.max(Transition.id))
        .join(Action, col(Action.id) == col(Transition.action_id))
        .where(col(Transition.machine) == machine, stands(), col(Action.at) < after)
        .group_by(col(Transition.subject_id))
    )
    return (
        pick(Transition.subject_id, Transition.before, Transition.after, Action.at)
        .join(Action, col(Action.id) == col(Transition.action_id))
        .where(col(Transition.id).in_(last))
        .subquery()
    )


def day_of(moment: datetime | date | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def in_db(session: Session, query: Any) -> Sequence[Any]:
    """All rows of a query."""
    return session.execute(query).all()


def once(session: Session, key: object, read: Callable[[], Found]) -> Found:
    """What `read` finds, read once in a session: figures are made of the same rows, and a report only reads."""
    kept: dict[object, Any] = session.info.setdefault("reports", {})
    if key not in kept:
        kept[key] = read()
    found: Found = kept[key]
    return found
