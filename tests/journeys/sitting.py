"""What a person does at the screens of the real practice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from store.practice import Practice
from tests.journeys.words import encounter_csv
from tests.tui.support import Desk
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen


@asynccontextmanager
async def at_work(size: tuple[int, int]) -> AsyncIterator[Desk]:
    """The program on the real practice, at the board."""
    app = SuperbillApp(Practice.open)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        yield desk


class Counted:
    """Presses keys as a person at work would, and counts each."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.keys = 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            await self.desk.press(key)

    async def type(self, text: str) -> None:
        self.keys += len(text)
        await self.desk.type(text)
        await self.desk.settle()


async def into(desk: Desk, queue: str) -> None:
    """Opens a queue from the board through the command line of the screen."""
    await desk.press("colon")
    await desk.type(queue)
    await desk.press("enter")
    await desk.settle()
    assert isinstance(desk.app.screen, QueueScreen)


async def filtered(desk: Desk, words: str) -> None:
    """Filters the list."""
    await desk.press("slash", "ctrl+u")
    await desk.type(words)
    await desk.press("enter")
    await desk.settle()


async def answered(desk: Desk, *answers: str) -> None:
    """Types one answer after the other, each with Enter."""
    for text in answers:
        await desk.press("ctrl+u")
        await desk.type(text)
        await desk.press("enter")
        await desk.settle()


async def found(desk: Desk, key: str, words: str) -> str:
    """Searches with a key of the desk, takes the first hit; what was said."""
    await desk.press(key)
    await desk.type(words)
    await desk.settle()
    await desk.press("enter")
    await desk.settle()
    return desk.status


async def back_to_the_board(desk: Desk) -> None:
    """Esc until the first screen."""
    for _ in range(6):
        if "superbill" in desk.text("#title"):
            return
        await desk.press("escape")
        await desk.settle()


@asynccontextmanager
async def new_encounter(day: Path, size: tuple[int, int]) -> AsyncIterator[Desk]:
    """The coding desk with an encounter open that has just come in, at the codes."""
    encounter_csv(day / "visits.csv")
    async with at_work(size) as desk:
        await desk.press("i")
        await answered(desk, "visits.csv")
        await into(desk, "coding")
        await filtered(desk, "patient:quillfeather")
        await desk.press("enter")
        await desk.settle()
        await desk.press("tab")
        yield desk
