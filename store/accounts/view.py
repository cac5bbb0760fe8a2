"""An account as a record: balances, what each visit owes and to whom, and every posting."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store import clock
from store.accounts.balances import account_balance
from store.accounts.books import Book
from store.accounts.holds import standing_holds
from store.errors import NotFound
from store.money import show_cents
from store.tables import Encounter, Guarantor, LedgerEntry, Patient, Payer, Posting
from store.work.record import Facts, Record, Tab, Table
from store.work.values import Cell, Column, Kind

_LEDGER = (
    Column("date", "Date", 10, Kind.DATE),
    Column("kind", "What", 10),
    Column("visit", "Visit", 9),
    Column("book", "Book", 11),
    Column("payer", "Payer", 8),
    Column("amount", "Amount", 10, Kind.CENTS),
    Column("memo", "Memo", 20, wide=True),
)
_VISITS = (
    Column("visit", "Visit", 9),
    Column("dos", "Service", 10, Kind.DATE),
    Column("patient", "Patient", 14),
    Column("charge", "Charge", 10, Kind.CENTS),
    Column("insurance", "Insurance", 10, Kind.CENTS),
    Column("due", "Patient", 10, Kind.CENTS),
)


def account_record(session: Session, guarantor_id: int) -> Record:
    """The account behind `l`: three sums that are never mixed, then visits, then postings."""
    guarantor = session.get(Guarantor, guarantor_id)
    if guarantor is None:
        raise NotFound(f"There is no account {guarantor_id}.")
    balance = account_balance(session, guarantor_id)
    holds = standing_holds(session, [guarantor_id], clock.today()).get(guarantor_id, [])
    summary = Facts(
        (
            ("Guarantor", f"{guarantor.last}, {guarantor.first}"),
            ("Address", f"{guarantor.line1}, {guarantor.city} {guarantor.state} {guarantor.zip}"),
            ("Phone", guarantor.phone),
            ("Held", "; ".join(one.words for one in holds) or "no"),
            ("Last statement", guarantor.last_statement_on),
            ("Dunning level", guarantor.dunning),
        )
    )
    tabs = (
        Tab("Visits", (summary, Table(_VISITS, _visits(session, guarantor_id)))),
        Tab("Ledger", (Table(_LEDGER, _postings(session, guarantor_id)),)),
    )
    headline = (
        f"patient owes {show_cents(balance.patient_due, sign='$')}   "
        f"waiting for insurance {show_cents(balance.insurance_pending, sign='$')}"
    )
    title = f"Account {guarantor.number}  {guarantor.last}, {guarantor.first}"
    return Record(
        title,
        headline,
        str(holds[0].kind) if holds else "open",
        tabs,
        account_id=guarantor_id,
        version=guarantor.version,
    )


def _postings(session: Session, guarantor_id: int) -> tuple[tuple[Cell, ...], ...]:
    query = (
        select(Posting, LedgerEntry, Encounter.number, Payer.payer_id)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .outerjoin(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Payer, col(Payer.id) == col(Posting.payer_id))
        .where(Posting.guarantor_id == guarantor_id)
        .order_by(col(LedgerEntry.id), col(Posting.id))
    )
    return tuple(
        (entry.entry_date, entry.kind, number or "", posting.book, payer or "", posting.cents, entry.memo)
        for posting, entry, number, payer in session.exec(query).all()
    )


def _visits(session: Session, guarantor_id: int) -> tuple[tuple[Cell, ...], ...]:
    query = (
        select(Encounter, Patient, Posting)
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .join(Patient, col(Patient.id) == col(Encounter.patient_id))
        .where(Posting.guarantor_id == guarantor_id)
    )
    sums: dict[int, dict[str, int]] = {}
    shown: dict[int, tuple[Encounter, Patient]] = {}
    for encounter, patient, posting in session.exec(query).all():
        shown[encounter.id] = (encounter, patient)
        books = sums.setdefault(encounter.id, {})
        books[posting.book] = books.get(posting.book, 0) + posting.cents
    rows = []
    for encounter_id, (encounter, patient) in sorted(shown.items()):
        books = sums[encounter_id]
        name = f"{patient.last}, {patient.first}"
        amounts = (-books.get(Book.CHARGES, 0), books.get(Book.INSURANCE, 0), books.get(Book.PATIENT, 0))
        rows.append((encounter.number, encounter.service_date, name, *amounts))
    return tuple(rows)


def account_id_of(session: Session, number: str) -> int:
    """The id of an account by its number."""
    found = session.exec(select(Guarantor.id).where(Guarantor.number == number.strip().upper())).first()
    if found is None:
        raise NotFound(f"There is no account {number[:30]!r}.")
    return found
