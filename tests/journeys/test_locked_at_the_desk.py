"""The desk left alone with something typed: it locks, gives the encounter back, and goes on where it was."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from store.practice import Practice
from store.tables import Remark
from store.work.values import View
from tests.journeys.sitting import new_encounter
from tests.tui.support import SMALL, Desk
from tests.tui.test_lock import everything, idle_for
from tui.screens.locked import LockedScreen

TYPED = "the lab report is still to co"


def _held(practice: Practice) -> list[str]:
    """Who has what, as everybody else sees it."""
    return [row.owner for row in practice.page("coding", View("patient:quillfeather")).rows if row.owner]


def _remarks(practice: Practice) -> list[str]:
    with practice.reading() as session:
        return [one.text for one in session.exec(select(Remark)).all()]


async def _until(desk: Desk, *, locked: bool) -> None:
    """Until the cover stands and the store has heard of it, or until it is gone."""
    for _ in range(200):
        cover = desk.app.screen
        if (isinstance(cover, LockedScreen) and cover._told) == locked:
            return
        await desk.pilot.pause(0.05)


async def test_the_desk_locks_when_left_gives_back_what_it_held_and_goes_on_with_what_was_typed(day: Path) -> None:
    async with new_encounter(day, SMALL) as desk:
        other = Practice.open()
        other.set_pin("7391")
        await desk.press("t")
        await desk.type(TYPED)
        await desk.settle()
        assert len(_held(other)) == 1
        idle_for(desk, 10)
        desk.app.lock.look()
        await _until(desk, locked=True)
        assert "Quillfeather" not in everything(desk)
        assert TYPED not in everything(desk)
        assert _held(other) == []
        assert TYPED in other.sitting()
        await desk.pilot.press(*"7392", "enter")
        await _until(desk, locked=True)
        assert "Quillfeather" not in everything(desk)
        await desk.pilot.press(*"7391", "enter")
        await _until(desk, locked=False)
        assert desk.question.endswith(TYPED)
        await desk.settle()
        assert len(_held(other)) == 1
        await desk.type("me")
        await desk.press("enter")
        await desk.settle()
        assert f"{TYPED}me" in _remarks(other)
        other.close()
