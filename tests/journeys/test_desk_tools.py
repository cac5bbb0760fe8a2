"""The desk's worksheets, shelf, review and histories, through the real screen; and how many keys a chart takes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from store.coding.diagnoses import AddDiagnosis
from store.coding.lines import AddLine
from store.demo.encounters import demo_encounters
from tests.journeys.command import superbill
from tests.journeys.conftest import TODAY
from tests.journeys.sitting import Counted, answered, at_work, back_to_the_board, found, into, new_encounter
from tests.tui.support import LARGE, SMALL, Desk
from tui.calls import Calls
from tui.screens.desk_search import DeskFinder, FoundProcedure

MOST_KEYS = 25


@pytest.fixture
async def desk(day: Path) -> AsyncIterator[Desk]:
    """The desk with a new encounter open, at the codes."""
    async with new_encounter(day, SMALL) as sitting:
        yield sitting


async def test_the_worksheet_asks_element_by_element_and_keeps_why(desk: Desk) -> None:
    await desk.press("z")
    await desk.settle()
    await answered(desk, "established", "low", "moderate", "moderate", "20")
    assert "99214" in desk.status
    assert "moderate by two of three" in desk.status
    await desk.press("colon")
    await answered(desk, "history")
    assert "moderate by two of three" in " ".join(desk.text("#text").split())


async def test_minutes_become_units_only_where_the_payers_rule_is_on_file(desk: Desk) -> None:
    await found(desk, "h", "ZZ112")
    await desk.press("U")
    await answered(desk, "40m")
    assert "not on file" in desk.status
    await desk.press("U")
    await answered(desk, "3")
    assert "x3" in desk.text("#codes")


async def test_anaesthesia_asks_for_its_base_units_and_shows_its_minutes(day: Path) -> None:
    with sqlite3.connect(day / "practice.db") as practice:
        practice.execute("UPDATE fee SET code='00840', system='CPT', title='Invented anaesthesia' WHERE code='ZZ112'")
        practice.execute("UPDATE payer SET anesthesia='15 tenths'")
    async with new_encounter(day, SMALL) as desk:
        await desk.press("enter")
        await found(desk, "h", "00840")
        await desk.press("U")
        await answered(desk, "95m", "6", "")
        assert "6 base + 95 min / 15 = 6.3 time = 12.3 units" in desk.status
        line = next(line for line in desk.text("#codes").splitlines() if "00840" in line)
        assert "95m" in line
        assert "971.70" in line
        await desk.press("u")
        await desk.settle()
        assert "x1" in next(line for line in desk.text("#codes").splitlines() if "00840" in line)


async def test_a_macro_is_kept_and_is_at_hand_on_the_next_encounter(desk: Desk) -> None:
    await desk.press("enter")
    await found(desk, "h", "ZZ112")
    await desk.press("colon")
    await answered(desk, "keep macro", "asthma visit")
    assert "Macro asthma visit: J45.31 ZZ112" in desk.status
    await desk.press("r", "g", "r")
    await desk.settle()
    await desk.press("f")
    await answered(desk, "asthma visit")
    assert "Added asthma visit" in desk.status
    assert "·J45.31" not in desk.text("#codes")
    assert "ZZ112" in desk.text("#codes")


async def test_a_procedure_among_the_favourites_is_added_as_a_line_with_its_charge(desk: Desk) -> None:
    await desk.press("h")
    await desk.type("ZZ112")
    await desk.settle()
    await desk.press("ctrl+g")
    await desk.settle()
    await desk.press("escape", "f")
    await answered(desk, "ZZ112")
    assert "Added ZZ112" in desk.status
    assert ".00" in next(line for line in desk.text("#codes").splitlines() if "ZZ112" in line)


def test_a_procedure_found_among_all_code_sets_becomes_a_line_and_no_diagnosis() -> None:
    finder = DeskFinder(Calls(lambda: pytest.fail("no practice is opened")))
    hit = FoundProcedure("G0438", "Invented", "HCPCS")
    assert finder.adding(1, hit, (3, 9), "wellness") == AddLine(1, "G0438", typed="wellness")
    assert finder.adding(1, replace(hit, code="R05.1", system="ICD10CM"), (3, 9)) == AddDiagnosis(1, "R05.1", 3, 9)


async def test_earlier_codes_are_read_and_esc_returns(desk: Desk) -> None:
    await desk.press("p")
    await desk.settle()
    assert "Earlier codes" in desk.text("#title")
    await desk.press("escape")
    await desk.settle()
    assert "Quillfeather" in desk.text("#title")


async def test_a_review_is_asked_for_and_waits_in_its_own_queue(desk: Desk) -> None:
    await desk.press("enter")
    await found(desk, "h", "ZZ112")
    await desk.press("R")
    await answered(desk, "is the modifier right?")
    assert "goes to review" in desk.status
    await back_to_the_board(desk)
    await into(desk, "reviews")
    assert "is the modifier right?" in desk.text("#rows") + desk.text("#preview")
    await desk.press("enter")
    await desk.settle()
    assert "REVIEW" in desk.text("#title")
    await desk.press("F")
    await answered(desk, "")
    assert "You coded it yourself, and nobody else may review" in desk.status
    await desk.press("F")
    await answered(desk, "read again the next day")
    assert "let go without a second look" in desk.status


def test_reviews_are_ruled_by_command(day: Path) -> None:  # noqa: ARG001 - the practice
    assert "To review" in superbill("reviews", "add", "random", "5").out
    assert superbill("reviews", "rules", "--json").json[0]["rule"] == "random 5%"
    assert superbill("reviews", "end", "1", "--until", "2026-11-22").status == 0
    assert superbill("reviews", "rules", "--json").json == []
    assert superbill("reviews", "add", "luck", "5").refused_plainly
    assert superbill("reviews", "agreement").status == 0


async def test_from_a_simple_chart_to_the_next_takes_at_most_25_keys(day: Path) -> None:  # noqa: ARG001
    """Suggestions that are right are taken, others passed over; what is missing is searched; procedures are typed."""
    from store.demo.make import Plan

    truth = {one.encounter.note: one for one in demo_encounters(Plan(70, 7, TODAY).encounters, 7, TODAY)}
    counts: list[int] = []
    async with at_work(LARGE) as desk:
        await into(desk, "coding")
        await desk.press("n")
        await desk.settle()
        while len(counts) < 5 and desk.app.screen.query("#codes"):
            number = desk.text("#title").split()[0]
            screen = desk.app.screen
            one = truth[screen._desk.note]  # type: ignore[attr-defined]
            counts.append(await _chart(desk, [code.code for code in one.codes], [line.code for line in one.lines]))
            assert desk.text("#title").split()[0] != number, desk.status

    assert len(counts) >= 4  # the others wait for their provider's answers
    assert median(counts) <= MOST_KEYS, counts


async def _chart(desk: Desk, wanted: list[str], procedures: list[str]) -> int:
    """Codes one chart from opening to the next one; the keys that it took."""
    hands = Counted(desk)
    screen = desk.app.screen
    left = list(dict.fromkeys(wanted))
    await hands.press("tab")
    codes = screen._codes  # type: ignore[attr-defined]
    while set(left) & {offer.code for offer in codes.offers}:
        if codes.offer is not None and codes.offer.code in left:
            left.remove(codes.offer.code)
            await hands.press("enter")
        else:
            await hands.press("j")
    for code in left:
        if codes.offer is not None:
            await hands.press("shift+tab")
        await hands.press("i")
        await hands.type(code.replace(".", "").lower())
        await hands.press("enter")
    for code in procedures:
        await hands.press("h")
        listed = [hit.code for hit in screen._search._hits]  # type: ignore[attr-defined]
        if code in listed[: len(code)]:
            await hands.press(*["down"] * listed.index(code))
        else:
            await hands.type(code.lower())
        await hands.press("enter")
    await hands.press("F")
    if screen._desk.warnings:  # type: ignore[attr-defined]
        await hands.press("y")
    return hands.keys
