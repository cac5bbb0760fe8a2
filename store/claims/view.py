"""The one claim view: everything about a claim, one tab a subject, from anywhere by one key."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.accounts.explain import EXPLAIN, explain_tab
from store.claims import snapshot
from store.claims.image import claim_image
from store.claims.judge import finding_line, findings_of
from store.claims.snapshot import AnyClaim
from store.errors import NotFound
from store.money import show_cents
from store.tables import (
    ArchivedFile,
    Batch,
    Claim,
    ClaimEvent,
    ClaimLine,
    ClaimVersion,
    Coverage,
    Denial,
    LedgerEntry,
    Patient,
    Payer,
    Posting,
    Remark,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitProviderAdjustment,
    Remittance,
    User,
)
from store.work.record import Block, Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind

_MONEY = 10


def claim_record(session: Session, claim_id: int) -> Record:
    """The claim as tabs, in the order of its life."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFound(f"There is no claim {claim_id}.")
    patient = session.get_one(Patient, claim.patient_id)
    payer = session.get_one(Payer, claim.payer_id)
    books = claim_books(session, claim_id)
    version = _version(session, claim)
    sent = snapshot.load_any(version.content)
    sums = (
        ("charge", claim.charge),
        ("paid", books.get(Book.CASH, 0)),
        ("insurance", books.get(Book.INSURANCE, 0)),
        ("patient", books.get(Book.PATIENT, 0)),
    )
    headline = "   ".join((*(f"{called} {show_cents(cents, sign='$')}" for called, cents in sums), payer.name))
    tabs = (
        Tab("Summary", (_summary(claim, payer, books), _problems(session, claim_id))),
        Tab("Lines", (_lines(session, claim_id, sent), _diagnoses(sent))),
        Tab("Versions", (_versions(session, claim_id),)),
        Tab("EDI", (_events(session, claim_id),)),
        Tab("Remits", (_remits(session, claim_id), *_provider_level(session, claim_id))),
        Tab("Ledger", (_ledger(session, claim_id),)),
        explain_tab(session, claim_id),
        Tab("Denials", (_denials(session, claim_id),)),
        Tab("Policy", (_policy(session, claim, patient),)),
        Tab("Notes", (_remarks(session, claim_id),)),
        Tab("837", (Lines(claim_image(session, claim_id)),)),
    )
    return Record(
        f"Claim {claim.control_number}  {patient.last}, {patient.first}",
        headline,
        claim.state,
        tabs,
        claim_id=claim_id,
        account_id=claim.guarantor_id,
        version=claim.version,
        why=EXPLAIN,
    )


def _version(session: Session, claim: Claim) -> ClaimVersion:
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return session.exec(query).one()


def _summary(claim: Claim, payer: Payer, books: dict[Book, int]) -> Facts:
    return Facts(
        (
            ("State", claim.state),
            ("Payer", f"{payer.name} ({payer.payer_id})"),
            ("Payer's number", claim.payer_control or "not known yet"),
            ("Date of service", claim.service_from),
            ("Sent", claim.sent_on or "not yet"),
            ("Filing limit", claim.filing_limit or "not set for this payer"),
            ("Charge", show_cents(claim.charge)),
            ("Paid", show_cents(books.get(Book.CASH, 0))),
            ("Contractual", show_cents(books.get(Book.CONTRACTUAL, 0))),
            ("Written off", show_cents(books.get(Book.WRITE_OFF, 0))),
            ("Open at the payer", show_cents(books.get(Book.INSURANCE, 0))),
            ("Open at the patient", show_cents(books.get(Book.PATIENT, 0))),
        )
    )


def _problems(session: Session, claim_id: int) -> Block:
    found = findings_of(session, claim_id)
    return Lines(tuple(finding_line(one) for one in found) or ("No edit stops this claim.",), "Edits")


def _lines(session: Session, claim_id: int, sent: AnyClaim) -> Table:
    columns = (
        Column("control", "Line", 12),
        Column("code", "Code", 7),
        Column("mods", "Mods", 8),
        Column("units", "Un", 3, Kind.NUMBER),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("paid", "Paid", _MONEY, Kind.CENTS),
        Column("open", "Open ins", _MONEY, Kind.CENTS),
        Column("patient", "Patient", _MONEY, Kind.CENTS),
    )
    query = select(Posting.claim_line_id, Posting.book, Posting.cents).where(Posting.claim_id == claim_id)
    sums: dict[tuple[int | None, str], int] = {}
    for line_id, book, cents in session.exec(query):
        sums[line_id, book] = sums.get((line_id, book), 0) + cents
    lines = session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(col(ClaimLine.id))).all()
    left = {line.control: line.prior[-1].remaining or 0 for line in sent.lines if line.prior}  # by the payer before
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        cash = sums.get((line.id, Book.CASH), 0)
        patient = sums.get((line.id, Book.PATIENT), 0)
        given = sums.get((line.id, Book.CONTRACTUAL), 0) + sums.get((line.id, Book.WRITE_OFF), 0)
        given += sums.get((line.id, Book.FORWARDED), 0)
        still = left.get(line.control, line.charge) - cash - patient - given if line.active else 0
        code = line.code if line.active else f"({line.code})"
        rows.append((line.control, code, line.modifiers, line.units, line.charge, cash, still, patient))
    return Table(columns, tuple(rows), "Lines")


def _diagnoses(sent: AnyClaim) -> Lines:
    codes = snapshot.diagnosis_codes(sent)
    return Lines(tuple(f"{position}  {code}" for position, code in enumerate(codes, 1)), "Diagnoses")


def _versions(session: Session, claim_id: int) -> Table:
    columns = (
        Column("n", "Ver", 3, Kind.NUMBER),
        Column("freq", "Frequency", 18),
        Column("made", "Made", 16),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("batch", "Sent in", 22),
    )
    kinds = {"1": "1 original", "7": "7 corrected", "8": "8 void"}
    query = (
        select(ClaimVersion, Batch.file_name)
        .outerjoin(Batch, col(Batch.id) == col(ClaimVersion.batch_id))
        .where(ClaimVersion.claim_id == claim_id)
        .order_by(col(ClaimVersion.number))
    )
    rows = tuple(
        (row.number, kinds.get(row.frequency, row.frequency), _moment(row.made_at), row.charge, name or "not sent")
        for row, name in session.exec(query).all()
    )
    return Table(columns, rows)


def _events(session: Session, claim_id: int) -> Table:
    columns = (
        Column("at", "When", 16),
        Column("kind", "What", 10),
        Column("status", "Status", 12),
        Column("text", "Text", 40),
        Column("file", "File", 22),
    )
    query = (
        select(ClaimEvent, ArchivedFile.name)
        .outerjoin(ArchivedFile, col(ArchivedFile.id) == col(ClaimEvent.file_id))
        .where(ClaimEvent.claim_id == claim_id)
        .order_by(col(ClaimEvent.id))
    )
    rows = session.exec(query).all()
    return Table(columns, tuple((_moment(row.at), row.kind, row.status, row.text, name or "") for row, name in rows))


def _remits(session: Session, claim_id: int) -> Table:
    columns = (
        Column("paid_on", "Date", 10, Kind.DATE),
        Column("trace", "Trace", 14),
        Column("status", "St", 2),
        Column("line", "Line", 12),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("paid", "Paid", _MONEY, Kind.CENTS),
        Column("why", "Adjustments", 40),
    )
    query = (
        select(RemitClaim, Remittance)
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .where(RemitClaim.claim_id == claim_id)
        .order_by(col(RemitClaim.id))
    )
    rows: list[tuple[Cell, ...]] = []
    for answer, remittance in session.exec(query).all():
        reasons = _reasons(session, answer.id)
        head = (remittance.paid_on, remittance.trace, answer.status)
        rows.append((*head, "whole claim", answer.charge, answer.paid, reasons.get(None, "")))
        lines = session.exec(select(RemitLine).where(RemitLine.remit_claim_id == answer.id).order_by(col(RemitLine.id)))
        for line in lines.all():
            rows.append((*head, line.control or line.code, line.charge, line.paid, reasons.get(line.id, "")))
    return Table(columns, tuple(rows))


def _provider_level(session: Session, claim_id: int) -> tuple[Table, ...]:
    """What was taken or given for the claim at provider level, its interest among it."""
    columns = (
        Column("paid_on", "Date", 10, Kind.DATE),
        Column("trace", "Trace", 14),
        Column("reason", "PLB", 4),
        Column("account", "Account", 24),
        Column("taken", "Taken", _MONEY, Kind.CENTS, help="a minus was given"),
    )
    query = (
        select(RemitProviderAdjustment, Remittance)
        .join(Remittance, col(Remittance.id) == col(RemitProviderAdjustment.remittance_id))
        .where(RemitProviderAdjustment.claim_id == claim_id)
        .order_by(col(RemitProviderAdjustment.id))
    )
    rows = tuple(
        (paid.paid_on, paid.trace, one.reason, one.account, one.cents) for one, paid in session.exec(query).all()
    )
    return (Table(columns, rows, "At provider level, for this claim"),) if rows else ()


def _reasons(session: Session, remit_claim_id: int) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    query = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == remit_claim_id)
    for row in session.exec(query.order_by(col(RemitAdjustment.id))).all():
        words = f"{row.group}-{row.reason} {show_cents(row.cents)}"
        found[row.remit_line_id] = f"{found[row.remit_line_id]}  {words}" if row.remit_line_id in found else words
    return found


def _ledger(session: Session, claim_id: int) -> Table:
    columns = (
        Column("date", "Date", 10, Kind.DATE),
        Column("kind", "What", 11),
        Column("book", "Book", 11),
        Column("amount", "Amount", _MONEY, Kind.CENTS),
        Column("memo", "Memo", 40),
    )
    query = (
        select(LedgerEntry, Posting)
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(Posting.claim_id == claim_id)
        .order_by(col(LedgerEntry.id), col(Posting.id))
    )
    rows = tuple((e.entry_date, e.kind, p.book, p.cents, e.memo) for e, p in session.exec(query).all())
    return Table(columns, rows)


def _denials(session: Session, claim_id: int) -> Table:
    columns = (
        Column("opened", "Opened", 10, Kind.DATE),
        Column("why", "Reason", 8),
        Column("category", "Category", 16),
        Column("cents", "Denied", _MONEY, Kind.CENTS),
        Column("state", "State", 14),
        Column("deadline", "Deadline", 10, Kind.DATE),
    )
    query = select(Denial).where(Denial.claim_id == claim_id).order_by(col(Denial.id))
    rows = tuple(
        (row.opened_on, f"{row.group}-{row.reason}", row.category, row.cents, row.state, row.deadline)
        for row in session.exec(query).all()
    )
    return Table(columns, rows)


def _policy(session: Session, claim: Claim, patient: Patient) -> Facts:
    coverage = session.get_one(Coverage, claim.coverage_id)
    subscriber = (
        f"{coverage.subscriber_last}, {coverage.subscriber_first}" if coverage.subscriber_last else "the patient"
    )
    return Facts(
        (
            ("Patient", f"{patient.last}, {patient.first}  born {patient.birth}  {patient.sex}"),
            ("Member id", coverage.member_id),
            ("Group", coverage.group_number),
            ("Subscriber", subscriber),
            ("Pays", {"P": "first", "S": "second", "T": "third"}.get(claim.sequence, claim.sequence)),
        )
    )


def _remarks(session: Session, claim_id: int) -> Lines:
    query = (
        select(Remark, User.name)
        .join(User, col(User.id) == col(Remark.user_id))
        .where(Remark.claim_id == claim_id)
        .order_by(col(Remark.id).desc())
    )
    rows = session.exec(query).all()
    return Lines(tuple(f"{_moment(row.at)} {name}: {row.text}" for row, name in rows) or ("No notes yet.",))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
