"""Who gets which work: rules of assignment, and who is away."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel

from store.tables.base import key


class AssignmentRule(SQLModel, table=True):
    """Items of a queue that this filter keeps go to this person; the lowest `position` that fits counts."""

    __tablename__ = "assignment_rule"

    id: int = key()
    queue: str = Field(index=True)
    position: int
    filter: str = ""
    user_id: int = Field(foreign_key="app_user.id")


class Away(SQLModel, table=True):
    """A person who gets no work until after this day, and whose items others may get."""

    id: int = key()
    user_id: int = Field(foreign_key="app_user.id", unique=True)
    until: date
