"""Reports for who runs the practice.  In: every stage's records.  Out: tables, each row with what stands behind it.

A report is a function of the session, the person and what was asked for; adding one is a function and a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from store.errors import NotAllowed, NotFound
from store.people.roles import Actor, Permission
from store.reports.ageing import ageing_report
from store.reports.glass import glass_report
from store.reports.health import approvals_report, close_report, health_report
from store.reports.kpi import kpi_report
from store.reports.people import board_report, productivity_report
from store.reports.reasons import reasons_report
from store.reports.values import Asked, Report

_P = Permission

Make = Callable[[Session, Actor, Asked], Report]


@dataclass(frozen=True, slots=True)
class Known:
    """A report that can be asked for."""

    key: str
    title: str
    help: str
    make: Make
    permission: Permission = Permission.SUPERVISE


REPORTS: dict[str, Known] = {
    one.key: one
    for one in (
        Known("board", "Work by person", "Every queue by whose items they are; Enter opens them.", board_report),
        Known("kpi", "Key figures", "Each with numerator, denominator and the rows behind it.", kpi_report),
        Known("health", "Queues", "Opened, closed, what is left and how old it is.", health_report),
        Known("ageing", "Ageing", "What payers and patients owe, by age.", ageing_report),
        Known("reasons", "Why claims come back", "Denials and rejections by reason, with their trend.", reasons_report),
        Known("productivity", "Productivity", "What each person did, and in how many minutes.", productivity_report),
        Known("approvals", "Approvals", "What waits for a second person.", approvals_report),
        Known("close", "Day close", "Money that came against money that was posted, and what is open.", close_report),
        Known("glass", "Notes opened", "Notes that were opened for a reason: who, whose, why.", glass_report, _P.AUDIT),
    )
}


def find(key: str, actor: Actor) -> Known:
    """A report, if the person may see it."""
    known = REPORTS.get(key)
    if known is None:
        raise NotFound(f"There is no report '{key[:30]}'.", do=f"There are: {', '.join(REPORTS)}.")
    if not actor.may(known.permission):
        raise NotAllowed(f"Your role ({actor.role}) lacks the permission '{known.permission}' for reports.")
    return known
