"""A screen that nobody sits at shows nothing, and only its owner goes on."""

from __future__ import annotations

import threading

import pytest
from textual import events

from store.work.record import Record
from tests.tui.fake import FakePractice
from tests.tui.support import Desk, make_app, opened, shown
from tui.idle import Idle, shorter
from tui.lock import LEFT_LOCKED
from tui.screens.locked import LockedScreen
from tui.screens.record import RecordScreen


class Clock:
    """A clock that a test turns."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def idle_for(desk: Desk, minutes: float) -> None:
    clock = Clock()
    lock = desk.app.lock
    lock.idle = Idle(clock)
    lock.idle.minutes = 10
    clock.now = minutes * 60


def everything(desk: Desk) -> str:
    return "\n".join(strip.text for strip in desk.app.screen._compositor.render_strips())


async def at_a_record(desk: Desk) -> None:
    await desk.press("enter", "t")
    await desk.type("called the pay")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_idle_screen_shows_nothing_and_no_key_no_mouse_and_no_paste_reveals_it(size: tuple[int, int]) -> None:
    practice = FakePractice(pin="7391")
    async with opened(practice, size=size) as desk:
        await at_a_record(desk)
        held = desk.app.session.leases.items[0]
        assert str(practice.rows[held].cells[1]) in everything(desk)
        idle_for(desk, 10)
        desk.app.lock.look()
        await desk.settle()
        assert isinstance(desk.app.screen, LockedScreen)
        for key in ("escape", "q", "colon", "question_mark", "ctrl+l", "ctrl+y", "enter", "j", "ctrl+p", "f1"):
            await desk.pilot.press(key)
        desk.app.post_message(events.Paste("ls"))
        await desk.pilot.click(offset=(3, 5))
        await desk.pilot.resize_terminal(100, 30)
        desk.app._beat()
        await desk.settle()
        assert isinstance(desk.app.screen, LockedScreen)
        seen = everything(desk)
        for row in practice.rows.values():
            assert str(row.cells[1]) not in seen
            assert str(row.cells[2]) not in seen
        assert practice.released == [held]
        assert "Nothing is lost" in seen


async def test_the_right_number_opens_it_with_what_was_typed_and_held_and_a_wrong_one_does_not() -> None:
    practice = FakePractice(pin="7391")
    async with opened(practice) as desk:
        await at_a_record(desk)
        held = desk.app.session.leases.items
        await desk.pilot.press("ctrl+x")
        await desk.pilot.pause()
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, LockedScreen)
        assert not desk.app.session.leases.items
        await desk.pilot.press(*"1234", "enter")
        await desk.pilot.pause(0.05)
        assert "That is not it" in shown(desk.app.screen.query_one("#status"))
        assert "1234" not in everything(desk)
        await desk.pilot.press(*"7391")
        assert "7391" not in everything(desk)
        await desk.pilot.press("enter")
        await desk.pilot.pause(0.05)
        assert isinstance(desk.app.screen, RecordScreen)
        assert desk.question.endswith("called the pay")
        assert desk.app.session.leases.items == held
        await desk.pilot.press("enter")
        await desk.settle()
        assert practice.done


async def test_a_key_that_comes_after_the_time_only_locks() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        row = desk.row_id
        idle_for(desk, 11)
        await desk.pilot.press("j")
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, LockedScreen)
        assert [screen for screen in desk.app.screen_stack if hasattr(screen, "_list")][-1]._list.row.item_id == row


async def test_without_a_number_it_can_only_be_left_and_the_next_sitting_goes_on() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        await at_a_record(desk)
        await desk.pilot.press("ctrl+x")
        await desk.pilot.pause(0.05)
        assert "you have set no pin" in everything(desk).lower()
        await desk.pilot.press("j", "escape")
        assert isinstance(desk.app.screen, LockedScreen)
        await desk.pilot.press("enter")
    assert desk.app.return_code == 0
    async with make_app(practice).run_test() as pilot:
        again = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await again.settle()
        assert isinstance(again.app.screen, RecordScreen)
        await again.press("t")
        assert again.question.endswith("called the pay")


async def test_a_program_that_was_left_locked_starts_locked() -> None:
    practice = FakePractice(pin="7391", locked=True)
    async with make_app(practice).run_test() as pilot:
        desk = Desk(pilot.app, pilot, practice)  # type: ignore[arg-type]
        await desk.settle()
        assert isinstance(desk.app.screen, LockedScreen)
        await pilot.press(*"7391", "enter")
        await pilot.pause(0.05)
        assert not isinstance(desk.app.screen, LockedScreen)


async def test_too_many_wrong_tries_end_the_program() -> None:
    from store.errors import LockedOut

    class Strict(FakePractice):
        def unlock(self, number: str) -> None:
            raise LockedOut(f"That was wrong too often{number[:0]}.")

    async with opened(Strict(pin="7391")) as desk:
        await desk.pilot.press("ctrl+x")
        await desk.pilot.pause(0.05)
        await desk.pilot.press(*"1111", "enter")
        await desk.pilot.pause(0.05)
    assert desk.app.return_code == LEFT_LOCKED


async def test_work_that_ends_while_it_is_locked_opens_nothing() -> None:
    go = threading.Event()

    class Slow(FakePractice):
        def record(self, name: str, subject_id: int) -> Record:
            go.wait(5)
            return super().record(name, subject_id)

        def claim(self, claim_id: int) -> Record:
            go.wait(5)
            return super().claim(claim_id)

    practice = Slow(pin="7391")
    async with opened(practice) as desk:
        await desk.pilot.press("o")
        await desk.pilot.pause()
        desk.app.lock.lock()
        go.set()
        await desk.pilot.pause(0.1)
        assert isinstance(desk.app.screen, LockedScreen)
        await desk.pilot.press(*"7391", "enter")
        await desk.settle()
        assert isinstance(desk.app.screen, RecordScreen)


def test_a_person_may_lock_earlier_than_the_practice_but_never_later() -> None:
    assert [shorter(*pair) for pair in ((10, 0), (10, 5), (10, 30), (0, 5), (0, 0))] == [10, 5, 10, 5, 0]
