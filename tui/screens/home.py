"""The board: every queue with its count, money and age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult

from store.errors import Refused
from store.money import show_cents
from store.text import how_many
from store.work.values import BoardLine, Cell, Column, Kind, Why
from tui.asks import Choice, Chosen, Pick
from tui.keys import COMMON, Action, Place, at, find, pressed
from tui.screens.tabled import TabledScreen
from tui.session import Session
from tui.verbs import PRACTICE
from tui.widgets.look import BOLD, DIM
from tui.widgets.plain import Part, PlainText, ends

COLUMNS = (
    Column("title", "Queue", 20, help="The queue; Enter opens it."),
    Column("count", "Items", 7, Kind.NUMBER, help="Open items that aren't deferred."),
    Column("cents", "Money", 12, Kind.CENTS, help="What these items are worth."),
    Column("oldest", "Oldest", 6, Kind.DAYS, help="Age of the oldest open item."),
    Column("past_due", "Past", 5, Kind.NUMBER, help="Items past their deadline."),
    Column("mine", "Mine", 5, Kind.NUMBER, help="Items that are yours."),
    Column("deferred", "Aside", 6, Kind.NUMBER, help="Items put aside until a later day."),
)


_IN_SIGHT_ELSEWHERE = frozenset({"filter", "sort", "why"})
"""Keys that every list has: the board's footer leaves them to help, for the sake of its own."""

_MOVES = frozenset({"down", "up", "page_down", "page_up", "top", "bottom"})
"""What may be pressed before a key that leaves: all else begins something that the key would be meant for."""


class HomeScreen(TabledScreen[BoardLine]):
    """Where a sitting starts."""

    place = Place.HOME
    OWN_ORDER = Choice("", "the board's own order", "as an encounter goes through the practice")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list.waits = "Opening the practice …"
        self._is_opening = True

    def body(self) -> ComposeResult:
        """A title line and the board."""
        yield PlainText(id="title")
        yield self._list

    def actions(self) -> Sequence[Action]:
        """Moving about and leaving."""
        common = (replace(one, rank=0) if one.id in _IN_SIGHT_ELSEWHERE else one for one in COMMON)
        return at(Place.HOME, (*common, *PRACTICE))

    def on_mount(self) -> None:
        """Says that the practice is being opened, until it is."""
        self._list.configure(COLUMNS, ())
        self._list.focus()
        self.query_one("#title", PlainText).show((" superbill", BOLD))

    def not_opened(self, error: Refused) -> None:
        """The practice can't be opened: the reason stays."""
        self._list.stop_waiting()
        self._is_opening = False
        self._waiting.clear()
        self.refuse(error)

    def opened(self) -> None:
        """What was typed while the practice was being opened is done now."""
        self._is_opening = False
        self._do_waiting()

    def _press(self, name: str, character: str | None) -> None:
        if not self._is_opening:
            super()._press(name, character)
            return
        meant = self._meant(name, character)
        if meant == "quit" and all(self._meant(*key) in _MOVES for key in self._waiting):
            self.do_quit(None)
        elif meant == "back":
            self._waiting.clear()
        else:
            self._waiting.append((name, character))

    def _meant(self, name: str, character: str | None) -> str:
        action = find(self.all_actions(), pressed(name, character))
        return action.id if action is not None else ""

    async def start(self, queue: str = "") -> None:
        """The practice is open: shows the board, with the cursor on the queue that was worked last."""
        await self.changed(None)
        self._list.move_to(next((at for at, line in enumerate(self._all) if line.queue == queue), 0))
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
        board = await calls.run(calls.practice.board)
        self.session.titles.update({line.queue: line.title for line in board})
        await self.show_all(board)
        self.status.say("")

    async def do_open(self, _count: int | None) -> None:
        """Opens the focused queue."""
        from tui.screens.queue import QueueScreen

        if (line := self.line) is not None:
            self.app.push_screen(QueueScreen(self.session, line.queue))

    async def do_next(self, _count: int | None) -> None:
        """Takes the first item of the focused queue that nobody works on."""
        from tui.screens.record import open_screen

        if (line := self.line) is None:
            raise Refused("There is no queue here.")
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

    def leave(self) -> None:
        """There is nowhere further back."""
        self.status.say("This is the first screen.", hint="q leaves")

    def do_quit(self, _count: int | None) -> None:
        """Leaves the program."""
        self.app.exit()

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the columns mean."""
        return [(column.title, column.help) for column in COLUMNS]

    # What the rows are

    @property
    def columns(self) -> tuple[Column, ...]:
        """The same for everybody."""
        return COLUMNS

    def cells(self, line: BoardLine) -> tuple[Cell, ...]:
        """The figures of a queue."""
        return (line.title, line.count, line.cents, line.oldest, line.past_due, line.mine, line.deferred)

    def flag(self, line: BoardLine) -> str:
        """Whether something is past its deadline."""
        return "X" if line.past_due else ""

    def file_name(self) -> str:
        """The board."""
        return "board"

    def told(self) -> str:
        """The board."""
        return "the board"

    def why(self, line: BoardLine) -> Why:
        """What the figures say, and what comes first."""
        lines = [f"{how_many(line.count, 'item')} can be worked now, worth {show_cents(line.cents, sign='$')}."]
        if line.oldest is not None:
            lines.append(f"The oldest is {how_many(line.oldest, 'day')} old.")
        lines += [
            f"{line.past_due:,} past the deadline, {line.mine:,} yours, {line.deferred:,} put aside until a later day.",
            "n takes the first that nobody works on: past its deadline, then due soon, then what is worth most.",
            "In the queue y tells of each row why it is there, with the rule and its source.",
        ]
        return Why(line.title, tuple(lines))

    def on_resize(self) -> None:
        """Lays the title out anew."""
        self.show_head()

    def show_head(self) -> None:
        """The title: the figures of all queues, and what is shown if not all."""
        items = sum(line.count for line in self._all)
        past = sum(line.past_due for line in self._all)
        left: list[Part] = [(" superbill", BOLD)]
        if self._view.filter or self._view.sort:
            left += [("  ", DIM), *self.view_parts()]
        opened = self.session.calls.is_open
        right: list[Part] = [(f"{items:,} items   {past:,} past due ", DIM)] if opened else []
        self.query_one("#title", PlainText).show(*ends(left, right, self.app.size.width))
