"""Remittances as they came, claim by claim, line by line, reason by reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from store.tables.base import cents, key, moment


class Remittance(SQLModel, table=True):
    """One payment (ST-SE of an 835).

    `amount` is what arrived, in cents, and is never negative; `fingerprint` is payer + trace + amount + date + a
    digest of its claims, so that the same payment can't be posted twice from two files.
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


class RemitClaim(SQLModel, table=True):
    """One CLP: `state` is matched or unmatched; `reason` says why it is an exception; signs are the remittance's."""

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


class RemitLine(SQLModel, table=True):
    """One SVC, matched to a claim line where that is certain."""

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
    """One PLB pair: positive took money away, negative gave it."""

    __tablename__ = "remit_provider_adjustment"

    id: int = key()
    remittance_id: int = Field(foreign_key="remittance.id", index=True)
    segment: int
    reason: str
    reference: str
    cents: int = cents()
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
