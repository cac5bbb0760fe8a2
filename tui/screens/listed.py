"""Rows under a filter and a sort of three levels: what every list has, wherever its rows come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from store.text import how_many
from store.work.sorting import parse_sort
from store.work.values import Column, Kind, SortKey, View
from tui.asks import Choice, Chosen, Pick, Words
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.widgets.columns import sort_words
from tui.widgets.look import DIM, PLAIN
from tui.widgets.plain import Part, one_line


class ListedScreen(WorkScreen, inherit_bindings=False):
    """Shows the rows that its view keeps, in the view's order."""

    OWN_ORDER = Choice("", "the queue's own order", "past due, due soon, then what is worth most")
    """The order of a view without a sort."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._view = View()

    @property
    def columns(self) -> tuple[Column, ...]:
        """What can be filtered and sorted by."""
        raise NotImplementedError

    async def see(self, view: View) -> None:
        """Shows another view; `Refused` leaves the one that is there."""
        raise NotImplementedError

    def rows_left(self) -> int:
        """How many rows the view keeps."""
        raise NotImplementedError

    async def do_filter(self, _count: int | None) -> None:
        """Asks for a filter."""
        hint = "words, or column:value,value"
        answer = await self.put(
            Words(name="filter", question="Filter", first=self._view.filter, hint=hint, required=False),
            Chosen(self.queue),
        )
        if answer is not None:
            await self.do_filter_to(str(answer))

    async def do_filter_to(self, words: str) -> None:
        """Keeps the rows that a filter describes."""
        before = self._view.filter
        await self.see(replace(self._view, filter=words))
        if before != words:
            self.status.say(rows_word(self.rows_left()), hint="Esc shows all" if words else "")

    async def do_sort(self, _count: int | None) -> None:
        """Asks for a column; the last ones stay as further levels."""
        sort, columns = self._view.sort, self.columns
        choices = [
            Choice(column.key, column.title, _level(column.key, sort) or column.help, column.letter)
            for column in columns
        ]
        letters = {column.letter: column.key for column in columns if column.letter}
        hint = f"digit, {'letter, ' if letters else ''}name, or all levels: den- slk+"
        ask = Pick(
            name="sort",
            question="Sort by",
            choices=(*choices, self.OWN_ORDER),
            line=lambda typed: letters.get(typed.casefold()) or levels_typed(typed),
            hint=hint,
        )
        answer = await self.put(ask, Chosen(self.queue))
        if answer is None:
            return
        if levels_typed(str(answer)) is not None:
            await self.do_sort_to(str(answer))
        else:
            await self.see(replace(self._view, sort=_resorted(columns, sort, str(answer))))

    async def do_sort_to(self, typed: str) -> None:
        """Sorts by the levels that were typed."""
        await self.see(replace(self._view, sort=parse_sort(typed, self.columns)))

    def view_parts(self) -> list[Part]:
        """What the view keeps and in which order, in words."""
        words = one_line(self._view.filter)
        parts: list[Part] = [(" / ", DIM), (words or "all", PLAIN if words else DIM)]
        if sort := sort_words(self.columns, self._view.sort):
            parts += [("   sort ", DIM), (sort, PLAIN)]
        return parts


def levels_typed(typed: str) -> str | None:
    """What was typed, when it is a sort by levels and not a search for one column."""
    return typed if any(word[-1] in "+-" or word[0] in "+-" for word in typed.split()) else None


def rows_word(count: int) -> str:
    """'1 row', '2,000 rows'."""
    return how_many(count, "row")


def _level(key: str, sort: Sequence[SortKey]) -> str:
    for number, one in enumerate(sort, 1):
        if one.column == key:
            return f"level {number}, {'falling' if one.descending else 'rising'}"
    return ""


def _resorted(columns: Sequence[Column], sort: Sequence[SortKey], column: str) -> tuple[SortKey, ...]:
    """The sort with a column in front; the column that was in front turns round.  No column is the list's own order."""
    if not column:
        return ()
    if sort and sort[0].column == column:
        return (SortKey(column, not sort[0].descending), *sort[1:])
    kind = next(one.kind for one in columns if one.key == column)
    first = SortKey(column, kind in {Kind.CENTS, Kind.NUMBER, Kind.AGE, Kind.FIGURE})
    return (first, *(key for key in sort if key.column != column))[:3]
