"""Noticing credit balances: too much of a payer's money on a claim, or of a patient's on an account, with its clock.

A government payer has to have its money within 60 days of the day on which the overpayment was identified; a timely
investigation stops that clock for at most 180 days (42 CFR 401.305).  For other payers the limit `refund` of their
data holds, for a patient the practice's rule `refund_days`; what is not on file is not set.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.balances import account_balances
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.accounts.policy import policy_of
from store.claims.deadlines import refund_limit
from store.people.roles import Permission
from store.remits.provider import recoveries
from store.tables import Claim, CreditBalance, Payer, Posting, Refund, RemitClaim, Remittance
from store.tables import RemitProviderAdjustment as Plb
from store.variance.states import CREDIT, CREDIT_OPEN, GONE, CreditState
from store.work import items
from store.work.command import Change, Command, Said

QUEUE = "credits"
GOVERNMENT = frozenset({"MA", "MB", "MC", "CH", "VA", "OF", "TV"})
"""SBR09 of payers whose money is the government's."""
REPORT_DAYS, PAUSE_DAYS = 60, 180

CALLED = "The credit balance"
_S = CreditState


def clock_of(payer: Payer, identified_on: date, paused: int = 0) -> date | None:
    """The last day for giving the money back; `paused` days of a government payer's investigation count up to 180."""
    if payer.filing in GOVERNMENT:
        return identified_on + timedelta(days=REPORT_DAYS + min(max(0, paused), PAUSE_DAYS))
    return refund_limit(payer, identified_on)


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
        query = query.where(col(CreditBalance.state).not_in(GONE))
        for row in change.session.exec(query.order_by(col(CreditBalance.id))).all():
            known[row.claim_id or 0, row.payer_id or 0] = row
    for key, row in known.items():
        if key not in now and row.state in CREDIT_OPEN:
            clear(change, row)
    for (claim_id, payer_id), cents in now.items():
        _open(change, known.get((claim_id, payer_id)), claim_id, payer_id, cents)


def clear(change: Change, row: CreditBalance) -> None:
    """Nothing too much stands on the claim any more."""
    change.move(row, CREDIT, _S.CLEARED, CALLED)
    row.closed_on, row.refund_id = change.today, None
    items.force_close(change, QUEUE, row.id)


def expected_recoupments(change: Change, remittance: Remittance) -> None:
    """Money that the payer took back at provider level for a claim settles the credit that waited for it."""
    query = (
        select(CreditBalance, Plb)
        .join(Plb, col(Plb.claim_id) == col(CreditBalance.claim_id))
        .where(Plb.remittance_id == remittance.id, col(Plb.reason).in_(recoveries(of_claim=True)), col(Plb.cents) > 0)
        .where(CreditBalance.state == _S.RECOUP_EXPECTED)
    )
    for row, plb in change.session.exec(query).all():
        if plb.cents != row.cents:
            continue
        claim = change.get(Claim, row.claim_id)
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id, row.payer_id)
        legs = (Leg(Book.INSURANCE, row.cents, *where), Leg(Book.PROVIDER, -row.cents, *where))
        memo = f"{remittance.trace} {plb.reason} segment {plb.segment}"
        post(
            change,
            Entry(f"recoup:{row.id}:{plb.id}", "recoupment", remittance.paid_on, legs, memo, None, remittance.id),
        )
        clear(change, row)


@dataclass(frozen=True, slots=True)
class FindCredits(Command):
    """Look at every claim and every account for too much money."""

    name: ClassVar[str] = "credits.find"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The result counts what is open."""
        open_rows = select(CreditBalance).where(col(CreditBalance.state).in_(CREDIT_OPEN))
        rows = change.session.exec(open_rows).all()
        claims = {claim_id for claim_id, _ in overpaid(change.session)}
        look_for_credits(change, claims | {row.claim_id for row in rows if row.claim_id is not None})
        accounts = accounts_in_credit(change.session)
        look_for_patient_credits(change, accounts | {row.guarantor_id for row in rows if row.claim_id is None})
        change.session.flush()
        count = len(change.session.exec(open_rows).all())
        return Said(f"{count} credit balances are open.", count)


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
        change.born(row, CREDIT, CALLED)
    elif row.state == _S.CLEARED:
        change.move(row, CREDIT, _S.IDENTIFIED, CALLED)
        row.identified_on, row.due, row.closed_on = change.today, clock_of(payer, change.today), None
        row.investigated_from = row.asked_by = row.approved_by = None
    elif row.cents == cents:
        return
    row.cents = cents
    items.put(change, QUEUE, row.id, reason=row.cause, cents=cents, due=row.due, score=cents)


def accounts_in_credit(session: Session) -> set[int]:
    """Accounts with money that is on no visit, or with a visit that has too much of the patient's."""
    visits = (
        select(Posting.guarantor_id)
        .where(col(Posting.guarantor_id).is_not(None), col(Posting.book).in_((Book.PATIENT, Book.UNAPPLIED)))
        .group_by(col(Posting.guarantor_id), col(Posting.encounter_id), col(Posting.book))
        .having(func.sum(Posting.cents) < 0)
    )
    return {guarantor_id for guarantor_id in session.exec(visits).all() if guarantor_id is not None}


def look_for_patient_credits(change: Change, guarantor_ids: Collection[int]) -> None:
    """Open, change and clear the credit balances of these accounts as their books and refunds stand."""
    ids = sorted(guarantor_ids)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        change.session.flush()
        mine = (col(CreditBalance.guarantor_id).in_(some), col(CreditBalance.claim_id).is_(None))
        query = select(CreditBalance).where(*mine, col(CreditBalance.state).not_in(GONE))
        known = {row.guarantor_id: row for row in change.session.exec(query.order_by(col(CreditBalance.id))).all()}
        asked = select(Refund).where(col(Refund.guarantor_id).in_(some), col(Refund.state).in_(("ASKED", "APPROVED")))
        under_way = {refund.guarantor_id: refund for refund in change.session.exec(asked).all()}
        for guarantor_id, balance in account_balances(change.session, some).items():
            row = known.get(guarantor_id)
            if row is not None and row.refund_id is not None and row.state in CREDIT_OPEN:
                _follow_refund(change, row, change.get(Refund, row.refund_id))
                row = None if row.state == _S.ISSUED else row
            if balance.credit > 0:
                row = _open_patient(change, row, guarantor_id, balance.credit)
                if row.refund_id is None and guarantor_id in under_way:
                    refund = under_way[guarantor_id]
                    row.refund_id, row.asked_by = refund.id, refund.asked_by
                    _follow_refund(change, row, refund)
            elif row is not None and row.state in CREDIT_OPEN:
                clear(change, row)


def _open_patient(change: Change, row: CreditBalance | None, guarantor_id: int, cents: int) -> CreditBalance:
    due = change.today + timedelta(days=policy_of(change.session).refund_days)
    if row is None:
        row = CreditBalance(
            guarantor_id=guarantor_id, cents=cents, cause="the patient paid more than is owed", state=_S.IDENTIFIED,
            identified_on=change.today, due=due,
        )  # fmt: skip
        change.born(row, CREDIT, CALLED)
    elif row.state in (_S.CLEARED, _S.APPLIED):
        change.move(row, CREDIT, _S.IDENTIFIED, CALLED)
        row.identified_on, row.due, row.closed_on = change.today, due, None
        row.refund_id = row.asked_by = row.approved_by = None
    elif row.cents == cents:
        return row
    row.cents = cents
    items.put(change, QUEUE, row.id, reason=row.cause, cents=cents, due=row.due, score=cents)
    return row


_BEFORE = {_S.APPROVED: (_S.REFUND_REQ,), _S.ISSUED: (_S.REFUND_REQ, _S.APPROVED)}
_REFUNDED = {"ASKED": _S.REFUND_REQ, "APPROVED": _S.APPROVED, "ISSUED": _S.ISSUED, "REFUSED": _S.IDENTIFIED}


def _follow_refund(change: Change, row: CreditBalance, refund: Refund) -> None:
    """The row says what became of the refund to the patient that was asked for, wherever that was decided."""
    state = _REFUNDED[refund.state]
    if row.state != state:
        for before in _BEFORE.get(state, ()):  # what was decided elsewhere in several steps is told in as many
            if row.state != before and CREDIT.allows(row.state, before):
                change.move(row, CREDIT, before, CALLED)
        change.move(row, CREDIT, state, CALLED)
    row.approved_by = refund.decided_by
    if state == _S.IDENTIFIED:
        row.refund_id = row.asked_by = row.approved_by = None
    elif state == _S.ISSUED and row.issued_on is None:
        wait_for_check(change, row, refund.check_number)


def wait_for_check(change: Change, row: CreditBalance, number: str) -> None:
    """The check went out: the row comes back when it was not known to be cashed in time."""
    row.issued_on, row.check_number, row.due = change.today, number, None
    item = items.put(change, QUEUE, row.id, reason=f"check {number} is out", cents=row.cents, score=0)
    item.deferred_until = change.today + timedelta(days=policy_of(change.session).stale_check_days)
    item.assigned_to = None
