"""Rows that are all there are filtered and sorted as a queue's rows are in the database."""

from __future__ import annotations

from datetime import date

import pytest

from store.errors import Refused
from store.work.in_memory import kept, ordered
from store.work.sorting import parse_sort
from store.work.values import Cell, Column, Kind

COLUMNS = (
    Column("queue", "Queue", 20),
    Column("cents", "Money", 12, Kind.CENTS),
    Column("oldest", "Oldest", 6, Kind.DAYS),
    Column("since", "Since", 10, Kind.DATE),
)
ROWS: list[tuple[Cell, ...]] = [
    ("Coding", 1_204_450, 6, date(2026, 11, 2)),
    ("Denials", 3_841_200, 44, date(2026, 9, 1)),
    ("Claims to send", 88_410, 6, date(2026, 10, 1)),
    ("Statements", 88_410, None, None),
]


def names(text: str = "", sort: str = "") -> list[Cell]:
    """The first cells of what is kept, in order."""
    found = kept(ROWS, text, COLUMNS, lambda row: row)
    return [row[0] for row in ordered(found, parse_sort(sort, COLUMNS), COLUMNS, lambda row: row)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ["Coding", "Denials", "Claims to send", "Statements"]),
        ("CLAIM", ["Claims to send"]),
        ("queue:cod,den", ["Coding", "Denials"]),
        ("Money:>1000 oldest:<10", ["Coding"]),
        ("since:<=2026-10-01", ["Denials", "Claims to send"]),
        ("oldest:6", ["Coding", "Claims to send"]),
        ("queue:", []),
        ("nothing like it", []),
    ],
)
def test_words_columns_and_comparisons_keep_the_rows_that_meet_them_all(text: str, left: list[Cell]) -> None:
    assert names(text) == left


def test_three_levels_sort_and_what_has_no_value_comes_last() -> None:
    assert names(sort="cents+ oldest- queue+") == ["Claims to send", "Statements", "Coding", "Denials"]
    assert names(sort="oldest-") == ["Denials", "Coding", "Claims to send", "Statements"]
    assert names(sort="oldest+ queue-") == ["Coding", "Claims to send", "Denials", "Statements"]


@pytest.mark.parametrize("text", ["payer:acme", "cents:much", "oldest:soon", "since:yesterday", "x" * 501])
def test_a_filter_that_means_nothing_here_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(Refused):
        names(text)


def test_figures_with_their_unit_are_sorted_by_their_number_and_filtered_as_they_are_written() -> None:
    columns = (Column("value", "Value", 16, Kind.FIGURE),)
    rows: list[tuple[Cell, ...]] = [("$9.50",), ("-",), ("n/a",), ("10.4%",), ("42 d, p90 56 d",), ("$1,187.97",)]
    found = ordered(rows, parse_sort("value-", columns), columns, lambda row: row)
    assert [row[0] for row in found] == ["$1,187.97", "42 d, p90 56 d", "10.4%", "$9.50", "-", "n/a"]
    assert kept(rows, "value:n/a,%", columns, lambda row: row) == [("n/a",), ("10.4%",)]
