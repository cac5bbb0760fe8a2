"""Writes what lives in tables of its own: edits, fees, coverage, plain lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from codesets.errors import Refused
from codesets.library.kept import Kept
from codesets.library.kinds import KINDS
from codesets.library.tables import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from codesets.library.fill import Writer

Row = dict[str, Any]
#: Tables that only spell out what other rows point to.
_BESIDE = ("ptprationale",)


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
