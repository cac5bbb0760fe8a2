"""Billing the payer that comes next: its claim is made by itself when the payer before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.claims.build import make_version, new_claim, rebuild
from store.claims.coverages import in_force, place_of
from store.claims.edit_work import free_claim
from store.claims.events import GIVEN_UP
from store.claims.states import ADJUDICATED, QUEUE, STILL_OURS, ClaimState, called
from store.denials.states import CLOSED
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.forward import following_of, forward, recall
from store.remits.next_payer import open_at_next_payer
from store.tables import Claim, ClaimEvent, Coverage, Denial, Encounter, Patient, Payer
from store.work import items
from store.work.command import Change, Command, Said

CALLED_BACK = "the claim to {} was cancelled: N bills it again, P makes it the patient's"
_REPLACEABLE = frozenset({*STILL_OURS, ClaimState.CANCELLED, *ADJUDICATED})


def bill_next_payers(change: Change, claims: Sequence[Claim]) -> list[Claim]:
    """Make the next payer's claim of each claim whose own payer is done; the others are put before the biller."""
    made: list[Claim] = []
    if not claims:
        return made
    change.session.flush()
    autoflush, change.session.autoflush = change.session.autoflush, True
    try:
        for claim in claims:
            made += _bill_or_offer(change, claim)
    finally:
        change.session.autoflush = autoflush
    return made


def _bill_or_offer(change: Change, claim: Claim) -> list[Claim]:
    made = []
    for payer_id, cents in open_at_next_payer(change.session, claim).items():
        if cents <= 0:
            continue
        name = change.get(Payer, payer_id).name
        following = following_of(change, claim)
        if not _done(change, claim):
            _offer(change, claim, cents, f"bill {name} next, once what was denied is settled (N bills it now)")
        elif following is not None and _given_up(change, following):
            _offer(change, claim, cents, CALLED_BACK.format(name))
        elif following is not None and following.state not in _REPLACEABLE:
            _offer(change, claim, cents, f"{name} was billed before this answer changed; wait for it, then N")
        else:
            made.append(bill_next(change, claim, payer_id, following))
    return made


def bill_next(change: Change, claim: Claim, payer_id: int, following: Claim | None) -> Claim:
    """The claim to the next payer, or the next version of the one that there is."""
    encounter = change.get(Encounter, claim.encounter_id)
    if following is None:
        patient = change.get(Patient, claim.patient_id)
        coverage, sequence = _coverage(change, claim, payer_id)
        following = new_claim(change, encounter, patient, coverage, sequence, claim)
        forward(change, claim, following, payer_id)
        make_version(change, following, "1")
    else:
        forward(change, claim, following, payer_id)
        rebuild(change, following)
    items.force_close(change, QUEUE, claim.id)
    return following


@dataclass(frozen=True, slots=True)
class BillNextPayer(Command):
    """Bill the next payer now: a denial is still open, or the claim that was sent on was never answered."""

    claim_id: int
    name: ClassVar[str] = "claims.bill_next"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused where nothing waits for a next payer."""
        claim = free_claim(change, self.claim_id)
        waiting = {payer: cents for payer, cents in open_at_next_payer(change.session, claim).items() if cents > 0}
        following = following_of(change, claim)
        if not waiting:
            raise Refused(f"Nothing of {called(claim)} waits for a next payer.")
        if following is not None and following.state not in _REPLACEABLE:
            raise Refused(f"{called(following)} is {following.state}.", do="Wait for its answer.")
        made = [bill_next(change, claim, payer_id, following) for payer_id in waiting]
        said = ", ".join(f"{called(one)} ({change.get(Payer, one.payer_id).name}) is {one.state}" for one in made)
        return Said(f"{said}.", made[0].id)


def call_back(change: Change, claim: Claim) -> str:
    """A later payer's claim is given up: what was forwarded to it waits on the claim before, and comes up; told."""
    prior = change.get(Claim, claim.prior_id)
    recall(change, [prior.id])
    cents = open_at_next_payer(change.session, prior).get(claim.payer_id, 0)
    if cents <= 0:
        return ""
    name = change.get(Payer, claim.payer_id).name
    _offer(change, prior, cents, CALLED_BACK.format(name))
    return f"{show_cents(cents, sign='$')} is back on {called(prior)}, which is among the claims to send."


def _given_up(change: Change, claim: Claim) -> bool:
    """Whether a person cancelled it, and nothing happened to it since: it is not made again unasked."""
    query = select(ClaimEvent.kind).where(ClaimEvent.claim_id == claim.id).order_by(col(ClaimEvent.id).desc())
    return claim.state == ClaimState.CANCELLED and change.session.exec(query.limit(1)).first() == GIVEN_UP


def _done(change: Change, claim: Claim) -> bool:
    """Whether the payer has nothing left to decide: no denial of it is open."""
    still_open = col(Denial.state).not_in(CLOSED)
    denied = change.session.exec(select(Denial.id).where(Denial.claim_id == claim.id, still_open)).first()
    return denied is None and claim.state in ADJUDICATED and claim.state != ClaimState.REVERSED


def _coverage(change: Change, claim: Claim, payer_id: int) -> tuple[Coverage, str]:
    query = select(Coverage).where(Coverage.patient_id == claim.patient_id).order_by(col(Coverage.order))
    known = [one for one in change.session.exec(query).all() if in_force(one, claim.service_from)]
    own = change.get(Coverage, claim.coverage_id)
    for one in known:
        if one.payer_id == payer_id and one.order > own.order:
            return one, place_of(one, known)
    raise Refused(f"The patient has no coverage by that payer after the one of {called(claim)}.")


def _offer(change: Change, claim: Claim, cents: int, reason: str) -> None:
    items.put(change, QUEUE, claim.id, reason=reason, cents=cents, due=claim.filing_limit, score=cents)
