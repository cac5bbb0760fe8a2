"""The help: every key that works here and now, read from the registry; typing finds."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from textual import events
from textual.app import ComposeResult

from store.work.values import Why
from tui.keys import Action
from tui.screens.closing import ClosingScreen
from tui.widgets.look import BOLD, DIM, KEY, PLAIN
from tui.widgets.plain import Line, LineInput, PlainText, fit, fold, one_line, width_of
from tui.widgets.scroller import Pager

_KEY_WIDTH = 13
_LABEL_WIDTH = 15
_DESK_MOVES = frozenset({"desk.pane", "desk.pane_back", "desk.find", "desk.book", "desk.past", "desk.history"})
"""What the desk has of its own and changes nothing."""


class HelpScreen(ClosingScreen, inherit_bindings=False):
    """Shows the actions and, below, names that need a word."""

    def __init__(
        self,
        actions: Sequence[Action],
        notes: Sequence[tuple[str, str]] = (),
        about: Why | None = None,
        told: Mapping[str, str] = MappingProxyType({}),
        lacking: Container[str] = frozenset(),
    ) -> None:
        super().__init__()
        self._about, self._told, self._lacking = about, told, lacking
        self._actions = tuple(actions)
        self._notes = tuple(notes)
        self._input = LineInput(hint="type to find", id="find")
        self._text = Pager(id="text")

    def compose(self) -> ComposeResult:
        """A line to type in and the text."""
        yield PlainText(" Help   ↑↓ PgUp PgDn scroll, Esc closes", id="title")
        yield self._input
        yield self._text

    def on_mount(self) -> None:
        """Shows everything."""
        self._text.can_focus = False
        self._input.focus()

    def on_resize(self) -> None:
        """Folds anew."""
        self._show(self._input.value)

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """Keeps what holds all the words."""
        self._show(event.value)

    def on_key(self, event: events.Key) -> None:
        """Scrolls or closes."""
        event.stop()
        if self.hand_on(event.key, event.character):
            return
        if event.key in {"escape", "enter"}:
            self.dismiss()
            return
        move = {"up": "do_up", "down": "do_down", "pageup": "do_page_up", "pagedown": "do_page_down"}.get(event.key)
        if move:
            getattr(self._text, move)(None)

    def on_input_submitted(self) -> None:
        """Enter closes as well."""
        self.dismiss()

    def _show(self, typed: str) -> None:
        words = typed.casefold().split()
        width = self.app.size.width - 2
        lines: list[Line] = self._about_lines(words, width)
        for title, actions in grouped(self._actions):
            shown = [one for one in actions if _holds(words, one.shown, one.label, one.help)]
            if shown:
                lines += [((" " + title, BOLD),), *(line for one in shown for line in self._action(one, width)), ()]
        notes = [(name, means) for name, means in self._notes if _holds(words, name, means)]
        if notes:
            lines.append(((" What is shown", BOLD),))
            lines += [line for name, means in notes for line in _note_lines(name, means, width)]
        self._text.show(lines or [((" Nothing like that.", DIM),)])

    def _action(self, action: Action, width: int) -> list[Line]:
        marks = any(one.id == "mark" for one in self._actions)
        many = " Takes the marked rows." if action.many and marks else ""
        lines = action_lines(action, width, many + self._told.get(action.id, ""))
        if action.id not in self._lacking:
            return lines
        return [tuple((text, DIM) for text, _ in line) for line in lines]

    def _about_lines(self, words: Sequence[str], width: int) -> list[Line]:
        """What is said of the focused item, with the rule's source."""
        if self._about is None or not _holds(words, self._about.title, *self._about.lines, self._about.source):
            return []
        source = [f"Source: {self._about.source}"] if self._about.source else []
        texts = [part for text in (*self._about.lines, *source) for part in fold(one_line(text), width - 2)]
        head: Line = ((" " + one_line(self._about.title), BOLD),)
        return [head, *((("  " + text, PLAIN),) for text in texts), ()]


def grouped(actions: Sequence[Action]) -> list[tuple[str, list[Action]]]:
    """Actions under what they do to the records: work, what asks first, or no change of their own.

    In each what has no key of its own comes last.
    """
    asks = [one for one in actions if one.build and (one.confirm or one.effect)]
    changes = {one.id for one in actions if one.build or (one.id.startswith("desk.") and one.id not in _DESK_MOVES)}
    works = [one for one in actions if one not in asks and one.id in changes]
    rest = [one for one in actions if one not in asks and one not in works]
    groups = (("Work", works), ("Sends, posts or closes; asks first", asks), ("Getting about", rest))
    return [(title, sorted(group, key=lambda one: not one.keys)) for title, group in groups]


def action_lines(action: Action, width: int, told: str = "") -> list[Line]:
    """An action's keys, label and help, folded; `told` is what its commands say."""
    folded = fold(action.help + told, width - _KEY_WIDTH - _LABEL_WIDTH - 2)
    key, indent = ("  " + fit(action.shown, _KEY_WIDTH), KEY), " " * (_KEY_WIDTH + _LABEL_WIDTH + 2)
    if width_of(action.label) >= _LABEL_WIDTH:  # a long name has a line of its own
        return [(key, (action.label, PLAIN)), *(((indent + part, DIM),) for part in folded)]
    first: Line = (key, (fit(action.label, _LABEL_WIDTH), PLAIN), (folded[0], DIM))
    return [first, *(((indent + more, DIM),) for more in folded[1:])]


def _note_lines(name: str, means: str, width: int) -> list[Line]:
    folded = fold(one_line(means), width - _KEY_WIDTH - 4)
    indent, called = " " * (_KEY_WIDTH + 4), one_line(name)
    if width_of(called) > _KEY_WIDTH:  # a long name has a line of its own
        return [(("  " + called, KEY),), *(((indent + part, DIM),) for part in folded)]
    first: Line = (("  " + fit(called, _KEY_WIDTH) + "  ", KEY), (folded[0], DIM))
    return [first, *(((indent + more, DIM),) for more in folded[1:])]


def _holds(words: Sequence[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words)
