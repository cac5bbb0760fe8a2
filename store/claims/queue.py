"""The claims queue: what waits for a correction or for the next batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.claims import scrub, snapshot
from store.claims.build import QUEUE
from store.claims.states import ClaimState
from store.claims.view import claim_record
from store.people.roles import Permission
from store.tables import Claim, ClaimVersion, Patient, Payer, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.values import Column, Kind, Why


def join_claim(query: AnySelect) -> AnySelect:
    """The claim behind each item, with its patient and its payer."""
    return (
        query.join(Claim, col(Claim.id) == col(WorkItem.subject_id))
        .join(Patient, col(Patient.id) == col(Claim.patient_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(Claim, ClaimVersion)
        .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
        .where(col(Claim.id).in_(subjects), col(ClaimVersion.number) == col(Claim.current))
    )
    found = {}
    for claim, version in session.exec(query).all():
        content = snapshot.load(version.content)
        problems = scrub.scrub(content)
        codes = " ".join(f"{line.code}x{line.units}" for line in content.lines)
        edits = "; ".join(problem.message for problem in problems) or "no edit stops it"
        found[claim.id] = (
            f"{claim.control_number} version {version.number}, frequency {version.frequency}",
            f"dx {' '.join(content.diagnoses)}   lines {codes}",
            edits,
        )
    return found


def _why(session: Session, item: WorkItem) -> Why:
    claim = session.get_one(Claim, item.subject_id)
    if claim.state == ClaimState.READY:
        lines = ["No edit stops this claim.", "It goes out with the next batch (B)."]
        return Why("Why is this here?", tuple(lines))
    version = session.exec(
        select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    ).one()
    problems = scrub.scrub(snapshot.load(version.content))
    return Why(
        "Why is this blocked?",
        tuple(f"{p.code} {p.field}: {p.message} {p.fix}" for p in problems),
        "Rules that payers' front ends reject for; mend the field, then press b.",
    )


CLAIMS = Queue(
    name=QUEUE,
    title="Claims to send",
    permission=Permission.CLAIM,
    shown=(
        Shown(Column("tf", "Limit", 10, Kind.DATE, help="last day of timely filing"), col(Claim.filing_limit)),
        Shown(Column("claim", "Claim", 9), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 15), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("dos", "DOS", 10, Kind.DATE), col(Claim.service_from)),
        Shown(Column("payer", "Payer", 7), col(Payer.payer_id)),
        Shown(Column("charge", "Charge", 10, Kind.CENTS), col(Claim.charge)),
        Shown(Column("state", "State", 9), col(Claim.state)),
        Shown(Column("edit", "Edit", 40, wide=True), col(WorkItem.reason)),
    ),
    join=join_claim,
    preview=_preview,
    why=_why,
    record=claim_record,
)
