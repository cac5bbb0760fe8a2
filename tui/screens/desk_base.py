"""What all parts of the coding desk share: its panes, its encounter, and the one way to change it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from store.errors import Refused
from store.work.values import Done, Lease, Row
from tui.asks import Answer, Ask, Chosen
from tui.keys import Place
from tui.screens.base import WorkScreen
from tui.screens.code_search import CodeSearch
from tui.screens.desk_search import DeskFinder
from tui.session import Session
from tui.widgets.desk_codes import DeskCodes
from tui.widgets.desk_findings import DeskFindings
from tui.widgets.desk_note import DeskNote

if TYPE_CHECKING:
    from store.coding.desk import Desk
    from store.coding.suggestions import Offer
    from store.work.command import Command


class DeskBase(WorkScreen):
    """One encounter, held while it is open."""

    place = Place.DESK

    def __init__(self, session: Session, queue: str, row: Row, greeting: str = "") -> None:
        super().__init__(session)
        self._greeting = greeting
        self.queue = queue
        self._row = row
        self._desk: Desk | None = None
        self._read_only = ""
        self._editing: Offer | None = None
        self._note = DeskNote(id="note")
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
        """Carries a command out and says what it did."""
        self.require_open()
        calls = self.session.calls
        done = await calls.run(calls.practice.do, command, key=uuid.uuid4().hex, lease=self.lease)
        self.session.undo_sizes.append(1)
        if read:
            await self.changed(None)
        self.say(done.said, hint="u takes it back" if done.undoable else "")
        return done

    def go_to_added(self, command: Command, done: Done) -> None:
        """Puts the cursor on the code that a command has added."""
        from store.coding.lines import AddLine

        if isinstance(done.result, int):
            line = isinstance(command, AddLine)
            (self._codes.go_to_service if line else self._codes.go_to_diagnosis)(done.result)

    def asked(self, ask: Ask) -> Awaitable[Answer | None]:
        """The answer to a question, None after Esc."""
        return self.put(ask, Chosen(self.queue, (self._row,)))
