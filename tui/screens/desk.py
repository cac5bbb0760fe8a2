"""The coding desk: the note, the codes, the edits and the search, all of one encounter."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from store import clock
from store.errors import Refused
from store.work.values import Done, Lease, Row
from tui.asks import Answer, Ask, Chosen, Days, Words
from tui.keys import COMMON, Action, Place, at
from tui.screens.base import WorkScreen
from tui.screens.code_search import CodeSearch, HitLike
from tui.screens.desk_search import DeskFinder
from tui.session import Session
from tui.widgets.desk_codes import DeskCodes, finding_lines
from tui.widgets.desk_note import DeskNote
from tui.widgets.look import BOLD, FOUND, PLAIN, WARN
from tui.widgets.plain import PlainText, fit, one_line
from tui.widgets.scroller import Pager

if TYPE_CHECKING:
    from store.coding.desk import Desk
    from store.work.command import Command

_KEPT = frozenset({"back", "quit", "undo", "why", "note", "defer", "help", "palette", "refresh", "copy", "theme"})


class DeskScreen(WorkScreen):
    """One encounter, held while it is open."""

    place = Place.DESK

    def __init__(self, session: Session, queue: str, row: Row, greeting: str = "") -> None:
        super().__init__(session)
        self._greeting = greeting
        self.queue = queue
        self._row = row
        self._desk: Desk | None = None
        self._read_only = ""
        self._note = DeskNote(id="note")
        self._codes = DeskCodes(id="codes")
        self._edits = Pager(id="edits")
        self._finder = DeskFinder(session.calls)
        self._search = CodeSearch(self._finder.search, self._finder.notes, id="search")

    def body(self) -> ComposeResult:
        """Two header lines, then the note beside or above the codes."""
        yield PlainText(id="title")
        yield PlainText(id="headline")
        with Vertical(id="desk"):
            yield self._note
            with Vertical(id="right"):
                yield self._codes
                yield self._edits
                yield self._search

    def actions(self) -> Sequence[Action]:
        """The desk's own keys and the common ones that make sense here."""
        common = (*COMMON, *self.session.common)
        kept = [action for action in common if action.id in _KEPT]
        return (*at(Place.DESK, self.session.spec(self.queue).actions), *kept)

    @property
    def lease(self) -> Lease | None:
        """The lease, while it is held."""
        return self.session.leases.of(self._row.item_id)

    # Opening and leaving

    def on_mount(self) -> None:
        """Takes the encounter and reads it."""
        self._search.display = False
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
        if self._read_only:
            self.status.refuse(f"{one_line(self._read_only)} You can read it.")
        else:
            self.status.say(self._greeting)

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

    async def changed(self, _action: Action | None) -> None:
        """Reads the encounter again."""
        before = self._desk
        self._desk = desk = await self.session.calls.run(self._finder.read, self._row.subject_id)
        if before is None or before.note != desk.note:
            self._note.set_text(desk.note)
        self._codes.show(desk)
        self._edits.show(finding_lines(desk), keep_place=True)
        self._show_head(desk)
        self._mark_evidence()

    # Choosing

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """This encounter, for the common actions."""
        self._require_open()
        return Chosen(self.queue, (self._row,), count=count, lease=self.lease)

    def _require_open(self) -> Desk:
        if self._read_only or self._desk is None:
            raise Refused(self._read_only or "The encounter isn't there yet.")
        return self._desk

    # Codes

    def do_desk_search(self, _count: int | None) -> None:
        """Opens the search, with the selected words if there are any."""
        self._open_search("icd", self._note.selected_text)

    def do_desk_procedures(self, _count: int | None) -> None:
        """Opens the search of the fee schedule."""
        self._open_search("procedures", "")

    def _open_search(self, kind: str, text: str) -> None:
        desk = self._require_open()
        self._finder.turn_to(kind, desk.on)
        for pane in (self._codes, self._edits):
            pane.display = False
        self._search.display = True
        self._search.start(one_line(text)[:60])
        self._search.again(self._finder.scope.shown)

    def on_code_search_turned(self, event: CodeSearch.Turned) -> None:
        """Another code set is searched."""
        event.stop()
        self._search.again(self._finder.turn().shown)

    def on_code_search_favoured(self, event: CodeSearch.Favoured) -> None:
        """The code becomes a favourite, or no longer."""
        from store.coding.learned import ToggleFavourite

        event.stop()
        self.in_background(self._learn(ToggleFavourite(event.hit.code)))

    def on_code_search_forgotten(self, event: CodeSearch.Forgotten) -> None:
        """What was picked for the phrase here is forgotten."""
        from store.coding.learned import ForgetPicks

        event.stop()
        self.in_background(self._learn(ForgetPicks(event.typed)))

    async def _learn(self, command: Command) -> None:
        await self._change(command, read=False)
        self._finder.learned_anew()
        self._search.again()

    def on_code_search_closed(self, event: CodeSearch.Closed) -> None:
        """Esc in the search: back to the note."""
        event.stop()
        self._close_search()

    def _close_search(self) -> None:
        self._search.display = False
        for pane in (self._codes, self._edits):
            pane.display = True
        self._note.focus()

    def on_code_search_picked(self, event: CodeSearch.Picked) -> None:
        """Enter in the search: the code is added."""
        event.stop()
        self.in_background(self._add(event.hit, event.typed))

    async def _add(self, hit: HitLike, typed: str) -> None:
        span = self._note.selected or (None, None)
        done = await self._change(self._finder.adding(self._row.subject_id, hit, span, typed))
        self._close_search()
        self._note.drop_selection()
        self._codes.focus()
        if isinstance(done.result, int):
            going = self._codes.go_to_service if self._finder.finds_procedures else self._codes.go_to_diagnosis
            going(done.result)

    async def do_desk_remove(self, _count: int | None) -> None:
        """Takes off what is under the cursor."""
        from store.coding.diagnoses import RemoveDiagnosis
        from store.coding.lines import RemoveLine

        if (diagnosis := self._codes.diagnosis) is not None:
            await self._change(RemoveDiagnosis(self._row.subject_id, diagnosis.id))
        elif (service := self._codes.service) is not None:
            await self._change(RemoveLine(self._row.subject_id, service.id))
        else:
            raise Refused("There is no code yet.", do="Press i to search one.")

    async def do_desk_earlier(self, count: int | None) -> None:
        """Moves the diagnosis up."""
        await self._move(-(count or 1))

    async def do_desk_later(self, count: int | None) -> None:
        """Moves the diagnosis down."""
        await self._move(count or 1)

    async def _move(self, by: int) -> None:
        from store.coding.diagnoses import MoveDiagnosis

        diagnosis = self._diagnosis()
        await self._change(MoveDiagnosis(self._row.subject_id, diagnosis, by))
        self._codes.go_to_diagnosis(diagnosis)

    async def do_desk_evidence(self, _count: int | None) -> None:
        """Links the selection to the diagnosis under the cursor."""
        from store.coding.diagnoses import LinkEvidence

        selected = self._note.selected
        if selected is None:
            raise Refused("No words are selected.", do="v in the note selects.")
        await self._change(LinkEvidence(self._row.subject_id, self._diagnosis(), *selected))
        self._note.drop_selection()

    async def do_desk_modifiers(self, _count: int | None) -> None:
        """Asks for the modifiers of the line."""
        from store.coding.lines import ChangeLine

        service = self._service()
        ask = Words(name="modifiers", question="Modifiers", first=" ".join(self._modifiers()), required=False)
        answer = await self._asked(ask)
        if answer is not None:
            modifiers = tuple(str(answer).replace(",", " ").split())
            await self._change(ChangeLine(self._row.subject_id, service, modifiers=modifiers))

    async def do_desk_units(self, count: int | None) -> None:
        """Sets the units; `3U` without asking."""
        from store.coding.lines import ChangeLine

        service = self._service()
        answer = count if count is not None else await self._asked(Words(name="units", question="Units"))
        if answer is None:
            return
        if not str(answer).isdecimal():
            raise Refused("Units are a whole number.")
        await self._change(ChangeLine(self._row.subject_id, service, units=int(str(answer))))

    def _digit(self, key: str) -> bool:
        """A digit points the line under the cursor to that diagnosis; elsewhere it begins a count."""
        if self._codes.service is None or not self._codes.has_focus:
            return super()._digit(key)
        self.in_background(self._point(int(key) or 10))
        return True

    async def _point(self, position: int) -> None:
        from store.coding.lines import TogglePointer

        desk = self._require_open()
        wanted = next((row for row in desk.diagnoses if row.position == position), None)
        if wanted is None:
            raise Refused(f"There is no diagnosis {position}.")
        await self._change(TogglePointer(self._row.subject_id, self._service(), wanted.id))

    # Carrying the encounter on

    async def do_desk_finish(self, _count: int | None) -> None:
        """Finishes and opens the next."""
        from store.coding.flow import FinishCoding

        await self._change(FinishCoding(self._row.subject_id), read=False)
        await self._go_on()

    async def do_desk_override(self, _count: int | None) -> None:
        """Asks why the codes that exclude each other both stand, and finishes."""
        from store.coding.flow import FinishCoding

        reason = await self._asked(Words(name="override", question="Both stand because"))
        if reason is not None:
            await self._change(FinishCoding(self._row.subject_id, str(reason)), read=False)
            await self._go_on()

    async def do_desk_hold(self, _count: int | None) -> None:
        """Asks why and until when."""
        from store.coding.flow import HoldEncounter

        reason = await self._asked(Words(name="reason", question="Hold because"))
        until = await self._asked(Days(name="until", question="Until", first="3d")) if reason is not None else None
        if reason is None or until is None:
            return
        day = until if isinstance(until, date) else clock.today() + timedelta(days=int(until))
        await self._change(HoldEncounter(self._row.subject_id, day, str(reason)), read=False)
        await self._go_on()

    async def do_desk_void(self, _count: int | None) -> None:
        """Asks why, and confirms."""
        from store.coding.flow import VoidEncounter

        reason = await self._asked(Words(name="reason", question="Not billable because"))
        if reason is not None and await self.confirm("Close this encounter as not billable?"):
            await self._change(VoidEncounter(self._row.subject_id, str(reason)), read=False)
            await self._go_on()

    async def _go_on(self) -> None:
        """Takes the next encounter, or goes back when there is none."""
        said = self.status.said
        lease = await self.session.leases.take_next(self.queue)
        await self.session.leases.release(self._row.item_id)
        if lease is None:
            behind = self.app.screen_stack[-2]
            if isinstance(behind, WorkScreen):
                behind.status.say(said, hint="nothing more is waiting")
            self.dismiss()
            return
        row = Row(lease.item_id, lease.subject_id, "", ())
        self.app.switch_screen(DeskScreen(self.session, self.queue, row, said))

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

    def on_desk_codes_moved(self) -> None:
        """Another code, other evidence."""
        self._mark_evidence()

    def _mark_evidence(self) -> None:
        """Marks the words behind every code, and shows those of the code under the cursor."""
        if self._desk is None:
            return
        own = self._codes.diagnosis
        spans = [(*row.span, FOUND if row == own else BOLD) for row in self._desk.diagnoses if row.span]
        self._note.set_spans(spans)
        if own is not None and own.span is not None and self._codes.has_focus:
            self._note.show_span(own.span[0])

    # Showing and helping

    def _show_head(self, desk: Desk) -> None:
        width = self.app.size.width
        right = f" {desk.state}{'  read only' if self._read_only else '  yours'} "
        left = f" {desk.number}  {one_line(desk.patient)}  {desk.age} {desk.sex}  DOS {desk.service_date}"
        self.query_one("#title", PlainText).show(
            (fit(left, max(0, width - len(right))), BOLD), (right, WARN if self._read_only else BOLD)
        )
        facts = f" {desk.kind}  POS {desk.place}  {desk.specialty}  {desk.provider}  {desk.payer}"
        self.query_one("#headline", PlainText).show((fit(one_line(facts), width), PLAIN))

    async def do_why(self, _count: int | None) -> None:
        """Opens the answer."""
        calls = self.session.calls
        self.show_why(await calls.run(calls.practice.why, self._row.item_id))

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the marks mean."""
        return (
            ("1-9 0", "on a procedure line: point it to that diagnosis, or no longer"),
            ("·", "the diagnosis has words of the note as its evidence"),
            ("E W I", "an edit stops, warns or tells"),
        )

    async def _change(self, command: Command, *, read: bool = True) -> Done:
        self._require_open()
        calls = self.session.calls
        done = await calls.run(calls.practice.do, command, key=uuid.uuid4().hex, lease=self.lease)
        self.session.undo_sizes.append(1)
        if read:
            await self.changed(None)
        self.say(done.said, hint="u takes it back")
        return done

    def _asked(self, ask: Ask) -> Awaitable[Answer | None]:
        return self.put(ask, Chosen(self.queue, (self._row,)))

    def _diagnosis(self) -> int:
        if (diagnosis := self._codes.diagnosis) is None:
            raise Refused("The cursor is on no diagnosis.", do="Tab to the codes and go to one.")
        return diagnosis.id

    def _service(self) -> int:
        if (service := self._codes.service) is None:
            raise Refused("The cursor is on no procedure line.", do="Tab to the codes and go to one.")
        return service.id

    def _modifiers(self) -> tuple[str, ...]:
        service = self._codes.service
        return service.modifiers if service else ()
