"""The two lines at the foot of every screen: the keys that matter here, and what was last said."""

from __future__ import annotations

from collections.abc import Container, Sequence

from textual import events
from textual.message import Message

from tui.keys import Action, footer
from tui.widgets.look import BAD, DIM, KEY, PLAIN
from tui.widgets.plain import Part, PlainText, width_of


class KeysLine(PlainText):
    """At most six keys, and `? help` at the right edge."""

    class Clicked(Message):
        """An action was clicked."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    def on_click(self, event: events.Click) -> None:
        """Tells which action stands there."""
        event.stop()
        for start, end, name in self._spans:
            if start <= event.x < end:
                self.post_message(self.Clicked(name))

    def set_actions(
        self, actions: Sequence[Action], *, marked: int = 0, lacking: Container[str] = frozenset(), helped: bool = True
    ) -> None:
        """Shows these actions; one that takes many rows says how many, one that the role lacks stands in brackets.

        `helped` is whether `?` shows help here.
        """
        self._actions, self._marked, self._lacking = tuple(actions), marked, lacking
        self._helped = helped
        self._draw()

    def on_mount(self) -> None:
        """Starts without keys."""
        if not hasattr(self, "_actions"):
            self.set_actions(())

    def on_resize(self) -> None:
        """Shows as many keys as fit."""
        self._draw()

    def _draw(self) -> None:
        room = self.size.width - len("? help") - 1
        parts: list[Part] = []
        self._spans = [(room, self.size.width, "help")] if self._helped else []
        left = room
        for action in footer(self._actions):
            times = f" {self._marked}" if self._marked and action.many else ""
            lacks = action.id in self._lacking
            key, label = action.first_key, f" {action.label}{times}  "
            if lacks:
                key, label = f"({key}", f" {action.label})  "
            if width_of(key + label) > room:
                break
            self._spans.append((left - room, left - room + width_of(key + label), action.id))
            room -= width_of(key + label)
            parts += [(key, DIM if lacks else KEY), (label, DIM if lacks else PLAIN)]
        end: list[Part] = [("?", KEY), (" help", PLAIN)] if self._helped else []
        self.show(*parts, (" " * max(0, room), PLAIN), *end)


class StatusLine(PlainText):
    """What the last key did.  A refusal starts with words that say so; it may take three lines."""

    said = ""

    def say(self, text: str, *, hint: str = "") -> None:
        """Says what happened."""
        self.said = text
        self.show((text, PLAIN), ("  " + hint if hint else "", DIM))

    def refuse(self, text: str) -> None:
        """Says what was not done and why."""
        self.show(("Not done: ", BAD), (text, PLAIN))

    def wait(self, text: str) -> None:
        """Says what is under way."""
        self.show((text, DIM))
