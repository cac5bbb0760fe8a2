"""Many new rows of one table at once, with their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, text
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
    session.execute(insert(table), [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)])
    return ids
