"""Lines that a payer allowed less for than its contract says, what is disputed together, and credit balances."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel

from store.tables.base import Versioned, cents, key, later


class Dispute(SQLModel, table=True):
    """One dispute with a payer about many lines of one cause."""

    id: int = key()
    payer_id: int = Field(foreign_key="payer.id", index=True)
    cause: str
    filed_on: date
    reference: str = ""
    lines: int = 0
    cents: int = cents()
    file_id: int | None = Field(default=None, foreign_key="archived_file.id")


class Underpayment(Versioned, table=True):
    """One line: expected less allowed, in cents.  `state` is a `store.variance.states.UnderpaymentState`.

    `cause` groups what the same rule explains; `recovered` is what came since; `due` is None where the contract's
    limit for disputes is not on file.
    """

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    claim_line_id: int = Field(foreign_key="claim_line.id", index=True)
    remit_claim_id: int = Field(foreign_key="remit_claim.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    rate_id: int = Field(foreign_key="contract_rate.id")
    expected: int = cents()
    allowed: int = cents()
    recovered: int = cents()
    cause: str = Field(index=True)
    state: str = Field(index=True)
    opened_on: date
    due: date | None = None
    dispute_id: int | None = Field(default=None, foreign_key="dispute.id", index=True)
    note: str = ""


class CreditBalance(Versioned, table=True):
    """Too much money of a payer on a claim, or, without claim and payer, of a patient on an account.

    `state` is a `store.variance.states.CreditState`; `refund_id` is the refund to the patient that was asked for;
    `reference` is what the state was told under when the money was reported as without an owner.

    The clock runs from `identified_on`; a timely investigation stops it from `investigated_from` for at most 180 days
    (42 CFR 401.305).  `cents` is how much too much.
    """

    __tablename__ = "credit_balance"

    id: int = key()
    claim_id: int | None = Field(default=None, foreign_key="claim.id", index=True)
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    payer_id: int | None = Field(default=None, foreign_key="payer.id")
    remit_claim_id: int | None = Field(default=None, foreign_key="remit_claim.id")
    cents: int = cents()
    cause: str
    state: str = Field(index=True)
    identified_on: date
    investigated_from: date | None = None
    due: date | None = None
    asked_by: int | None = Field(default=None, foreign_key="app_user.id")
    approved_by: int | None = Field(default=None, foreign_key="app_user.id")
    issued_on: date | None = None
    check_number: str = ""
    closed_on: date | None = None
    refund_id: int | None = None
    escheated_on: date | None = None
    reference: str = later("")
