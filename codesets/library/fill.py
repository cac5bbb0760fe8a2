"""Writes all rows of a new library into a file that nobody reads yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

from codesets.errors import Refused
from codesets.library import icd10cm, tables
from codesets.library.phrases import PhraseMaker
from codesets.library.sql import SCHEMA_VERSION
from codesets.releases.icd10cm_tabular import TabularNode, read_code_list, read_tabular
from codesets.releases.sources import Sources
from codesets.search.indexing import SearchRows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from codesets.library.build import Progress

Row = dict[str, Any]

#: The FY2026 tabular (April 2026 update) is in force from the start of its fiscal year.
EFFECTIVE = "2025-10-01"
LABEL = "ICD-10-CM FY2026"
_NODES, _WEIGHT_OF_READING = 47_200, 3
_BATCH = 5_000


def fill(path: Path, sources: Sources, fingerprint: str, progress: Progress) -> dict[str, str]:
    """Write the library into `path` and return its facts (also kept in table `meta`)."""
    progress(0, 1, "reading the tabular list")
    nodes = read_tabular(sources.tabular, lambda done: progress(done, _NODES, "reading the tabular list"))
    listed = read_code_list(sources.code_list)
    codes = list(icd10cm.codes_of(nodes, listed))
    _same_codes(codes, listed, sources)
    maker = PhraseMaker(nodes, codes)
    phrases = list(maker.phrases())
    search = SearchRows(phrases, maker.extensions())
    facts = _facts(nodes, codes, sources, fingerprint)
    total = len(nodes) + len(codes) + len(phrases) + len(search.words) + int(facts["notes"])
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _fast)
    try:
        with engine.begin() as connection:
            writer = _Writer(connection, total, progress)
            _write(writer, nodes, codes, search, facts, sources)
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    finally:
        engine.dispose()
    return facts


def _fast(connection: Any, _record: Any) -> None:
    """No journal while writing: a half-written file is thrown away, a whole one is synced once."""
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA page_size = 4096")


class _Writer:
    """Inserts rows in batches and reports progress."""

    def __init__(self, connection: Connection, total: int, progress: Progress) -> None:
        self._connection = connection
        self._total = total
        self._progress = progress
        self._done = 0
        tables.METADATA.create_all(connection)

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        columns = list(tables.METADATA.tables[table].columns.keys())
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        source = iter(rows)
        while batch := [tuple(row[name] for name in columns) for row in islice(source, _BATCH)]:
            self._connection.exec_driver_sql(sql, batch)
            self._done += len(batch)
            self._progress(min(self._done, self._total), self._total, "writing the library")


def _write(
    writer: _Writer,
    nodes: list[TabularNode],
    codes: list[icd10cm.CodeSource],
    search: SearchRows,
    facts: dict[str, str],
    sources: Sources,
) -> None:
    release = {
        "id": 1, "system": icd10cm.SYSTEM, "label": LABEL, "effective_from": EFFECTIVE,
        "effective_to": None, "source": sources.tabular.name, "sha256": facts["source_sha256"],
    }  # fmt: skip
    writer.insert("release", [release])
    writer.insert("node", icd10cm.node_rows(nodes, release=1))
    writer.insert("code", icd10cm.code_rows(codes, release=1, valid_from=EFFECTIVE))
    writer.insert("note", icd10cm.note_rows(nodes))
    writer.insert("seven", icd10cm.seven_rows(nodes))
    search.write(writer.insert)
    writer.insert("meta", [{"name": name, "value": value} for name, value in facts.items()])


def _same_codes(codes: list[icd10cm.CodeSource], listed: set[str], sources: Sources) -> None:
    """The tabular list and the list of codes must name the same codes, to the last one."""
    made = {code.key for code in codes}
    odd = sorted(made ^ listed)
    if odd:
        raise Refused(
            f"The tabular list and the list of codes differ in {len(odd):,} codes, {odd[0]} first.",
            where=f"{sources.tabular.name}, {sources.code_list.name}",
            do="One of the files is damaged or of another release; nothing was changed.",
        )


def _facts(
    nodes: list[TabularNode], codes: list[icd10cm.CodeSource], sources: Sources, fingerprint: str
) -> dict[str, str]:
    kinds = Counter(node.kind for node in nodes)
    return {
        "schema": str(SCHEMA_VERSION),
        "fingerprint": fingerprint,
        "source": sources.tabular.name,
        "source_sha256": sources.sha256(),
        "chapters": str(kinds["chapter"]),
        "blocks": str(kinds["block"]),
        "categories": str(kinds["category"]),
        "billable": str(sum(code.billable for code in codes)),
        "notes": str(sum(len(node.notes) for node in nodes)),
    }
