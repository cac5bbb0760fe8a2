"""The rejections queue: claims that a front end refused, which were therefore never filed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from store.claims import states
from store.claims.opened import claim_record
from store.claims.queue import BY_VISIT, join_visit
from store.claims.states import ClaimState
from store.coding.states import WITH_CODERS
from store.people.roles import Permission
from store.tables import Batch, Claim, ClaimEvent, ClaimVersion, Encounter, Patient, Payer, WorkItem
from store.work.queue import WHOSE, Previews, Queue, Shown
from store.work.values import Column, Kind, Why

QUEUE = states.REJECTIONS


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(ClaimEvent)
        .where(col(ClaimEvent.claim_id).in_(subjects))
        .where(col(ClaimEvent.kind).in_(("REJECTED", "NO_ACK", "NO_ANSWER", "ACCEPTED", "ROUTED", "RETURNED")))
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
    elif claim.state == ClaimState.ROUTED:
        lines = (
            f"The {claim.routed_to} was asked: {claim.routed_question}",
            f"Claim {claim.control_number} is rejected still: {item.reason}.",
            f"It comes back by itself on {item.deferred_until}; p puts it back with the answer, r asks again.",
            limit,
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


_TEXT = case(  # the code stands in its own column
    (
        col(WorkItem.reason).startswith(col(Claim.edit_code)),
        func.ltrim(func.substr(WorkItem.reason, func.length(Claim.edit_code) + 1)),
    ),
    else_=col(WorkItem.reason),
)
_TIMES = (
    select(func.count(col(ClaimEvent.id)))
    .where(ClaimEvent.claim_id == Claim.id, ClaimEvent.kind == "REJECTED")
    .correlate(Claim)
    .scalar_subquery()
)
_BATCH = (
    select(func.max(col(Batch.file_name)))
    .join(ClaimVersion, col(ClaimVersion.batch_id) == col(Batch.id))
    .where(ClaimVersion.claim_id == Claim.id, ClaimVersion.number == Claim.current)
    .correlate(Claim)
    .scalar_subquery()
)
_AT = case(
    (col(Claim.state) == ClaimState.ROUTED, col(Claim.routed_to)),
    (col(Encounter.state).in_(WITH_CODERS), "coder"),
    else_="",
)
_SRC = "Src: payer, ch the clearinghouse, timer, note"

REJECTIONS = Queue(
    name=QUEUE,
    title="Rejections",
    permission=Permission.CLAIM,
    shown=(
        Shown(
            Column("days", "Days", 4, Kind.AGE, help="Days: since when it waits", letter="n"), col(WorkItem.opened_on)
        ),
        Shown(Column("claim", "Claim", 9, letter="b"), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 12, letter="m"), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("payer", "Payer", 6, letter="p"), col(Payer.payer_id)),
        Shown(Column("bal", "Bal$", 9, Kind.CENTS, letter="c"), col(WorkItem.cents)),
        Shown(Column("src", "Src", 5, help=_SRC), col(Claim.edit_severity)),
        Shown(Column("code", "Code", 9, letter="e"), col(Claim.edit_code)),
        Shown(Column("text", "Text", 11), _TEXT),
        Shown(
            Column("review", "Rv", 2, Kind.NUMBER, help="Rv: 1 not looked at, 2 being, 3 done", letter="r"),
            col(Claim.review),
        ),
        Shown(
            Column("tf", "TF", 4, Kind.DAYS, wide=True, help="TF: days to the filing limit"), col(Claim.filing_limit)
        ),
        Shown(Column("n", "x", 2, Kind.NUMBER, wide=True, help="x: how often it was rejected"), _TIMES),
        Shown(Column("at", "At", 6, wide=True, help="At: the desk that was asked about it"), _AT),
        Shown(Column("owner", "Owner", 6, wide=True, help="Owner: whom it is assigned to", letter="a"), WHOSE),
        Shown(Column("dos", "DOS", 5, Kind.DATE, wide=True, letter="s"), col(Claim.service_from)),
        Shown(Column("sent", "Sent", 5, Kind.DATE, wide=True), col(Claim.sent_on)),
        Shown(Column("file", "File", 12, wide=True, help="File: the claim file that it went in"), _BATCH),
        *BY_VISIT,
    ),
    join=join_visit,
    preview=_preview,
    why=_why,
    record=claim_record,
)
