"""Alarms on what is overdue: no acknowledgement of a file, none of a claim, no decision of the payer.

The days are business days of the trading partner (999, 277CA, payer) and calendar days of the payer (remittance); each
step sets the day until which the next answer is awaited, and this looks which days are past.  A payer that took its
answer back is given some days for the new one, which mostly comes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.claims.batch_queue import QUEUE as FILES
from store.claims.events import tell
from store.claims.outgoing import DELIVERED, MADE, NO_ACK
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.states import CLAIM, ClaimState, called
from store.people.roles import Permission
from store.tables import Batch, Claim, ClaimEvent, ClaimVersion
from store.text import how_many
from store.work import items
from store.work.command import Change, Command, Said

_S = ClaimState
_WORDS = {
    _S.ACK_999: "no 277CA came in time",
    _S.ACCEPTED_CH: "the payer was not heard of in time",
    _S.ACCEPTED: "no remittance came in time: ask its status (S)",
    _S.SENT: "no remittance came in time",
    _S.REVERSED: "the payer took its answer back and gave no new one: ask its status (S)",
}
REVERSED_DAYS = 7
"""Days in which a new answer is awaited of a payer that took its own back."""


def raise_alarms(change: Change) -> dict[str, int]:
    """Put whatever is overdue before somebody; counts files and claims."""
    files = _files(change)
    claims = _claims(change)
    return {"files": files, "claims": claims}


def anything_overdue(session: Session, today: date) -> bool:
    """Whether `RaiseAlarms` would do something."""
    return any(session.exec(query.limit(1)).first() is not None for query in (_late_files(today), _late_claims(today)))


def _late_files(today: date) -> SelectOfScalar[Batch]:
    return select(Batch).where(col(Batch.awaits_until) < today, col(Batch.state).in_((MADE, DELIVERED)))


def _late_claims(today: date) -> SelectOfScalar[Claim]:
    waiting = and_(col(Claim.awaits_until) < today, col(Claim.state).in_(set(_WORDS) - {_S.REVERSED}))
    return select(Claim).where(or_(waiting, _left_reversed(today)))


def _left_reversed(today: date) -> ColumnElement[bool]:
    """Taken back some days ago, though we asked for no void."""
    since = datetime.combine(today - timedelta(days=REVERSED_DAYS), time(), UTC)
    answered = select(ClaimEvent.claim_id).where(ClaimEvent.kind == "835", ClaimEvent.at > since)
    voided = select(ClaimVersion.id).where(
        ClaimVersion.claim_id == Claim.id, ClaimVersion.number == Claim.current, ClaimVersion.frequency == "8"
    )
    return and_(col(Claim.state) == _S.REVERSED, col(Claim.id).not_in(answered), ~voided.correlate(Claim).exists())


def _files(change: Change) -> int:
    late = 0
    for batch in change.session.exec(_late_files(change.today).order_by(col(Batch.id))).all():
        sent = (
            select(Claim)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
            .where(Claim.state == _S.SENT)
        )
        claims = change.session.exec(sent).all()
        awaited, batch.awaits_until = batch.awaits_until, None
        if not claims:
            continue  # every claim of it was decided without
        late += 1
        batch.failure, batch.state = f"no acknowledgement by {awaited}", NO_ACK
        for claim in claims:
            tell(change, claim, NO_ACK, text=batch.failure, batch_id=batch.id)
            change.move(claim, CLAIM, _S.NO_ACK, called(claim))
        due = min((claim.filing_limit for claim in claims if claim.filing_limit), default=None)
        cents = sum(claim.charge for claim in claims)
        items.put(change, FILES, batch.id, reason=batch.failure, cents=cents, due=due, score=cents)
    return late


def _claims(change: Change) -> int:
    late = change.session.exec(_late_claims(change.today).order_by(col(Claim.id))).all()
    for claim in late:
        why = _WORDS[_S(claim.state)]
        answered = claim.state in (_S.ACCEPTED, _S.SENT, _S.REVERSED)
        claim.awaits_until, claim.review = None, 1
        claim.edit_severity, claim.edit_code = "timer", "NO 835" if answered else "NO 277CA"
        change.move(claim, CLAIM, _S.NO_ANSWER if answered else _S.NO_ACK, called(claim))
        tell(change, claim, claim.state, text=why)
        items.put(
            change, REJECTIONS, claim.id, reason=why, cents=claim.charge, due=claim.filing_limit, score=claim.charge
        )
    return len(late)


@dataclass(frozen=True, slots=True)
class RaiseAlarms(Command):
    """Look which answers are overdue."""

    name: ClassVar[str] = "claims.alarms"
    permission: ClassVar[Permission] = Permission.CLAIM
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts files and claims."""
        counts = raise_alarms(change)
        told = " and ".join(how_many(number, what[:-1]) for what, number in counts.items() if number)
        return Said(f"{told or 'Nothing'} overdue for an answer.", counts)
