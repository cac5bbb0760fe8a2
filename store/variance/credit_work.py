"""What is done about a credit balance: moved, refunded to who overpaid, waited for, or given to the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from store.accounts.books import Book
from store.accounts.holders import holder
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.accounts.payments import apply_credit
from store.accounts.policy import escheat_days, policy_of
from store.accounts.refunds import ApproveRefund, AskRefund, IssueRefund, RefuseRefund, money_out, own_money
from store.accounts.standing import refresh_account
from store.errors import NotAllowed, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, CreditBalance, Payer
from store.text import clean_line
from store.variance.credits import (
    CALLED,
    PAUSE_DAYS,
    QUEUE,
    clock_of,
    look_for_patient_credits,
    overpaid,
    wait_for_check,
)
from store.variance.states import CREDIT, CreditState
from store.work import items
from store.work.command import Change, Command, Said, free_text

_S = CreditState


@dataclass(frozen=True, slots=True)
class InvestigateCredit(Command):
    """Begin to find out whether more was overpaid; a government payer's clock stands still, for 180 days at most."""

    credit_id: int
    name: ClassVar[str] = "credits.investigate"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The day on which it began is kept."""
        row = workable(change, self.credit_id)
        change.move(row, CREDIT, _S.INVESTIGATING, CALLED)
        row.investigated_from = row.investigated_from or change.today
        _set_due(change, row, _clock(change, row, PAUSE_DAYS))
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
        row = workable(change, self.credit_id)
        if self.on > change.today:
            raise Refused(f"{self.on} is in the future.")
        row.identified_on = self.on
        _set_due(change, row, _clock(change, row, _paused(change, row)))
        return Said(f"Identified on {self.on}; give it back by {row.due or 'no date on file'}.", row.id)


@dataclass(frozen=True, slots=True)
class ApplyCreditBalance(Command):
    """Put a patient's credit on what the same account owes elsewhere, the oldest visit first."""

    credit_id: int
    name: ClassVar[str] = "credits.apply"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Only a person's own money moves: what a payer overpaid goes back to it, or is posted right."""
        row = workable(change, self.credit_id)
        if row.payer_id is not None:
            raise Refused(
                "A payer's money is not the account's to move.",
                do="Post its reversal, refund it (R), wait for it (K), or say how the payer took it (W).",
            )
        lock_accounts(change, [row.guarantor_id])
        account = holder(change.session, row.guarantor_id).number
        moved = apply_credit(change, row.guarantor_id)
        if not moved:
            raise Refused(f"Account {account} owes nothing that its credit could be put on.")
        if row.state == _S.CLEARED:  # nothing is left of it
            change.move(row, CREDIT, _S.IDENTIFIED, CALLED)
            change.move(row, CREDIT, _S.APPLIED, CALLED)
        return Said(f"{show_cents(moved, sign='$')} was put on what account {account} owes.", row.id)


@dataclass(frozen=True, slots=True)
class AskPayerRefund(Command):
    """Ask that the money goes back to who overpaid, payer or patient; another person approves it."""

    credit_id: int
    reason: str = free_text()
    name: ClassVar[str] = "credits.ask"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Nothing is booked before it is issued."""
        row = workable(change, self.credit_id)
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why the money goes back.")
        paused = _paused(change, row)
        if row.payer_id is None:
            row.refund_id = _ask_for_patient(change, row, words)
        if row.state != _S.REFUND_REQ:  # asking for a patient's refund brings its row along
            change.move(row, CREDIT, _S.REFUND_REQ, CALLED)
        row.asked_by, row.cause = change.actor.user_id, words
        _set_due(change, row, _clock(change, row, paused))
        amount = show_cents(row.cents, sign="$")
        return Said(f"A refund of {amount} to {_owner(change, row)} waits for another person.", row.id)


@dataclass(frozen=True, slots=True)
class ApprovePayerRefund(Command):
    """Another person than who asked approves the refund."""

    credit_id: int
    name: ClassVar[str] = "credits.approve"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused to who asked."""
        row = workable(change, self.credit_id)
        if row.asked_by == change.actor.user_id:
            raise NotAllowed("Whoever asked for a refund can't approve it.")
        if row.refund_id is not None:
            ApproveRefund(row.refund_id).apply(change)
        change.move(row, CREDIT, _S.APPROVED, CALLED)
        row.approved_by = change.actor.user_id
        amount = show_cents(row.cents, sign="$")
        return Said(f"The refund of {amount} is approved; send it and enter the check (I).", row.id)


@dataclass(frozen=True, slots=True)
class RefusePayerRefund(Command):
    """The refund is not made: the credit balance is work again."""

    credit_id: int
    reason: str = free_text()
    name: ClassVar[str] = "credits.refuse"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """From asked or approved."""
        row = workable(change, self.credit_id)
        if not clean_line(self.reason):
            raise Refused("Say why it is refused.")
        if row.refund_id is not None:
            RefuseRefund(row.refund_id, self.reason).apply(change)
        change.move(row, CREDIT, _S.IDENTIFIED, CALLED)
        row.asked_by = row.approved_by = row.refund_id = None
        row.cause = clean_line(self.reason)[:120]
        return Said("The refund is refused; the credit balance is work again.", row.id)


@dataclass(frozen=True, slots=True)
class IssuePayerRefund(Command):
    """The refund went out, with its check number: it is booked.  A stale check is issued again without booking."""

    credit_id: int
    check_number: str
    name: ClassVar[str] = "credits.issue"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Only what was approved, and only what still is too much."""
        row = workable(change, self.credit_id)
        number = clean_line(self.check_number)[:30]
        if not number:
            raise Refused("The refund has a check number or a trace.")
        lock_accounts(change, [row.guarantor_id])
        if row.state != _S.STALE:
            self._book(change, row, number)
        if row.state != _S.ISSUED:  # a refund to a patient brings its row along
            change.move(row, CREDIT, _S.ISSUED, CALLED)
        wait_for_check(change, row, number)
        amount = show_cents(row.cents, sign="$")
        return Said(f"{amount} went back to {_owner(change, row)}, check {number}.", row.id)

    def _book(self, change: Change, row: CreditBalance, number: str) -> None:
        payer = change.get(Payer, row.payer_id) if row.payer_id is not None else None
        claim = change.get(Claim, row.claim_id) if row.claim_id is not None else None
        if payer is None or claim is None:
            now = own_money(change.session, row.guarantor_id)
        else:
            now = overpaid(change.session, [claim.id]).get((claim.id, payer.id), 0)
        if row.state != _S.APPROVED or now < row.cents or (payer is not None and now != row.cents):
            raise Refused(
                f"{show_cents(now, sign='$')} is too much now, and {show_cents(row.cents, sign='$')} was asked for.",
                do="Only an approved refund of what still stands is issued.",
            )
        if payer is None or claim is None:
            assert row.refund_id is not None
            IssueRefund(row.refund_id, number).apply(change)
            return
        where = (claim.guarantor_id, claim.id, None, claim.encounter_id, payer.id)
        legs = (Leg(Book.INSURANCE, row.cents, *where), Leg(Book.PAYER_REFUND, -row.cents, *where))
        ref = f"payer-refund:{row.id}:{change.action.id}"
        post(change, Entry(ref, "refund", change.today, legs, memo=f"{payer.name} check {number}: {row.cause}"))


@dataclass(frozen=True, slots=True)
class CheckCashed(Command):
    """The bank paid the check: nothing is left to do."""

    credit_id: int
    name: ClassVar[str] = "credits.cashed"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Only of a check that went out."""
        row = workable(change, self.credit_id)
        if row.state not in (_S.ISSUED, _S.STALE):
            raise Refused("No check of it is out.")
        change.move(row, CREDIT, _S.CLEARED, CALLED)
        row.closed_on = change.today
        items.close(change, QUEUE, row.id)
        return Said(f"Check {row.check_number} of {show_cents(row.cents, sign='$')} was cashed.", row.id)


@dataclass(frozen=True, slots=True)
class EscheatCredit(Command):
    """The owner can't be found: the money was reported and handed over to the state, under its reference."""

    credit_id: int
    reference: str
    name: ClassVar[str] = "credits.escheat"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused before the days that are on file for the owner's state have passed, or where none are."""
        row = workable(change, self.credit_id)
        words = clean_line(self.reference)[:80]
        if not words:
            raise Refused("The state's report has a number or a date.")
        first = escheat_from(change, row)
        if first > change.today:
            raise Refused(f"It is the state's from {first} on.", do="Look for the owner until then.")
        lock_accounts(change, [row.guarantor_id])
        if row.state != _S.STALE:
            self._book(change, row, words)
        change.move(row, CREDIT, _S.ESCHEAT, CALLED)
        row.escheated_on, row.reference, row.closed_on = change.today, words, change.today
        items.close(change, QUEUE, row.id)
        if row.payer_id is None:
            refresh_account(change, row.guarantor_id)
        return Said(f"{show_cents(row.cents, sign='$')} went to the state, {words}.", row.id)

    def _book(self, change: Change, row: CreditBalance, words: str) -> None:
        if row.claim_id is None:
            now = own_money(change.session, row.guarantor_id)
            legs = money_out(change.session, row.guarantor_id, row.cents)
        else:
            claim = change.get(Claim, row.claim_id)
            now = overpaid(change.session, [claim.id]).get((claim.id, row.payer_id or 0), 0)
            where = (claim.guarantor_id, claim.id, None, claim.encounter_id, row.payer_id)
            legs = [Leg(Book.INSURANCE, row.cents, *where), Leg(Book.PAYER_REFUND, -row.cents, *where)]
        if now < row.cents:
            raise Refused(f"Only {show_cents(now, sign='$')} of it is still there.")
        post(
            change,
            Entry(
                f"escheat:{row.id}:{change.action.id}",
                "escheat",
                change.today,
                tuple(legs),
                memo=f"to the state: {words}",
            ),
        )
        change.session.flush()


@dataclass(frozen=True, slots=True)
class ExpectRecoupment(Command):
    """The payer will take the money back by itself: the row is cleared by the adjustment (WO) that names the claim."""

    credit_id: int
    name: ClassVar[str] = "credits.recoup"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Its clock goes on."""
        row = workable(change, self.credit_id)
        if row.payer_id is None:
            raise Refused("A patient takes nothing back by itself.", do="Put it on another visit (m) or refund it (R).")
        change.move(row, CREDIT, _S.RECOUP_EXPECTED, CALLED)
        return Said(f"{_owner(change, row)} is expected to take {show_cents(row.cents, sign='$')} back.", row.id)


def escheat_from(change: Change, row: CreditBalance) -> date:
    """The day from which the money is the state's: that of the check, else that on which it was known, and its days."""
    state = holder(change.session, row.guarantor_id).state
    if row.payer_id is not None:
        state = change.get(Payer, row.payer_id).state
    days = escheat_days(policy_of(change.session), state)
    if days is None:
        raise Refused(
            f"After how many days money without an owner is {state or 'a state'}'s is not set.",
            do="An administrator sets it: superbill accounts policy escheat_days 'KS=1825'",
        )
    return (row.issued_on or row.identified_on) + timedelta(days=days)


def _ask_for_patient(change: Change, row: CreditBalance, words: str) -> int:
    if not change.actor.may(Permission.STATEMENT):
        raise NotAllowed(f"Your role ({change.actor.role}) lacks the permission '{Permission.STATEMENT}'.")
    row.cents = min(row.cents, own_money(change.session, row.guarantor_id))
    refund_id = AskRefund(row.guarantor_id, row.cents, words).apply(change).result
    return int(refund_id)


def workable(change: Change, credit_id: int) -> CreditBalance:
    """The row, locked, in nobody else's hands, and as the refund that was asked for it stands now."""
    row = change.get(CreditBalance, credit_id, lock=True)
    items.require_free(change, QUEUE, row.id)
    if row.claim_id is not None:
        change.patient_id = change.get(Claim, row.claim_id).patient_id
    elif row.refund_id is not None:
        look_for_patient_credits(change, [row.guarantor_id])
    return row


def _owner(change: Change, row: CreditBalance) -> str:
    if row.payer_id is not None:
        return change.get(Payer, row.payer_id).name
    return f"account {holder(change.session, row.guarantor_id).number}"


def _clock(change: Change, row: CreditBalance, paused: int) -> date | None:
    if row.payer_id is None:
        return row.identified_on + timedelta(days=policy_of(change.session).refund_days)
    return clock_of(change.get(Payer, row.payer_id), row.identified_on, paused)


def _paused(change: Change, row: CreditBalance) -> int:
    return (change.today - row.investigated_from).days if row.investigated_from else 0


def _set_due(change: Change, row: CreditBalance, due: date | None) -> None:
    row.due = due
    item = items.find(change, QUEUE, row.id)
    if item is not None:
        item.due = due
