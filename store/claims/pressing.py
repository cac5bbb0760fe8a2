"""Which visits' first claims have to be filed soon, as SQL: each payer's limit becomes a date before it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_
from sqlmodel import Session, col, select

from store.claims.coverages import covers_visit_first
from store.claims.deadlines import Closing, closing
from store.tables import Coverage, Encounter, Payer


def files_within(session: Session, today: date, days: int) -> ColumnElement[bool]:
    """Whether fewer days than these are left to the last one for filing: SQL over `Encounter`.

    The limit is that of whoever pays first on the day of the visit; without one on file nothing is near.
    """
    by = today + timedelta(days=days - 1)
    near: dict[tuple[Closing, ...], list[int]] = defaultdict(list)
    for payer in session.exec(select(Payer)):
        if found := closing(payer, by):
            near[found].append(payer.id)
    if not near:
        return false()
    last = max(one.last for found in near for one in found)  # most visits are newer, and nothing more is asked of them
    of_payer = or_(*(and_(col(Coverage.payer_id).in_(payers), _closes(found)) for found, payers in near.items()))
    first = exists(select(Coverage.id).where(of_payer, covers_visit_first()).correlate(Encounter))
    return case((col(Encounter.service_date) > last, false()), else_=first)


def _closes(found: Iterable[Closing]) -> ColumnElement[bool]:
    """Whether one of a payer's limits is near: the first one that holds for the visit."""
    served = col(Encounter.service_date)
    left = func.coalesce(col(Encounter.discharge_date), served)
    steps = []
    for one in found:
        since, until = one.since or date.min, one.until or date.max
        anchor = served if one.anchor == "dos_from" else left
        steps.append((served.between(since, until), anchor <= one.last))
    return case(*steps, else_=false())
