"""What the code search learns here: the codes that were picked for a phrase, and favourites."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import key


class CodePick(SQLModel, table=True):
    """Somebody typed a phrase and took a code.

    `phrase` is the phrase's key (`codesets.search.memory.phrase_key`), never the text as it was typed.
    One row a pick, so that taking one back touches nobody else's.
    """

    __tablename__ = "code_pick"

    id: int = key()
    phrase: str = Field(index=True)
    code: str
    user_id: int = Field(foreign_key="app_user.id")
    picked_on: date


class CodeFavourite(SQLModel, table=True):
    """A code that a person wants to see higher."""

    __tablename__ = "code_favourite"
    __table_args__ = (UniqueConstraint("user_id", "code"),)

    id: int = key()
    user_id: int = Field(foreign_key="app_user.id", index=True)
    code: str
