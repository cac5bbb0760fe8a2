"""Lines with a cursor on those that stand for something; headings are passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.message import Message

from tui.widgets.look import BOLD, CURSOR
from tui.widgets.plain import Line, fit
from tui.widgets.scroller import Scroller

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Thing]):
    """One line and what it stands for; None for a heading."""

    line: Line
    thing: Thing | None = None


class Picking(Scroller, Generic[Thing]):
    """A list of entries with one cursor."""

    class Moved(Message):
        """The cursor stands on something else."""

        def __init__(self, pane: Picking[object]) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: list[Entry[Thing]] = []
        self.index = 0

    def lay_out(self, width: int) -> list[Entry[Thing]]:
        """The entries at a width."""
        raise NotImplementedError

    def fill(self) -> None:
        """Lays everything out anew; the cursor stays where it was, or as near as it can."""
        self._entries = self.lay_out(max(30, self.size.width))
        self._settle(self.index)

    @property
    def thing(self) -> Thing | None:
        """What the cursor stands on."""
        return self._entries[self.index].thing if self.index < len(self._entries) else None

    @property
    def things(self) -> Sequence[Thing]:
        """Everything that the cursor can stand on."""
        return [entry.thing for entry in self._entries if entry.thing is not None]

    def go_where(self, wanted: Callable[[Thing], bool]) -> bool:
        """Puts the cursor on the first thing that fits; False when there is none."""
        for index, entry in enumerate(self._entries):
            if entry.thing is not None and wanted(entry.thing):
                self._put(index)
                return True
        return False

    def line_count(self) -> int:
        """All entries."""
        return len(self._entries)

    def line_at(self, index: int) -> Line:
        """One of them; the one under the cursor reversed while the pane has the focus."""
        entry = self._entries[index]
        if index != self.index or entry.thing is None:
            return entry.line
        text = "".join(part for part, _ in entry.line)
        return ((fit(text, self.size.width), CURSOR if self.has_focus else BOLD),)

    def on_resize(self) -> None:
        """Fits the titles anew and keeps the cursor in sight."""
        self.fill()
        self.show_line(self.index)

    def on_focus(self) -> None:
        """The cursor becomes visible."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks different without the focus."""
        self.refresh()

    def do_down(self, count: int | None) -> None:
        """The next one."""
        self._step(count or 1)

    def do_up(self, count: int | None) -> None:
        """The one before."""
        self._step(-(count or 1))

    def do_top(self, _count: int | None) -> None:
        """The first one."""
        self._settle(0)

    def do_bottom(self, _count: int | None) -> None:
        """The last one."""
        self._settle(len(self._entries) - 1)

    def find(self, words: str) -> bool:
        """Puts the cursor on the next entry that holds the words (empty: the same words as before)."""
        self.words = words or self.words
        found = self._line_with(self.words, self.index + 1) if self.words else None
        if found is not None:
            self._settle(found)
        self.refresh()
        return found is not None

    def _places(self) -> list[int]:
        return [index for index, entry in enumerate(self._entries) if entry.thing is not None]

    def _step(self, by: int) -> None:
        places = self._places()
        if not places:
            return
        at = places.index(self.index) if self.index in places else 0
        self._put(places[max(0, min(at + by, len(places) - 1))])

    def _settle(self, index: int) -> None:
        places = self._places()
        if places:
            self._put(min(places, key=lambda place: (abs(place - index), place)))
        else:
            self.index = 0
            self.refresh()

    def _put(self, index: int) -> None:
        self.index = index
        self.show_line(index)
        self.refresh()
        self.post_message(self.Moved(self))  # type: ignore[arg-type]
