"""The record screen: a headline, tabs by digit, and the queue's actions while the item is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from textual import events
from textual.app import ComposeResult

from store.errors import NotFound, Refused
from store.work.record import Record
from store.work.values import Lease, Row, Why
from tui.asks import Chosen, Words
from tui.keys import COMMON, MOVES, NOTE, Action, Place, at
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.widgets.facts import tab_lines
from tui.widgets.look import BOLD, CURSOR, DIM, PLAIN, WARN
from tui.widgets.plain import Part, PlainText, fit, one_line, width_of
from tui.widgets.scroller import Pager

LOOK_SECONDS = 20.0
"""How often it is looked whether the time of a note that was opened for a reason is over."""

DONE = "done"
"""What the head says of an item that a command took out of its queue."""

_OF_ITEMS = frozenset({"next", "repeat", "why"})
"""Common actions that mean nothing where no item of a queue is open."""


class RecordBody(Pager):
    """The text of a tab."""

    ACTIONS = (*MOVES, *at(Place.RECORD, NOTE))


class RecordScreen(WorkScreen):
    """One record.  With a `row` it is a queue's item, held while it is open; without, it is read.

    `about` is a record of no queue that something can be done to all the same, by the actions that `queue` names.
    """

    place = Place.RECORD
    digits_are_tabs = True
    NOTHING_TO_TELL = "This is no item of a queue."

    def __init__(
        self, session: Session, queue: str, read: Callable[[], Record], row: Row | None = None, about: Row | None = None
    ) -> None:
        super().__init__(session)
        self.queue = queue
        self._read = read
        self._row = row
        self._about = about
        self._record: Record | None = None
        self._tab = 0
        self._places: dict[int, int] = {}
        self._owner = ""
        self._body = RecordBody(id="text")

    def body(self) -> ComposeResult:
        """Title, headline, tabs and the tab's text."""
        yield PlainText(id="title")
        yield PlainText(id="headline")
        yield PlainText(id="tabs")
        yield self._body

    def actions(self) -> Sequence[Action]:
        """The common keys, then the queue's own when this is one of its items."""
        own: tuple[Action, ...] = self.session.spec(self.queue).actions if self._row or self._about else ()
        if self._row:
            own = (*self.session.common, *own)
        common = at(Place.RECORD, COMMON)
        if self._row is None:
            told = self._record is not None and self._record.why
            common = tuple(one for one in common if one.id not in ({"next", "repeat"} if told else _OF_ITEMS))
        return (*common, *at(Place.RECORD, own))

    @property
    def lease(self) -> Lease | None:
        """The lease, while it is held."""
        return self.session.leases.of(self._row.item_id) if self._row else None

    def on_mount(self) -> None:
        """Takes the item and reads it."""
        self._body.focus()
        self.status.wait("Reading …")
        self.in_background(self._start())

    async def _start(self) -> None:
        taken: Refused | None = None
        if self._row is not None and self.lease is None:
            try:
                await self.session.leases.take(self._row.item_id)
            except Refused as error:
                taken, self._owner = error, "read only"
        await self.changed(None)
        if taken is not None:
            self.status.refuse(f"{one_line(str(taken))} You can read it.")
        else:
            self.status.say(self.session.greeted())
        await self.session.learn(self.actions())
        self.show_keys()

    def lost(self, error: Refused) -> None:
        """The lease ran out and somebody else may have the item."""
        self._owner = "read only"
        self._show_head()
        self.status.refuse(f"{one_line(str(error))} Nothing more can be changed here; Esc and open it again.")

    def is_item(self, item_id: int) -> bool:
        """Whether this is the screen of an item."""
        return self._row is not None and self._row.item_id == item_id

    async def changed(self, action: Action | None) -> None:
        """Reads the record again; if it is gone, the work here is done."""
        await self._see_whose(action)
        try:
            self._record = await self.session.calls.run(self._read)
        except NotFound:
            await self._leave()
            return
        self._tab = min(self._tab, max(0, len(self._record.tabs) - 1))
        self._show_head()
        self._show_tab(keep_place=True)

    async def _see_whose(self, action: Action | None) -> None:
        """What a command ended is nobody's item any more; when that is undone it is in hand again."""
        if self._row is None:
            return
        if action is not None and self.lease is not None and not await self.session.leases.still(self._row.item_id):
            self._owner = DONE
        elif self._owner == DONE and self.lease is None:
            with suppress(Refused):
                await self.session.leases.take(self._row.item_id)
                self._owner = ""

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """This item, with its lease; a record of no queue without one."""
        if self._about is not None and self._record is not None:
            return Chosen(self.queue, (self._about,), count=count, record=self._record)
        if self._row is None or self._record is None:
            raise Refused("This is only to be read here.", do="Esc, then work on it in its queue.")
        if self.lease is None and self._owner == DONE:
            raise Refused("This is done: it is no longer in the queue.", do="n takes the next, u takes it back.")
        if self.lease is None and self._owner:
            raise Refused("Somebody else is working on this item; you can only read it.")
        cents = self.lease.cents if self.lease else 0
        return Chosen(self.queue, (self._row,), count=count, cents=cents, record=self._record, lease=self.lease)

    # Doing

    def show_tab(self, key: str) -> None:
        """1 is the first tab, 0 the tenth."""
        number = (int(key) or 10) - 1
        tabs = self._record.tabs if self._record else ()
        if number >= len(tabs):
            self.status.say(f"There are {len(tabs)} tabs.")
            return
        self._places[self._tab] = self._body.top
        self._tab = number
        self._show_head()
        self._show_tab()

    def on_click(self, event: events.Click) -> None:
        """A tab, by mouse."""
        if self._record is None or event.widget is None or event.widget.id != "tabs":
            return
        start = 0
        for number, (name, _) in enumerate(_tabs_line(self._record, self._tab, self.app.size.width)):
            if start <= event.x < start + width_of(name):
                self.show_tab(str((number + 1) % 10))
            start += width_of(name)

    def do_back(self, _count: int | None) -> None:
        """Gives the item back and returns to the same row."""
        self.in_background(self._leave())

    def do_quit(self, _count: int | None) -> None:
        """The same as back."""
        self.in_background(self._leave())

    async def _leave(self) -> None:
        if self._row is not None:
            await self.session.leases.release(self._row.item_id)
        self.dismiss()

    async def do_next(self, _count: int | None) -> None:
        """Gives this item back and takes the next."""
        if self._row is None:
            raise Refused("This is no item of a queue.")
        lease = await self.session.leases.exchange(self.queue, self._row.item_id)
        if lease is None:
            self.status.say("Nothing more is waiting.")
            return
        self.app.switch_screen(open_screen(self.session, self.queue, lease.row))

    async def do_claim(self, _count: int | None) -> None:
        """Opens the claim."""
        await self._open_other("claim")

    async def do_ledger(self, _count: int | None) -> None:
        """Opens the ledger."""
        await self._open_other("ledger")

    async def do_glass(self, _count: int | None) -> None:
        """Asks for the reason and opens the note."""
        if self._record is None or (claim := self._record.claim_id) is None:
            raise Refused("No claim belongs to this.")
        reason = await self.put(Words(name="glass", question="Read the note because"), Chosen(self.queue))
        if reason is not None:
            calls = self.session.calls
            read = await calls.run(calls.practice.glass, claim, str(reason))
            self.app.push_screen(GlassScreen(self.session, "", read))

    async def _open_other(self, kind: str) -> None:
        if self._record is None:
            raise Refused("The record isn't there yet.")
        self.app.push_screen(await open_other(self.session, kind, self._record))

    # Showing

    def copied(self) -> str:
        """The record's title."""
        return self._record.title if self._record else ""

    async def help_about(self) -> Why | None:
        """Why the item is here; of a claim or an account the tab that tells why it is as it is."""
        calls = self.session.calls
        if self._row is not None:
            return await calls.run(calls.practice.why, self._row.item_id)
        record = self._record
        tab = next((one for one in record.tabs if one.title == record.why), None) if record is not None else None
        if record is None or tab is None:
            return None
        lines = tab_lines(tab, self.app.size.width - 4)
        return Why(record.title, tuple("".join(text for text, _ in line).rstrip() for line in lines))

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """The tabs."""
        tabs = self._record.tabs if self._record else ()
        return [(str((number + 1) % 10), tab.title) for number, tab in enumerate(tabs[:10])]

    def on_resize(self) -> None:
        """Lays everything out anew."""
        self._show_head()
        self._show_tab(keep_place=True)

    def _show_head(self) -> None:
        if (record := self._record) is None:
            return
        width = self.app.size.width
        held = self._owner or ("yours" if self.lease else "")
        right = f"{one_line(record.state)}{'  ' + held if held else ''} "
        title = fit(f" {one_line(record.title)}", max(0, width - width_of(right)))
        self.query_one("#title", PlainText).show(
            (title, BOLD), (right, WARN if self._owner not in ("", DONE) else BOLD)
        )
        self.query_one("#headline", PlainText).show((fit(f" {one_line(record.headline)}", width), PLAIN))
        self.query_one("#tabs", PlainText).show(*_tabs_line(record, self._tab, width))

    def _show_tab(self, *, keep_place: bool = False) -> None:
        if self._record is None or not self._record.tabs:
            return
        width = max(20, self._body.size.width)
        lines = tab_lines(self._record.tabs[self._tab], width)
        self._body.show(lines, keep_place=keep_place)
        if not keep_place:
            self._body.go_to(self._places.get(self._tab, 0))


class GlassScreen(RecordScreen):
    """A note that was opened for a reason; it closes by itself."""

    def on_mount(self) -> None:
        """Looks at the time now and then."""
        self.set_interval(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        try:
            await self.session.calls.run(self._read)
        except Refused as error:
            if self.is_current:
                self.dismiss()
                self.say(str(error))


def _tabs_line(record: Record, current: int, width: int) -> list[Part]:
    """The tabs; without room for all titles, those nearest to the open one keep theirs."""
    names = [f" {(number + 1) % 10} " for number in range(len(record.tabs[:10]))]
    room = width - sum(map(width_of, names))
    for number in sorted(range(len(names)), key=lambda number: abs(number - current)):
        title = one_line(record.tabs[number].title) + " "
        if (room := room - width_of(title)) < 0:
            break
        names[number] += title
    return [(name, CURSOR if number == current else DIM) for number, name in enumerate(names)]


def open_screen(session: Session, queue: str, row: Row) -> WorkScreen:
    """The screen of a queue's item: the generic record, or the queue's own."""
    spec = session.spec(queue)
    if spec.screen:
        module, _, name = spec.screen.partition(":")
        made = getattr(import_module(module), name)(session, queue, row)
        assert isinstance(made, WorkScreen)
        return made
    return RecordScreen(session, queue, lambda: session.calls.practice.record(queue, row.subject_id), row)


def claim_screen(session: Session, claim: int) -> RecordScreen:
    """The one claim view, with what can be done to a claim wherever it is."""
    return RecordScreen(session, "claim", lambda: session.calls.practice.claim(claim), about=Row(0, claim, "", ()))


async def open_other(session: Session, kind: str, record: Record) -> WorkScreen:
    """The claim or the ledger that belongs to a record, to be read."""
    practice = session.calls.practice
    if kind == "claim":
        if (claim := record.claim_id) is None:
            raise Refused("No claim belongs to this.")
        return claim_screen(session, claim)
    if (account := record.account_id) is None:
        raise Refused("No account belongs to this.")
    return RecordScreen(session, "", lambda: practice.ledger(account))
