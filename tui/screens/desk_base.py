"""What all parts of the coding desk share: its panes, its encounter, and the one way to change it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from store.errors import Refused
from store.work.values import Done, Lease, Row
from tui.asks import Answer, Ask, Chosen
from tui.keys import Action, Place
from tui.screens.base import WorkScreen
from tui.screens.code_search import CodeSearch
from tui.screens.desk_search import DeskFinder
from tui.session import Repeat, Session
from tui.widgets.desk_codes import DeskCodes
from tui.widgets.desk_findings import DeskFindings
from tui.widgets.note_pane import NotePane

if TYPE_CHECKING:
    from store.coding.desk import Desk
    from store.coding.suggestions import NoteAdvice, Offer
    from store.work.command import Command


ASKED_ANEW = frozenset({"desk.finish", "desk.query", "desk.override", "desk.review", "desk.worksheet"})
"""What rests on this one note: done again by `.`, it asks again."""


class DeskBase(WorkScreen):
    """One encounter, held while it is open."""

    place = Place.DESK
    advice: NoteAdvice | None = None

    def __init__(self, session: Session, queue: str, row: Row, greeting: str = "") -> None:
        super().__init__(session)
        self._greeting = greeting
        self.queue = queue
        self._row = row
        self._desk: Desk | None = None
        self._read_only = ""
        self._editing: Offer | None = None
        self._doing: Repeat | None = None
        self._given: dict[str, Answer] = {}
        self._seen = ""
        self._note = NotePane(id="note")
        self._codes = DeskCodes(id="codes")
        self._edits = DeskFindings(id="edits")
        self._finder = DeskFinder(session.calls)
        self._search = CodeSearch(self._finder.search, self._finder.notes, id="search")

    @property
    def lease(self) -> Lease | None:
        """The lease, while it is held."""
        return self.session.leases.of(self._row.item_id)

    @property
    def encounter_id(self) -> int:
        """The encounter on the desk."""
        return self._row.subject_id

    @property
    def offered(self) -> tuple[Offer, ...] | None:
        """What was suggested, None until the note was read."""
        return self.advice.offers if self.advice is not None else None

    async def go_on(self) -> None:
        """Takes the next encounter, or goes back when there is none."""
        raise NotImplementedError

    def open_search(self, kind: str, text: str) -> None:
        """Opens the search of 'icd' or 'procedures' with words in its line."""
        raise NotImplementedError

    async def changed(self, _action: object) -> None:
        """Reads the encounter again."""
        raise NotImplementedError

    def require_open(self) -> Desk:
        """The encounter, refused while it may only be read."""
        if self._read_only or self._desk is None:
            raise Refused(self._read_only or "The encounter isn't there yet.")
        return self._desk

    async def change(self, command: Command, *, read: bool = True) -> Done:
        """Carries a command out, says what it did, and keeps how it came to it for `.`."""
        done = await self.learn(command)
        if self._doing is not None:
            self.session.repeat = self._doing
        if read:
            await self.changed(None)
        self.say(done.said, hint="u takes it back" if done.undoable else "")
        return done

    async def learn(self, command: Command) -> Done:
        """Carries a command out that changes nothing of the encounter."""
        self.require_open()
        calls = self.session.calls
        done = await calls.run(calls.practice.do, command, key=uuid.uuid4().hex, lease=self.lease)
        self.session.undo_sizes.append(1)
        return done

    async def add_code(self, code: str, *, procedure: bool = False) -> None:
        """Adds a code with the selected words as its evidence, or a line, and puts the cursor there."""
        from store.coding.shelf import adding

        span = self._note.selected or (None, None)
        command = adding(self.encounter_id, code, span, procedure=procedure)
        done = await self.change(command)
        self._note.drop_selection()
        self.go_to_added(command, done)

    def go_to_added(self, command: Command, done: Done) -> None:
        """Puts the cursor on the code that a command has added."""
        from store.coding.lines import AddLine

        if isinstance(done.result, int):
            line = isinstance(command, AddLine)
            (self._codes.go_to_service if line else self._codes.go_to_diagnosis)(done.result)

    async def asked(self, ask: Ask) -> Answer | None:
        """The answer to a question, None after Esc; what is repeated has answered it already."""
        answer = self._given.pop(ask.name, None)
        self._seen = ask.first
        if answer is None:
            answer = await self.put(ask, Chosen(self.queue, (self._row,)))
            self._seen = self.prompt.over
        if answer is not None and self._doing is not None and self._doing.action.id not in ASKED_ANEW:
            self._doing.answers[ask.name] = answer
        return answer

    # What `.` does again

    def begin(self, name: str, count: int | None = None, **answers: Answer) -> None:
        """Notes what is done now, by its action's id; once it has changed something `.` does the same again."""
        action = next((one for one in self.actions() if one.id == name), None)
        self._doing = Repeat(self.queue, action, answers, count) if action is not None else None

    def perform(self, action: Action, count: int | None = None) -> None:
        """Does an action, and notes which."""
        if action.id != "repeat":
            self._given = {}
            self.begin(action.id, count)
        super().perform(action, count)

    async def do_repeat(self, count: int | None) -> None:
        """Does the last thing again on this encounter, on what is under the cursor now."""
        last = self.session.repeat
        if last is None or last.action.build is not None or last.action not in self.actions():
            await super().do_repeat(count)
            return
        self.begin(last.action.id, last.count if count is None else count)
        self._given = {} if count is not None else dict(last.answers)
        try:
            result = getattr(self, last.action.method)(self._doing.count if self._doing else None)
            if result is not None:
                await result
        finally:
            self._given = {}
