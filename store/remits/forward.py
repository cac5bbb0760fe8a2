"""Money that waits for the next payer goes with the claim: forwarded to it, and called back.

What waits is forwarded from the claim before to the next one, line by line, so that each claim's books stay even and
the charge is booked once.  When the payer before takes its answer back, what was forwarded is called back first, so
that the reversal finds everything where its answer had put it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.claims.events import tell
from store.claims.states import CLAIM, QUEUE, REJECTIONS, ClaimState, called
from store.tables import Claim, Posting
from store.work import items
from store.work.command import Change

STOPPABLE = frozenset({ClaimState.EDIT_FAIL, ClaimState.READY, ClaimState.HELD, ClaimState.REJECTED, ClaimState.ROUTED})
"""States in which no payer has the claim: it is given up when there is nothing left to claim."""


def following_of(change: Change, claim: Claim) -> Claim | None:
    """The claim to the next payer, if it was ever made."""
    return change.session.exec(select(Claim).where(Claim.prior_id == claim.id)).first()


def recall(change: Change, claim_ids: Collection[int], *, by: int | None = None) -> None:
    """Call back what these claims forwarded, because their payer takes its answer back.

    With `by` only what was forwarded to that payer and never sent: it answered the claim before by itself.
    """
    ids = sorted(claim_ids)
    if not ids:
        return
    found: list[Claim] = []
    for start in range(0, len(ids), 500):
        found += change.session.exec(select(Claim).where(col(Claim.prior_id).in_(ids[start : start + 500]))).all()
    for following in found:
        if by is not None and (following.payer_id != by or following.state not in STOPPABLE):
            continue
        prior = change.get(Claim, following.prior_id)
        sums = _sums(change, prior.id, Book.FORWARDED, following.payer_id)
        _post(change, prior, following, {line: -cents for line, cents in sums.items()}, following.payer_id)
        tell(change, following, "PRIOR", text=f"what {called(prior)} had left was called back")
        if following.state in STOPPABLE:
            change.move(following, CLAIM, ClaimState.CANCELLED, called(following))
            for queue in (QUEUE, REJECTIONS):
                items.force_close(change, queue, following.id)


def forward(change: Change, claim: Claim, following: Claim, payer_id: int) -> None:
    """Move what waits for the payer, line by line, from the claim before to the payer's own claim as a whole.

    (A claim whose making is undone leaves its postings and their reversals, which may name none of its lines.)
    """
    sums = _sums(change, claim.id, Book.INSURANCE, payer_id)
    _post(change, claim, following, sums, payer_id)


def _post(change: Change, prior: Claim, following: Claim, sums: dict[int | None, int], payer_id: int) -> None:
    """Positive cents go from the claim before to the later one; negative ones come back."""
    legs: list[Leg] = []
    here = (following.guarantor_id, following.id, None, following.encounter_id, payer_id)
    for line, cents in sums.items():
        there = (prior.guarantor_id, prior.id, line, prior.encounter_id, payer_id)
        legs += [Leg(Book.INSURANCE, -cents, *there), Leg(Book.FORWARDED, cents, *there)]
        legs += [Leg(Book.INSURANCE, cents, *here), Leg(Book.FORWARDED, -cents, *here)]
    before = select(func.count()).where(Posting.claim_id == following.id, Posting.book == Book.FORWARDED)
    ref = f"forward:{prior.id}:{following.id}:{change.action.id}:{change.session.exec(before).one()}"
    memo = f"{prior.control_number} to {following.control_number}"
    post(change, Entry(ref, "forward", change.today, tuple(legs), memo=memo))


def _sums(change: Change, claim_id: int, book: Book, payer_id: int) -> dict[int | None, int]:
    query = select(Posting.claim_line_id, func.sum(Posting.cents)).where(
        Posting.claim_id == claim_id, Posting.book == book, Posting.payer_id == payer_id
    )
    rows = change.session.exec(query.group_by(col(Posting.claim_line_id))).all()
    return {line: int(cents) for line, cents in rows if cents}
