"""What was done: each command with its key, the rows that it changed, and the audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import key, moment


class Action(SQLModel, table=True):
    """One command that was carried out.

    `key` is the caller's idempotency key: asking again with the same key returns the stored answer.
    """

    id: int = key()
    key: str = Field(unique=True)
    command: str = Field(index=True)
    args: str
    said: str
    result: str
    user_id: int = Field(foreign_key="app_user.id", index=True)
    at: datetime = moment()
    undoable: bool
    undoes_id: int | None = Field(default=None, foreign_key="action.id", unique=True)


class RowImage(SQLModel, table=True):
    """One row that an action changed: the columns before and after as JSON; None before an insert, after a delete."""

    __tablename__ = "row_image"

    id: int = key()
    action_id: int = Field(foreign_key="action.id", index=True)
    table_name: str
    row_id: int = Field(index=True)
    before: str | None = None
    after: str | None = None


class Transition(SQLModel, table=True):
    """One step of a state machine; `before` is empty at birth, `undo` marks the taking back of an earlier step."""

    id: int = key()
    action_id: int = Field(foreign_key="action.id", index=True)
    machine: str
    subject_id: int = Field(index=True)
    before: str
    after: str
    undo: bool = False


class AuditEntry(SQLModel, table=True):
    """One link of the audit chain: `hash` covers every other field and the hash before it."""

    __tablename__ = "audit_entry"

    seq: int = Field(default=None, primary_key=True)
    at: datetime = moment()
    user_name: str
    role: str
    action: str = Field(index=True)
    subject: str
    patient_id: int | None = Field(default=None, index=True)
    detail: str
    host: str
    previous: str
    hash: str = Field(unique=True)
