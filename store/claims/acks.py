"""What comes back before the money: TA1, 999 and 277CA, matched to batches and claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.claims import archive
from store.claims.build import called
from store.claims.events import tell
from store.claims.rejections import QUEUE
from store.claims.states import ADJUDICATED, CLAIM, ClaimState
from store.people.roles import Permission
from store.tables import ArchivedFile, Batch, Claim, ClaimVersion
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, bulk
from store.x12.ack_values import AckFile, ClaimAck, ClaimStatus, GroupAck, InterchangeAck
from store.x12.acks import read_acks

_BEFORE_PAYER = frozenset({ClaimState.SENT, ClaimState.ACK_999, ClaimState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class ImportAcks(Command):
    """Take in one acknowledgement file; the same content twice changes nothing."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "claims.import_acks"
    permission: ClassVar[Permission] = Permission.CLAIM
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused whole when the file is damaged; the result counts what it told."""
        before = archive.known(change.session, self.content)
        if before is not None:
            return Said(f"{self.file_name} was already imported on {before.at:%Y-%m-%d}; nothing changed.", {})
        acks = read_acks(self.content, self.file_name)
        file = archive.keep(change, "ack", "in", self.file_name, self.content)
        counts = {"accepted": 0, "rejected": 0, "unknown": 0}
        _Acks(change, file, counts).take(acks)
        file.summary = ", ".join(f"{count} {called_}" for called_, count in counts.items() if count)
        return Said(f"{self.file_name}: {file.summary or 'nothing for our claims'}.", counts)


class _Acks:
    """One file being taken in."""

    def __init__(self, change: Change, file: ArchivedFile, counts: dict[str, int]) -> None:
        self.change, self.file, self.counts = change, file, counts

    def take(self, acks: AckFile) -> None:
        for interchange in acks.interchanges:
            self._interchange(interchange)
        for group in acks.groups:
            self._group(group)
        for claim_set in acks.claim_sets:
            if claim_set.action == "U" and not claim_set.claims:
                status = " ".join(_shown(one) for one in claim_set.statuses)
                query = select(Batch).where(Batch.reference == claim_set.batch)
                self._reject_batch(
                    query, status, f"{claim_set.source}: the whole batch was rejected {claim_set.message}"
                )
            for ack in claim_set.claims:
                self._claim(ack, claim_set.source)

    def _interchange(self, ack: InterchangeAck) -> None:
        if ack.status == "R":
            query = select(Batch).where(Batch.interchange == int(ack.control or 0))
            self._reject_batch(query, f"TA1 {ack.note}", f"the whole file was rejected, note {ack.note}")

    def _group(self, ack: GroupAck) -> None:
        query = select(Batch).where(Batch.group == int(ack.group_control or 0))
        rejected = {one.set_control: one for one in ack.sets if one.status not in {"A", "E"}}
        if ack.status not in {"A", "E", "P"} or rejected:
            faults = [fault for one in ack.sets for fault in one.errors]
            where = "; ".join(
                f"{one.segment_id} at {one.position}: {one.element_code or one.code}" for one in faults[:3]
            )
            self._reject_batch(query, f"999 {ack.status}", where or "syntax")
            return
        for claim in self._claims(query):
            tell(self.change, claim, "999", status=ack.status, text="syntax accepted", file_id=self.file.id)
            if claim.state == ClaimState.SENT:
                self.change.move(claim, CLAIM, ClaimState.ACK_999, called(claim))

    def _reject_batch(self, query: object, status: str, text: str) -> None:
        for claim in self._claims(query):
            self._reject(claim, status, clean_line(text))

    def _claims(self, query: object) -> list[Claim]:
        batch = self.change.session.exec(query).first()  # type: ignore[call-overload]
        if batch is None:
            self.counts["unknown"] += 1
            return []
        sent = (
            select(Claim)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
        )
        return list(self.change.session.exec(sent).all())

    def _claim(self, ack: ClaimAck, source: str) -> None:
        claim = self.change.session.exec(select(Claim).where(Claim.control_number == ack.control_number)).first()
        if claim is None:
            self.counts["unknown"] += 1
            return
        status = " ".join(_shown(one) for one in ack.statuses)
        if ack.rejected:
            faults = " ".join(f"line {line} {_shown(one)}" for line, one in ack.line_statuses)
            self._reject(claim, status, clean_line(f"{source}: {ack.message} {faults}"))
            return
        self.counts["accepted"] += 1
        tell(self.change, claim, "ACCEPTED", status=status, text=clean_line(source), file_id=self.file.id)
        if claim.state in {ClaimState.SENT, ClaimState.ACK_999}:
            self.change.move(claim, CLAIM, ClaimState.ACCEPTED, called(claim))

    def _reject(self, claim: Claim, status: str, text: str) -> None:
        tell(self.change, claim, "REJECTED", status=status, text=text, file_id=self.file.id)
        if claim.state in ADJUDICATED or claim.state not in _BEFORE_PAYER:
            return
        self.counts["rejected"] += 1
        self.change.move(claim, CLAIM, ClaimState.REJECTED, called(claim))
        items.put(
            self.change,
            QUEUE,
            claim.id,
            reason=f"{status} {text}"[:120].strip(),
            cents=claim.charge,
            due=claim.filing_limit,
            score=claim.charge,
        )


def _shown(status: ClaimStatus) -> str:
    return ":".join(part for part in (status.category, status.status, status.entity) if part)
