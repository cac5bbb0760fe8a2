"""A sitting goes on where the last one ended, however it ended."""

from __future__ import annotations

import pytest

from store.work.values import SortKey, View
from tests.tui.fake import FakePractice
from tests.tui.support import Desk, make_app, opened
from tui import sitting
from tui.screens.home import HomeScreen
from tui.screens.queue import QueueScreen
from tui.screens.record import RecordScreen
from tui.sitting import Kept, Spot


def test_what_is_kept_is_read_back() -> None:
    view = View("payer:acme", (SortKey("den", True),), mine=True)
    kept = Kept((Spot("denials", 7, 3),), "denials", {"denials": view}, {"denials:7/text": "half a"}, toured=True)
    assert sitting.read(sitting.write(kept)) == kept


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"places": 3}', '{"places": [["a"]]}', '{"views": {"x": [1]}}', "null"]
)
def test_text_of_another_version_is_no_place(text: str) -> None:
    assert sitting.read(text) == Kept()


async def test_the_next_sitting_opens_the_queue_at_its_row_with_its_filter_and_sort() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        await desk.press("s", "8", "slash")
        await desk.type("uhc")
        await desk.press("enter", "3", "j")
        row = desk.row_id
        desk.app._hang_up(129)
    async with make_app(practice).run_test() as pilot:
        desk = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await desk.settle()
        assert isinstance(desk.app.screen, QueueScreen)
        assert desk.row_id == row
        assert "uhc" in desk.text("#terms")
        assert "Den$↓" in desk.text("#terms")
        assert "Back where you left" in desk.status
        await desk.press("escape", "escape")
        assert isinstance(desk.app.screen, HomeScreen)


async def test_a_record_that_was_open_is_open_again_and_a_begun_text_stands_in_its_prompt() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        await desk.press("2", "j", "enter", "t")
        await desk.type("called the pay")
        desk.app._hang_up(129)
    assert practice.released
    async with make_app(practice).run_test() as pilot:
        desk = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await desk.settle()
        assert isinstance(desk.app.screen, RecordScreen)
        await desk.press("t")
        assert desk.question.endswith("called the pay")


def test_only_the_list_in_front_and_its_item_are_opened_again() -> None:
    one, two, item = Spot("coding", 1), Spot("denials", 7, 3), Spot("denials", 7, 0, 70)
    assert Kept((one, two, item)).last_places == (two, item)
    assert Kept((one, two)).last_places == (two,)
    assert Kept((item,)).last_places == ()


async def test_a_sitting_that_goes_on_looks_again_what_the_calendar_asks_for() -> None:
    practice = FakePractice()
    app = make_app(practice)
    async with app.run_test() as pilot:
        desk = Desk(app, pilot, practice)
        await desk.settle()
        assert practice.tended == 1
        app._beat()
        await desk.settle()
        assert practice.tended == 1
        app._tend_seconds = 0.0
        app._beat()
        await desk.settle()
        assert practice.tended == 2
        assert "2 claims are overdue." in desk.status


async def test_a_queue_opened_from_a_queue_stands_beside_it() -> None:
    async with opened() as desk:
        await desk.press("colon")
        await desk.type("queue coding")
        await desk.press("enter")
        assert "CODING" in desk.text("#title")
        await desk.press("escape")
        assert isinstance(desk.app.screen, HomeScreen)


async def test_after_q_the_board_has_the_cursor_on_the_last_queue() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        await desk.press("q", "q")
    async with make_app(practice).run_test() as pilot:
        desk = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await desk.settle()
        assert isinstance(desk.app.screen, HomeScreen)
        assert desk.rows.index == 5
