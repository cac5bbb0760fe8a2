"""The locked screen: nothing of the work shows, and only its owner goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from store.errors import Refused
from tui.widgets.look import BAD, BOLD, DIM, PLAIN
from tui.widgets.plain import Line, LineInput, PlainText, fold, one_line
from tui.widgets.scroller import Pager

KEPT = (
    "Nothing is lost: what you typed and where you were is kept.",
    "What you had in your hands was given back; it is taken again when you go on, if nobody else took it.",
)
NO_PIN = "You have set no PIN (superbill users pin), so going on takes your own login: start the program again."
AWAY = "The database is away. Enter leaves the program; start it again when the database is back."


class LockedScreen(Screen[None], inherit_bindings=False):
    """Covers everything.  With a PIN it asks for it; without one, Enter leaves the program.

    Until the store has told which it is, no key does anything.
    """

    def __init__(self, unlock: Callable[[str], Awaitable[None]], leave: Callable[[], None]) -> None:
        super().__init__()
        self._unlock, self._leave = unlock, leave
        self._told = False
        self._texts: tuple[str, ...] = KEPT
        self._input = LineInput(id="pin")
        self._input.password = True
        self._text = Pager(id="text")
        self._trying = False

    def compose(self) -> ComposeResult:
        """A title, why nothing shows, a line for the PIN, and what the keys do."""
        yield PlainText(id="title")
        yield self._text
        yield self._input
        yield PlainText(id="keys")
        yield PlainText(id="status")

    def on_mount(self) -> None:
        """Covers, before anything is known."""
        self._text.can_focus = False
        self._input.display = False
        self.query_one("#title", PlainText).show((" superbill is locked", BOLD))

    def tell(self, has_pin: bool | None) -> None:
        """Asks for the PIN, or says that there is none to ask for; None when the database can't say."""
        self._told = True
        self._input.display = bool(has_pin)
        self._texts = KEPT if has_pin else (*KEPT, NO_PIN if has_pin is False else AWAY)
        keys = "PIN and Enter go on   Ctrl-X leaves" if has_pin else "Enter leaves the program"
        self.query_one("#keys", PlainText).show((" " + keys, DIM))
        if has_pin:
            self._input.fill("", hint="PIN")
            self._input.focus()
        self._show()

    def on_resize(self) -> None:
        """Folds anew."""
        self._show()

    def _show(self) -> None:
        width = min(76, self.app.size.width - 4)
        lines: list[Line] = [()]
        for text in self._texts:
            lines += [(("  " + part, PLAIN),) for part in fold(text, width)]
            lines.append(())
        self._text.show(lines)

    def on_key(self, event: events.Key) -> None:
        """Only leaving; every other key does nothing here."""
        event.stop()
        event.prevent_default()
        if self._told and (event.key == "ctrl+x" or (event.key == "enter" and not self._input.display)):
            self._leave()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """A try."""
        event.stop()
        if not self._trying and event.value:
            self._trying = True
            self.run_worker(self._try(event.value))

    async def _try(self, number: str) -> None:
        try:
            await self._unlock(number)
        except Refused as error:
            self._input.fill("", hint="PIN")
            self.query_one("#status", PlainText).show((" " + one_line(str(error)), BAD))
        finally:
            self._trying = False
