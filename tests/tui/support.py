"""Drives the real screens over the invented practice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui.fake import SPECS, FakePractice
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen
from tui.widgets.queue_list import QueueList

SMALL = (80, 24)
LARGE = (120, 40)
_NAMES = {" ": "space", ":": "colon", "-": "minus", "/": "slash", ".": "full_stop"}


def make_app(practice: FakePractice) -> SuperbillApp:
    return SuperbillApp(lambda: practice, specs=SPECS)


def shown(widget: Widget) -> str:
    """What stands in a widget, as text."""
    return "\n".join(strip.text.rstrip() for strip in widget.render_lines(widget.region.reset_offset))


@dataclass
class Desk:
    """A running app with a few words for what a person does and sees."""

    app: SuperbillApp
    pilot: Pilot[int]
    practice: Any

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            if not self.asks:
                await self.settle()

    async def type(self, text: str) -> None:
        """Types faster than the program may answer, as a person does who knows what comes."""
        for character in text:
            self.app.post_message(Key(_NAMES.get(character, character), character))
        await self.pilot.pause()

    async def settle(self) -> None:
        """Waits until every worker is done, unless one waits for an answer."""
        await self.pilot.pause()
        left = 200
        while left and self._works():
            await self.pilot.pause()
            left -= 1
        if left < 200:
            await self.pilot.pause()

    def _works(self) -> bool:
        return not self.asks and any(not worker.is_finished for worker in self.app.workers)

    @property
    def asks(self) -> bool:
        prompt = getattr(self.app.screen, "prompt", None)
        return prompt is not None and prompt.is_open

    @property
    def status(self) -> str:
        return " ".join(shown(self.app.screen.query_one("#status")).split())

    @property
    def question(self) -> str:
        return "".join(shown(part) for part in self.app.screen.query_one("#prompt").children).strip()

    @property
    def footer(self) -> str:
        return shown(self.app.screen.query_one("#keys"))

    @property
    def drawer(self) -> str:
        return shown(self.app.screen.query_one("#drawer"))

    @property
    def rows(self) -> QueueList:
        return self.app.screen.query_one(QueueList)

    @property
    def row_id(self) -> int:
        row = self.rows.row
        assert row is not None
        return row.item_id

    def text(self, selector: str) -> str:
        return shown(self.app.screen.query_one(selector))


@asynccontextmanager
async def opened(
    practice: FakePractice | None = None, *, size: tuple[int, int] = SMALL, queue: str = "denials"
) -> AsyncIterator[Desk]:
    """The program with a queue open, or with the board when `queue` is empty."""
    practice = practice or FakePractice()
    app = make_app(practice)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, practice)
        await desk.settle()
        if queue:
            app.push_screen(QueueScreen(app.session, queue))
            await desk.settle()
        yield desk
