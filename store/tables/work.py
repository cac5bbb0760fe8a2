"""Work items: one row of one queue, with its lease."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import cents, key, moment


class WorkItem(SQLModel, table=True):
    """Something that somebody has to do, in exactly one queue.

    `due` is the date by which it should be touched or is lost; `score` orders within a lane, higher first; `token`
    grows with every lease, so that a save made under an older lease touches no row.
    """

    __tablename__ = "work_item"
    __table_args__ = (UniqueConstraint("queue", "subject_id"),)

    id: int = key()
    queue: str = Field(index=True)
    subject_id: int = Field(index=True)
    open: bool = Field(default=True, index=True)
    opened_on: date
    due: date | None = None
    score: int = 0
    cents: int = cents()
    reason: str = ""
    deferred_until: date | None = None
    assigned_to: int | None = Field(default=None, foreign_key="app_user.id")
    escalated: bool = False
    closed_on: date | None = None
    owner_id: int | None = Field(default=None, foreign_key="app_user.id")
    token: int = 0
    lease_until: datetime | None = moment(optional=True)
    heartbeat_at: datetime | None = moment(optional=True)
    attempts: int = 0


class Remark(SQLModel, table=True):
    """A dated note of a person on a record (`subject` is queue:subject_id); never edited."""

    id: int = key()
    subject: str = Field(index=True)
    claim_id: int | None = Field(default=None, foreign_key="claim.id", index=True)
    user_id: int = Field(foreign_key="app_user.id")
    at: datetime = moment()
    text: str
