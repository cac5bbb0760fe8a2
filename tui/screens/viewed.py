"""A list with a view: filter, sort and kept views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from store.errors import Refused
from store.text import how_many
from store.work.sorting import parse_sort
from store.work.values import Kind, Page, QueueInfo, SortKey, View
from tui.asks import Choice, Chosen, Pick, Words
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.verbs import view_choices
from tui.widgets.plain import one_line
from tui.widgets.queue_list import QueueList

VIEWS = {
    "open": "what can be worked now",
    "mine": "assigned to you or in your hands",
    "deferred": "put aside until a later day",
}
"""The views that every queue has."""


class ViewedScreen(WorkScreen, inherit_bindings=False):
    """Shows the part of a queue that its view keeps, in the view's order."""

    def __init__(self, session: Session, queue: str) -> None:
        super().__init__(session)
        self.queue = queue
        self._info: QueueInfo | None = None
        self._view = session.views.get(queue, View())
        self._list = QueueList(self._fetch, loaded=self.loaded, moved=self.moved, id="rows")

    def loaded(self, page: Page) -> None:
        """A page of the list came; its figures are over the whole view."""
        raise NotImplementedError

    def moved(self) -> None:
        """Another row has the cursor, or its cells changed."""
        raise NotImplementedError

    async def _fetch(self, start: int, limit: int, counted: Page | None) -> Page:
        calls = self.session.calls
        return await calls.run(calls.practice.page, self.queue, self._view, start=start, limit=limit, counted=counted)

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
        await self._see(replace(self._view, filter=words))

    async def do_sort(self, _count: int | None) -> None:
        """Asks for a column; the last ones stay as further levels."""
        assert self._info is not None
        sort = self._view.sort
        own = Choice("", "the queue's own order", "past due, due soon, then what is worth most")
        columns = [
            Choice(column.key, column.title, _level(column.key, sort) or column.help, column.letter)
            for column in self._info.columns
        ]
        letters = {column.letter: column.key for column in self._info.columns if column.letter}
        hint = f"digit, {'letter, ' if letters else ''}name, or all levels: den- slk+"
        ask = Pick(
            name="sort",
            question="Sort by",
            choices=(*columns, own),
            line=lambda typed: letters.get(typed.casefold()) or levels_typed(typed),
            hint=hint,
        )
        answer = await self.put(ask, Chosen(self.queue))
        if answer is None:
            return
        if levels_typed(str(answer)) is not None:
            await self.do_sort_to(str(answer))
        else:
            await self._see(replace(self._view, sort=_resorted(self._info, sort, str(answer))))

    async def do_sort_to(self, typed: str) -> None:
        """Sorts by the levels that were typed."""
        assert self._info is not None
        await self._see(replace(self._view, sort=parse_sort(typed, self._info.columns)))

    async def do_view(self, _count: int | None) -> None:
        """Asks for a view."""
        chosen = Chosen(self.queue)
        kept = await self.session.calls.run(view_choices, self.session.calls.practice, chosen)
        always = (Choice(name, name, means) for name, means in VIEWS.items())
        keep = Choice("view.keep", "keep view", "this filter and sort under a name")
        answer = await self.put(Pick(name="view", question="View", choices=(*always, *kept, keep)), chosen)
        if answer == keep.value:
            self.call_next(self.perform, next(one for one in self.actions() if one.id == keep.value))
        elif answer is not None:
            await self.do_view_to(str(answer))

    async def do_view_to(self, name: str) -> None:
        """One of the three views that every queue has, or a kept one by its id or name."""
        if name in VIEWS:
            await self._see(replace(self._view, mine=name == "mine", deferred=name == "deferred"))
            self.status.say(f"View: {name}")
            return
        calls = self.session.calls
        views = await calls.run(calls.practice.views, self.queue)
        one = next((one for one in views if name.casefold() in {str(one.id), one.name.casefold()}), None)
        if one is None:
            raise Refused(f"There is no view '{name[:40]}'.", do=f"There are: {', '.join(VIEWS)} and those you keep.")
        await self._see(one.view)
        self.status.say(f"View: {one_line(one.name)}, {rows_word(self._list.total)}")

    async def _see(self, view: View) -> None:
        before, self._view = self._view, view
        assert self._info is not None
        self._list.configure(self._info.columns, view.sort)
        try:
            await self._list.reload(seek=True)
        finally:
            self.session.views[self.queue] = self._view
        if before.filter != view.filter:
            self.status.say(rows_word(self._list.total), hint="Esc shows all" if view.filter else "")


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


def _resorted(info: QueueInfo, sort: Sequence[SortKey], column: str) -> tuple[SortKey, ...]:
    """The sort with a column in front; the column that was in front turns round.  No column is the queue's order."""
    if not column:
        return ()
    if sort and sort[0].column == column:
        return (SortKey(column, not sort[0].descending), *sort[1:])
    kind = next(one.kind for one in info.columns if one.key == column)
    first = SortKey(column, kind in {Kind.CENTS, Kind.NUMBER, Kind.AGE})
    return (first, *(key for key in sort if key.column != column))[:3]
