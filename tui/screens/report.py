"""A report: its rows, what the focused one means, and what stands behind it on Enter; `v` draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from store import clock
from store.errors import Refused
from store.work.values import Cell, Column, View, Why
from tui.asks import Choice, Chosen, Pick
from tui.keys import COMMON, REPORT, Action, Place, at
from tui.screens.base import WorkScreen
from tui.screens.tabled import TabledScreen
from tui.session import Session
from tui.widgets.look import BOLD, DIM, PLAIN
from tui.widgets.plain import Line, Part, PlainText, ends, fit, fold, one_line
from tui.widgets.scroller import Pager

if TYPE_CHECKING:
    from store.reports.values import Opens, Report, ReportRow, Way

ROWS, PICTURE = "rows", "picture"

PERIODS = {"30": "the last 30 days", "90": "the last 90 days", "180": "half a year", "365": "a year"}


class ReportScreen(TabledScreen["ReportRow"]):
    """One report over one period.  `argument` says what stands behind a row of it."""

    place = Place.REPORT
    OWN_ORDER = Choice("", "as it came")

    def __init__(self, session: Session, key: str, argument: str = "", days: tuple[date, date] | None = None) -> None:
        super().__init__(session)
        self.key, self.argument = key, argument
        self._days = days
        self._report: Report | None = None
        self._drawn = False
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
        try:
            self._report = await calls.run(calls.practice.report, self.key, start, end, self.argument)
        finally:
            self._list.stop_waiting()
        await self.show_all(self._report.rows)
        self.status.say("")

    @property
    def columns(self) -> tuple[Column, ...]:
        """The report's."""
        return self._report.columns if self._report else ()

    def cells(self, line: ReportRow) -> tuple[Cell, ...]:
        """As the report gives them."""
        return line.cells

    def flag(self, line: ReportRow) -> str:
        """As the report gives it."""
        return line.flag

    def file_name(self) -> str:
        """The report, and what was asked of it."""
        words = "-".join((self.key, self.argument or "all", *(["picture"] if self._drawn else [])))
        return re.sub(r"[^\w.]+", "-", words)

    def table(self) -> tuple[Sequence[Column], list[tuple[str, tuple[Cell, ...]]]]:
        """The rows, or what the picture draws."""
        if not self._drawn or self._report is None:
            return super().table()
        drawn = self._report.drawn()
        return drawn.columns, [(row.flag, row.cells) for row in drawn.rows]

    def told(self) -> str:
        """The report."""
        return f"report {self.key}"

    def why(self, line: ReportRow) -> Why:
        """What the figure is made of, then what the columns mean, then what the report says of itself."""
        report = self._report
        assert report is not None
        means = tuple(f"{column.title}: {column.help}" for column in report.columns if column.help)
        opens = ("Enter opens what stands behind it.",) if line.opens is not None else ()
        named = next((at for at, column in enumerate(report.columns) if column.key == "title"), 0)
        return Why(one_line(str(line.cells[named] or report.title)), (*line.about, *opens, *means, *report.notes))

    # Doing

    async def changed(self, _action: Action | None) -> None:
        """Reads the report again."""
        await self._read()

    async def do_open(self, _count: int | None) -> None:
        """Opens what stands behind the row."""
        if (row := self.line) is None or row.opens is None:
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
        if opens.record is not None:
            queue, subject = opens.record
            return RecordScreen(self.session, queue, lambda: practice.record(queue, subject))
        account = opens.account_id or 0
        return RecordScreen(self.session, "", lambda: practice.ledger(account))

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
            self.argument, self._view = way.argument, View()
            await self._read()
            return
        if what == PICTURE and self._report is not None:
            self._report.drawn()  # refused where there is nothing to draw
        self._drawn = what == PICTURE
        self._list.display, self._plot.display = not self._drawn, self._drawn
        self._draw()

    def _ways(self) -> Sequence[Way]:
        return self._report.ways if self._report is not None else ()

    def do_quit(self, _count: int | None) -> None:
        """Leaves the report."""
        self.dismiss()

    # Showing

    def moved(self) -> None:
        """Another row, another meaning."""
        self.show_head()

    def on_resize(self) -> None:
        """Lays everything out anew."""
        self.show_head()

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the columns mean, and what the report says of itself."""
        report = self._report
        if report is None:
            return ()
        notes = [("note", note) for note in report.notes]
        return [*((column.title, column.help) for column in report.columns if column.help), *notes, *report.terms]

    def show_head(self) -> None:
        """The title, the view, what the focused row means, and the picture."""
        if self._report is None:
            return
        width = self.app.size.width
        self.query_one("#title", PlainText).show((fit(" " + one_line(self._report.title), width), BOLD))
        here = self._list.index + 1 if self._shown else 0
        right: list[Part] = [(f"{here:,}/{len(self._shown):,} ", DIM)]
        self.query_one("#terms", PlainText).show(*ends(self.view_parts(), right, width))
        self._show_about()
        self._draw()

    def _show_about(self) -> None:
        if self._report is None:
            return
        width = max(self._about.size.width, 20)
        self.query_one("#rule", PlainText).show(("─" * self.app.size.width, DIM))
        row = self.line
        texts = (row.about if row and row.about else ()) or self._report.notes
        lines = _folded(texts, width - 2)
        if len(lines) > self._about.size.height > 0:  # without room for a line each they flow
            lines = _folded([" ".join(texts)], width - 2)
        empty: list[Line] = [((" There is nothing in it.", DIM),)]
        self._about.show(lines or (empty if not self._shown else []))

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
