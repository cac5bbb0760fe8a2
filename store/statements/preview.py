"""What a run would do, without making one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.statements.eligible import judge_all
from store.statements.states import RunState
from store.tables import Guarantor, StatementRun


def preview(session: Session, as_of: date) -> list[dict[str, Any]]:
    """Every account with a patient balance: account, guarantor, included, reason, due and pending in cents."""
    rows = []
    for judged in judge_all(session, as_of):
        guarantor = session.get_one(Guarantor, judged.guarantor_id)
        rows.append(
            {
                "account": guarantor.number,
                "guarantor": f"{guarantor.last}, {guarantor.first}",
                "included": judged.included,
                "reason": judged.reason,
                "due": judged.due,
                "pending": judged.pending,
            }
        )
    return rows


def sent_runs(session: Session) -> list[tuple[int, str]]:
    """Runs that are sent, newest first: (id, how a person names it)."""
    query = select(StatementRun).where(StatementRun.state == RunState.SENT).order_by(col(StatementRun.id).desc())
    return [(run.id, f"run {run.id} of {run.as_of}") for run in session.exec(query).all()]
