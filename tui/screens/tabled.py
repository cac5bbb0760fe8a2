"""A list whose rows are all there: the board and the reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from store.work.values import Cell, Column, Page, Row, View, Why
from tui.asks import Chosen, Words
from tui.screens.listed import ListedScreen, rows_word
from tui.session import Session
from tui.widgets.columns import say
from tui.widgets.plain import one_line
from tui.widgets.queue_list import QueueList

Line = TypeVar("Line")


class TabledScreen(ListedScreen, Generic[Line], inherit_bindings=False):
    """Filters and sorts what was read once; the cursor stays on its row."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._all: tuple[Line, ...] = ()
        self._shown: tuple[tuple[int, Line], ...] = ()
        self._list = QueueList(self._fetch, moved=self.moved, id="rows")

    def cells(self, line: Line) -> tuple[Cell, ...]:
        """A row's cells."""
        raise NotImplementedError

    def flag(self, line: Line) -> str:
        """A row's flag."""
        raise NotImplementedError

    def file_name(self) -> str:
        """What a file of the rows is called, without its ending."""
        raise NotImplementedError

    def moved(self) -> None:
        """Another row has the cursor, or its cells changed."""

    @property
    def line(self) -> Line | None:
        """The row under the cursor."""
        index = self._list.index
        return self._shown[index][1] if index < len(self._shown) else None

    def rows_left(self) -> int:
        """All that the filter keeps."""
        return len(self._shown)

    async def show_all(self, lines: Sequence[Line]) -> None:
        """Shows other rows, as the view says."""
        self._all = tuple(lines)
        await self.see(self._view)

    async def see(self, view: View) -> None:
        """Shows the rows that the filter keeps, in the order that was asked for."""
        from store.work.in_memory import kept, ordered

        columns = self.columns
        numbered = tuple(enumerate(self._all))
        known = {column.key for column in columns}
        sort = tuple(level for level in view.sort if level.column in known)  # of another report that has other columns
        found = kept(numbered, view.filter, columns, lambda one: self.cells(one[1]))
        self._shown = tuple(ordered(found, sort, columns, lambda one: self.cells(one[1])))
        self._view = View(view.filter, sort)
        self._list.configure(columns, sort)
        await self._list.reload()
        self.show_head()

    def show_head(self) -> None:
        """Draws the head lines anew."""
        raise NotImplementedError

    async def _fetch(self, start: int, limit: int, _counted: Page | None) -> Page:
        shown = self._shown[start : start + limit]
        rows = tuple(Row(number, number, self.flag(line), self.cells(line)) for number, line in shown)
        return Page(rows, start, len(self._shown), 0, 0, 0)

    async def choose(self, _action: object, count: int | None) -> Chosen:
        """There are no items here; what is done from here needs none."""
        return Chosen("", count=count)

    def table(self) -> tuple[Sequence[Column], list[tuple[str, tuple[Cell, ...]]]]:
        """What is written to a file: columns, and rows with their flags."""
        return self.columns, [(self.flag(line), self.cells(line)) for _, line in self._shown]

    async def do_export(self, _count: int | None) -> None:
        """Asks for a file and writes the rows."""
        from tui.export import write_table

        columns, rows = self.table()
        ask = Words(name="file", question=f"Write {rows_word(len(rows))} to", first=f"~/{self.file_name()}.csv")
        answer = await self.put(ask, Chosen(""))
        if answer is not None:
            calls = self.session.calls
            path = await calls.run(write_table, calls.practice, self.told(), str(answer), columns, rows)
            self.status.say(f"{rows_word(len(rows))} in {one_line(str(path))}")

    def told(self) -> str:
        """What the trail calls these rows."""
        raise NotImplementedError

    async def help_about(self) -> Why | None:
        """What stands behind the figures of the row under the cursor."""
        line = self.line
        return self.why(line) if line is not None else None

    def why(self, line: Line) -> Why:
        """What stands behind a row's figures."""
        raise NotImplementedError

    def copied(self) -> str:
        """The cells of the row."""
        line = self.line
        if line is None:
            return ""
        return "  ".join(say(cell, column.kind) for cell, column in zip(self.cells(line), self.columns, strict=False))

    def on_queue_list_opened(self) -> None:
        """A row was clicked twice."""
        self.in_background(self.do_open(None))

    async def do_open(self, _count: int | None) -> None:
        """Opens what stands behind the row."""
        raise NotImplementedError

    def do_back(self, _count: int | None) -> None:
        """First the filter goes, then the screen."""
        if self._view.filter:
            self.in_background(self.do_filter_to(""))
        else:
            self.leave()

    def leave(self) -> None:
        """Goes one step back."""
        self.dismiss()
