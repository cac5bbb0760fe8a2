"""A note to read: folded at words, with places picked out, words to find and a span to select by keyboard."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from textual.message import Message

from store.text import clean_note
from tui.keys import NOTE, Action, Place, at
from tui.widgets.look import PLAIN, SELECTED
from tui.widgets.plain import Line, Span, width_of
from tui.widgets.scroller import Scroller

_WORD = re.compile(r"\S+")
_WRAPPED = re.compile(r"(?<=[^\n]{60}\S)\n(?=[a-z])")


_STOPS = ",;:."


class NotePane(Scroller):
    """Shows a note.  All offsets that go in and come out are into the text as it was given."""

    ACTIONS: tuple[Action, ...] = (*Scroller.ACTIONS, *at(Place.NOTE, NOTE))

    class Selected(Message):
        """The selection changed; `span` is None when it was dropped."""

        def __init__(self, span: tuple[int, int] | None) -> None:
            super().__init__()
            self.span = span

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source = ""
        self._text = ""
        self._starts: list[int] = [0]
        self._lines: list[tuple[int, int]] = [(0, 0)]
        self._words: list[tuple[int, int]] = []
        self._spans: tuple[Span, ...] = ()
        self._anchor: int | None = None
        self._head = 0
        self._width = 0
        self.set_text(text)

    def set_text(self, text: str, spans: Iterable[Span] = ()) -> None:
        """Shows another note from its start."""
        self._source = text
        self._text = _unwrapped(_same_length(text))
        self._words = [found.span() for found in _WORD.finditer(self._text)]
        self._spans = tuple(spans)
        self._anchor, self.top, self.words = None, 0, ""
        self._fold()
        self.refresh()

    def set_spans(self, spans: Iterable[Span]) -> None:
        """Picks out places of the text: (start, end, style)."""
        self._spans = tuple(spans)
        self.refresh()

    def show_span(self, start: int) -> None:
        """Scrolls to a place of the text if it isn't in sight."""
        self.show_line(self._line_of(start))

    @property
    def selected(self) -> tuple[int, int] | None:
        """The selection as offsets into the text that was given, without the comma or stop behind its last word."""
        if self._anchor is None:
            return None
        first, last = sorted((self._anchor, self._head))
        start, end = self._words[first][0], self._words[last][1]
        return start, start + (len(self._source[start:end].rstrip(_STOPS)) or end - start)

    @property
    def selected_text(self) -> str:
        """What is selected, as it was given."""
        span = self.selected
        return self._source[span[0] : span[1]] if span else ""

    def copied(self) -> str:
        """What is selected, for the clipboard."""
        return self.selected_text

    def drop_selection(self) -> bool:
        """Ends selecting; False when nothing was selected."""
        had = self._anchor is not None
        self._anchor = None
        if had:
            self._changed()
        return had

    # Lines

    def line_count(self) -> int:
        """Lines at the present width."""
        return len(self._lines)

    def line_at(self, index: int) -> Line:
        """One folded line; a tab takes one cell, so that offsets and cells agree."""
        start, end = self._lines[index]
        return ((self._text[start:end], PLAIN),)

    def spans_at(self, index: int) -> Sequence[Span]:
        """Marks of the note, found words and the selection, in this order."""
        start, end = self._lines[index]
        spans = [(a - start, b - start, style) for a, b, style in self._spans if a < end and b > start]
        spans += super().spans_at(index)
        if (selected := self.selected) and selected[0] < end and selected[1] > start:
            spans.append((selected[0] - start, selected[1] - start, SELECTED))
        return spans

    def on_resize(self) -> None:
        """Folds anew and stays at the same place of the text."""
        if self.size.width != self._width:
            place = self._starts[min(self.top, len(self._starts) - 1)]
            self._fold()
            self.top = self._line_of(place)
            self.refresh()
        super().on_resize()

    # Selecting

    def do_select(self, _count: int | None) -> None:
        """Starts at the found words, else at the first word in sight."""
        if self.drop_selection() or not self._words:
            return
        start = self._starts[min(self.top, len(self._starts) - 1)]
        if self.words:
            place = self._text.casefold().find(self.words.casefold(), start)
            start = place if place >= 0 else start
        self._anchor = self._head = self._word_at(start)
        self._changed()

    def do_wider(self, count: int | None) -> None:
        """One word more, or as many as the count."""
        self._extend(self._head + (count or 1))

    def do_narrower(self, count: int | None) -> None:
        """One word less."""
        self._extend(self._head - (count or 1))

    def do_word(self, count: int | None) -> None:
        """The selection becomes the next word."""
        self._jump(count or 1)

    def do_word_back(self, count: int | None) -> None:
        """The selection becomes the word before."""
        self._jump(-(count or 1))

    def do_down(self, count: int | None) -> None:
        """Down, or the selection grows by lines."""
        if self._anchor is None:
            super().do_down(count)
        else:
            self._extend_lines(count or 1)

    def do_up(self, count: int | None) -> None:
        """Up, or the selection shrinks by lines."""
        if self._anchor is None:
            super().do_up(count)
        else:
            self._extend_lines(-(count or 1))

    def do_find_next(self, _count: int | None) -> None:
        """The next place."""
        self.find("")

    def do_find_previous(self, _count: int | None) -> None:
        """The place before."""
        if not self.words:
            return
        wanted = self.words.casefold()
        total = self.line_count()
        for step in range(1, total + 1):
            index = (self.top - step) % total
            if wanted in self.line_at(index)[0][0].casefold():
                self.go_to(index)
                return

    def _extend(self, head: int) -> None:
        if self._anchor is None:
            return
        self._head = max(0, min(head, len(self._words) - 1))
        self._changed()

    def _extend_lines(self, by: int) -> None:
        start = self._words[self._head][0]
        line = self._line_of(start)
        target = max(0, min(line + by, self.line_count() - 1))
        column = start - self._starts[line]
        first, end = self._lines[target]
        self._extend(self._word_at(min(first + column, max(first, end - 1))))

    def _jump(self, by: int) -> None:
        if self._anchor is None:
            self.do_select(None)
            return
        self._anchor = self._head = max(0, min(self._head + by, len(self._words) - 1))
        self._changed()

    def _changed(self) -> None:
        if self._anchor is not None:
            self.show_span(self._words[self._head][0])
        self.refresh()
        self.post_message(self.Selected(self.selected))

    # Places

    def _fold(self) -> None:
        self._width = self.size.width
        self._lines = _folded(self._text, max(self._width, 8))
        self._starts = [start for start, _ in self._lines]

    def _line_of(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def _word_at(self, offset: int) -> int:
        at_or_before = bisect_right(self._words, (offset, len(self._text) + 1)) - 1
        if at_or_before >= 0 and self._words[at_or_before][1] > offset:
            return at_or_before
        return min(at_or_before + 1, len(self._words) - 1)


def _same_length(text: str) -> str:
    """The text made harmless, one character for one, so that offsets stay."""
    cleaned = clean_note(text)
    if len(cleaned) == len(text):
        return cleaned
    return "".join(one if len(one := clean_note(character)) == 1 else "\ufffd" for character in text)


def _unwrapped(text: str) -> str:
    """Lines that were wrapped where the note was written run on, so that they fold at the width of the pane."""
    return _WRAPPED.sub(" ", text)


def _folded(text: str, width: int) -> list[tuple[int, int]]:
    """Start and end of each line, broken after spaces where possible."""
    lines: list[tuple[int, int]] = []
    start = 0
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        at_ = start
        while width_of(text[at_:end]) > width:
            cut = at_ + _fitting(text[at_:end], width)
            space = text.rfind(" ", at_ + 1, cut + 1)
            stop = space + 1 if space > 0 else cut
            lines.append((at_, stop))
            at_ = stop
        lines.append((at_, end))
        start = end + 1
    return lines


def _fitting(text: str, width: int) -> int:
    if text.isascii():
        return width
    taken = 0
    for count, character in enumerate(text):
        taken += width_of(character)
        if taken > width:
            return max(1, count)
    return len(text)
