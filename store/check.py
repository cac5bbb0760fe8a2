"""`superbill check`: proves the books and the records, and says what it proved and over how many rows."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, text
from sqlmodel import Session, col, select

import store.stages  # noqa: F401 - every state machine has to be known
from store.accounts.balances import account_balance
from store.accounts.books import Book
from store.accounts.standing import QUEUE as STATEMENTS
from store.claims import archive
from store.db import on_postgresql
from store.denials.states import OPEN_STATES as OPEN_DENIALS
from store.money import show_cents
from store.people import audit
from store.remits.states import AnswerState, RemitState
from store.tables import (
    Action,
    ArchivedFile,
    AuditEntry,
    Claim,
    ClaimVersion,
    CreditBalance,
    Denial,
    Encounter,
    Guarantor,
    LedgerEntry,
    Note,
    PatientPayment,
    Posting,
    ProviderQuery,
    Refund,
    RemitClaim,
    Remittance,
    Transition,
    Underpayment,
    WorkItem,
)
from store.variance.states import CREDIT_OPEN, UNDERPAID_OPEN
from store.work import images
from store.work.states import MACHINES

_Waits = type[Encounter] | type[ProviderQuery] | type[Claim] | type[Denial] | type[Underpayment] | type[CreditBalance]
_WAITING: tuple[tuple[str, _Waits, frozenset[str]], ...] = (
    ("coding", Encounter, frozenset({"NEW", "READY", "IN_PROGRESS", "HOLD", "RECODE"})),
    ("reviews", Encounter, frozenset({"REVIEW"})),
    ("queries", ProviderQuery, frozenset({"DRAFT", "SENT", "OVERDUE", "ESCALATED", "ANSWERED"})),
    ("claims", Claim, frozenset({"READY", "EDIT_FAIL", "HELD"})),
    ("rejections", Claim, frozenset({"REJECTED", "NO_ACK", "NO_ANSWER"})),
    ("underpaid", Underpayment, UNDERPAID_OPEN),
    ("credits", CreditBalance, CREDIT_OPEN),
    ("denials", Denial, OPEN_DENIALS),
)
"""For each queue the states in which a record is somebody's work."""


@dataclass(slots=True)
class Proof:
    """One thing that was looked at: over how many rows, and every fault (empty when it is proved)."""

    what: str
    rows: int = 0
    faults: list[str] = field(default_factory=list)


def check(session: Session) -> list[Proof]:
    """Every proof, in one transaction, so that all look at the same moment."""
    return [proof(session) for proof in _PROOFS]


def _entries_balance(session: Session) -> Proof:
    proof = Proof("ledger entries that sum to zero")
    proof.rows = session.exec(select(func.count()).select_from(LedgerEntry)).one()
    query = select(Posting.entry_id, func.sum(Posting.cents)).group_by(col(Posting.entry_id))
    for entry_id, total in session.exec(query.having(func.sum(Posting.cents) != 0)).all():
        proof.faults.append(f"entry {entry_id} is off by {total} cents")
    empty = select(LedgerEntry.id).where(col(LedgerEntry.id).not_in(select(Posting.entry_id)))
    proof.faults += [f"entry {entry_id} has no postings" for entry_id in session.exec(empty).all()]
    return proof


def _remittances_booked(session: Session) -> Proof:
    proof = Proof("remittances whose cash in the ledger is what was paid")
    booked = (
        select(LedgerEntry.remittance_id, func.sum(Posting.cents))
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(Posting.book == Book.CASH)
        .group_by(col(LedgerEntry.remittance_id))
    )
    cash = {remittance_id: int(total) for remittance_id, total in session.exec(booked).all()}
    for remittance in session.exec(select(Remittance)).all():
        proof.rows += 1
        found = cash.get(remittance.id, 0)
        stands = remittance.state in (RemitState.POSTED, RemitState.PARTIAL)
        expected = remittance.amount if stands else 0
        if found != expected:
            proof.faults.append(f"{remittance.trace}: paid {show_cents(expected)}, booked {show_cents(found)}")
    return proof


def _claims_explained(session: Session) -> Proof:
    """Charge = paid + contractual + written off + patient + insurance, for each claim, from the postings alone."""
    proof = Proof("claims whose charge is explained to the cent")
    query = select(Posting.claim_id, Posting.book, func.sum(Posting.cents)).group_by(
        col(Posting.claim_id), col(Posting.book)
    )
    books: dict[int | None, dict[str, int]] = defaultdict(dict)
    for claim_id, book, total in session.exec(query).all():
        books[claim_id][book] = int(total)
    posted = RemitClaim.state == AnswerState.MATCHED
    paid_query = select(RemitClaim.claim_id, func.sum(RemitClaim.paid)).where(posted).group_by(col(RemitClaim.claim_id))
    paid = {claim_id: int(total) for claim_id, total in session.exec(paid_query).all()}
    for claim in session.exec(select(Claim)).all():
        proof.rows += 1
        mine = books.get(claim.id, {})
        if sum(mine.values()):
            proof.faults.append(f"claim {claim.control_number}: its books are off by {sum(mine.values())} cents")
        charge = claim.charge if claim.prior_id is None else 0  # the first payer's claim bears the charge
        if -mine.get(Book.CHARGES, 0) != charge:
            proof.faults.append(f"claim {claim.control_number}: charged {charge}, booked {-mine.get(Book.CHARGES, 0)}")
        if claim.state == "CANCELLED" and mine.get(Book.INSURANCE, 0) > 0:
            left = f"is CANCELLED, and {show_cents(mine[Book.INSURANCE])} stay open at a payer (superbill claims build)"
            proof.faults.append(f"claim {claim.control_number}: {left}")
        if mine.get(Book.CASH, 0) != paid.get(claim.id, 0):
            proof.faults.append(
                f"claim {claim.control_number}: answers paid {paid.get(claim.id, 0)}, booked differently"
            )
        books.pop(claim.id, None)
    books.pop(None, None)
    for claim_id, rest in books.items():  # a claim whose making was undone: its charge was reversed
        if any(rest.values()):
            proof.faults.append(f"claim {claim_id} is gone, and its books are not even")
    return proof


def _accounts_queued(session: Session) -> Proof:
    proof = Proof("accounts whose balance is what the statements queue says")
    query = select(WorkItem).where(WorkItem.queue == STATEMENTS, WorkItem.open)
    listed = {item.subject_id: item.cents for item in session.exec(query).all()}
    for guarantor_id in session.exec(select(Guarantor.id)).all():
        proof.rows += 1
        due = account_balance(session, guarantor_id).patient_due
        if listed.get(guarantor_id, 0) != max(0, due):
            proof.faults.append(f"account {guarantor_id}: owes {show_cents(due)}, the queue says otherwise")
    return proof


def _payments_booked(session: Session) -> Proof:
    """What patients paid, less what went back, is what the ledger says that came from them, account by account."""
    proof = Proof("accounts whose receipts and refunds are what the ledger says")
    sums: dict[int, int] = defaultdict(int)
    for payment in session.exec(select(PatientPayment)).all():
        proof.rows += 1
        sums[payment.guarantor_id] += payment.cents
    for refund in session.exec(select(Refund).where(Refund.state == "ISSUED")).all():
        sums[refund.guarantor_id] -= refund.cents
    to_state = select(CreditBalance).where(CreditBalance.state == "ESCHEAT", col(CreditBalance.claim_id).is_(None))
    for credit in session.exec(to_state.where(col(CreditBalance.issued_on).is_(None))).all():
        sums[credit.guarantor_id] -= credit.cents
    query = select(Posting.guarantor_id, func.sum(Posting.cents)).where(Posting.book == Book.PATIENT_CASH)
    booked = {one or 0: int(cents) for one, cents in session.exec(query.group_by(col(Posting.guarantor_id))).all()}
    for guarantor_id in sorted(sums.keys() | booked.keys()):
        if sums.get(guarantor_id, 0) != booked.get(guarantor_id, 0):
            proof.faults.append(f"account {guarantor_id}: receipts and refunds are not what is booked")
    return proof


def _states_reached(session: Session) -> Proof:
    """Each record's steps follow each other, are allowed, and end in the state that it has."""
    proof = Proof("records whose every state was reached by an allowed step")
    models = images.tables_by_name()
    last: dict[tuple[str, int], str] = {}
    for step in session.exec(select(Transition).order_by(col(Transition.id))).yield_per(1000):
        key = (step.machine, step.subject_id)
        machine = MACHINES.get(step.machine)
        if last.get(key, step.before) != step.before:
            proof.faults.append(f"{step.machine} {step.subject_id}: a step from {step.before} that it wasn't in")
        if machine is None or not (step.undo or machine.ever_allowed(step.before, step.after)):
            proof.faults.append(f"{step.machine} {step.subject_id}: {step.before} to {step.after} is not allowed")
        last[key] = step.after
    for name in MACHINES:
        model = models[name]
        for row in session.exec(select(model)).all():
            proof.rows += 1
            if last.get((name, images.row_id(row))) != row.state:  # type: ignore[attr-defined]
                proof.faults.append(f"{name} {images.row_id(row)}: is {row.state} without a step to it")  # type: ignore[attr-defined]
    return proof


def _references_whole(session: Session) -> Proof:
    proof = Proof("foreign keys that lead somewhere")
    if not on_postgresql(session):  # which refuses a broken one at once
        broken = session.connection().execute(text("PRAGMA foreign_key_check")).all()
        proof.faults = [f"{row[0]} row {row[1]} names a missing {row[2]}" for row in broken]
    counts = " + ".join(f'(SELECT count(*) FROM "{name}")' for name in sorted(images.tables_by_name()))
    proof.rows = int(session.connection().execute(text(f"SELECT {counts}")).scalar() or 0)
    return proof


def _files_whole(session: Session) -> Proof:
    proof = Proof("archived files whose content is what its hash says")
    for file in session.exec(select(ArchivedFile)).yield_per(10):
        proof.rows += 1
        try:
            whole = archive.digest(archive.content(file)) == file.sha256
        except zlib.error:
            whole = False
        if not whole:
            proof.faults.append(f"file {file.name} was altered")
    return proof


def _texts_whole(session: Session) -> Proof:
    proof = Proof("notes and claim versions whose text is what its hash says")
    versions = select(ClaimVersion.id, ClaimVersion.content, ClaimVersion.sha256)
    notes = select(Note.encounter_id, Note.text, Note.sha256)
    for called, query in (("claim version", versions), ("note", notes)):
        for row_id, content, sha256 in session.exec(query):
            proof.rows += 1
            if archive.digest(content.encode()) != sha256:
                proof.faults.append(f"{called} {row_id} was altered")
    return proof


def _records_queued(session: Session) -> Proof:
    """What waits for somebody is in his queue, and a rejection is in its queue only while it is one."""
    proof = Proof("records that wait for somebody, each in its queue")
    routed = set(session.exec(select(Claim.id).where(Claim.state == "ROUTED")).all())
    for queue, model, states in _WAITING:
        query = select(WorkItem.subject_id).where(WorkItem.queue == queue, WorkItem.open)
        listed = set(session.exec(query).all())
        waiting = set(session.exec(select(model.id).where(col(model.state).in_(states))).all())
        if queue == "rejections":
            listed -= _noted(session)
            listed -= routed
            waiting -= _behind_files(session)
        proof.rows += len(waiting)
        proof.faults += [f"{queue}: {number} waits, but is not in the queue" for number in sorted(waiting - listed)]
        if queue == "rejections":
            proof.faults += [f"{queue}: {number} is in the queue for nothing" for number in sorted(listed - waiting)]
    proof.faults += _held_for_nothing(session)
    there = select(WorkItem.subject_id).where(col(WorkItem.queue).in_(("claims", "rejections")), WorkItem.open)
    lost = routed - set(session.exec(there.where(col(WorkItem.deferred_until).is_not(None))).all())
    proof.faults += [f"rejections: {number} was asked about and comes back on no day" for number in sorted(lost)]
    return proof


def _held_for_nothing(session: Session) -> Iterator[str]:
    """An encounter is held for a query exactly while an answer to one is waited for."""
    waits = select(ProviderQuery.encounter_id).where(col(ProviderQuery.state).in_(("SENT", "OVERDUE", "ESCALATED")))
    held = set(session.exec(select(Encounter.id).where(Encounter.state == "QUERY_HOLD")).all())
    for number in sorted(held ^ set(session.exec(waits).all())):
        fault = "held without a query that waits" if number in held else "asked about, but not held"
        yield f"coding: {number} is {fault}"


def _noted(session: Session) -> set[int]:
    """Claims that were accepted with a message that somebody has to look at."""
    query = select(WorkItem.subject_id).where(WorkItem.queue == "rejections", col(WorkItem.reason).startswith("note:"))
    return set(session.exec(query).all())


def _behind_files(session: Session) -> set[int]:
    """Claims that wait behind the one row of their file."""
    query = (
        select(ClaimVersion.claim_id)
        .join(Claim, col(Claim.id) == col(ClaimVersion.claim_id))
        .join(WorkItem, col(WorkItem.subject_id) == col(ClaimVersion.batch_id))
        .where(col(ClaimVersion.number) == col(Claim.current), WorkItem.queue == "files", WorkItem.open)
    )
    return set(session.exec(query).all())


def _audit_whole(session: Session) -> Proof:
    proof = Proof("audit entries, each linked to the one before")
    proof.rows = session.exec(select(func.max(AuditEntry.seq))).one() or 0
    proof.faults = [*_links(session), *_unaudited(session)]
    return proof


def _unaudited(session: Session) -> Iterator[str]:
    """A chain that was cut at its end still holds together: what was done tells how long it has to be."""
    done = session.exec(select(Action.command, func.count()).group_by(col(Action.command))).all()
    told = dict(session.exec(select(AuditEntry.action, func.count()).group_by(col(AuditEntry.action))).all())
    for command, count in done:
        if told.get(command, 0) != count:
            yield f"{count} actions {command}, but {told.get(command, 0)} entries of them"


def _links(session: Session) -> Iterator[str]:
    for seq, why in audit.broken_links(session):
        yield f"entry {seq}: {why}"


def _database_whole(session: Session) -> Proof:
    proof = Proof("pages of the database")
    if on_postgresql(session):
        asked = text("SELECT pg_database_size(datname) / 8192, coalesce(checksum_failures, 0) FROM pg_stat_database "
                     "WHERE datname = current_database()")  # fmt: skip
        pages, failures = session.connection().execute(asked).one()
        proof.rows = int(pages)
        proof.faults = [f"{failures} pages were found damaged"] if failures else []
        return proof
    proof.rows = int(session.connection().execute(text("PRAGMA page_count")).scalar() or 0)
    answers = [row[0] for row in session.connection().execute(text("PRAGMA integrity_check")).all()]
    proof.faults = [answer for answer in answers if answer != "ok"]
    return proof


_PROOFS: tuple[Callable[[Session], Proof], ...] = (
    _database_whole,
    _references_whole,
    _entries_balance,
    _remittances_booked,
    _claims_explained,
    _accounts_queued,
    _payments_booked,
    _records_queued,
    _states_reached,
    _files_whole,
    _texts_whole,
    _audit_whole,
)
