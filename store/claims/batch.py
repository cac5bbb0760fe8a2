"""Batches: the ready claims in one 837P file.

The batch and its file are committed to the database first and written to the folder after that, so that a crash in
between loses nothing: the next run writes what is still missing.  A file is created, never appended to or replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func
from sqlmodel import col, select

from store.claims import archive, snapshot
from store.claims.build import QUEUE, called
from store.claims.edit_work import release_due
from store.claims.events import tell
from store.claims.states import CLAIM, ClaimState
from store.coding.states import CodingState
from store.errors import Refused
from store.new_file import make_folder, new_file
from store.people.roles import Permission
from store.tables import ArchivedFile, Batch, Claim, ClaimVersion, Encounter, Practice, WorkItem
from store.work import items
from store.work.command import Change, Command, Said
from store.work.progress import steps
from store.x12.claim_values import FileControl, ProfessionalClaim, Submitter
from store.x12.professional import write_professional

if TYPE_CHECKING:
    from store.practice import Practice as OpenPractice

MADE, DELIVERED = "MADE", "DELIVERED"


@dataclass(frozen=True, slots=True)
class MakeBatch(Command):
    """Put every ready claim (or these) into one claim file."""

    claim_ids: tuple[int, ...] | None = None
    name: ClassVar[str] = "claims.batch"
    permission: ClassVar[Permission] = Permission.SEND
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when nothing is ready; the answer's result is the batch's id."""
        release_due(change)
        ready = _ready(change, self.claim_ids)
        if not ready:
            raise Refused("No claim is ready to be sent.")
        versions = [_current(change, claim) for claim in ready]
        batch = _new_batch(change, ready)
        claims = [snapshot.load(version.content) for version in versions]
        text = _write(change, batch, claims)
        file = archive.keep(change, "837P", "out", batch.file_name, text.encode("ascii"))
        batch.sha256 = file.sha256
        for claim, version in steps(list(zip(ready, versions, strict=True)), "claims"):
            version.batch_id = batch.id
            claim.sent_on = change.today
            change.move(claim, CLAIM, ClaimState.SENT, called(claim))
            items.close(change, QUEUE, claim.id)
            tell(change, claim, "SENT", text=f"in {batch.file_name}", batch_id=batch.id, file_id=file.id)
        return Said(f"Batch {batch.interchange}: {batch.claims} claims in {batch.file_name}.", batch.id)


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
        batch.state = DELIVERED
        return Said(f"{batch.file_name} was written.", batch.id)


def deliver(practice: OpenPractice, folder: Path) -> list[Path]:
    """Write the files of all batches that are not in a folder yet; returns their paths."""
    with practice.reading() as session:
        query = select(Batch, ArchivedFile).join(ArchivedFile, col(ArchivedFile.sha256) == col(Batch.sha256))
        waiting = session.exec(query.where(Batch.state == MADE).order_by(col(Batch.id))).all()
        files = [(batch.id, batch.file_name, archive.content(file)) for batch, file in waiting]
    written = []
    for batch_id, name, content in files:
        written.append(_create(folder / name, content))
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
    query = select(Claim).join(Encounter, col(Encounter.id) == col(Claim.encounter_id)).order_by(col(Claim.id))
    query = query.where(Claim.state == ClaimState.READY, Encounter.state == CodingState.RELEASED)
    if claim_ids is not None:
        query = query.where(col(Claim.id).in_(claim_ids))
    else:
        held = select(WorkItem.subject_id).where(WorkItem.queue == QUEUE, col(WorkItem.lease_until) > change.now)
        query = query.where(col(Claim.id).not_in(held.where(WorkItem.owner_id != change.actor.user_id)))
    return list(change.session.exec(query.with_for_update()).all())


def _current(change: Change, claim: Claim) -> ClaimVersion:
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return change.session.exec(query).one()


def _new_batch(change: Change, claims: list[Claim]) -> Batch:
    last = change.session.exec(select(func.coalesce(func.max(Batch.interchange), 0))).one()
    number = int(last) + 1
    practice = change.session.exec(select(Practice)).one()
    return change.add(
        Batch(
            interchange=number,
            group=number,
            set_control="0001",
            reference=f"SB{number:09d}",
            file_name=f"claims_{number:09d}.837",
            sha256="",
            usage=practice.usage,
            state=MADE,
            made_at=change.now,
            claims=len(claims),
            charge=sum(claim.charge for claim in claims),
        )
    )


def _write(change: Change, batch: Batch, claims: list[ProfessionalClaim]) -> str:
    practice = change.session.exec(select(Practice)).one()
    submitter = Submitter(
        id=practice.submitter_id,
        name=practice.name,
        contact="BILLING",
        phone=practice.phone,
        receiver_id=practice.receiver_id,
        receiver_name=practice.receiver_name,
    )
    control = FileControl(batch.interchange, batch.group, batch.set_control, batch.reference, change.now, batch.usage)
    return write_professional(claims, submitter, control)
