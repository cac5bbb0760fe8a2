"""The mouse works, and is never needed."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from tests.tui.support import opened
from tui.screens.record import RecordScreen


async def test_a_click_goes_to_a_row_and_two_open_it() -> None:
    async with opened() as desk:
        await desk.pilot.click("#rows", offset=(10, 5))
        await desk.settle()
        assert desk.rows.index == 4
        await desk.pilot.click("#rows", offset=(10, 3), times=2)
        await desk.settle()
        assert isinstance(desk.app.screen, RecordScreen)
        assert desk.app.screen.is_item(desk.practice.rows and next(iter(desk.practice.leases)))


async def test_the_wheel_moves_rows_and_texts() -> None:
    async with opened() as desk:
        _wheel(desk.rows)
        await desk.settle()
        assert desk.rows.index == 3


async def test_a_tab_a_footer_key_and_a_choice_can_be_clicked() -> None:
    async with opened() as desk:
        await desk.press("enter")
        await desk.pilot.click("#tabs", offset=(14, 0))
        await desk.settle()
        assert "segment 1" in desk.text("#text")
        await desk.press("escape")
        at = desk.footer.index("write off")
        await desk.pilot.click("#keys", offset=(at, 0))
        await desk.settle()
        assert "timely filing" in desk.drawer
        await desk.pilot.click("#drawer", offset=(5, 2))
        await desk.settle()
        ((command, _),) = desk.practice.done
        assert command.reason == "SMALL"


def _wheel(widget: Widget) -> None:
    widget.post_message(events.MouseScrollDown(widget, 5, 5, 0, 1, 0, False, False, False, 5, 5))
