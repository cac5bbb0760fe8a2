"""The remittance exceptions queue and the remittance record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.exceptions import HELD, QUEUE, WORDS
from store.remits.provider import provider_table
from store.remits.states import WAITING, AnswerState
from store.tables import (
    Action,
    ArchivedFile,
    LedgerEntry,
    Posting,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    User,
    WorkItem,
)
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind, Why

_MONEY = 10


@dataclass(frozen=True, slots=True)
class SettleException(Command):
    """Close an exception: a person looked and said what is to be with it; the money stays where it was booked."""

    remit_claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.settle"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The reason is kept with the answer; what holds money goes to suspense instead."""
        answer = change.get(RemitClaim, self.remit_claim_id)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say what was found out.")
        answer.reason = f"{answer.reason}: {words}"[:200]
        items.close(change, QUEUE, answer.id)
        return Said(f"The exception on {answer.control_number} is settled.", answer.id)


def _join(query: AnySelect) -> AnySelect:
    return query.join(RemitClaim, col(RemitClaim.id) == col(WorkItem.subject_id)).join(
        Remittance, col(Remittance.id) == col(RemitClaim.remittance_id)
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(RemitClaim, Remittance, ArchivedFile.name)
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .join(ArchivedFile, col(ArchivedFile.id) == col(Remittance.file_id))
        .where(col(RemitClaim.id).in_(subjects))
    )
    found = {}
    for answer, remittance, file in session.exec(query).all():
        amount = show_cents(remittance.amount, sign="$")
        found[answer.id] = (
            f"{answer.control_number} {answer.patient_name}  status {answer.status}  payer's {answer.payer_control}",
            f"{remittance.payer_name} {remittance.trace} of {remittance.paid_on}, {amount}",
            f"{file}, segment {answer.segment}",
        )
    return found


def _why(session: Session, item: WorkItem) -> Why:
    answer = session.get_one(RemitClaim, item.subject_id)
    lines = (
        f"{answer.reason}: {WORDS.get(answer.reason, item.reason)}.",
        "The money is in the ledger: cash on one side, unapplied or the claim on the other.",
        "Match the claim (m), place the parts (c, E), spread a negative (b) and post it (S); or suspense (z)."
        if answer.reason in HELD
        else "Settle it (z) with what you found out.",
    )
    return Why("Why is this here?", lines, "What is not certain is never guessed.")


def remittance_record(session: Session, remit_claim_id: int) -> Record:
    """One answer, the payment that it came in, and what was booked."""
    from store.remits.pad import scratch_tab
    from store.remits.raw import answer_segments

    answer = session.get(RemitClaim, remit_claim_id)
    if answer is None:
        raise NotFound(f"There is no remittance answer {remit_claim_id}.")
    remittance = session.get_one(Remittance, answer.remittance_id)
    file = session.get_one(ArchivedFile, remittance.file_id)
    facts = Facts(
        (
            ("Payer", f"{remittance.payer_name} ({remittance.payer_code})"),
            ("Payment", f"{remittance.method} {remittance.trace} of {remittance.paid_on}"),
            ("Amount", show_cents(remittance.amount, sign="$")),
            ("File", f"{file.name}, segment {answer.segment}"),
            ("Claim number", answer.control_number),
            ("Payer's number", answer.payer_control),
            ("Patient", answer.patient_name),
            ("Status", answer.status),
            ("Charge", show_cents(answer.charge)),
            ("Paid", show_cents(answer.paid)),
            ("Exception", answer.reason or "none"),
        )
    )
    tabs = [
        Tab("Answer", (facts, _lines(session, answer.id))),
        Tab("Booked", (_booked(session, answer.id, remittance),)),
        Tab(
            "Payment",
            (_claims(session, remittance.id), provider_table(session, remittance.id), _posted(session, remittance)),
        ),
        Tab("Segments", (Lines(answer_segments(session, remittance.file_id, answer.segment)),)),
    ]
    if answer.state in (*WAITING, AnswerState.SUSPENSE):
        tabs.insert(0, scratch_tab(session, answer))
    headline = f"{remittance.payer_name} {remittance.trace}   paid {show_cents(answer.paid, sign='$')}"
    return Record(f"Answer {answer.control_number}", headline, answer.state, tuple(tabs), claim_id=answer.claim_id)


def _lines(session: Session, remit_claim_id: int) -> Table:
    columns = (
        Column("seg", "Seg", 5, Kind.NUMBER),
        Column("code", "Code", 12),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("paid", "Paid", _MONEY, Kind.CENTS),
        Column("why", "Adjustments", 40),
    )
    reasons: dict[int | None, list[str]] = {}
    query = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == remit_claim_id)
    for row in session.exec(query).all():
        reasons.setdefault(row.remit_line_id, []).append(f"{row.group}-{row.reason} {show_cents(row.cents)}")
    lines = session.exec(select(RemitLine).where(RemitLine.remit_claim_id == remit_claim_id)).all()
    rows: list[tuple[Cell, ...]] = [
        (line.segment, f"{line.code} {line.modifiers}", line.charge, line.paid, "  ".join(reasons.get(line.id, [])))
        for line in lines
    ]
    if None in reasons:
        rows.append((None, "claim level", None, None, "  ".join(reasons[None])))
    return Table(columns, tuple(rows), "Lines")


def _booked(session: Session, remit_claim_id: int, remittance: Remittance) -> Table:
    from store.remits.held import receipts

    columns = (
        Column("date", "Date", 10, Kind.DATE),
        Column("kind", "What", 10),
        Column("receipt", "Receipt", 18),
        Column("book", "Book", 12),
        Column("cents", "Amount", _MONEY, Kind.CENTS),
    )
    query = (
        select(LedgerEntry, Posting)
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(LedgerEntry.remit_claim_id == remit_claim_id)
        .order_by(col(Posting.id))
    )
    names = receipts(session, remittance)
    rows = [
        (e.entry_date, e.kind, names.get(e.action_id or 0, ""), p.book, p.cents) for e, p in session.exec(query).all()
    ]
    return Table(columns, tuple(rows))


def _claims(session: Session, remittance_id: int) -> Table:
    columns = (
        Column("number", "Claim", 14),
        Column("status", "St", 2),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("paid", "Paid", _MONEY, Kind.CENTS),
        Column("state", "State", 10),
    )
    query = select(RemitClaim).where(RemitClaim.remittance_id == remittance_id).order_by(col(RemitClaim.id))
    rows = tuple((r.control_number, r.status, r.charge, r.paid, r.state) for r in session.exec(query).all())
    return Table(columns, rows, "Claims of this payment")


def _posted(session: Session, remittance: Remittance) -> Table:
    """On which occasions the payment was posted, each with its receipt."""
    from store.remits.held import receipts

    columns = (
        Column("receipt", "Receipt", 20),
        Column("on", "Posted", 10, Kind.DATE),
        Column("who", "By", 12),
        Column("cents", "Cash", _MONEY, Kind.CENTS),
    )
    query = (
        select(LedgerEntry.action_id, Action.at, User.name, func.sum(Posting.cents))
        .join(Action, col(Action.id) == col(LedgerEntry.action_id))
        .join(User, col(User.id) == col(Action.user_id))
        .join(Posting, (col(Posting.entry_id) == col(LedgerEntry.id)) & (col(Posting.book) == Book.CASH), isouter=True)
        .where(LedgerEntry.remittance_id == remittance.id)
        .group_by(col(LedgerEntry.action_id), col(Action.at), col(User.name))
        .order_by(func.min(LedgerEntry.id))
    )
    names = receipts(session, remittance)
    rows = tuple((names[key], at.date(), who, int(cents or 0)) for key, at, who, cents in session.execute(query).all())
    return Table(columns, rows, "Receipts")


REMITS = Queue(
    name=QUEUE,
    title="Remittance exceptions",
    permission=Permission.POST,
    shown=(
        Shown(Column("date", "Paid on", 10, Kind.DATE), col(Remittance.paid_on)),
        Shown(Column("trace", "Trace", 12), col(Remittance.trace)),
        Shown(Column("payer", "Payer", 12), col(Remittance.payer_name)),
        Shown(Column("claim", "Claim", 12), col(RemitClaim.control_number)),
        Shown(Column("paid", "Paid", 10, Kind.CENTS), col(RemitClaim.paid)),
        Shown(Column("why", "Reason", 14), col(RemitClaim.reason)),
        Shown(Column("patient", "Patient", 20, wide=True), col(RemitClaim.patient_name)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=remittance_record,
)
