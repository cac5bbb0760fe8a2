"""Insurance that a guarantor tells of: kept as a coverage, and what is due of its days is billed to it."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from store.accounts.balances import OpenItem, open_items
from store.accounts.books import Book
from store.accounts.holds import HoldKind, place
from store.accounts.ledger import Entry, Leg, post
from store.accounts.standing import refresh_account
from store.claims.coverages import in_force
from store.claims.parts import claims_of
from store.claims.release import LATER, release_anew
from store.claims.states import QUEUE as CLAIMS
from store.errors import Refused
from store.money import show_cents
from store.tables import Claim, Coverage, Encounter, Guarantor, Patient, Payer
from store.text import clean_line
from store.work import items
from store.work.command import Change


def bill_insurance(
    change: Change, guarantor_id: int, patient_id: int, payer_id: int, member_id: str, valid_from: date | None
) -> str:
    """Keep the coverage and bill what it covers; what was done, as a sentence.

    A visit without a claim gets one; on a visit that an insurer answered already, what is the patient's waits to be
    billed to the new payer next.  Dunning stops until the hold is lifted.
    """
    guarantor = change.get(Guarantor, guarantor_id, lock=True)
    patient, payer = change.get(Patient, patient_id), change.get(Payer, payer_id)
    if patient.guarantor_id != guarantor.id:
        raise Refused(f"{patient.number} is not on account {guarantor.number}.")
    change.patient_id = patient.id
    coverage = _keep(change, patient, payer, member_id, valid_from)
    moved = later = 0
    by_visit: dict[int, list[OpenItem]] = {}
    for item in open_items(change.session, guarantor.id):
        if item.cents > 0:
            by_visit.setdefault(item.encounter_id, []).append(item)
    for encounter_id, mine in by_visit.items():
        encounter = change.get(Encounter, encounter_id)
        if encounter.patient_id == patient.id and in_force(coverage, encounter.service_date):
            cents = sum(item.cents for item in mine)
            if _bill(change, encounter, payer, mine):
                moved += cents
            else:
                later += cents
    place(change, guarantor.id, HoldKind.NEW_INSURANCE, payer.name)
    guarantor.dunning = 0
    change.session.flush()
    refresh_account(change, guarantor.id)
    told = [f"{show_cents(moved, sign='$')} is billed to it"] if moved or not later else []
    told += [f"{show_cents(later, sign='$')} is {LATER}"] if later else []
    return f"{payer.name} is on file; {', '.join(told)}, and statements stop until it has answered."


def _keep(change: Change, patient: Patient, payer: Payer, member_id: str, valid_from: date | None) -> Coverage:
    member = clean_line(member_id)[:30]
    if not member:
        raise Refused("The member id is needed.")
    known = change.session.exec(select(Coverage).where(Coverage.patient_id == patient.id)).all()
    if any(one.payer_id == payer.id and one.member_id == member for one in known):
        raise Refused(f"{payer.name} with that member id is on file already.")
    order = max((one.order for one in known), default=0) + 1
    return change.add(
        Coverage(patient_id=patient.id, payer_id=payer.id, order=order, member_id=member, valid_from=valid_from)
    )


def _bill(change: Change, encounter: Encounter, payer: Payer, mine: list[OpenItem]) -> bool:
    """Whether it is billed now, and not by the next person who may build a claim."""
    claims = claims_of(change.session, encounter.id)
    if not claims:
        return release_anew(change, encounter)
    parts: dict[int, list[OpenItem]] = {}
    for item in mine:
        parts.setdefault(_first_claim(change, item.claim_id, claims).id, []).append(item)
    for claim in claims:
        if claim.id in parts:
            _bill_claim(change, claim, payer, parts[claim.id])
    return True


def _first_claim(change: Change, claim_id: int | None, claims: list[Claim]) -> Claim:
    """The first payer's claim behind a claim of the visit; its first part where that is not known."""
    claim = change.session.get(Claim, claim_id) if claim_id is not None else None
    while claim is not None and claim.prior_id is not None:
        claim = change.session.get(Claim, claim.prior_id)
    return claim or claims[0]


def _bill_claim(change: Change, claim: Claim, payer: Payer, mine: list[OpenItem]) -> None:
    legs: list[Leg] = []
    for item in mine:
        where = (claim.guarantor_id, claim.id, item.claim_line_id, claim.encounter_id)
        legs += [Leg(Book.INSURANCE, item.cents, *where, payer.id), Leg(Book.PATIENT, -item.cents, *where)]
    cents = sum(item.cents for item in mine)
    ref = f"to-payer:claim:{claim.id}:{payer.id}:{change.action.id}"
    post(change, Entry(ref, "transfer", change.today, tuple(legs), f"{payer.name} is billed next"))
    items.put(change, CLAIMS, claim.id, reason=f"bill {payer.name} next", cents=cents, score=cents)


def patients_of(session: Session, guarantor_id: int) -> list[tuple[int, str]]:
    """The patients of an account: (id, name)."""
    query = select(Patient).where(Patient.guarantor_id == guarantor_id).order_by(col(Patient.id))
    return [(one.id, f"{one.first} {one.last}, born {one.birth}") for one in session.exec(query).all()]


def payers(session: Session) -> list[tuple[int, str]]:
    """Every payer on file: (id, name)."""
    return [(one.id, one.name) for one in session.exec(select(Payer).order_by(col(Payer.name))).all()]
