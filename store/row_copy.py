"""Rows of one database put into another, of either kind, and proved equal.

Which tables is the caller's to say: those of this program, or those that an older practice has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, DateTime, Engine, MetaData, Table, func, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

from store.db import on_postgresql
from store.errors import Refused
from store.people import grants
from store.tables.base import MomentType

_SLICE = 2000
Progress = Callable[[int, int, str], None]


def program_tables() -> list[Table]:
    """The tables of this version of the program, each after those that it refers to."""
    return list(SQLModel.metadata.sorted_tables)


def tables_found(connection: Connection) -> list[Table]:
    """The tables that a practice of whatever version has, each after those that it refers to.

    Their columns are read and written as the database itself has them, whatever this program makes of them.
    """
    there = MetaData()
    there.reflect(connection)
    plain = MetaData()
    return [
        Table(table.name, plain, *(Column(c.name, _plain(c.type), primary_key=c.primary_key) for c in table.columns))
        for table in there.sorted_tables
        if table.name != "alembic_version"
    ]


def _plain(kind: Any) -> Any:
    """A type that both kinds of database know; a moment is one in UTC."""
    if isinstance(kind, (DateTime, sqlite.DATETIME)):
        return MomentType()
    return Boolean() if isinstance(kind, Boolean) else kind.as_generic()


def snapshot(engine: Engine) -> Connection:
    """A connection on which everything is of one moment, while others go on working."""
    if engine.dialect.name == "postgresql":
        connection = engine.connect().execution_options(isolation_level="REPEATABLE READ")
        grants.require_superuser(connection)
        return connection
    return engine.connect()


def copy_rows(
    old: Connection, new: Connection, tables: Sequence[Table], progress: Progress = lambda _done, _total, _what: None
) -> dict[str, int]:
    """Copy every row and counter and prove each table equal: rows of each.  `Refused` when a value differs."""
    for table in reversed(tables):  # what the migrations themselves put in
        new.execute(table.delete())
    counts: dict[str, int] = {}
    for number, table in enumerate(tables):
        progress(number, len(tables), table.name)
        counts[table.name] = 0
        for rows in _slices(old, table):
            new.execute(insert(table), rows)
            counts[table.name] += len(rows)
        _copy_counter(old, new, table)
        if digest(old, table) != digest(new, table):
            raise Refused(f"The copy of {table.name} is not equal; nothing was kept.")
    return counts


def _slices(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(query, execution_options={"yield_per": _SLICE})
    for part in result.mappings().partitions(_SLICE):
        yield [dict(row) for row in part]


def _copy_counter(old: Connection, new: Connection, table: Table) -> None:
    """No number is ever given twice, in the copy neither."""
    if "id" not in table.columns:
        return
    last = max(_counter(old, table), new.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
    if not last:
        return
    name = {"name": table.name, "last": last}
    if on_postgresql(new):
        new.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), name)
    else:
        new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        new.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), name)


def _counter(connection: Connection, table: Table) -> int:
    if on_postgresql(connection):
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:n, 'id')"), {"n": table.name}).scalar()
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
        return int(connection.execute(query).scalar() or 0)
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :n")
    return int(connection.execute(query, {"n": table.name}).scalar() or 0)


def digest(connection: Connection, table: Table) -> str:
    """One hash over every value of a table, the same on either kind of database."""
    total = hashlib.sha256()
    for rows in _slices(connection, table):
        for row in rows:
            total.update(repr([row[column.name] for column in table.columns]).encode())
    return total.hexdigest()
