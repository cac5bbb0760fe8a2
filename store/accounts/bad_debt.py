"""Bad debt: what a collection agency collects, handed over as a file after a person looked, and called back.

The file is CSV, UTF-8, one row an account: `reference, account, last, first, address, city, state, zip, phone,
language, balance, first_statement, last_statement, last_payment, visits`.  Amounts are dollars (`84.20`), days are
YYYY-MM-DD; it holds no diagnosis, no procedure and nothing else about the care.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.agreements import Kept, plans, promises
from store.accounts.balances import account_balance, open_items
from store.accounts.books import Book
from store.accounts.holds import standing_holds
from store.accounts.ledger import Entry, Leg, post
from store.accounts.policy import policy_of
from store.accounts.standing import refresh_account
from store.errors import Refused
from store.money import show_cents
from store.new_file import make_folder, new_file
from store.people.roles import Permission
from store.spreadsheet import Sheet
from store.tables import Guarantor, PatientPayment, Placement, StatementAccount, StatementRun
from store.text import clean_line, how_many
from store.work.command import Change, Command, Job, Said, free_text
from store.work.values import Done

if TYPE_CHECKING:
    from store.practice import Practice

COLUMNS = ("reference", "account", "last", "first", "address", "city", "state", "zip", "phone", "language", "balance",
           "first_statement", "last_statement", "last_payment", "visits")  # fmt: skip


def first_statement(session: Session, guarantor_id: int) -> date | None:
    """The day of the account's first statement that went out and did not come back."""
    query = (
        select(func.min(StatementRun.as_of))
        .join(StatementAccount, col(StatementAccount.run_id) == col(StatementRun.id))
        .where(StatementAccount.guarantor_id == guarantor_id)
        .where(col(StatementAccount.state).in_(["SENT", "DELIVERED"]))
    )
    return session.exec(query).one()


def why_not(session: Session, guarantor: Guarantor, on: date) -> str:
    """Why an account may not be handed over yet; empty when it may."""
    policy = policy_of(session)
    holds = standing_holds(session, [guarantor.id], on).get(guarantor.id)
    if holds:
        return holds[0].words
    if account_balance(session, guarantor.id).patient_due <= 0:
        return "nothing is due"
    plan = plans(session, policy, [guarantor.id], on).get(guarantor.id)
    if plan is not None and plan.missed < policy.plan_missed:
        return f"it has a plan with {plan.missed} missed"
    promise = promises(session, policy, [guarantor.id], on).get(guarantor.id)
    if promise is not None and promise.state is Kept.OPEN:
        return "a promise is open"
    last = guarantor.last_statement_on
    if guarantor.dunning < 4 or last is None:
        return "the final notice was not sent"
    if on < last + timedelta(days=policy.review_after_days):
        return f"the final notice of {last} is not {how_many(policy.review_after_days, 'day')} old"
    first = first_statement(session, guarantor.id)
    if first is None or on < first + timedelta(days=policy.collect_after_days):
        return f"its first statement is not {how_many(policy.collect_after_days, 'day')} old"
    return ""


@dataclass(frozen=True, slots=True)
class PlaceBadDebt(Command):
    """Hand accounts to a collection agency: each was looked at by the person who does this."""

    guarantor_ids: tuple[int, ...]
    agency: str
    name: ClassVar[str] = "accounts.place"
    permission: ClassVar[Permission] = Permission.SUPERVISE
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """All or none: refused with the first account that may not go, and why.  `RecallBadDebt` takes one back."""
        agency = clean_line(self.agency)[:60]
        if not agency:
            raise Refused("Which agency?")
        reference = f"bad-debt_{change.today}_{change.action.id}"
        total = 0
        for guarantor_id in sorted(set(self.guarantor_ids)):
            guarantor = change.get(Guarantor, guarantor_id, lock=True)
            reason = why_not(change.session, guarantor, change.today)
            if reason:
                raise Refused(f"Account {guarantor.number} can't be handed over: {reason}.", do="Nothing was changed.")
            total += self._place(change, guarantor, agency, reference)
        amount = show_cents(total, sign="$")
        return Said(f"{len(set(self.guarantor_ids))} accounts, {amount}, are with {agency}.", reference)

    def _place(self, change: Change, guarantor: Guarantor, agency: str, reference: str) -> int:
        items = [item for item in open_items(change.session, guarantor.id) if item.cents > 0]
        cents = sum(item.cents for item in items)
        placement = change.add(
            Placement(
                guarantor_id=guarantor.id,
                agency=agency,
                cents=cents,
                first_bill_on=first_statement(change.session, guarantor.id),
                placed_on=change.today,
                placed_by=change.actor.user_id,
                reference=reference,
            )
        )
        legs: list[Leg] = []
        for item in items:
            where = (guarantor.id, item.claim_id, item.claim_line_id, item.encounter_id)
            legs += [Leg(Book.BAD_DEBT, item.cents, *where), Leg(Book.PATIENT, -item.cents, *where)]
        post(change, Entry(f"place:{placement.id}", "to agency", change.today, tuple(legs), agency))
        change.session.flush()
        refresh_account(change, guarantor.id)
        return cents


@dataclass(frozen=True, slots=True)
class RecallBadDebt(Command):
    """Take an account back from the agency: what is left of it is the practice's to collect again."""

    guarantor_id: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.recall"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused where it is with none."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        query = select(Placement).where(Placement.guarantor_id == guarantor.id, col(Placement.recalled_on).is_(None))
        placement = change.session.exec(query).first()
        if placement is None:
            raise Refused(f"Account {guarantor.number} is with no agency.")
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why it is called back.")
        placement.recalled_on, placement.recall_reason = change.today, words
        legs: list[Leg] = []
        total = 0
        for item in open_items(change.session, guarantor.id, Book.BAD_DEBT):
            where = (guarantor.id, item.claim_id, item.claim_line_id, item.encounter_id)
            legs += [Leg(Book.PATIENT, item.cents, *where), Leg(Book.BAD_DEBT, -item.cents, *where)]
            total += item.cents
        ref = f"recall:{placement.id}:{change.action.id}"
        post(change, Entry(ref, "from agency", change.today, tuple(legs), words))
        change.session.flush()
        refresh_account(change, guarantor.id)
        return Said(f"Account {guarantor.number} is back, {show_cents(total, sign='$')} open: {words}.", placement.id)


@dataclass(frozen=True, slots=True)
class HandOver(Job):
    """Place accounts and write the agency's file; done again, a file that is missing is written."""

    guarantor_ids: tuple[int, ...]
    agency: str
    folder: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result is the file."""
        make_folder(self.folder)
        done = practice.do(PlaceBadDebt(self.guarantor_ids, self.agency), key=key)
        path = write_placements(practice, str(done.result), self.folder)
        return Done(done.action_id, f"{done.said} {path}", str(path))


def write_placements(practice: Practice, reference: str, folder: Path) -> Path:
    """Write the file of a hand-over from what is kept; one that is there is left as it is."""
    path = folder / f"{reference}.csv"
    if path.exists():
        return path
    with practice.reading() as session:
        rows = placement_rows(session, reference)
    if not rows:
        raise Refused(f"There is no hand-over '{reference[:40]}'.")
    with new_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        table = Sheet(text)
        table.row(COLUMNS)
        table.rows(rows)
        text.detach()
    return path


def placement_rows(session: Session, reference: str) -> list[tuple[str, ...]]:
    """The rows of a hand-over's file, by account."""
    query = (
        select(Placement, Guarantor)
        .join(Guarantor, col(Guarantor.id) == col(Placement.guarantor_id))
        .where(Placement.reference == reference)
        .order_by(col(Guarantor.id))
    )
    rows = []
    for placement, guarantor in session.exec(query).all():
        paid = session.exec(
            select(func.max(PatientPayment.paid_on)).where(PatientPayment.guarantor_id == guarantor.id)
        ).one()
        visits = len({item.encounter_id for item in open_items(session, guarantor.id, Book.BAD_DEBT)})
        whole, rest = divmod(placement.cents, 100)
        told = (reference, guarantor.number, guarantor.last, guarantor.first, guarantor.line1, guarantor.city,
                guarantor.state, guarantor.zip, guarantor.phone, guarantor.language)  # fmt: skip
        days = (placement.first_bill_on, guarantor.last_statement_on, paid)
        rows.append(
            (*(clean_line(cell) for cell in told), f"{whole}.{rest:02d}",
             *(day.isoformat() if day else "" for day in days), str(visits))
        )  # fmt: skip
    return rows
