"""Columns, facts, notes and the code search, each on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from textual.app import App, ComposeResult

from store.coding.desk import DeskLine
from store.work.record import Facts, Lines, Tab, Table
from store.work.values import Column, Kind
from tests.tui.fake import COLUMNS, HITS, search_codes
from tests.tui.support import shown
from tui.asks import Choice
from tui.screens.code_search import CodeSearch, HitLike, hit_line
from tui.widgets.columns import place, write
from tui.widgets.desk_lines import modifier_cells, service_line
from tui.widgets.facts import tab_lines
from tui.widgets.finding import found, opening
from tui.widgets.look import MATCH
from tui.widgets.note_pane import NotePane
from tui.widgets.plain import fold
from tui.widgets.table import table_lines

LINE = DeskLine(1, 1, "G0438", "invented", ("25", "59", "GA", "LT"), 1, (1, 12), 19_500)

NOTE = "CHIEF COMPLAINT:\tcough\nThe patient denies fever.\n\nPLAN: recheck blood pressure in two weeks and call."


def test_wide_columns_appear_from_a_hundred_columns_on() -> None:
    assert all(not one.column.wide for one in place(COLUMNS, 96, terminal=99))
    assert any(one.column.wide for one in place(COLUMNS, 97, terminal=100))


def test_columns_never_take_more_than_the_line() -> None:
    for width in range(1, 200):
        placed = place(COLUMNS, width, terminal=width)
        assert placed
        assert len(placed) == 1 or sum(one.width for one in placed) + len(placed) - 1 <= width


def test_a_text_at_the_end_gets_narrower_before_it_is_left_out() -> None:
    columns = (Column("n", "N", 10), Column("due", "Due", 9, Kind.CENTS), Column("why", "Why", 40))
    widths = {width: [one.width for one in place(columns, width, terminal=80)] for width in (61, 40, 31, 30)}
    assert {width: found[2:] for width, found in widths.items()} == {61: [40], 40: [19], 31: [10], 30: []}


def test_numbers_lose_cents_before_they_are_hidden_and_are_never_cut() -> None:
    shown_ = [write(123456, Kind.CENTS, width) for width in (9, 7, 5, 4, 3)]
    assert shown_ == [" 1,234.56", "1234.56", "1,235", "1235", "###"]
    assert write(-250, Kind.CENTS, 6) == " -2.50"
    assert write(date(2026, 3, 2), Kind.DATE, 5) == "03-02"
    assert write(-3, Kind.DAYS, 4) == " -3d"
    assert write(None, Kind.CENTS, 4) == "    "


def test_text_is_folded_at_spaces_and_loses_nothing() -> None:
    folded = fold("one two threefourfivesixseveneight nine", 10)
    assert all(len(line) <= 10 for line in folded)
    assert "".join(folded).replace(" ", "") == "onetwothreefourfivesixseveneightnine"


def test_a_record_shows_all_its_blocks() -> None:
    table = Table((Column("a", "Amount", 8, Kind.CENTS),), ((1250,),), "Money")
    tab = Tab("x", (Facts((("Payer", "UHC"),)), Lines(("raw ~ line",)), table))
    text = ["".join(part for part, _ in line) for line in tab_lines(tab, 60)]
    assert text[0] == "Payer  UHC"
    assert "raw ~ line" in text
    assert any("12.50" in line for line in text)


class NoteApp(App[None]):
    def compose(self) -> ComposeResult:
        yield NotePane(NOTE)


async def test_lines_wrapped_where_a_note_was_written_run_on_and_others_stay() -> None:
    first = "Worked in a foundry for twenty-two years, quit smoking then and has"
    note = f"{first}\nnot smoked since.\nPlan:\nreturn in a month"
    app = NoteApp()
    async with app.run_test(size=(40, 8)):
        pane = app.query_one(NotePane)
        pane.set_text(note)
        assert [line.rstrip() for line in shown(pane).split("\n")][:4] == [
            "Worked in a foundry for twenty-two", "years, quit smoking then and has not", "smoked since.", "Plan:",
        ]  # fmt: skip
        assert pane.find("not")
        pane.do_select(None)
        assert pane.selected == (note.index("not"), note.index("not") + 3)


async def test_a_note_folds_scrolls_finds_and_gives_offsets_of_its_text() -> None:
    app = NoteApp()
    async with app.run_test(size=(20, 4)) as pilot:
        pane = app.query_one(NotePane)
        assert all(len(line) <= 20 for line in shown(pane).split("\n"))
        assert pane.find("blood")
        assert "blood" in shown(pane)
        pane.do_select(None)
        assert pane.selected_text == "blood"
        pane.do_wider(None)
        assert pane.selected_text == "blood pressure"
        start, end = pane.selected or (0, 0)
        assert NOTE[start:end] == "blood pressure"
        pane.do_word(None)
        assert pane.selected_text == "in"
        pane.do_up(1)
        assert pane.selected_text.endswith("in")
        assert len(pane.selected_text) > 2
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert pane.selected_text.endswith("in")
        pane.do_select(None)
        assert pane.selected is None
        start = NOTE.index("fever")
        pane.set_spans([(start, start + 5, MATCH)])
        pane.show_span(start)
        await pilot.pause()
        assert "fever" in shown(pane)
        assert pane.find("fever")
        pane.do_select(None)
        assert pane.selected_text == "fever"  # without the stop behind it
        assert not pane.find("rash")


async def test_offsets_survive_characters_that_change_when_cleaned() -> None:
    app = NoteApp()
    async with app.run_test(size=(40, 6)):
        pane = app.query_one(NotePane)
        text = "cafe\u0301 \x1b[2J fever\r\nnext"
        pane.set_text(text)
        assert pane.find("fever")
        pane.do_select(None)
        assert pane.selected_text == "fever"


class SearchApp(App[None]):
    def __init__(self, search: object = search_codes) -> None:
        super().__init__()
        self.picked: list[str] = []
        self.search = search

    def compose(self) -> ComposeResult:
        async def notes(hit: HitLike) -> Sequence[str]:
            return (f"Excludes1 of {hit.code}: [see] other",)

        yield CodeSearch(self.search, notes)  # type: ignore[arg-type]

    def on_code_search_picked(self, event: CodeSearch.Picked) -> None:
        self.picked.append(event.hit.code)


async def test_codes_are_found_while_typing_and_picked_with_enter() -> None:
    app = SearchApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(CodeSearch).start()
        await pilot.press(*"diab")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "-E11 " in shown(app.query_one("#results"))
        assert "Excludes1 of E11: [see] other" in shown(app.query_one("#about"))
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.picked == ["E11.9"]


async def test_results_of_an_older_text_are_never_shown() -> None:
    gates = {text: asyncio.Event() for text in ("d", "di")}
    asked: list[str] = []

    async def slow(text: str) -> Sequence[HitLike]:
        asked.append(text)
        await gates[text].wait()
        return HITS[:1] if text == "d" else HITS[3:]

    app = SearchApp(slow)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(CodeSearch).start()
        await pilot.press("d", "i")
        await pilot.pause()
        gates["d"].set()
        await pilot.pause()
        assert shown(app.query_one("#results")).strip() == ""
        await pilot.press("enter")
        assert app.picked == []
        gates["di"].set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert asked == ["d", "di"]
        assert "I10" in shown(app.query_one("#results"))


def test_a_hit_shows_what_matched() -> None:
    line = hit_line(HITS[1], 70)
    assert ("diabetes", MATCH) in line
    assert sum(len(text) for text, _ in line) == 70


def test_a_record_never_drops_its_sentences_for_want_of_room_but_folds_them() -> None:
    columns = (Column("at", "When", 16), Column("text", "Text", 60), Column("file", "File", 22))
    table = Table(columns, (("2026-03-09 09:00", "member number, subscriber: not valid for the day", "a.277"),))
    narrow = ["".join(part for part, _ in line) for line in table_lines(table, 60)]
    assert narrow == [
        "When             Text                                       ",
        "2026-03-09 09:00 member number, subscriber: not valid for",
        "                 the day",
    ]
    assert "a.277" in "".join(part for line in table_lines(table, 110) for part, _ in line)


def test_choices_of_a_group_stand_under_its_name_until_it_is_picked() -> None:
    birth, sex = Choice("b", "birth", group="patient"), Choice("s", "sex", group="patient")
    alone = Choice("m", "member id")
    assert [one.label for one in opening((birth, alone, sex), "")] == ["member id", "patient …"]
    assert opening((birth, alone, sex), "patient") == [birth, sex]


def test_a_word_that_begins_as_it_was_typed_comes_before_one_that_holds_it() -> None:
    choices = [
        Choice("queue:underpaid", "queue Underpayments"),
        Choice("queue:payments", "queue Payments and deposits"),
    ]
    assert [one.value for one in found(choices, "payments")] == ["queue:payments", "queue:underpaid"]


def test_a_line_names_its_pointers_by_letter_and_one_past_the_twelfth_by_a_plus() -> None:
    assert " AL " in "".join(text for text, _ in service_line(LINE, " ", 80))
    assert " L+ " in "".join(text for text, _ in service_line(replace(LINE, pointers=(12, 25)), " ", 80))


def test_four_modifiers_are_shown_where_there_is_room_and_as_many_as_fit_elsewhere() -> None:
    def words(width: int) -> str:
        return "".join(text for text, _ in service_line(LINE, " ", width, modifier_cells([LINE], width)))

    assert "25 59 GA LT x1" in words(58)
    assert "25 59…" in words(40)
    assert modifier_cells([replace(LINE, modifiers=("25", "59"))], 120) == 6
