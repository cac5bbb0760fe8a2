"""Statement runs: select, review, approve, cancel, and take back what was not mailed.

Selecting the same cycle again is the same run; nothing is sent twice; unsending restores dunning and dates exactly.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import update
from sqlmodel import Session, col, select

from store.accounts.assistance import refresh_assistance
from store.accounts.policy import policy_of
from store.bulk import insert_rows
from store.errors import NotAllowed, NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.statements.eligible import Judged, judge_all
from store.statements.states import OPEN, RUN, AccountState, RunState
from store.tables import Guarantor, PatientPolicy, Practice, StatementAccount, StatementRun, WorkItem
from store.text import how_many
from store.work.command import Change, Command, Said
from store.work.progress import tell

QUEUE = "run"


def called(run: StatementRun) -> str:
    """How a sentence names a run."""
    return f"Run {run.id} of {run.as_of}"


def open_run(session: Session) -> StatementRun | None:
    """The run that is being prepared, the newest where there are several."""
    query = select(StatementRun).where(col(StatementRun.state).in_(OPEN)).order_by(col(StatementRun.id).desc())
    return session.exec(query).first()


def criteria_of(practice: Practice, policy: PatientPolicy, as_of: date) -> dict[str, Any]:
    """What decides a selection, to be kept with it."""
    return {
        "as_of": as_of.isoformat(),
        "minimum": practice.minimum_statement_cents,
        "cycle_days": practice.statement_cycle_days,
        "estimate_over": policy.gfe_over,
        "level_ages": policy.level_ages,
        "presume_days": policy.presume_days,
    }


def criteria_hash(run: StatementRun) -> str:
    """Eight letters that are the same for runs that were selected by the same rules and date."""
    return hashlib.sha256(run.criteria.encode()).hexdigest()[:8] if run.criteria else ""


@dataclass(frozen=True, slots=True)
class SelectRun(Command):
    """Judge every account as of a date; one cycle a day.  Cancelling the run takes it back."""

    as_of: date
    name: ClassVar[str] = "statements.select"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result is the run's id: of this date's run where there is one already."""
        cycle = self.as_of.isoformat()
        known = change.session.exec(select(StatementRun).where(StatementRun.cycle == cycle)).first()
        if known is not None:
            return Said(f"{called(known)} exists already and is {known.state}.", known.id)
        practice = change.session.exec(select(Practice)).one()
        refresh_assistance(change)  # what became due under assistance that still holds is lowered before it is billed
        criteria = json.dumps(criteria_of(practice, policy_of(change.session), self.as_of), sort_keys=True)
        run = StatementRun(cycle=cycle, as_of=self.as_of, state=RunState.DRAFT, made_at=change.now, criteria=criteria)
        change.born(run, RUN, f"The run of {self.as_of}")
        judged = judge_all(change.session, self.as_of)
        for start in range(0, len(judged), 5000):
            tell(start, len(judged), "accounts")
            _keep(change, run, judged[start : start + 5000])
        change.move(run, RUN, RunState.SELECTED, called(run))
        inside = [one.due for one in judged if one.included]
        out = len(judged) - len(inside)
        return Said(
            f"{called(run)}: {how_many(len(inside), 'account')} in, {show_cents(sum(inside), sign='$')}; {out} out.",
            run.id,
        )


def _keep(change: Change, run: StatementRun, judged: list[Judged]) -> None:
    rows = [
        {
            "run_id": run.id,
            "guarantor_id": one.guarantor_id,
            "included": one.included,
            "reason": one.reason,
            "amount": one.due,
            "pending": one.pending,
            "dunning_before": one.dunning,
            "dunning_after": one.dunning,
            "last_before": one.last,
            "state": state_of(one),
        }
        for one in judged
    ]
    ids = insert_rows(change.session, StatementAccount, rows)
    insert_rows(
        change.session,
        WorkItem,
        [
            {
                "queue": QUEUE,
                "subject_id": row_id,
                "opened_on": change.today,
                "cents": one.due if one.included else 0,
                "score": one.due if one.included else min(0, one.due) - 1,
                "reason": one.reason,
            }
            for row_id, one in zip(ids, judged, strict=True)
        ],
    )


def state_of(judged: Judged) -> AccountState:
    """The state of an account that was just judged."""
    if judged.included:
        return AccountState.ELIGIBLE
    return AccountState.HELD if judged.held else AccountState.EXCLUDED


def close_items(change: Change, run: StatementRun) -> None:
    """The run's accounts are nobody's work any more."""
    mine = select(StatementAccount.id).where(StatementAccount.run_id == run.id)
    change.session.execute(
        update(WorkItem)
        .where(col(WorkItem.queue) == QUEUE, col(WorkItem.subject_id).in_(mine))
        .values(open=False, closed_on=change.today, owner_id=None, lease_until=None, heartbeat_at=None)
        .execution_options(synchronize_session=False)
    )


def run_of(change: Change, run_id: int) -> StatementRun:
    """The run, locked; `NotFound` when there is none of that number."""
    run = change.session.get(StatementRun, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return change.get(StatementRun, run_id, lock=True)


@dataclass(frozen=True, slots=True)
class ReviewRun(Command):
    """Somebody has looked at who is in and who is out."""

    run_id: int
    name: ClassVar[str] = "statements.review"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """The run keeps who it was."""
        run = run_of(change, self.run_id)
        change.move(run, RUN, RunState.REVIEWED, called(run))
        run.reviewed_by = change.actor.user_id
        return Said(f"{called(run)} is reviewed.", run.id)


@dataclass(frozen=True, slots=True)
class ApproveRun(Command):
    """The run may be generated and sent; a run that nobody reviewed is reviewed by this, too."""

    run_id: int
    name: ClassVar[str] = "statements.approve"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Where the practice wants two persons, refused to the one who reviewed it."""
        run = run_of(change, self.run_id)
        two = policy_of(change.session).run_second_person
        if two and run.state == RunState.SELECTED:
            raise Refused("This practice has each run reviewed first.", do="Review it; another person approves.")
        if run.state == RunState.SELECTED:
            change.move(run, RUN, RunState.REVIEWED, called(run))
            run.reviewed_by = change.actor.user_id
        elif two and run.reviewed_by == change.actor.user_id:
            raise NotAllowed("Whoever reviewed a run can't approve it.")
        change.move(run, RUN, RunState.APPROVED, called(run))
        run.approved_by = change.actor.user_id
        return Said(f"{called(run)} is approved.", run.id)


@dataclass(frozen=True, slots=True)
class CancelRun(Command):
    """Drop a run that was not sent."""

    run_id: int
    name: ClassVar[str] = "statements.cancel"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Its cycle can be selected anew.  Refused once any of its accounts was sent."""
        run = run_of(change, self.run_id)
        sent = select(StatementAccount.id).where(
            StatementAccount.run_id == run.id, StatementAccount.state == AccountState.SENT
        )
        if run.state == RunState.GENERATED and change.session.exec(sent).first() is not None:
            raise Refused(f"Sending {called(run).lower()} has begun.", do="Send it to the end, then unsend it.")
        change.move(run, RUN, RunState.CANCELLED, called(run))
        run.cycle = f"{run.cycle} cancelled {run.id}"
        close_items(change, run)
        return Said(f"{called(run)} is cancelled.", run.id)


@dataclass(frozen=True, slots=True)
class UnsendRun(Command):
    """The run was not mailed: dunning levels and dates are what they were before."""

    run_id: int
    name: ClassVar[str] = "statements.unsend"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when a later run went to one of its accounts."""
        from store.calls.due import refresh_calls

        run = run_of(change, self.run_id)
        change.move(run, RUN, RunState.UNSENT, called(run))
        sent = accounts_of(change, run, AccountState.SENT)
        for account in sent:
            step_back(change, run, account)
            account.state = AccountState.INCLUDED
        run.cycle = f"{run.cycle} unsent {run.id}"
        change.session.flush()
        refresh_calls(change, [account.guarantor_id for account in sent])
        return Said(f"{called(run)} is unsent: {len(sent)} accounts are as before.", run.id)


def step_back(change: Change, run: StatementRun, account: StatementAccount) -> None:
    """Dunning level and date of an account as they were before this run's statement.

    A payment that reset the level since is not forgotten.  Refused when a later statement went out.
    """
    guarantor = change.get(Guarantor, account.guarantor_id, lock=True)
    if guarantor.last_statement_on != run.as_of:
        raise Refused(f"Account {guarantor.number} was in a later run.", do="Unsend that one first.")
    if guarantor.dunning == account.dunning_after:
        guarantor.dunning = account.dunning_before
    guarantor.last_statement_on = account.last_before


def accounts_of(
    change: Change, run: StatementRun, *states: AccountState, limit: int | None = None
) -> list[StatementAccount]:
    """The run's accounts in these states, by account."""
    query = select(StatementAccount).where(
        StatementAccount.run_id == run.id, col(StatementAccount.state).in_(states or tuple(AccountState))
    )
    return list(change.session.exec(query.order_by(col(StatementAccount.guarantor_id)).limit(limit)).all())
