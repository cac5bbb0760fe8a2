"""The ledger: append-only, double entry, integer cents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from store.money import MAX_CENTS
from store.tables.base import cents, key, moment


class LedgerEntry(SQLModel, table=True):
    """One posting transaction; its postings sum to zero.  A mistake is reversed by another entry, never edited.

    `ref` is unique and says which event it books (`charge:claim:12`), so that nothing is booked twice.
    """

    __tablename__ = "ledger_entry"

    id: int = key()
    ref: str = Field(unique=True)
    kind: str
    entry_date: date
    at: datetime = moment()
    action_id: int | None = Field(default=None, foreign_key="action.id", index=True)
    remit_claim_id: int | None = Field(default=None, foreign_key="remit_claim.id", index=True)
    remittance_id: int | None = Field(default=None, foreign_key="remittance.id", index=True)
    reverses_id: int | None = Field(default=None, foreign_key="ledger_entry.id", unique=True)
    memo: str = ""


class Posting(SQLModel, table=True):
    """One leg: positive is a debit, negative a credit; `book` is a `store.accounts.books.Book`.

    `claim_id` is no foreign key: when the finishing of an encounter is undone its claim is gone, and the charge and
    its reversal still name it.  No number is ever given twice (`store.tables`), so it stays that claim's alone.
    """

    __table_args__ = (
        CheckConstraint("typeof(cents) = 'integer'", name="posting_cents_whole").ddl_if(dialect="sqlite"),
        CheckConstraint(f"abs(cents) <= {MAX_CENTS} AND cents <> 0", name="posting_cents_range"),
    )

    id: int = key()
    entry_id: int = Field(foreign_key="ledger_entry.id", index=True)
    book: str
    cents: int = cents()
    guarantor_id: int | None = Field(default=None, foreign_key="guarantor.id", index=True)
    claim_id: int | None = Field(default=None, index=True)
    claim_line_id: int | None = Field(default=None, foreign_key="claim_line.id")
    encounter_id: int | None = Field(default=None, foreign_key="encounter.id", index=True)
    payer_id: int | None = Field(default=None, foreign_key="payer.id")
