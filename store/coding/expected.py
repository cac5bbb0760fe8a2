"""What an encounter is expected to charge before it is coded: it orders the queue and tells nothing of its patient."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from store.coding.states import CodingState
from store.tables import Encounter, Provider, ServiceLine

_YEAR = timedelta(days=366)
_ENOUGH = 3
"""Visits that a mean needs."""


class ExpectedCharges:
    """The mean charge, in cents, of visits of the year before that were coded by then.

    Of the same specialty and kind of visit, of the specialty where those are too few; 0 where even those are.
    """

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._since, self._today = session, today - _YEAR, today
        self._after = datetime.combine(today + timedelta(days=1), time(), UTC)
        self._known: dict[str, dict[str, tuple[int, int]]] = {}

    def of(self, specialty: str, kind: str) -> int:
        """What a visit of the kind is expected to charge."""
        if specialty not in self._known:
            self._known[specialty] = self._read(specialty)
        kinds = self._known[specialty]
        count, cents = kinds.get(kind, (0, 0))
        if count < _ENOUGH:
            count, cents = (sum(one[place] for one in kinds.values()) for place in (0, 1))
        return cents // count if count >= _ENOUGH else 0

    def _read(self, specialty: str) -> dict[str, tuple[int, int]]:
        """Of each kind of visit how many were coded, and what they charge together."""
        visits = func.count(func.distinct(col(Encounter.id)))
        query = (
            select(Encounter.kind, visits, func.sum(col(ServiceLine.charge)))
            .join(ServiceLine, col(ServiceLine.encounter_id) == col(Encounter.id))
            .join(Provider, col(Provider.id) == col(Encounter.provider_id))
            .where(Provider.specialty == specialty, col(Encounter.service_date).between(self._since, self._today))
            .where(col(Encounter.coded_at) < self._after)
            .where(col(Encounter.state).in_([CodingState.CODED, CodingState.RELEASED]))
            .group_by(col(Encounter.kind))
        )
        return {kind: (int(count), int(cents)) for kind, count, cents in self._session.exec(query)}


def charged(session: Session, encounter_id: int) -> int:
    """What the encounter's own lines charge, in cents."""
    query = select(func.coalesce(func.sum(col(ServiceLine.charge)), 0)).where(ServiceLine.encounter_id == encounter_id)
    return int(session.exec(query).one())
