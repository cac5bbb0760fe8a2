"""The only place that reads the clock, so that tests and the demo can hold it still."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

_held: list[datetime] = []


def now() -> datetime:
    """The moment, in UTC, to the second; `SUPERBILL_NOW` (ISO 8601) holds it still."""
    if _held:
        return _held[-1]
    given = os.environ.get("SUPERBILL_NOW")
    if given:
        moment = datetime.fromisoformat(given)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """The date of `now()` where the program runs."""
    if _held or os.environ.get("SUPERBILL_NOW"):
        return now().date()
    return datetime.now().astimezone().date()


@contextmanager
def held(moment: datetime) -> Iterator[None]:
    """Hold the clock of this process at a moment."""
    _held.append(moment)
    try:
        yield
    finally:
        _held.pop()
