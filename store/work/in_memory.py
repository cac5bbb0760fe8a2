"""Filter and sort for rows that are all there: the board and the reports, as the queues do it in the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from store.work.terms import SIGNS, Term, Wanted, parse_terms
from store.work.values import Cell, Column, Kind, SortKey

Thing = TypeVar("Thing")

_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")


def kept(
    things: Iterable[Thing], text: str, columns: Sequence[Column], cells: Callable[[Thing], Sequence[Cell]]
) -> list[Thing]:
    """The things that a filter keeps, in their order; refused as `parse_terms` does."""
    terms = parse_terms(text, {column.key: column for column in columns})
    return [one for one in things if all(_holds(term, columns, cells(one)) for term in terms)]


def ordered(
    things: Iterable[Thing],
    sort: Sequence[SortKey],
    columns: Sequence[Column],
    cells: Callable[[Thing], Sequence[Cell]],
) -> list[Thing]:
    """The things by the levels of a sort; equal ones stay as they came, and what has no value comes last."""
    found = list(things)
    places = {column.key: at for at, column in enumerate(columns)}
    for level in reversed(sort):
        at = places[level.column]
        empty = [one for one in found if _empty(cells(one)[at], columns[at].kind)]
        found = [one for one in found if not _empty(cells(one)[at], columns[at].kind)]
        rank = _figure if columns[at].kind is Kind.FIGURE else _rank
        found.sort(key=lambda one: rank(cells(one)[at]), reverse=level.descending)
        found += empty
    return found


def _holds(term: Term, columns: Sequence[Column], cells: Sequence[Cell]) -> bool:
    if not term.key:
        texts = [cell for column, cell in zip(columns, cells, strict=False) if column.kind is Kind.TEXT]
        return any(_meets(cell, wanted) for cell in texts for wanted in term.wanted)
    return any(
        _meets(cell, wanted)
        for column, cell in zip(columns, cells, strict=False)
        if column.key == term.key
        for wanted in term.wanted
    )


def _meets(cell: Cell, wanted: Wanted) -> bool:
    if cell is None:
        return False
    if isinstance(wanted.value, str):
        return wanted.value.casefold() in str(cell).casefold()
    compared: Callable[[int, int], bool] = SIGNS[wanted.sign]
    if isinstance(wanted.value, date):
        return isinstance(cell, date) and compared(cell.toordinal(), wanted.value.toordinal())
    return isinstance(cell, int) and compared(cell, wanted.value)


def _empty(cell: Cell, kind: Kind) -> bool:
    return cell is None or (kind is Kind.FIGURE and not _NUMBER.search(str(cell)))


def _figure(cell: Cell) -> tuple[int, float, str]:
    """The first number of the text."""
    found = _NUMBER.search(str(cell))
    return (0, float(found[0].replace(",", "")) if found else 0.0, "")


def _rank(cell: Cell) -> tuple[int, float, str]:
    """Numbers, then dates, then texts, where a column mixes them."""
    if isinstance(cell, int):
        return (0, float(cell), "")
    if isinstance(cell, date):
        return (1, float(cell.toordinal()), "")
    return (2, 0.0, str(cell).casefold())
