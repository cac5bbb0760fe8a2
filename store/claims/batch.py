"""Batches: the ready claims that go the same way in one file: 837P, 837I, or CMS-1500 on paper.

The batch and its file are committed to the database first and written to the folder after that, so that a crash in
between loses nothing: the next run writes what is still missing.  A file is created, never appended to or replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from sqlmodel import col, select

from store.claims import archive, snapshot
from store.claims.edit_work import release_due
from store.claims.events import tell
from store.claims.outgoing import DELIVERED, MADE, Route, control_of, keep_file, new_batch, route_to
from store.claims.snapshot import AnyClaim, on_forms
from store.claims.states import CLAIM, QUEUE, REJECTIONS, ClaimState, called
from store.coding.states import CodingState
from store.errors import Refused
from store.forms.cms1500 import write_cms1500
from store.new_file import make_folder, new_file
from store.people.roles import Permission
from store.tables import ArchivedFile, Batch, Claim, ClaimLine, ClaimVersion, Encounter, Payer, TradingPartner, WorkItem
from store.work import items
from store.work.command import Change, Command, Said
from store.x12.claim_values import FileControl
from store.x12.institutional import write_institutional
from store.x12.institutional_values import InstitutionalClaim
from store.x12.professional import write_professional

if TYPE_CHECKING:
    from store.practice import Practice as OpenPractice


@dataclass(frozen=True, slots=True)
class MakeBatch(Command):
    """Put every ready claim (or these) that goes the same way as the first one into one file.

    What is left goes the next time: `store.jobs.SendBatch` repeats it until nothing is ready.
    """

    claim_ids: tuple[int, ...] | None = None
    paper: bool = False
    name: ClassVar[str] = "claims.batch"
    permission: ClassVar[Permission] = Permission.SEND
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when nothing is ready; the answer's result is the batch's id."""
        release_due(change)
        ready = _ready(change, self.claim_ids)
        if not ready:
            raise Refused("No claim is ready to be sent.")
        ready, kind, partner_id = _first_way(change, ready, paper=self.paper)
        route = route_to(change.session, partner_id)
        versions = [_current(change, claim) for claim in ready]
        batch = new_batch(change, route, kind, len(ready), sum(claim.charge for claim in ready))
        claims = [snapshot.load_any(version.content) for version in versions]
        file = keep_file(change, batch, _content(claims, kind, route, control_of(batch, route)))
        for claim, version in zip(ready, versions, strict=True):
            version.batch_id = batch.id
            _sent(change, claim, batch, file)
        return Said(f"Batch {batch.interchange}: {batch.claims} claims in {batch.file_name}.", batch.id)


def _sent(change: Change, claim: Claim, batch: Batch, file: ArchivedFile) -> None:
    """Paper has no acknowledgements: the next word is the payer's decision."""
    claim.sent_on, claim.review = change.today, 1
    claim.awaits_until = None
    change.move(claim, CLAIM, ClaimState.SENT, called(claim))
    if batch.kind == "paper":
        days = change.get(Payer, claim.payer_id).answer_days
        claim.awaits_until = change.today + timedelta(days=days)
    for queue in (QUEUE, REJECTIONS):
        items.close(change, queue, claim.id)
    tell(change, claim, "SENT", text=f"in {batch.file_name}", batch_id=batch.id, file_id=file.id)


@dataclass(frozen=True, slots=True)
class MarkDelivered(Command):
    """The batch's file stands in its folder."""

    batch_id: int
    name: ClassVar[str] = "claims.delivered"
    permission: ClassVar[Permission] = Permission.SEND
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Nothing else changes."""
        batch = change.get(Batch, self.batch_id)
        if batch.state == MADE:
            batch.state = DELIVERED
        return Said(f"{batch.file_name} was written.", batch.id)


def deliver(practice: OpenPractice, folder: Path) -> list[Path]:
    """Write the files of all batches that are not in a folder yet; returns their paths.

    A file for a trading partner that has a drop folder goes there, any other into `folder`.
    """
    with practice.reading() as session:
        query = (
            select(Batch, ArchivedFile, TradingPartner.folder)
            .join(ArchivedFile, col(ArchivedFile.sha256) == col(Batch.sha256))
            .outerjoin(TradingPartner, col(TradingPartner.id) == col(Batch.partner_id))
        )
        waiting = session.exec(query.where(Batch.state == MADE).order_by(col(Batch.id))).all()
        files = [
            (batch.id, Path(drop).expanduser() if drop and batch.kind != "paper" else folder, batch.file_name,
             archive.content(file))
            for batch, file, drop in waiting
        ]  # fmt: skip
    written = []
    for batch_id, where, name, content in files:
        written.append(_create(where / name, content))
        practice.do(MarkDelivered(batch_id))
    return written


def _create(path: Path, content: bytes) -> Path:
    make_folder(path.parent)
    if path.exists() and path.read_bytes() == content:
        return path
    with new_file(path) as file:
        file.write(content)
    return path


def _ready(change: Change, claim_ids: tuple[int, ...] | None) -> list[Claim]:
    """Claims that are ready; not those whose encounter is with the coder again, or that another person works on."""
    with_coder = (
        select(ClaimLine.claim_id)
        .join(Encounter, col(Encounter.id) == col(ClaimLine.encounter_id))
        .where(Encounter.state != CodingState.RELEASED)
    )
    query = select(Claim).join(Encounter, col(Encounter.id) == col(Claim.encounter_id)).order_by(col(Claim.id))
    query = query.where(Claim.state == ClaimState.READY, Encounter.state == CodingState.RELEASED)
    query = query.where(col(Claim.id).not_in(with_coder))
    if claim_ids is not None:
        query = query.where(col(Claim.id).in_(claim_ids))
    else:
        held = select(WorkItem.subject_id).where(WorkItem.queue == QUEUE, col(WorkItem.lease_until) > change.now)
        query = query.where(col(Claim.id).not_in(held.where(WorkItem.owner_id != change.actor.user_id)))
    return list(change.session.exec(query.with_for_update()).all())


def _first_way(change: Change, ready: Sequence[Claim], *, paper: bool) -> tuple[list[Claim], str, int | None]:
    """The claims that go the way of the first one: the same kind of file to the same partner."""
    payers = {claim.payer_id: change.get(Payer, claim.payer_id) for claim in ready}

    def way(claim: Claim) -> tuple[str, int | None]:
        payer = payers[claim.payer_id]
        if paper or not payer.electronic:
            return "paper", None
        return ("837I" if claim.kind == "institutional" else "837P"), payer.partner_id

    first = way(ready[0])
    return [claim for claim in ready if way(claim) == first], *first


def _current(change: Change, claim: Claim) -> ClaimVersion:
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return change.session.exec(query).one()


def _content(claims: Sequence[AnyClaim], kind: str, route: Route, control: FileControl) -> bytes:
    if kind == "837I":
        text = write_institutional(cast("Sequence[InstitutionalClaim]", claims), route.submitter, control)
        return text.encode("ascii")
    professional = on_forms(claims)
    if kind == "837P":
        return write_professional(professional, route.submitter, control).encode("ascii")
    page = BytesIO()
    write_cms1500(professional, page)
    return page.getvalue()
