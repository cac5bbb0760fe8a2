"""A diagnosis as the edits need it: title, chapter, and every note that holds for it with its references resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from codesets.edits.references import Reference, parse
from codesets.library import sql

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary, CodeRow

_CATEGORY = 3
_NODE = "SELECT id, parent, kind, name, title FROM node WHERE id = :node"
_RELEASE = "SELECT release FROM node WHERE id = :node"
_CATEGORIES = "SELECT DISTINCT key FROM node WHERE kind = 'category' ORDER BY id"
#: Blocks that only head other blocks (T20-T32 before T20-T25): their notes hold for all codes between their ends.
_OVERVIEWS = """SELECT n.id, n.release, n.name FROM node n WHERE n.kind = 'block'
  AND NOT EXISTS (SELECT 1 FROM node c WHERE c.parent = n.id) ORDER BY n.id"""
_KEPT = 4000  # codes and nodes kept in memory; then all are forgotten
_REFERRING = ("excludes1", "excludes2", "codeFirst", "useAdditionalCode", "codeAlso")
#: Words that leave it to the record whether a further code is due (I.A.13, I.A.17).
_IF = re.compile(r"\b(if|any|such as|possible|when|may)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a note and what it refers to."""

    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One instructional note: its heading line, or only line, and the lines under it.

    `level` and `node` say where it stands.  `conditional` notes ask only if the record says so.
    """

    kind: str
    level: str
    node: str
    items: tuple[Item, ...]
    conditional: bool

    @property
    def text(self) -> str:
        """The note as printed, its lines joined."""
        return " | ".join(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class Facts:
    """A code on a day.  `ancestors` are (kind, name, title) from the chapter down to the code's own node."""

    code: str
    key: str
    title: str
    billable: bool
    node: int
    seventh: str
    ancestors: tuple[tuple[str, str, str], ...]
    notes: tuple[Note, ...]

    @property
    def category(self) -> str:
        """The first three characters."""
        return self.key[:_CATEGORY]

    @property
    def chapter(self) -> str:
        """The chapter's number."""
        return self.ancestors[0][1] if self.ancestors else ""

    def of_kind(self, kind: str) -> list[Note]:
        """The notes of one kind, from the chapter down."""
        return [note for note in self.notes if note.kind == kind]


class Book:
    """What the edits ask of one library, kept for the next time.  Safe from any thread."""

    def __init__(self, library: CodeLibrary) -> None:
        self.library = library
        self._nodes: dict[int, tuple[int | None, str, str, str, tuple[Note, ...]]] = {}
        self._facts: dict[tuple[str, date], Facts | None] = {}
        self._sisters: dict[tuple[int, date], tuple[CodeRow, ...]] = {}
        self._heads: dict[str, tuple[tuple[int, int], ...]] = {}

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each category in the tabular list."""
        order: dict[str, int] = {}
        for (key,) in self.library.rows(_CATEGORIES):
            order.setdefault(key, len(order))
        return order

    @cached_property
    def _overviews(self) -> list[tuple[int, int, Reference]]:
        return [(node, release, Reference(*name.split("-"))) for node, release, name in self.library.rows(_OVERVIEWS)]

    def _path(self, node: int, key: str) -> list[int]:
        """The nodes of a code from the chapter down, blocks that only head its own block among them."""
        path, above = [node], self._node(node)[0]
        while above:
            path.append(above)
            above = self._node(above)[0]
        if heads := self._heads_of(key[:_CATEGORY]):
            ((release,),) = self.library.rows(_RELEASE, {"node": node})
            path[-1:-1] = [number for number, of in reversed(heads) if of == release]
        return path[::-1]

    def _heads_of(self, category: str) -> tuple[tuple[int, int], ...]:
        """The blocks that only head other blocks and span a category: (node, release)."""
        if category not in self._heads:
            spanning = ((node, release) for node, release, ends in self._overviews if self._between(ends, category))
            self._heads[category] = tuple(spanning)
        return self._heads[category]

    @cached_property
    def _books(self) -> list[tuple[str, int]]:
        return [(start, number) for number, start in self.library.rows(sql.BOOKS)]

    def facts(self, code: str, on: date) -> Facts | None:
        """The code as it stands on a day, or None when the code set does not have it then."""
        place = (code, on)
        if place not in self._facts:
            if len(self._facts) > _KEPT:
                self._facts.clear()
            self._facts[place] = self._read(code, on)
        return self._facts[place]

    def _read(self, code: str, on: date) -> Facts | None:
        row = self.library.row_on(code, on, "ICD10CM")
        if row is None:
            return None
        path = [self._node(node) for node in self._path(self._node_on(row.node, on), row.key)]
        chain = tuple((kind, name, title) for _, kind, name, title, _ in path)
        notes = tuple(note for *_, own in path for note in own)
        return Facts(row.code, row.key, row.title, bool(row.billable), row.node, row.seventh or "", chain, notes)

    def _node_on(self, node: int, on: date) -> int:
        """The node in the tabular list that holds on a day."""
        earlier = [number for start, number in self._books if start <= on.isoformat()]
        if len(self._books) < 2 or not earlier:
            return node
        found = self.library.rows(sql.NODE_IN_BOOK, {"node": node, "release": earlier[-1]})
        return int(found[0][0]) if found else node

    def _node(self, node: int) -> tuple[int | None, str, str, str, tuple[Note, ...]]:
        if node not in self._nodes:
            if len(self._nodes) > _KEPT:
                self._nodes.clear()
            ((_, parent, kind, name, title),) = self.library.rows(_NODE, {"node": node})
            rows = self.library.rows(sql.NOTES_OF_NODE, {"node": node})
            self._nodes[node] = (parent, kind, name, title, grouped(rows, kind, name))
        return self._nodes[node]

    def sisters(self, facts: Facts, on: date) -> tuple[CodeRow, ...]:
        """The billable codes beside a code: below the same parent, with the same seventh character."""
        parent = self._node(facts.node)[0]
        if parent is None:
            return ()
        if (parent, on) not in self._sisters:
            if len(self._sisters) > _KEPT:
                self._sisters.clear()
            self._sisters[parent, on] = tuple(self._below(parent, on))
        return tuple(row for row in self._sisters[parent, on] if (row.seventh or "") == facts.seventh)

    def _below(self, parent: int, on: date) -> list[CodeRow]:
        from codesets.library.reader import CodeRow

        found = []
        for number, *_ in self.library.rows(sql.NODES_OF_PARENT, {"node": parent}):
            rows = [CodeRow(*row) for row in self.library.rows(sql.CODES_OF_NODE, {"node": number})]
            found += [row for row in rows if row.billable and row.in_force(on)]
        return found

    def lies_in(self, reference: Reference, facts: Facts) -> bool:
        """Is a code among those that a reference means?  Ranges go by tabular order: M05-M14 holds M1A."""
        return self._between(reference, facts.key) and reference.meets(facts.key, facts.title)

    def _between(self, reference: Reference, key: str) -> bool:
        if reference.low == reference.high:
            return key.startswith(reference.low)
        low, at, high = (self.place(k) for k in (reference.low, key, reference.high))
        end = len(reference.high) - _CATEGORY
        return low <= at and (at[0], at[1][:end]) <= high

    def place(self, key: str) -> tuple[int, str]:
        """Where a code stands in the tabular list; an unknown category stands behind all."""
        return self.order.get(key[:_CATEGORY], len(self.order)), key[_CATEGORY:]

    def width(self, reference: Reference) -> int:
        """How many categories a reference spans."""
        return self.place(reference.high)[0] - self.place(reference.low)[0] + 1


@lru_cache(maxsize=2)
def book_of(library: CodeLibrary) -> Book:
    """The book of a library, one for all who ask."""
    return Book(library)


def grouped(rows: list[tuple[Any, ...]], level: str, node: str) -> tuple[Note, ...]:
    """The referring notes among (kind, text, depth) rows: a heading and the lines under it are one."""
    groups: list[tuple[str, list[str]]] = []
    for kind, text, depth in rows:
        if kind not in _REFERRING:
            continue
        if depth and groups and groups[-1][0] == kind:
            groups[-1][1].append(text)
        else:
            groups.append((kind, [text]))
    return tuple(_note(kind, texts, level, node) for kind, texts in groups)


def _note(kind: str, texts: list[str], level: str, node: str) -> Note:
    items = tuple(Item(text, parse(text).references) for text in texts)
    return Note(kind, level, node, items, bool(_IF.search(texts[0])))
