"""Remittance exceptions: money that is booked but whose place is not certain."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from store.remits.board import Board
from store.tables import RemitClaim
from store.work.command import Change

QUEUE = "remits"
NO_CLAIM, AMBIG, NO_LINE, OVERPAY, QMB = "NO_CLAIM", "AMBIG", "NO_LINE", "OVERPAY", "QMB"
REV_NO_ORIG, REV_NO_LINE, CLOSED, REVIEW = "REV_NO_ORIG", "REV_NO_LINE", "CLOSED", "REVIEW"

WORDS = {
    NO_CLAIM: "no claim of ours has this number",
    AMBIG: "several claims of ours would fit",
    NO_LINE: "a line could not be matched to one line of the claim",
    OVERPAY: "more was paid or adjusted than is open on the claim",
    REV_NO_ORIG: "it takes money back, but no answer that was posted is what it takes back",
    REV_NO_LINE: "it takes back at claim level what was paid line by line, or the other way round",
    CLOSED: "the claim was cancelled here, and the payer answered it all the same",
    REVIEW: "this payer is not enabled for posting without a person",
    QMB: "the patient may not be billed the cost share, and no payer follows: bill Medicaid or give it up",
}
HELD = frozenset({NO_CLAIM, AMBIG, NO_LINE, OVERPAY, REV_NO_ORIG, REV_NO_LINE, REVIEW})
"""Reasons for which nothing is posted to a claim; the others only want to be looked at."""
RETRIED = frozenset({OVERPAY, REV_NO_ORIG, REV_NO_LINE})
"""Reasons that a later arrival can settle by itself: the missing original, or the reversal that makes room."""


def raise_exception(change: Change, board: Board, answer_id: int, paid: int, reason: str) -> None:
    """Put the answer before a person; the money stays where it was booked."""
    change.session.execute(update(RemitClaim).where(col(RemitClaim.id) == answer_id).values(reason=reason))
    board.put(QUEUE, answer_id, reason=f"{reason}: {WORDS[reason]}", cents=abs(paid), score=abs(paid))
