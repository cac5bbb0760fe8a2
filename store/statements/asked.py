"""What a screen asks before it acts on runs: which run, and what the step would do, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from store.money import show_cents
from store.statements.eligible import judge_all
from store.statements.states import OPEN, AccountState, RunState
from store.tables import StatementAccount, StatementRun
from store.text import how_many

if TYPE_CHECKING:
    from store.practice import Practice

Known = tuple[int, str]
"""A number and how a person names it."""


def runs_in(practice: Practice, *states: str) -> list[Known]:
    """The runs in these states (those being prepared where none is named), the newest first."""
    with practice.reading() as session:
        query = select(StatementRun).where(col(StatementRun.state).in_(states or OPEN))
        rows = session.exec(query.order_by(col(StatementRun.id).desc())).all()
        return [(run.id, f"run {run.id} of {run.as_of}, {run.state.lower()}") for run in rows]


def sent_runs(practice: Practice) -> list[Known]:
    """The runs that were sent and not taken back."""
    return runs_in(practice, RunState.SENT, RunState.RECONCILED)


def statements_of_account(practice: Practice, guarantor_id: int) -> list[Known]:
    """The sent statements of an account, the newest first: the number of the account in its run."""
    with practice.reading() as session:
        query = (
            select(StatementAccount, StatementRun)
            .join(StatementRun, col(StatementRun.id) == col(StatementAccount.run_id))
            .where(StatementAccount.guarantor_id == guarantor_id)
            .where(col(StatementAccount.state).in_([AccountState.SENT, AccountState.DELIVERED]))
            .order_by(col(StatementAccount.id).desc())
        )
        rows = session.exec(query).all()
        return [(one.id, f"{run.as_of}: {show_cents(one.amount, sign='$')}, {one.state.lower()}") for one, run in rows]


def select_effect(practice: Practice, as_of: date) -> str:
    """What selecting would find."""
    with practice.reading() as session:
        known = session.exec(select(StatementRun).where(StatementRun.cycle == as_of.isoformat())).first()
        if known is not None:
            return f"Run {known.id} of {as_of} is there already and {known.state.lower()}. Look at it?"
        return f"Select {_found(session, as_of)}?"


def send_effect(practice: Practice, as_of: date) -> str:
    """What a run of a date through all its steps would send."""
    with practice.reading() as session:
        return f"Send {_found(session, as_of)}?"


def _found(session: Session, as_of: date) -> str:
    judged = judge_all(session, as_of)
    inside = [one.due for one in judged if one.included]
    out = f"{len(judged) - len(inside):,} stay out"
    return f"{how_many(len(inside), 'statement')}, {show_cents(sum(inside), sign='$')}; {out}"


def run_effect(practice: Practice, verb: str, run_id: int) -> str:
    """What a step would do to a run: the verb, how many accounts, how much."""
    from sqlalchemy import func

    with practice.reading() as session:
        run = session.get_one(StatementRun, run_id)
        query = select(func.count(), func.coalesce(func.sum(StatementAccount.amount), 0)).where(
            StatementAccount.run_id == run_id, StatementAccount.included
        )
        count, cents = session.exec(query).one()
        return (
            f"{verb} run {run_id} of {run.as_of}: {how_many(count, 'statement')}, {show_cents(int(cents), sign='$')}?"
        )


def included(practice: Practice, account_ids: Sequence[int]) -> dict[int, bool]:
    """Which of these accounts of a run are in it."""
    with practice.reading() as session:
        query = select(StatementAccount.id, StatementAccount.included).where(col(StatementAccount.id).in_(account_ids))
        return dict(session.exec(query).all())
