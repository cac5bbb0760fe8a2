"""About which encounters and claims a question to a provider is open: the flag `?` of their queues."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.queries.states import OPEN
from store.tables import Claim, ProviderQuery


def asked_about(session: Session, encounter_ids: Sequence[int]) -> frozenset[int]:
    """Those of these encounters about which a question is open."""
    query = select(ProviderQuery.encounter_id).where(
        col(ProviderQuery.encounter_id).in_(encounter_ids), col(ProviderQuery.state).in_(OPEN)
    )
    return frozenset(session.exec(query).all())


def asked_about_claims(session: Session, claim_ids: Sequence[int]) -> frozenset[int]:
    """Those of these claims about whose encounter a question is open."""
    encounters = dict(session.exec(select(Claim.id, Claim.encounter_id).where(col(Claim.id).in_(claim_ids))).all())
    asked = asked_about(session, sorted(set(encounters.values())))
    return frozenset(claim for claim, encounter in encounters.items() if encounter in asked)
