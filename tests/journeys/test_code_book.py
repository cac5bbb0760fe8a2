"""The code book from the desk: up and down the tree, notes of every level, a code taken from it, the index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from codesets import CodeLibrary, open_library
from codesets.library.page import open_page
from codesets.library.place import LIBRARY_NAME
from tests.codesets.edits.rules import library_with_rules
from tests.codesets.indexed import library_with_index, library_with_procedure
from tests.journeys.sitting import answered, new_encounter
from tests.tui.support import LARGE, SMALL, Desk
from tui.screens.code_book import BookNotes
from tui.widgets.plain import width_of

DAY = date(2026, 5, 12)


@pytest.fixture
async def book(day: Path) -> AsyncIterator[Desk]:
    """The book, opened at the first suggestion of a new encounter (J45.31)."""
    async with new_encounter(day, SMALL) as sitting:
        await sitting.press("o")
        await sitting.settle()
        yield sitting


async def test_one_goes_up_and_down_and_sideways_and_takes_a_code(book: Desk) -> None:
    assert "J45.31" in book.text("#title")
    assert "may be billed" in book.text("#title")
    assert "Chronic lower respiratory diseases" in book.text("#tree")
    await book.press("left")
    await book.settle()
    assert "not to be billed" in book.text("#title")
    assert "J45.30" in book.text("#tree")
    await book.press("right_square_bracket")
    await book.settle()
    assert "J45.4" in book.text("#title")
    await book.press("j", "enter")
    await book.settle()
    assert "J45.40" in book.text("#title")
    await book.press("enter")
    await book.settle()
    assert "1  J45.40" in book.text("#codes")


async def test_no_note_is_cut_at_the_edge_of_its_pane(day: Path) -> None:
    async with new_encounter(day, LARGE) as sitting:
        await sitting.press("o")
        await sitting.settle()
        await sitting.pilot.pause()
        pane = sitting.app.screen.query_one(BookNotes)
        assert pane.line_count() > 3
        widths = [width_of("".join(text for text, _ in pane.line_at(at))) for at in range(pane.line_count())]
        assert max(widths) <= pane.size.width


async def test_the_book_has_commands_by_name_and_copies_its_code(book: Desk) -> None:
    await book.press("colon")
    await book.type("inde")
    assert "index" in book.drawer
    await book.press("escape", "ctrl+y")
    await book.settle()
    assert book.status.startswith("J45.31")


async def test_a_heading_is_not_taken(book: Desk) -> None:
    await book.press("left", "enter")
    await book.settle()
    assert "Not done" in book.status


async def test_a_code_is_opened_by_name_and_esc_returns_to_the_desk(book: Desk) -> None:
    await book.press("o")
    await answered(book, "e1122")
    assert "E11.22" in book.text("#title")
    await book.press("i")
    await answered(book, "pain")
    assert "index" in book.status
    await book.press("escape")
    await book.settle()
    assert "Quillfeather" in book.text("#title")


async def test_from_a_term_of_the_index_one_comes_to_the_tabular_list_and_takes_the_code(
    day: Path, built_library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERBILL_CODES", str(library_with_index(built_library_path, tmp_path / "indexed")))
    async with new_encounter(day, SMALL) as desk:
        await desk.press("o", "i")
        await answered(desk, "breath")
        assert "Breathing badness (nocturnal)" in desk.text("#tree")
        assert "J45.9-" in desk.text("#tree")
        await desk.press("enter")
        await desk.settle()
        assert "J45.9" in desk.text("#title")  # a code with a dash goes on in the tabular list
        assert "J45.90" in desk.text("#tree")
        await desk.press("i")
        await answered(desk, "wheezy")
        assert "see Windpipe, narrow, lasting" in desk.text("#tree")
        await desk.press("enter")  # where it points to
        await desk.settle()
        assert "J45.30 >" in desk.text("#tree")
        await desk.press("enter")  # what stands below it
        await desk.settle()
        assert "with worsening (acute)" in desk.text("#tree")
        assert "Asthma" in desk.text("#booknotes")  # the notes of its own code stand beside it
        await desk.press("j", "enter")
        await desk.settle()
        assert "J45.31" in desk.text("#title")
        await desk.press("tab", "G")
        assert "Windpipe, narrow, lasting, with worsening" in desk.text("#booknotes")
        await desk.press("tab", "enter")
        await desk.settle()
        assert "1  J45.31" in desk.text("#codes")


@pytest.fixture(scope="module")
def library(built_library_path: Path) -> CodeLibrary:
    return open_library(built_library_path)


def test_a_page_has_the_notes_of_every_level_and_its_neighbours(library: CodeLibrary) -> None:
    page = open_page(library, "E11.22", DAY)
    assert page is not None
    assert [level.name for level in page.way] == ["4", "E08-E13", "E11", "E11.2"]
    assert (page.before, page.after, page.billable) == ("E11.21", "E11.29", True)
    levels = {note.node for note in page.notes}
    assert {"4", "E11", "E11.22"} <= levels


def test_every_chapter_opens_and_leads_down_to_codes(library: CodeLibrary) -> None:
    top = open_page(library, "", DAY)
    assert top is not None
    assert len(top.below) == 22
    for chapter in top.below:
        page = open_page(library, chapter.name, DAY)
        while page is not None and page.below:
            page = open_page(library, page.below[-1].name, DAY)  # some first blocks only sum up those after them
        assert page is not None
        assert page.billable, page.name


def test_a_name_that_is_in_no_book_is_none(library: CodeLibrary) -> None:
    assert open_page(library, "nothing", DAY) is None


async def test_a_procedure_taken_from_the_book_becomes_a_line(
    day: Path, built_library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERBILL_CODES", str(library_with_procedure(built_library_path, tmp_path / "more", "ZZ112")))
    async with new_encounter(day, SMALL) as desk:
        await desk.press("enter", "o", "o")
        await answered(desk, "zz112")
        assert "ZZ112" in desk.text("#title")
        assert "may be billed" in desk.text("#title")
        await desk.press("enter")
        await desk.settle()
        assert "Added ZZ112" in desk.status
        assert ".00" in next(line for line in desk.text("#codes").splitlines() if "ZZ112" in line)
        await desk.press("o")
        await desk.settle()
        assert "Invented procedure" in desk.text("#title")  # on the line the book opens at its page
        notes = " ".join(desk.text("#booknotes").split())
        assert "Not loaded for 2026-11-20: fee schedule, NCCI unit limits, NCCI add-on codes." in notes
        await desk.press("y")
        assert "HCPCS codes in force on 2026-11-20" in desk.text("#drawer")


def test_the_page_of_a_procedure_tells_what_is_loaded_of_it(built_library_path: Path, tmp_path: Path) -> None:
    folder = library_with_procedure(library_with_rules(built_library_path), tmp_path / "more", "J0696")
    with open_library(folder / LIBRARY_NAME) as loaded:
        page = open_page(loaded, "J0696", DAY)
    assert page is not None
    assert page.known == ("Fee schedule: 90 global days.", "NCCI unit limit: 4 a day.")
