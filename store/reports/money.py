"""Key figures of money: receivables in days, what was collected of what could be, what was given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.accounts.books import Book
from store.accounts.small_balances import SMALL_BALANCE
from store.reports.ageing import owed_by_visit
from store.reports.measure import Kpi, Line, Lines, Shape, Unit, day_of, in_db, once, pick
from store.reports.values import Period
from store.tables import Encounter, Guarantor, LedgerEntry, Posting


def _in(period: Period) -> ColumnElement[bool]:
    return col(LedgerEntry.entry_date).between(period.start, period.end)


def _book(*books: Book) -> ColumnElement[bool]:
    return col(Posting.book).in_(books)


class Sums(NamedTuple):
    """What was booked on a visit, or on an account's money that is on none: cents of each kind of sum."""

    visit: str | None
    account: str | None
    on: date
    claim_id: int | None
    account_id: int | None
    gross: int = 0
    net: int = 0
    service: int = 0
    cash: int = 0
    denied: int = 0
    late: int = 0
    discount: int = 0
    small: int = 0
    bad_debt: int = 0

    @property
    def charity(self) -> int:
        """What was given up but for small balances."""
        return self.discount - self.small

    def line(self, numerator: int, denominator: int, whose: str = "") -> Line:
        """What it adds to a figure."""
        what = f"visit {self.visit}" if self.visit else "on no visit"
        whose = whose or self.account or ""
        return Line(what, whose, day_of(self.on), numerator, denominator, self.claim_id, account_id=self.account_id)


def _entry(holds: Callable[[Any], Any]) -> ColumnElement[bool]:
    """Whether something holds for the entry of a posting, or for the entry that it takes back."""
    original = aliased(LedgerEntry)
    taken_back = (
        exists().where(col(original.id) == col(LedgerEntry.reverses_id), holds(original)).correlate(LedgerEntry)
    )
    return or_(holds(LedgerEntry), taken_back)


def _cents(*books: Book, sign: int = 1, which: Any = None) -> Any:
    """The cents of a posting in one of these books, where `which` holds for it."""
    of_them = _book(*books) if which is None else and_(_book(*books), which)
    return case((of_them, col(Posting.cents) * sign), else_=0)


_NET_BOOKS = (Book.CHARGES, Book.CONTRACTUAL)
_SUMS = {
    "gross": _cents(Book.CHARGES, sign=-1),
    "net": _cents(*_NET_BOOKS, sign=-1),
    "service": _cents(*_NET_BOOKS, Book.DISCOUNT, sign=-1),
    "cash": _cents(Book.CASH, Book.PATIENT_CASH, Book.PAYER_REFUND),
    "denied": _cents(Book.WRITE_OFF, which=_entry(lambda one: one.kind == "write-off")),
    "late": _cents(Book.WRITE_OFF, which=_entry(lambda one: one.memo.like("CO-29%"))),
    "discount": _cents(Book.DISCOUNT),
    "small": _cents(Book.DISCOUNT, which=_entry(lambda one: one.memo.like(f"{SMALL_BALANCE}:%"))),
    "bad_debt": _cents(Book.BAD_DEBT),
}  # fmt: skip


def _grouped(session: Session, which: ColumnElement[bool], *sums: Any) -> list[Any]:
    """(visit, account, day, claim, account's id, sums) of postings by visit, or by account where they are on none."""
    totals = [func.coalesce(func.sum(one), 0) for one in sums]
    query = (
        pick(
            func.max(Encounter.number), func.max(Guarantor.number), func.max(LedgerEntry.entry_date),
            func.max(Posting.claim_id), Posting.guarantor_id, *totals,
        )
        .select_from(Posting)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .outerjoin(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Guarantor, col(Guarantor.id) == col(Posting.guarantor_id))
        .where(which)
        .group_by(col(Posting.encounter_id), col(Posting.guarantor_id))
        .having(or_(*(total != 0 for total in totals)))
        .order_by(func.max(LedgerEntry.entry_date).desc(), col(Posting.encounter_id))
    )  # fmt: skip
    return [(*row[:5], *map(int, row[5:])) for row in in_db(session, query)]


def sums(session: Session, period: Period) -> list[Sums]:
    """What was booked in the period; read once for all figures that are made of it."""
    return once(
        session, ("sums", period), lambda: [Sums(*row) for row in _grouped(session, _in(period), *_SUMS.values())]
    )


def _lines(session: Session, period: Period, above: Callable[[Sums], int], below: Callable[[Sums], int]) -> list[Line]:
    made = ((one, above(one), below(one)) for one in sums(session, period))
    return [one.line(up, down) for one, up, down in made if up or down]


def _share(above: str, below: str) -> Lines:
    return lambda session, period: _lines(session, period, attrgetter(above), attrgetter(below))


def charges(session: Session, period: Period) -> list[Line]:
    """Charges of the period, as a denominator."""
    return _lines(session, period, lambda _: 0, attrgetter("gross"))


def net_charges(session: Session, period: Period) -> list[Line]:
    """Charges less contractual adjustments of the period, as a denominator."""
    return _lines(session, period, lambda _: 0, attrgetter("net"))


def cash(session: Session, period: Period) -> list[Line]:
    """Cash of payers and patients of the period, less refunds."""
    return _lines(session, period, attrgetter("cash"), lambda _: 0)


def late_write_offs(session: Session, period: Period) -> list[Line]:
    """What was written off in the period as filed too late."""
    return [one.line(one.late, 0, "CO-29") for one in sums(session, period) if one.late]


def _days(*, gross: bool) -> Lines:
    """A/R at the end of a period over what an average day of it brought."""

    def lines(session: Session, period: Period) -> list[Line]:
        made = once(session, ("owed", period), lambda: _owed_and_brought(session, period))
        return [one.line(owed, brought) for one, owed, brought in made[gross] if owed or brought]

    return lines


def _owed_and_brought(session: Session, period: Period) -> tuple[list[tuple[Sums, int, int]], ...]:
    """Each visit with what is owed at the end, and its net charges of the period, then its gross ones."""
    owed = _cents(Book.INSURANCE, Book.PATIENT)
    brought = [case((_in(period), _SUMS[name]), else_=0) for name in ("net", "gross")]
    rows = _grouped(session, col(LedgerEntry.entry_date) <= period.end, owed, *brought)
    return tuple([(Sums(*row[:5]), row[5], row[at]) for row in rows] for at in (6, 7))


def _credits(session: Session, period: Period) -> list[Line]:
    too_much = _cents(Book.UNAPPLIED, Book.PATIENT, sign=-1)
    rows = _grouped(session, col(LedgerEntry.entry_date) <= period.end, too_much)
    held = [Sums(*row[:5]).line(row[5], 0) for row in rows if row[5] > 0]
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


MONEY_KPIS = (
    Kpi("net-days", "Net days in A/R", "what payers and patients owe at the end",
        "charges less contractual adjustments of the period", "HFMA", Shape.DAYS, lines=_days(gross=False),
        unit=Unit.CENTS, better="down", group="Receivables", exclusions="bad debt; credits count against"),
    Kpi("gross-days", "Days in A/R (gross charges)", "what payers and patients owe at the end",
        "charges of the period", "MGMA, on gross charges", Shape.DAYS, lines=_days(gross=True), unit=Unit.CENTS,
        better="down", group="Receivables", exclusions="bad debt; credits count against"),
    *(
        Kpi(key, f"A/R over {days} days", f"what is owed from visits more than {days} days before the end",
            "what payers and patients owe at the end", "HFMA AR-1; aged from the date of service", lines=_aged(days),
            unit=Unit.CENTS, better="down", by="payer", group="Receivables", exclusions="credits")
        for key, days in (("aged-60", 60), ("aged", 90), ("aged-120", 120))
    ),
    Kpi("net-collected", "Net collection", "cash of payers and patients, less refunds",
        "charges less contractual adjustments", "MGMA", lines=_share("cash", "net"), unit=Unit.CENTS,
        group="Collection"),
    Kpi("gross-collected", "Gross collection", "cash of payers and patients, less refunds", "charges", "MGMA",
        lines=_share("cash", "gross"), unit=Unit.CENTS, group="Collection"),
    Kpi("cash-of-revenue", "Cash of net revenue", "cash of payers and patients, less refunds",
        "charges less contractual adjustments and discounts", "HFMA: cash as a share of net patient service revenue",
        lines=_share("cash", "service"), unit=Unit.CENTS, group="Collection"),
    Kpi("denial-write-off", "Denials written off", "written off by a decision of ours",
        "charges less contractual adjustments", "HFMA AR-6", lines=_share("denied", "net"), unit=Unit.CENTS,
        better="down", group="Denials"),
    Kpi("bad-debt", "Bad debt", "given to collection agencies", "charges", "HFMA",
        lines=_share("bad_debt", "gross"), unit=Unit.CENTS, better="down", group="Collection"),
    Kpi("charity", "Charity care", "given up for patients by financial assistance", "charges", "HFMA",
        lines=_share("charity", "gross"), unit=Unit.CENTS, better="down", group="Collection",
        exclusions="small balances"),
    Kpi("small-balances", "Small balances", "small balances given up for patients", "charges",
        "no published formula: by the practice's rule for them", lines=_share("small", "gross"), unit=Unit.CENTS,
        better="down", group="Collection"),
    Kpi("credits", "Credit balances", "what visits and accounts have too much at the end",
        "charges less contractual adjustments", "HFMA", Shape.DAYS, lines=_credits, unit=Unit.CENTS, better="down",
        group="Receivables"),
)  # fmt: skip
