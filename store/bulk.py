"""Many new rows of one table at once, with their ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlmodel import Session, SQLModel


def insert_rows(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Insert the rows and say their ids, in the rows' order.

    SQLite can't return ids in a known order but row by row.  There a writer holds the whole file, so the numbers that
    AUTOINCREMENT would give are known beforehand; it goes on counting after them.
    """
    if not rows:
        return []
    table = model.__table__  # type: ignore[attr-defined]
    if session.get_bind().dialect.name != "sqlite":
        return session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), list(rows)).all()
    name = {"name": table.name}
    last = session.connection().execute(text("SELECT seq FROM sqlite_sequence WHERE name=:name"), name).scalar() or 0
    ids = range(last + 1, last + 1 + len(rows))
    write_rows(session, model, [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)])
    return ids


def write_rows(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, each with the columns of the first.

    On SQLite the values go to the driver as they are once their column's type has looked at them: a payment of
    thousands of claims is a hundred thousand rows, and making a statement's parameters of each takes longer than
    writing them.
    """
    if not rows:
        return
    table = model.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    if connection.dialect.name != "sqlite" or _has_own_defaults(table, rows[0]):
        session.execute(insert(table).inline(), list(rows))  # inline: who may not read a table gets no id back
        return
    names = [column.name for column in table.columns if column.name in rows[0]]  # as the statement has them
    statement = str(insert(table).compile(dialect=connection.dialect, column_keys=names))
    columns = [_bound(connection, table, name, [row[name] for row in rows]) for name in names]
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _has_own_defaults(table: Table, row: dict[str, Any]) -> bool:
    return any(column.default is not None and column.name not in row for column in table.columns)


def _bound(connection: Connection, table: Table, name: str, values: list[Any]) -> list[Any]:
    """The values of one column as the driver takes them."""
    told: Callable[[Any], Any] | None = (
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    )
    return values if told is None else [told(value) for value in values]
