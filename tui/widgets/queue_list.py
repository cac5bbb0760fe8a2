"""The list of a queue: rows are fetched by the page as they come into sight, and nothing else is kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from store.errors import Refused
from store.work.values import Column, Page, Row, SortKey
from tui.keys import MOVES, Action
from tui.widgets.columns import Placed, cells_line, header, place
from tui.widgets.look import BOLD, CURSOR, DIM, FLAGS, PLAIN
from tui.widgets.plain import Part, strip

LIMIT = 200
"""Rows of one fetch."""

KEPT = 8
"""Pages kept in memory."""

WHEEL = 3
"""Rows of one step of the mouse's wheel."""

SEEK_PAGES = 5
"""How many pages are searched for the focused record when the filter or the sort changed."""

COUNTED_SECONDS = 5.0
"""How long the figures of a view are good for its further pages; after a change, or later, they are counted again."""

Fetch = Callable[[int, int, Page | None], Awaitable[Page]]
"""Gives at most (limit) rows from (start), and the figures of the view: those of a page that is given, if they hold."""

_GUTTER = 3


class QueueList(Widget, can_focus=True, inherit_bindings=False):
    """Rows under a column header.  The cursor and the marks are records: they survive refresh, sort and filter.

    Until the first rows are there `waits` stands in their place.

    `loaded` is told of each page, `moved` that another row has the cursor or its cells changed.  Both are called at
    once: a message would come after the row was painted, and what stands beside it would cost a second frame.
    """

    ACTIONS: tuple[Action, ...] = MOVES

    class Failed(Message):
        """The store refused to give rows."""

        def __init__(self, error: Refused) -> None:
            super().__init__()
            self.error = error

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        loaded: Callable[[Page], None] | None = None,
        moved: Callable[[], None] | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._fetch, self._loaded, self._moved = fetch, loaded, moved
        self._counted: Page | None = None
        self._counted_at = 0.0
        self._columns: tuple[Column, ...] = ()
        self._sort: tuple[SortKey, ...] = ()
        self._placed: tuple[Placed, ...] = ()
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._generation = 0
        self._pumping = False
        self.total = 0
        self.index = 0
        self.top = 0
        self.marks: dict[int, Row] = {}
        self._aim: int | None = None
        self.waits = "Reading …"

    # What is where

    @property
    def row(self) -> Row | None:
        """The row under the cursor, if it has been fetched."""
        return self.row_at(self.index)

    @property
    def rows_high(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - 1)

    def row_at(self, index: int) -> Row | None:
        """A row of the view, if it has been fetched."""
        rows = self._pages.get(index // LIMIT, ())
        at = index % LIMIT
        return rows[at] if at < len(rows) else None

    def configure(self, columns: Sequence[Column], sort: Sequence[SortKey]) -> None:
        """Says which columns there are and what they are sorted by."""
        self._columns, self._sort = tuple(columns), tuple(sort)
        self._lay_out()

    def aim(self, index: int, item_id: int) -> None:
        """Where the cursor goes when the first rows come: to this record if it is near, else to this place."""
        self.index, self._aim = max(0, index), item_id

    def stop_waiting(self) -> None:
        """Nothing more is said in the place of rows."""
        if self.waits:
            self.waits = ""
            self.refresh()

    # Fetching

    async def reload(self, *, seek: bool = False) -> None:
        """Reads the rows in sight again.

        The cursor stays on its record if that is near; if the record is gone it stays in its place, which is the
        next record.  `seek` looks for the record from the start, as the order may have changed.
        """
        self._generation += 1
        generation = self._generation
        wanted = self.row.item_id if self.row else self._aim
        shown = [self.row_at(self.top + y) for y in range(self.rows_high)]
        try:
            pages, index, page = await self._find(wanted, seek)
        except Refused as error:
            self.stop_waiting()
            self.post_message(self.Failed(error))
            return
        if generation != self._generation:
            return
        self.stop_waiting()
        self._pages = pages
        self._counted, self._counted_at = page, time.monotonic()
        self._take(page)
        self._put_cursor(index, shown)

    async def _find(self, wanted: int | None, seek: bool) -> tuple[OrderedDict[int, tuple[Row, ...]], int, Page]:
        near = self.index // LIMIT
        numbers = range(SEEK_PAGES if wanted is not None else 1) if seek else range(near, near + 1)
        pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        page = None
        for number in numbers:
            page = await self._fetch(number * LIMIT, LIMIT, page)
            pages[number] = page.rows
            for at, row in enumerate(page.rows):
                if row.item_id == wanted:
                    return pages, number * LIMIT + at, page
            if len(page.rows) < LIMIT:
                break
        assert page is not None
        index = 0 if seek else min(self.index, max(0, page.total - 1))
        if index // LIMIT not in pages:
            page = await self._fetch(index // LIMIT * LIMIT, LIMIT, page)
            pages[index // LIMIT] = page.rows
        return pages, index, page

    def _take(self, page: Page) -> None:
        self.total = page.total
        for row in page.rows:
            if row.item_id in self.marks:
                self.marks[row.item_id] = row
        if self._loaded is not None:
            self._loaded(page)

    def _put_cursor(self, index: int, shown: Sequence[Row | None]) -> None:
        before_top, before_index = self.top, self.index
        self.index = max(0, min(index, self.total - 1))
        self._follow(jumped=True)
        if self.top != before_top:
            self.refresh()
        else:
            for y, row in enumerate(shown):
                at = self.top + y
                if self.row_at(at) != row or at in {before_index, self.index} or at >= self.total:
                    self._refresh_row(at)
        self._tell_moved()
        self._pump()

    def _pump(self) -> None:
        """Fetches what is in sight and missing, one page at a time: the latest sight counts, not each on the way."""
        if not self._pumping and self._missing() is not None:
            self._pumping = True
            self.run_worker(self._fetch_missing(), group="rows", exit_on_error=True)

    async def _fetch_missing(self) -> None:
        try:
            while (number := self._missing()) is not None:
                generation = self._generation
                if time.monotonic() - self._counted_at > COUNTED_SECONDS:
                    self._counted = None
                page = await self._fetch(number * LIMIT, LIMIT, self._counted)
                if generation != self._generation:
                    continue
                if self._counted is None:
                    self._counted, self._counted_at = page, time.monotonic()
                self._pages[number] = page.rows
                while len(self._pages) > KEPT:
                    self._pages.popitem(last=False)
                self._take(page)
                self.refresh()
                if self.index // LIMIT == number:
                    self._tell_moved()
        except Refused as error:
            self.post_message(self.Failed(error))
        finally:
            self._pumping = False

    def _tell_moved(self) -> None:
        if self._moved is not None:
            self._moved()

    def _missing(self) -> int | None:
        if not self.total:
            return None
        last = min(self.top + self.rows_high - 1, self.total - 1)
        for index in (self.index, self.top, last):
            number = index // LIMIT
            if number in self._pages:
                self._pages.move_to_end(number)
            else:
                return number
        return None

    # Moving

    def move_to(self, index: int) -> None:
        """Puts the cursor on a row of the view."""
        index = max(0, min(index, self.total - 1))
        if index == self.index:
            return
        before, before_top = self.index, self.top
        self.index = index
        self._follow()
        if self.top == before_top:
            self._refresh_row(before)
            self._refresh_row(index)
        else:
            self.refresh()
        self._tell_moved()
        self._pump()

    def do_down(self, count: int | None) -> None:
        """Down by rows."""
        self.move_to(self.index + (count or 1))

    def do_up(self, count: int | None) -> None:
        """Up by rows."""
        self.move_to(self.index - (count or 1))

    def do_page_down(self, count: int | None) -> None:
        """Down by screenfuls."""
        self.move_to(self.index + self.rows_high * (count or 1))

    def do_page_up(self, count: int | None) -> None:
        """Up by screenfuls."""
        self.move_to(self.index - self.rows_high * (count or 1))

    def do_top(self, count: int | None) -> None:
        """To a row, or the first."""
        self.move_to((count or 1) - 1)

    def do_bottom(self, count: int | None) -> None:
        """To the last row."""
        self.move_to((count or self.total) - 1)

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on the row; twice opens it."""
        event.stop()
        if event.y > 0 and self.top + event.y - 1 < self.total:
            self.focus()
            self.move_to(self.top + event.y - 1)
            if event.chain == 2:
                self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Down by a few rows."""
        event.stop()
        self.do_down(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Up by a few rows."""
        event.stop()
        self.do_up(WHEEL)

    # Marking

    def toggle_mark(self) -> None:
        """Marks the row under the cursor, or takes its mark away."""
        if (row := self.row) is None:
            return
        if row.item_id in self.marks:
            del self.marks[row.item_id]
        else:
            self.marks[row.item_id] = row
        self._refresh_row(self.index)

    def set_marks(self, rows: Sequence[Row]) -> None:
        """Marks exactly these rows."""
        self.marks = {row.item_id: row for row in rows}
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draws the header or a row."""
        width, base = self.size.width, self.rich_style
        if y == 0:
            return strip((("   ", PLAIN), *header(self._placed, self._sort)), width, base)
        index = self.top + y - 1
        if y == 1 and self.waits:
            return strip(((f"   {self.waits}", DIM),), width, base)
        if index >= self.total:
            return Strip.blank(width, base)
        row = self.row_at(index)
        if row is None:
            return strip((("   ·", DIM),), width, base)
        return strip(self._parts(row), width, base + CURSOR if index == self.index else base)

    def _parts(self, row: Row) -> list[Part]:
        mark = "+" if row.item_id in self.marks else " "
        cells = cells_line(self._placed, row.cells)
        return [(mark, BOLD), (row.flag or " ", FLAGS.get(row.flag, PLAIN)), (" ", PLAIN), (cells, PLAIN)]

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index - self.top + 1, self.size.width, 1))

    def _lay_out(self) -> None:
        self._placed = place(self._columns, self.size.width - _GUTTER, terminal=self.app.size.width)
        self.refresh()

    def _follow(self, *, jumped: bool = False) -> None:
        high = self.rows_high
        if jumped and not self.top <= self.index < self.top + high:
            self.top = self.index - high // 2
        self.top = min(max(self.top, self.index - high + 1), self.index)
        self.top = max(0, min(self.top, self.total - high))

    def on_resize(self) -> None:
        """Keeps the cursor in sight."""
        self._follow()
        self._lay_out()
        self._pump()
