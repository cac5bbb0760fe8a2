"""The books of a claim that is given up: nothing stays open at a payer, and nobody owes what is billed to nobody.

Its charge is taken back, and with it whatever was given up of it under a contract or by us, or asked of the patient.
Money stays where it came in, so that what somebody paid on such a claim is a credit of theirs.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.accounts.explain import CANCELLATION
from store.accounts.ledger import Entry, Leg, post
from store.accounts.standing import refresh_account
from store.claims.build import book_charge
from store.claims.states import ClaimState
from store.tables import Claim, ClaimVersion, Posting
from store.variance.credits import look_for_credits
from store.work.command import Change

_TAKEN_BACK = frozenset({Book.CHARGES, Book.CONTRACTUAL, Book.WRITE_OFF, Book.DISCOUNT, Book.BAD_DEBT})
_PATIENT = frozenset({Book.PATIENT, Book.PATIENT_CASH})


def charge_no_more(change: Change, claim: Claim, why: str) -> int:
    """Take a first payer's claim's charge off the books; how many cents it was."""
    cents, claim.charge = claim.charge, 0
    query = select(Posting.book, Posting.claim_line_id, Posting.payer_id, func.sum(Posting.cents)).where(
        Posting.claim_id == claim.id
    )
    change.session.flush()
    legs: list[Leg] = []
    patient: dict[int | None, int] = defaultdict(int)
    grouped = query.group_by(col(Posting.book), col(Posting.claim_line_id), col(Posting.payer_id))
    for book, line, payer_id, total in change.session.exec(grouped).all():
        if book in _TAKEN_BACK:
            legs.append(_leg(claim, Book(book), -int(total), line, payer_id))
        elif book in _PATIENT:
            patient[line] += int(total)
    legs += [_leg(claim, Book.PATIENT, -total, line, None) for line, total in patient.items()]
    legs.append(_leg(claim, Book.INSURANCE, -sum(leg.cents for leg in legs), None, claim.payer_id))
    ref = f"cancel:claim:{claim.id}:{claim.current}:{change.action.id}"
    post(change, Entry(ref, CANCELLATION, change.today, tuple(legs), memo=why))
    look_for_credits(change, {claim.id})
    if patient:
        refresh_account(change, claim.guarantor_id)
    return cents


def charge_again(change: Change, claim: Claim) -> None:
    """Book the charge of a claim whose charge was taken back: the payer answered it all the same."""
    if is_off_the_books(claim):
        book_charge(change, claim, charge_of(change.session, claim))


def is_off_the_books(claim: Claim) -> bool:
    """Whether it was given up, and its charge taken back."""
    return claim.state == ClaimState.CANCELLED and claim.prior_id is None and not claim.charge


def charge_of(session: Session, claim: Claim) -> int:
    """What its current version charges, in cents."""
    return _current(session, claim).charge


def frequency_of(session: Session, claim: Claim) -> str:
    """What its current version is to the payer: 1 original, 7 replacement, 8 void."""
    return _current(session, claim).frequency


def settle_cancelled(change: Change) -> int:
    """Take back the charge of claims that were given up before this was done with them; how many."""
    query = select(Claim).where(Claim.state == ClaimState.CANCELLED, col(Claim.prior_id).is_(None), Claim.charge != 0)
    found = change.session.exec(query.order_by(col(Claim.id))).all()
    for claim in found:
        charge_no_more(change, claim, "given up")
    return len(found)


def _current(session: Session, claim: Claim) -> ClaimVersion:
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return session.exec(query).one()


def _leg(claim: Claim, book: Book, cents: int, line: int | None, payer_id: int | None) -> Leg:
    return Leg(book, cents, claim.guarantor_id, claim.id, line, claim.encounter_id, payer_id)
