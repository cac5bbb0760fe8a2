"""Every real queue and one of its records, by keyboard alone: each is whole at its size and tells its commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from store.practice import Practice
from tests.tui.support import SMALL, Desk
from tui.app import SuperbillApp
from tui.screens.base import WorkScreen
from tui.screens.home import HomeScreen


@pytest.mark.parametrize("size", [SMALL], ids=["80x24"])  # the keys are the same at every size
async def test_every_real_queue_and_its_record_tell_their_commands(day: Path, size: tuple[int, int]) -> None:
    """On the demo's own practice, with the queues' own keys."""
    del day
    app = SuperbillApp(Practice.open)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        queues = list(app.session.titles)
        for queue in queues:
            await desk.press("colon")
            await desk.type(f"queue {queue}")
            await desk.press("enter")
            await desk.settle()
            screen = app.screen
            assert isinstance(screen, WorkScreen)
            assert screen.queue == queue
            _fits(desk, size)
            actions = {one.id for one in screen.all_actions()}
            assert {one.id for one in app.session.spec(queue).actions if screen.place in one.places} <= actions
            await desk.press("enter")
            await desk.settle()
            if app.screen is not screen:
                _fits(desk, size)
                await desk.press("question_mark")
                await desk.settle()
                await desk.press("escape", "escape")
                await desk.settle()
            for _ in range(3):
                if not isinstance(app.screen, HomeScreen):
                    await desk.press("escape")
                    await desk.settle()
        assert isinstance(app.screen, HomeScreen)
    assert os.environ["SUPERBILL_DB"]


def _fits(desk: Desk, size: tuple[int, int]) -> None:
    lines = [line.text for line in desk.app.screen._compositor.render_strips()]
    assert len(lines) == size[1]
    assert "? help" in lines[-2] or "? help" in lines[-3], lines[-3:]
