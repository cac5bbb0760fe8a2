"""Lines that scroll: the base of every text that is read, and the plain pager."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.keys import MOVES, Action
from tui.widgets.look import FOUND
from tui.widgets.plain import Line, Span, strip, with_spans


class Scroller(Widget, can_focus=True, inherit_bindings=False):
    """Draws its own lines from `top` on, so that a long text costs no more than a short one."""

    ACTIONS: tuple[Action, ...] = MOVES

    class FindAsked(Message):
        """A person wants to find words in this text."""

        def __init__(self, scroller: Scroller) -> None:
            super().__init__()
            self.scroller = scroller

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.top = 0
        self.words = ""

    def line_count(self) -> int:
        """How many lines there are at the present width."""
        raise NotImplementedError

    def line_at(self, index: int) -> Line:
        """One line, ready to be shown."""
        raise NotImplementedError

    def spans_at(self, index: int) -> Sequence[Span]:
        """What is picked out in a line."""
        line_text = "".join(text for text, _ in self.line_at(index)).casefold()
        return [(at, at + len(self.words), FOUND) for at in _places(line_text, self.words.casefold())]

    def find(self, words: str) -> bool:
        """Goes to the next line that holds the words (empty: the same words as before)."""
        again = not words or words == self.words
        self.words = words or self.words
        found = self._line_with(self.words, self.top + 1 if again else self.top) if self.words else None
        if found is not None:
            self.go_to(found)
        self.refresh()
        return found is not None

    def go_to(self, line: int) -> None:
        """Puts a line at the top, as far as there is text to fill the rest."""
        top = max(0, min(line, self.line_count() - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def show_line(self, line: int) -> None:
        """Scrolls only if the line isn't in sight, and then to the middle."""
        height = self.size.height  # nothing, while it is hidden
        if height and not self.top <= line < self.top + height:
            self.go_to(line - height // 2)

    def render_line(self, y: int) -> Strip:
        """Draws one line."""
        index = self.top + y
        if index >= self.line_count():
            return Strip.blank(self.size.width, self.rich_style)
        return strip(with_spans(self.line_at(index), self.spans_at(index)), self.size.width, self.rich_style)

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        """As many lines as there are, for a height of `auto`."""
        return max(1, self.line_count())

    def refresh_line(self, line: int) -> None:
        """Draws one line again."""
        self.refresh(Region(0, line - self.top, self.size.width, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Down by a few lines."""
        event.stop()
        self.do_down(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Up by a few lines."""
        event.stop()
        self.do_up(3)

    def on_resize(self) -> None:
        """Keeps the end of the text at the end of the window."""
        self.go_to(self.top)

    def do_down(self, count: int | None) -> None:
        """Down by lines."""
        self.go_to(self.top + (count or 1))

    def do_up(self, count: int | None) -> None:
        """Up by lines."""
        self.go_to(self.top - (count or 1))

    def do_page_down(self, count: int | None) -> None:
        """Down by screenfuls, keeping one line of what was read."""
        self.go_to(self.top + (self.size.height - 1) * (count or 1))

    def do_page_up(self, count: int | None) -> None:
        """Up by screenfuls."""
        self.go_to(self.top - (self.size.height - 1) * (count or 1))

    def do_top(self, count: int | None) -> None:
        """To a line, or the first."""
        self.go_to((count or 1) - 1)

    def do_bottom(self, count: int | None) -> None:
        """To the end."""
        self.go_to((count - 1) if count else self.line_count())

    def do_find(self, _count: int | None) -> None:
        """Asks for words to find."""
        self.post_message(self.FindAsked(self))

    def _line_with(self, words: str, start: int) -> int | None:
        total = self.line_count()
        wanted = words.casefold()
        for step in range(total):
            index = (start + step) % total
            if wanted in "".join(text for text, _ in self.line_at(index)).casefold():
                return index
        return None


class Pager(Scroller):
    """A text that was laid out beforehand."""

    def __init__(self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = tuple(lines)

    def show(self, lines: Sequence[Line], *, keep_place: bool = False) -> None:
        """Shows other lines, from the start unless `keep_place`; unchanged lines aren't drawn again."""
        before, self._lines = self._lines, tuple(lines)
        top = self.top if keep_place else 0
        if len(before) != len(self._lines) and self.styles.auto_dimensions:
            self.refresh(layout=True)
        if top != self.top:
            self.top = max(0, min(top, self.line_count() - self.size.height))
            self.refresh()
            return
        for index in range(self.top, self.top + self.size.height):
            if before[index : index + 1] != self._lines[index : index + 1]:
                self.refresh_line(index)

    def line_count(self) -> int:
        """How many lines were given."""
        return len(self._lines)

    def line_at(self, index: int) -> Line:
        """One of the lines given."""
        return self._lines[index]


def _places(text: str, words: str) -> list[int]:
    places: list[int] = []
    at = text.find(words) if words else -1
    while at >= 0:
        places.append(at)
        at = text.find(words, at + len(words))
    return places
