"""Credit balances: too much of a payer's money on a claim, with the regulator's clock, and what is done about it.

A government payer has to have its money within 60 days of the day on which the overpayment was identified; a timely
investigation stops that clock for at most 180 days (42 CFR 401.305).  For other payers the contract's limit holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.errors import NotAllowed, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, CreditBalance, Payer, Posting, RemitClaim, Remittance
from store.tables import RemitProviderAdjustment as Plb
from store.text import clean_line
from store.variance.states import CREDIT, CREDIT_OPEN, CreditState
from store.work import items
from store.work.command import Change, Command, Said, free_text

QUEUE = "credits"
GOVERNMENT = frozenset({"MA", "MB", "MC", "CH", "VA", "OF", "TV"})
"""SBR09 of payers whose money is the government's."""
REPORT_DAYS, PAUSE_DAYS = 60, 180

_S = CreditState


def clock_of(payer: Payer, identified_on: date, paused: int = 0) -> date | None:
    """The last day for giving the money back; `paused` days of investigation count for up to 180."""
    if payer.filing in GOVERNMENT:
        return identified_on + timedelta(days=REPORT_DAYS + min(max(0, paused), PAUSE_DAYS))
    return None


def overpaid(session: Session, claim_ids: Collection[int] | None = None) -> dict[tuple[int, int], int]:
    """Claims that a payer paid too much on: {(claim id, payer id): cents too much}."""
    found: dict[tuple[int, int], int] = {}
    where = (col(Posting.claim_id), col(Posting.payer_id))
    query = (
        select(*where, func.sum(Posting.cents))
        .where(Posting.book == Book.INSURANCE, col(Posting.claim_id).is_not(None), col(Posting.payer_id).is_not(None))
        .group_by(*where)
        .having(func.sum(Posting.cents) < 0)
    )
    ids = None if claim_ids is None else sorted(claim_ids)
    parts = [None] if ids is None else [ids[start : start + 500] for start in range(0, len(ids), 500)]
    for part in parts:
        some = query if part is None else query.where(col(Posting.claim_id).in_(part))
        for claim_id, payer_id, cents in session.execute(some).all():
            found[claim_id, payer_id] = -int(cents)
    return found


def look_for_credits(change: Change, claim_ids: Collection[int]) -> None:
    """Open, change and clear the credit balances of these claims as their books stand."""
    if not claim_ids:
        return
    change.session.flush()
    now = overpaid(change.session, claim_ids)
    known: dict[tuple[int, int], CreditBalance] = {}
    ids = sorted(claim_ids)
    for start in range(0, len(ids), 500):
        query = select(CreditBalance).where(col(CreditBalance.claim_id).in_(ids[start : start + 500]))
        for row in change.session.exec(query.order_by(col(CreditBalance.id))).all():
            known[row.claim_id, row.payer_id] = row
    for key, row in known.items():
        if key not in now and row.state in CREDIT_OPEN:
            clear(change, row)
    for (claim_id, payer_id), cents in now.items():
        _open(change, known.get((claim_id, payer_id)), claim_id, payer_id, cents)


def clear(change: Change, row: CreditBalance) -> None:
    """Nothing too much stands on the claim any more."""
    change.move(row, CREDIT, _S.CLEARED, "The credit balance")
    row.closed_on = change.today
    items.force_close(change, QUEUE, row.id)


def expected_recoupments(change: Change, remittance: Remittance) -> None:
    """Money that the payer took back at provider level for a claim settles the credit that waited for it."""
    query = (
        select(CreditBalance, Plb)
        .join(Plb, col(Plb.claim_id) == col(CreditBalance.claim_id))
        .where(Plb.remittance_id == remittance.id, Plb.reason == "WO", col(Plb.cents) > 0)
        .where(CreditBalance.state == _S.RECOUP_EXPECTED)
    )
    for row, plb in change.session.exec(query).all():
        if plb.cents != row.cents:
            continue
        claim = change.get(Claim, row.claim_id)
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id, row.payer_id)
        legs = (Leg(Book.INSURANCE, row.cents, *where), Leg(Book.PROVIDER, -row.cents, *where))
        memo = f"{remittance.trace} WO segment {plb.segment}"
        post(
            change,
            Entry(f"recoup:{row.id}:{plb.id}", "recoupment", remittance.paid_on, legs, memo, None, remittance.id),
        )
        clear(change, row)


@dataclass(frozen=True, slots=True)
class FindCredits(Command):
    """Look at every claim for too much of a payer's money."""

    name: ClassVar[str] = "credits.find"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The result counts what is open."""
        open_rows = select(CreditBalance.claim_id).where(col(CreditBalance.state).in_(CREDIT_OPEN))
        claims = {claim_id for claim_id, _ in overpaid(change.session)} | set(change.session.exec(open_rows).all())
        look_for_credits(change, claims)
        change.session.flush()
        count = len(change.session.exec(open_rows).all())
        return Said(f"{count} credit balances are open.", count)


@dataclass(frozen=True, slots=True)
class InvestigateCredit(Command):
    """Begin to find out whether more was overpaid; the clock stands still while that lasts, for 180 days at most."""

    credit_id: int
    name: ClassVar[str] = "credits.investigate"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The day on which it began is kept."""
        row, payer = _workable(change, self.credit_id)
        change.move(row, CREDIT, _S.INVESTIGATING, "The credit balance")
        row.investigated_from = row.investigated_from or change.today
        _set_due(change, row, clock_of(payer, row.identified_on, PAUSE_DAYS))
        return Said(
            f"Under investigation since {row.investigated_from}; give it back by {row.due or 'no date'}.", row.id
        )


@dataclass(frozen=True, slots=True)
class SetIdentified(Command):
    """The day on which the overpayment was known, where it is not the day of posting."""

    credit_id: int
    on: date
    name: ClassVar[str] = "credits.identified"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The clock is counted from it."""
        row, payer = _workable(change, self.credit_id)
        if self.on > change.today:
            raise Refused(f"{self.on} is in the future.")
        row.identified_on = self.on
        _set_due(change, row, clock_of(payer, self.on, _paused(change, row)))
        return Said(f"Identified on {self.on}; give it back by {row.due or 'no date on file'}.", row.id)


@dataclass(frozen=True, slots=True)
class AskPayerRefund(Command):
    """Ask that the money goes back to the payer; another person approves it."""

    credit_id: int
    reason: str = free_text()
    name: ClassVar[str] = "credits.ask"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Nothing is booked before it is issued."""
        row, payer = _workable(change, self.credit_id)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say why the money goes back.")
        paused = _paused(change, row)
        change.move(row, CREDIT, _S.REFUND_REQ, "The credit balance")
        row.asked_by, row.cause = change.actor.user_id, words[:120]
        _set_due(change, row, clock_of(payer, row.identified_on, paused))
        return Said(f"A refund of {show_cents(row.cents, sign='$')} to {payer.name} waits for another person.", row.id)


@dataclass(frozen=True, slots=True)
class ApprovePayerRefund(Command):
    """Another person than who asked approves the refund."""

    credit_id: int
    name: ClassVar[str] = "credits.approve"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused to who asked."""
        row, _ = _workable(change, self.credit_id)
        if row.asked_by == change.actor.user_id:
            raise NotAllowed("Whoever asked for a refund can't approve it.")
        change.move(row, CREDIT, _S.APPROVED, "The credit balance")
        row.approved_by = change.actor.user_id
        return Said(
            f"The refund of {show_cents(row.cents, sign='$')} is approved; send it and enter the check (I).", row.id
        )


@dataclass(frozen=True, slots=True)
class RefusePayerRefund(Command):
    """The refund is not made: the credit balance is work again."""

    credit_id: int
    reason: str = free_text()
    name: ClassVar[str] = "credits.refuse"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """From asked or approved."""
        row, _ = _workable(change, self.credit_id)
        if not clean_line(self.reason):
            raise Refused("Say why it is refused.")
        change.move(row, CREDIT, _S.IDENTIFIED, "The credit balance")
        row.asked_by = row.approved_by = None
        row.cause = clean_line(self.reason)[:120]
        return Said("The refund is refused; the credit balance is work again.", row.id)


@dataclass(frozen=True, slots=True)
class IssuePayerRefund(Command):
    """The refund went out, with its check number: it is booked."""

    credit_id: int
    check_number: str
    name: ClassVar[str] = "credits.issue"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Only what was approved, and only what still is too much."""
        row, payer = _workable(change, self.credit_id)
        claim = change.get(Claim, row.claim_id)
        lock_accounts(change, [claim.guarantor_id])
        number = clean_line(self.check_number)[:40]
        if not number:
            raise Refused("The refund has a check number or a trace.")
        now = overpaid(change.session, [claim.id]).get((claim.id, payer.id), 0)
        if row.state != _S.APPROVED or now != row.cents:
            raise Refused(
                f"{show_cents(now, sign='$')} is too much now, and {show_cents(row.cents, sign='$')} was asked for.",
                do="Only an approved refund of what still stands is issued.",
            )
        change.move(row, CREDIT, _S.ISSUED, "The credit balance")
        row.issued_on, row.check_number, row.closed_on = change.today, number, change.today
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id, payer.id)
        legs = (Leg(Book.INSURANCE, row.cents, *where), Leg(Book.PAYER_REFUND, -row.cents, *where))
        ref = f"payer-refund:{row.id}:{change.action.id}"
        post(change, Entry(ref, "refund", change.today, legs, memo=f"{payer.name} check {number}: {row.cause}"))
        items.close(change, QUEUE, row.id)
        return Said(f"{show_cents(row.cents, sign='$')} went back to {payer.name}, check {number}.", row.id)


@dataclass(frozen=True, slots=True)
class ExpectRecoupment(Command):
    """The payer will take the money back by itself: the row is cleared by the adjustment (WO) that names the claim."""

    credit_id: int
    name: ClassVar[str] = "credits.recoup"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Its clock goes on."""
        row, payer = _workable(change, self.credit_id)
        change.move(row, CREDIT, _S.RECOUP_EXPECTED, "The credit balance")
        return Said(f"{payer.name} is expected to take {show_cents(row.cents, sign='$')} back.", row.id)


def _open(change: Change, row: CreditBalance | None, claim_id: int, payer_id: int, cents: int) -> None:
    payer = change.get(Payer, payer_id)
    if row is None:
        claim = change.get(Claim, claim_id)
        answer = select(func.max(RemitClaim.id)).where(RemitClaim.claim_id == claim_id, RemitClaim.state == "matched")
        row = CreditBalance(
            claim_id=claim_id, guarantor_id=claim.guarantor_id, payer_id=payer_id, cents=cents,
            cause="paid more than is open", state=_S.IDENTIFIED, identified_on=change.today,
            remit_claim_id=change.session.exec(answer).one(), due=clock_of(payer, change.today),
        )  # fmt: skip
        change.born(row, CREDIT, "The credit balance")
    elif row.state == _S.CLEARED:
        change.move(row, CREDIT, _S.IDENTIFIED, "The credit balance")
        row.identified_on, row.due, row.closed_on = change.today, clock_of(payer, change.today), None
        row.investigated_from = row.asked_by = row.approved_by = None
    elif row.cents == cents or row.state == _S.ISSUED:
        return
    row.cents = cents
    items.put(change, QUEUE, row.id, reason=row.cause, cents=cents, due=row.due, score=cents)


def _workable(change: Change, credit_id: int) -> tuple[CreditBalance, Payer]:
    row = change.get(CreditBalance, credit_id, lock=True)
    items.require_free(change, QUEUE, row.id)
    change.patient_id = change.get(Claim, row.claim_id).patient_id
    return row, change.get(Payer, row.payer_id)


def _paused(change: Change, row: CreditBalance) -> int:
    return (change.today - row.investigated_from).days if row.investigated_from else 0


def _set_due(change: Change, row: CreditBalance, due: date | None) -> None:
    row.due = due
    item = items.find(change, QUEUE, row.id)
    if item is not None:
        item.due = due
