"""How each queue is doing, and how the day ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col

from store import clock
from store.people.roles import Actor, Permission
from store.reports.measure import during, in_db, pick
from store.reports.values import Asked, Opens, Report, ReportRow
from store.tables import (
    ArchivedFile,
    Batch,
    LedgerEntry,
    PatientPayment,
    Posting,
    Refund,
    RemitClaim,
    Remittance,
    SmallBalanceRun,
    User,
    WorkItem,
    WriteOffRequest,
)
from store.work import queue
from store.work.values import Column, Kind, View


def health_report(session: Session, actor: Actor, asked: Asked) -> Report:
    """Per queue: opened and closed in the period, what is left, how old nine of ten are, how many were ever taken."""
    today = clock.today()
    rows = []
    for known in queue.QUEUES.values():
        if not actor.may(known.permission):
            continue
        mine = col(WorkItem.queue) == known.name
        opened = _count(session, mine, col(WorkItem.opened_on).between(asked.period.start, asked.period.end))
        closed = _count(session, mine, col(WorkItem.closed_on).between(asked.period.start, asked.period.end))
        query = pick(WorkItem.opened_on, WorkItem.due, WorkItem.attempts).where(mine, col(WorkItem.open))
        items = in_db(session, query)
        ages = sorted((today - on).days for on, _, _ in items)
        past = sum(1 for _, due, _ in items if due is not None and due < today)
        touched = sum(1 for _, _, attempts in items if attempts)
        p90 = ages[(len(ages) * 9 - 1) // 10] if ages else None
        share = round(touched * 100 / len(items)) if items else None
        cells = (known.title, opened, closed, opened - closed, len(items), p90, past, share)
        rows.append(ReportRow(cells, opens=Opens(queue=known.name, view=View()), flag="X" if past else ""))
    columns = (
        Column("queue", "Queue", 22, help="Enter opens it."),
        Column("opened", "Opened", 7, Kind.NUMBER),
        Column("closed", "Closed", 7, Kind.NUMBER),
        Column("net", "Net", 6, Kind.NUMBER, help="Opened less closed: above 0 the queue grows."),
        Column("open", "Open", 6, Kind.NUMBER, help="Open now."),
        Column("p90", "p90", 5, Kind.NUMBER, help="Nine of ten open items are at most so many days old."),
        Column("past", "Past", 5, Kind.NUMBER, help="Open items past their deadline."),
        Column("touched", "Taken", 6, Kind.NUMBER, help="Percent of open items that somebody took to work."),
    )
    bars = tuple((str(row.cells[0]), float(int(str(row.cells[4])))) for row in rows)
    notes = ("Opened, closed and net are of the period; open, p90, past and taken are how things stand now.",)
    return Report(
        "health", f"Queues, {asked.period}", columns, tuple(rows), notes, bars=bars, bar_titles=("Queue", "Open items")
    )


def _count(session: Session, *which: Any) -> int:
    return int(session.execute(pick(func.count()).select_from(WorkItem).where(*which)).scalar_one())


def close_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """The day's close: money that came against money that was posted, and what is still open at its end."""
    day = asked.period.end
    one_day = type(asked.period)(day, day)
    payers = _sum(session, pick(func.sum(Remittance.amount)).where(during(Remittance.posted_at, one_day)))
    ledger = pick(func.sum(Posting.cents)).join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
    books = ledger.where(during(LedgerEntry.at, one_day))
    booked = _sum(session, books.where(col(Posting.book) == "cash", col(LedgerEntry.remittance_id).is_not(None)))
    paid = _sum(session, pick(func.sum(PatientPayment.cents)).where(col(PatientPayment.paid_on) == day))
    unclosed = _sum(session, pick(func.count()).select_from(PatientPayment).where(
        col(PatientPayment.paid_on) <= day, col(PatientPayment.close_id).is_(None)))  # fmt: skip
    files = pick(func.count()).select_from(ArchivedFile)
    batches = _sum(session, pick(func.count()).select_from(Batch).where(col(Batch.state) == "MADE"))
    strays = pick(func.count()).select_from(RemitClaim).where(col(RemitClaim.state) == "unmatched")
    lines: list[tuple[str, Any, Any, str]] = [
        ("Remittances: paid against posted to cash", payers, booked, "cents"),
        ("Patients: received", paid, None, "cents"),
        ("Receipts that no drawer was counted for", unclosed, 0, "count"),
        ("Files taken in", _sum(session, files.where(during(ArchivedFile.at, one_day))), None, "count"),
        ("Claim files that were made and not written", batches, 0, "count"),
        ("Answers that no claim is certain for", _sum(session, strays), 0, "count"),
    ]
    rows = tuple(
        ReportRow(
            (what, _shown(have, kind), _shown(want, kind), "" if want is None else "ok" if have == want else "look"),
            flag="" if want is None or have == want else "!",
        )
        for what, have, want, kind in lines
    )
    columns = (
        Column("what", "What", 42),
        Column("have", "Is", 12),
        Column("want", "Should be", 12),
        Column("verdict", "", 5, help="look: the two differ."),
    )
    notes = ("superbill check proves every balance; superbill audit prints the day's trail.",)
    return Report("close", f"Close of {day}", columns, rows, notes)


def _sum(session: Session, query: Any) -> int:
    return int(session.execute(query).scalar_one() or 0)


def _shown(number: int | None, kind: str) -> str:
    from store.money import show_cents

    return "" if number is None else show_cents(number, sign="$") if kind == "cents" else f"{number:,}"


def approvals_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001 - what waits now
    """What waits for a second person: write-offs, refunds and small-balance runs."""
    found: list[tuple[str, int, date, str, int, str]] = []
    query = pick(WriteOffRequest, User.name).join(User, col(User.id) == col(WriteOffRequest.asked_by))
    for one, who in in_db(session, query.where(col(WriteOffRequest.approved).is_(None))):
        found.append(("write-off", one.cents, one.asked_on, who, one.asked_by, "denials"))
    refunds = pick(Refund, User.name).join(User, col(User.id) == col(Refund.asked_by))
    for one, who in in_db(session, refunds.where(and_(col(Refund.decided_on).is_(None)))):
        found.append(("refund", one.cents, one.asked_on, who, one.asked_by, "credits"))
    small = pick(SmallBalanceRun, User.name).join(User, col(User.id) == col(SmallBalanceRun.asked_by))
    for one, who in in_db(session, small.where(or_(col(SmallBalanceRun.approved).is_(None)))):
        found.append(("small balances", one.limit, one.made_on, who, one.asked_by, ""))
    rows = tuple(
        ReportRow(
            (what, cents, on, who, "no, you asked" if asked_by == actor.user_id else "yes"),
            opens=Opens(queue=name, view=View("state:WRITEOFF_REQ" if name == "denials" else "")) if name else None,
        )
        for what, cents, on, who, asked_by, name in sorted(found, key=lambda one: one[2])
        if actor.may(Permission.SUPERVISE)
    )
    columns = (
        Column("what", "What", 16),
        Column("cents", "Money", 12, Kind.CENTS),
        Column("on", "Asked", 10, Kind.DATE),
        Column("who", "By", 14),
        Column("may", "May you", 14, help="Nobody approves what they asked for themselves."),
    )
    return Report("approvals", "Waiting for a second person", columns, rows, ("Y approves and N refuses on the row.",))
