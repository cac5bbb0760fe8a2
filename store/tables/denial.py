"""Denials: each denied line is a record that somebody works."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from store.tables.base import Versioned, cents, key, moment


class Denial(Versioned, table=True):
    """One denied amount of one line (or of a whole claim, without a line).

    `state` is a `store.denials.states.DenialState`; `deadline` is None where the payer's limit is not on file.
    """

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    claim_line_id: int | None = Field(default=None, foreign_key="claim_line.id")
    remit_claim_id: int = Field(foreign_key="remit_claim.id", index=True)
    remit_line_id: int | None = Field(default=None, foreign_key="remit_line.id")
    group: str
    reason: str
    remarks: str = ""
    category: str
    cents: int = cents()
    state: str = Field(index=True)
    opened_on: date
    deadline: date | None = None
    closed_on: date | None = None


class SignedNotice(SQLModel, table=True):
    """A notice (ABN) that a patient signed before the service: it may not be covered, and is then the patient's to pay.

    `code` is the procedure that it names, empty for every line of the visit; `kept` says where the paper is.
    """

    __tablename__ = "signed_notice"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    code: str = ""
    signed_on: date
    kept: str = ""
    at: datetime = moment()
    user_id: int = Field(foreign_key="app_user.id")
