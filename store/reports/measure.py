"""How a key figure is measured: from rows, each of which adds to a numerator, a denominator or both.

The figure is made of exactly the rows that it shows, so that a number and what stands behind it can't differ.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from store.reports.values import Period
from store.tables import Action, Transition

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
    MEDIAN = "median days"
    """The median of the rows' own numbers; the denominator counts them."""
    SUM = "sum"
    """The numerator alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a figure: what it is, whose (payer, person, reason), when, and what it adds; cents or a count."""

    what: str
    whose: str
    on: date | None
    numerator: int
    denominator: int
    claim_id: int | None = None


Lines = Callable[[Session, Period], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One key figure as its authority defines it; without `lines` it can't be measured yet and `missing` says why.

    `money` says that numerator and denominator are cents; `better` is "up" or "down".
    """

    key: str
    title: str
    numerator: str
    denominator: str
    source: str
    shape: Shape = Shape.SHARE
    exclusions: str = "none"
    lines: Lines | None = None
    missing: str = ""
    money: bool = False
    better: str = "up"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure; `value` is None where the denominator is 0, `p90` is there for medians."""

    kpi: Kpi
    period: Period
    numerator: int
    denominator: int
    value: float | None
    rows: int
    p90: float | None = None


def measure(session: Session, kpi: Kpi, period: Period) -> Figure:
    """The figure over a period."""
    lines = kpi.lines(session, period) if kpi.lines else ()
    numerator, denominator = sum(line.numerator for line in lines), sum(line.denominator for line in lines)
    value, p90 = _value(kpi.shape, numerator, denominator, period, lines)
    return Figure(kpi, period, numerator, denominator, value, len(lines), p90)


def _value(
    shape: Shape, numerator: int, denominator: int, period: Period, lines: Sequence[Line]
) -> tuple[float | None, float | None]:
    if shape is Shape.SUM:
        return (float(numerator), None) if lines else (None, None)
    if shape is Shape.MEDIAN:
        days = sorted(line.numerator for line in lines)
        return (float(statistics.median(days)), float(days[(len(days) * 9 - 1) // 10])) if days else (None, None)
    if not denominator:
        return None, None
    if shape is Shape.DAYS:
        return numerator * period.days / denominator, None
    if shape is Shape.MONTHLY:
        return numerator / max(1.0, period.days / DAYS_OF_A_MONTH) * 3 / denominator * 100, None
    return numerator / denominator * (100 if shape is Shape.SHARE else 1), None


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
