"""The state that a claim has after its answers, net of reversals."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from store.claims import rejections
from store.claims.build import QUEUE as CLAIMS
from store.claims.build import called
from store.claims.events import tell
from store.claims.states import CLAIM, ClaimState
from store.remits.dispositions import Disposition
from store.tables import Claim, RemitAdjustment, RemitClaim
from store.work import items
from store.work.command import Change


def settle_claim(change: Change, claim: Claim, answer: RemitClaim) -> None:
    """Move the claim to the state that all its answers together give, and tell its history."""
    state = _net_state(change, claim)
    tell(change, claim, "835", status=answer.status, text=f"paid {answer.paid / 100:.2f}, now {state}")
    if claim.state == ClaimState.READY or claim.state == ClaimState.EDIT_FAIL:
        return  # a corrected version waits to go out; the answer was to an earlier one
    for queue in (CLAIMS, rejections.QUEUE):
        items.force_close(change, queue, claim.id)
    if claim.state != state:
        change.move(claim, CLAIM, state, called(claim))


def _net_state(change: Change, claim: Claim) -> ClaimState:
    charge, paid, last = change.session.exec(
        select(func.sum(RemitClaim.charge), func.sum(RemitClaim.paid), func.max(RemitClaim.id)).where(
            RemitClaim.claim_id == claim.id
        )
    ).one()
    sums = _by_disposition(change, claim.id)
    denied, patient = sums.get(Disposition.DENIAL, 0), sums.get(Disposition.PATIENT, 0)
    if last is not None and charge == 0 and paid == 0 and not any(sums.values()) and claim.charge:
        return ClaimState.REVERSED
    if denied > 0:
        return ClaimState.PARTIAL if paid > 0 or patient > 0 else ClaimState.DENIED
    if paid > 0:
        return ClaimState.PAID
    return ClaimState.ALL_PATIENT if patient > 0 else ClaimState.ZERO


def _by_disposition(change: Change, claim_id: int) -> dict[str, int]:
    query = (
        select(RemitAdjustment.disposition, func.sum(RemitAdjustment.cents))
        .join(RemitClaim, col(RemitClaim.id) == col(RemitAdjustment.remit_claim_id))
        .where(RemitClaim.claim_id == claim_id)
        .group_by(col(RemitAdjustment.disposition))
    )
    return {row[0]: int(row[1]) for row in change.session.exec(query).all()}
