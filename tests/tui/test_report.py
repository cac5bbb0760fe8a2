"""Reports on the screen: rows, what they mean, what is behind them, their picture, their file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from store.reports.kpi import KPIS
from store.reports.measure import Figure
from store.reports.told import about
from store.reports.values import Period
from tests.tui.fake import FakePractice
from tests.tui.support import LARGE, SMALL, Desk, opened
from tui.screens.home import HomeScreen
from tui.screens.queue import QueueScreen
from tui.screens.record import RecordScreen
from tui.widgets.bars import bars, written
from tui.widgets.plain import fold


async def _report(desk: Desk) -> None:
    await desk.press("#", "1")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_figure_says_what_it_is_made_of_and_opens_its_rows(size: tuple[int, int]) -> None:
    async with opened(queue="", size=size) as desk:
        await _report(desk)
        assert "Clean claim rate" in desk.text("#rows")
        assert "159 of 161" in desk.text("#preview")
        await desk.press("enter")
        assert desk.rows.total == 39
        await desk.press("enter")
        assert isinstance(desk.app.screen, RecordScreen)
        await desk.press("escape", "escape", "escape")
        assert isinstance(desk.app.screen, HomeScreen)


async def test_a_row_opens_the_queue_with_its_rows() -> None:
    async with opened(queue="") as desk:
        await _report(desk)
        await desk.press("j", "enter")
        assert isinstance(desk.app.screen, QueueScreen)
        assert "uhc" in desk.text("#terms")
        await desk.press("q", "j", "enter")
        assert "Nothing more stands behind this row" in desk.status


async def test_the_period_is_chosen_or_typed() -> None:
    practice = FakePractice()
    async with opened(practice, queue="") as desk:
        await _report(desk)
        await desk.press("equals_sign")
        await desk.type("2026-01-01 2026-01-31")
        await desk.press("enter")
        assert practice.reported[-1] == ("kpi", date(2026, 1, 1), date(2026, 1, 31), "")
        await desk.press("equals_sign")
        await desk.type("soon")
        await desk.press("enter")
        await desk.press("escape", "colon")
        await desk.type("period 45")
        await desk.press("enter")
        _, start, end, _ = practice.reported[-1]
        assert start is not None
        assert end is not None
        assert (end - start).days == 44
        await desk.press("colon")
        await desk.type("period 2026-01-01 soon")
        await desk.press("enter")
        assert "is no period" in desk.status


async def test_the_picture_shows_every_value_in_words_too() -> None:
    async with opened(queue="") as desk:
        await _report(desk)
        await desk.press("v", "2")
        assert "Trend, %" in desk.text("#plot")
        assert "35 █" in desk.text("#plot")
        await desk.press("v", "1")
        assert desk.rows.display


async def test_the_picture_is_exported_as_its_points(tmp_path: Path) -> None:
    async with opened(queue="") as desk:
        await _report(desk)
        await desk.press("v", "2", "x")
        assert "~/kpi-all-picture.csv" in desk.question
        await desk.press("ctrl+u")
        await desk.type(str(tmp_path / "points.csv"))
        await desk.press("enter")
    lines = (tmp_path / "points.csv").read_text().splitlines()
    assert lines[0] == "flag,What,From,To,Value,Unit,Numerator,Denominator"
    assert lines[-1] == ",Trend,2026-06-01,2026-06-30,35,%,35,100"
    assert len(lines) == 7


async def test_a_figure_is_seen_by_payer_and_every_figure_is_told_in_the_help() -> None:
    practice = FakePractice()
    async with opened(practice, queue="") as desk:
        await _report(desk)
        await desk.press("enter", "v")
        assert "by payer" in desk.drawer
        await desk.press("3")
        assert practice.reported[-1] == ("kpi", None, None, "clean:by")
        await desk.press("question_mark")
        await desk.type("clean claim")
        assert "passed over scrubbed" in desk.text("#text")
        assert "  Clean claim rate\n" in desk.text("#text")


async def test_rows_are_filtered_sorted_and_exported(tmp_path: Path) -> None:
    async with opened(queue="") as desk:
        await _report(desk)
        await desk.press("s", "3")
        assert "Clean claim rate" in desk.text("#rows").splitlines()[1]
        await desk.press("s", "3")
        assert "Nothing behind it" in desk.text("#rows").splitlines()[1]
        await desk.press("slash")
        await desk.type("doe")
        await desk.press("enter")
        assert desk.rows.total == 1
        await desk.press("x", "ctrl+u")
        await desk.type(str(tmp_path / "kpi.csv"))
        await desk.press("enter")
        assert (tmp_path / "kpi.csv").read_text().splitlines() == [
            "flag,Key figure,Value,Count,Money",
            'X,"Denials of DOE, MARIA",n/a,3,1250.00',
        ]
        await desk.press("escape")
        assert desk.rows.total == 3


async def test_a_report_takes_columns_in_its_filter_three_levels_in_its_sort_and_says_why() -> None:
    async with opened(queue="") as desk:
        await _report(desk)
        for typed in ("sort count- title+", "filter count:3"):
            await desk.press("colon")
            await desk.type(typed)
            await desk.press("enter")
        assert "count:3   sort Count↓ Key figure↑" in desk.text("#terms")
        assert desk.rows.total == 1
        await desk.press("y")
        assert "DOE, MARIA" in desk.drawer
        assert "What is measured." in desk.drawer
        await desk.press("y", "slash", "ctrl+u")
        await desk.type("count:many")
        await desk.press("enter")
        assert "'many' is not a whole number" in desk.status
        assert desk.rows.total == 1


async def test_the_board_is_filtered_sorted_and_asked_why_as_every_list(tmp_path: Path) -> None:
    async with opened(queue="") as desk:
        await desk.press("colon")
        await desk.type("sort past_due- money-")
        await desk.press("enter")
        assert "Patient calls" in desk.text("#rows").splitlines()[1]
        await desk.press("slash")
        await desk.type("items:>100")
        await desk.press("enter")
        assert "sort Past↓ Money↓" in desk.text("#title")
        assert "Denials" in desk.text("#rows").splitlines()[1]
        assert desk.rows.total == 2
        await desk.press("g", "y")
        assert "$38,412.00" in desk.drawer
        await desk.press("y", "x", "ctrl+u")
        await desk.type(str(tmp_path / "board.csv"))
        await desk.press("enter")
        assert (tmp_path / "board.csv").read_text().splitlines()[1].startswith("X,Denials,")
        await desk.press("enter")
        assert isinstance(desk.app.screen, QueueScreen)
        await desk.press("q", "escape")
        assert desk.rows.total == 10


async def test_work_is_handed_out_from_the_list() -> None:
    async with opened() as desk:
        await desk.press("slash")
        await desk.type("uhc")
        await desk.press("enter", "colon")
        await desk.type("keep-rule tan, r")
        await desk.press("enter")
        if desk.asks:
            await desk.press("1")
        command = desk.practice.done[-1][0]
        assert (command.queue, command.words) == ("denials", "uhc")
        for typed, name in (("apply-rules", "ApplyRules"), ("level-load", "LevelLoad")):
            await desk.press("colon")
            await desk.type(typed)
            await desk.press("enter")
            assert type(desk.practice.done[-1][0]).__name__ == name


def test_bars_are_as_long_as_their_share_and_never_wider_than_the_line() -> None:
    lines = bars([("a", 100.0), ("long label" * 5, 50.0), ("none", None), ("less", -25.0)], 60)
    drawn = ["".join(text for text, _ in line) for line in lines]
    assert all(len(line) <= 60 for line in drawn)
    full = drawn[0].count("█")
    assert drawn[1].count("█") == full // 2
    assert "-" in drawn[2]
    assert "█" not in drawn[2]


def test_numbers_are_as_short_as_they_may_be() -> None:
    assert [written(value) for value in (1234567.8, 12.0, 12.34, 0.0)] == ["1,234,568", "12", "12.3", "0"]


@pytest.mark.parametrize("key", KPIS)
def test_what_a_figure_means_is_whole_in_the_five_lines_that_eighty_columns_have_room_for(key: str) -> None:
    figure = Figure(KPIS[key], Period(date(2026, 9, 2), date(2026, 11, 30)), 1_234_567_00, 12_345_678_00, 1.0, 12_345)
    assert len(fold(" ".join(about(figure)), SMALL[0] - 2)) <= 5
