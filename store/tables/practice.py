"""The practice itself, its providers, its payers and its fees."""

from __future__ import annotations

from datetime import date

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from store.tables.base import cents, key, later


class Practice(SQLModel, table=True):
    """The billing provider: who sends claims and statements.  `zip` and `tax_id` are digits.

    `one_circle` is the owner's word that all who can open a SQLite file may see everything in it; after `lock_minutes`
    without a key press a screen locks, never with 0.  `pay_to` is where payers send money if not to that address:
    'street; city; state; ZIP'.  What coding and billing cost in a month, and what a statement does, are `store.costs`,
    empty while nobody said it.
    """

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
    one_circle: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    lock_minutes: int = later(10)
    pay_to: str = later("")
    billing_cost: str = later("")
    statement_cost: str = later("")


class Provider(SQLModel, table=True):
    """A clinician."""

    id: int = key()
    npi: str = Field(unique=True)
    last: str
    first: str
    specialty: str = ""
    taxonomy: str = ""


class TradingPartner(SQLModel, table=True):
    """Whom claim files are sent to: a clearinghouse or a payer itself.  Payers without one go to the practice's own.

    `folder` is where its claim files are dropped ('' for the one that is asked for); the days are business days in
    which each answer is expected, after which an alarm is raised.
    """

    __tablename__ = "trading_partner"

    id: int = key()
    name: str = Field(unique=True)
    submitter_id: str
    receiver_id: str
    receiver_name: str
    id_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "T"
    acknowledge: bool = False
    folder: str = ""
    syntax_days: int = 1
    claim_days: int = 2
    payer_days: int = 5


class Holiday(SQLModel, table=True):
    """A day on which the practice and its payers do not work, beside the weekends."""

    id: int = key()
    day: date = Field(unique=True)
    name: str


class Payer(SQLModel, table=True):
    """An insurer, as data: nothing about it is assumed that is not on file.

    `filing` is SBR09; `claim_kinds` and `frequencies` (of 1, 7, 8) and `required` (names of
    `store.claims.payer_data.REQUIRABLE`) are separated by commas; `limits` is a JSON list of
    `store.claims.payer_data.Limit`; an address is needed for paper; `crosses_over` says that it sends claims on to the
    next payer by itself; `answer_days` are the days in which its remittance is expected; `timed_units` is how it counts
    timed procedures: medicare, midpoint, or empty if that is not on file; `anesthesia` is how it counts anaesthesia, in
    the words of `codesets.worksheets.anesthesia`; `phone_menu` is what to press to reach a person about a claim;
    encounters whose dates lie within `combine_days` days may go on one claim (1: of one day), 0 is a claim for each.
    """

    id: int = key()
    payer_id: str = Field(unique=True)
    name: str
    filing: str = "CI"
    claim_kinds: str = later("professional,institutional")
    frequencies: str = later("1,7,8")
    required: str = later("")
    member_pattern: str = later("")
    limits: str = later("[]")
    electronic: bool = later(True)
    crosses_over: bool = later(False)
    timed_units: str = later("")
    anesthesia: str = later("")
    answer_days: int = later(30)
    combine_days: int = later(0)
    line1: str = later("")
    city: str = later("")
    state: str = later("")
    zip: str = later("")
    partner_id: int | None = None
    phone: str = later("")
    phone_menu: str = later("")
    fax: str = later("")
    portal: str = later("")


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
