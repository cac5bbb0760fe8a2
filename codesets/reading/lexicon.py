"""The dictionary of a note: which wordings can be met among some words, and what a misspelt word may mean."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import OSA

from codesets.reading.lexicon_build import ensure_built

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

_CACHE_KIB = 2048
_WORDINGS = """WITH said AS MATERIALIZED (SELECT value AS word FROM json_each(:words))
SELECT w.words, w.key, w.prior, w.kind FROM said CROSS JOIN wording w
WHERE w.anchor = said.word AND (w.next = '' OR w.next IN (SELECT word FROM said))
ORDER BY w.words, w.prior DESC, w.key"""
_KNOWN = "SELECT text, weight FROM word WHERE text IN (SELECT value FROM json_each(:words))"
_FORWARD = "SELECT text, weight FROM word WHERE text >= :low AND text < :high AND length(text) BETWEEN :short AND :long"
_BACKWARD = (
    "SELECT text, weight FROM word WHERE back >= :low AND back < :high AND length(text) BETWEEN :short AND :long"
)
_END = "\U0010ffff"
_SHORTEST = 6
_MOST_CODES = 6


@dataclass(frozen=True, slots=True)
class Wording:
    """A set of words that names something; `codes` are (key, prior, kind), likeliest first."""

    words: tuple[str, ...]
    codes: tuple[tuple[str, float, str], ...]


class Lexicon:
    """The wordings of one reading file.  Any thread; a connection serves one at a time."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._spellings: dict[str, str] = {}

    def _rows(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            self._idle.append(connection)

    def wordings(self, words: Iterable[str]) -> list[Wording]:
        """Every wording all of whose words are among `words`."""
        said = set(words)
        found: list[Wording] = []
        last = ""
        codes: list[tuple[str, float, str]] = []
        rows = self._rows(_WORDINGS, {"words": json.dumps(sorted(said))})
        for text, key, prior, kind in rows:
            if text != last:
                if codes:
                    found.append(Wording(tuple(last.split()), tuple(codes)))
                last, codes = text, []
                wanted = said.issuperset(text.split())
            if wanted and len(codes) < _MOST_CODES:
                codes.append((key, prior, kind))
        if codes:
            found.append(Wording(tuple(last.split()), tuple(codes)))
        return found

    def weights(self, words: Iterable[str]) -> dict[str, float]:
        """How much each known word tells; unknown ones are left out."""
        return dict(self._rows(_KNOWN, {"words": json.dumps(sorted(set(words)))}))

    def respelt(self, word: str) -> str:
        """The only known word at one Damerau step (restricted, OSA) from an unknown one; "" if none."""
        if len(word) < _SHORTEST or not word.isalpha():
            return ""
        with self._lock:
            if word not in self._spellings:
                if len(self._spellings) > 2000:
                    self._spellings.clear()
                self._spellings[word] = self._respell(word)
            return self._spellings[word]

    def _respell(self, word: str) -> str:
        """One slip leaves the first or the last three letters as they are, and nobody slips at the first letter.

        So "changing" is not read as "hanging".
        """
        head, tail = word[:3], word[::-1][:3]
        size = {"short": len(word) - 1, "long": len(word) + 1}
        near = self._rows(_FORWARD, {"low": head, "high": head + _END, **size})
        near += self._rows(_BACKWARD, {"low": tail, "high": tail + _END, **size})
        alike = ((text, weight) for text, weight in near if text[:1] == word[:1])
        close = {(text, weight) for text, weight in alike if OSA.distance(word, text, score_cutoff=1) <= 1}
        return min(close, key=lambda pair: (pair[1], pair[0]))[0] if close else ""


@lru_cache(maxsize=4)
def _opened(path: Path, _stamp: tuple[int, int]) -> Lexicon:
    return Lexicon(path)


_BUILT: dict[tuple[Path, int, int], Path] = {}


def lexicon_of(library: CodeLibrary) -> Lexicon:
    """The dictionary for a library; its file is written when it is first asked for."""
    about = library.path.stat()
    mark = (library.path, about.st_mtime_ns, about.st_size)
    path = _BUILT.get(mark)
    if path is None or not path.is_file():
        path = _BUILT[mark] = ensure_built(library)
    stamp = path.stat()
    return _opened(path, (stamp.st_mtime_ns, stamp.st_size))
