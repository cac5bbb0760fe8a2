"""The code book: up and down the tree with the notes of every level, and from the index to the tabular list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from store.errors import Refused
from store.work.values import Why
from tui.asks import Chosen, Words
from tui.keys import BOOK, COMMON, MOVES, NOTE, Action, Place, at
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.widgets.book_lines import (
    NOTE_KINDS,
    NOTE_MEANS,
    TREE_MEANS,
    index_line,
    level_line,
    note_lines,
    why_entry,
    why_page,
)
from tui.widgets.look import BOLD, DIM, WARN
from tui.widgets.picking import Entry, Picking
from tui.widgets.plain import PlainText, fit, one_line
from tui.widgets.scroller import Pager

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from codesets.library.alphabetic import IndexEntry
    from codesets.library.page import BookPage

_FIND = at(Place.CODES, NOTE)


@dataclass(frozen=True, slots=True)
class Here:
    """A line of the tree: a level's name, and whether it is the page itself."""

    name: str
    own: bool = False


class BookPane(Picking["Here | IndexEntry"]):
    """The levels above, the page itself, what stands below; or lines of the index."""

    ACTIONS = (*MOVES, *_FIND)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: BookPage | None = None
        self._index: Sequence[IndexEntry] = ()

    def show_page(self, page: BookPage) -> None:
        """Shows a page, the cursor on its own line."""
        self._page, self._index = page, ()
        self.fill()
        self.go_where(lambda thing: isinstance(thing, Here) and thing.own)

    def show_index(self, entries: Sequence[IndexEntry]) -> None:
        """Shows lines of the index, the cursor on the first."""
        self._index = entries
        self.fill()
        self.do_top(None)

    def lay_out(self, width: int) -> list[Entry[Here | IndexEntry]]:
        """One line each, indented by depth."""
        if self._index:
            return [Entry(index_line(entry, width), entry) for entry in self._index]
        if (page := self._page) is None:
            return []
        entries: list[Entry[Here | IndexEntry]] = [
            Entry(level_line(level.name, level.title, depth, width), Here(level.name))
            for depth, level in enumerate(page.way)
        ]
        depth = len(page.way)
        mark = "*" if page.billable else "-"
        if page.name:
            entries.append(Entry(level_line(page.name, page.title, depth, width, mark), Here(page.name, own=True)))
        entries += [
            Entry(level_line(level.name, level.title, depth + 1, width), Here(level.name)) for level in page.below
        ]
        return entries


class BookNotes(Pager):
    """The notes of a page, folded to the width that the pane has."""

    ACTIONS = (*MOVES, *_FIND)
    _page: BookPage | None = None

    def show_page(self, page: BookPage, *, keep_place: bool = False) -> None:
        """Shows the notes of a page."""
        self._page = page
        self.show(note_lines(page, max(30, self.size.width - 1)), keep_place=keep_place)

    def on_resize(self) -> None:
        """Folds anew, once the pane has its width."""
        if self._page is not None:
            self.show_page(self._page, keep_place=True)
        super().on_resize()


class CodeBookScreen(WorkScreen):
    """The book at one code; `take` is what happens to a code that is chosen for the encounter."""

    place = Place.CODES

    def __init__(
        self, session: Session, library: CodeLibrary, name: str, on: date, take: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(session)
        self._library, self._first, self._on, self._take = library, name, on, take
        self._page: BookPage | None = None
        self._tree = BookPane(id="tree")
        self._notes = BookNotes(id="booknotes")

    def body(self) -> ComposeResult:
        """A title, then the tree beside or above the notes."""
        yield PlainText(id="title")
        with Vertical(id="book"):
            yield self._tree
            yield self._notes

    def actions(self) -> Sequence[Action]:
        """The book's keys and the common ones that make sense here."""
        return (*BOOK, *at(Place.CODES, COMMON))

    async def help_about(self) -> Why:
        """The line under the cursor: what it is, whether it may be billed, which notes hold, and what says so."""
        from codesets.library.page import open_page

        thing, page = self._tree.thing, self._page
        if thing is not None and not isinstance(thing, Here):
            return why_entry(thing)
        if isinstance(thing, Here) and not thing.own:
            page = await self.session.calls.run(open_page, self._library, thing.name, self._on)
        if page is None:
            raise Refused("Nothing is open in the book.")
        return why_page(page, self._on)

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the kinds of notes ask for."""
        return (*((NOTE_KINDS[kind], means) for kind, means in NOTE_MEANS.items()), *TREE_MEANS)

    def copied(self) -> str:
        """The code of the page."""
        return self._page.name if self._page is not None else ""

    async def choose(self, _action: Action, count: int | None) -> Chosen:
        """The book changes nothing by itself."""
        return Chosen("", count=count)

    def on_mount(self) -> None:
        """Opens the page."""
        self._tree.focus()
        self.in_background(self._open(self._first))

    async def changed(self, _action: object) -> None:
        """Reads the page again."""
        if self._page is not None:
            await self._open(self._page.name)

    async def _open(self, name: str) -> None:
        from codesets.library.page import open_page

        page = await self.session.calls.run(open_page, self._library, name, self._on)
        if page is None:
            raise Refused(f"The book of {self._on} has no {name[:20]!r}.", do="Write a code, a block or a chapter.")
        self._page = page
        self._tree.show_page(page)
        self._show_head(page)
        self._notes.show_page(page)
        self.status.say("")

    def _show_head(self, page: BookPage) -> None:
        standing = "may be billed" if page.billable else "not to be billed" if page.standing else ""
        width = self.app.size.width
        left = fit(f" {page.name} {one_line(page.title)}", max(0, width - len(standing) - 2))
        self.query_one("#title", PlainText).show((left, BOLD), (f" {standing} ", WARN if page.standing else DIM))

    def on_resize(self) -> None:
        """Lays the head out anew; each pane folds its own."""
        if self._page is not None:
            self._show_head(self._page)

    # Keys

    async def do_book_open(self, _count: int | None) -> None:
        """Goes to what is under the cursor, or takes the code."""
        thing = self._tree.thing
        if isinstance(thing, Here) and thing.own:
            self._choose_code()
        elif isinstance(thing, Here):
            await self._open(thing.name)
        elif thing is not None:
            await self._follow(thing)

    def _choose_code(self) -> None:
        page = self._page
        if page is None or not page.billable:
            raise Refused((page.standing if page else "") or "This is a heading.", do="Go on to a code below it.")
        if self._take is None:
            raise Refused("No encounter is open for it.")
        take = self._take
        self.dismiss()
        take(page.name)

    async def _follow(self, entry: IndexEntry) -> None:
        """A line of the index: what is below it, what it points to, or its code in the tabular list."""
        calls, library = self.session.calls, self._library
        if entry.has_below:
            lines = await calls.run(library.index_below, entry.id)
            self._tree.show_index((entry, *lines) if entry.code else lines)
            if entry.code:
                await self._notes_of(entry.code)
        elif entry.see or entry.see_also:
            wanted = entry.see or entry.see_also
            found = await calls.run(lambda: library.index_at(wanted, on=self._on))
            if found is None:
                raise Refused(f"The index points to {wanted[:60]!r}, which is not in it as such.", do="i looks it up.")
            self._tree.show_index((found,))
        elif entry.code:
            await self._open(entry.code.rstrip("-").rstrip("."))

    async def _notes_of(self, code: str) -> None:
        await self._open_quietly(code.rstrip("-").rstrip("."))

    async def _open_quietly(self, name: str) -> None:
        from codesets.library.page import open_page

        page = await self.session.calls.run(open_page, self._library, name, self._on)
        if page is not None:
            self._notes.show_page(page)

    async def do_book_up(self, _count: int | None) -> None:
        """The level above; above the chapters nothing."""
        if self._page is None or not self._page.name:
            raise Refused("This is the top of the book.")
        await self._open(self._page.way[-1].name if self._page.way else "")

    async def do_book_before(self, _count: int | None) -> None:
        """The neighbour before."""
        await self._beside(self._page.before if self._page else "")

    async def do_book_after(self, _count: int | None) -> None:
        """The neighbour after."""
        await self._beside(self._page.after if self._page else "")

    async def _beside(self, name: str) -> None:
        if not name:
            raise Refused("There is no neighbour on that side.", do="← goes up.")
        await self._open(name)

    async def do_book_index(self, _count: int | None) -> None:
        """Asks for a term."""
        term = await self.put(Words(name="term", question="Index"), Chosen(""))
        if term is None:
            return
        library, on = self._library, self._on
        found = await self.session.calls.run(lambda: library.index(str(term), on=on))
        if not found:
            raise Refused(
                f"The index has no main term {str(term)[:40]!r}.",
                do="superbill codes load icd10cm-index brings the index in, if it is not loaded.",
            )
        self._tree.show_index(found)

    async def do_book_code(self, _count: int | None) -> None:
        """Asks for a name."""
        name = await self.put(Words(name="code", question="Open", hint="E11.22, E08-E13 or 4"), Chosen(""))
        if name is not None:
            await self._open(str(name))

    def do_book_pane(self, _count: int | None) -> None:
        """The other pane."""
        (self._notes if self._tree.has_focus else self._tree).focus()

    def do_back(self, _count: int | None) -> None:
        """From the index to the page, else out of the book."""
        if self._tree.thing is not None and not isinstance(self._tree.thing, Here) and self._page is not None:
            self._tree.show_page(self._page)
        else:
            self.dismiss()

    def do_quit(self, _count: int | None) -> None:
        """Out of the book."""
        self.dismiss()
