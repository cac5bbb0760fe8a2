"""Writes the reading file: the wordings of the library, each under its rarest word.

The file lies beside the library and is derived from it: it is written with the library or else when it is first
needed, in one step, under a lock, and again when the diagnoses of the library or the tables of the reading change.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from codesets.library.build import only_builder, replacing
from codesets.reading.tokens import content_words
from codesets.reading.wordings import wordings
from codesets.tables import read_table

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

#: Counts up when the wordings are made another way.
VERSION = 7
_PHRASES = "SELECT key, kind, text, prior FROM phrase WHERE system = 'ICD10CM' ORDER BY id"
_CONTENT = "SELECT count(*), max(id), sum(length(text)) FROM phrase WHERE system = 'ICD10CM'"
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE word (text TEXT PRIMARY KEY, back TEXT, weight REAL) WITHOUT ROWID;
CREATE TABLE wording (anchor TEXT, next TEXT, words TEXT, key TEXT, prior REAL, kind TEXT,
  PRIMARY KEY (anchor, next, words, key)) WITHOUT ROWID;
"""
Row = tuple[str, tuple[str, ...], float, str]


def reading_path(library: CodeLibrary) -> Path:
    """Where the reading file of a library is written: beside it, or in the user's cache when that can't be."""
    beside = _beside(library)
    if os.access(beside.parent, os.W_OK):
        return beside
    from platformdirs import user_cache_path

    mark = sha256(str(library.path.resolve()).encode()).hexdigest()[:12]
    return user_cache_path("superbill", appauthor=False) / f"reading-{mark}.sqlite"


def _beside(library: CodeLibrary) -> Path:
    return library.path.with_name("reading.sqlite")


def fingerprint(library: CodeLibrary) -> str:
    """A hash over what decides the file's content."""
    ((phrases, last, length),) = library.rows(_CONTENT)
    tables = ("note_terms", "note_synonyms", "note_words")
    ours = "|".join(",".join(row.values()) for name in tables for row in read_table(name))
    return sha256(f"{VERSION}|{phrases}|{last}|{length}|{ours}".encode()).hexdigest()


def prepare(library: CodeLibrary) -> None:
    """Write the reading file of a library now, so that no note has to wait for it; nothing when it is there."""
    ensure_built(library)


def ensure_built(library: CodeLibrary) -> Path:
    """The reading file of a library, written first if it is not there or is another library's."""
    wanted = fingerprint(library)
    path = reading_path(library)
    for there in (_beside(library), path):
        if _is(there, wanted):
            return there
    with only_builder(path):
        if not _is(path, wanted):
            with replacing(path) as working:
                _write(working, library, wanted)
    return path


def _is(path: Path, wanted: str) -> bool:
    if not path.is_file():
        return False
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            return bool(connection.execute("SELECT value FROM meta").fetchone() == (wanted,))
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _write(working: Path, library: CodeLibrary, wanted: str) -> None:
    rows = list(_rows(library))
    counts = Counter(word for _, words, _, _ in rows for word in words)
    total = len(rows)
    connection = sqlite3.connect(working)
    try:
        connection.executescript(_TABLES)
        connection.executemany(
            "INSERT OR IGNORE INTO wording VALUES (?, ?, ?, ?, ?, ?)", (_placed(row, counts) for row in rows)
        )
        weights = ((w, w[::-1], round(log(1 + total / n), 3)) for w, n in counts.items())
        connection.executemany("INSERT INTO word VALUES (?, ?, ?)", weights)
        connection.execute("CREATE INDEX word_back ON word (back)")
        connection.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (wanted,))
        connection.commit()
    finally:
        connection.close()


def _rows(library: CodeLibrary) -> Iterator[Row]:
    """Every wording: (key, its words, how likely it is meant, where it comes from), likeliest first."""
    for row in read_table("note_terms"):
        words = tuple(sorted(content_words(row["phrase"])))
        if words:
            yield row["code"].replace(".", ""), words, 1.6, "term"
    for key, kind, text, prior in library.rows(_PHRASES):
        for words in wordings(key, kind, text):
            yield key, words, prior, kind


def _placed(row: Row, counts: Counter[str]) -> tuple[str, str, str, str, float, str]:
    key, words, prior, kind = row
    rare = sorted(words, key=lambda word: (counts[word], word))
    return rare[0], rare[1] if len(rare) > 1 else "", " ".join(words), key, prior, kind
