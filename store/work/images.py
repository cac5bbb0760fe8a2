"""Row images: what an action changed, column by column, kept so that it can be shown and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session as SaSession
from sqlalchemy.orm.attributes import History
from sqlmodel import SQLModel

from store.tables import Action, AuditEntry, CodingStep, LedgerEntry, Posting, RowImage, Transition
from store.tables.base import MomentType

NOT_IMAGED = (Action, AuditEntry, CodingStep, LedgerEntry, Posting, RowImage, Transition)
"""Append-only tables: they are reversed, never restored."""

STAMPED = {"remark": "at"}
"""The column of a table into which PostgreSQL writes the server's own time, whatever the program said."""

Columns = dict[str, Any]


@dataclass(slots=True)
class Changed:
    """One row: None before an insert, None after a delete, else the changed columns alone."""

    table: str
    row: SQLModel
    before: Columns | None
    after: Columns | None


def tables_by_name() -> dict[str, type[SQLModel]]:
    """The mapped class of each table."""
    found: dict[str, type[SQLModel]] = {}
    for mapper in SQLModel._sa_registry.mappers:
        found[str(mapper.local_table)] = mapper.class_
    return found


def table_name(row: SQLModel) -> str:
    """The name of the row's table."""
    return str(row.__table__.name)  # type: ignore[attr-defined]


def row_id(row: SQLModel) -> int:
    """The primary key of a row of an imaged table (a single integer each)."""
    return int(inspect(row).mapper.primary_key_from_instance(row)[0])


def collect(session: SaSession) -> Iterable[Changed]:
    """What the flush that just ended wrote; called from the session's `after_flush`."""
    for row in session.new:
        if not isinstance(row, NOT_IMAGED):
            yield Changed(table_name(row), row, None, _columns(row))
    for row in session.dirty:
        if not isinstance(row, NOT_IMAGED) and session.is_modified(row):
            before, after = _differences(row)
            if after:
                yield Changed(table_name(row), row, before, after)
    for row in session.deleted:
        if not isinstance(row, NOT_IMAGED):
            yield Changed(table_name(row), row, _columns(row), None)


def _columns(row: SQLModel) -> Columns:
    mapper = inspect(row).mapper
    return {attribute.key: getattr(row, attribute.key) for attribute in mapper.column_attrs}


def _differences(row: SQLModel) -> tuple[Columns, Columns]:
    state = inspect(row)
    before: Columns = {}
    after: Columns = {}
    for attribute in state.mapper.column_attrs:
        history: History = state.attrs[attribute.key].history
        if attribute.key != "version" and history.has_changes() and history.deleted != history.added:
            before[attribute.key] = history.deleted[0] if history.deleted else None
            after[attribute.key] = history.added[0] if history.added else None
    return before, after


def encode(columns: Columns | None) -> str | None:
    """Columns as JSON text; bytes are not kept (archived files are never edited)."""
    if columns is None:
        return None
    return json.dumps({name: _plain(value) for name, value in columns.items()}, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if isinstance(value, bytes) else value


def decode(model: type[SQLModel], text: str | None) -> Columns | None:
    """The columns back with their types."""
    if text is None:
        return None
    table = model.__table__  # type: ignore[attr-defined]
    return {name: _typed(table.c[name].type, value) for name, value in json.loads(text).items()}


def _typed(column_type: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column_type, MomentType):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column_type.python_type is date else value


def same(row: SQLModel, columns: Columns) -> bool:
    """Whether the row still holds these values (its version may have moved on, its time may be the server's)."""
    aside = ("version", STAMPED.get(table_name(row)))
    return all(getattr(row, name) == value for name, value in columns.items() if name not in aside)
