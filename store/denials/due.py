"""What the calendar does with denials by itself: pended ones come back, answers that do not come, last days that pass.

The priority counts with the days to the deadline, so that the whole list is reckoned anew once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import ClassVar

from sqlmodel import Session, col, select

from store.coding.states import CodingState
from store.denials.states import AWAITING, OPEN_STATES, DenialState
from store.denials.steps import QUEUE, move, triage
from store.denials.worth import rank
from store.people.roles import Permission
from store.tables import Action, Claim, Denial, Encounter, WorkItem
from store.work.command import Change, Command, Said

_S = DenialState
_WAITS = frozenset({_S.PENDED, _S.ROUTED, *AWAITING} - {_S.NO_RESPONSE})


@dataclass(frozen=True, slots=True)
class CarryOnDenials(Command):
    """Do what is due today on denials; again the same day it does nothing."""

    name: ClassVar[str] = "denials.carry_on"
    permission: ClassVar[Permission | None] = Permission.DENIAL
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts each kind of step."""
        counts = {"came back": 0, "without an answer": 0, "past their last day": 0}
        for denial, item in _reached(change.session, change.today):
            counts[_come_back(change, denial, item)] += 1
        for denial, item in _coder_changed_nothing(change.session):
            item.deferred_until, item.reason = None, "the coder looked, and nothing changes"
            move(change, denial, _S.WORKING)
            counts["came back"] += 1
        for denial, item in _expired(change.session, change.today):
            triage(change, denial)
            move(change, denial, _S.EXPIRED)
            item.reason = f"its last day was {denial.deadline}"
            counts["past their last day"] += 1
        rank(change)
        told = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
        return Said(f"Denials: {told or 'put in order for today'}.", counts)


def anything_due(session: Session, today: date) -> bool:
    """Whether something is due, or the list has not been put in order today."""
    if _reached(session, today, most=1) or _expired(session, today, most=1) or _coder_changed_nothing(session):
        return True
    begun = datetime.combine(today, time(), UTC)
    query = select(Action.id).where(Action.command == CarryOnDenials.name, col(Action.at) >= begun)
    if session.exec(query.limit(1)).first() is not None:
        return False
    some = select(Denial.id).where(col(Denial.state).in_(OPEN_STATES)).limit(1)
    return session.exec(some).first() is not None


def _come_back(change: Change, denial: Denial, item: WorkItem) -> str:
    since = item.deferred_until
    item.deferred_until = None
    if denial.state == _S.PENDED:
        move(change, denial, _S.WORKING)
        return "came back"
    if denial.state == _S.ROUTED:
        move(change, denial, _S.WORKING)
        item.reason = f"the coder had not finished by {since}"
        return "came back"
    move(change, denial, _S.NO_RESPONSE)
    item.reason = f"no answer by {since}"
    return "without an answer"


def _reached(session: Session, today: date, most: int | None = None) -> Sequence[tuple[Denial, WorkItem]]:
    """Denials that were put off, or wait for an answer, until a day that has come."""
    query = (
        select(Denial, WorkItem)
        .join(WorkItem, col(WorkItem.subject_id) == col(Denial.id))
        .where(WorkItem.queue == QUEUE, WorkItem.open, col(WorkItem.deferred_until) <= today)
        .where(col(Denial.state).in_(_WAITS))
        .order_by(col(Denial.id))
    )
    return session.exec(query if most is None else query.limit(most)).all()


def _coder_changed_nothing(session: Session) -> Sequence[tuple[Denial, WorkItem]]:
    """Denials that were with a coder who gave the encounter back as it was, so that no claim was made anew."""
    query = (
        select(Denial, WorkItem)
        .join(WorkItem, col(WorkItem.subject_id) == col(Denial.id))
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Encounter, col(Encounter.id) == col(Claim.encounter_id))
        .where(WorkItem.queue == QUEUE, WorkItem.open, Denial.state == _S.ROUTED)
        .where(Encounter.state == CodingState.RELEASED)
        .order_by(col(Denial.id))
    )
    return session.exec(query).all()


def _expired(session: Session, today: date, most: int | None = None) -> Sequence[tuple[Denial, WorkItem]]:
    """Denials that nobody began before their last day passed."""
    query = (
        select(Denial, WorkItem)
        .join(WorkItem, col(WorkItem.subject_id) == col(Denial.id))
        .where(WorkItem.queue == QUEUE, WorkItem.open, col(Denial.deadline) < today)
        .where(col(Denial.state).in_((_S.OPEN, _S.TRIAGED)))
        .order_by(col(Denial.id))
    )
    return session.exec(query if most is None else query.limit(most)).all()
