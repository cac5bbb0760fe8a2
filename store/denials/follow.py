"""What happens to claims elsewhere and moves their denials: the coder is done, the payer has the corrected claim."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select

from store.denials.states import DenialState
from store.denials.steps import move, send
from store.tables import Claim, Denial
from store.work.command import Change


def coder_is_done(change: Change, claim: Claim) -> None:
    """The claim was made anew: its denials that were with the coder went out with it."""
    query = select(Denial).where(Denial.claim_id == claim.id, Denial.state == DenialState.ROUTED)
    for denial in change.session.exec(query.order_by(col(Denial.id))).all():
        send(change, denial, DenialState.CORRECTED_SENT, None, "the coder corrected the claim; no answer yet")


def payer_has(change: Change, claim_ids: Collection[int]) -> None:
    """The payer acknowledged these claims (277CA): what was corrected is awaited now."""
    query = select(Denial).where(
        col(Denial.claim_id).in_(sorted(claim_ids)), Denial.state == DenialState.CORRECTED_SENT
    )
    for denial in change.session.exec(query.order_by(col(Denial.id))).all():
        move(change, denial, DenialState.AWAITING)
