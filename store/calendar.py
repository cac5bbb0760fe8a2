"""What is due by the calendar, whoever comes first: each step asks for the right of its own command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlmodel import Session

from store.claims import alarms
from store.denials import due as denials
from store.people.roles import Actor
from store.queries import due as coding
from store.variance import credit_due as credits
from store.work.command import Command

_STEPS: tuple[tuple[type[Command], Callable[[Session, date], bool]], ...] = (
    (coding.CarryOnCoding, coding.anything_due),
    (alarms.RaiseAlarms, alarms.anything_overdue),
    (denials.CarryOnDenials, denials.anything_due),
    (credits.CarryOnCredits, credits.anything_due),
)


def due(session: Session, actor: Actor, today: date) -> list[Command]:
    """The commands that would do something today and that this person may give."""
    return [
        step()
        for step, wanted in _STEPS
        if (step.permission is None or actor.may(step.permission)) and wanted(session, today)
    ]
