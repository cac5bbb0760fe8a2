"""Statement runs and what each account got, reproducible from what is kept here."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, UniqueConstraint

from store.tables.base import Versioned, cents, key, moment


class StatementRun(Versioned, table=True):
    """One run.  `cycle` is unique among runs that stand: selecting the same cycle again gives the same run."""

    __tablename__ = "statement_run"

    id: int = key()
    cycle: str = Field(unique=True)
    as_of: date
    state: str
    made_at: datetime = moment()
    pdf_name: str = ""
    vendor_name: str = ""


class StatementAccount(Versioned, table=True):
    """One account in a run: in or out, with exactly one reason; `content` is the statement as JSON once generated."""

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
