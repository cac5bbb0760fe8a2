"""What the note supports, on the desk: taken, changed, rejected; findings with their rule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from store.practice import Practice
from store.tables import SuggestionChoice
from tests.journeys.sitting import answered, found, new_encounter
from tests.tui.support import LARGE, SMALL, Desk
from tui.widgets.plain import LineInput


@pytest.fixture
def size() -> tuple[int, int]:
    return SMALL


@pytest.fixture
async def desk(day: Path, size: tuple[int, int]) -> AsyncIterator[Desk]:
    """The desk with a new encounter open, at the codes."""
    async with new_encounter(day, size) as sitting:
        yield sitting


def outcomes() -> list[tuple[str, str, str]]:
    practice = Practice.open()
    with practice.reading() as session:
        found = [(row.code, row.chosen, row.outcome) for row in session.exec(select(SuggestionChoice))]
    practice.close()
    return found


def lines(desk: Desk) -> list[str]:
    return [line.strip() for line in desk.text("#codes").splitlines() if line.strip()]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_enter_takes_the_suggestion_with_its_words_as_evidence(desk: Desk) -> None:
    assert "? J45.31" in desk.text("#codes")
    assert "in Assessment; not negated" in " ".join(desk.text("#reason").split())
    await desk.press("enter")
    await desk.settle()
    assert any(line.startswith("1 ·J45.31") for line in lines(desk))
    assert outcomes() == [("J45.31", "J45.31", "accepted")]
    await desk.press("u")
    await desk.settle()
    assert outcomes() == []
    assert any(line.startswith("? J45.31") for line in lines(desk))


async def test_r_rejects_and_it_is_not_offered_again(desk: Desk) -> None:
    await desk.press("r")
    await desk.settle()
    assert "not offered any more" in desk.status
    assert not any("J45.31" in line for line in lines(desk))
    assert outcomes() == [("J45.31", "", "rejected")]


async def test_i_on_a_suggestion_searches_its_words_and_counts_another_code_as_edited(desk: Desk) -> None:
    await desk.press("i")
    await desk.settle()
    await answered(desk, "j4530")
    assert any(line.startswith("1 ·J45.30") for line in lines(desk))
    assert outcomes() == [("J45.31", "J45.30", "edited")]


async def test_what_the_note_denies_is_shown_as_such_and_never_taken(desk: Desk) -> None:
    await desk.press("G")
    await desk.settle()
    assert "is family in the note" in desk.text("#reason")
    await desk.press("enter")
    await desk.settle()
    assert "Not done" in desk.status
    assert "not offered as a code" in desk.status
    assert outcomes() == []


async def test_a_finding_is_explained_with_its_rule_and_what_clears_it(desk: Desk) -> None:
    await desk.press("shift+tab")
    await found(desk, "i", "E11.9")
    await found(desk, "i", "E10.9")
    await desk.press("tab")
    await desk.settle()
    assert "DX.EX1" in desk.text("#edits")
    await desk.press("g", "y")
    await desk.settle()
    why = desk.text("#drawer")
    assert "DX.EX1 (error)" in why
    assert "Excludes1" in why
    assert "Cleared when" in why
    await desk.press("escape", "enter")
    await desk.settle()
    assert any("E1" in line for line in lines(desk))


async def test_without_data_no_edit_is_called_passed(desk: Desk) -> None:
    await desk.press("shift+tab")
    await found(desk, "i", "J45.31")
    await found(desk, "h", "ZZ112")
    await desk.press("tab")
    await desk.settle()
    edits = " ".join(desk.text("#edits").split())
    assert "No finding in what was checked." in edits
    assert "Not checked, no data: PX.MUE PX.ADDON" in edits
    await desk.press("G", "y")
    await desk.settle()
    assert "not checked: no NCCI unit limits" in " ".join(desk.text("#drawer").split())


async def test_words_of_the_note_lead_to_the_code_that_rests_on_them(desk: Desk) -> None:
    await desk.press("enter")
    await desk.settle()
    await desk.press("tab", "tab", "slash")
    await answered(desk, "asthma with")
    await desk.press("v", "enter")
    await desk.settle()
    assert "Not done" not in desk.status
    assert desk.app.focused is not None
    assert desk.app.focused.id == "codes"


async def test_the_counts_of_each_rule_are_one_word_away(desk: Desk) -> None:
    await desk.press("enter")
    await desk.settle()
    await desk.press("colon")
    await answered(desk, "suggestions")
    assert "1 decision on 1 rule" in desk.text("#headline")
    await desk.press("escape")
    await desk.settle()
    assert any(line.startswith("1 ·J45.31") for line in lines(desk))


async def test_a_suggested_code_that_was_searched_counts_for_its_rule_and_another_as_missed(desk: Desk) -> None:
    await desk.press("shift+tab")
    await found(desk, "i", "J45.31")
    await found(desk, "i", "M54.50")
    await found(desk, "h", "ZZ112")
    await desk.press("F")
    await desk.settle()
    assert "finished" in desk.status
    assert outcomes() == [("J45.31", "J45.31", "another way"), ("M54.50", "M54.50", "missed")]


async def test_finishing_with_a_warning_asks_once(desk: Desk) -> None:
    await desk.press("shift+tab")
    for code in ("J45.31", "N18.30", "I10"):
        await found(desk, "i", code)
    await found(desk, "h", "ZZ112")
    await desk.press("F")
    await desk.settle()
    assert "Finish with 1 warning (DX.HTN_COMBO)?" in desk.question
    await desk.press("escape")
    await desk.settle()
    assert "Quillfeather" in desk.text("#title")
    await desk.press("F", "y")
    await desk.settle()
    assert "finished" in desk.status


async def test_words_that_stand_in_the_search_are_typed_over_and_the_codes_stand_as_they_were(desk: Desk) -> None:
    before = lines(desk)
    await desk.press("i")
    line = desk.app.screen.query_one("#find", LineInput)
    assert line.value, "the words of the suggestion"
    assert "Esc back" in desk.footer
    assert "help" not in desk.footer
    await desk.type("cough")
    assert line.value == "cough"
    await desk.press("escape")
    await desk.settle()
    assert lines(desk) == before
    await desk.press("tab")
    assert "Tab pane" in desk.footer
