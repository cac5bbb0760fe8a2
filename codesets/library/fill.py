"""Writes all rows of a new library into a file that nobody reads yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

from codesets.library import icd10cm, rule_tables, tables
from codesets.library.book import Book
from codesets.library.collect import Collected, collect, release_row
from codesets.library.editions import Edition, code_rows, editions_of
from codesets.library.index_rows import index_rows
from codesets.library.kept import Kept
from codesets.library.phrases import PhraseMaker, Wording, phrases_of_list
from codesets.library.rule_rows import OldRows, close_releases, forget, write_rules
from codesets.library.spans import list_code_rows
from codesets.library.sql import SCHEMA_VERSION
from codesets.library.wordings import earlier_phrases
from codesets.releases.sources import Sources
from codesets.search.indexing import PhraseSource, SearchRows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from codesets.library.build import Progress

Row = dict[str, Any]

_NODES = 47_200
_BATCH = 5_000
#: The coverage database tells a row once for each version of an article.
_REPEATED = ("policy", "policyprocedure", "policydiagnosis")
assert rule_tables.IndexTerm.metadata is tables.METADATA


def fill(
    path: Path,
    sources: Sources,
    fingerprint: str,
    progress: Progress,
    kept: Sequence[Kept] = (),
    old: Path | None = None,
) -> dict[str, str]:
    """Write the library into `path` and return its facts (also kept in table `meta`).

    `kept` are the loaded releases; the rows of those that have tables of their own are copied from
    the library `old`, where it has them.
    """
    progress(0, 1, "reading the tabular list")
    found = collect(sources, kept, lambda done: progress(done, _NODES, "reading the tabular list"))
    editions = editions_of(found.published)
    books = _numbered(editions)
    codes = _code_rows(found, editions)
    search = _search_rows(found, editions)
    facts = _facts(editions, found, sources, fingerprint)
    total = len(codes) + len(search.phrases) + len(search.words) + sum(len(book.nodes) for book in books)
    with writing(path) as connection:
        tables.METADATA.create_all(connection)
        writer = Writer(connection, total, progress)
        writer.insert("release", found.releases)
        _write_books(writer, books)
        writer.insert("code", codes)
        writer.insert("indexterm", index_rows(found.indexes))
        writer.insert("listed", ({"id": n, **asdict(row)} for n, row in enumerate(found.listings, start=1)))
        search.write(writer.put)
        old_rows = OldRows(writer, old)
        for number, item in found.rules:
            if not old_rows.copy(number, item):
                write_rules(writer, number, item)
        writer.insert("meta", [{"name": name, "value": value} for name, value in facts.items()])
    return facts


def append(path: Path, items: Sequence[Kept], fingerprint: str, progress: Progress) -> dict[str, str]:
    """Add releases that live in tables of their own to a copy of a library.  Returns the facts of the file."""
    with writing(path) as connection:
        writer = Writer(connection, 1, progress)
        for item in items:
            forget(connection, item)
            number = writer.next_id("release")
            writer.insert("release", [release_row(number, item)])
            write_rules(writer, number, item)
        close_releases(connection)
        connection.exec_driver_sql("UPDATE meta SET value = ? WHERE name = 'fingerprint'", (fingerprint,))
        return {str(name): str(value) for name, value in connection.exec_driver_sql("SELECT name, value FROM meta")}


@contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """A connection that fills a file fast; the statistics are taken at the end."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _fast)
    try:
        with engine.begin() as connection:
            yield connection
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    finally:
        engine.dispose()


def _fast(connection: Any, _record: Any) -> None:
    """No journal while writing: a half-written file is thrown away, a whole one is synced once."""
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA page_size = 4096")


class Writer:
    """Inserts rows in batches and reports progress."""

    def __init__(self, connection: Connection, total: int, progress: Progress) -> None:
        self.connection = connection
        self._total = total
        self._progress = progress
        self._done = 0

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Insert all rows."""
        self.insert(table, rows)

    def next_id(self, table: str) -> int:
        """The first free number of a table that numbers its rows; 0 for others."""
        if "id" not in tables.METADATA.tables[table].columns:
            return 0
        found = self.connection.exec_driver_sql(f'SELECT max(id) FROM "{table}"').scalar()
        return int(found or 0) + 1

    def insert(self, table: str, rows: Iterable[Row]) -> int:
        """Insert all rows; columns that a row lacks are left to the table.  Returns their number."""
        columns = list(tables.METADATA.tables[table].columns.keys())
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        verb = "INSERT OR IGNORE" if table in _REPEATED else "INSERT"
        sql = f'{verb} INTO "{table}" ({names}) VALUES ({marks})'
        source, count = iter(rows), 0
        while batch := [tuple(row[name] for name in columns) for row in islice(source, _BATCH)]:
            self.connection.exec_driver_sql(sql, batch)
            count += len(batch)
            self._done += len(batch)
            self._progress(min(self._done, self._total), self._total, "writing the library")
        return count


def _numbered(editions: list[Edition]) -> list[Book]:
    """The tabular lists, their nodes numbered one after the other."""
    books = list({id(edition.book): edition.book for edition in editions}.values())
    first = 1
    for book in books:
        first = book.number(first)
    return books


def _write_books(writer: Writer, books: list[Book]) -> None:
    notes = sevens = 1
    for book in books:
        writer.insert("node", icd10cm.node_rows(book.nodes, book.release, book.first))
        notes += writer.insert("note", icd10cm.note_rows(book.nodes, book.first, notes))
        sevens += writer.insert("seven", icd10cm.seven_rows(book.nodes, book.first, sevens))


def _code_rows(found: Collected, editions: list[Edition]) -> list[Row]:
    rows = list(code_rows(editions))
    for system, releases in found.lists.items():
        rows += list_code_rows(system, releases, len(rows) + 1)
    for release in found.releases:
        if release["system"] in (icd10cm.SYSTEM, *found.lists):
            release["lines"] = _in_force(rows, release["system"], release["effective_from"])
    return rows


def _in_force(rows: list[Row], system: str, day: str) -> int:
    return sum(
        row["billable"]
        and row["system"] == system
        and row["valid_from"] <= day
        and (row["valid_to"] is None or day <= row["valid_to"])
        for row in rows
    )


def _search_rows(found: Collected, editions: list[Edition]) -> SearchRows:
    latest = editions[-1]
    maker = PhraseMaker(*latest.book.living(latest.state))
    phrases = list(maker.phrases())
    phrases += earlier_phrases(maker, _billable_before(editions))
    phrases += maker.further(found.index_wordings())
    phrases += _list_phrases(found)
    return SearchRows(phrases, maker.extensions())


def _billable_before(editions: list[Edition]) -> dict[str, str]:
    """Codes of earlier editions, by key and title, that can't be billed any more."""
    latest = editions[-1].state
    earlier: dict[str, str] = {}
    for edition in editions[:-1]:
        for key, state in edition.state.items():
            if state.billable and (key not in latest or not latest[key].billable):
                earlier[key] = state.title
    return earlier


def _list_phrases(found: Collected) -> Iterator[PhraseSource]:
    """Phrases of the systems without a tree: the titles of every release, then further wordings."""
    seen: set[tuple[str, str, str]] = set()
    titles = [
        Wording(system, item.code, "title", item.title)
        for system, releases in found.lists.items()
        for release in sorted(releases, key=lambda r: r.effective, reverse=True)
        for item in release.items
    ]
    known = {(wording.system, wording.key) for wording in titles}
    kept = []
    for wording in titles + found.wordings:
        told = (wording.system, wording.key, wording.text)
        if told not in seen and (wording.system, wording.key) in known:
            seen.add(told)
            kept.append(wording)
    return phrases_of_list(kept)


def _facts(editions: list[Edition], found: Collected, sources: Sources, fingerprint: str) -> dict[str, str]:
    """The counts are those of the packaged release, which must be whole; `billable_now` of the latest one."""
    return {
        "schema": str(SCHEMA_VERSION),
        "fingerprint": fingerprint,
        "source": sources.tabular.name,
        "source_sha256": sources.sha256(),
        **{name: str(count) for name, count in found.base.items()},
        "billable_now": str(sum(state.billable for state in editions[-1].state.values())),
    }
