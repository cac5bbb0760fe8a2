"""Patients, the contact data that coders never see, guarantors and coverages."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, key, later


class Guarantor(Versioned, table=True):
    """Who pays what insurance does not: the account.  One row lock here guards each posting to it.

    `dunning` is the level that was last sent (0 none to 4 final); what stops statements is an `AccountHold`;
    `source_key` is the sending system and its identifier of the person.
    """

    id: int = key()
    number: str = Field(unique=True)
    source_key: str = Field(unique=True)
    last: str
    first: str
    line1: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"
    dunning: int = 0
    last_statement_on: date | None = None


class Patient(Versioned, table=True):
    """Who was seen: only what a coder may see."""

    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: int = key()
    number: str = Field(unique=True)
    source: str
    source_id: str
    last: str
    first: str
    birth: date
    sex: str
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)


class PatientContact(SQLModel, table=True):
    """Where a patient lives and can be reached; never shown to a coder."""

    __tablename__ = "patient_contact"

    patient_id: int = Field(primary_key=True, foreign_key="patient.id")
    line1: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""


class Coverage(Versioned, table=True):
    """One insurance of a patient; `order` 1 pays first.  Subscriber fields are empty when that is the patient.

    `insurance_type` is SBR05, why Medicare pays second (12 working aged, 13 renal disease, ...).
    """

    id: int = key()
    patient_id: int = Field(foreign_key="patient.id", index=True)
    payer_id: int = Field(foreign_key="payer.id")
    order: int = 1
    member_id: str
    group_number: str = ""
    relationship: str = "18"
    subscriber_last: str = ""
    subscriber_first: str = ""
    subscriber_birth: date | None = None
    subscriber_sex: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    insurance_type: str = later("")
