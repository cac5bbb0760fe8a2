"""The fee schedule: what the practice charges for a procedure on a date."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.errors import Refused
from store.tables import Fee


def fee_on(session: Session, code: str, on: date) -> Fee:
    """The fee of a procedure code on the date of service; refused when there is none in force."""
    wanted = code.strip().upper()
    known = session.exec(select(Fee).where(Fee.code == wanted).order_by(col(Fee.valid_from).desc())).all()
    for fee in known:
        if fee.valid_from <= on and (fee.valid_to is None or on <= fee.valid_to):
            return fee
    if known:
        raise Refused(f"{wanted} is not in force on {on}.", do="Choose another code.")
    raise Refused(f"{wanted[:20]!r} is not in the fee schedule.", do="Choose a code from it.")


def fees_on(session: Session, on: date) -> list[Fee]:
    """Every procedure in force on a date, by code."""
    in_force = or_(col(Fee.valid_to).is_(None), col(Fee.valid_to) >= on)
    return list(session.exec(select(Fee).where(Fee.valid_from <= on, in_force).order_by(col(Fee.code))).all())
