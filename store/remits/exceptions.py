"""Remittance exceptions: money that is booked but whose place is not certain."""

from __future__ import annotations

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.tables import Claim, RemitClaim, RemitLine
from store.work import items
from store.work.command import Change

QUEUE = "remits"
NO_CLAIM, NO_LINE, OVERPAY = "NO_CLAIM", "NO_LINE", "OVERPAY"

WORDS = {
    NO_CLAIM: "no claim of ours has this number",
    NO_LINE: "a line could not be matched to one line of the claim",
    OVERPAY: "more was paid or adjusted than was charged",
}


def raise_exception(change: Change, answer: RemitClaim, reason: str) -> None:
    """Put the answer before a person; the money stays where it was booked."""
    answer.reason = reason
    items.put(
        change, QUEUE, answer.id, reason=f"{reason}: {WORDS[reason]}", cents=abs(answer.paid), score=abs(answer.paid)
    )


def look_for(change: Change, answer: RemitClaim, claim: Claim, lines: list[RemitLine]) -> None:
    """Raise what is not certain about a matched answer."""
    if claim_books(change.session, claim.id).get(Book.INSURANCE, 0) < 0:
        raise_exception(change, answer, OVERPAY)
    elif any(line.claim_line_id is None for line in lines):
        raise_exception(change, answer, NO_LINE)
