"""How long people worked, from the log of their actions: the gaps between them, as far as they are no pauses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col

from store.reports.measure import Line, during, in_db, once, pick
from store.reports.values import Period
from store.tables import Action, User
from store.text import how_many

PAUSE = timedelta(minutes=10)
"""A longer gap between two actions of a person is a pause and no work."""

LAST = timedelta(minutes=1)
"""How long the first action after a pause is taken to last."""

HOW = "gaps of up to ten minutes between a person's actions"


class Did(NamedTuple):
    """An action of a person and the time that it took: the gap before it belongs to the action that ends it."""

    who: str
    command: str
    at: datetime
    action_id: int
    took: timedelta


def activity(session: Session, period: Period) -> list[Did]:
    """Every action of the period, by person and moment."""
    return once(session, ("activity", period), lambda: _activity(session, period))


def _activity(session: Session, period: Period) -> list[Did]:
    query = (
        pick(User.name, Action.command, Action.at, Action.id)
        .join_from(Action, User, col(User.id) == col(Action.user_id))
        .where(during(Action.at, period))
        .order_by(col(User.name), col(Action.at), col(Action.id))
    )
    found: list[Did] = []
    before: tuple[str, datetime] | None = None
    for who, command, at, action_id in in_db(session, query):
        gap = at - before[1] if before and before[0] == who else PAUSE
        found.append(Did(who, command, at, action_id, gap if gap < PAUSE else LAST))
        before = (who, at)
    return found


def minutes(took: timedelta) -> int:
    """Whole minutes."""
    return round(took.total_seconds() / 60)


def by_day(did: Iterable[tuple[Did, str]], *, below: bool) -> list[Line]:
    """Actions, each with whose they are, as a line for each person, day and whose: minutes of work.

    They are the denominator where `below`, else the numerator.
    """
    took: dict[tuple[str, date, str], timedelta] = defaultdict(timedelta)
    count: Counter[tuple[str, date, str]] = Counter()
    for one, whose in did:
        key = (one.who, one.at.date(), whose)
        took[key] += one.took
        count[key] += 1
    lines = []
    for who, day, whose in sorted(took, key=lambda one: (one[1], one[0], one[2]), reverse=True):
        key = (who, day, whose)
        spent = max(1, minutes(took[key]))
        what = f"{who}  {how_many(count[key], 'action')}"
        lines.append(Line(what, whose, day, 0 if below else spent, spent if below else 0))
    return lines
