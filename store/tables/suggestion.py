"""What coders made of suggestions: one row for each that was decided on, and for each code that none had proposed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import key, moment


class SuggestionChoice(SQLModel, table=True):
    """One decision.  `rule` names what proposed `code`; `chosen` is what was coded, empty when rejected.

    `outcome` is a `store.coding.suggestions.Outcome`; of what was missed `rule` is empty.
    """

    __tablename__ = "suggestion_choice"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    rule: str = Field(index=True)
    code: str
    span_start: int
    span_end: int
    outcome: str
    chosen: str = ""
    user_id: int = Field(foreign_key="app_user.id")
    at: datetime = moment()
