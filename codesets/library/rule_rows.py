"""Writes what lives in tables of its own: edits, fees, coverage, plain lists."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codesets.errors import Refused
from codesets.library.kept import Kept
from codesets.library.kinds import KINDS
from codesets.library.sql import SCHEMA_VERSION
from codesets.library.tables import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from codesets.library.fill import Writer

Row = dict[str, Any]
#: Tables that only spell out what other rows point to.
_BESIDE = ("ptprationale",)
#: Tables that are written with the codes.
_OF_CODES = ("node", "code", "indexterm")


def write_rules(writer: Writer, release: int, item: Kept) -> int:
    """Write the rows of a loaded release; returns their number, which the release row keeps."""
    count = sum(_write_member(writer, release, item, place) for place in range(len(item.members)))
    if not count:
        raise Refused("The file has no row.", where=item.source)
    writer.connection.exec_driver_sql("UPDATE release SET lines = ? WHERE id = ?", (count, release))
    return count


def _write_member(writer: Writer, release: int, item: Kept, place: int) -> int:
    make = KINDS[item.kind].rows
    assert make is not None
    count = 0
    for table, group in groupby(make(item.members[place]), key=itemgetter(0)):
        rows = writer.insert(table, _with(group, release, writer.next_id(table)))
        count += 0 if table in _BESIDE else rows
    return count


def _with(group: Iterator[tuple[str, Row]], release: int, first: int) -> Iterator[Row]:
    for number, (_, row) in enumerate(group, start=first):
        row["release"] = release
        row["id"] = number
        yield row


class OldRows:
    """The rule sets of the library that a new one replaces: copied, where they stay, instead of read again."""

    def __init__(self, writer: Writer, old: Path | None) -> None:
        self._writer = writer
        self._known = _releases_of(old) if old and old.is_file() else {}
        if self._known:
            writer.connection.exec_driver_sql("ATTACH DATABASE ? AS old", (str(old),))

    def copy(self, release: int, item: Kept) -> bool:
        """Copy the rows of a release if the old library has just these."""
        known = self._known.get((item.kind, item.part, item.effective.isoformat(), item.sha256))
        if known is None:
            return False
        number, lines = known
        connection = self._writer.connection
        for table in METADATA.sorted_tables:
            if "release" in table.columns and table.name not in _OF_CODES:
                names = [f'"{name}"' for name in table.columns.keys() if name not in ("id", "release")]  # noqa: SIM118
                columns = ", ".join(names)
                connection.exec_driver_sql(
                    f'INSERT INTO main."{table.name}" (release, {columns}) '
                    f'SELECT {release}, {columns} FROM old."{table.name}" WHERE release = {number}'
                )
        connection.exec_driver_sql("UPDATE main.release SET lines = ? WHERE id = ?", (lines, release))
        return True


def _releases_of(old: Path) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """The releases of a library of the same schema by kind, part, date and content; none of any other file."""
    try:
        with closing(sqlite3.connect(f"{old.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            ((schema,),) = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall()
            if schema != str(SCHEMA_VERSION):
                return {}
            rows = connection.execute("SELECT kind, part, effective_from, sha256, id, lines FROM release").fetchall()
    except (sqlite3.Error, ValueError):
        return {}
    return {(kind, part, start, digest): (number, lines) for kind, part, start, digest, number, lines in rows}


def forget(connection: Connection, item: Kept) -> None:
    """Remove an earlier load of the same thing."""
    place = (item.kind, item.part, item.effective.isoformat())
    statement = "SELECT id FROM release WHERE kind = ? AND part = ? AND effective_from = ?"
    for (number,) in connection.exec_driver_sql(statement, place).all():
        for table in METADATA.sorted_tables:
            if "release" in table.columns and table.name not in ("node", "code"):
                connection.exec_driver_sql(f'DELETE FROM "{table.name}" WHERE release = ?', (number,))
        connection.exec_driver_sql("DELETE FROM release WHERE id = ?", (number,))


def close_releases(connection: Connection) -> None:
    """Each release is in force until the day before the next of its system and part."""
    connection.exec_driver_sql(
        """UPDATE release SET effective_to = (SELECT date(min(n.effective_from), '-1 day') FROM release n
             WHERE n.system = release.system AND n.part = release.part AND n.effective_from > release.effective_from)"""
    )
