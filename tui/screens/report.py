"""A report: its rows, what the focused one means, and what stands behind it on Enter; `v` draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from store import clock
from store.errors import Refused
from store.text import how_many
from store.work.values import Page, Row, SortKey
from tui.asks import Choice, Chosen, Pick, Words
from tui.export import write_report
from tui.keys import COMMON, REPORT, Action, Place, at
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.widgets.columns import say
from tui.widgets.look import BOLD, DIM, PLAIN
from tui.widgets.plain import Line, PlainText, fit, fold, one_line
from tui.widgets.queue_list import QueueList
from tui.widgets.scroller import Pager

if TYPE_CHECKING:
    from store.reports.values import Opens, Report, ReportRow, Way

ROWS, PICTURE = "rows", "picture"

PERIODS = {"30": "the last 30 days", "90": "the last 90 days", "180": "half a year", "365": "a year"}


class ReportScreen(WorkScreen):
    """One report over one period.  `argument` says what stands behind a row of it."""

    place = Place.REPORT

    def __init__(self, session: Session, key: str, argument: str = "", days: tuple[date, date] | None = None) -> None:
        super().__init__(session)
        self.key, self.argument = key, argument
        self._days = days
        self._report: Report | None = None
        self._rows: tuple[ReportRow, ...] = ()
        self._words = ""
        self._sort: SortKey | None = None
        self._drawn = False
        self._list = QueueList(self._fetch, moved=self.moved, id="rows")
        self._plot = Pager(id="plot")
        self._about = Pager(id="preview")

    def body(self) -> ComposeResult:
        """A title, the rows or their picture, and what the focused row means."""
        yield PlainText(id="title")
        yield PlainText(id="terms")
        with Vertical(id="work"):
            yield self._list
            yield self._plot
            with Vertical(id="beside"):
                yield PlainText(id="rule")
                yield self._about

    def actions(self) -> Sequence[Action]:
        """What can be done with a report."""
        return at(Place.REPORT, (*COMMON, *REPORT))

    def on_mount(self) -> None:
        """Reads the report."""
        self._about.can_focus = self._plot.can_focus = False
        self._plot.display = False
        self._list.focus()
        self.in_background(self._read())

    async def _read(self) -> None:
        self.status.wait("Reading …")
        calls = self.session.calls
        start, end = self._days or (None, None)
        self._report = await calls.run(calls.practice.report, self.key, start, end, self.argument)
        self._list.configure(self._report.columns, (self._sort,) if self._sort else ())
        await self._show_rows()
        self.status.say("")

    async def _show_rows(self) -> None:
        """The rows that hold the words of the filter, in the order that was asked for."""
        if (report := self._report) is None:
            return
        words = self._words.casefold().split()
        kept = [row for row in report.rows if all(word in _text(report, row) for word in words)]
        if self._sort is not None:
            place = next(at_ for at_, column in enumerate(report.columns) if column.key == self._sort.column)
            kept.sort(key=lambda row: _order(row.cells[place]), reverse=self._sort.descending)
        self._rows = tuple(kept)
        self._list.configure(report.columns, (self._sort,) if self._sort else ())
        await self._list.reload()
        self._show_head()
        self._show_about(self._list.index)
        self._draw()

    async def _fetch(self, start: int, limit: int, _counted: Page | None) -> Page:
        rows = [Row(at_, at_, row.flag, row.cells) for at_, row in enumerate(self._rows)]
        return Page(tuple(rows[start : start + limit]), start, len(rows), 0, 0, 0)

    # Doing

    async def changed(self, _action: Action | None) -> None:
        """Reads the report again."""
        await self._read()

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """A report has no items."""
        return Chosen("", count=count)

    async def do_open(self, _count: int | None) -> None:
        """Opens what stands behind the row."""
        row = self._rows[self._list.index] if self._list.index < len(self._rows) else None
        if row is None or row.opens is None:
            raise Refused("Nothing more stands behind this row.")
        self.app.push_screen(await self._behind(row.opens))

    async def _behind(self, opens: Opens) -> WorkScreen:
        if opens.report:
            return ReportScreen(self.session, opens.report, opens.argument, self._days)
        if opens.queue:
            from tui.screens.queue import QueueScreen

            if opens.view is not None:
                self.session.views[opens.queue] = opens.view
            return QueueScreen(self.session, opens.queue)

        from tui.screens.record import RecordScreen, claim_screen

        if opens.claim_id:
            return claim_screen(self.session, opens.claim_id)
        practice = self.session.calls.practice
        if encounter := opens.encounter_id:
            return RecordScreen(self.session, "coding", lambda: practice.record("coding", encounter))
        account = opens.account_id or 0
        return RecordScreen(self.session, "", lambda: practice.ledger(account))

    async def do_filter(self, _count: int | None) -> None:
        """Asks for words."""
        words = await self.put(Words(name="filter", question="Filter", first=self._words, required=False), Chosen(""))
        if words is not None:
            await self.do_filter_to(str(words))

    async def do_filter_to(self, words: str) -> None:
        """Keeps the rows that hold all the words."""
        self._words = words
        await self._show_rows()

    async def do_sort(self, _count: int | None) -> None:
        """Asks for a column; the same again turns it round."""
        assert self._report is not None
        choices = (
            *(Choice(column.key, column.title, column.help) for column in self._report.columns),
            Choice("", "as it came"),
        )
        answer = await self.put(Pick(name="sort", question="Sort by", choices=choices), Chosen(""))
        if answer is None:
            return
        again = self._sort is not None and self._sort.column == answer and not self._sort.descending
        self._sort = SortKey(str(answer), again) if answer else None
        await self._show_rows()

    async def do_period(self, _count: int | None) -> None:
        """Asks for a period."""
        choices = tuple(Choice(name, means) for name, means in PERIODS.items())
        hint = "days, or 2026-07-01 2026-09-30"
        ask = Pick(name="period", question="Period", choices=choices, line=period_typed, digits=False, hint=hint)
        answer = await self.put(ask, Chosen(""))
        if answer is not None:
            await self.do_period_to(str(answer))

    async def do_period_to(self, typed: str) -> None:
        """Shows another period: a number of days, or a first and a last day."""
        words = typed.split()
        try:
            if len(words) == 1 and words[0].isdecimal():
                today = clock.today()
                self._days = (today - timedelta(days=int(words[0]) - 1), today)
            else:
                first, last = words
                self._days = (date.fromisoformat(first), date.fromisoformat(last))
        except (ValueError, OverflowError):
            raise Refused(f"{typed[:30]!r} is no period.", do="Write 90, or 2026-07-01 2026-09-30.") from None
        await self._read()

    async def do_look(self, _count: int | None) -> None:
        """Asks what to see: the rows, their picture, or another way that the report knows of itself."""
        ways = [Choice(ROWS, "rows"), Choice(PICTURE, "picture", "the trend, or a bar for each row")]
        ways += [Choice(way.name, way.title, way.help) for way in self._ways()]
        answer = await self.put(Pick(name="look", question="View", choices=tuple(ways)), Chosen(""))
        if answer is not None:
            await self.do_look_to(str(answer))

    async def do_look_to(self, what: str) -> None:
        """Shows the rows, the picture, or the report in another way."""
        way = next((way for way in self._ways() if way.name == what), None)
        if way is not None:
            self.argument, self._sort, self._words = way.argument, None, ""
            await self._read()
            return
        if what == PICTURE and self._report is not None:
            self._report.drawn()  # refused where there is nothing to draw
        self._drawn = what == PICTURE
        self._list.display, self._plot.display = not self._drawn, self._drawn
        self._draw()

    def _ways(self) -> Sequence[Way]:
        return self._report.ways if self._report is not None else ()

    async def do_export(self, _count: int | None) -> None:
        """Asks for a file and writes the rows, or what the picture draws."""
        assert self._report is not None
        table = self._report.drawn() if self._drawn else replace(self._report, rows=self._rows)
        words = "-".join((table.key, self.argument or "all", *(["picture"] if self._drawn else [])))
        name = "~/" + re.sub(r"[^\w.]+", "-", words) + ".csv"
        answer = await self.put(Words(name="file", question="Write to", first=name), Chosen(""))
        if answer is not None:
            calls = self.session.calls
            path = await calls.run(write_report, calls.practice, str(answer), table)
            self.status.say(f"{how_many(len(table.rows), 'row')} in {one_line(str(path))}")

    def do_back(self, _count: int | None) -> None:
        """First the filter goes, then the report."""
        if self._words:
            self.in_background(self.do_filter_to(""))
        else:
            self.dismiss()

    def do_quit(self, _count: int | None) -> None:
        """Leaves the report."""
        self.dismiss()

    # Showing

    def moved(self) -> None:
        """Another row, another meaning."""
        self._show_about(self._list.index)
        self._show_head()

    def on_queue_list_opened(self) -> None:
        """A row was clicked twice."""
        self.in_background(self.do_open(None))

    def on_resize(self) -> None:
        """Lays everything out anew."""
        self._show_head()
        self._show_about(self._list.index)
        self._draw()

    def copied(self) -> str:
        """The cells of the row."""
        row = self._rows[self._list.index] if self._list.index < len(self._rows) else None
        columns = self._report.columns if self._report else ()
        return "  ".join(say(c, column.kind) for c, column in zip(row.cells, columns, strict=False)) if row else ""

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the columns mean, and what the report says of itself."""
        report = self._report
        if report is None:
            return ()
        notes = [("note", note) for note in report.notes]
        return [*((column.title, column.help) for column in report.columns if column.help), *notes, *report.terms]

    def _show_head(self) -> None:
        if self._report is None:
            return
        width = self.app.size.width
        self.query_one("#title", PlainText).show((fit(" " + one_line(self._report.title), width), BOLD))
        here = self._list.index + 1 if self._rows else 0
        left = f" / {one_line(self._words) or 'all'}"
        right = f"{here:,}/{len(self._rows):,} "
        self.query_one("#terms", PlainText).show((fit(left, max(0, width - len(right))), DIM), (right, DIM))

    def _show_about(self, index: int) -> None:
        if self._report is None:
            return
        width = max(self._about.size.width, 20)
        self.query_one("#rule", PlainText).show(("─" * self.app.size.width, DIM))
        row = self._rows[index] if index < len(self._rows) else None
        texts = (row.about if row and row.about else ()) or self._report.notes
        lines = _folded(texts, width - 2)
        if len(lines) > self._about.size.height > 0:  # without room for a line each they flow
            lines = _folded([" ".join(texts)], width - 2)
        empty: list[Line] = [((" There is nothing in it.", DIM),)]
        self._about.show(lines or (empty if not self._rows else []))

    def _draw(self) -> None:
        if self._drawn and self._report is not None:
            from tui.widgets.bars import bars_of

            width = max(30, (self._plot.size.width or self.app.size.width) - 2)
            self._plot.show([((" ", PLAIN), *line) for line in bars_of(self._report, width)])


def _folded(texts: Sequence[str], width: int) -> list[Line]:
    return [((" " + part, PLAIN),) for text in texts for part in fold(one_line(text), width)]


def period_typed(typed: str) -> str | None:
    """What was typed, when it is a period of its own and no choice."""
    words = typed.split()
    return typed if len(words) == 2 or (len(words) == 1 and words[0].isdecimal() and len(words[0]) > 1) else None


def _text(report: Report, row: ReportRow) -> str:
    cells = (say(cell, column.kind) for cell, column in zip(row.cells, report.columns, strict=False))
    return " ".join(cells).casefold()


def _order(cell: object) -> tuple[int, float, str]:
    if isinstance(cell, int):
        return (0, float(cell), "")
    if isinstance(cell, date):
        return (1, float(cell.toordinal()), "")
    return (2, 0.0, str(cell or "").casefold())
