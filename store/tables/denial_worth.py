"""What working a denial is expected to bring, as it was last reckoned."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from store.tables.base import cents


class DenialWorth(SQLModel, table=True):
    """The terms of one open denial's priority, renewed whenever a remittance brings outcomes.

    `chance` is per mille; `won` of `tried` outcomes at the level named by `basis`; `at_stake`, `effort` and `cents`
    (the expected value) are cents; `minutes` of work.
    """

    __tablename__ = "denial_worth"

    denial_id: int = Field(primary_key=True, foreign_key="denial.id")
    chance: int
    won: int
    tried: int
    basis: str
    at_stake: int = cents()
    minutes: int
    effort: int = cents()
    cents: int = cents()
