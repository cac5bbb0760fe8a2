"""The only place that reads the clock, so that tests and the demo can hold it still."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime


def now() -> datetime:
    """The moment, in UTC, to the second; `SUPERBILL_NOW` (ISO 8601) holds it still."""
    held = os.environ.get("SUPERBILL_NOW")
    if held:
        moment = datetime.fromisoformat(held)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """The date of `now()` where the program runs."""
    held = os.environ.get("SUPERBILL_NOW")
    return now().date() if held else datetime.now().astimezone().date()
