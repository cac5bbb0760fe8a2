"""Small balances that cost more to collect than they are: proposed as a run, approved by another person, given up.

Each account is in or out with one reason.  Patients of Medicare stay out (a routine waiver of their share is a
kickback risk), and those of the payers that the practice names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.agreements import Kept, plans, promises
from store.accounts.balances import account_balances, among, in_books, open_items
from store.accounts.books import Book
from store.accounts.given_up import give_up
from store.accounts.holds import standing_holds
from store.accounts.policy import policy_of
from store.accounts.standing import refresh_account
from store.bulk import insert_rows
from store.errors import NotAllowed, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import (
    Coverage,
    LedgerEntry,
    Patient,
    PatientPolicy,
    Payer,
    Placement,
    Posting,
    SmallBalanceAccount,
    SmallBalanceExclusion,
    SmallBalanceRun,
)
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

_MEDICARE = ("MA", "MB", "16")
IN = "small and old enough"
SMALL_BALANCE = "small balance"
"""How the memo of an entry begins that gives one up."""


def judged(session: Session, policy: PatientPolicy, on: date) -> list[tuple[int, int, str]]:
    """Every account that owes at most the limit: (account, cents, why out or `IN`)."""
    owed = (
        select(Posting.guarantor_id)
        .where(col(Posting.guarantor_id).is_not(None), Posting.book == Book.PATIENT)
        .group_by(col(Posting.guarantor_id), col(Posting.encounter_id))
        .having(func.sum(Posting.cents) > 0)
    )
    ids = sorted({one for one in session.exec(owed).all() if one is not None})
    if not ids:
        return []
    balances = account_balances(session, ids)
    small = [one for one in ids if 0 < balances[one].patient_due <= policy.small_cents]
    whys = _Whys(session, policy, small, on)
    return [(one, balances[one].patient_due, whys.of(one, balances[one].insurance_pending)) for one in small]


def qualifying(rows: Sequence[tuple[int, int, str]], policy: PatientPolicy) -> list[int]:
    """The cents of each account that may be given up; refused, with why the others stay out, where there is none."""
    inside = [cents for _, cents, why in rows if why == IN]
    if not inside:
        limit = show_cents(policy.small_cents, sign="$")
        out = ", ".join(f"{count} {why}" for why, count in Counter(why for _, _, why in rows).most_common(3))
        told = f"; {len(rows)} owe so little: {out}" if rows else ""
        raise Refused(f"No account owes at most {limit} for {policy.small_age_days} days{told}.")
    return inside


class _Whys:
    def __init__(self, session: Session, policy: PatientPolicy, ids: Sequence[int], on: date) -> None:
        self.policy, self.on = policy, on
        self.holds = standing_holds(session, ids, on)
        self.plans, self.promises = plans(session, policy, ids, on), promises(session, policy, ids, on)
        since = (
            select(Posting.guarantor_id, func.max(LedgerEntry.entry_date))
            .join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
            .where(among(Posting.guarantor_id, ids), in_books(Book.PATIENT), Posting.cents > 0)
            .group_by(col(Posting.guarantor_id))
        )
        self.since = dict(session.exec(since).all())
        payers = (
            select(Patient.guarantor_id, Payer.name, Payer.filing, SmallBalanceExclusion.reason)
            .join(Coverage, col(Coverage.patient_id) == col(Patient.id))
            .join(Payer, col(Payer.id) == col(Coverage.payer_id))
            .outerjoin(SmallBalanceExclusion, col(SmallBalanceExclusion.payer_id) == col(Payer.id))
            .where(among(Patient.guarantor_id, ids))
        )
        self.payers: dict[int, str] = {}
        for guarantor_id, name, filing, reason in session.exec(payers).all():
            if reason or filing in _MEDICARE:
                self.payers[guarantor_id] = f"{name}: {reason or 'a routine waiver is not allowed'}"
        placed = select(Placement.guarantor_id).where(col(Placement.recalled_on).is_(None))
        self.placed = set(session.exec(placed).all())

    def of(self, id_: int, pending: int) -> str:
        if id_ in self.holds:
            return self.holds[id_][0].words
        if id_ in self.placed:
            return "with an agency"
        if id_ in self.plans:
            return "has a plan"
        if id_ in self.promises and self.promises[id_].state is Kept.OPEN:
            return "promise open"
        if id_ in self.payers:
            return self.payers[id_]
        if pending > 0:
            return "insurance pending"
        since = self.since.get(id_)
        if since is None or (self.on - since).days < self.policy.small_age_days:
            return f"younger than {self.policy.small_age_days} days"
        return IN


@dataclass(frozen=True, slots=True)
class ProposeSmallBalances(Command):
    """Put the small balances that may be given up before another person, with the reason why it is worth it."""

    reason: str = free_text()
    name: ClassVar[str] = "accounts.propose_small"
    permission: ClassVar[Permission] = Permission.WRITE_OFF
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result is the run's id; refused when nothing qualifies or one waits already."""
        policy = policy_of(change.session)
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why it is worth more to give them up (the cost to collect).")
        waiting = select(SmallBalanceRun.id).where(col(SmallBalanceRun.approved).is_(None))
        if change.session.exec(waiting).first() is not None:
            raise Refused("A run of small balances waits already.", do="Have it approved or refused first.")
        rows = judged(change.session, policy, change.today)
        inside = qualifying(rows, policy)
        run = change.add(
            SmallBalanceRun(
                made_on=change.today,
                limit=policy.small_cents,
                age_days=policy.small_age_days,
                reason=words,
                asked_by=change.actor.user_id,
            )
        )
        insert_rows(
            change.session,
            SmallBalanceAccount,
            [
                {"run_id": run.id, "guarantor_id": one, "cents": cents, "included": why == IN, "reason": why}
                for one, cents, why in rows
            ],
        )
        total = show_cents(sum(inside), sign="$")
        return Said(f"{len(inside)} small balances, {total}, wait for another person's approval.", run.id)


@dataclass(frozen=True, slots=True)
class DecideSmallBalances(Command):
    """Another person approves the run, and it is booked, or refuses it."""

    run_id: int
    approve: bool
    name: ClassVar[str] = "accounts.decide_small"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Accounts whose balance or reason changed since are left out."""
        run = change.get(SmallBalanceRun, self.run_id, lock=True)
        if run.approved is not None:
            raise Refused("This run was decided already.")
        if run.asked_by == change.actor.user_id:
            raise NotAllowed("Whoever proposed it can't decide it.")
        run.approved, run.decided_by, run.decided_on = self.approve, change.actor.user_id, change.today
        if not self.approve:
            return Said("The small balances stay as they are.", run.id)
        still = {(one, cents) for one, cents, why in judged(change.session, policy_of(change.session), change.today)
                 if why == IN}  # fmt: skip
        query = select(SmallBalanceAccount).where(SmallBalanceAccount.run_id == run.id, SmallBalanceAccount.included)
        total = count = 0
        for account in change.session.exec(query).all():
            if (account.guarantor_id, account.cents) not in still:
                account.included, account.reason = False, "changed since it was proposed"
                continue
            items = [(item, item.cents) for item in open_items(change.session, account.guarantor_id)]
            ref = f"small:{run.id}:{account.guarantor_id}:{change.action.id}"
            total += give_up(change, account.guarantor_id, items, ref, f"{SMALL_BALANCE}: {run.reason}")
            count += 1
            refresh_account(change, account.guarantor_id)
        return Said(f"{count} small balances, {show_cents(total, sign='$')}, are given up.", run.id)


@dataclass(frozen=True, slots=True)
class ExcludePayer(Command):
    """Never give up small shares of this payer's patients; an empty reason allows it again."""

    payer_id: int
    reason: str = free_text(default="")
    name: ClassVar[str] = "accounts.exclude_payer"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """The reason is what a run says."""
        payer = change.get(Payer, self.payer_id)
        query = select(SmallBalanceExclusion).where(SmallBalanceExclusion.payer_id == payer.id)
        row = change.session.exec(query).first()
        words = clean_line(self.reason)[:80]
        if not words:
            if row is not None:
                change.session.delete(row)
            return Said(f"Small balances of {payer.name} may be given up.", payer.id)
        if row is None:
            change.add(SmallBalanceExclusion(payer_id=payer.id, reason=words))
        else:
            row.reason = words
        return Said(f"Small balances of {payer.name} are never given up: {words}.", payer.id)
