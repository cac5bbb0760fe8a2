"""Who is in the program now, and what opens a locked screen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import key, moment


class LoginSession(SQLModel, table=True):
    """One run of the program by one person; `seen_at` moves with its heartbeat, `ended_by` names who ended it."""

    __tablename__ = "login_session"

    id: int = key()
    user_id: int = Field(foreign_key="app_user.id", index=True)
    host: str
    pid: int
    started_at: datetime = moment()
    seen_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)
    ended_by: int | None = Field(default=None, foreign_key="app_user.id")


class Pin(SQLModel, table=True):
    """What a person types to open a locked screen again: never the number itself, only its salted hash.

    `wrong` counts the tries since the right one; `locked` says that the screen was locked and not opened since.
    """

    user_id: int = Field(primary_key=True, foreign_key="app_user.id")
    hash: str
    wrong: int = 0
    locked: bool = False
    at: datetime = moment()
