"""What worked before: the last outcomes for the same payer, reason and procedure, and what had been done for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from store.denials.states import DECIDED, SENT, WON, DenialState
from store.tables import Claim, ClaimLine, Denial, Transition
from store.work.record import Table
from store.work.values import Column, Kind

RECENT = 20
_WORDS = {
    DenialState.CORRECTED_SENT: "corrected claim",
    DenialState.APPEALED: "appeal",
    DenialState.RECORDS_SENT: "records sent",
}


_TOLD: dict[str, str] = {
    DenialState.OVERTURNED: "won", DenialState.OVERTURNED_PART: "in part", DenialState.UPHELD: "lost",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One denial that the payer answered again: what was done, what came of it, in how many days."""

    claim: str
    code: str
    cents: int
    done: str
    state: str
    closed_on: date | None
    days: int

    @property
    def won(self) -> bool:
        """Whether it brought anything."""
        return self.state in WON


def outcomes_like(session: Session, denial: Denial, claim: Claim) -> list[Outcome]:
    """The last outcomes of this payer and reason; those of the same procedure first, where there are any."""
    line = session.get(ClaimLine, denial.claim_line_id) if denial.claim_line_id is not None else None
    query = (
        select(Denial, Claim.control_number, ClaimLine.code)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .outerjoin(ClaimLine, col(ClaimLine.id) == col(Denial.claim_line_id))
        .where(Claim.payer_id == claim.payer_id, Denial.reason == denial.reason, Denial.id != denial.id)
        .where(col(Denial.state).in_(DECIDED))
        .order_by(col(Denial.closed_on).desc(), col(Denial.id).desc())
    )
    if line is not None:
        same = query.where(or_(ClaimLine.code == line.code, col(Denial.claim_line_id).is_(None)))
        rows = session.exec(same.limit(RECENT)).all()
        if rows:
            return _outcomes(session, rows)
    return _outcomes(session, session.exec(query.limit(RECENT)).all())


def before_table(session: Session, denial: Denial, claim: Claim) -> Table:
    """The outcomes as a table beside the denial."""
    columns = (
        Column("closed", "Answered", 10, Kind.DATE),
        Column("claim", "Claim", 10),
        Column("code", "Code", 7),
        Column("cents", "Denied", 10, Kind.CENTS),
        Column("done", "What was done", 18),
        Column("won", "Outcome", 8),
        Column("days", "Days", 4, Kind.NUMBER),
    )
    rows = tuple(
        (one.closed_on, one.claim, one.code, one.cents, one.done, _TOLD[one.state], one.days)
        for one in outcomes_like(session, denial, claim)
    )
    return Table(columns, rows, "What worked before" if rows else "What worked before: no outcome like it yet")


def _outcomes(session: Session, rows: Sequence[tuple[Denial, str, str | None]]) -> list[Outcome]:
    ids = [denial.id for denial, _, _ in rows]
    steps = select(Transition).where(
        Transition.machine == "denial", col(Transition.subject_id).in_(ids), col(Transition.after).in_(SENT)
    )
    done: dict[int, str] = {}
    for step in session.exec(steps.order_by(col(Transition.id))).all():
        done[step.subject_id] = _WORDS[DenialState(step.after)]
    return [
        Outcome(
            number, code or "claim", denial.cents, done.get(denial.id, "nothing noted"),
            denial.state, denial.closed_on,
            (denial.closed_on - denial.opened_on).days if denial.closed_on else 0,
        )
        for denial, number, code in rows
    ]  # fmt: skip
