"""How the screens look, at the two sizes that matter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.tui.fake import FakePractice
from tests.tui.support import LARGE, SMALL, Desk, make_app, opened
from tui.screens.queue import QueueScreen

KEYS = {"queue": (), "choice": ("w",), "record": ("enter",), "help": ("question_mark",)}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", KEYS)
async def test_screen(name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened(size=size) as desk:
        await desk.press(*KEYS[name])
        screen = desk.app.screen
        lines = [line.text.rstrip() for line in screen._compositor.render_strips()]
        assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    """Colour and weight too: cursor, flags, marks and the footer of the list."""

    async def open_queue(pilot: Pilot[int]) -> None:
        desk = Desk(app, pilot, practice)
        await desk.settle()
        app.push_screen(QueueScreen(app.session, "denials"))
        await desk.settle()
        await desk.press("j", "space", "s", "1")

    practice = FakePractice()
    app = make_app(practice)
    assert snap_compare(app, terminal_size=size, run_before=open_queue)
