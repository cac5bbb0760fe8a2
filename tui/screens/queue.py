"""The list screen of every queue."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from store.errors import Refused
from store.money import show_cents
from store.text import how_many
from store.work.record import Record
from store.work.values import Kind, Page, Row, Why
from tui.asks import Chosen, Words
from tui.export import write_rows
from tui.keys import COMMON, Action, Place, at
from tui.screens.listed import rows_word
from tui.screens.viewed import ViewedScreen
from tui.session import Session
from tui.sitting import Spot
from tui.widgets.columns import say
from tui.widgets.facts import tab_lines
from tui.widgets.look import BAD, BOLD, DIM, FLAG_MEANS, PLAIN, WARN
from tui.widgets.plain import Line, Part, PlainText, ends, fit, fold, one_line
from tui.widgets.queue_list import LIMIT, QueueList
from tui.widgets.scroller import Pager

MOST_MARKED = 5000
"""More rows than this are not marked at once."""

REST = 0.12
"""Seconds that the cursor rests before the detail pane reads the record."""


class QueueScreen(ViewedScreen):
    """A queue: its figures, its rows, and a preview of the focused one."""

    place = Place.LIST

    def __init__(self, session: Session, queue: str, at: Spot | None = None) -> None:
        super().__init__(session, queue)
        if at is not None:
            self._list.aim(at.index, at.item)
        self._page: Page | None = None
        self._resting: Timer | None = None
        self._preview = Pager(id="preview")

    def body(self) -> ComposeResult:
        """Two lines of figures, the rows, a rule and the preview."""
        yield PlainText(id="title")
        yield PlainText(id="terms")
        with Vertical(id="work"):
            yield self._list
            with Vertical(id="beside"):
                yield PlainText(id="rule")
                yield self._preview

    def actions(self) -> Sequence[Action]:
        """The common keys, then the queue's own."""
        return at(Place.LIST, (*COMMON, *self.session.common, *self.session.spec(self.queue).actions))

    def where(self) -> Spot | None:
        """The queue, and the row under the cursor."""
        row = self._list.row
        return Spot(self.queue, row.item_id if row else 0, self._list.index)

    def on_mount(self) -> None:
        """Reads the queue's columns and its first rows."""
        self._preview.can_focus = False
        self._list.focus()
        self.status.wait("Reading …")
        self.in_background(self._start())

    async def _start(self) -> None:
        calls = self.session.calls
        self._info = await calls.run(calls.practice.queue, self.queue)
        self.session.titles[self.queue] = self._info.title
        self.session.last_queue = self.queue
        self._list.configure(self._info.columns, self._view.sort)
        await self._list.reload()
        self.status.say(self.session.greeted() if self.is_current else "")
        await self.session.learn(self.actions())
        self.show_keys()

    # What the list tells

    def loaded(self, page: Page) -> None:
        """Figures over the whole view."""
        self._page = page
        self._show_head()

    def moved(self) -> None:
        """Another row: its preview at once, its detail after a rest."""
        self._show_terms()
        self._show_preview(self._list.row)

    def on_queue_list_opened(self) -> None:
        """A row was clicked twice."""
        self.in_background(self.do_open(None))

    def on_queue_list_failed(self, event: QueueList.Failed) -> None:
        """The store gave no rows."""
        self.refuse(event.error)

    def on_resize(self) -> None:
        """Lays the head lines out anew."""
        self._show_head()
        self._show_preview(self._list.row)

    def on_screen_resume(self) -> None:
        """Back from a record: the rows may have changed, the place stays."""
        if self._info is not None:
            self.in_background(self.changed(None))

    # Doing

    async def choose(self, action: Action, count: int | None) -> Chosen:
        """The marked rows if the action takes many, else the focused one."""
        marks = tuple(self._list.marks.values())
        if marks and not action.many and not action.on_view:
            raise Refused(
                f"'{action.label}' takes one row at a time.", do=f"Esc drops the {how_many(len(marks), 'mark')}."
            )
        if action.on_view:
            return Chosen(self.queue, view=self._view)
        rows = marks or ((self._list.row,) if self._list.row else ())
        if not rows:
            raise Refused("There is no row here.")
        return Chosen(self.queue, rows, count=count, cents=self._cents(rows))

    async def changed(self, action: Action | None) -> None:
        """Reads the rows again; what an action was done to is no longer marked."""
        if action is not None and self._list.marks and action.many:
            self._list.set_marks(())
        await self._list.reload()
        self.show_keys()

    async def do_open(self, _count: int | None) -> None:
        """Opens the record; the place in the list stays."""
        if (row := self._list.row) is None:
            raise Refused("There is no row here.")
        self._open(row)

    async def do_next(self, _count: int | None) -> None:
        """Takes the first item that nobody works on."""
        lease = await self.session.leases.take_next(self.queue)
        if lease is None:
            self.status.say(f"Nothing is waiting in {self._title()}.")
            return
        row = next((row for row in self._rows() if row.item_id == lease.item_id), None)
        self._open(row or lease.row)

    def _open(self, row: Row) -> None:
        from tui.screens.record import open_screen

        self.app.push_screen(open_screen(self.session, self.queue, row))

    def do_mark(self, count: int | None) -> None:
        """Marks rows and goes down."""
        for _ in range(min(count or 1, MOST_MARKED)):
            self._list.toggle_mark()
            self._list.do_down(None)
        self._marks_changed()

    async def do_mark_all(self, _count: int | None) -> None:
        """Marks all rows of the view, or drops all marks."""
        if self._list.marks:
            self._list.set_marks(())
        else:
            self._list.set_marks(await self._all_rows("mark"))
        self._marks_changed()

    async def do_bundle(self, _count: int | None) -> None:
        """Marks every row of the view that is like the focused one in the columns that the queue names."""
        row = self._list.row
        if row is None or self._info is None:
            raise Refused("There is no row here.")
        keys = self.session.spec(self.queue).alike
        places = [place for place, column in enumerate(self._info.columns) if column.key in keys]
        rows = await self._all_rows("mark")
        alike = [one for one in rows if all(one.cells[place] == row.cells[place] for place in places)]
        self._list.set_marks(alike)
        self._marks_changed()
        self.status.say(f"{rows_word(len(alike))} of {' '.join(str(row.cells[place]) for place in places)} marked.")

    async def do_claim(self, _count: int | None) -> None:
        """Opens the claim of the row."""
        await self._open_other("claim")

    async def do_ledger(self, _count: int | None) -> None:
        """Opens the ledger of the row's account."""
        await self._open_other("ledger")

    async def _open_other(self, kind: str) -> None:
        from tui.screens.record import open_other

        self.app.push_screen(await open_other(self.session, kind, await self._record()))

    async def do_export(self, _count: int | None) -> None:
        """Asks for a file and writes the rows."""
        assert self._info is not None
        rows = tuple(self._list.marks.values()) or await self._all_rows("export")
        ask = Words(name="file", question=f"Write {rows_word(len(rows))} to", first=f"~/{self.queue}.csv")
        answer = await self.put(ask, Chosen(self.queue, rows))
        if answer is not None:
            calls = self.session.calls
            path = await calls.run(write_rows, calls.practice, self.queue, str(answer), self._info.columns, rows)
            self.status.say(f"{rows_word(len(rows))} in {one_line(str(path))}")

    def do_back(self, _count: int | None) -> None:
        """Drops the marks, else the filter, else leaves."""
        if self._list.marks:
            self._list.set_marks(())
            self._marks_changed()
        elif self._view.filter:
            self.in_background(self.do_filter_to(""))
        else:
            self.dismiss()

    def do_quit(self, _count: int | None) -> None:
        """Leaves the queue; filter and sort stay for the next time."""
        self.dismiss()

    # Showing

    def copied(self) -> str:
        """What names the row: its first text."""
        row = self._list.row
        return next((cell for cell in row.cells if isinstance(cell, str)), "") if row else ""

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the columns and the flags mean."""
        columns, row = self._info.columns if self._info else (), self._list.row
        cells = row.cells if row else tuple(None for _ in columns)
        shown = [(column, say(cell, column.kind)) for column, cell in zip(columns, cells, strict=False)]
        told = [(column.title, f"{cell}  {column.help}".strip()) for column, cell in shown if column.help or cell]
        return [*told, *FLAG_MEANS]

    async def help_about(self) -> Why | None:
        """Why the focused row is here."""
        calls, row = self.session.calls, self._list.row
        return await calls.run(calls.practice.why, row.item_id) if row else None

    def marked(self) -> int:
        """The marked rows."""
        return len(self._list.marks)

    def _marks_changed(self) -> None:
        self._show_terms()
        self.show_keys()

    def _show_head(self) -> None:
        page = self._page
        if page is None:
            return
        left: list[Part] = [(f" {self._title()}", BOLD), (f"  {self._view_name()}", PLAIN)]
        right: list[Part] = [(f"{rows_word(page.total)}   {show_cents(page.cents, sign='$')}", PLAIN)]
        if page.past_due:
            right.append((f"   {page.past_due:,} past due", BAD))
        if page.due_soon:
            right.append((f"   {page.due_soon:,} due soon", WARN))
        self.query_one("#title", PlainText).show(*ends(left, [*right, (" ", PLAIN)], self.app.size.width))
        self._show_terms()

    def _show_terms(self) -> None:
        if self._info is None:
            return
        left = self.view_parts()
        marked = len(self._list.marks)
        right: list[Part] = [(f"{marked:,} marked   ", BOLD)] if marked else []
        here = self._list.index + 1 if self._list.total else 0
        right.append((f"{here:,}/{self._list.total:,} ", DIM))
        self.query_one("#terms", PlainText).show(*ends(left, right, self.app.size.width))

    def _show_preview(self, row: Row | None) -> None:
        width = max(self._preview.size.width, 20)
        owner = f" {one_line(row.owner)} is working on it " if row is not None and row.owner else ""
        self.query_one("#rule", PlainText).show(("─" * 2 + owner + "─" * self.app.size.width, DIM))
        texts = [one_line(text) for text in (row.preview if row else ())]
        lines: list[Line] = [((" " + fit(text, width - 2), PLAIN),) for text in texts]
        if self.has_detail:
            lines = [((" " + part, PLAIN),) for text in texts for part in fold(text, width - 2)]
        if row is None and self._page is not None and not self._list.total:
            aside = self._view.mine or self._view.deferred
            empty = "Nothing is in this view; v shows another." if aside else "Nothing is waiting here."
            empty = "No row matches; Esc shows all." if self._view.filter else empty
            lines = [((" " + empty, DIM),)]
        self._preview.show(lines)
        if self._resting is not None:
            self._resting.stop()
        if row is not None and self.has_detail:
            self._resting = self.set_timer(REST, lambda: self._read_detail(row, lines, width))

    @property
    def has_detail(self) -> bool:
        """Whether there is room for more than three lines about the focused row."""
        return self.app.size.width >= 120 and self.app.size.height >= 32

    def _read_detail(self, row: Row, above: list[Line], width: int) -> None:
        self.run_worker(self._detail(row, above, width), group="detail", exclusive=True)

    async def _detail(self, row: Row, above: list[Line], width: int) -> None:
        try:
            record = await self._record(row)
        except Refused as error:
            self._preview.show([*above, ((" " + one_line(str(error)), DIM),)])
            return
        focused = self._list.row
        if focused is not None and focused.item_id == row.item_id:
            tab = [((" ", PLAIN), *line) for line in tab_lines(record.tabs[0], width - 2)] if record.tabs else []
            self._preview.show([*above, (), *tab])

    def _title(self) -> str:
        return one_line(self._info.title if self._info else self.queue).upper()

    def _view_name(self) -> str:
        return "mine" if self._view.mine else "deferred" if self._view.deferred else "open"

    # Rows

    def _rows(self) -> list[Row]:
        rows = (self._list.row_at(index) for index in range(min(self._list.total, LIMIT)))
        return [row for row in rows if row is not None]

    async def _all_rows(self, what: str) -> tuple[Row, ...]:
        total = self._list.total
        if what == "mark" and total > MOST_MARKED:
            raise Refused(f"{total:,} rows are too many to {what} at once.", do="Narrow the filter with /.")
        rows: dict[int, Row] = {}
        page = None
        for start in range(0, total, LIMIT):
            self.status.wait(f"Reading {start:,} of {total:,} …")
            page = await self._fetch(start, LIMIT, page)
            rows.update({row.item_id: row for row in page.rows})
        self.status.say("")
        return tuple(rows.values())

    async def _record(self, row: Row | None = None) -> Record:
        row = row or self._list.row
        if row is None:
            raise Refused("There is no row here.")
        calls = self.session.calls
        return await calls.run(calls.practice.record, self.queue, row.subject_id)

    def _cents(self, rows: Sequence[Row]) -> int:
        columns = self._info.columns if self._info else ()
        place = next((at_ for at_, column in enumerate(columns) if column.kind is Kind.CENTS), None)
        cells = [row.cells[place] for row in rows if place is not None and place < len(row.cells)]
        return sum(cell for cell in cells if isinstance(cell, int))
