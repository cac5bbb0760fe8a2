"""`claims list`: one plain dictionary for each claim, all money in integer cents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.claims import snapshot
from store.claims.states import ClaimState
from store.errors import NotFound
from store.forms.cms1500 import write_cms1500
from store.new_file import make_folder, new_file
from store.remits.states import AnswerState
from store.tables import Claim, ClaimEvent, ClaimFinding, ClaimVersion, Payer, RemitAdjustment, RemitClaim


def list_claims(session: Session, *, state: str | None = None) -> list[dict[str, Any]]:
    """Every claim: control number, state, payer, charge, paid, patient responsibility and adjustments.

    `adjustments` is {group: {reason: cents}} with the signs of the remittance, net over all answers: a reversal takes
    back what it reverses.
    """
    paid = _paid(session)
    adjustments = _adjustments(session)
    query = select(Claim, Payer.payer_id).join(Payer, col(Payer.id) == col(Claim.payer_id)).order_by(col(Claim.id))
    if state is not None:
        query = query.where(Claim.state == state)
    found = []
    for claim, payer in session.exec(query).all():
        groups = adjustments.get(claim.id, {})
        found.append(
            {
                "control_number": claim.control_number,
                "state": claim.state,
                "payer": payer,
                "charge": claim.charge,
                "paid": paid.get(claim.id, 0),
                "patient_responsibility": sum(groups.get("PR", {}).values()),
                "adjustments": groups,
            }
        )
    return found


def _paid(session: Session) -> dict[int, int]:
    query = (
        select(RemitClaim.claim_id, func.sum(RemitClaim.paid))
        .where(col(RemitClaim.claim_id).is_not(None), RemitClaim.state == AnswerState.MATCHED)
        .group_by(col(RemitClaim.claim_id))
    )
    return {claim_id: int(total) for claim_id, total in session.exec(query).all() if claim_id is not None}


def _adjustments(session: Session) -> dict[int, dict[str, dict[str, int]]]:
    query = (
        select(RemitClaim.claim_id, RemitAdjustment.group, RemitAdjustment.reason, func.sum(RemitAdjustment.cents))
        .join(RemitClaim, col(RemitClaim.id) == col(RemitAdjustment.remit_claim_id))
        .where(col(RemitClaim.claim_id).is_not(None), RemitClaim.state == AnswerState.MATCHED)
        .group_by(col(RemitClaim.claim_id), col(RemitAdjustment.group), col(RemitAdjustment.reason))
        .order_by(col(RemitAdjustment.group), col(RemitAdjustment.reason))
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for claim_id, group, reason, cents in session.exec(query).all():
        if claim_id is not None and cents:
            found.setdefault(claim_id, {}).setdefault(group, {})[reason] = int(cents)
    return found


def list_findings(session: Session) -> list[dict[str, Any]]:
    """What the last scrub of each claim that waits to be sent found."""
    query = (
        select(Claim.control_number, ClaimFinding)
        .join(ClaimFinding, col(ClaimFinding.claim_id) == col(Claim.id))
        .where(col(Claim.state).in_((ClaimState.READY, ClaimState.EDIT_FAIL, ClaimState.HELD)))
        .order_by(col(Claim.id), col(ClaimFinding.id))
    )
    shown = ("code", "severity", "place", "value", "message", "todo", "rule", "source", "fix", "overridden")
    return [
        {"claim": number, **{name: getattr(one, name) for name in shown}} for number, one in session.exec(query).all()
    ]


def ready_claims(session: Session) -> tuple[int, int]:
    """How many claims wait for the next batch, and their charges in cents."""
    query = select(func.count(), func.coalesce(func.sum(Claim.charge), 0)).where(Claim.state == ClaimState.READY)
    count, cents = session.exec(query).one()
    return count, int(cents)


def claim_id_of(session: Session, control_number: str) -> int:
    """The id of a claim by its control number."""
    found = session.exec(select(Claim.id).where(Claim.control_number == control_number.strip().upper())).first()
    if found is None:
        raise NotFound(f"There is no claim {control_number[:30]!r}.", do="superbill claims list names them.")
    return found


def filed_messages(session: Session) -> list[dict[str, Any]]:
    """Messages of acknowledgements that a rule filed, the newest first."""
    query = (
        select(Claim.control_number, ClaimEvent)
        .join(ClaimEvent, col(ClaimEvent.claim_id) == col(Claim.id))
        .where(ClaimEvent.kind == "FILED")
        .order_by(col(ClaimEvent.id).desc())
    )
    return [
        {"claim": number, "at": event.at, "status": event.status, "text": event.text}
        for number, event in session.exec(query).all()
    ]


def write_data_only(session: Session, claim_ids: Sequence[int], folder: Path) -> Path:
    """The data of claims for pre-printed CMS-1500 forms, in a new file; nothing is counted as sent."""
    query = (
        select(ClaimVersion)
        .join(Claim, col(Claim.id) == col(ClaimVersion.claim_id))
        .where(col(Claim.id).in_(claim_ids), col(ClaimVersion.number) == col(Claim.current))
        .order_by(col(Claim.id))
    )
    versions = session.exec(query).all()
    claims = snapshot.on_forms(snapshot.load_any(version.content) for version in versions)
    make_folder(folder)
    path = folder / f"cms1500_data_{versions[0].id:06d}.pdf"
    with new_file(path) as file:
        write_cms1500(claims, file, preprinted=True)
    return path
