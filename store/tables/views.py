"""What lasts from one sitting to the next: saved views, and where each person left."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import key, moment


class SavedView(SQLModel, table=True):
    """A filter and a sort of a queue under a name; without a `user_id` everybody who sees the queue has it.

    `sort` is written as a person types it: 'ev- slk+'.
    """

    __tablename__ = "saved_view"

    id: int = key()
    queue: str = Field(index=True)
    user_id: int | None = Field(default=None, foreign_key="app_user.id", index=True)
    name: str
    filter: str = ""
    sort: str = ""
    mine: bool = False
    deferred: bool = False


class Sitting(SQLModel, table=True):
    """Where a person left, as JSON of the screens' own making; one row a person."""

    user_id: int = Field(primary_key=True, foreign_key="app_user.id")
    content: str
    at: datetime = moment()
