"""The board: every queue with its count, money and age."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from store.errors import Refused
from store.work.values import BoardLine, Column, Kind, Page, Row
from tui.asks import Choice, Chosen, Pick
from tui.keys import COMMON, Action, Place, at
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.verbs import PRACTICE
from tui.widgets.look import BOLD, DIM
from tui.widgets.plain import PlainText, fit
from tui.widgets.queue_list import QueueList

COLUMNS = (
    Column("title", "Queue", 20, help="The queue; Enter opens it."),
    Column("count", "Items", 7, Kind.NUMBER, help="Open items that aren't deferred."),
    Column("cents", "Money", 12, Kind.CENTS, help="What these items are worth."),
    Column("oldest", "Oldest", 6, Kind.DAYS, help="Age of the oldest open item."),
    Column("past_due", "Past", 5, Kind.NUMBER, help="Items past their deadline."),
    Column("mine", "Mine", 5, Kind.NUMBER, help="Items that are yours."),
    Column("deferred", "Aside", 6, Kind.NUMBER, help="Items put aside until a later day."),
)


class HomeScreen(WorkScreen):
    """Where a sitting starts."""

    place = Place.HOME

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lines: tuple[BoardLine, ...] = ()
        self._list = QueueList(self._fetch, id="rows")

    def body(self) -> ComposeResult:
        """A title line and the board."""
        yield PlainText(id="title")
        yield self._list

    def actions(self) -> Sequence[Action]:
        """Moving about and leaving."""
        return at(Place.HOME, (*COMMON, *PRACTICE))

    def on_mount(self) -> None:
        """Says that the practice is being opened, until it is."""
        self._list.configure(COLUMNS, ())
        self._list.focus()
        self.query_one("#title", PlainText).show((" superbill", BOLD))
        self.status.wait("Opening the practice …")

    async def start(self, queue: str = "") -> None:
        """The practice is open: shows the board, with the cursor on the queue that was worked last."""
        await self.changed(None)
        self._list.move_to(next((at for at, line in enumerate(self._lines) if line.queue == queue), 0))
        self.run_worker(self._begin(), group="tend")

    async def _begin(self) -> None:
        """What is due, and what a supervisor has to hear of."""
        await self.tend()
        calls = self.session.calls
        if told := await calls.run(calls.practice.glass_told):
            self.status.say(" ".join(filter(None, (self.status.said, told))))

    async def tend(self) -> None:
        """Does what is due by the calendar, while the board can be worked on already."""
        calls = self.session.calls
        try:
            done = await calls.run(calls.practice.tend)
        except Refused as error:
            done = str(error)
        if done and calls.is_open:
            if self.app.screen is self:
                await self.changed(None)
            self.status.say(done)

    def on_screen_resume(self) -> None:
        """Back from a queue: the counts have changed."""
        if self.session.calls.is_open:
            self.in_background(self.changed(None))

    async def changed(self, _action: Action | None) -> None:
        """Reads the board."""
        calls = self.session.calls
        if not calls.is_open:
            return
        self._lines = await calls.run(calls.practice.board)
        self.session.titles.update({line.queue: line.title for line in self._lines})
        await self._list.reload()
        self._show_title()
        self.status.say("")

    def do_open(self, _count: int | None) -> None:
        """Opens the focused queue."""
        from tui.screens.queue import QueueScreen

        if self._list.index < len(self._lines):
            self.app.push_screen(QueueScreen(self.session, self._lines[self._list.index].queue))

    async def do_next(self, _count: int | None) -> None:
        """Takes the first item of the focused queue that nobody works on."""
        from tui.screens.record import open_screen

        if self._list.index >= len(self._lines):
            raise Refused("There is no queue here.")
        line = self._lines[self._list.index]
        lease = await self.session.leases.take_next(line.queue)
        if lease is None:
            self.status.say(f"Nothing is waiting in {line.title}.")
            return
        self.app.push_screen(open_screen(self.session, line.queue, lease.row))

    async def do_report(self, _count: int | None) -> None:
        """Asks for a report and opens it."""
        calls = self.session.calls
        known = await calls.run(calls.practice.reports)
        if not known:
            raise Refused("Reports need the right to assign work.")
        choices = tuple(Choice(key, title, means) for key, title, means in known)
        answer = await self.put(Pick(name="report", question="Report", choices=choices), Chosen(""))
        if answer is not None:
            self.do_report_to(str(answer))

    def do_report_to(self, words: str) -> None:
        """Opens a report by its name, with what is asked of it: 'kpi denied'."""
        from tui.screens.report import ReportScreen

        key, _, argument = words.partition(" ")
        self.app.push_screen(ReportScreen(self.session, key, argument.strip()))

    def do_tour(self, _count: int | None) -> None:
        """The way round."""
        from tui.screens.tour import TourScreen

        self.session.toured = True
        self.app.push_screen(TourScreen())

    def on_queue_list_opened(self) -> None:
        """A queue was clicked twice."""
        self.do_open(None)

    def do_back(self, _count: int | None) -> None:
        """There is nowhere further back."""
        self.status.say("This is the first screen.", hint="q leaves")

    def do_quit(self, _count: int | None) -> None:
        """Leaves the program."""
        self.app.exit()

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """The board has no items; what is done here needs none."""
        return Chosen("", count=count)

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the columns mean."""
        return [(column.title, column.help) for column in COLUMNS]

    async def _fetch(self, start: int, limit: int, _counted: Page | None) -> Page:
        rows = tuple(_row(number, line) for number, line in enumerate(self._lines))[start : start + limit]
        return Page(rows, start, len(self._lines), 0, 0, 0)

    def _show_title(self) -> None:
        items = sum(line.count for line in self._lines)
        past = sum(line.past_due for line in self._lines)
        left, right = " superbill", f"{items:,} items   {past:,} past due "
        width = self.app.size.width
        self.query_one("#title", PlainText).show((fit(left, width - len(right)), BOLD), (right, DIM))


def _row(number: int, line: BoardLine) -> Row:
    cells = (line.title, line.count, line.cents, line.oldest, line.past_due, line.mine, line.deferred)
    return Row(number, number, "X" if line.past_due else "", cells)
