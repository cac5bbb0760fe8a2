"""What the calendar does by itself: questions become overdue, are reminded of, escalated and closed; holds end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from store.coding.access import QUEUE as CODING
from store.coding.access import called as encounter_called
from store.coding.states import ENCOUNTER, CodingState
from store.people.roles import Permission
from store.queries import access
from store.queries.answer import escalated, unanswered
from store.queries.states import PROVIDER_QUERY, QUEUE, Notice, QueryState
from store.tables import Encounter, ProviderQuery
from store.work import items
from store.work.command import Change, Command, Said


@dataclass(frozen=True, slots=True)
class CarryOnCoding(Command):
    """Do what is due today on held encounters and open questions; again the same day it does nothing."""

    name: ClassVar[str] = "queries.carry_on"
    permission: ClassVar[Permission | None] = Permission.CODE
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts each kind of step."""
        counts = {"released": 0, "overdue": 0, "reminded": 0, "escalated": 0, "closed": 0}
        for encounter in _ended_holds(change.session, change.today):
            _release(change, encounter)
            counts["released"] += 1
        for query in _due_queries(change.session, change.today):
            for step in _carry_on(change, query):
                counts[step] += 1
        told = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
        return Said(f"Holds and queries: {told or 'nothing was due'}.", counts)


def anything_due(session: Session, today: date) -> bool:
    """Whether `CarryOnCoding` would do something."""
    return bool(_ended_holds(session, today) or _due_queries(session, today))


def _ended_holds(session: Session, today: date) -> Sequence[Encounter]:
    query = select(Encounter).where(Encounter.state == CodingState.HOLD, col(Encounter.hold_until) <= today)
    return session.exec(query.order_by(col(Encounter.id))).all()


def _due_queries(session: Session, today: date) -> Sequence[ProviderQuery]:
    state, reminders = col(ProviderQuery.state), col(ProviderQuery.reminders)
    late = and_(state == QueryState.SENT, col(ProviderQuery.overdue_on) <= today)
    quiet = and_(state == QueryState.OVERDUE, reminders == 0, col(ProviderQuery.remind_on) <= today)
    stuck = and_(state == QueryState.OVERDUE, col(ProviderQuery.escalate_on) <= today)
    over = and_(state == QueryState.ESCALATED, col(ProviderQuery.close_on) <= today)
    query = select(ProviderQuery).where(or_(late, quiet, stuck, over))
    return session.exec(query.order_by(col(ProviderQuery.id))).all()


def _release(change: Change, encounter: Encounter) -> None:
    """A hold ends on its day: the encounter is ready again for whoever held it."""
    change.move(encounter, ENCOUNTER, CodingState.READY, encounter_called(encounter))
    reason = encounter.hold_reason
    encounter.hold_reason, encounter.hold_until = "", None
    item = items.find(change, CODING, encounter.id)
    if item is not None:
        item.deferred_until, item.reason = None, f"hold ended: {reason}"


def _carry_on(change: Change, query: ProviderQuery) -> list[str]:
    """Every step that is due, one after the other, so that a practice that was closed catches up."""
    done = []
    today = change.today
    if query.state == QueryState.SENT and _reached(query.overdue_on, today):
        change.move(query, PROVIDER_QUERY, QueryState.OVERDUE, access.called(query))
        item = items.find(change, QUEUE, query.id)
        if item is not None:
            item.reason, item.due = "overdue", query.escalate_on
        done.append("overdue")
    if query.state == QueryState.OVERDUE and not query.reminders and _reached(query.remind_on, today):
        access.notify(change, query, Notice.REMINDER)
        done.append("reminded")
    if query.state == QueryState.OVERDUE and _reached(query.escalate_on, today):
        escalated(change, query)
        done.append("escalated")
    if query.state == QueryState.ESCALATED and _reached(query.close_on, today):
        unanswered(change, query)
        done.append("closed")
    return done


def _reached(day: date | None, today: date) -> bool:
    return day is not None and day <= today
