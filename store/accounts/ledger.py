"""Posting to the ledger and reversing what was posted.  Nothing is ever edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlmodel import col, select

from store.accounts.books import Book
from store.bulk import insert_rows, write_rows
from store.errors import Refused
from store.tables import Guarantor, LedgerEntry, Posting
from store.work.command import Change


class Leg(NamedTuple):
    """One leg of an entry: `cents` positive is a debit."""

    book: Book
    cents: int
    guarantor_id: int | None = None
    claim_id: int | None = None
    claim_line_id: int | None = None
    encounter_id: int | None = None
    payer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be booked: `ref` is unique and names the event, so that it can't be booked twice."""

    ref: str
    kind: str
    entry_date: date
    legs: tuple[Leg, ...]
    memo: str = ""
    remit_claim_id: int | None = None
    remittance_id: int | None = None
    reverses_id: int | None = None


def lock_accounts(change: Change, guarantor_ids: Iterable[int]) -> None:
    """Hold the accounts for the rest of the transaction, in order of id so that two postings can't wait for each other.

    Anything that reads a balance and then posts because of it has to hold the account first.
    """
    ids = sorted(set(guarantor_ids))
    for start in range(0, len(ids), 500):
        some = col(Guarantor.id).in_(ids[start : start + 500])
        query = select(Guarantor.id).where(some).order_by(col(Guarantor.id)).with_for_update()
        change.session.exec(query).all()


def post(change: Change, *entries: Entry) -> None:
    """Book entries; legs of zero and entries without legs are left out.

    An entry that does not sum to zero is a programming error, and refused before anything is booked.
    """
    booked = [(entry, [leg for leg in entry.legs if leg.cents]) for entry in entries]
    booked = [(entry, legs) for entry, legs in booked if legs]
    for entry, legs in booked:
        total = sum(leg.cents for leg in legs)
        if total:
            raise Refused(f"The entry {entry.ref} does not sum to zero (it is off by {total} cents).")
    if not booked:
        return
    change.session.flush()
    lock_accounts(change, (leg.guarantor_id for _, legs in booked for leg in legs if leg.guarantor_id is not None))
    ids = insert_rows(change.session, LedgerEntry, [_header(change, entry) for entry, _ in booked])
    rows = [
        {
            "entry_id": entry_id,
            "book": leg.book,
            "cents": leg.cents,
            "guarantor_id": leg.guarantor_id,
            "claim_id": leg.claim_id,
            "claim_line_id": leg.claim_line_id,
            "encounter_id": leg.encounter_id,
            "payer_id": leg.payer_id,
        }
        for entry_id, (_, legs) in zip(ids, booked, strict=True)
        for leg in legs
    ]
    write_rows(change.session, Posting, rows)


def _header(change: Change, entry: Entry) -> dict[str, object]:
    return {
        "ref": entry.ref,
        "kind": entry.kind,
        "entry_date": entry.entry_date,
        "at": change.now,
        "action_id": change.action.id,
        "remit_claim_id": entry.remit_claim_id,
        "remittance_id": entry.remittance_id,
        "reverses_id": entry.reverses_id,
        "memo": entry.memo,
    }


def reverse(change: Change, entry: LedgerEntry, memo: str = "") -> None:
    """Book the exact contrary of an entry, once."""
    postings = change.session.exec(select(Posting).where(Posting.entry_id == entry.id)).all()
    legs = tuple(
        Leg(Book(p.book), -p.cents, p.guarantor_id, p.claim_id, p.claim_line_id, p.encounter_id, p.payer_id)
        for p in postings
    )
    post(
        change,
        Entry(
            ref=f"reversal:{entry.id}",
            kind="reversal",
            entry_date=change.today,
            legs=legs,
            memo=memo or f"Reverses {entry.ref}",
            remit_claim_id=entry.remit_claim_id,
            remittance_id=entry.remittance_id,
            reverses_id=entry.id,
        ),
    )


def reverse_action(change: Change, action_id: int) -> None:
    """Reverse every entry that an action booked."""
    query = select(LedgerEntry).where(LedgerEntry.action_id == action_id).order_by(col(LedgerEntry.id))
    for entry in change.session.exec(query).all():
        reverse(change, entry)


def reverse_matching(change: Change, prefix: str) -> None:
    """Reverse every standing entry whose ref starts so."""
    reversed_ids = select(LedgerEntry.reverses_id).where(col(LedgerEntry.reverses_id).is_not(None))
    query = select(LedgerEntry).where(col(LedgerEntry.ref).startswith(prefix, autoescape=True))
    for entry in change.session.exec(query.where(col(LedgerEntry.id).not_in(reversed_ids))).all():
        reverse(change, entry)
