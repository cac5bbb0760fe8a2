"""Statement runs and what each account got, reproducible from what is kept here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, moment


def _added(default: Any, in_sql: str) -> Any:
    """A column that older databases get with this value."""
    return Field(default=default, sa_column_kwargs={"server_default": in_sql})


class StatementRun(Versioned, table=True):
    """One run.  `cycle` is unique among runs that stand: selecting the same cycle again gives the same run.

    `criteria` is what it was selected by, as JSON; `pdf_sha256` is the hash of the file that was written first.
    """

    __tablename__ = "statement_run"

    id: int = key()
    cycle: str = Field(unique=True)
    as_of: date
    state: str
    made_at: datetime = moment()
    pdf_name: str = ""
    vendor_name: str = ""
    criteria: str = _added("", "")
    reviewed_by: int | None = None
    approved_by: int | None = None
    pdf_sha256: str = _added("", "")


class StatementAccount(Versioned, table=True):
    """One account in a run: in or out, with exactly one reason; `content` is the statement as JSON once generated.

    `state` is a `store.statements.states.AccountState`; `choice` is empty, "in" or "out" where a person decided, with
    `choice_reason`; `level` and `message` are a person's own dunning level and words; `result` is what the vendor said.
    """

    __tablename__ = "statement_account"
    __table_args__ = (UniqueConstraint("run_id", "guarantor_id"),)

    id: int = key()
    run_id: int = Field(foreign_key="statement_run.id", index=True)
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    included: bool
    reason: str
    amount: int = cents()
    pending: int = cents()
    dunning_before: int = 0
    dunning_after: int = 0
    last_before: date | None = None
    content: str = ""
    state: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    choice: str = _added("", "")
    choice_reason: str = _added("", "")
    level: int | None = None
    message: str = _added("", "")
    result: str = _added("", "")


class RunWording(SQLModel, table=True):
    """Every word of one language as a run printed it, so that its pages are the same years later."""

    __tablename__ = "run_wording"
    __table_args__ = (UniqueConstraint("run_id", "language"),)

    id: int = key()
    run_id: int = Field(foreign_key="statement_run.id", index=True)
    language: str
    content: str


class StatementTemplate(SQLModel, table=True):
    """The practice's own wording of one text of its statements (`field` of `store.statements.words.Words`)."""

    __tablename__ = "statement_template"
    __table_args__ = (UniqueConstraint("language", "field"),)

    id: int = key()
    language: str
    field: str
    text: str


class DunningMessage(SQLModel, table=True):
    """What a statement says at a level; where several fit, the one with the most conditions wins, then the older age.

    `plan` is empty (any), "none", "current" or "missed"; `insurance` is empty, "none", "pending" or "answered".
    """

    __tablename__ = "dunning_message"

    id: int = key()
    level: int
    language: str = "en"
    min_age: int = 0
    plan: str = ""
    insurance: str = ""
    text: str
