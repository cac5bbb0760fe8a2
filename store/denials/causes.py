"""Root causes go back to who made the claim: counts for each coder, and for the feed that registered the patient."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from store.people.roles import Actor, Permission
from store.remits.dispositions import rules_of
from store.tables import Claim, Denial, Encounter, User


@dataclass(frozen=True, slots=True)
class Cause:
    """How often something that a person or feed made was denied; `cents` is 0 for who may not see money."""

    who: str
    cause: str
    category: str
    reason: str
    count: int
    cents: int
    claims: tuple[str, ...]


def causes(session: Session, actor: Actor, *, since: date | None = None, mine: bool = False) -> list[Cause]:
    """Counts by person and reason, the most first.

    A cause of coding is the coder's who finished the encounter; one of registration is the feed's that the encounter
    came from; every other is its department's.  A coder sees no money, and only what is theirs.
    """
    money = actor.may(Permission.MONEY)
    query = (
        select(Denial, Claim, Encounter.source, User.name)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Encounter, col(Encounter.id) == col(Claim.encounter_id))
        .outerjoin(User, col(User.id) == col(Encounter.coded_by))
    )
    if since is not None:
        query = query.where(Denial.opened_on >= since)
    rules = rules_of(session)
    counts: Counter[tuple[str, str, str, str]] = Counter()
    cents: Counter[tuple[str, str, str, str]] = Counter()
    claims: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for denial, claim, source, coder in session.exec(query.order_by(col(Denial.id).desc())).all():
        cause = rules.rule(
            denial.group, denial.reason, payer_id=claim.payer_id, remarks=denial.remarks.split(),
            sequence=claim.sequence,
        ).cause  # fmt: skip
        who = {"coding": coder or "unknown coder", "registration": f"feed {source}"}.get(cause, cause)
        if (mine or not money) and who != actor.name:
            continue
        key = (who, cause, denial.category, f"{denial.group}-{denial.reason}")
        counts[key] += 1
        cents[key] += denial.cents if money else 0
        if len(claims[key]) < 3:
            claims[key].append(claim.control_number)
    return [Cause(*key, count, cents[key], tuple(claims[key])) for key, count in counts.most_common()]
