"""Remittances as they came, claim by claim, line by line, reason by reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from store.tables.base import cents, key, later, moment


class Remittance(SQLModel, table=True):
    """One payment (ST-SE of an 835).

    `amount` is what arrived, in cents, and is never negative; `fingerprint` is payer + trace + amount + date + a
    digest of its claims, so that the same payment can't be posted twice from two files.  `state` is a
    `store.remits.states.RemitState`; `source` is 835, or EOB where `entered_by` typed it from paper.
    """

    id: int = key()
    file_id: int = Field(foreign_key="archived_file.id", index=True)
    fingerprint: str = Field(unique=True)
    segment: int
    set_control: str
    payer_name: str
    payer_code: str
    trace: str
    amount: int = cents()
    method: str
    paid_on: date
    payee_npi: str
    claims: int = 0
    posted_at: datetime = moment()
    state: str = Field(default="POSTED", index=True, sa_column_kwargs={"server_default": "POSTED"})
    source: str = Field(default="835", sa_column_kwargs={"server_default": "835"})
    entered_by: int | None = None


class RemitClaim(SQLModel, table=True):
    """One CLP; signs are the remittance's.

    `state` is a `store.remits.states.AnswerState`: only matched ones count for their claim; `reason` says why it is an
    exception.  `reverses_id` is the answer that this one takes back; `parent_id` the answer that was split into it.
    """

    __tablename__ = "remit_claim"

    id: int = key()
    remittance_id: int = Field(foreign_key="remittance.id", index=True)
    claim_id: int | None = Field(default=None, foreign_key="claim.id", index=True)
    segment: int
    control_number: str
    status: str
    charge: int = cents()
    paid: int = cents()
    patient_responsibility: int = cents()
    payer_control: str = ""
    patient_name: str = ""
    interest: int = cents()
    state: str = Field(index=True)
    reason: str = ""
    reverses_id: int | None = Field(default=None, index=True)
    parent_id: int | None = Field(default=None, index=True)
    adjudication: str = later("")
    """MIA and MOA, for the claim to the next payer."""


class RemitLine(SQLModel, table=True):
    """One SVC, matched to a claim line where that is certain; `units` are those that were paid (SVC05)."""

    __tablename__ = "remit_line"

    id: int = key()
    remit_claim_id: int = Field(foreign_key="remit_claim.id", index=True)
    claim_line_id: int | None = Field(default=None, foreign_key="claim_line.id")
    segment: int
    control: str = ""
    code: str
    modifiers: str = ""
    charge: int = cents()
    paid: int = cents()
    allowed: int | None = cents(default=None)
    remarks: str = ""
    units: str = later("")


class RemitAdjustment(SQLModel, table=True):
    """One reason of a CAS; `remit_line_id` is None at claim level; `disposition` says what posting did with it."""

    __tablename__ = "remit_adjustment"

    id: int = key()
    remit_claim_id: int = Field(foreign_key="remit_claim.id", index=True)
    remit_line_id: int | None = Field(default=None, foreign_key="remit_line.id", index=True)
    group: str
    reason: str
    cents: int = cents()
    disposition: str


class RemitProviderAdjustment(SQLModel, table=True):
    """One PLB pair: positive took money away, negative gave it; `account` is where the provider level keeps it."""

    __tablename__ = "remit_provider_adjustment"

    id: int = key()
    remittance_id: int = Field(foreign_key="remittance.id", index=True)
    segment: int
    reason: str
    reference: str
    cents: int = cents()
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
    account: str = Field(default="", sa_column_kwargs={"server_default": ""})


class RemitPart(SQLModel, table=True):
    """One row of the scratchpad of an answer that is not certain: what goes to which claim and line.

    `why` are the reasons of the part ('CO-45 2550,PR-1 1500'): charge less reasons is what is paid.
    """

    __tablename__ = "remit_part"

    id: int = key()
    remit_claim_id: int = Field(foreign_key="remit_claim.id", index=True)
    number: int
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
    claim_line_id: int | None = Field(default=None, foreign_key="claim_line.id")
    remit_line_id: int | None = Field(default=None, foreign_key="remit_line.id")
    charge: int = cents()
    paid: int = cents()
    why: str = ""


class Deposit(SQLModel, table=True):
    """Money that reached the bank: an EFT or a check.  `key` names its row of its file, so that it comes in once."""

    id: int = key()
    key: str = Field(unique=True)
    kind: str
    trace: str = Field(index=True)
    payer_name: str
    amount: int = cents()
    on: date
    remittance_id: int | None = Field(default=None, foreign_key="remittance.id", index=True)
    file_id: int | None = Field(default=None, foreign_key="archived_file.id")
    line: int = 0


class PaymentMatter(SQLModel, table=True):
    """Something about a whole payment that a person has to look at; `told` are lines for reading.

    `reason` is one of `store.remits.matters.WORDS`; `amount` is the payment's, `found` the other amount, in cents.
    """

    __tablename__ = "payment_matter"

    id: int = key()
    reason: str
    remittance_id: int | None = Field(default=None, foreign_key="remittance.id", index=True)
    deposit_id: int | None = Field(default=None, foreign_key="deposit.id", index=True)
    file_id: int | None = Field(default=None, foreign_key="archived_file.id")
    segment: int = 0
    payer_name: str
    trace: str
    amount: int = cents()
    found: int = cents()
    on: date
    told: str = ""


class PostingRule(SQLModel, table=True):
    """How the remittances of a payer are posted; the row without a payer holds for all others.

    `auto_post`: what meets every criterion is posted at once.  `wait_for_money`: nothing is posted before the EFT or
    check of the same trace and amount is there.
    """

    __tablename__ = "posting_rule"

    id: int = key()
    payer_id: int | None = Field(default=None, foreign_key="payer.id", unique=True)
    auto_post: bool = True
    wait_for_money: bool = False
