"""Code search as a person types: results below, the focused code's notes beside them or beneath."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from store.errors import Refused
from tui.keys import SEARCH, find, shown_key
from tui.widgets.look import BAD, BOLD, CURSOR, DIM, MATCH, PLAIN
from tui.widgets.plain import Line, LineInput, Part, PlainText, fit, fold, one_line, several_lines, with_spans
from tui.widgets.scroller import Pager


class HitLike(Protocol):
    """One code that was found; `matched` are characters of its title, `via` and `phrase` say what matched else."""

    @property
    def code(self) -> str:
        """The code as it is written on a claim or in its book."""
        ...

    @property
    def title(self) -> str:
        """What it means."""
        ...

    @property
    def system(self) -> str:
        """The code set."""
        ...

    @property
    def score(self) -> float:
        """How well it fits."""
        ...

    @property
    def matched(self) -> Sequence[tuple[int, int]]:
        """What matched in the title."""
        ...

    @property
    def via(self) -> str:
        """What matched: code, title, index, an abbreviation."""
        ...

    @property
    def phrase(self) -> str:
        """The wording that matched, if it wasn't the title."""
        ...

    @property
    def in_force(self) -> bool:
        """Whether it is valid on the date of service."""
        ...

    @property
    def billable(self) -> bool:
        """Whether it may stand on a claim."""
        ...


NOTHING = "Nothing was found."

_LEARNED = ("picked", "favourite")

Search = Callable[[str], Awaitable[Sequence[HitLike]]]
Notes = Callable[[HitLike], Awaitable[Sequence[str]]]


class CodeSearch(Vertical):
    """A panel with an input on top.  One search runs at a time and only the last text that was typed counts."""

    class Picked(Message):
        """Enter was pressed on a code."""

        def __init__(self, hit: HitLike, typed: str) -> None:
            super().__init__()
            self.hit = hit
            self.typed = typed

    class Closed(Message):
        """Esc was pressed; the text stays for the next time."""

    class Turned(Message):
        """The next code set is to be searched."""

    class Favoured(Message):
        """The focused code is to be a favourite, or no longer."""

        def __init__(self, hit: HitLike) -> None:
            super().__init__()
            self.hit = hit

    class Forgotten(Message):
        """What was learned for the typed phrase is to be forgotten."""

        def __init__(self, typed: str) -> None:
            super().__init__()
            self.typed = typed

    def __init__(self, search: Search, notes: Notes | None = None, *, hint: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._search = search
        self._notes = notes
        self._input = LineInput(hint=hint or "words, a code or a part of one", id="find")
        self._scope = PlainText(id="scope")
        self._results = Pager(id="results")
        self._about = Pager(id="about")
        self._hits: tuple[HitLike, ...] = ()
        self._error = ""
        self._nothing = NOTHING
        self._selected = 0
        self._searching = False
        self._searched: str | None = None

    def compose(self) -> ComposeResult:
        """The line, the results and the notes."""
        yield self._input
        yield self._scope
        with Vertical(id="found"):
            yield self._results
            yield self._about

    def on_mount(self) -> None:
        """The results are reached with the arrows, never by focus."""
        self._results.can_focus = self._about.can_focus = False
        self._scope.display = False

    def start(self, text: str | None = None) -> None:
        """Puts the focus in the line, with another text if one is given."""
        if text is not None:
            self._input.fill(text, typed_over=True)
        self._input.focus()

    def take_typed(self, character: str) -> None:
        """A letter that was typed before the line had the focus."""
        self._input.put_in(character)

    def again(self, scope: str | None = None, nothing: str | None = None) -> None:
        """Asks once more, as what is searched or what was learned has changed.

        `scope` tells what is searched, `nothing` what is said where nothing was found there.
        """
        self._nothing = self._nothing if nothing is None else nothing
        if scope is not None:
            self._scope.display = bool(scope)
            keys = "  ".join(f"{shown_key(one.keys[0])} {one.label}" for one in SEARCH)
            self._scope.show((f" {scope}  {keys}", DIM))
        self._searched = None
        self._ask()

    @property
    def hit(self) -> HitLike | None:
        """The focused code."""
        return self._hits[self._selected] if self._selected < len(self._hits) else None

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """Another letter; a search that runs is followed by one for the latest text."""
        event.stop()
        self._ask()

    def _ask(self) -> None:
        if not self._searching:
            self._searching = True
            self.run_worker(self._follow(), group="search")

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """Picks the focused code, if the results belong to what is typed."""
        event.stop()
        if self.hit is not None and self._searched == self._input.value:
            self.post_message(self.Picked(self.hit, self._input.value))

    def on_key(self, event: events.Key) -> None:
        """Steps through the results or closes."""
        steps = {"up": -1, "down": 1, "pageup": -self._results.size.height, "pagedown": self._results.size.height}
        if event.key == "escape":
            event.stop()
            self.post_message(self.Closed())
        elif event.key in steps and self._hits:
            event.stop()
            self._select(self._selected + steps[event.key])
        elif (action := find(SEARCH, event.key)) is not None:
            event.stop()
            getattr(self, action.method)()

    def do_search_turn(self) -> None:
        """Asks for the next code set."""
        self.post_message(self.Turned())

    def do_search_favourite(self) -> None:
        """Tells which code is favoured."""
        if self.hit is not None:
            self.post_message(self.Favoured(self.hit))

    def do_search_forget(self) -> None:
        """Tells for which phrase picks are forgotten."""
        if self._input.value.strip():
            self.post_message(self.Forgotten(self._input.value))

    def on_resize(self) -> None:
        """Fits the titles anew."""
        self._show()

    async def _follow(self) -> None:
        try:
            while self._searched != (text := self._input.value):
                try:
                    hits, error = tuple(await self._search(text)), ""
                except Refused as refused:
                    hits, error = (), str(refused)
                self._searched = text
                if text == self._input.value:
                    self._hits, self._error, self._selected = hits, error, 0
                    self._show()
                    self._show_notes()
        finally:
            self._searching = False

    def _select(self, index: int) -> None:
        self._selected = max(0, min(index, len(self._hits) - 1))
        self._show()
        self._results.show_line(self._selected)
        self._show_notes()

    def _show(self) -> None:
        width = self._results.size.width
        told = len({hit.system for hit in self._hits}) > 1
        lines = [hit_line(hit, width, selected=at == self._selected, system=told) for at, hit in enumerate(self._hits)]
        self._results.show(lines or self._empty(width), keep_place=self._selected > 0)

    def _empty(self, width: int) -> list[Line]:
        if self._error:
            return [((" Not done: ", BAD), (one_line(self._error), PLAIN))]
        return (
            [((f" {line}", DIM),) for line in fold(self._nothing, width - 1)] if (self._searched or "").strip() else []
        )

    def _show_notes(self) -> None:
        if self._notes is None or self.hit is None:
            self._about.show(())
        else:
            self.run_worker(self._read_notes(self.hit, self._notes), group="notes", exclusive=True)

    async def _read_notes(self, hit: HitLike, notes: Notes) -> None:
        try:
            texts = await notes(hit)
        except Refused as refused:
            texts = (str(refused),)
        if hit is not self.hit:
            return
        width = max(20, self._about.size.width - 2)
        title = [((" " + part, BOLD),) for part in fold(f"{one_line(hit.code)} {one_line(hit.title)}", width)]
        lines = [((" " + p, PLAIN),) for text in texts for one in several_lines(text) for p in fold(one, width)]
        told = hit.phrase or any(word in hit.via for word in _LEARNED)
        found = f"found by {one_line(hit.via)}{': ' if hit.phrase else ''}{one_line(hit.phrase)}" if told else ""
        by: list[Line] = [((" " + part, DIM),) for part in fold(found, width)] if found else []
        self._about.show([*title, *by, *lines])


def hit_line(hit: HitLike, width: int, *, selected: bool = False, system: bool = True) -> Line:
    """A code and its title with what matched picked out.  `-`: it can't stand on a claim; `x`: it isn't in force."""
    title = hit.title if one_line(hit.title) == hit.title else one_line(hit.title)
    spans = [(start, end, MATCH) for start, end in hit.matched]
    where = f" {one_line(hit.system)}" if system else ""
    room = max(0, width - 13 - len(where))
    head: tuple[Part, ...] = (
        ("x" if not hit.in_force else " " if hit.billable else "-", DIM),
        (fit(one_line(hit.code), 10), BOLD if hit.billable and hit.in_force else DIM),
        ("  ", PLAIN),
    )
    fitted = fit(title, room)
    kept = [span for span in spans if span[0] < len(fitted)]
    line: Line = (*head, *with_spans(((fitted, PLAIN),), kept), (where, DIM))
    return tuple((text, style + CURSOR) for text, style in line) if selected else line
