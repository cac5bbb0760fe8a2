"""Writes what lives in tables of its own: edits, fees, coverage, plain lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from codesets.errors import Refused
from codesets.library.kept import Kept
from codesets.library.kinds import KINDS

if TYPE_CHECKING:
    from codesets.library.fill import Writer

Row = dict[str, Any]


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
        count += writer.insert(table, _with(group, release, writer.next_id(table)))
    return count


def _with(group: Iterator[tuple[str, Row]], release: int, first: int) -> Iterator[Row]:
    for number, (_, row) in enumerate(group, start=first):
        row["release"] = release
        row["id"] = number
        yield row
