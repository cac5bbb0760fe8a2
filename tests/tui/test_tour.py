"""The tour: shown once in the demo, ended at any page, there again by name."""

from __future__ import annotations

import pytest

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
