"""What comes back before the money: TA1, 999 and 277CA, matched to interchange, batch, set, claim and line.

A failure of a whole file, or of some sets of it, is one row in the queue of claim files, not one for each claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlmodel import col, select

from store.claims import archive
from store.claims.batch_queue import QUEUE as BATCHES
from store.claims.build import called
from store.claims.events import tell
from store.claims.outgoing import DELIVERED, DONE, HEARD, MADE, NO_ACK, PARTLY, REJECTED, Route, awaited, route_to
from store.claims.rejections import QUEUE
from store.claims.states import CLAIM, OVERDUE, WAITING, ClaimState
from store.people.roles import Permission
from store.tables import ArchivedFile, Batch, Claim, ClaimVersion, MessageRule, Payer
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, bulk
from store.x12.ack_values import AckFile, ClaimAck, ClaimStatus, GroupAck, InterchangeAck
from store.x12.acks import read_acks
from store.x12.professional import batch_of
from store.x12.segments import Reader

_S = ClaimState
_UNDECIDED = frozenset({*WAITING, *OVERDUE})
CHUNK = 500


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
        taken = _Acks(change, file, counts)
        taken.take(acks)
        told = {"read": taken.read} | counts
        file.summary = ", ".join(f"{count} {called_}" for called_, count in told.items() if count)
        return Said(f"{self.file_name}: {file.summary or 'nothing for our claims'}.", counts)


class _Acks:
    """One file being taken in."""

    def __init__(self, change: Change, file: ArchivedFile, counts: dict[str, int]) -> None:
        self.change, self.file, self.counts = change, file, counts
        self.read = 0
        self.batches: dict[int, Batch] = {}
        self.routes: dict[int | None, Route] = {}
        rules = change.session.exec(select(MessageRule).where(MessageRule.active)).all()
        self.filed = [(rule.name, re.compile(rule.pattern, re.IGNORECASE)) for rule in rules]

    def take(self, acks: AckFile) -> None:
        for interchange in acks.interchanges:
            self._interchange(interchange)
        for group in acks.groups:
            self._group(group)
        for claim_set in acks.claim_sets:
            if claim_set.action == "U" and not claim_set.claims:
                batch = self._batch_of(claim_set.batch)
                status = " ".join(shown(one) for one in claim_set.statuses)
                text = f"{claim_set.source}: the whole batch was rejected {claim_set.message}"
                self._fail(batch, self._claims(batch), status, text, REJECTED)
            self._claim_set(claim_set.claims, claim_set.source)

    # --- files

    def _interchange(self, ack: InterchangeAck) -> None:
        query = select(Batch).where(Batch.interchange == _number(ack.control))
        batch = self.change.session.exec(query).first()
        if ack.status == "R":
            text = f"the whole file was rejected, note {ack.note}"
            self._fail(batch, self._claims(batch), f"TA1 {ack.note}", text, REJECTED)
            return
        for claim in self._claims(batch):
            self._tell(claim, "TA1", ack.status, f"interchange {ack.control} received, note {ack.note}")

    def _group(self, ack: GroupAck) -> None:
        query = select(Batch).where(Batch.group == _number(ack.group_control))
        batch = self.change.session.exec(query).first()
        claims = self._claims(batch)
        if batch is None:
            return
        bad = {one.set_control for one in ack.sets if not one.accepted}
        faults = [fault for one in ack.sets for fault in one.errors]
        where = "; ".join(f"{one.segment_id} at {one.position}: {one.element_code or one.code}" for one in faults[:3])
        if ack.status not in {"A", "E", "P"} or (bad and len(bad) == len(ack.sets)):
            self._fail(batch, claims, f"999 {ack.status}", where or "syntax", REJECTED)
            return
        failed: list[Claim] = []
        if bad:
            numbers = self._numbers_in(batch, bad)
            failed = [claim for claim in claims if claim.control_number in numbers]
            self._fail(batch, failed, f"999 {ack.status}", f"{len(bad)} of {len(ack.sets)} sets: {where}", PARTLY)
        self._heard(batch, bool(bad))
        ids = {claim.id for claim in failed}
        days = self._route(batch.partner_id).claim_days
        noted = f"syntax accepted, with errors: {where}" if ack.status == "E" or where else "syntax accepted"
        for claim in claims:
            if claim.id not in ids:
                self.read += 1
                self._tell(claim, "999", ack.status, noted)
                self._move(claim, _S.ACK_999, days)

    def _heard(self, batch: Batch, partly: bool) -> None:
        batch.awaits_until = None
        if not partly and batch.state in {MADE, DELIVERED, NO_ACK}:
            batch.state = HEARD
            items.force_close(self.change, BATCHES, batch.id)

    def _fail(self, batch: Batch | None, claims: Sequence[Claim], status: str, text: str, state: str) -> None:
        """One row for the file; its claims are rejected without rows of their own."""
        if batch is None:
            return
        text = clean_line(text)
        batch.state, batch.failure, batch.awaits_until, batch.review = state, f"{status} {text}"[:200], None, 1
        open_ = 0
        for claim in claims:
            self._tell(claim, "REJECTED", status, text)
            if claim.state in _UNDECIDED:
                self.counts["rejected"] += 1
                open_ += claim.charge
                claim.edit_severity, claim.edit_code, claim.awaits_until = "file", status[:20], None
                items.force_close(self.change, QUEUE, claim.id)
                self.change.move(claim, CLAIM, _S.REJECTED, called(claim))
        due = min((claim.filing_limit for claim in claims if claim.filing_limit), default=None)
        if open_ or not claims:
            reason = f"{batch.failure}: {len(claims)} claims"
            items.put(self.change, BATCHES, batch.id, reason=reason, cents=open_, due=due, score=open_)

    def _numbers_in(self, batch: Batch, sets: set[str]) -> set[str]:
        """The control numbers (CLM01) of some sets of the file that we sent."""
        query = select(ArchivedFile).where(ArchivedFile.sha256 == batch.sha256)
        sent = self.change.session.exec(query).one()
        found: set[str] = set()
        for whole in Reader(archive.content(sent), sent.name).sets():
            elements = [(one[0], one) for _, one in whole.segments()]
            control = next((one[2] for name, one in elements if name == "ST"), whole.control)
            if control in sets or control.lstrip("0") in {number.lstrip("0") for number in sets}:
                found |= {one[1] for name, one in elements if name == "CLM"}
        return found

    def _batch_of(self, reference: str) -> Batch | None:
        query = select(Batch).where(Batch.reference == reference)
        found = self.change.session.exec(query).first()
        if found is None and "-" in reference:
            query = select(Batch).where(Batch.reference == batch_of(reference, [reference.rpartition("-")[0]]))
            found = self.change.session.exec(query).first()
        return found

    def _claims(self, batch: Batch | None) -> list[Claim]:
        """The claims whose current version went out in the batch."""
        if batch is None:
            self.counts["unknown"] += 1
            return []
        sent = (
            select(Claim)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
            .order_by(col(Claim.id))
        )
        return list(self.change.session.exec(sent).all())

    # --- claims

    def _claim_set(self, acks: Sequence[ClaimAck], source: str) -> None:
        for start in range(0, len(acks), CHUNK):
            some = acks[start : start + CHUNK]
            known = self._known(ack.control_number for ack in some)
            self._read_batches([claim.id for claim in known.values()])
            for ack in some:
                claim = known.get(ack.control_number)
                if claim is None:
                    self.counts["unknown"] += 1
                else:
                    self._claim(ack, claim, source)

    def _known(self, numbers: Iterable[str]) -> dict[str, Claim]:
        query = select(Claim).where(col(Claim.control_number).in_(sorted(set(numbers))))
        return {claim.control_number: claim for claim in self.change.session.exec(query).all()}

    def _claim(self, ack: ClaimAck, claim: Claim, source: str) -> None:
        status = " ".join(shown(one) for one in ack.statuses)
        if ack.rejected:
            faults = " ".join(f"line {line} {shown(one)}" for line, one in ack.line_statuses)
            self._reject(claim, status, clean_line(f"{source}: {ack.message} {faults}"), _source(ack))
            return
        self.counts["accepted"] += 1
        if ack.payer_control and not claim.payer_control and _by_payer(ack):
            claim.awaits_until = None
        self._message(claim, status, ack.message, source)
        payer = _by_payer(ack)
        days = self.change.get(Payer, claim.payer_id).answer_days if payer else self._payer_days(claim)
        self._move(claim, _S.ACCEPTED if payer else _S.ACCEPTED_CH, days, calendar=payer)
        self._batch_is_heard(claim)

    def _payer_days(self, claim: Claim) -> int:
        payer = self.change.get(Payer, claim.payer_id)
        return self._route(payer.partner_id).payer_days

    def _read_batches(self, claim_ids: list[int]) -> None:
        """The batch of each claim's current version, read at once."""
        query = (
            select(Claim.id, Batch)
            .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
            .join(Batch, col(Batch.id) == col(ClaimVersion.batch_id))
            .where(col(Claim.id).in_(claim_ids), col(ClaimVersion.number) == col(Claim.current))
        )
        self.batches = dict(self.change.session.exec(query).all())

    def _batch_is_heard(self, claim: Claim) -> None:
        """A 277CA tells that the file was read, whether its 999 ever came or not."""
        batch = self.batches.get(claim.id)
        if batch is not None and batch.state in {MADE, DELIVERED, NO_ACK}:
            self._heard(batch, partly=False)

    def _route(self, partner_id: int | None) -> Route:
        if partner_id not in self.routes:
            self.routes[partner_id] = route_to(self.change.session, partner_id)
        return self.routes[partner_id]

    def _message(self, claim: Claim, status: str, message: str, source: str) -> None:
        """A message with an acceptance is filed where a rule says so, else put before somebody."""
        text = clean_line(f"{source} {message}")
        rule = next((name for name, pattern in self.filed if pattern.search(f"{status} {message}")), None)
        if message and rule is not None:
            self._tell(claim, "FILED", status, clean_line(f"by rule {rule}: {message}"))
        self._tell(claim, "ACCEPTED", status, text)
        if message and rule is None and claim.state in _UNDECIDED:
            reason = f"note: {clean_line(message)}"[:120]
            items.put(self.change, QUEUE, claim.id, reason=reason, cents=claim.charge, score=claim.charge)
            claim.edit_severity, claim.edit_code, claim.review = "note", status[:20], 1

    def _move(self, claim: Claim, state: ClaimState, days: int, *, calendar: bool = False) -> None:
        """One step forward, never back; the next answer is awaited from today on."""
        if claim.state not in _UNDECIDED or _RANK.get(_S(claim.state), 0) >= _RANK[state]:
            return
        today = self.change.today
        claim.awaits_until = today + timedelta(days=days) if calendar else awaited(today, days)
        overdue = claim.state in OVERDUE
        self.change.move(claim, CLAIM, state, called(claim))
        item = items.find(self.change, QUEUE, claim.id) if overdue else None
        if item is not None and not item.reason.startswith("note:"):
            items.force_close(self.change, QUEUE, claim.id)

    def _reject(self, claim: Claim, status: str, text: str, source: str) -> None:
        self._tell(claim, "REJECTED", status, text)
        if claim.state not in _UNDECIDED:
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

    def _tell(self, claim: Claim, kind: str, status: str, text: str) -> None:
        tell(self.change, claim, kind, status=status, text=text, file_id=self.file.id)


_RANK = {_S.SENT: 0, _S.NO_ACK: 0, _S.ACK_999: 1, _S.ACCEPTED_CH: 2, _S.ACCEPTED: 3, _S.NO_ANSWER: 3}


def _by_payer(ack: ClaimAck) -> bool:
    """Whether the payer takes the claim into adjudication: A2; A0 and A1 are only receipt."""
    return any(one.category == "A2" for one in ack.statuses)


def _source(ack: ClaimAck) -> str:
    """Who rejected, by the entity of the first status: PR the payer, else the clearinghouse (ch)."""
    return "payer" if any(one.entity in {"PR", "IL", "85"} for one in ack.statuses) else "ch"


def _number(text: str) -> int:
    return int(text) if text.strip().isascii() and text.strip().isdigit() else 0


def shown(status: ClaimStatus) -> str:
    """A7:164:IL."""
    return ":".join(part for part in (status.category, status.status, status.entity) if part)


__all__ = ["DONE", "ImportAcks", "shown"]
