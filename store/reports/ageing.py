"""What is owed by age: from the date of service, from the day it was billed, or from the payer's last payment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func
from sqlmodel import Session, col

from store.accounts.books import Book
from store.claims.states import ClaimState
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Actor
from store.reports.measure import day_of, first_steps, in_db, once, pick
from store.reports.values import Asked, Opens, Report, ReportRow, Way
from store.tables import Action, Claim, Encounter, LedgerEntry, Payer, Posting, Transition
from store.work.values import Column, Kind

ANCHORS = {"service": "date of service", "billed": "day it was first sent", "paid": "payer's last payment"}
EDGES = (30, 60, 90, 120)
PATIENTS = "patients"

_NOTE = "What payers owe is aged by visit, from the day of the anchor; bad debt is left out. v chooses the anchor."

_TITLES = ("0-30", "31-60", "61-90", "91-120", "over 120")


def ageing_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """Payers and patients, each with what it owes at the end of the period, by age; credits stand for themselves.

    The argument is the anchor, or "anchor:whose" for the visits of one payer or of the patients.
    """
    anchor, _, whose = (asked.argument or "service").partition(":")
    if anchor not in ANCHORS:
        raise Refused(f"Ageing has no anchor '{anchor[:20]}'.", do=f"There are: {', '.join(ANCHORS)}.")
    owed = owed_by_visit(session, asked.period.end, anchor)
    if whose:
        return _visits(owed, asked, anchor, whose)
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * (len(EDGES) + 3))
    for one in owed:
        place = 0 if one.cents < 0 else 1 + _bucket(one.on, asked.period.end)
        for who in (one.who, "all"):
            sums[who][place] += one.cents
            sums[who][-1] += one.cents
    columns = (
        Column("whose", "Owed by", 14, help="Enter shows the visits."),
        *(Column(title, title, 9, Kind.CENTS, help=f"{title} days since the {ANCHORS[anchor]}") for title in _TITLES),
        Column("all", "All", 10, Kind.CENTS),
        Column("credit", "Credits", 10, Kind.CENTS, wide=True, help="Visits with too much; part of all."),
    )
    names = sorted(sums, key=lambda name: (name == "all", name == PATIENTS, -sums[name][-1]))
    rows = tuple(
        ReportRow(
            (name, *sums[name][1:-1], sums[name][-1], sums[name][0]),
            (_words(name, sums[name]), _NOTE),
            opens=Opens(report="ageing", argument=f"{anchor}:{name}"),
        )
        for name in names
    )
    every = sums.get("all", [0] * 8)
    return Report(
        "ageing", f"Ageing on {asked.period.end} from the {ANCHORS[anchor]}", columns, rows,
        (_NOTE,),
        bars=tuple((title, every[1 + at] / 100) for at, title in enumerate(_TITLES)),
        bar_titles=("Age in days", "Owed, dollars"), ways=_ways(),
    )  # fmt: skip


def _ways(whose: str = "") -> tuple[Way, ...]:
    """Each anchor, with the same rows."""
    return tuple(
        Way(name, f"from {name}", f"age from the {means}", f"{name}:{whose}" if whose else name)
        for name, means in ANCHORS.items()
    )


def _words(name: str, sums: list[int]) -> str:
    """A row in words, with what a small screen has no column for."""
    credits, *ages, every = sums
    owed, old = sum(ages), sum(ages[EDGES.index(90) + 1 :])
    share = f", {old * 100 / owed:.1f}% of it for more than 90 days" if owed else ""
    less = f", less {show_cents(-credits, sign='$')} of credits" if credits else ""
    return f"{name}: {show_cents(every, sign='$')}. {show_cents(owed, sign='$')} is owed{share}{less}."


def _bucket(on: date, end: date) -> int:
    age = (end - on).days
    return next((at for at, edge in enumerate(EDGES) if age <= edge), len(EDGES))


class Owed(NamedTuple):
    """What one payer, or the patient, owes on a visit: cents, less than nothing where it is too much; `on` ages it."""

    who: str
    visit: str
    claim_id: int | None
    on: date
    cents: int
    encounter_id: int


def owed_by_visit(session: Session, end: date, anchor: str = "service") -> list[Owed]:
    """Every visit that was not even at the end of a day, by who owes it."""
    return once(session, ("owed by visit", end, anchor), lambda: _owed_by_visit(session, end, anchor))


def _owed_by_visit(session: Session, end: date, anchor: str) -> list[Owed]:
    owed = func.sum(Posting.cents)
    who = case((col(Posting.book) == Book.PATIENT, PATIENTS), else_=func.coalesce(Payer.name, "no payer"))
    paid = (
        pick(Posting.claim_id, func.max(LedgerEntry.entry_date).label("on"))
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .where(col(LedgerEntry.kind) == "payment", col(LedgerEntry.entry_date) <= end)
        .group_by(col(Posting.claim_id))
        .subquery()
    )
    sent = (
        pick(Transition.subject_id, Action.at)
        .join(Action, col(Action.id) == col(Transition.action_id))
        .where(col(Transition.id).in_(first_steps("claim", (ClaimState.SENT,))))
        .subquery()
    )
    since = {"service": func.min(Encounter.service_date), "billed": func.min(sent.c.at), "paid": func.max(paid.c.on)}
    query = (
        pick(
            who, Encounter.number, func.max(Posting.claim_id), since[anchor], Encounter.service_date, owed, Encounter.id
        )
        .select_from(Posting)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .outerjoin(Claim, col(Claim.id) == col(Posting.claim_id))
        .outerjoin(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(col(Posting.book).in_((Book.INSURANCE, Book.PATIENT)), col(LedgerEntry.entry_date) <= end)
        .group_by(who, col(Encounter.id), col(Encounter.number), col(Encounter.service_date))
        .having(owed != 0)
    )
    if anchor != "service":
        other, key = (sent, sent.c.subject_id) if anchor == "billed" else (paid, paid.c.claim_id)
        query = query.outerjoin(other, key == col(Posting.claim_id))
    return [
        Owed(name, visit, claim, _day(on, end) or served, int(cents), id_)
        for name, visit, claim, on, served, cents, id_ in in_db(session, query)
    ]


def _day(on: datetime | date | None, end: date) -> date | None:
    """The day that ages a visit, where it had come by the end."""
    day = day_of(on)
    return day if day is None or day <= end else None


def _visits(owed: list[Owed], asked: Asked, anchor: str, whose: str) -> Report:
    columns = (
        Column("visit", "Visit", 12),
        Column("whose", "Owed by", 18),
        Column("on", "Since", 10, Kind.DATE, help=f"the {ANCHORS[anchor]}"),
        Column("age", "Days", 5, Kind.NUMBER),
        Column("cents", "Owed", 12, Kind.CENTS),
    )
    mine = sorted((one for one in owed if whose in {one.who, "all"}), key=lambda one: (one.on, one.visit))
    rows = tuple(
        ReportRow(
            (one.visit, one.who, one.on, (asked.period.end - one.on).days, one.cents),
            opens=Opens(claim_id=one.claim_id, record=("coding", one.encounter_id)),
        )
        for one in mine
    )
    title = f"Owed by {whose} on {asked.period.end}, aged from the {ANCHORS[anchor]}"
    return Report("ageing", title, columns, rows, ("Credits stand below zero.",), ways=_ways(whose))
