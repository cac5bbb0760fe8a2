"""Calls with patients: each attempt, who answered the identity questions, what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from store.tables.base import Versioned, key, moment


class PatientCall(Versioned, table=True):
    """One attempt.  `state` is a `store.calls.states.CallState`; `verified` names the two items that were checked."""

    __tablename__ = "patient_call"

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    user_id: int = Field(foreign_key="app_user.id")
    state: str = Field(index=True)
    reason: str
    phone: str = ""
    began_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)
    verified: str = ""
    call_back_at: datetime | None = moment(optional=True)
    note: str = ""


class CallPreference(Versioned, table=True):
    """How a guarantor may be called: not at all, in which hours of local time, texting allowed or not."""

    __tablename__ = "call_preference"

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", unique=True)
    do_not_call: bool = False
    best_from: int | None = None
    best_to: int | None = None
    may_text: bool = False
    since: date
