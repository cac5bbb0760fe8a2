"""Remittance exceptions: money that is booked but whose place is not certain."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from store.remits.board import Board
from store.tables import RemitClaim
from store.work.command import Change

QUEUE = "remits"
NO_CLAIM, NO_LINE, OVERPAY, QMB = "NO_CLAIM", "NO_LINE", "OVERPAY", "QMB"

WORDS = {
    NO_CLAIM: "no claim of ours has this number",
    NO_LINE: "a line could not be matched to one line of the claim",
    QMB: "the patient may not be billed the cost share, and no payer follows: bill Medicaid or give it up",
    OVERPAY: "more was paid or adjusted than was charged",
}


def raise_exception(change: Change, board: Board, answer_id: int, paid: int, reason: str) -> None:
    """Put the answer before a person; the money stays where it was booked."""
    change.session.execute(update(RemitClaim).where(col(RemitClaim.id) == answer_id).values(reason=reason))
    board.put(QUEUE, answer_id, reason=f"{reason}: {WORDS[reason]}", cents=abs(paid), score=abs(paid))
