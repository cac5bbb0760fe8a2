"""Claims, their immutable versions, batches and what was heard back."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, moment


class Claim(Versioned, table=True):
    """One bill to one payer.

    `control_number` is CLM01 and never changes; `payer_control` is the payer's own number (REF*F8), known after the
    first answer; `sequence` is P, S or T; `state` is a `store.claims.states.ClaimState`.
    """

    id: int = key()
    control_number: str = Field(unique=True)
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    payer_id: int = Field(foreign_key="payer.id")
    coverage_id: int = Field(foreign_key="coverage.id")
    sequence: str = "P"
    state: str = Field(index=True)
    current: int = 1
    charge: int = cents()
    service_from: date = Field(index=True)
    service_to: date
    payer_control: str = Field(default="", index=True)
    built_on: date
    sent_on: date | None = None
    filing_limit: date | None = None


class ClaimVersion(SQLModel, table=True):
    """What was, or will be, sent: the whole claim as JSON, never edited.  `frequency` is 1, 7 or 8."""

    __tablename__ = "claim_version"
    __table_args__ = (UniqueConstraint("claim_id", "number"),)

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    number: int
    frequency: str
    content: str
    sha256: str
    charge: int = cents()
    made_at: datetime = moment()
    batch_id: int | None = Field(default=None, foreign_key="batch.id")


class ClaimLine(SQLModel, table=True):
    """A line of a claim, the same row over all versions; `control` is REF*6R and comes back on the remittance."""

    __tablename__ = "claim_line"
    __table_args__ = (UniqueConstraint("claim_id", "control"),)

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    control: str
    service_line_id: int | None = Field(default=None, foreign_key="service_line.id")
    code: str
    modifiers: str = ""
    units: int = 1
    service_date: date
    charge: int = cents()
    active: bool = True


class Batch(SQLModel, table=True):
    """One claim file.  Control numbers are never used twice; `reference` is BHT03."""

    id: int = key()
    interchange: int = Field(unique=True)
    group: int = Field(unique=True)
    set_control: str
    reference: str = Field(unique=True)
    file_name: str
    sha256: str
    usage: str
    state: str
    made_at: datetime = moment()
    claims: int = 0
    charge: int = cents()


class ClaimEvent(SQLModel, table=True):
    """Something that happened to a claim on its way: sent, acknowledged, rejected, adjudicated."""

    __tablename__ = "claim_event"

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id")
    file_id: int | None = Field(default=None, foreign_key="archived_file.id")
    at: datetime = moment()
    kind: str
    status: str = ""
    text: str = ""


class ArchivedFile(SQLModel, table=True):
    """A file as it came or went, compressed; `sha256` of its content makes a second import of it change nothing."""

    __tablename__ = "archived_file"

    id: int = key()
    kind: str
    direction: str
    name: str
    sha256: str = Field(unique=True)
    size: int
    content: bytes
    at: datetime = moment()
    summary: str = ""
