"""The rejections queue: claims that a front end refused, which were therefore never filed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.claims import build
from store.claims.queue import join_claim
from store.claims.view import claim_record
from store.people.roles import Permission
from store.tables import Claim, ClaimEvent, Patient, Payer, WorkItem
from store.work.queue import Previews, Queue, Shown
from store.work.values import Column, Kind, Why

QUEUE = build.REJECTIONS


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(ClaimEvent)
        .where(col(ClaimEvent.claim_id).in_(subjects), ClaimEvent.kind == "REJECTED")
        .order_by(col(ClaimEvent.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for event in session.exec(query).all():
        found[event.claim_id] = (f"{event.at:%Y-%m-%d}  {event.status}", event.text, "")
    return found


def _why(session: Session, item: WorkItem) -> Why:
    claim = session.get_one(Claim, item.subject_id)
    lines = (
        f"Claim {claim.control_number} was rejected: {item.reason}.",
        "A rejected claim was never filed: the filing clock still runs.",
        f"Last day to file: {claim.filing_limit or 'not set for this payer'}.",
        "Correct it (c) and it goes out again as an original.",
    )
    return Why("Why is this here?", lines, "277CA categories A3, A6, A7 and A8, and 999 status R, are rejections.")


REJECTIONS = Queue(
    name=QUEUE,
    title="Rejections",
    permission=Permission.CLAIM,
    shown=(
        Shown(Column("since", "Since", 10, Kind.DATE), col(WorkItem.opened_on)),
        Shown(Column("claim", "Claim", 9), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 14), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("payer", "Payer", 7), col(Payer.payer_id)),
        Shown(Column("charge", "Charge", 9, Kind.CENTS), col(Claim.charge)),
        Shown(Column("why", "Error", 22), col(WorkItem.reason)),
        Shown(Column("dos", "DOS", 10, Kind.DATE, wide=True), col(Claim.service_from)),
        Shown(Column("tf", "Limit", 10, Kind.DATE, wide=True), col(Claim.filing_limit)),
    ),
    join=join_claim,
    preview=_preview,
    why=_why,
    record=claim_record,
)
