"""Money that patients bring: payments with receipts, the day's close, refunds, small balances that are given up."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, moment


class DayClose(SQLModel, table=True):
    """One person's drawer, counted and found equal to what was posted since the last close."""

    __tablename__ = "day_close"

    id: int = key()
    user_id: int = Field(foreign_key="app_user.id", index=True)
    closed_on: date
    at: datetime = moment()
    payments: int = 0
    cash: int = cents()
    check: int = cents()
    card: int = cents()
    other: int = cents()


class PatientPayment(SQLModel, table=True):
    """Money from a guarantor, or (negative, `voids_id`) the exact contrary of an earlier one.

    `number` is the receipt's.  Only `close_id` is ever set afterwards, once.
    """

    __tablename__ = "patient_payment"

    id: int = key()
    number: str = Field(unique=True)
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    cents: int = cents()
    method: str
    reference: str = ""
    paid_on: date
    at: datetime = moment()
    user_id: int = Field(foreign_key="app_user.id")
    voids_id: int | None = Field(default=None, foreign_key="patient_payment.id", unique=True)
    reason: str = ""
    close_id: int | None = Field(default=None, foreign_key="day_close.id", index=True)


class Refund(Versioned, table=True):
    """Money that goes back to a guarantor: asked for by one person, approved by another, then issued.

    `state` is a `store.accounts.refunds.RefundState`.
    """

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    cents: int = cents()
    reason: str
    state: str = Field(index=True)
    asked_by: int = Field(foreign_key="app_user.id")
    asked_on: date
    decided_by: int | None = Field(default=None, foreign_key="app_user.id")
    decided_on: date | None = None
    issued_on: date | None = None
    check_number: str = ""


class SmallBalanceRun(Versioned, table=True):
    """A proposal to give up small balances; nothing is booked until another person approves it."""

    __tablename__ = "small_balance_run"

    id: int = key()
    made_on: date
    limit: int = cents()
    age_days: int
    reason: str
    asked_by: int = Field(foreign_key="app_user.id")
    decided_by: int | None = Field(default=None, foreign_key="app_user.id")
    decided_on: date | None = None
    approved: bool | None = None


class SmallBalanceAccount(SQLModel, table=True):
    """One account of such a run: in with its balance, or out with exactly one reason."""

    __tablename__ = "small_balance_account"
    __table_args__ = (UniqueConstraint("run_id", "guarantor_id"),)

    id: int = key()
    run_id: int = Field(foreign_key="small_balance_run.id", index=True)
    guarantor_id: int = Field(foreign_key="guarantor.id")
    cents: int = cents()
    included: bool
    reason: str


class SmallBalanceExclusion(SQLModel, table=True):
    """A payer whose patients' shares are never given up for being small (a contract or a programme forbids it)."""

    __tablename__ = "small_balance_exclusion"

    id: int = key()
    payer_id: int = Field(foreign_key="payer.id", unique=True)
    reason: str
