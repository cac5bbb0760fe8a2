"""Business days: Monday to Friday, but for the holidays that the practice has put on file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from store.tables import Holiday

NONE: frozenset[date] = frozenset()
_KEPT = "holidays"


def holidays(session: Session) -> frozenset[date]:
    """The practice's holidays; read once in a session."""
    known: frozenset[date] | None = session.info.get(_KEPT)
    if known is None:
        known = session.info[_KEPT] = frozenset(session.exec(select(col(Holiday.day))).all())
    return known


def is_business_day(day: date, free: Collection[date] = NONE) -> bool:
    """Whether people work on the day."""
    return day.weekday() < 5 and day not in free


def add_business_days(start: date, days: int, free: Collection[date] = NONE) -> date:
    """The date `days` business days after `start`; `free` are the holidays."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_business_day(day, free):
            days -= 1
    return day


def next_business_day(day: date, free: Collection[date] = NONE) -> date:
    """The day itself where it is a business day, else the first one after it."""
    while not is_business_day(day, free):
        day += timedelta(days=1)
    return day


class _Between(FunctionElement[int]):
    """Whole days from the second date to the first, on either database."""

    name = "days_between"
    type = Integer()
    inherit_cache = True


@compiles(_Between, "sqlite")
def _julian(element: _Between, compiler: Any, **how: Any) -> str:
    later, earlier = (compiler.process(one, **how) for one in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(_Between, "postgresql")
def _minus(element: _Between, compiler: Any, **how: Any) -> str:
    later, earlier = (compiler.process(one, **how) for one in element.clauses)
    return f"({later} - {earlier})"


def days_since(day: Any, today: date) -> FunctionElement[int]:
    """SQL for the whole days from a column's date to `today`."""
    return _Between(literal(today, Date()), day)
