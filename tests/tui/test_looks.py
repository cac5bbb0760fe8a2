"""How the screens look, at the two sizes that matter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.tui.fake import SPECS, FakePractice
from tests.tui.support import LARGE, SMALL, Desk, make_app, opened
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen
from tui.settings import Settings
from tui.settings.values import THEMES
from tui.widgets.look import use

KEYS = {
    "queue": (),
    "choice": ("w",),
    "views": ("v",),
    "why": ("y",),
    "note": ("t",),
    "record": ("enter",),
    "help": ("question_mark",),
}


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The detail of a row comes at once, so that a busy machine shows the same as a quick one."""
    monkeypatch.setattr("tui.screens.queue.REST", 0.001)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", KEYS)
async def test_screen(name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened(size=size) as desk:
        await desk.press(*KEYS[name])
        await desk.pilot.pause(0.2)
        await desk.settle()
        screen = desk.app.screen
        lines = [line.text.rstrip() for line in screen._compositor.render_strips()]
        assert "\n".join(lines) == snapshot


FROM_THE_BOARD = {
    "board": (),
    "tour": ("colon", "t", "o", "u", "r", "enter"),
    "palette": ("colon",),
    "reports": ("#",),
    "report": ("#", "1"),
    "picture": ("#", "1", "v", "2"),
    "rows": ("#", "1", "enter"),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", FROM_THE_BOARD)
async def test_screen_from_the_board(name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened(size=size, queue="") as desk:
        await desk.press(*FROM_THE_BOARD[name])
        lines = [line.text.rstrip() for line in desk.app.screen._compositor.render_strips()]
        assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("theme", THEMES)
def test_theme(theme: str, snap_compare: Callable[..., bool]) -> None:
    """Each theme once: flags, cursor, marks, a refusal."""

    async def open_queue(pilot: Pilot[int]) -> None:
        desk = Desk(app, pilot, practice)
        await desk.settle()
        app.push_screen(QueueScreen(app.session, "denials"))
        await desk.settle()
        await desk.press("j", "space", "w")

    practice = FakePractice()
    app = SuperbillApp(lambda: practice, specs=SPECS, settings=Settings(theme=theme))
    try:
        assert snap_compare(app, terminal_size=SMALL, run_before=open_queue)
    finally:
        use("terminal")


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
