"""Key figures of money: receivables in days, what was collected of what could be, what was given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.accounts.books import Book
from store.accounts.small_balances import SMALL_BALANCE
from store.reports.ageing import owed_by_visit
from store.reports.measure import Kpi, Line, Lines, Shape, Unit, day_of, in_db, pick
from store.reports.values import Period
from store.tables import Encounter, Guarantor, LedgerEntry, Posting

_RECEIVABLE = (Book.INSURANCE, Book.PATIENT)


def _in(period: Period) -> ColumnElement[bool]:
    return col(LedgerEntry.entry_date).between(period.start, period.end)


def _book(*books: Book) -> ColumnElement[bool]:
    return col(Posting.book).in_(books)


def postings(session: Session, numerator: Any, denominator: Any, which: ColumnElement[bool]) -> list[Line]:
    """Postings summed by visit, or by account where they are on none; `numerator` and `denominator` give cents."""
    above, below = func.coalesce(func.sum(numerator), 0), func.coalesce(func.sum(denominator), 0)
    query = (
        pick(
            func.max(Encounter.number), func.max(Guarantor.number), func.max(LedgerEntry.entry_date), above, below,
            func.max(Posting.claim_id), Posting.guarantor_id,
        )
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .outerjoin(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Guarantor, col(Guarantor.id) == col(Posting.guarantor_id))
        .where(which)
        .group_by(col(Posting.encounter_id), col(Posting.guarantor_id))
        .having(or_(above != 0, below != 0))
        .order_by(func.max(LedgerEntry.entry_date).desc(), col(Posting.encounter_id))
    )  # fmt: skip
    return [
        Line(
            f"visit {visit}" if visit else "on no visit", account or "", day_of(on), int(up), int(down), claim,
            account_id=guarantor,
        )
        for visit, account, on, up, down, claim, guarantor in in_db(session, query)
    ]  # fmt: skip


def _entry(holds: Callable[[Any], Any]) -> ColumnElement[bool]:
    """Whether something holds for the entry of a posting, or for the entry that it takes back."""
    original = aliased(LedgerEntry)
    taken_back = (
        exists().where(col(original.id) == col(LedgerEntry.reverses_id), holds(original)).correlate(LedgerEntry)
    )
    return or_(holds(LedgerEntry), taken_back)


def _cents(*books: Book, sign: int = 1) -> Any:
    return case((_book(*books), col(Posting.cents) * sign), else_=0)


_NOTHING = case((col(Posting.id).is_(None), 1), else_=0)
_GROSS = _cents(Book.CHARGES, sign=-1)
_NET = case((_book(Book.CHARGES, Book.CONTRACTUAL), -col(Posting.cents)), else_=0)
_SERVICE = case((_book(Book.CHARGES, Book.CONTRACTUAL, Book.DISCOUNT), -col(Posting.cents)), else_=0)
_CASH = _cents(Book.CASH, Book.PATIENT_CASH)


def charges(session: Session, period: Period) -> list[Line]:
    """Charges of the period, as a denominator."""
    return postings(session, _NOTHING, _GROSS, _in(period))


def _days(below: Any) -> Any:
    """A/R at the end of a period over what an average day of it brought."""

    def lines(session: Session, period: Period) -> list[Line]:
        owed = case((and_(_book(*_RECEIVABLE), col(LedgerEntry.entry_date) <= period.end), col(Posting.cents)), else_=0)
        brought = case((_in(period), below), else_=0)
        return postings(session, owed, brought, col(LedgerEntry.entry_date) <= period.end)

    return lines


def _share(above: Any, below: Any) -> Any:
    def lines(session: Session, period: Period) -> list[Line]:
        return postings(session, above, below, _in(period))

    return lines


def _credits(session: Session, period: Period) -> list[Line]:
    held = [
        line
        for line in postings(
            session, _cents(Book.UNAPPLIED, Book.PATIENT, sign=-1), _NOTHING, col(LedgerEntry.entry_date) <= period.end
        )
        if line.numerator > 0
    ]
    return held + net_charges(session, period)


def _aged(days: int) -> Lines:
    """What each payer or patient owes on a visit, old when its date of service lies more than so many days back."""

    def lines(session: Session, period: Period) -> list[Line]:
        return [
            Line(
                f"visit {one.visit}", one.who, one.on, one.cents if (period.end - one.on).days > days else 0, one.cents,
                one.claim_id, one.encounter_id,
            )
            for one in sorted(owed_by_visit(session, period.end), key=lambda one: (one.on, one.visit))
            if one.cents > 0
        ]  # fmt: skip

    return lines


def late_write_offs(session: Session, period: Period) -> list[Line]:
    """What was written off in the period as filed too late."""
    late = _entry(lambda one: one.memo.like("CO-29%"))
    lost = case((and_(_book(Book.WRITE_OFF), late), col(Posting.cents)), else_=0)
    return [replace(line, whose="CO-29") for line in postings(session, lost, _NOTHING, _in(period))]


def cash(session: Session, period: Period) -> list[Line]:
    """Cash of payers and patients of the period, less refunds."""
    return postings(session, _CASH, _NOTHING, _in(period))


def net_charges(session: Session, period: Period) -> list[Line]:
    """Charges less contractual adjustments of the period, as a denominator."""
    return postings(session, _NOTHING, _NET, _in(period))


_DENIED = case((and_(_book(Book.WRITE_OFF), _entry(lambda one: one.kind == "write-off")), col(Posting.cents)), else_=0)
_SMALL = case(
    (and_(_book(Book.DISCOUNT), _entry(lambda one: one.memo.like(f"{SMALL_BALANCE}:%"))), col(Posting.cents)), else_=0
)
_CHARITY = _cents(Book.DISCOUNT) - _SMALL

MONEY_KPIS = (
    Kpi("net-days", "Net days in A/R", "what payers and patients owe at the end",
        "charges less contractual adjustments of the period", "HFMA", Shape.DAYS, lines=_days(_NET), unit=Unit.CENTS,
        better="down", group="Receivables", exclusions="bad debt; credits count against"),
    Kpi("gross-days", "Days in A/R (gross charges)", "what payers and patients owe at the end",
        "charges of the period", "MGMA, on gross charges", Shape.DAYS, lines=_days(_GROSS), unit=Unit.CENTS,
        better="down", group="Receivables", exclusions="bad debt; credits count against"),
    *(
        Kpi(key, f"A/R over {days} days", f"what is owed from visits more than {days} days before the end",
            "what payers and patients owe at the end", "HFMA AR-1; aged from the date of service", lines=_aged(days),
            unit=Unit.CENTS, better="down", by="payer", group="Receivables", exclusions="credits")
        for key, days in (("aged-60", 60), ("aged", 90), ("aged-120", 120))
    ),
    Kpi("net-collected", "Net collection", "cash of payers and patients, less refunds",
        "charges less contractual adjustments", "MGMA", lines=_share(_CASH, _NET), unit=Unit.CENTS, group="Collection"),
    Kpi("gross-collected", "Gross collection", "cash of payers and patients, less refunds", "charges", "MGMA",
        lines=_share(_CASH, _GROSS), unit=Unit.CENTS, group="Collection"),
    Kpi("cash-of-revenue", "Cash of net revenue", "cash of payers and patients, less refunds",
        "charges less contractual adjustments and discounts", "HFMA: cash as a share of net patient service revenue",
        lines=_share(_CASH, _SERVICE), unit=Unit.CENTS, group="Collection"),
    Kpi("denial-write-off", "Denials written off", "written off by a decision of ours",
        "charges less contractual adjustments", "HFMA AR-6", lines=_share(_DENIED, _NET), unit=Unit.CENTS,
        better="down", group="Denials"),
    Kpi("bad-debt", "Bad debt", "given to collection agencies", "charges", "HFMA",
        lines=_share(_cents(Book.BAD_DEBT), _GROSS), unit=Unit.CENTS, better="down", group="Collection"),
    Kpi("charity", "Charity care", "given up for patients by financial assistance", "charges", "HFMA",
        lines=_share(_CHARITY, _GROSS), unit=Unit.CENTS, better="down", group="Collection",
        exclusions="small balances"),
    Kpi("small-balances", "Small balances", "small balances given up for patients", "charges",
        "no published formula: by the practice's rule for them", lines=_share(_SMALL, _GROSS), unit=Unit.CENTS,
        better="down", group="Collection"),
    Kpi("credits", "Credit balances", "what visits and accounts have too much at the end",
        "charges less contractual adjustments", "HFMA", Shape.DAYS, lines=_credits, unit=Unit.CENTS, better="down",
        group="Receivables"),
)  # fmt: skip
