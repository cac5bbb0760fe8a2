"""What happens to claims elsewhere and moves their denials: the coder is done, the payer has the corrected claim."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select

from store.denials.states import DenialState
from store.denials.steps import QUEUE, move, send
from store.errors import Taken
from store.tables import Claim, Denial
from store.work import items
from store.work.command import Change

_CODED = "the coder corrected the claim; no answer yet"


_OURS = frozenset({DenialState.OPEN, DenialState.TRIAGED, DenialState.WORKING, DenialState.PENDED})
"""Nothing is under way with the payer: what is sent of the claim is sent of these too."""


def with_the_claim(change: Change, claim_id: int, reason: str) -> int:
    """A claim goes out again whole: its other denials that nobody holds go with it; how many."""
    query = select(Denial).where(Denial.claim_id == claim_id, col(Denial.state).in_(_OURS))
    gone = 0
    for denial in change.session.exec(query.order_by(col(Denial.id))).all():
        try:
            items.require_free(change, QUEUE, denial.id)
        except Taken:
            continue
        send(change, denial, DenialState.CORRECTED_SENT, None, reason)
        gone += 1
    return gone


def coder_is_done(change: Change, claim: Claim) -> None:
    """The claim was made anew: its denials that were with the coder went out with it."""
    query = select(Denial).where(Denial.claim_id == claim.id, Denial.state == DenialState.ROUTED)
    for denial in change.session.exec(query.order_by(col(Denial.id))).all():
        send(change, denial, DenialState.CORRECTED_SENT, None, _CODED)
        with_the_claim(change, claim.id, _CODED)


def payer_has(change: Change, claim_ids: Collection[int]) -> None:
    """The payer acknowledged these claims (277CA): what was corrected is awaited now."""
    query = select(Denial).where(
        col(Denial.claim_id).in_(sorted(claim_ids)), Denial.state == DenialState.CORRECTED_SENT
    )
    for denial in change.session.exec(query.order_by(col(Denial.id))).all():
        move(change, denial, DenialState.AWAITING)
