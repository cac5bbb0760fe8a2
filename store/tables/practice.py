"""The practice itself, its providers, its payers and its fees."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel

from store.tables.base import cents, key


class Practice(SQLModel, table=True):
    """The billing provider: who sends claims and statements.  `zip` and `tax_id` are digits."""

    id: int = key()
    name: str
    npi: str
    tax_id: str
    taxonomy: str
    line1: str
    city: str
    state: str
    zip: str
    phone: str
    pay_url: str = ""
    hours: str = ""
    submitter_id: str = ""
    receiver_id: str = ""
    receiver_name: str = ""
    usage: str = "T"
    minimum_statement_cents: int = cents(default=500)
    statement_cycle_days: int = 30
    coding_target_days: int = 3


class Provider(SQLModel, table=True):
    """A clinician."""

    id: int = key()
    npi: str = Field(unique=True)
    last: str
    first: str
    specialty: str = ""
    taxonomy: str = ""


class Payer(SQLModel, table=True):
    """An insurer.

    `filing` is SBR09.  Limits are days and None where the contract is not on file: nothing is ever assumed
    (Medicare's one calendar year is `filing_limit_days` 365 counted by `store.claims.deadlines`).
    """

    id: int = key()
    payer_id: str = Field(unique=True)
    name: str
    filing: str = "CI"
    filing_limit_days: int | None = None
    corrected_limit_days: int | None = None
    appeal_limit_days: int | None = None


class Fee(SQLModel, table=True):
    """What the practice charges for a procedure, from `valid_from` until `valid_to`."""

    id: int = key()
    code: str = Field(index=True)
    system: str
    title: str
    plain: str = ""
    cents: int = cents()
    valid_from: date
    valid_to: date | None = None
