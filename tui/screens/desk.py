"""The coding desk: the note, the codes, the edits and the search, all of one encounter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from store.errors import Refused
from store.work.values import Lease
from tui.asks import Chosen
from tui.keys import COMMON, SEARCH, SEARCHING, Action, Place, at, footer
from tui.screens.base import WorkScreen
from tui.screens.desk_coding import DeskCoding
from tui.screens.desk_flow import DeskFlow
from tui.screens.desk_query import DeskQuery
from tui.screens.desk_suggest import DeskSuggest
from tui.screens.desk_tools import DeskTools
from tui.screens.desk_why import DeskWhy
from tui.widgets.look import BOLD, DIM, FOUND, MATCH, PLAIN, WARN
from tui.widgets.plain import PlainText, Span, fit, one_line, width_of

if TYPE_CHECKING:
    from store.coding.desk import Desk


class DeskScreen(DeskSuggest, DeskCoding, DeskQuery, DeskTools, DeskFlow, DeskWhy):
    """One encounter, held while it is open."""

    def body(self) -> ComposeResult:
        """Two header lines, then the note beside or above the codes."""
        yield PlainText(id="title")
        yield PlainText(id="headline")
        with Vertical(id="desk"):
            yield self._note
            with Vertical(id="right"):
                yield self._codes
                yield PlainText(id="reason")
                yield self._edits
                yield self._search

    def actions(self) -> Sequence[Action]:
        """The desk's own keys and the common ones that make sense here."""
        own = self.session.spec("coding").actions
        return (*at(Place.DESK, (*own, *COMMON, *self.session.common)), *SEARCH)

    def show_keys(self) -> None:
        """The footer names what matters in the pane that has the focus; in the search, what its line takes."""
        if self.has_class("-searching"):
            self.keys_line.set_actions(SEARCHING, helped=False)
            return
        line = self._codes.has_focus and self._codes.service is not None
        idle = {"defer"} if line else {"defer", "desk.modifiers"}
        enter = self._enter_does()
        known = (replace(one, label=enter) if one.id == "take" else one for one in self.all_actions())
        shown = footer(one for one in known if one.id not in idle)
        self.keys_line.set_actions(shown, lacking=self.session.lacking)

    def _enter_does(self) -> str:
        """What Enter does in the pane with the focus, in a word or two."""
        if self._note.has_focus:
            return "to the codes"
        if self._edits.has_focus:
            return "go to it"
        return "take" if self._codes.offer is not None else "its page"

    # Opening and leaving

    def on_mount(self) -> None:
        """Takes the encounter and reads it."""
        self._note.focus()
        self.status.wait("Reading …")
        self.in_background(self._start())

    async def _start(self) -> None:
        if self.lease is None:
            try:
                await self.session.leases.take(self._row.item_id)
            except Refused as error:
                self._read_only = str(error)
        await self.changed(None)
        if self._desk is not None:
            self.read_note(self._desk)
        if self._read_only:
            self.status.refuse(f"{one_line(self._read_only)} You can read it.")
        else:
            hint = "u takes it back" if self._greeting else ""  # what was done to the encounter before this one
            self.status.say(self._greeting or self._asked() or self.session.greeted(), hint=hint)

    def _asked(self) -> str:
        """What the coder is asked; the cursor stands on the line that it is about."""
        if (desk := self._desk) is None or not desk.asked:
            return ""
        line = next((one for one in desk.lines if one.position == desk.asked_line), None)
        if line is not None:
            self._codes.go_to_service(line.id)
            self._codes.focus()
        return f"Asked: {one_line(desk.asked)}"

    def lost(self, error: Refused) -> None:
        """The lease ran out and somebody else may have the encounter."""
        self._read_only = str(error)
        self.status.refuse(f"{one_line(str(error))} Nothing more can be changed here; Esc and open it again.")

    def is_item(self, item_id: int) -> bool:
        """Whether this is the desk of an item."""
        return self._row.item_id == item_id

    def do_back(self, _count: int | None) -> None:
        """First the selection goes, then the encounter is given back."""
        if not self._note.drop_selection():
            self.in_background(self._leave())

    def do_quit(self, _count: int | None) -> None:
        """Gives the encounter back."""
        self.in_background(self._leave())

    async def _leave(self) -> None:
        await self.session.leases.release(self._row.item_id)
        self.dismiss()

    async def go_on(self) -> None:
        """Takes the next encounter, or goes back when there is none."""
        said = self.status.said
        lease = await self.session.leases.take_next(self.queue)
        await self.session.leases.release(self._row.item_id)
        if lease is None:
            behind = self.app.screen_stack[-2]
            if isinstance(behind, WorkScreen):
                behind.status.say(said, hint="nothing more is waiting")
            self.dismiss()
        else:
            self._open_next(lease, said)

    async def do_next(self, _count: int | None) -> None:
        """Gives the encounter back as it is and takes the next."""
        lease = await self.session.leases.exchange(self.queue, self._row.item_id)
        if lease is None:
            self.status.say("Nothing more is waiting.")
            return
        self._open_next(lease)

    def _open_next(self, lease: Lease, said: str = "") -> None:
        self.app.switch_screen(DeskScreen(self.session, self.queue, lease.row, said))

    async def do_ledger(self, _count: int | None) -> None:
        """Opens the ledger of the patient's account."""
        from tui.screens.record import open_other

        calls = self.session.calls
        record = await calls.run(calls.practice.record, self.queue, self.encounter_id)
        self.app.push_screen(await open_other(self.session, "ledger", record))

    async def changed(self, action: object) -> None:
        """Reads the encounter again, or goes on from one that went back as it was."""
        if getattr(action, "id", "") == "desk.no_change":
            await self.go_on()
            return
        before = self._desk
        self._desk = desk = await self.session.calls.run(self._finder.read, self.encounter_id)
        if before is None or before.note != desk.note:
            self._note.set_text(desk.note)
        self._codes.show(desk)
        self._edits.show(desk)
        self._show_head(desk)
        self._show_place()

    def on_resize(self) -> None:
        """Lays the head and the reason out anew."""
        if self._desk is not None:
            self._show_head(self._desk)
            self.call_after_refresh(self._show_place)

    def advised(self) -> None:
        """The note was read: what it supports is picked out in it."""
        if self._desk is not None and not self._desk.diagnoses:
            self._codes.go_to_offer()
        self._show_place()

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """This encounter, for the common actions."""
        self.require_open()
        return Chosen(self.queue, (self._row,), count=count, lease=self.lease)

    # Panes

    def do_desk_pane(self, _count: int | None) -> None:
        """The next pane."""
        self._turn(1)

    def do_desk_pane_back(self, _count: int | None) -> None:
        """The pane before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        panes: list[Widget] = [self._note, self._codes, self._edits]
        where = panes.index(self.focused) if self.focused in panes else 0
        panes[(where + by) % len(panes)].focus()

    def do_desk_find(self, _count: int | None) -> None:
        """Goes to the note and asks for words to find in it."""
        self._note.focus()
        self._note.do_find(None)

    def on_descendant_focus(self) -> None:
        """On a narrow screen the pane that has the focus takes the room; the others keep a strip."""
        super().on_descendant_focus()
        self.set_class(self._codes.has_focus, "-at-codes")
        self.set_class(self._edits.has_focus, "-at-edits")
        self.call_after_refresh(self._show_place)

    def on_picking_moved(self) -> None:
        """Another code, other words of the note."""
        self._show_place()
        self.show_keys()

    def _show_place(self) -> None:
        """Marks the words behind every code and suggestion; those of the one under the cursor stand out."""
        if (desk := self._desk) is None or not self.is_mounted:
            return
        own = self._codes.span
        spans: list[Span] = [(*offer.span, MATCH) for offer in self._codes.offers]
        spans += [(*aside.span, DIM) for aside in (self.advice.asides if self.advice else ())]
        spans += [(*row.span, BOLD) for row in desk.diagnoses if row.span]
        if own is not None:
            spans.append((*own, FOUND))
        self._note.set_spans(spans)
        if own is not None and self._codes.has_focus:
            self._note.show_span(own[0])
        reason = self.query_one("#reason", PlainText)
        room = max(1, reason.size.width - 2) * max(1, reason.size.height)
        reason.show((" " + fit(self._reason(desk), room).rstrip(), DIM))

    def _reason(self, desk: Desk) -> str:
        """One line about what is under the cursor."""
        if (offer := self._codes.offer) is not None:
            missing = f"; not told: {', '.join(offer.missing)}" if offer.missing else ""
            return one_line(offer.why + missing)
        if (aside := self._codes.aside) is not None:
            return one_line(aside.why)
        found = self._findings_here()
        marks = "  ".join(dict.fromkeys(finding.edit for finding in found))
        if (span := self._codes.span) is not None:
            return one_line(f"{marks + '  ' if marks else ''}'{desk.note[span[0] : span[1]]}'")
        return marks

    # Showing

    def _show_head(self, desk: Desk) -> None:
        width = self.app.size.width
        right = f" {desk.state}{'  read only' if self._read_only else '  yours'} "
        left = f" {desk.number}  {one_line(desk.patient)}  {desk.age} {desk.sex}  DOS {desk.service_date}"
        self.query_one("#title", PlainText).show(
            (fit(left, max(0, width - len(right))), BOLD), (right, WARN if self._read_only else BOLD)
        )
        first = f" {one_line(desk.kind)}  POS {desk.place}"
        pressing = ""
        if (done := desk.prior_global) is not None:
            pressing += f"  GLOBAL {done.code} of {done.done:%m-%d}, to {done.until:%m-%d}"
        if desk.authorization:
            pressing += f"  auth {one_line(desk.authorization)}"
        room = max(0, width - width_of(first) - width_of(pressing))
        self.query_one("#headline", PlainText).show((first, PLAIN), (pressing, WARN), (_whose(desk, room), PLAIN))

    def open_code(self) -> None:
        """Enter on a code: its page in the book."""
        self.do_desk_book(None)

    def do_desk_book(self, _count: int | None) -> None:
        """Opens the book at the code, the line or the suggestion under the cursor; elsewhere at its chapters."""
        from tui.screens.code_book import CodeBookScreen

        if (desk := self._desk) is None:
            raise Refused("The encounter isn't there yet.")
        codes = self._codes
        shown = codes.diagnosis or codes.offer or codes.service if codes.has_focus else None
        name = shown.code if shown is not None and self._finder.in_book(shown.code, desk.on) else ""
        self.app.push_screen(CodeBookScreen(self.session, self._finder.codes, name, desk.on, self._take_from_book))

    def _take_from_book(self, code: str) -> None:
        self.in_background(self._add_again(code, procedure=self._finder.is_procedure(code)))


def _whose(desk: Desk, room: int) -> str:
    """Provider and payer, with the specialty before them where there is room for all."""
    surname = desk.provider.partition(",")[0]
    ways = (desk.specialty, desk.provider, desk.payer), (desk.provider, desk.payer), (surname, desk.payer)
    told = ["".join(f"  {one_line(part)}" for part in parts if part) for parts in ways]
    return fit(next((one for one in told if width_of(one) <= room), told[-1]), room)
