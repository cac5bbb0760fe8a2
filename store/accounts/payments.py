"""Money from guarantors: taken at the desk or by telephone, put on visits, taken back by its exact contrary.

Oldest visit first; what is left over is a credit of the account, on no visit.  Only what a person paid is ever moved
from visit to visit: money of a payer is not the guarantor's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.balances import OpenItem, account_balance, open_items
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post, reverse
from store.accounts.policy import policy_of
from store.accounts.standing import refresh_account
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import DayClose, Guarantor, LedgerEntry, PatientPayment, Posting
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said, free_text

METHODS = ("cash", "check", "card", "other", "agency")
_FIRST_RECEIPT = 10_000


def pair(guarantor_id: int, item: OpenItem, book: Book, cents: int) -> Iterator[Leg]:
    """Cents of a person's money on a line: what the line's `book` holds is lowered by them."""
    where = (guarantor_id, item.claim_id, item.claim_line_id, item.encounter_id)
    yield Leg(Book.PATIENT_CASH, cents, *where)
    yield Leg(book, -cents, *where)


def spread(guarantor_id: int, items: Sequence[OpenItem], book: Book, cents: int) -> tuple[list[Leg], int]:
    """The legs that put money on what is owed, in the order of the items, and what is left over."""
    legs: list[Leg] = []
    for item in items:
        part = min(cents, max(0, item.cents))
        if part:
            legs += pair(guarantor_id, item, book, part)
            cents -= part
    return legs, cents


@dataclass(frozen=True, slots=True)
class TakePayment(Command):
    """A guarantor pays; the receipt's number is the result.  `VoidPayment` takes it back."""

    guarantor_id: int
    cents: int
    method: str
    reference: str = free_text(default="")
    name: ClassVar[str] = "accounts.pay"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Money of an agency goes to what is with the agency; a large enough payment starts dunning anew."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        if self.cents <= 0:
            raise Refused("A payment is more than nothing.")
        if self.method not in METHODS:
            raise Refused(f"{self.method[:20]!r} is no way to pay.", do=f"It is one of: {', '.join(METHODS)}.")
        due = account_balance(change.session, guarantor.id).patient_due
        payment = change.add(
            PatientPayment(
                number=_number(change.session),
                guarantor_id=guarantor.id,
                cents=self.cents,
                method=self.method,
                reference=clean_line(self.reference)[:60],
                paid_on=change.today,
                at=change.now,
                user_id=change.actor.user_id,
            )
        )
        legs, left = self._legs(change, guarantor)
        if left:
            legs += [Leg(Book.PATIENT_CASH, left, guarantor.id), Leg(Book.UNAPPLIED, -left, guarantor.id)]
        memo = f"receipt {payment.number}, {self.method}"
        post(change, Entry(f"payment:{payment.id}", "patient payment", change.today, tuple(legs), memo))
        if due > 0 and self.cents * 100 >= policy_of(change.session).reset_percent * due:
            guarantor.dunning = 0
        change.session.flush()
        refresh_account(change, guarantor.id)
        said = f"Receipt {payment.number}: {show_cents(self.cents, sign='$')} by {self.method}"
        if left:
            said += f", {show_cents(left, sign='$')} of it on no visit yet"
        return Said(f"{said}.", payment.id)

    def _legs(self, change: Change, guarantor: Guarantor) -> tuple[list[Leg], int]:
        legs: list[Leg] = []
        left = self.cents
        books = (Book.BAD_DEBT,) if self.method == "agency" else (Book.PATIENT, Book.BAD_DEBT)
        for book in books:
            more, left = spread(guarantor.id, open_items(change.session, guarantor.id, book), book, left)
            legs += more
        return legs, left


def _number(session: Session) -> str:
    last = session.exec(select(func.max(PatientPayment.id))).one() or 0
    return f"R{_FIRST_RECEIPT + int(last) + 1}"


@dataclass(frozen=True, slots=True)
class VoidPayment(Command):
    """Take a payment back by its exact contrary: a check that bounced, a wrong account, a slip of the finger."""

    payment_id: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.void_payment"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Once; refused while a part of it was moved elsewhere or given back since."""
        payment = change.get(PatientPayment, self.payment_id)
        guarantor = change.get(Guarantor, payment.guarantor_id, lock=True)
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why the payment is taken back.")
        query = select(PatientPayment.id).where(PatientPayment.voids_id == payment.id)
        if payment.voids_id is not None or change.session.exec(query).first() is not None:
            raise Refused(f"Receipt {payment.number} was taken back already.")
        change.add(
            PatientPayment(
                number=f"{payment.number}-V",
                guarantor_id=guarantor.id,
                cents=-payment.cents,
                method=payment.method,
                paid_on=change.today,
                at=change.now,
                user_id=change.actor.user_id,
                voids_id=payment.id,
                reason=words,
            )
        )
        entry = change.session.exec(select(LedgerEntry).where(LedgerEntry.ref == f"payment:{payment.id}")).one()
        reverse(change, entry, f"receipt {payment.number} taken back")
        change.session.flush()
        if account_balance(change.session, guarantor.id).credit < 0:
            raise Refused(f"A part of receipt {payment.number} was moved or given back since.")
        refresh_account(change, guarantor.id)
        amount = show_cents(payment.cents, sign="$")
        return Said(f"Receipt {payment.number} of {amount} is taken back: {words}.", payment.id)


@dataclass(frozen=True, slots=True)
class ApplyCredit(Command):
    """Put what the account has too much on what it owes: unapplied money first, then what was overpaid on visits."""

    guarantor_id: int
    name: ClassVar[str] = "accounts.apply_credit"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused where there is no money of the guarantor's own, or nothing to put it on."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        moved = apply_credit(change, guarantor.id)
        if not moved:
            raise Refused(f"Account {guarantor.number} has no money of its own to be put on a visit.")
        return Said(f"{show_cents(moved, sign='$')} was put on what account {guarantor.number} owes.", guarantor.id)


def apply_credit(change: Change, guarantor_id: int) -> int:
    """Move it; how much was moved, in cents."""
    items = open_items(change.session, guarantor_id)
    owed = [item for item in items if item.cents > 0]
    legs: list[Leg] = []
    free = unapplied(change.session, guarantor_id)
    take = min(free, sum(item.cents for item in owed))
    if take:
        legs += [Leg(Book.UNAPPLIED, take, guarantor_id), Leg(Book.PATIENT_CASH, -take, guarantor_id)]
    for item in items:
        if item.cents < 0:
            own = min(-item.cents, _own_money(change.session, guarantor_id, item))
            own = min(own, sum(one.cents for one in owed) - take)
            if own > 0:
                legs += pair(guarantor_id, item, Book.PATIENT, -own)
                take += own
    more, _ = spread(guarantor_id, owed, Book.PATIENT, take)
    if take:
        ref = f"apply:{guarantor_id}:{change.action.id}"
        post(change, Entry(ref, "transfer", change.today, tuple(legs + more), "credit put on what is owed"))
        change.session.flush()
        refresh_account(change, guarantor_id)
    return take


def unapplied(session: Session, guarantor_id: int) -> int:
    """Money of the account that is on no visit, in cents."""
    query = select(func.coalesce(func.sum(Posting.cents), 0)).where(
        Posting.guarantor_id == guarantor_id, Posting.book == Book.UNAPPLIED
    )
    return -int(session.exec(query).one())


def _own_money(session: Session, guarantor_id: int, item: OpenItem) -> int:
    """What the guarantor paid on a line, less what was moved or given back, in cents."""
    query = select(func.coalesce(func.sum(Posting.cents), 0)).where(
        Posting.guarantor_id == guarantor_id,
        Posting.book == Book.PATIENT_CASH,
        Posting.encounter_id == item.encounter_id,
        Posting.claim_line_id == item.claim_line_id,
    )
    return max(0, int(session.exec(query).one()))


def own_credits(session: Session, guarantor_id: int) -> list[OpenItem]:
    """Lines that were overpaid with the guarantor's own money; `cents` is how much of it can go back, above zero."""
    found = []
    for item in open_items(session, guarantor_id):
        own = min(max(0, -item.cents), _own_money(session, guarantor_id, item))
        if own:
            found.append(OpenItem(item.encounter_id, item.claim_id, item.claim_line_id, own))
    return found


@dataclass(frozen=True, slots=True)
class CloseDay(Command):
    """Count a drawer and close it: what is deposited has to be what was posted, way by way."""

    cash: int
    check: int = 0
    card: int = 0
    other: int = 0
    name: ClassVar[str] = "accounts.close_day"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Takes in everything this person posted since the last close; refused with the difference otherwise."""
        payments = open_payments(change.session, change.actor.user_id)
        if not payments:
            raise Refused("Nothing was posted since the last close.")
        posted = by_method(payments)
        counted = {"cash": self.cash, "check": self.check, "card": self.card, "other": self.other}
        for method, cents in counted.items():
            if cents != posted[method]:
                raise Refused(
                    f"Counted {show_cents(cents, sign='$')} of {method}, posted "
                    f"{show_cents(posted[method], sign='$')}: off by {show_cents(cents - posted[method], sign='$')}.",
                    do="Look for the receipt; nothing is closed.",
                )
        close = change.add(
            DayClose(
                user_id=change.actor.user_id, closed_on=change.today, at=change.now, payments=len(payments), **counted
            )
        )
        for payment in payments:
            payment.close_id = close.id
        total = show_cents(sum(counted.values()), sign="$")
        return Said(f"Closed: {how_many(len(payments), 'receipt')}, {total} deposited = posted.", close.id)


def open_payments(session: Session, user_id: int) -> list[PatientPayment]:
    """What a person posted since the last close."""
    query = select(PatientPayment).where(PatientPayment.user_id == user_id, col(PatientPayment.close_id).is_(None))
    return list(session.exec(query.order_by(col(PatientPayment.id))).all())


def by_method(payments: Sequence[PatientPayment]) -> dict[str, int]:
    """Cents by way of paying; an agency's money is 'other'."""
    found = {"cash": 0, "check": 0, "card": 0, "other": 0}
    for one in payments:
        found[one.method if one.method in found else "other"] += one.cents
    return found
