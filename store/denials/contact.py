"""How the payer of a denial is reached."""

from __future__ import annotations

from sqlmodel import Session

from store.tables import Claim, Denial, Payer


def payer_of(session: Session, denial_id: int) -> Payer:
    """The payer that denied."""
    claim = session.get_one(Claim, session.get_one(Denial, denial_id).claim_id)
    return session.get_one(Payer, claim.payer_id)


def call_told(session: Session, denial_id: int) -> str:
    """The number and what to press, in one line."""
    payer = payer_of(session, denial_id)
    if not payer.phone:
        return f"{payer.name}: no number on file"
    return f"{payer.name} {payer.phone}" + (f", press {payer.phone_menu}" if payer.phone_menu else "")


def contact_facts(payer: Payer) -> tuple[tuple[str, str], ...]:
    """Telephone, fax and portal, as far as they are on file."""
    phone = payer.phone + (f", press {payer.phone_menu}" if payer.phone_menu else "")
    told = (("Call", phone), ("Fax", payer.fax), ("Portal", payer.portal))
    return tuple((name, text or "not on file") for name, text in told)
