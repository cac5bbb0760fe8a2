"""What a payer took back at provider level (PLB) and which claim's credit balance it was for.

An overpayment recovery (WO, WU, CS) with the claim's number clears the row that waits for it by itself
(`store.variance.credits`).  Often it names nothing, comes before the row is there, or is another sum: then a person
says under which trace the payer took the money, and it is put against the claim's credit, as far as both go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.provider import recoveries
from store.remits.states import RemitState
from store.tables import Claim, CreditBalance, LedgerEntry, Payer, Posting, Remittance
from store.tables import RemitProviderAdjustment as Plb
from store.text import clean_line
from store.variance.credit_work import workable
from store.variance.credits import look_for_credits, overpaid
from store.variance.states import CreditState
from store.work.command import Change, Command, Said

KIND = "recoupment"
_WAITS = frozenset({CreditState.IDENTIFIED, CreditState.INVESTIGATING, CreditState.RECOUP_EXPECTED})


@dataclass(frozen=True, slots=True)
class Taking:
    """One recovery: `left` are the cents of it that stand against no claim's credit yet; `claim_id` whom it names."""

    plb_id: int
    remittance_id: int
    trace: str
    on: date
    reason: str
    reference: str
    cents: int
    left: int
    claim_id: int | None
    segment: int


def takings(session: Session, payer: Payer, claim_id: int) -> list[Taking]:
    """What the payer took and what is left of it, those that name another claim left out; the oldest first."""
    nameless = and_(col(Plb.claim_id).is_(None), col(Plb.reason).in_(recoveries(of_claim=False)))
    named = and_(col(Plb.claim_id) == claim_id, col(Plb.reason).in_(recoveries(of_claim=True)))
    query = (
        select(Plb, Remittance)
        .join(Remittance, col(Remittance.id) == col(Plb.remittance_id))
        .where(Remittance.payer_code == payer.payer_id, Remittance.state != RemitState.REVERSED)
        .where(col(Plb.cents) > 0, or_(nameless, named))
        .order_by(col(Remittance.paid_on), col(Plb.id))
    )
    rows = session.exec(query).all()
    used = _used(session, {remittance.id for _, remittance in rows})
    every = (
        Taking(
            plb.id, remittance.id, remittance.trace, remittance.paid_on, plb.reason, plb.reference, plb.cents,
            plb.cents - used[plb.id], plb.claim_id, plb.segment,
        )
        for plb, remittance in rows
    )  # fmt: skip
    return [one for one in every if one.left > 0]


def _used(session: Session, remittance_ids: set[int]) -> dict[int, int]:
    """Cents of each PLB pair that stand against a claim: the ref of such an entry names row and pair."""
    back = aliased(LedgerEntry)
    query = (
        select(LedgerEntry.ref, func.sum(Posting.cents))
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .outerjoin(back, col(back.reverses_id) == col(LedgerEntry.id))
        .where(col(LedgerEntry.remittance_id).in_(sorted(remittance_ids)), LedgerEntry.kind == KIND)
        .where(Posting.book == Book.PROVIDER, col(back.id).is_(None))
        .group_by(col(LedgerEntry.ref))
    )
    found: dict[int, int] = defaultdict(int)
    for ref, cents in session.exec(query).all():
        found[int(ref.split(":")[2])] -= int(cents)
    return found


@dataclass(frozen=True, slots=True)
class ApplyTaking(Command):
    """The payer took the money already, at provider level under this trace: put that against the claim's credit."""

    credit_id: int
    trace: str
    name: ClassVar[str] = "credits.taken"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """As far as both go; the row is cleared when nothing too much is left on the claim."""
        row = workable(change, self.credit_id)
        if row.payer_id is None or row.claim_id is None:
            raise Refused("A patient takes nothing back by itself.", do="Put it on another visit (m) or refund it (R).")
        if row.state not in _WAITS:
            raise Refused(
                "A refund of it is under way: the payer would have its money twice.", do="Refuse it first (N)."
            )
        payer, claim = change.get(Payer, row.payer_id), change.get(Claim, row.claim_id, lock=True)
        lock_accounts(change, [claim.guarantor_id])
        found = self._named(change, payer, claim)
        moved = self._book(change, row, claim, found)
        look_for_credits(change, [claim.id])
        left = overpaid(change.session, [claim.id]).get((claim.id, payer.id), 0)
        told = f"; {show_cents(left, sign='$')} is still too much" if left else ""
        return Said(
            f"{show_cents(moved, sign='$')} that {payer.name} took clears claim {claim.control_number}{told}.", row.id
        )

    def _named(self, change: Change, payer: Payer, claim: Claim) -> Sequence[Taking]:
        trace = clean_line(self.trace)
        every = takings(change.session, payer, claim.id)
        found = [one for one in every if one.trace == trace]
        if found:
            return sorted(found, key=lambda one: one.claim_id is None)
        known = ", ".join(f"{one.trace} ({show_cents(one.left, sign='$')})" for one in every[:5])
        raise Refused(
            f"{payer.name} took nothing back under '{trace[:30]}' that is not on a claim yet.",
            do=f"There is: {known}." if known else "Nothing of it came in a remittance so far: wait for it (K).",
        )

    def _book(self, change: Change, row: CreditBalance, claim: Claim, found: Sequence[Taking]) -> int:
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id, row.payer_id)
        moved = 0
        for one in found:
            cents = min(one.left, row.cents - moved)
            if cents <= 0:
                break
            moved += cents
            legs = (Leg(Book.INSURANCE, cents, *where), Leg(Book.PROVIDER, -cents, *where))
            memo = f"{one.trace} {one.reason} segment {one.segment}"
            ref = f"recoup:{row.id}:{one.plb_id}:{change.action.id}"
            post(change, Entry(ref, KIND, change.today, legs, memo, remittance_id=one.remittance_id))
        return moved
