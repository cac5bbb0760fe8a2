"""Who bears what the first payer left: the next payer, where the patient has one, and only then the patient."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.accounts.standing import refresh_account
from store.claims.coverages import in_force
from store.claims.states import QUEUE as CLAIMS
from store.claims.states import called
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.dispositions import Disposition
from store.remits.forward import STOPPABLE, following_of, recall
from store.remits.outcome import net_of
from store.tables import Claim, Coverage, Posting
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text


def next_payers(session: Session, claims: Sequence[Claim], answering: Mapping[int, int]) -> dict[int, int]:
    """For each claim the payer that comes after the answering one; left out where the patient is next.

    (A patient share may be billed to another payer on the patient's behalf: what waits for it is never patient-due.)
    """
    coverages = _coverages(session, {claim.patient_id for claim in claims})
    found: dict[int, int] = {}
    for claim in claims:
        mine = coverages.get(claim.patient_id, [])
        own = next((one.order for one in mine if one.id == claim.coverage_id), 0)
        payer_id = answering[claim.id]
        later = (one.order for one in mine if one.payer_id == payer_id and one.order > own)
        current = own if payer_id == claim.payer_id else next(later, own)
        after = (one for one in mine if one.order > current and in_force(one, claim.service_from))
        following = next(after, None)
        if following is not None:
            found[claim.id] = following.payer_id
    return found


def _coverages(session: Session, patient_ids: set[int]) -> dict[int, list[Coverage]]:
    found: dict[int, list[Coverage]] = {}
    ids = sorted(patient_ids)
    for start in range(0, len(ids), 500):
        some = col(Coverage.patient_id).in_(ids[start : start + 500])
        for coverage in session.exec(select(Coverage).where(some).order_by(col(Coverage.order))).all():
            found.setdefault(coverage.patient_id, []).append(coverage)
    return found


def waiting_at_payers(session: Session, claim_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """What each claim has open at each payer, its own among them: {claim id: {payer id: cents}}."""
    found: dict[int, dict[int, int]] = {}
    ids = sorted(claim_ids)
    for start in range(0, len(ids), 500):
        query = (
            select(Posting.claim_id, Posting.payer_id, func.sum(Posting.cents))
            .where(col(Posting.claim_id).in_(ids[start : start + 500]), Posting.book == Book.INSURANCE)
            .group_by(col(Posting.claim_id), col(Posting.payer_id))
        )
        for claim_id, payer_id, cents in session.exec(query).all():
            if claim_id is not None and payer_id is not None:
                found.setdefault(claim_id, {})[payer_id] = int(cents)
    return found


def open_at_next_payer(session: Session, claim: Claim) -> dict[int, int]:
    """What waits for payers after this claim's own: {payer id: cents}."""
    waiting = waiting_at_payers(session, [claim.id]).get(claim.id, {})
    return {payer: cents for payer, cents in waiting.items() if payer != claim.payer_id and cents}


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
        if (
            claim.prior_id is not None and claim.state in STOPPABLE
        ):  # what it would have claimed stands on the one before
            claim = change.get(Claim, claim.prior_id, lock=True)
        change.patient_id = claim.patient_id
        lock_accounts(change, [claim.guarantor_id])
        following = following_of(change, claim)
        if following is not None and following.state in STOPPABLE:
            items.require_free(change, CLAIMS, following.id)
            recall(change, [claim.id])
        waiting = {payer: cents for payer, cents in open_at_next_payer(change.session, claim).items() if cents > 0}
        if not waiting:
            raise Refused(f"Nothing of {called(claim)} waits for a next payer.")
        if net_of(change.session, [claim.id])[claim.id].adjusted[Disposition.PROTECTED] > 0:
            raise Refused(
                "The patient is protected from cost sharing (QMB) and may not be billed.",
                do="Bill Medicaid or write off.",
            )
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
