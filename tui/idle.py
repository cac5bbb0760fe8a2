"""How long nobody has touched the keys; the clock counts a machine's sleep too."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_SECONDS = 5.0
"""How often it is looked whether the time is over."""


def machine_seconds() -> float:
    """Seconds that never go back, with those in which the machine slept."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class Idle:
    """`minutes` without a touch, and it is over; with 0 it never is."""

    def __init__(self, seconds: Callable[[], float] = machine_seconds) -> None:
        self._seconds = seconds
        self._last = seconds()
        self.minutes = 0

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._seconds()

    @property
    def over(self) -> bool:
        """Whether nobody was there for too long."""
        return self.minutes > 0 and self._seconds() - self._last >= self.minutes * 60


def shorter(practice: int, own: int) -> int:
    """The minutes that hold: the practice's, or a person's own where they are fewer; 0 is no limit."""
    return min((one for one in (practice, own) if one > 0), default=0)
