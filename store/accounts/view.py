"""An account as a record: three sums that are never mixed, open items, every posting with a running balance."""

from __future__ import annotations

from collections import defaultdict

from sqlmodel import Session, col, select

from store import clock
from store.accounts.agreed_view import agreed_tab
from store.accounts.balances import Balance, account_balance
from store.accounts.books import Book
from store.accounts.holders import holder
from store.accounts.holds import standing_holds
from store.accounts.why_owed import explanation, plain_lines
from store.errors import NotFound
from store.money import show_cents
from store.people.identity import may_see
from store.people.roles import Permission
from store.tables import Encounter, Guarantor, LedgerEntry, Patient, Payer, Posting
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind

WHY = "Why"
"""The tab that tells why it is owed."""
_LEDGER = (
    Column("date", "Date", 10, Kind.DATE),
    Column("kind", "What", 15),
    Column("visit", "Visit", 7),
    Column("book", "Book", 12),
    Column("payer", "Payer", 6),
    Column("amount", "Amount", 10, Kind.CENTS),
    Column("balance", "Patient", 10, Kind.CENTS, help="what the guarantor owes after it"),
    Column("memo", "Memo", 30, wide=True),
)
_VISITS = (
    Column("visit", "Visit", 7, wide=True),
    Column("dos", "Service", 10, Kind.DATE),
    Column("patient", "Patient", 10),
    Column("charge", "Charge", 9, Kind.CENTS),
    Column("payers", "Payers", 9, Kind.CENTS),
    Column("off", "Taken off", 9, Kind.CENTS, wide=True),
    Column("paid", "Pat paid", 9, Kind.CENTS),
    Column("insurance", "Waits ins", 9, Kind.CENTS),
    Column("due", "Pat owes", 9, Kind.CENTS),
)


def account_record(session: Session, guarantor_id: int) -> Record:
    """The account behind `l`."""
    guarantor = holder(session, guarantor_id)
    balance = account_balance(session, guarantor_id)
    holds = standing_holds(session, [guarantor_id], clock.today()).get(guarantor_id, [])
    summary = Facts(
        (
            ("Guarantor", guarantor.name),
            *_contact(session, guarantor_id),
            ("Held", "; ".join(one.words for one in holds) or "no"),
            ("Last statement", guarantor.last_statement_on),
            ("Dunning level", guarantor.dunning),
        )
    )
    tabs = (
        Tab("Visits", (summary, Table(_VISITS, _visits(session, guarantor_id)))),
        Tab("Ledger", (Table(_LEDGER, _postings(session, guarantor_id)),)),
        Tab(WHY, (Lines(plain_lines(explanation(session, guarantor_id, language="en"))),)),
        agreed_tab(session, guarantor_id),
    )
    title = f"Account {guarantor.number}  {guarantor.name}"
    state = str(holds[0].kind) if holds else "open"
    return Record(title, sums(balance), state, tabs, account_id=guarantor_id, version=guarantor.version, why=WHY)


def _contact(session: Session, guarantor_id: int) -> tuple[tuple[str, str], ...]:
    """Nothing for who may not see it."""
    if not may_see(session, Permission.CONTACT):
        return ()
    one = session.get_one(Guarantor, guarantor_id)
    return ("Address", f"{one.line1}, {one.city} {one.state} {one.zip}"), ("Phone", one.phone)


def sums(balance: Balance) -> str:
    """An account's sums in one line; what is nothing is left out but for what is owed."""
    told = [
        f"patient owes {show_cents(balance.patient_due, sign='$')}",
        f"waiting for insurance {show_cents(balance.insurance_pending, sign='$')}",
    ]
    if balance.credit:
        told.append(f"credit {show_cents(balance.credit, sign='$')}")
    if balance.bad_debt:
        told.append(f"at agency {show_cents(balance.bad_debt, sign='$')}")
    return "   ".join(told)


def _postings(session: Session, guarantor_id: int) -> tuple[tuple[Cell, ...], ...]:
    query = (
        select(Posting, LedgerEntry, Encounter.number, Payer.payer_id)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .outerjoin(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Payer, col(Payer.id) == col(Posting.payer_id))
        .where(Posting.guarantor_id == guarantor_id)
        .order_by(col(LedgerEntry.id), col(Posting.id))
    )
    rows: list[tuple[Cell, ...]] = []
    balance = 0
    for posting, entry, number, payer in session.exec(query).all():
        if posting.book == Book.PATIENT:
            balance += posting.cents
        rows.append(
            (entry.entry_date, entry.kind, number or "", posting.book, payer or "", posting.cents, balance, entry.memo)
        )
    return tuple(rows)


def _visits(session: Session, guarantor_id: int) -> tuple[tuple[Cell, ...], ...]:
    query = (
        select(Encounter, Patient, Posting)
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .join(Patient, col(Patient.id) == col(Encounter.patient_id))
        .where(Posting.guarantor_id == guarantor_id)
    )
    books: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    shown: dict[int, tuple[Encounter, Patient]] = {}
    for encounter, patient, posting in session.exec(query).all():
        shown[encounter.id] = (encounter, patient)
        books[encounter.id][posting.book] += posting.cents
    rows: list[tuple[Cell, ...]] = []
    for encounter_id, (encounter, patient) in sorted(shown.items()):
        mine = books[encounter_id]
        off = mine[Book.CONTRACTUAL] + mine[Book.WRITE_OFF] + mine[Book.DISCOUNT]
        amounts = (-mine[Book.CHARGES], mine[Book.CASH], off, mine[Book.PATIENT_CASH], mine[Book.INSURANCE])
        rows.append((encounter.number, encounter.service_date, patient.first, *amounts, mine[Book.PATIENT]))
    return tuple(rows)


def account_id_of(session: Session, number: str) -> int:
    """The id of an account by its number."""
    found = session.exec(select(Guarantor.id).where(Guarantor.number == number.strip().upper())).first()
    if found is None:
        raise NotFound(f"There is no account {number[:30]!r}.", do="Its number stands on every statement, like A10001.")
    return found
