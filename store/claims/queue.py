"""The claims queue: what waits for a correction or for the next batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from store.claims.opened import claim_record
from store.claims.states import QUEUE, ClaimState
from store.people.roles import Permission
from store.queries.open_on import asked_about_claims
from store.tables import Claim, ClaimFinding, ClaimVersion, Coverage, Encounter, Patient, Payer, WorkItem
from store.work.queue import WHOSE, AnySelect, Previews, Queue, Shown
from store.work.values import Column, Kind, Why


def join_visit(query: AnySelect) -> AnySelect:
    """The claim behind each item, with its patient, payer, visit and coverage."""
    return (
        query.join(Claim, col(Claim.id) == col(WorkItem.subject_id))
        .join(Patient, col(Patient.id) == col(Claim.patient_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .join(Encounter, col(Encounter.id) == col(Claim.encounter_id))
        .join(Coverage, col(Coverage.id) == col(Claim.coverage_id))
    )


_LAST4 = func.substr(Coverage.member_id, func.length(Coverage.member_id) - 3)
BY_VISIT = (
    Shown(
        Column("site", "Site", 8, wide=True, help="Site: the facility, else the place of service", letter="d"),
        case((col(Encounter.facility) == "", "POS " + col(Encounter.place)), else_=col(Encounter.facility)),
    ),
    Shown(Column("last4", "Last4", 5, wide=True, help="Last4: of the member id", letter="l"), _LAST4),
)
"""Columns of claims' queues that tell where a visit was, and the end of the number on the patient's card."""


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    from store.claims import snapshot

    query = (
        select(Claim, ClaimVersion)
        .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
        .where(col(Claim.id).in_(subjects), col(ClaimVersion.number) == col(Claim.current))
    )
    edits = _edits(session, subjects)
    found = {}
    for claim, version in session.exec(query).all():
        content = snapshot.load_any(version.content)
        codes = " ".join(f"{line.code}x{line.units}" for line in content.lines)
        found[claim.id] = (
            f"{claim.control_number} version {version.number}, frequency {version.frequency}",
            f"dx {' '.join(snapshot.diagnosis_codes(content))}   lines {codes}",
            "; ".join(edits.get(claim.id, ())) or "no edit stops it",
        )
    return found


def _edits(session: Session, subjects: Sequence[int]) -> dict[int, list[str]]:
    """What keeps each claim, code and message."""
    query = select(ClaimFinding).where(
        col(ClaimFinding.claim_id).in_(subjects), ClaimFinding.overridden == "", ClaimFinding.severity != "info"
    )
    found: dict[int, list[str]] = {}
    for one in session.exec(query.order_by(col(ClaimFinding.id))).all():
        found.setdefault(one.claim_id, []).append(f"{one.severity} {one.code}: {one.message}")
    return found


def _why(session: Session, item: WorkItem) -> Why:
    from store.claims.judge import finding_line, findings_of

    claim = session.get_one(Claim, item.subject_id)
    found = findings_of(session, claim.id)
    lines = [f"{finding_line(one)}  Rule: {one.rule}. Source: {one.source}." for one in found]
    if claim.state == ClaimState.READY:
        return Why("Why is this here?", ("No edit stops this claim.", "It goes out with the next batch (B).", *lines))
    if claim.state == ClaimState.ROUTED:
        asked = f"The {claim.routed_to} was asked: {claim.routed_question}"
        back = f"It comes back on {item.deferred_until}; p puts it back with the answer."
        return Why("Why does this wait?", (asked, back, *lines))
    if claim.state == ClaimState.HELD:
        return Why("Why is this held?", (f"Until {claim.hold_until}: {claim.hold_reason}.", "R lets it go.", *lines))
    if claim.state != ClaimState.EDIT_FAIL:
        return Why("Why is this here?", (item.reason, "N bills the next payer; P moves the rest to the patient."))
    done = "A stop has to be mended (f leads there, b looks again); a warning may pass with a reason (O)."
    return Why("Why is this blocked?", (*lines, done))


_EDIT = case(
    (col(Claim.state) == ClaimState.ROUTED, "at " + col(Claim.routed_to)),
    (col(Claim.edit_code) == "", col(Claim.state)),
    else_=col(Claim.edit_code),
)

CLAIMS = Queue(
    name=QUEUE,
    title="Claims to send",
    permission=Permission.CLAIM,
    shown=(
        Shown(Column("tf", "TF", 4, Kind.DAYS, help="TF: days left to the filing limit"), col(Claim.filing_limit)),
        Shown(Column("claim", "Claim", 9, letter="b"), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 12, letter="m"), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("dos", "DOS", 10, Kind.DATE, letter="s"), col(Claim.service_from)),
        Shown(Column("payer", "Payer", 6, letter="p"), col(Payer.payer_id)),
        Shown(Column("charge", "Charge", 9, Kind.CENTS, letter="c"), col(Claim.charge)),
        Shown(Column("sev", "Sev", 4, help="Sev: stop, or warn (may pass with a reason)"), col(Claim.edit_severity)),
        Shown(Column("count", "#", 2, Kind.NUMBER, help="#: how many edits keep it"), col(Claim.edit_count)),
        Shown(Column("code", "Edit", 11, help="Edit: the first that keeps it, else its state", letter="e"), _EDIT),
        Shown(
            Column("days", "Days", 4, Kind.AGE, wide=True, help="Days: since when it waits here", letter="n"),
            col(WorkItem.opened_on),
        ),
        Shown(Column("owner", "Owner", 6, wide=True, help="Owner: whom it is assigned to", letter="a"), WHOSE),
        Shown(
            Column("limit", "Limit", 10, Kind.DATE, wide=True, help="Limit: last day to file"), col(Claim.filing_limit)
        ),
        Shown(Column("state", "State", 9, wide=True), col(Claim.state)),
        Shown(Column("edit", "Why", 40, wide=True), col(WorkItem.reason)),
        *BY_VISIT,
    ),
    join=join_visit,
    preview=_preview,
    why=_why,
    record=claim_record,
    asked=asked_about_claims,
)
