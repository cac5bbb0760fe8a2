"""Long work shows how far it is, can be stopped, and nothing waits for it but its own screen."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from store.work.progress import tell
from store.work.values import Done, Lease
from tests.tui.fake import FakePractice
from tests.tui.support import opened


@dataclass
class Slow(FakePractice):
    """Its work goes on until it is stopped or told to end."""

    ending: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def do(self, command: Any, *, key: str | None = None, lease: Lease | None = None) -> Done:
        for number in range(100_000):
            tell(number, 100_000, "claims")
            self.begun.set()
            if self.ending.wait(0.01):
                break
        return super().do(command, key=key, lease=lease)


async def test_the_status_line_says_how_far_it_is_and_escape_stops_it() -> None:
    practice = Slow()
    async with opened(practice) as desk:
        await desk.pilot.press("A", "y")
        await _shows(desk, "of 100,000 claims")
        assert "Esc stops" in desk.status
        await desk.pilot.press("escape")
        await desk.settle()
        assert desk.status.startswith("Not done: Stopped.")
        assert not practice.done


async def test_keys_pressed_meanwhile_are_done_after_it() -> None:
    practice = Slow()
    async with opened(practice) as desk:
        await desk.pilot.press("A", "y")
        await _shows(desk, "of 100,000 claims")
        await desk.pilot.press("j", "j")
        assert desk.rows.index == 0
        practice.ending.set()
        await desk.settle()
        assert len(practice.done) == 1
        assert desk.rows.index == 2


async def _shows(desk: Any, words: str) -> None:
    for _ in range(100):
        await desk.pilot.pause(0.05)
        if words in desk.status:
            return
    raise AssertionError(desk.status)
