"""Giving money up for guarantors: what every reason to do it has in common."""

from __future__ import annotations

from collections.abc import Iterable

from store.accounts.balances import OpenItem
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.work.command import Change


def give_up(change: Change, guarantor_id: int, parts: Iterable[tuple[OpenItem, int]], ref: str, why: str) -> int:
    """Book a discount on some lines, (line, cents) each; the sum in cents."""
    legs: list[Leg] = []
    total = 0
    for item, cents in parts:
        if cents > 0:
            where = (guarantor_id, item.claim_id, item.claim_line_id, item.encounter_id)
            legs += [Leg(Book.DISCOUNT, cents, *where), Leg(Book.PATIENT, -cents, *where)]
            total += cents
    if legs:
        post(change, Entry(ref, "discount", change.today, tuple(legs), why))
    return total
