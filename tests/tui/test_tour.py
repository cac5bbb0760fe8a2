"""The tour: shown once in the demo, ended at any page, there again by name."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.fake import SPECS, FakePractice
from tests.tui.support import LARGE, SMALL, Desk, opened
from tui.app import SuperbillApp
from tui.screens.home import HomeScreen
from tui.screens.tour import PAGES, TourScreen


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_it_is_shown_once_and_goes_through_every_page(size: tuple[int, int]) -> None:
    practice = FakePractice()
    for shown in (True, False):
        app = SuperbillApp(lambda: practice, specs=SPECS, tour=True)
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot, practice)
            await desk.settle()
            assert isinstance(app.screen, TourScreen) == shown
            if shown:
                for title, _ in PAGES:
                    assert title in desk.text("#title")
                    assert "{" not in desk.text("#text")
                    await pilot.press("enter")
                    await pilot.pause()
            assert isinstance(app.screen, HomeScreen)
            await pilot.press("q")


async def test_it_is_there_again_by_name_and_escape_ends_it() -> None:
    async with opened(queue="") as desk:
        await desk.press("colon")
        await desk.type("tour")
        await desk.press("enter")
        assert isinstance(desk.app.screen, TourScreen)
        await desk.press("j", "left", "escape")
        assert isinstance(desk.app.screen, HomeScreen)


async def test_keys_typed_faster_than_a_screen_closes_go_to_the_one_that_is_there_then() -> None:
    async with opened(queue="") as desk:
        desk.app.push_screen(TourScreen())
        await desk.settle()
        for _ in PAGES:
            desk.app.post_message(events.Key("enter", "\r"))
        for name in ("escape", "escape", "escape", "j"):
            desk.app.post_message(events.Key(name, "j" if name == "j" else None))
        await desk.settle()
        await desk.settle()
        home = desk.app.screen
        assert isinstance(home, HomeScreen)
        assert home._list.index == 1
