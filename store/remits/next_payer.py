"""Who bears what the first payer left: the next payer, where the patient has one, and only then the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.accounts.standing import refresh_account
from store.claims.build import QUEUE as CLAIMS
from store.claims.build import called
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, Coverage, Payer, Posting
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text


def bears(change: Change, claim: Claim) -> int | None:
    """The payer that comes after this claim's, or None when the patient is next.

    (A patient share may be billed to another payer on the patient's behalf: what waits for it is never patient-due.)
    """
    current = change.get(Coverage, claim.coverage_id)
    query = (
        select(Coverage)
        .where(Coverage.patient_id == claim.patient_id, col(Coverage.order) > current.order)
        .order_by(col(Coverage.order))
    )
    day = claim.service_from
    for coverage in change.session.exec(query).all():
        if (coverage.valid_from is None or coverage.valid_from <= day) and (
            coverage.valid_to is None or day <= coverage.valid_to
        ):
            return coverage.payer_id
    return None


def open_at_next_payer(session: Session, claim: Claim) -> dict[int, int]:
    """What waits for payers after this claim's own: {payer id: cents}."""
    query = (
        select(Posting.payer_id, func.sum(Posting.cents))
        .where(Posting.claim_id == claim.id, Posting.book == Book.INSURANCE, col(Posting.payer_id) != claim.payer_id)
        .group_by(col(Posting.payer_id))
    )
    return {payer: int(cents) for payer, cents in session.exec(query).all() if payer is not None and cents}


def offer_next_payer(change: Change, claim: Claim) -> None:
    """Put a claim whose rest is the next payer's before the biller."""
    for payer_id, cents in open_at_next_payer(change.session, claim).items():
        if cents > 0:
            payer = change.get(Payer, payer_id)
            items.put(change, CLAIMS, claim.id, reason=f"bill {payer.name} next", cents=cents, score=cents)


@dataclass(frozen=True, slots=True)
class MoveToPatient(Command):
    """The next payer will not pay the rest: it becomes the patient's."""

    claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.move_to_patient"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Only money that a payer gave as the patient's share can move, never a denial."""
        claim = change.get(Claim, self.claim_id, lock=True)
        change.patient_id = claim.patient_id
        lock_accounts(change, [claim.guarantor_id])
        waiting = {payer: cents for payer, cents in open_at_next_payer(change.session, claim).items() if cents > 0}
        if not waiting:
            raise Refused(f"Nothing of {called(claim)} waits for a next payer.")
        if not self.reason.strip():
            raise Refused("Say why the next payer does not pay.")
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id)
        for payer_id, cents in waiting.items():
            legs = (Leg(Book.PATIENT, cents, *where), Leg(Book.INSURANCE, -cents, *where, payer_id))
            ref = f"to-patient:claim:{claim.id}:{payer_id}:{change.action.id}"
            post(change, Entry(ref, "transfer", change.today, legs, memo=clean_line(self.reason)))
        items.close(change, CLAIMS, claim.id)
        refresh_account(change, claim.guarantor_id)
        return Said(f"{show_cents(sum(waiting.values()), sign='$')} is now the patient's.", claim.id)
