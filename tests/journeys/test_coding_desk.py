"""The coding desk on the real practice: every key does what it says, and u takes it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from textual import events

from store.db import writer
from store.practice import Practice
from store.tables import User, WorkItem
from tests.journeys.sitting import answered, at_work, filtered, found, into
from tests.journeys.words import encounter_csv
from tests.tui.support import SMALL, Desk

IN_WORK = "Quillfeather, Orla"


@pytest.fixture
async def desk(day: Path) -> AsyncIterator[Desk]:
    """The desk with a new encounter open."""
    encounter_csv(day / "visits.csv")
    async with at_work(SMALL) as sitting:
        await sitting.press("i")
        await answered(sitting, "visits.csv")
        await into(sitting, "coding")
        await filtered(sitting, "patient:quillfeather")
        await sitting.press("enter")
        await sitting.settle()
        assert IN_WORK in sitting.text("#title")
        yield sitting


def codes(desk: Desk) -> list[str]:
    """The lines of the codes pane."""
    return [line.strip() for line in desk.text("#codes").splitlines() if line.strip()]


async def test_a_diagnosis_moves_and_lines_keep_pointing_to_it(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "i", "R05.9")
    await found(desk, "h", "ZZ112")
    await desk.press("2")
    await desk.settle()
    assert any("ZZ112" in line and " AB " in line for line in codes(desk))
    await desk.press("g", "J")
    await desk.settle()
    assert "J45.31 is now number 2" in desk.status
    assert any("ZZ112" in line and " BA " in line for line in codes(desk))


async def test_a_line_points_by_letter_or_number(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "i", "R05.9")
    await found(desk, "h", "ZZ112")
    await desk.press("P")
    await answered(desk, "b")
    assert any("ZZ112" in line and " AB " in line for line in codes(desk))
    await desk.press("P")
    await answered(desk, "1")
    assert any("ZZ112" in line and " B " in line for line in codes(desk))
    await desk.press("P")
    await answered(desk, "l")
    assert "There is no diagnosis 12." in desk.status


async def test_removing_a_code_can_be_undone_with_its_pointers(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "h", "ZZ112")
    before = codes(desk)
    await desk.press("g", "r")
    await desk.settle()
    assert not any("J45.31" in line for line in codes(desk) if not line.startswith("?"))
    await desk.press("u")
    await desk.settle()
    assert codes(desk) == before


async def test_modifiers_units_and_charge_follow_the_keys(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "h", "ZZ112")
    await desk.press("m")
    await answered(desk, "25 59")
    await desk.press("U")
    await answered(desk, "3")
    line = next(line for line in codes(desk) if "ZZ112" in line)
    assert "25 59" in line
    assert "x3" in line
    assert line.endswith("237.00")


async def test_a_header_is_refused_with_the_reason(desk: Desk) -> None:
    said = await found(desk, "i", "J45.3")
    assert "Not done" in said
    assert "J45.3" in said


async def test_a_double_code_is_refused(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    assert "already on the encounter" in await found(desk, "i", "J45.31")


async def test_finishing_without_a_pointer_is_refused_and_the_encounter_stays(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "h", "ZZ112")
    await desk.press("1", "F")
    await desk.settle()
    assert "Not done" in desk.status
    assert IN_WORK in desk.text("#title")
    assert "E" in desk.text("#edits")


async def test_codes_that_exclude_each_other_stop_until_a_reason_is_given(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "i", "J44.9")
    await found(desk, "i", "E11.9")
    await found(desk, "i", "E10.9")
    await found(desk, "h", "ZZ112")
    await desk.press("F")
    await desk.settle()
    assert "O overrides it" in desk.status
    await desk.press("O")
    await answered(desk, "two conditions, see the note")
    assert "finished" in desk.status


async def test_a_reason_passes_no_stop_that_may_not_be_overridden(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await found(desk, "h", "ZZ112")
    await desk.press("1", "O")
    await answered(desk, "it is meant so")
    assert "Not done" in desk.status
    assert "Quillfeather" in desk.text("#title")


async def test_evidence_is_linked_to_the_code_under_the_cursor(desk: Desk) -> None:
    await found(desk, "i", "J45.31")
    await desk.press("tab", "tab", "v", "right", "c")
    await desk.settle()
    assert "Evidence linked to J45.31" in desk.status
    assert any("·J45.31" in line for line in codes(desk))


async def test_words_of_the_note_are_found_from_any_pane(desk: Desk) -> None:
    for panes in (0, 1, 2):
        await desk.press(*["tab"] * panes, "slash")
        await answered(desk, "wheez")
        assert desk.app.focused is desk.app.screen.query_one("#note")
        await desk.press("v")
        assert "heez" in desk.app.screen._note.selected_text  # type: ignore[attr-defined]
        await desk.press("escape")


async def test_a_held_encounter_leaves_the_queue_until_its_day_or_is_taken_up_again(desk: Desk) -> None:
    await desk.press("H")
    await answered(desk, "operative report is missing", "5d")
    assert "On hold until" in desk.status
    await desk.press("escape", "v", "3", "enter")
    await desk.settle()
    assert "HOLD" in desk.text("#title")
    await desk.press("i")
    await answered(desk, "j45.31", "")
    assert "operative report is missing. H takes it up again" in desk.status
    await desk.press("escape", "H")
    await desk.settle()
    assert "Taken up again" in desk.status
    assert "IN_PROGRESS" in desk.text("#title")


def _taken_by_somebody_else(practice: Practice) -> None:
    with Session(writer(practice.engine)) as session:
        ada = User(name="ada", role="coder")
        session.add(ada)
        session.flush()
        for item in session.exec(select(WorkItem).where(WorkItem.queue == "coding")).all():
            item.owner_id, item.lease_until = ada.id, practice.now() + timedelta(minutes=2)
        session.commit()


async def test_an_encounter_that_somebody_else_has_is_read_only(day: Path) -> None:
    encounter_csv(day / "visits.csv")
    practice = Practice.open()
    async with at_work(SMALL) as sitting:
        await sitting.press("i")
        await answered(sitting, "visits.csv")
        _taken_by_somebody_else(practice)
        await into(sitting, "coding")
        await filtered(sitting, "patient:quillfeather")
        await sitting.press("enter")
        await sitting.settle()
        assert "ada is working on it" in sitting.status
        assert "read only" in sitting.text("#title")
        await sitting.press("i")
        await sitting.settle()
        assert "Not done" in sitting.status
    practice.close()


async def test_leaving_gives_the_encounter_back(desk: Desk) -> None:
    await desk.press("escape")
    await desk.settle()
    practice = Practice.open()
    with practice.reading() as session:
        held = [item for item in session.exec(select(WorkItem)).all() if item.owner_id is not None]
    practice.close()
    assert held == []


async def test_a_favourite_moves_up_a_pick_is_learned_and_forgotten_and_the_code_set_turns(desk: Desk) -> None:
    await desk.press("i")
    await desk.type("cough")
    await desk.settle()
    lower = desk.text("#results").splitlines()[2].split()[0]
    await desk.press("down", "down", "ctrl+g")
    await desk.settle()
    assert f"{lower} is a favourite of yours now" in desk.status
    assert desk.text("#results").splitlines()[1].split()[0] == lower
    assert desk.text("#scope").strip().startswith("ICD-10-CM")
    await desk.press("ctrl+t")
    await desk.settle()
    assert desk.text("#scope").strip().startswith("all code sets")
    await desk.press("enter")
    await desk.settle()
    await desk.press("i")
    await desk.type("cough")
    await desk.settle()
    assert "picked 1x here" in desk.text("#about")
    await desk.press("ctrl+r")
    await desk.settle()
    assert "Forgot 1 pick" in desk.status
    assert "picked" not in desk.text("#about")


async def test_where_no_procedure_is_found_the_search_says_what_is_not_there_and_how_it_comes_in(desk: Desk) -> None:
    await desk.press("h")
    await desk.type("qqqq")
    await desk.settle()
    assert "superbill fees set CODE 35.00" in " ".join(desk.text("#results").split())
    await desk.press("ctrl+t", "ctrl+t")
    await desk.settle()
    assert "CPT is not loaded: superbill codes load cpt FILE" in " ".join(desk.text("#results").split())


async def test_what_is_typed_right_after_the_search_key_reaches_the_search(desk: Desk) -> None:
    for letter in "iJ45.31":
        desk.app.post_message(events.Key({".": "full_stop"}.get(letter, letter), letter))
    await desk.settle()
    assert "J45.31" in desk.text("#find")
