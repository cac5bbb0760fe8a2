"""Making statements' values out of the ledger, so that every cent of them is a cent of the books.

Everything that some accounts need is read at once, table by table, never account by account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.agreements import plans
from store.accounts.balances import account_balances, in_books
from store.accounts.books import Book
from store.accounts.policy import policy_of
from store.errors import Refused
from store.statements.dunning import Situation, all_messages, delivered, message_for, next_level
from store.statements.values import Ageing, Line, Statement, Visit
from store.statements.values import Guarantor as Addressee
from store.statements.values import Practice as Sender
from store.statements.visits import VisitBooks, Visits
from store.statements.words import WORDS, Words, words_for
from store.tables import Guarantor, LedgerEntry, Posting, Practice
from store.text import show_phone, show_zip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the account, the number and date of the statement; a level or words of a person's own."""

    guarantor: Guarantor
    number: str
    on: date
    level: int | None = None
    message: str = ""


def compose(session: Session, practice: Practice, asked: Asked, *, words: Mapping[str, Words] = WORDS) -> Statement:
    """The account's statement; `Refused` if its sums did not hold."""
    made = compose_all(session, practice, [asked], words=words)[asked.guarantor.id]
    if isinstance(made, Refused):
        raise made
    return made


def compose_all(
    session: Session, practice: Practice, asks: Sequence[Asked], *, words: Mapping[str, Words] = WORDS
) -> dict[int, Statement | Refused]:
    """The statement of each account by its id, or why there can be none.  All are asked for on one day."""
    if not asks:
        return {}
    composer = _Composer(session, practice, asks, words)
    return {asked.guarantor.id: composer.one(asked) for asked in asks}


class _Composer:
    def __init__(self, session: Session, practice: Practice, asks: Sequence[Asked], words: Mapping[str, Words]) -> None:
        ids = sorted(asked.guarantor.id for asked in asks)
        on = asks[0].on
        self.words = words
        self.practice = practice
        self.policy = policy_of(session)
        self.balances = account_balances(session, ids)
        self.visits = Visits(session, ids)
        self.since = _since(session, ids)
        self.plans = plans(session, self.policy, ids, on)
        self.messages = all_messages(session)
        self.delivered = delivered(session, self.policy, [asked.guarantor for asked in asks], on)

    def one(self, asked: Asked) -> Statement | Refused:
        try:
            return self._statement(asked)
        except Refused as fault:
            return fault

    def _statement(self, asked: Asked) -> Statement:
        guarantor = asked.guarantor
        words = words_for(guarantor.language, self.words)
        visits: list[Visit] = []
        debits: list[tuple[date, int]] = []
        for one in self.visits.of(guarantor.id):
            visit = made_visit(one, words)
            visits.append(visit)
            if visit.owes:  # what is owed comes first, what waits for an insurer below it
                debits.append((self.since.get((guarantor.id, one.encounter_id), asked.on), visit.owes))
        age = max((max(0, (asked.on - since).days) for since, _ in debits), default=0)
        level = asked.level or next_level(self.policy, guarantor.dunning, guarantor.id in self.delivered, age)
        statement = Statement(
            practice=sender(self.practice, words),
            guarantor=addressee(guarantor),
            account=guarantor.number,
            number=asked.number,
            statement_date=asked.on,
            due_date=asked.on + timedelta(days=max(self.policy.days_to_pay, 15 if level == 4 else 0)),
            visits=tuple(sorted(visits, key=_owed_first)),
            ageing=_ageing(asked.on, debits),
            amount_due=sum(visit.owes for visit in visits),
            credit=self.balances[guarantor.id].credit,
            level=level,
            message=asked.message or message_for(self.messages, level, self._situation(guarantor, age)),
        )
        if statement.amount_due != self.balances[guarantor.id].patient_due:
            raise Refused(f"The visits of account {guarantor.number} do not explain its balance.")
        statement.check()
        return statement

    def _situation(self, guarantor: Guarantor, age: int) -> Situation:
        plan = self.plans.get(guarantor.id)
        pending = self.balances[guarantor.id].insurance_pending > 0
        insured = any(one.insured for one in self.visits.of(guarantor.id))
        return Situation(
            age,
            "none" if plan is None else "current" if plan.current else "missed",
            "pending" if pending else "answered" if insured else "none",
            guarantor.language,
        )


def sender(practice: Practice, words: Words) -> Sender:
    """The practice as a statement names it, its office hours in the statement's language."""
    address = (practice.line1, f"{practice.city}, {practice.state} {show_zip(practice.zip)}")
    phone = show_phone(practice.phone)
    hours = words.hours or (practice.hours if words.language == "en" else "")
    return Sender(practice.name, address, phone, practice.pay_url, hours, practice.tax_id)


def addressee(guarantor: Guarantor) -> Addressee:
    """The guarantor as an envelope shows it."""
    address = (guarantor.line1, f"{guarantor.city}, {guarantor.state} {guarantor.zip}")
    return Addressee(f"{guarantor.first} {guarantor.last}", address, guarantor.language)


def made_visit(one: VisitBooks, words: Words) -> Visit:
    """A visit as a statement tells it, line by line where every cent stands on a line."""
    return Visit(one.patient, one.service_date, one.provider, tuple(_lines(one, words)))


def _owed_first(visit: Visit) -> bool:
    return not visit.owes and all(line.credit == 0 for line in visit.lines)


def _lines(one: VisitBooks, words: Words) -> list[Line]:
    """Line by line where every cent stands on a line; a visit that only waits for an insurer is told in one."""
    theirs = any(books.get(Book.PATIENT) for books in one.books.values())
    if one.by_line and theirs:
        return [
            _line(line.called(words), line.charge, one.books.get(line.line_id, {}),
                  one.reason(line.line_id, max(0, one.books.get(line.line_id, {}).get(Book.PATIENT, 0)), words))
            for line in one.lines
        ]  # fmt: skip
    total: dict[str, int] = defaultdict(int)
    for books in one.books.values():
        for book, cents in books.items():
            total[book] += cents
    return [_line(one.called(words), -total[Book.CHARGES], total, one.reason(None, max(0, total[Book.PATIENT]), words))]


def _line(description: str, charge: int, books: Mapping[str, int], reason: str) -> Line:
    patient, insurer, own = books.get(Book.PATIENT, 0), books.get(Book.CASH, 0), books.get(Book.PATIENT_CASH, 0)
    given_up = books.get(Book.CONTRACTUAL, 0) + books.get(Book.WRITE_OFF, 0)
    discount, placed = books.get(Book.DISCOUNT, 0), books.get(Book.BAD_DEBT, 0)
    pending = charge - insurer - own - given_up - discount - placed - patient
    return Line(
        description=description,
        charge=charge,
        insurance_paid=max(0, insurer),
        insurance_adjusted=given_up + sum(min(0, cents) for cents in (pending, insurer, own, discount, placed)),
        patient_paid=max(0, own),
        discount=max(0, discount),
        owes=max(0, patient),
        reason=reason if patient > 0 else "",
        pending=max(0, pending),
        credit=max(0, -patient),
        placed=max(0, placed),
    )


def _since(session: Session, ids: Sequence[int]) -> dict[tuple[int, int], date]:
    """For each account and visit the day since which something of it is the guarantor's."""
    query = (
        select(Posting.guarantor_id, Posting.encounter_id, func.min(LedgerEntry.entry_date))
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .where(col(Posting.guarantor_id).in_(ids), in_books(Book.PATIENT), Posting.cents > 0)
        .group_by(col(Posting.guarantor_id), col(Posting.encounter_id))
    )
    return {(guarantor or 0, encounter or 0): since for guarantor, encounter, since in session.exec(query).all()}


def _ageing(on: date, debits: Iterable[tuple[date, int]]) -> Ageing:
    buckets = [0, 0, 0, 0]
    for since, cents in debits:
        days = (on - since).days
        buckets[0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3] += cents
    return Ageing(*buckets)
