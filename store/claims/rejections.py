"""The rejections queue: claims that a front end refused, which were therefore never filed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.claims import build
from store.claims.queue import join_claim
from store.claims.states import ClaimState
from store.claims.view import claim_record
from store.people.roles import Permission
from store.tables import Claim, ClaimEvent, Patient, Payer, WorkItem
from store.work.queue import Previews, Queue, Shown
from store.work.values import Column, Kind, Why

QUEUE = build.REJECTIONS


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(ClaimEvent)
        .where(col(ClaimEvent.claim_id).in_(subjects))
        .where(col(ClaimEvent.kind).in_(("REJECTED", "NO_ACK", "NO_ANSWER", "ACCEPTED")))
        .order_by(col(ClaimEvent.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    times: dict[int, int] = {}
    for event in session.exec(query).all():
        times[event.claim_id] = times.get(event.claim_id, 0) + (event.kind == "REJECTED")
        head = f"{event.at:%Y-%m-%d}  {event.kind} {event.status}   rejected {times[event.claim_id]} times"
        found[event.claim_id] = (head, event.text, "")
    return found


def _why(session: Session, item: WorkItem) -> Why:
    claim = session.get_one(Claim, item.subject_id)
    limit = f"Last day to file: {claim.filing_limit or 'not set for this payer'}."
    if claim.state == ClaimState.REJECTED:
        lines: tuple[str, ...] = (
            f"Claim {claim.control_number} was rejected: {item.reason}.",
            "A rejected claim was never filed: the filing clock still runs.",
            limit,
            "Correct it (c) and it goes out again as an original; R sends it again as it is, with the reason.",
        )
    elif item.reason.startswith("note:"):
        lines = (f"The claim was accepted with a message: {item.reason}.", "m, then 3, files it.")
    else:
        lines = (
            f"Claim {claim.control_number} is {claim.state}: {item.reason}.",
            limit,
            "Ask its status (S), or send it again (R); an answer that comes late closes the row by itself.",
        )
    return Why("Why is this here?", lines, "277CA categories A3, A6, A7 and A8, and 999 status R, are rejections.")


REJECTIONS = Queue(
    name=QUEUE,
    title="Rejections",
    permission=Permission.CLAIM,
    shown=(
        Shown(Column("since", "Since", 10, Kind.DATE), col(WorkItem.opened_on)),
        Shown(Column("claim", "Claim", 9), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 12), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("payer", "Payer", 6), col(Payer.payer_id)),
        Shown(Column("charge", "Charge", 9, Kind.CENTS), col(Claim.charge)),
        Shown(Column("src", "Src", 5, help="Src: payer, ch the clearinghouse, timer, note"), col(Claim.edit_severity)),
        Shown(Column("code", "Code", 9), col(Claim.edit_code)),
        Shown(Column("review", "Rv", 2, Kind.NUMBER, help="Rv: 1 not looked at, 2 being, 3 done"), col(Claim.review)),
        Shown(
            Column("tf", "TF", 4, Kind.DAYS, wide=True, help="TF: days to the filing limit"), col(Claim.filing_limit)
        ),
        Shown(Column("sent", "Sent", 10, Kind.DATE, wide=True), col(Claim.sent_on)),
        Shown(Column("why", "Error", 40, wide=True), col(WorkItem.reason)),
    ),
    join=join_claim,
    preview=_preview,
    why=_why,
    record=claim_record,
)
