"""What comes back before the money: TA1, 999 and 277CA, matched to interchange, batch, set, claim and line.

A file is walked once and its claims are taken some at a time, all in one transaction: of a file that is damaged at its
end nothing stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.claims import archive
from store.claims.ack_files import FileAcks
from store.claims.hearing import CHUNK, UNDECIDED, Hearing
from store.claims.outgoing import DELIVERED, DONE, MADE, NO_ACK, REJECTED
from store.claims.rejections import QUEUE
from store.claims.states import CLAIM, ClaimState, called
from store.claims.status_words import in_words
from store.claims.whose import file_called
from store.denials.follow import payer_has
from store.people.roles import Permission
from store.tables import Batch, Claim, ClaimVersion, MessageRule
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, bulk
from store.x12.ack_values import BatchClaim, ClaimAck, ClaimAckSet, ClaimStatus, GroupAck, InterchangeAck, SetFault
from store.x12.acks import walk_acks
from store.x12.segments import Reader

_S = ClaimState


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
            return archive.here_since(self.file_name, before)
        reader = Reader(self.content, self.file_name)
        file = archive.keep(change, "ack", "in", self.file_name, self.content)
        hearing = Hearing(change, file)
        _take(hearing, reader)
        told = {"read": hearing.read} | hearing.counts
        said = ", ".join(f"{count} {called_}" for called_, count in told.items() if count)
        file.summary = said
        return Said(f"{self.file_name}: {said or 'nothing for our claims'}.", hearing.counts)


def _take(hearing: Hearing, reader: Reader) -> None:
    files, claims = FileAcks(hearing), _ClaimAcks(hearing)
    for inside, told in walk_acks(reader):
        match told:
            case BatchClaim():
                claims.add(told)
            case ClaimAckSet():
                claims.take()
                _batch(files, told)
            case SetFault():
                files.fault(told, inside)
            case GroupAck():
                files.group(told, inside)
            case InterchangeAck():
                files.interchange(told, inside)
    hearing.write()


def _batch(files: FileAcks, told: ClaimAckSet) -> None:
    """A 277CA that rejects a batch without naming its claims."""
    if told.action == "U" and not told.claims_told:
        status = " ".join(shown(one) for one in told.statuses)
        batch = file_called(files.hearing.change.session, told.batch)
        files.fail(batch, status, f"{told.source}: the whole batch was rejected {told.message}", REJECTED)


class _ClaimAcks:
    """The part of a file that speaks of claims."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing, self.change, self.counts = hearing, hearing.change, hearing.counts
        self._waiting: list[BatchClaim] = []
        self._batches: dict[int, Batch] = {}
        self._acknowledged: set[int] = set()
        rules = self.change.session.exec(select(MessageRule).where(MessageRule.active)).all()
        self._filed = [(rule.name, re.compile(rule.pattern, re.IGNORECASE)) for rule in rules]

    def add(self, told: BatchClaim) -> None:
        """One claim more; they are taken some at a time."""
        self._waiting.append(told)
        if len(self._waiting) >= CHUNK:
            self.take()

    def take(self) -> None:
        """Take those that wait."""
        some, self._waiting = self._waiting, []
        if not some:
            return
        known = self._known(some)
        self._read_batches([claim.id for claim in known.values()])
        for told in some:
            claim = known.get(told.claim.control_number)
            if claim is None:
                self.counts["unknown"] += 1
            else:
                self._claim(told.claim, claim, told.source)
        self.hearing.write()
        payer_has(self.change, self._acknowledged)
        self._acknowledged.clear()

    def _known(self, some: Sequence[BatchClaim]) -> dict[str, Claim]:
        numbers = sorted({told.claim.control_number for told in some})
        query = select(Claim).where(col(Claim.control_number).in_(numbers))
        return {claim.control_number: claim for claim in self.change.session.exec(query).all()}

    def _claim(self, ack: ClaimAck, claim: Claim, source: str) -> None:
        status = " ".join(shown(one) for one in ack.statuses)
        if ack.rejected:
            faults = " ".join(f"line {line} {shown(one)} {in_words([one])}" for line, one in ack.line_statuses)
            more = clean_line(f"{ack.message} {faults}").strip()
            told = f"{in_words(ack.statuses)}  {source}{': ' if more else ''}{more}"
            self._reject(claim, status, clean_line(told), _source(ack))
            return
        self.counts["accepted"] += 1
        if ack.payer_control and not claim.payer_control and _by_payer(ack):
            claim.awaits_until = None
        self._message(claim, status, ack.message, source)
        payer = _by_payer(ack)
        if payer:
            self._acknowledged.add(claim.id)
        found = self.hearing.payer(claim)
        days = found.answer_days if payer else self.hearing.route(found.partner_id).payer_days
        self.hearing.move(claim, _S.ACCEPTED if payer else _S.ACCEPTED_CH, days, calendar=payer)
        self._batch_is_heard(claim)

    def _read_batches(self, claim_ids: list[int]) -> None:
        """The batch of each claim's current version, read at once."""
        query = (
            select(Claim.id, Batch)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .join(Batch, col(Batch.id) == col(ClaimVersion.batch_id))
            .where(col(Claim.id).in_(claim_ids), col(ClaimVersion.number) == col(Claim.current))
        )
        self._batches = dict(self.change.session.exec(query).all())

    def _batch_is_heard(self, claim: Claim) -> None:
        """A 277CA tells that the file was read, whether its 999 ever came or not."""
        batch = self._batches.get(claim.id)
        if batch is not None and batch.state in {MADE, DELIVERED, NO_ACK}:
            self.hearing.heard(batch, partly=False)

    def _message(self, claim: Claim, status: str, message: str, source: str) -> None:
        """A message with an acceptance is filed where a rule says so, else put before somebody."""
        text = clean_line(f"{source} {message}")
        rule = next((name for name, pattern in self._filed if pattern.search(f"{status} {message}")), None)
        if message and rule is not None:
            self.hearing.tell(claim, "FILED", status, clean_line(f"by rule {rule}: {message}"))
        self.hearing.tell(claim, "ACCEPTED", status, text)
        if message and rule is None and claim.state in UNDECIDED:
            reason = f"note: {clean_line(message)}"[:120]
            items.put(self.change, QUEUE, claim.id, reason=reason, cents=claim.charge, score=claim.charge)
            claim.edit_severity, claim.edit_code, claim.review = "note", status[:20], 1

    def _reject(self, claim: Claim, status: str, text: str, source: str) -> None:
        self.hearing.tell(claim, "REJECTED", status, text)
        if claim.state not in UNDECIDED:
            return
        self.counts["rejected"] += 1
        self.change.move(claim, CLAIM, _S.REJECTED, called(claim))
        claim.edit_severity, claim.edit_code, claim.review, claim.awaits_until = source, status[:20], 1, None
        self._batch_is_heard(claim)
        items.put(
            self.change,
            QUEUE,
            claim.id,
            reason=f"{status} {text}"[:120].strip(),
            cents=claim.charge,
            due=claim.filing_limit,
            score=claim.charge,
        )


def _by_payer(ack: ClaimAck) -> bool:
    """Whether the payer takes the claim into adjudication: A2; A0 and A1 are only receipt."""
    return any(one.category == "A2" for one in ack.statuses)


def _source(ack: ClaimAck) -> str:
    """Who rejected, by the entity of the first status: PR the payer, else the clearinghouse (ch)."""
    return "payer" if any(one.entity in {"PR", "IL", "85"} for one in ack.statuses) else "ch"


def shown(status: ClaimStatus) -> str:
    """A7:164:IL."""
    return ":".join(part for part in (status.category, status.status, status.entity) if part)


__all__ = ["DONE", "ImportAcks", "shown"]
