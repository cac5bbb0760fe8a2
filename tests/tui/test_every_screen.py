"""Every screen by keyboard alone: each command stands in help, and no input is lost however a person goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.tui.fake import FakePractice
from tests.tui.support import LARGE, SMALL, Desk, make_app, opened
from tui.screens.home import HomeScreen
from tui.screens.keyed import KeyedScreen

Way = tuple[str, ...]

WAYS: dict[str, Way] = {
    "board": (),
    "list": ("j", "j", "j", "j", "j", "enter"),
    "record": ("j", "j", "j", "j", "j", "enter", "enter"),
    "claim": ("j", "j", "j", "j", "j", "enter", "o"),
    "ledger": ("j", "j", "j", "j", "j", "enter", "l"),
    "report": ("#", "1"),
    "rows of a report": ("#", "1", "enter"),
}
"""From the board, by keys alone."""


@asynccontextmanager
async def at(way: Way, size: tuple[int, int] = SMALL) -> AsyncIterator[Desk]:
    async with opened(queue="", size=size) as desk:
        await desk.press(*way)
        yield desk


@pytest.mark.parametrize("name", WAYS)
async def test_help_names_every_command_of_the_screen(name: str) -> None:
    async with at(WAYS[name], LARGE) as desk:
        await told_in_help(desk)


async def told_in_help(desk: Desk) -> None:
    """Opens help, and finds each action by typing its name."""
    screen = desk.app.screen
    assert isinstance(screen, KeyedScreen)
    actions = screen.all_actions()
    assert {"help", "palette", "quit", "back"} <= {one.id for one in actions}
    await desk.press("question_mark")
    for action in actions:
        await desk.press("ctrl+u")
        await desk.type(action.label)
        text = desk.text("#text")
        assert action.label in text, action.id
        assert action.keys == () or action.first_key in text, action.id
    await desk.press("escape")
    assert desk.app.screen is screen


@pytest.mark.parametrize("name", WAYS)
async def test_the_palette_offers_every_command_of_the_screen(name: str) -> None:
    async with at(WAYS[name]) as desk:
        screen = desk.app.screen
        assert isinstance(screen, KeyedScreen)
        labels = {action.label for action in screen.all_actions() if action.id != "palette"}
        await desk.press("colon")
        offered = {choice.label for choice in screen.prompt._choices}
        assert labels <= offered


@pytest.mark.parametrize("name", WAYS)
async def test_escape_leads_back_to_the_board_from_everywhere(name: str) -> None:
    async with at(WAYS[name]) as desk:
        for _ in range(4):
            await desk.press("escape")
        assert isinstance(desk.app.screen, HomeScreen)


async def _resize(desk: Desk) -> None:
    for width, height in ((40, 12), (160, 50), SMALL):
        await desk.pilot.resize_terminal(width, height)
        await desk.pilot.pause()


async def _tab(desk: Desk) -> None:
    await desk.pilot.press("tab", "shift+tab")


async def _escape(desk: Desk) -> None:
    await desk.press("escape", "t")


async def _refused_enter(desk: Desk) -> None:
    desk.practice.refuse = "The disk is full."
    await desk.press("enter")
    await desk.settle()
    desk.practice.refuse = ""
    await desk.press("t")


async def _nothing(_desk: Desk) -> None:
    return


HARMS: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "resize": _resize, "tab": _tab, "escape": _escape, "refused enter": _refused_enter, "nothing": _nothing,
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", ["list", "record"])
async def test_a_text_that_was_begun_is_still_there(name: str, harm: str) -> None:
    async with at(WAYS[name]) as desk:
        await desk.press("t")
        await desk.type("called payer")
        await HARMS[harm](desk)
        await desk.settle()
        assert desk.question.endswith("called payer")


@pytest.mark.parametrize("name", ["list", "record"])
async def test_a_text_that_was_begun_survives_the_line(name: str) -> None:
    practice = FakePractice()
    async with opened(practice, queue="") as desk:
        await desk.press(*WAYS[name], "t")
        await desk.type("called payer")
        desk.app._hang_up(129)
    assert desk.app.return_code == 129
    async with make_app(practice).run_test() as pilot:
        again = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await again.settle()
        await again.press("t")
        assert again.question.endswith("called payer")


async def test_marks_and_filter_survive_a_resize() -> None:
    async with at(WAYS["list"]) as desk:
        await desk.press("slash")
        await desk.type("uhc")
        await desk.press("enter", "space", "space")
        marks = set(desk.rows.marks)
        await _resize(desk)
        await desk.settle()
        assert set(desk.rows.marks) == marks
        assert "uhc" in desk.text("#terms")
