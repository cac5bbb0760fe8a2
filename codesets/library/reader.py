"""Answers from the library.  Read-only, from any thread, light: no sqlmodel, no sqlalchemy."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from codesets.errors import Refused
from codesets.library import sql
from codesets.library.model import CodeEntry, Hit, Level, NoteLine, ReleaseInfo, SeventhOption, Stretch, Validity
from codesets.library.place import library_path

if TYPE_CHECKING:
    from codesets.library.alphabetic import IndexEntry
    from codesets.library.crosswalk import Crossing
    from codesets.library.rules import Rules
    from codesets.search.engine import SearchEngine
    from codesets.search.memory import Preferences

_BUILD = "Run `superbill codes build`."
_CACHE_KIB = 4096  # of SQLite pages for each connection
ICD10CM = "ICD10CM"
#: The day that stands for "as it is in the latest release".
LATEST = "9999-12-31"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of `code`: a code in one validity interval."""

    id: int
    code: str
    key: str
    title: str
    system: str
    billable: bool
    valid_from: str
    valid_to: str | None
    node: int
    seventh: str | None

    def in_force(self, on: date) -> bool:
        """True when the interval holds the date, both ends included."""
        day = on.isoformat()
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def entry(self) -> CodeEntry:
        """The row as it is handed out."""
        return CodeEntry(
            code=self.code,
            title=self.title,
            system=self.system,
            billable=bool(self.billable),
            valid_from=date.fromisoformat(self.valid_from),
            valid_to=date.fromisoformat(self.valid_to) if self.valid_to else None,
        )


def open_library(path: Path | None = None) -> CodeLibrary:
    """Open the library at `path`, or where `library_path()` says.  Takes a few milliseconds.

    Raises `Refused` when there is none, or when it was built by another version of the program.
    """
    target = path or library_path()
    if not target.is_file():
        raise Refused("The code sets are not built yet.", where=str(target), do=_BUILD)
    library = CodeLibrary(target)
    try:
        facts = dict(library.rows(sql.META))
    except sqlite3.Error:
        library.close()
        raise Refused("This file is not a code-set library.", where=str(target), do=_BUILD) from None
    if facts.get("schema") != str(sql.SCHEMA_VERSION):
        library.close()
        raise Refused("The code-set library is of another version.", where=str(target), do=_BUILD)
    return library


class CodeLibrary:
    """The code sets of one library file.  Get one from `open_library()`; use it from any thread.

    Codes are accepted with or without dot, in any case, with blanks around them.  Where a date `on`
    can be given, the release in force on that day answers; without one, the latest.  A
    connection serves one thread at a time; there are as many as threads ask at once.
    """

    # What only some questions need is imported where they are answered: opening must be quick.

    def __init__(self, path: Path) -> None:
        self.path = path
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._starting = threading.Lock()
        self._closed = False
        self._idle: list[sqlite3.Connection] = []  # append and pop are atomic
        self._engine: SearchEngine | None = None
        self._books: list[tuple[str, int]] = []
        self._rules: Rules | None = None
        self._first: date | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; the library can't be used afterwards."""
        self._closed = True
        self._engine = None
        while self._idle:
            self._idle.pop().close()

    def rows(self, statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows that a statement of `sql` yields."""
        connection = self._take()
        try:
            return connection.execute(statement, values or {}).fetchall()
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)

    def _take(self) -> sqlite3.Connection:
        """A connection that no other thread uses: an idle one, or a new one."""
        if self._closed:
            raise Refused("The code-set library is closed.", where=str(self.path))
        try:
            return self._idle.pop()
        except IndexError:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            return connection

    # -- search ---------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        systems: Collection[str] | None = None,
        on: date | None = None,
        limit: int = 20,
        prefer: Preferences | None = None,
    ) -> list[Hit]:
        """The codes that `text` most likely means, best first, at most `limit`.

        `text` may be a code or its beginning, words in any order, beginnings of words, misspelt
        words, clinical abbreviations.  It is never search syntax; nonsense finds nothing.
        `systems` narrows to some code systems; with `on`, codes not in force that day come last
        and say so.  `prefer` moves up what this site picked before, favourites and a specialty's
        codes.  The same text and preferences always give the same order.
        """
        from codesets.search.engine import SearchEngine

        with self._starting:
            engine = self._engine
            if engine is None:
                engine = self._engine = SearchEngine(self)
        if on is None or on == (held := self.held(on)):
            return engine.search(text, systems=systems, on=on, limit=limit, prefer=prefer)
        found = engine.search(text, systems=systems, on=held, limit=limit, prefer=prefer)
        judged = [replace(hit, in_force=hit.in_force and self._was_there(hit.code, hit.system, on)) for hit in found]
        return sorted(judged, key=lambda hit: not hit.in_force)

    def _was_there(self, code: str, system: str, on: date) -> bool:
        return self.row_on(code, on, system) is not None

    # -- one code -------------------------------------------------------------------------------

    def code_rows(self, code: str, system: str | None = None) -> list[CodeRow]:
        """Every validity interval of a code, latest first, all of one system.

        Without a system, one that ICD-10-CM has is its; a code with a dot can be no other's.
        """
        rows = [CodeRow(*row) for row in self.rows(sql.CODES_OF_KEY, {"key": key_of(code)})]
        if system is None:
            known = {row.system for row in rows}
            system = ICD10CM if "." in code or ICD10CM in known else min(known, default=None)
        return [row for row in rows if row.system == system]

    def row_on(self, code: str, on: date | None, system: str | None = None) -> CodeRow | None:
        """The interval that holds `on`; the latest one when `on` is None."""
        rows = self.code_rows(code, system)
        if on is None:
            return rows[0] if rows else None
        row = next((row for row in rows if row.in_force(on)), None)
        if row is None and rows and rows[0].system == ICD10CM and on < (first := self.held(on)):
            from codesets.library import earlier

            row = next((row for row in rows if row.in_force(first) and earlier.began(row.key) <= on), None)
        return row

    def held(self, on: date) -> date:
        """The day whose ICD-10-CM answers for `on`: the day itself, or the first day of the earliest loaded release."""
        if self._first is None:
            ((first,),) = self.rows(sql.FIRST_RELEASE, {"system": ICD10CM})
            self._first = date.fromisoformat(first) if first else date.min
        return max(on, self._first)

    def lookup(self, code: str, *, on: date | None = None, system: str | None = None) -> CodeEntry | None:
        """The code as it stands on a date (without one: in its latest interval), or None."""
        row = self.row_on(code, on, system)
        return row.entry() if row else None

    def validity(self, code: str, on: date, *, system: str | None = None) -> Validity:
        """Whether a code may be billed on a date, and why not; see `ValidityStatus`."""
        from codesets.library import validity

        return validity.judge(self, code, on, system)

    def history(self, code: str, *, system: str | None = None) -> tuple[Stretch, ...]:
        """The stretches of a code's life, earliest first: its titles, and what replaced it."""
        from codesets.library import history

        return history.stretches(self, code, system)

    def place(self, code: str, *, on: date | None = None) -> tuple[Level, ...]:
        """The way to a code: chapter, block, category, subcategories, code.  Empty when unknown.

        Blocks are named like `E08-E13`; a chapter, by its number, or a block may be asked for too.
        """
        found = self._find(code, on)
        if found is None:
            return ()
        steps = self.rows(sql.NODES_UP_ON, {"node": found.node, "day": found.day})
        chain = [Level(kind, name, title) for _, kind, name, title in steps]
        if found.row is not None and found.row.seventh:
            chain.append(Level("code", found.row.code, found.row.title))
        return tuple(chain)

    def notes(self, code: str, *, on: date | None = None) -> tuple[NoteLine, ...]:
        """Every note that holds for a code, from the chapter down to the code itself.

        Seventh-character tables come as lines of kind sevenChrDef, "A: initial encounter".
        """
        found = self._find(code, on)
        if found is None:
            return ()
        lines: list[NoteLine] = []
        for node, kind, name, title in self.rows(sql.NODES_UP_ON, {"node": found.node, "day": found.day}):
            for note, text, depth in self.rows(sql.NOTES_OF_NODE, {"node": node}):
                lines.append(NoteLine(note, text, depth, kind, name, title))
            for char, text in self.rows(sql.SEVENS_OF_NODE, {"node": node}):
                lines.append(NoteLine("sevenChrDef", f"{char}: {text}", 0, kind, name, title))
        return tuple(lines)

    def children(self, code: str, *, on: date | None = None) -> tuple[Level, ...]:
        """What stands directly below a chapter, block or code, seven-character codes included."""
        found = self._find(code, on)
        if found is None or (found.row is not None and found.row.seventh):
            return ()
        below = self.below(found.node, found.day)
        made = [] if below or found.row is None else self.sevenths_of(found.node, found.day)
        return tuple(below) + tuple(Level("code", r.code, r.title) for r in made)

    def below(self, node: int, day: str) -> list[Level]:
        """The nodes directly below a node that are in force on a day (ISO)."""
        rows = self.rows(sql.NODES_OF_PARENT_ON, {"node": node, "day": day})
        return [Level(kind, name, title) for _, kind, name, title in rows]

    def seventh(self, code: str, *, on: date | None = None) -> tuple[SeventhOption, ...]:
        """The seventh characters that a code takes, each with the complete code.  Empty if none.

        A complete code answers with its own and its sisters' characters.
        """
        found = self._find(code, on)
        if found is None or found.row is None:
            return ()
        rows = self.sevenths_of(found.node, found.day)
        base = self.rows(sql.NODES_UP_ON, {"node": found.node, "day": found.day})[-1][3]
        return tuple(SeventhOption(r.seventh or "", r.title[len(base) + 2 :], r.code) for r in rows)

    def sevenths_of(self, node: int, day: str = LATEST) -> list[CodeRow]:
        """The seven-character codes made from a node, in the order of its table, on a day (ISO)."""
        rows = [CodeRow(*row) for row in self.rows(sql.CODES_OF_NODE_KEY, {"node": node, "day": day})]
        return [row for row in rows if row.seventh]

    # -- the Alphabetic Index and the rules -----------------------------------------------------

    def index(self, term: str, *, on: date | None = None, limit: int = 50) -> tuple[IndexEntry, ...]:
        """The main terms of the Alphabetic Index that begin with `term`; empty when it is not loaded."""
        from codesets.library import alphabetic

        return alphabetic.main_terms(self, term, on, limit)

    def index_below(self, entry: int) -> tuple[IndexEntry, ...]:
        """The lines below a line of the index, by its id."""
        from codesets.library import alphabetic

        return alphabetic.below(self, entry)

    def index_at(self, path: str, *, on: date | None = None) -> IndexEntry | None:
        """The line that a `see` such as "Pain, abdominal" points to."""
        from codesets.library import alphabetic

        return alphabetic.at(self, path, on)

    def index_of(self, code: str, *, on: date | None = None, limit: int = 50) -> tuple[IndexEntry, ...]:
        """The lines of the index that lead to a code."""
        from codesets.library import alphabetic

        return alphabetic.leading_to(self, code, on, limit)

    def crosswalk(self, code: str) -> tuple[Crossing, ...]:
        """What the loaded conversion tables and mappings name for a code of ICD-10-CM or ICD-9-CM."""
        from codesets.library import crosswalk

        return crosswalk.crossings(self, code)

    @property
    def rules(self) -> Rules:
        """What the user loaded beside the codes: pairs, unit limits, fees, coverage, lists."""
        if self._rules is None:
            from codesets.library.rules import Rules

            self._rules = Rules(self)
        return self._rules

    def releases(self) -> tuple[ReleaseInfo, ...]:
        """The loaded releases by system and date."""
        return tuple(
            ReleaseInfo(
                id=number,
                system=system,
                label=label,
                effective_from=date.fromisoformat(start),
                effective_to=date.fromisoformat(end) if end else None,
                source=source,
                billable=count,
                kind=kind,
                part=part,
                notice=notice,
            )
            for number, system, label, start, end, source, count, kind, part, notice in self.rows(sql.RELEASES)
        )

    def _find(self, code: str, on: date | None) -> Found | None:
        """The node of a code (with its row), chapter or block, in the tabular list of the day."""
        row = self.row_on(code, on)
        if row is not None and not row.node:
            return None  # a system without a tree
        day = self.held(on).isoformat() if on else (row and row.valid_to) or LATEST
        book = self._book_on(day)
        if row is not None:
            node = row.node if len(self._books) == 1 else self._node_in(row.node, book)
            return Found(node, row, day)
        named = self.rows(sql.NODE_NAMED_IN_BOOK, {"name": code.strip().upper(), "release": book})
        return Found(named[0][0], None, day) if named else None

    def _book_on(self, day: str) -> int:
        """The release whose tabular list holds on a day; the earliest one before all."""
        if not self._books:
            self._books = [(start, number) for number, start in self.rows(sql.BOOKS)]
        earlier = [number for start, number in self._books if start <= day]
        return earlier[-1] if earlier else self._books[0][1]

    def _node_in(self, node: int, release: int) -> int:
        """The node of the same code in another tabular list, or the node itself."""
        found = self.rows(sql.NODE_IN_BOOK, {"node": node, "release": release})
        return int(found[0][0]) if found else node


@dataclass(frozen=True, slots=True)
class Found:
    """Where a code stands on a day (ISO): its node, and its row unless it is a chapter or block."""

    node: int
    row: CodeRow | None
    day: str


def key_of(code: str) -> str:
    """A code as it is kept: upper case, no dot, no blanks."""
    return "".join(code.split()).replace(".", "").upper()
