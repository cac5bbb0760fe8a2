"""What is owed by age: from the date of service, from the day it was billed, or from the payer's last payment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import case, func
from sqlmodel import Session, col

from store.accounts.books import Book
from store.errors import Refused
from store.people.roles import Actor
from store.reports.measure import in_db, pick
from store.reports.values import Asked, Opens, Report, ReportRow
from store.tables import Claim, Encounter, LedgerEntry, Payer, Posting
from store.work.values import Column, Kind

ANCHORS = {"service": "date of service", "billed": "day it was first sent", "paid": "payer's last payment"}
EDGES = (30, 60, 90, 120)
PATIENTS = "patients"

_TITLES = ("0-30", "31-60", "61-90", "91-120", "over 120")


def ageing_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """Payers and patients, each with what it owes at the end of the period, by age; credits stand for themselves.

    The argument is the anchor, or "anchor:whose" for the visits of one payer or of the patients.
    """
    anchor, _, whose = (asked.argument or "service").partition(":")
    if anchor not in ANCHORS:
        raise Refused(f"Ageing has no anchor '{anchor[:20]}'.", do=f"There are: {', '.join(ANCHORS)}.")
    owed = _owed(session, asked.period.end, anchor)
    if whose:
        return _visits(owed, asked, anchor, whose)
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * (len(EDGES) + 3))
    for name, _, _, on, cents in owed:
        place = 0 if cents < 0 else 1 + _bucket(on, asked.period.end)
        for who in (name, "all"):
            sums[who][place] += cents
            sums[who][-1] += cents
    columns = (
        Column("whose", "Owed by", 18, help="Enter shows the visits."),
        *(Column(title, title, 11, Kind.CENTS, help=f"{title} days since the {ANCHORS[anchor]}") for title in _TITLES),
        Column("all", "All", 12, Kind.CENTS),
        Column("credit", "Credits", 10, Kind.CENTS, wide=True, help="Visits with too much; part of all."),
    )
    names = sorted(sums, key=lambda name: (name == "all", name == PATIENTS, -sums[name][-1]))
    rows = tuple(
        ReportRow(
            (name, *sums[name][1:-1], sums[name][-1], sums[name][0]),
            opens=Opens(report="ageing", argument=f"{anchor}:{name}"),
        )
        for name in names
    )
    every = sums.get("all", [0] * 8)
    return Report(
        "ageing", f"Ageing on {asked.period.end} from the {ANCHORS[anchor]}", columns, rows,
        (f"Anchors: {', '.join(ANCHORS)}. What payers owe is aged by visit; bad debt is left out.",),
        bars=tuple((title, every[1 + at] / 100) for at, title in enumerate(_TITLES)),
    )  # fmt: skip


def _bucket(on: date, end: date) -> int:
    age = (end - on).days
    return next((at for at, edge in enumerate(EDGES) if age <= edge), len(EDGES))


def _owed(session: Session, end: date, anchor: str) -> list[tuple[str, str, int | None, date, int]]:
    """(who, visit, claim, anchor day, cents) of every visit that is not even."""
    owed = func.sum(Posting.cents)
    who = case((col(Posting.book) == Book.PATIENT, PATIENTS), else_=func.coalesce(Payer.name, "no payer"))
    paid = (
        pick(Posting.claim_id.label("claim_id"), func.max(LedgerEntry.entry_date).label("on"))  # type: ignore[union-attr]
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .where(col(LedgerEntry.kind) == "payment")
        .group_by(col(Posting.claim_id))
        .subquery()
    )
    day = {
        "service": func.min(Encounter.service_date),
        "billed": func.coalesce(func.min(Claim.sent_on), func.min(Encounter.service_date)),
        "paid": func.coalesce(func.max(paid.c.on), func.min(Encounter.service_date)),
    }[anchor]
    query = (
        pick(who, Encounter.number, func.max(Posting.claim_id), day, owed)
        .select_from(Posting)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Claim, col(Claim.id) == col(Posting.claim_id))
        .outerjoin(Payer, col(Payer.id) == col(Claim.payer_id))
        .outerjoin(paid, paid.c.claim_id == col(Posting.claim_id))
        .where(col(Posting.book).in_((Book.INSURANCE, Book.PATIENT)), col(LedgerEntry.entry_date) <= end)
        .group_by(who, col(Encounter.id), col(Encounter.number))
        .having(owed != 0)
    )
    return [(name, visit, claim, on, int(cents)) for name, visit, claim, on, cents in in_db(session, query)]


def _visits(owed: list[tuple[str, str, int | None, date, int]], asked: Asked, anchor: str, whose: str) -> Report:
    columns = (
        Column("visit", "Visit", 12),
        Column("whose", "Owed by", 18),
        Column("on", "Since", 10, Kind.DATE, help=f"the {ANCHORS[anchor]}"),
        Column("age", "Days", 5, Kind.NUMBER),
        Column("cents", "Owed", 12, Kind.CENTS),
    )
    mine = sorted((row for row in owed if whose in {row[0], "all"}), key=lambda row: (row[3], row[1]))
    rows = tuple(
        ReportRow(
            (visit, name, on, (asked.period.end - on).days, cents), opens=Opens(claim_id=claim) if claim else None
        )
        for name, visit, claim, on, cents in mine
    )
    return Report("ageing", f"Owed by {whose} on {asked.period.end}", columns, rows)
