"""A screen that closes once, however fast one types."""

from __future__ import annotations

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen


class ClosingScreen(Screen[None], inherit_bindings=False):
    """Keys that were on their way to it when it closed are not for it any more, and close nothing below it."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Closes it, if it is the one on top."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def hand_on(self, name: str, character: str | None) -> bool:
        """Gives a key to the screen that stands above or instead of this one by now; whether there is one."""
        if self.app.screen is self:
            return False
        self.app.post_message(events.Key(name, character))
        return True
