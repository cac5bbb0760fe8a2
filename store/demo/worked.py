"""What the people of the demo practice did before you came: some denials worked, one payment taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from sqlmodel import col, select

from store.claims import snapshot
from store.claims.correct import CancelClaim
from store.claims.states import ClaimState
from store.demo.answers import answer
from store.denials.commands import CorrectDenial, StartDenial, WriteOffDenial
from store.errors import Refused
from store.practice import Practice
from store.remits.take_in import ImportRemittance
from store.tables import Batch, Claim, ClaimVersion, Denial, WorkItem
from store.work.commands import AddRemark, Defer
from store.x12.claim_values import FileControl


def work_denials(practice: Practice, rng: Random) -> None:
    """Of the open denials a few are corrected, written off, noted or deferred; most still wait."""
    for denial_id, item_id in _open(practice):
        luck = rng.random()
        try:
            if luck < 0.10:
                practice.do(CorrectDenial(denial_id, authorization=f"A{rng.randrange(10**6):06d}"))
            elif luck < 0.16:
                practice.do(WriteOffDenial(denial_id, "filed too late"))
            elif luck < 0.26:
                practice.do(StartDenial(denial_id))
                practice.do(AddRemark(item_id, "Called the payer: records are wanted, reference 88213."))
            elif luck < 0.32:
                practice.do(Defer(item_id, practice.now().date() + timedelta(days=7), "waiting for the records"))
        except Refused:
            continue  # its claim is being corrected already, or its deadline is near


def take_back(practice: Practice, seed: int, day: date) -> None:
    """A payer takes one payment back without saying more."""
    with practice.reading() as session:
        query = (
            select(Claim, ClaimVersion, Batch)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .join(Batch, col(Batch.id) == col(ClaimVersion.batch_id))
            .where(Claim.state == ClaimState.PAID, col(ClaimVersion.number) == col(Claim.current))
            .order_by(col(Claim.id).desc())
        )
        row = session.exec(query).first()
        if row is None:
            return
        claim, version, batch = row
        paid = replace(snapshot.load(version.content), frequency="8", payer_control=claim.payer_control)
        control = FileControl(
            batch.interchange, batch.group, batch.set_control, batch.reference, batch.made_at, batch.usage
        )
    told = answer([paid], control, "LARKFIELD", seed=seed, received=day, paid_on=day)
    for number, text in enumerate(told.remits, 1):
        practice.do(ImportRemittance(f"835_back_{number}.x12", text.encode()))


def cancel_one(practice: Practice) -> None:
    """One rejected claim is given up."""
    with practice.reading() as session:
        found = session.exec(select(Claim.id).where(Claim.state == ClaimState.REJECTED).order_by(col(Claim.id))).first()
    if found is not None:
        practice.do(CancelClaim(found, "billed to the wrong practice"))


def _open(practice: Practice) -> list[tuple[int, int]]:
    with practice.reading() as session:
        query = (
            select(Denial.id, WorkItem.id)
            .join(WorkItem, col(WorkItem.subject_id) == col(Denial.id))
            .where(WorkItem.queue == "denials", Denial.state == "OPEN", col(WorkItem.deferred_until).is_(None))
            .order_by(col(Denial.id))
        )
        return list(session.exec(query).all())
