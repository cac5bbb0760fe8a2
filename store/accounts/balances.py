"""Balances, always derived from the postings and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.tables import LedgerEntry, Posting


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an account stands, in cents: what the guarantor owes now, and what waits for insurers."""

    patient_due: int
    insurance_pending: int


def account_balance(session: Session, guarantor_id: int) -> Balance:
    """One account's balance."""
    return account_balances(session, [guarantor_id])[guarantor_id]


def account_balances(session: Session, guarantor_ids: Sequence[int]) -> dict[int, Balance]:
    """The balances of several accounts."""
    query = (
        select(Posting.guarantor_id, Posting.book, func.sum(Posting.cents))
        .where(col(Posting.guarantor_id).in_(guarantor_ids))
        .where(col(Posting.book).in_([Book.PATIENT, Book.INSURANCE]))
        .group_by(col(Posting.guarantor_id), col(Posting.book))
    )
    found = {(row[0], row[1]): int(row[2]) for row in session.exec(query).all()}
    return {
        guarantor_id: Balance(found.get((guarantor_id, Book.PATIENT), 0), found.get((guarantor_id, Book.INSURANCE), 0))
        for guarantor_id in guarantor_ids
    }


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
