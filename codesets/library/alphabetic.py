"""The Alphabetic Index, to look things up as in the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from codesets.library import sql
from codesets.library.folding import folded

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

SYSTEM = "ICD10CM index"
_PARTIAL = 3


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the index.

    `kind` is disease, external cause, neoplasm or drug; `path` are the titles from the main term to
    this line.  `code` is as printed: with a dash it is incomplete and goes on in the tabular list.
    `cells` are the six columns of the neoplasm and drug tables, "" where a column is empty.
    """

    id: int
    kind: str
    path: tuple[str, ...]
    nemod: str
    code: str
    manifestation: str
    see: str
    see_also: str
    cells: tuple[str, ...]
    has_below: bool

    @property
    def title(self) -> str:
        """The words of the line itself."""
        return self.path[-1]


def main_terms(library: CodeLibrary, term: str, on: date | None, limit: int) -> tuple[IndexEntry, ...]:
    """Main terms that begin with what was typed, in the order of the book."""
    words = folded(term)
    if not words or limit < 1:
        return ()
    statement = sql.INDEX_MAIN.format(releases=_releases(library, on))
    return _entries(library, library.rows(statement, {"low": words, "high": words + "~", "limit": limit}))


def below(library: CodeLibrary, entry: int) -> tuple[IndexEntry, ...]:
    """The lines directly below a line."""
    return _entries(library, library.rows(sql.INDEX_BELOW, {"id": entry}))


def at(library: CodeLibrary, path: str, on: date | None) -> IndexEntry | None:
    """The line that a reference such as "Pain, abdominal" points to, or None."""
    parts = [folded(part) for part in path.split(",") if folded(part)]
    if not parts:
        return None
    found = [e for e in main_terms(library, parts[0], on, 50) if _answers(e.title, parts[0])]
    for part in parts[1:]:
        found = [e for entry in found[:5] for e in below(library, entry.id) if _answers(e.title, part)]
    return found[0] if found else None


def _answers(title: str, words: str) -> bool:
    """Does a title, or its part before the first comma, say just that?"""
    return folded(title) == words or words in [folded(part) for part in title.split(",")]


def leading_to(library: CodeLibrary, code: str, on: date | None, limit: int) -> tuple[IndexEntry, ...]:
    """The lines that lead to a code: with the code itself, or with its beginning and a dash."""
    row = library.row_on(code, on)
    if row is None or row.system != "ICD10CM":
        return ()
    shown = [row.code]
    for length in range(len(row.key) - 1, _PARTIAL - 1, -1):
        part = row.key[:length]
        dotted = part if length == _PARTIAL else f"{part[:3]}.{part[3:]}"
        shown += [f"{dotted}.-" if length == _PARTIAL else f"{dotted}-", f"{dotted}{'-' * (len(row.key) - length)}"]
    if row.seventh:
        shown.append(library.rows(sql.NODES_UP, {"node": row.node})[-1][2])
    marks = ",".join(f":c{number}" for number in range(len(shown)))
    values: dict[str, Any] = {f"c{number}": text for number, text in enumerate(shown)}
    statement = sql.INDEX_OF_CODES.format(releases=_releases(library, on), marks=marks)
    return _entries(library, library.rows(statement, values | {"limit": limit}))


def _releases(library: CodeLibrary, on: date | None) -> str:
    """The releases to read: of each index file the one in force, else the nearest."""
    best: dict[str, tuple[bool, date, int]] = {}
    for release in library.releases():
        if release.system == SYSTEM:
            early = on is None or release.effective_from <= on
            rank = (early, release.effective_from, release.id)
            if release.part not in best or (rank > best[release.part] if early else False):
                best[release.part] = rank
    return ",".join(str(number) for _, _, number in best.values()) or "0"  # our own integers


def _entries(library: CodeLibrary, rows: list[tuple[Any, ...]]) -> tuple[IndexEntry, ...]:
    made = []
    for number, kind, nemod, code, manifestation, see, see_also, cells, has_below in rows:
        path = tuple(title for (title,) in library.rows(sql.INDEX_UP, {"id": number}))
        columns = tuple(cells.split("|")) if cells else ()
        made.append(IndexEntry(number, kind, path, nemod, code, manifestation, see, see_also, columns, bool(has_below)))
    return tuple(made)
