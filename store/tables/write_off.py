"""How much each role may write off alone, and what waits for a second person."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel

from store.tables.base import cents, key


class WriteOffLimit(SQLModel, table=True):
    """The most that a person of a role may write off alone, in cents; a role without a row has no limit."""

    __tablename__ = "write_off_limit"

    id: int = key()
    role: str = Field(unique=True)
    cents: int = cents()


class WriteOffRequest(SQLModel, table=True):
    """A write-off above the limit of who asked for it; `approved` is None while it waits for another person."""

    __tablename__ = "write_off_request"

    id: int = key()
    denial_id: int = Field(foreign_key="denial.id", index=True)
    cents: int = cents()
    reason: str
    asked_by: int = Field(foreign_key="app_user.id")
    asked_on: date
    decided_by: int | None = Field(default=None, foreign_key="app_user.id")
    decided_on: date | None = None
    approved: bool | None = None
