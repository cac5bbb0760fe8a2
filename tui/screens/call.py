"""The call screen: who is on the line, what to say, and what came of it by one digit or one key."""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import Refused
from store.work.values import Row
from tui.screens.record import RecordScreen
from tui.session import Session
from tui.widgets.look import DIM
from tui.widgets.plain import PlainText

OUTCOMES = ("no answer", "message left", "wrong number", "refused", "stopped")


class CallScreen(RecordScreen):
    """One call.  Digits are outcomes here; the balance appears once the identity is checked."""

    def __init__(self, session: Session, queue: str, row: Row) -> None:
        super().__init__(session, queue, lambda: session.calls.practice.record(queue, row.subject_id), row)

    def show_tab(self, key: str) -> None:
        """A digit is an outcome."""
        action = next((one for one in self.actions() if one.id == f"calls.{key}"), None)
        if action is None:
            self.status.say("That is no outcome.", hint="1 to 5")
        else:
            self.perform(action)

    def _show_head(self) -> None:
        """The outcomes stand where other records have their tabs."""
        super()._show_head()
        names = " ".join(f" {number} {what} " for number, what in enumerate(OUTCOMES, 1))
        self.query_one("#tabs", PlainText).show((names, DIM))

    async def do_ledger(self, count: int | None) -> None:
        """The ledger, once the identity is checked."""
        if self._record is None or "checked" not in self._record.state:
            raise Refused("The identity is not checked yet.", do="Check two items first (c).")
        await super().do_ledger(count)

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """The digits."""
        return [(str(number), what) for number, what in enumerate(OUTCOMES, 1)]
