"""The queue of encounters that wait for a second look."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_
from sqlmodel import Session, col, select

from store.coding.access import REVIEWS
from store.coding.queue import CODER, encounter_record
from store.errors import NotFound
from store.people.roles import Permission
from store.tables import CodingReview, Encounter, Provider, User, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.values import Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    waits = and_(col(CodingReview.encounter_id) == col(Encounter.id), col(CodingReview.outcome) == "")
    coder = col(CodingReview.coder_id)
    return (
        query.join(Encounter, col(Encounter.id) == col(WorkItem.subject_id))
        .join(CodingReview, waits)
        .join(CODER, CODER.c.id == coder)
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = select(CodingReview).where(col(CodingReview.encounter_id).in_(subjects), CodingReview.outcome == "")
    return {
        row.encounter_id: (
            f"{row.chosen}: {row.reason}",
            ", ".join(row.codes_before.split("\n")),
            *((f"both stand: {row.override}",) if row.override else ()),
        )
        for row in session.exec(query)
    }


def _why(session: Session, item: WorkItem) -> Why:
    query = select(CodingReview).where(CodingReview.encounter_id == item.subject_id, CodingReview.outcome == "")
    row = session.exec(query).first()
    if row is None:
        raise NotFound("It is not in review any more.")
    coder = session.get_one(User, row.coder_id).name
    lines = (
        f"Coded by {coder}, chosen for review ({row.chosen}): {row.reason}",
        *((f"Codes exclude each other; the coder says why both stand: {row.override}",) if row.override else ()),
        "F agrees with the codes as they stand, changed ones with a reason; R returns it to the coder.",
    )
    return Why("Why is this here?", lines, "the practice's rules of review")


REVIEW_QUEUE = Queue(
    name=REVIEWS,
    title="Coding reviews",
    permission=Permission.REVIEW,
    shown=(
        Shown(Column("dos", "DOS", 10, Kind.DATE, help="date of service"), col(Encounter.service_date)),
        Shown(Column("enc", "Enc", 7, help="encounter"), col(Encounter.number)),
        Shown(Column("coder", "Coder", 10), CODER.c.name),
        Shown(Column("chosen", "Chosen", 7, help="asked, rule or random"), col(CodingReview.chosen)),
        Shown(Column("why", "Why", 22, help="the rule, or what was asked"), col(CodingReview.reason)),
        Shown(Column("prov", "Provider", 10, wide=True), col(Provider.last)),
        Shown(Column("kind", "Kind", 14, wide=True), col(Encounter.kind)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=encounter_record,
)
