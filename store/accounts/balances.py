"""Balances, always derived from the postings and never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.tables import LedgerEntry, Posting

_IN_LIST = 1000
_ACCOUNT_BOOKS = (Book.PATIENT, Book.INSURANCE, Book.UNAPPLIED, Book.BAD_DEBT)


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an account stands, in cents; the parts are never netted.

    `patient_due` is what the guarantor owes now, visit by visit; `insurance_pending` waits for insurers; `credit` is
    what visits have too much and what is on no visit yet; `bad_debt` is with a collection agency.
    """

    patient_due: int = 0
    insurance_pending: int = 0
    credit: int = 0
    bad_debt: int = 0


def among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """A condition for sorted ids: a list of few, the range of many (which may hold others too)."""
    if len(ids) <= _IN_LIST:
        return col(column).in_(ids)
    return col(column).between(ids[0], ids[-1])


def in_books(*books: Book) -> ColumnElement[bool]:
    """A condition on the book that leaves the way to the accounts: SQLite would walk the index of the books instead,
    which holds every account, and a run of many parts would take the square of its time.
    """
    return func.coalesce(col(Posting.book), "").in_(books)


def account_balance(session: Session, guarantor_id: int) -> Balance:
    """One account's balance."""
    return account_balances(session, [guarantor_id])[guarantor_id]


def account_balances(session: Session, guarantor_ids: Sequence[int]) -> dict[int, Balance]:
    """The balances of several accounts."""
    ids = sorted(guarantor_ids)
    query = (
        select(Posting.guarantor_id, Posting.book, func.sum(Posting.cents))
        .where(among(Posting.guarantor_id, ids), in_books(*_ACCOUNT_BOOKS))
        .group_by(col(Posting.guarantor_id), col(Posting.book), col(Posting.encounter_id))
    )
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for guarantor_id, book, total in session.exec(query):
        mine, cents = sums[guarantor_id or 0], int(total)
        if book == Book.PATIENT:
            mine[0] += max(0, cents)
            mine[2] += max(0, -cents)
        elif book == Book.INSURANCE:
            mine[1] += cents
        elif book == Book.UNAPPLIED:
            mine[2] -= cents
        else:
            mine[3] += cents
    return {guarantor_id: Balance(*sums[guarantor_id]) if guarantor_id in sums else Balance() for guarantor_id in ids}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What one line of one visit holds for its guarantor, in cents: owed when positive, a credit when negative."""

    encounter_id: int
    claim_id: int | None
    claim_line_id: int | None
    cents: int


def open_items(session: Session, guarantor_id: int, book: Book = Book.PATIENT) -> list[OpenItem]:
    """The lines of an account's visits where a book is not even, the oldest visit first."""
    from store.tables import Encounter

    query = (
        select(Posting.encounter_id, Posting.claim_id, Posting.claim_line_id, func.sum(Posting.cents))
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .where(Posting.guarantor_id == guarantor_id, Posting.book == book)
        .group_by(col(Posting.encounter_id), col(Posting.claim_id), col(Posting.claim_line_id))
        .having(func.sum(Posting.cents) != 0)
        .order_by(
            func.min(Encounter.service_date), col(Posting.encounter_id), col(Posting.claim_id),
            col(Posting.claim_line_id),
        )
    )  # fmt: skip
    rows = session.exec(query).all()
    return [OpenItem(encounter or 0, claim, line, int(cents)) for encounter, claim, line, cents in rows]


def claim_books(session: Session, claim_id: int) -> dict[Book, int]:
    """What each book holds for a claim; a book that was never touched is left out."""
    query = (
        select(Posting.book, func.sum(Posting.cents)).where(Posting.claim_id == claim_id).group_by(col(Posting.book))
    )
    return {Book(book): int(total) for book, total in session.exec(query).all()}


def line_balance(session: Session, claim_id: int, claim_line_id: int | None, book: Book) -> int:
    """What a book holds for one line of a claim."""
    query = select(func.coalesce(func.sum(Posting.cents), 0)).where(
        Posting.claim_id == claim_id, Posting.book == book, Posting.claim_line_id == claim_line_id
    )
    return int(session.exec(query).one())


def charged(session: Session, encounter_id: int) -> int:
    """What has been charged for an encounter so far."""
    query = select(func.coalesce(func.sum(Posting.cents), 0)).where(
        Posting.encounter_id == encounter_id, Posting.book == Book.CHARGES
    )
    return -int(session.exec(query).one())


def oldest_patient_debit(session: Session, guarantor_id: int) -> date | None:
    """The date since which the guarantor owes something: the first debit to the patient book."""
    query = (
        select(func.min(LedgerEntry.entry_date))
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(Posting.guarantor_id == guarantor_id, Posting.book == Book.PATIENT, Posting.cents > 0)
    )
    return session.exec(query).one()
