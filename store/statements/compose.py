"""Making a statement's values out of the ledger, so that every cent of it is a cent of the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.statements.values import Ageing, Line, Statement, Visit
from store.statements.values import Guarantor as Addressee
from store.statements.values import Practice as Sender
from store.statements.words import Words, words_for
from store.tables import (
    Claim,
    ClaimLine,
    Encounter,
    Fee,
    Guarantor,
    LedgerEntry,
    Patient,
    Posting,
    Practice,
    Provider,
    RemitAdjustment,
    RemitLine,
    ServiceLine,
)

DAYS_TO_PAY = 21
_REASONS = {"1": "deductible", "2": "coinsurance", "3": "copay"}
_NOT_COVERED = frozenset({"96", "204", "49", "119"})

Books = dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the account, the number and date of the statement, the dunning level."""

    guarantor: Guarantor
    number: str
    on: date
    level: int


def compose(session: Session, practice: Practice, asked: Asked) -> Statement:
    """The account's statement; `Refused` if its sums did not hold."""
    guarantor = asked.guarantor
    words = words_for(guarantor.language)
    visits, debits = [], []
    for encounter, books in _visits(session, guarantor.id):
        visit = _visit(session, encounter, books, words)
        visits.append(visit)
        debits.append((_since(session, guarantor.id, encounter.id) or asked.on, visit.owes))
    due = sum(visit.owes for visit in visits)
    statement = Statement(
        practice=sender(practice),
        guarantor=_addressee(guarantor),
        account=guarantor.number,
        number=asked.number,
        statement_date=asked.on,
        due_date=asked.on + timedelta(days=DAYS_TO_PAY),
        visits=tuple(visits),
        ageing=_ageing(asked.on, debits),
        amount_due=due,
        credit=sum(line.credit for visit in visits for line in visit.lines),
        level=asked.level,
    )
    statement.check()
    return statement


def sender(practice: Practice) -> Sender:
    """The practice as a statement names it."""
    zip_code = practice.zip if len(practice.zip) == 5 else f"{practice.zip[:5]}-{practice.zip[5:]}"
    address = (practice.line1, f"{practice.city}, {practice.state} {zip_code}")
    phone = practice.phone
    if len(phone) == 10 and phone.isdigit():
        phone = f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"
    return Sender(practice.name, address, phone, practice.pay_url, practice.hours, practice.tax_id)


def _addressee(guarantor: Guarantor) -> Addressee:
    address = (guarantor.line1, f"{guarantor.city}, {guarantor.state} {guarantor.zip}")
    return Addressee(f"{guarantor.first} {guarantor.last}", address, guarantor.language)


def _visits(session: Session, guarantor_id: int) -> list[tuple[Encounter, dict[int | None, Books]]]:
    """Each visit where the patient's book is not even, with what each book holds for each line."""
    query = select(Posting).where(Posting.guarantor_id == guarantor_id, col(Posting.encounter_id).is_not(None))
    by_visit: dict[int, dict[int | None, Books]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for posting in session.exec(query).all():
        if posting.encounter_id is not None:
            by_visit[posting.encounter_id][posting.claim_line_id][posting.book] += posting.cents
    open_visits = {
        encounter_id: lines
        for encounter_id, lines in by_visit.items()
        if any(books.get(Book.PATIENT) for books in lines.values())
    }
    encounters = session.exec(
        select(Encounter).where(col(Encounter.id).in_(list(open_visits))).order_by(col(Encounter.service_date))
    ).all()
    return [(encounter, open_visits[encounter.id]) for encounter in encounters]


def _visit(session: Session, encounter: Encounter, books: dict[int | None, Books], words: Words) -> Visit:
    patient = session.get_one(Patient, encounter.patient_id)
    provider = session.get_one(Provider, encounter.provider_id)
    lines = _claim_lines(session, encounter, books, words) or (_whole_visit(session, encounter, books, words),)
    return Visit(patient.first, encounter.service_date, f"{provider.first} {provider.last}", tuple(lines))


def _claim_lines(
    session: Session, encounter: Encounter, books: dict[int | None, Books], words: Words
) -> tuple[Line, ...]:
    """One statement line for each claim line; none when some money stands on no line."""
    loose = {book: cents for book, cents in books.get(None, {}).items() if book not in {Book.INSURANCE, Book.CHARGES}}
    if any(loose.values()):
        return ()
    query = (
        select(ClaimLine)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(Claim.encounter_id == encounter.id, ClaimLine.active)
        .order_by(col(ClaimLine.id))
    )
    rows = session.exec(query).all()
    if {line_id for line_id in books if line_id is not None} - {row.id for row in rows}:
        return ()
    made = [_claim_line(session, encounter, row, books.get(row.id, {}), words) for row in rows]
    return tuple(made)


def _claim_line(session: Session, encounter: Encounter, row: ClaimLine, books: Books, words: Words) -> Line:
    return _line(
        _description(session, row.code, encounter.service_date),
        row.charge,
        books,
        _reason(session, row.id, max(0, books.get(Book.PATIENT, 0)), words),
    )


def _line(description: str, charge: int, books: Books, reason: str) -> Line:
    patient, paid = books.get(Book.PATIENT, 0), books.get(Book.CASH, 0)
    given_up = books.get(Book.CONTRACTUAL, 0) + books.get(Book.WRITE_OFF, 0)
    pending = charge - paid - given_up - patient
    return Line(
        description=description,
        charge=charge,
        insurance_paid=max(0, paid),
        insurance_adjusted=given_up + min(0, pending) + min(0, paid),
        owes=max(0, patient),
        reason=reason if patient > 0 else "",
        pending=max(0, pending),
        credit=max(0, -patient),
    )


def _whole_visit(session: Session, encounter: Encounter, books: dict[int | None, Books], words: Words) -> Line:
    total: Books = defaultdict(int)
    for line in books.values():
        for book, cents in line.items():
            total[book] += cents
    services = session.exec(
        select(ServiceLine).where(ServiceLine.encounter_id == encounter.id).order_by(col(ServiceLine.position))
    ).all()
    names = [_description(session, service.code, encounter.service_date) for service in services]
    description = ", ".join(dict.fromkeys(names))[:300] or "Visit"
    owes = max(0, total[Book.PATIENT])
    insured = session.exec(select(Claim.id).where(Claim.encounter_id == encounter.id)).first() is not None
    reason = words.reason("other" if insured else "no_insurance", owes)
    return _line(description, -total[Book.CHARGES], total, reason)


def _description(session: Session, code: str, on: date) -> str:
    query = select(Fee).where(Fee.code == code, Fee.valid_from <= on).order_by(col(Fee.valid_from).desc())
    fee = session.exec(query).first()
    return (fee.plain or fee.title) if fee else code


def _reason(session: Session, claim_line_id: int, owes: int, words: Words) -> str:
    """Why the line is the patient's, in plain words: each part of the patient's share, else one for the rest."""
    query = (
        select(RemitAdjustment.reason, RemitAdjustment.cents)
        .join(RemitLine, col(RemitLine.id) == col(RemitAdjustment.remit_line_id))
        .where(RemitLine.claim_line_id == claim_line_id, RemitAdjustment.group == "PR")
    )
    shares: dict[str, int] = defaultdict(int)
    for reason, cents in session.exec(query).all():
        shares[_kind(reason)] += cents
    told = {kind: cents for kind, cents in shares.items() if cents > 0}
    if sum(told.values()) != owes:
        return words.reason("other", owes)
    return "; ".join(words.reason(kind, cents) for kind, cents in told.items())


def _kind(reason: str) -> str:
    if reason in _NOT_COVERED:
        return "not_covered"
    return "coverage_ended" if reason == "27" else _REASONS.get(reason, "other")


def _since(session: Session, guarantor_id: int, encounter_id: int) -> date | None:
    query = (
        select(col(LedgerEntry.entry_date))
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(Posting.guarantor_id == guarantor_id, Posting.encounter_id == encounter_id)
        .where(Posting.book == Book.PATIENT, Posting.cents > 0)
        .order_by(col(LedgerEntry.entry_date))
    )
    return session.exec(query).first()


def _ageing(on: date, debits: Iterable[tuple[date, int]]) -> Ageing:
    buckets = [0, 0, 0, 0]
    for since, cents in debits:
        days = (on - since).days
        buckets[0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3] += cents
    return Ageing(*buckets)
