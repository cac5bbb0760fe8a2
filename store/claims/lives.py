"""Where a patient lives, as far as it stands on a claim: who posts makes claims, and reads no other address."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session, select

from store.db import on_postgresql
from store.tables import Claim, PatientContact
from store.x12.claim_values import Address

_ON_CLAIM = text("SELECT * FROM superbill_address_on_claim(:claim)")
_UNKNOWN = ("", "", "", "")


def lives_at(session: Session, claim: Claim) -> Address:
    """The patient's address now; all of it empty where none is known.

    PostgreSQL gives it to who may read claims, by a function of its own.
    """
    if on_postgresql(session):
        row = session.execute(_ON_CLAIM, {"claim": claim.id}).first()
        return Address(*(row or _UNKNOWN))
    lives = select(PatientContact.line1, PatientContact.city, PatientContact.state, PatientContact.zip)
    found = session.exec(lives.where(PatientContact.patient_id == claim.patient_id)).first()
    return Address(*(found or _UNKNOWN))
