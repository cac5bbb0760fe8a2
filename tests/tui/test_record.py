"""The record screen: held while open, read only when somebody else has it."""

from __future__ import annotations

import pytest

from store.work.record import Lines, Record, Tab
from tests.tui.fake import FakePractice
from tests.tui.support import LARGE, SMALL, opened
from tui.screens.queue import QueueScreen
from tui.screens.record import RecordScreen, _tabs_line


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_digits_open_tabs_and_escape_returns_to_the_same_row(size: tuple[int, int]) -> None:
    async with opened(size=size) as desk:
        await desk.press("3", "j", "enter")
        assert "yours" in desk.text("#title")
        assert "Patient" in desk.text("#text")
        await desk.press("2", "pagedown")
        assert "segment" in desk.text("#text")
        await desk.press("1", "2")
        assert "segment 1\n" not in desk.text("#text")
        await desk.press("9")
        assert desk.status == "There are 4 tabs."
        await desk.press("escape")
        assert isinstance(desk.app.screen, QueueScreen)
        assert desk.rows.index == 3


async def test_a_claim_or_an_account_that_is_read_answers_why_as_its_own_tab_does() -> None:
    async with opened() as desk:
        await desk.press("o")
        assert "Claim" in desk.text("#title")
        await desk.press("y")
        assert "y (why) means nothing here" in desk.status
        await desk.press("escape", "l", "y")
        assert "02-01 denied" in desk.drawer
        await desk.press("y", "question_mark")
        assert "02-01 denied" in desk.text("#text")


async def test_an_item_is_held_while_it_is_open_and_commands_carry_its_lease() -> None:
    async with opened() as desk:
        item = desk.row_id
        await desk.press("enter")
        assert list(desk.practice.leases) == [item]
        await desk.press("w", "1")
        assert desk.practice.with_lease is not None
        await desk.press("escape")
        assert desk.practice.released == [item]


async def test_an_item_that_somebody_has_can_only_be_read() -> None:
    practice = FakePractice(taken={118: "R. Tan"})
    async with opened(practice) as desk:
        await desk.press("enter")
        assert "R. Tan is working on it" in desk.status
        assert "read only" in desk.text("#title")
        await desk.press("w")
        assert desk.status.startswith("Not done:")
        assert not practice.done
        await desk.press("escape")
        assert not practice.released


async def test_a_lost_lease_makes_the_record_read_only() -> None:
    async with opened() as desk:
        await desk.press("enter")
        desk.practice.lose = True
        desk.app._beat()
        await desk.settle()
        assert "ran out" in desk.status
        assert "read only" in desk.text("#title")


async def test_a_heartbeat_renews_the_lease() -> None:
    async with opened() as desk:
        item = desk.row_id
        await desk.press("enter")
        before = desk.app.session.leases.of(item)
        desk.app._beat()
        await desk.settle()
        after = desk.app.session.leases.of(item)
        assert before is not None
        assert after is not None
        assert after.until > before.until


async def test_a_record_that_is_done_closes_itself() -> None:
    async with opened() as desk:
        await desk.press("enter", "d")
        await desk.type("14d")
        await desk.press("enter", "enter")
        assert isinstance(desk.app.screen, QueueScreen)
        assert desk.status.startswith("Deferred until")


async def test_claim_and_ledger_open_over_the_record_and_only_to_be_read() -> None:
    async with opened() as desk:
        await desk.press("enter", "o")
        assert "Claim" in desk.text("#title")
        await desk.press("l")
        assert "Account" in desk.text("#title")
        await desk.press("escape", "escape")
        assert "Denial" in desk.text("#title")


async def test_next_gives_this_item_back_and_takes_another() -> None:
    async with opened() as desk:
        await desk.press("n")
        first = next(iter(desk.practice.leases))
        await desk.press("n")
        assert isinstance(desk.app.screen, RecordScreen)
        assert first not in desk.practice.leases
        assert len(desk.practice.leases) == 1


async def test_words_are_found_in_a_record() -> None:
    async with opened() as desk:
        await desk.press("enter", "2", "slash")
        await desk.type("segment 41")
        await desk.press("enter")
        assert "segment 41" in desk.text("#text")
        await desk.press("slash", "ctrl+u")
        await desk.type("nowhere")
        await desk.press("enter")
        assert desk.status.startswith("Not done: 'nowhere'")


async def test_leaving_gives_everything_back() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        item = desk.row_id
        await desk.press("enter")
        desk.app._hang_up(129)
    assert practice.released == [item]
    assert practice.closed
    assert desk.app.return_code == 129


async def test_many_records_opened_leave_nothing_behind() -> None:
    from textual._styles_cache import StylesCache

    async with opened() as desk:
        for _ in range(5):
            await desk.press("enter", "escape")
        assert StylesCache.get_inner_outer.cache_info().currsize < 50


def test_as_many_tabs_as_there_is_room_for_keep_their_titles_the_nearest_first() -> None:
    titles = ("Summary", "Lines", "Money", "Answers", "Segments", "History", "Notes", "Documents", "Versions", "Log")
    record = Record("Claim", "", "", tuple(Tab(title, (Lines(()),)) for title in titles))
    for width in (40, 80, 120):
        for current in range(10):
            line = "".join(text for text, _ in _tabs_line(record, current, width))
            assert len(line) <= width
            assert titles[current] in line
            assert all(str(number) in line for number in range(10))
    assert all(title in "".join(text for text, _ in _tabs_line(record, 9, 120)) for title in titles[3:])
    assert "Answers" in "".join(text for text, _ in _tabs_line(record, 0, 80))
