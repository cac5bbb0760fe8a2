"""Which of our claims an answer may be about that names none of them: for the person who decides, never taken.

A claim is listed where at least two things agree: patient's name, day, charge, or code and charge of a line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.claims.states import ClaimState
from store.remits.match import same_name, visit_of
from store.tables import Claim, ClaimLine, Patient
from store.x12.remittance_values import RemitClaim

MOST = 5
_READ = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim of ours: `charge` and what is `open` at the payer in cents, and what of it `agrees` with the answer."""

    control_number: str
    patient: str
    service_from: date
    charge: int
    open: int
    agrees: tuple[str, ...]


def candidates(session: Session, answer: RemitClaim) -> list[Candidate]:
    """The claims that agree in most, the latest first; at most `MOST`."""
    name, day, charge = visit_of(answer)
    last = name.partition(",")[0]
    same_visit = and_(col(Claim.service_from) == day, col(Claim.charge) == charge)
    query = (
        select(Claim, Patient)
        .join(Patient, col(Patient.id) == col(Claim.patient_id))
        .where(or_(func.lower(Patient.last) == last, same_visit), Claim.state != ClaimState.CANCELLED)
        .order_by(col(Claim.service_from).desc(), col(Claim.id))
        .limit(_READ)
    )
    rows = session.exec(query).all()
    lines = _lines(session, [claim.id for claim, _ in rows])
    told = {(line.code, abs(line.charge)) for line in answer.lines}
    found: list[tuple[Claim, str, tuple[str, ...]]] = []
    for claim, patient in rows:
        checks = {
            "name": same_name(f"{patient.last},{patient.first}", answer.patient_name),
            "day": claim.service_from == day,
            "charge": claim.charge == charge,
            "line": bool(told & lines[claim.id]),
        }
        agrees = tuple(what for what, does in checks.items() if does)
        if len(agrees) > 1:
            found.append((claim, f"{patient.last}, {patient.first}", agrees))
    found.sort(key=lambda one: -len(one[2]))
    return [
        Candidate(
            claim.control_number, who, claim.service_from, claim.charge,
            claim_books(session, claim.id).get(Book.INSURANCE, 0), agrees,
        )
        for claim, who, agrees in found[:MOST]
    ]  # fmt: skip


def _lines(session: Session, claim_ids: list[int]) -> dict[int, set[tuple[str, int]]]:
    """Code and charge of each claim's lines."""
    found: dict[int, set[tuple[str, int]]] = defaultdict(set)
    query = select(ClaimLine.claim_id, ClaimLine.code, ClaimLine.charge).where(col(ClaimLine.claim_id).in_(claim_ids))
    for claim_id, code, charge in session.exec(query.where(ClaimLine.active)).all():
        found[claim_id].add((code, charge))
    return found
