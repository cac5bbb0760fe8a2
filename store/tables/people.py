"""Who works here."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from store.tables.base import key


class User(SQLModel, table=True):
    """A person, known by the operating system's user number; `role` is a `store.people.roles.Role`."""

    __tablename__ = "app_user"

    id: int = key()
    name: str = Field(unique=True)
    uid: int | None = Field(default=None, unique=True)
    full_name: str = ""
    role: str
    active: bool = True
