"""A panel above the footer that comes and goes without moving what is behind: choices, and answers to `why`."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from store.work.values import Why
from tui.asks import Choice
from tui.widgets.look import BOLD, CURSOR, DIM, KEY, PLAIN
from tui.widgets.plain import Line, fit, fold, one_line, several_lines, title_border, width_of
from tui.widgets.scroller import Pager


class Drawer(Pager, can_focus=True):
    """Hidden until it has something to show."""

    class Clicked(Message):
        """A line of it was clicked."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def on_click(self, event: events.Click) -> None:
        """Tells which line, without the border above it."""
        event.stop()
        self.post_message(self.Clicked(self.top + event.y - 1))

    def on_mount(self) -> None:
        """Starts hidden."""
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether it shows something."""
        return bool(self.display)

    def open_lines(self, lines: Sequence[Line]) -> None:
        """Shows lines, as high as they need and the screen allows."""
        self.display = True
        self.show(lines)
        self.call_after_refresh(self._tell_more)

    def go_to(self, line: int) -> None:
        """Scrolls; the border says where there is more."""
        super().go_to(line)
        self._tell_more()

    def _tell_more(self) -> None:
        below = self.top + self.size.height < self.line_count()
        title_border(self, " ↓ more " if below else " ↑ more " if self.top else "")

    def open_why(self, why: Why, width: int) -> None:
        """Shows an answer to `why`."""
        lines: list[Line] = [((one_line(why.title), BOLD),)]
        for sentence in why.lines:
            lines += [((part, PLAIN),) for line in several_lines(sentence) for part in fold(line, width)]
        if why.source:
            lines += [((part, DIM),) for part in fold("Source: " + one_line(why.source), width)]
        self.open_lines(lines)

    def open_choices(self, choices: Sequence[Choice], selected: int, width: int, *, digits: bool = True) -> None:
        """Shows what can be picked: the first nine with a digit where these are taken, any with a key of its own."""
        labels = min(max((width_of(choice.label) for choice in choices), default=0), width // 2)
        heads = [choice.key for choice in choices]
        if digits:
            heads = [f"{at if at < 10 else ' '} {key}".rstrip() for at, key in enumerate(heads, 1)]
        head = max(map(len, heads), default=0)
        lines = [
            choice_line(fit(heads[at], head), choice, labels, width, selected=at == selected)
            for at, choice in enumerate(choices)
        ]
        self.display = True
        self.show(lines or [(("nothing like that", DIM),)], keep_place=True)
        self.call_after_refresh(self.show_line, selected)
        self.call_after_refresh(self._tell_more)

    def close(self) -> None:
        """Hides it."""
        self.display = False
        self.show(())


def choice_line(head: str, choice: Choice, labels: int, width: int, *, selected: bool) -> Line:
    """A choice: its key, its label in `labels` cells and a word more."""
    room = max(0, width - len(head) - labels - 6)
    line: Line = (
        (f" {head} ", KEY),
        (fit(one_line(choice.label), labels) + "  ", PLAIN),
        (fit(one_line(choice.more), room), DIM),
    )
    return tuple((text, CURSOR if selected else style) for text, style in line)
