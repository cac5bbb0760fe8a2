"""TA1 and 999: what was said of whole files and of sets of them, and which claims have the faults.

A failure of a whole file, or of some sets of it, is one row in the queue of claim files, not one for each claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select

from store.claims import archive
from store.claims.batch_queue import QUEUE as FILES
from store.claims.hearing import CHUNK, UNDECIDED, Hearing
from store.claims.outgoing import PARTLY, REJECTED
from store.claims.rejections import QUEUE
from store.claims.states import CLAIM, ClaimState, called
from store.claims.whose import file_with, file_with_group, number_of
from store.tables import ArchivedFile, Batch, Claim, ClaimVersion
from store.text import clean_line
from store.work import items
from store.x12.ack_values import GroupAck, InterchangeAck, SetFault, SyntaxFault
from store.x12.segments import Interchange, Reader

_NAMED = 3
"""So many faults are named in the words about a whole file."""


@dataclass(slots=True)
class _Faults:
    """The faults of a group as they come: those of claims wait to be written, the first ones are named."""

    batch: Batch | None = None
    group: str = ""
    of_claims: dict[str, list[SyntaxFault]] = field(default_factory=dict)
    first: list[SyntaxFault] = field(default_factory=list)


class FileAcks:
    """The part of a file that speaks of files."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self._faults = _Faults()

    def interchange(self, ack: InterchangeAck, inside: Interchange) -> None:
        """TA1: R refuses the file; A and E are receipt."""
        batch = file_with(self.hearing.change.session, number_of(ack.control), inside)
        if ack.status == "R":
            self.fail(batch, f"TA1 {ack.note}", f"the whole file was rejected, note {ack.note}", REJECTED)
            return
        for some in self._claims(batch):
            for claim in some:
                self.hearing.tell(claim, "TA1", ack.status, f"interchange {ack.control} received, note {ack.note}")

    def fault(self, told: SetFault, inside: Interchange) -> None:
        """A fault of a 999, told to the claim that it names."""
        faults = self._faults
        if faults.group != told.group_control:
            batch = file_with_group(self.hearing.change.session, number_of(told.group_control), inside)
            faults = self._faults = _Faults(batch, told.group_control)
        if len(faults.first) < _NAMED:
            faults.first.append(told.fault)
        if told.fault.claim:
            faults.of_claims.setdefault(told.fault.claim, []).append(told.fault)
            if len(faults.of_claims) >= CHUNK:
                self._tell_faults()

    def _tell_faults(self) -> None:
        faults, batch = self._faults, self._faults.batch
        if batch is not None and faults.of_claims:
            sent = (
                select(Claim)
                .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
                .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
                .where(col(Claim.control_number).in_(sorted(faults.of_claims)))
            )
            for claim in self.hearing.change.session.exec(sent).all():
                own = faults.of_claims[claim.control_number]
                status = own[0].element_code or own[0].code
                self.hearing.tell(claim, "FAULT", status, clean_line(words_of(own, values=True)))
            self.hearing.write()
        faults.of_claims.clear()

    def group(self, ack: GroupAck, inside: Interchange) -> None:
        """The verdict of a 999 on a group and its sets."""
        self._tell_faults()
        where, self._faults = words_of(self._faults.first), _Faults()
        batch = file_with_group(self.hearing.change.session, number_of(ack.group_control), inside)
        if batch is None:
            self.hearing.counts["unknown"] += 1
            return
        bad = {one.set_control for one in ack.sets if not one.accepted}
        if ack.status not in {"A", "E", "P"} or (bad and len(bad) == len(ack.sets)):
            self.fail(batch, f"999 {ack.status}", where or "syntax", REJECTED)
            return
        numbers: set[str] = set()
        if bad:
            numbers = self._numbers_in(batch, bad)
            told = f"{len(bad)} of {len(ack.sets)} sets: {where}"
            self.fail(batch, f"999 {ack.status}", told, PARTLY, only=numbers)
        self.hearing.heard(batch, partly=bool(bad))
        self._accepted(batch, ack, numbers, where)

    def _accepted(self, batch: Batch, ack: GroupAck, failed: set[str], where: str) -> None:
        noted = f"syntax accepted, with errors: {where}" if ack.status == "E" or where else "syntax accepted"
        days = self.hearing.route(batch.partner_id).claim_days
        for some in self.hearing.claims_of(batch):
            for claim in some:
                if claim.control_number not in failed:
                    self.hearing.read += 1
                    self.hearing.tell(claim, "999", ack.status, noted)
                    self.hearing.move(claim, ClaimState.ACK_999, days)

    def fail(self, batch: Batch | None, status: str, text: str, state: str, *, only: set[str] | None = None) -> None:
        """One row for the file; its claims (or those with these numbers) are rejected without rows of their own."""
        if batch is None:
            self.hearing.counts["unknown"] += 1
            return
        change, text = self.hearing.change, clean_line(text)
        batch.state, batch.failure, batch.awaits_until, batch.review = state, f"{status} {text}"[:200], None, 1
        found = open_ = 0
        due = None
        for some in self.hearing.claims_of(batch):
            for claim in some:
                if only is not None and claim.control_number not in only:
                    continue
                found += 1
                self.hearing.tell(claim, "REJECTED", status, text)
                if claim.filing_limit and (due is None or claim.filing_limit < due):
                    due = claim.filing_limit
                if claim.state in UNDECIDED:
                    open_ += claim.charge
                    self._reject(claim, status)
        if open_ or not found:
            reason = f"{batch.failure}: {found} claims"
            items.put(change, FILES, batch.id, reason=reason, cents=open_, due=due, score=open_)

    def _reject(self, claim: Claim, status: str) -> None:
        self.hearing.counts["rejected"] += 1
        claim.edit_severity, claim.edit_code, claim.awaits_until = "file", status[:20], None
        items.force_close(self.hearing.change, QUEUE, claim.id)
        self.hearing.change.move(claim, CLAIM, ClaimState.REJECTED, called(claim))

    def _claims(self, batch: Batch | None) -> Iterator[Sequence[Claim]]:
        if batch is None:
            self.hearing.counts["unknown"] += 1
            return iter(())
        return self.hearing.claims_of(batch)

    def _numbers_in(self, batch: Batch, sets: set[str]) -> set[str]:
        """The control numbers (CLM01) of some sets of the file that we sent."""
        query = select(ArchivedFile).where(ArchivedFile.sha256 == batch.sha256)
        sent = self.hearing.change.session.exec(query).one()
        bare = {number.lstrip("0") for number in sets}
        found: set[str] = set()
        for whole in Reader(archive.content(sent), sent.name).sets():
            if whole.control in sets or whole.control.lstrip("0") in bare:
                found |= {elements[1] for _, elements in whole.segments() if elements[0] == "CLM"}
        return found


def words_of(faults: Sequence[SyntaxFault], *, values: bool = False) -> str:
    """'CLM at 22: 8; NM1 at 30: 7': segment, place in its set and code, the bad value where that is asked for."""
    return "; ".join(
        f"{one.segment_id} at {one.position}: {one.element_code or one.code}"
        + (f" in element {one.element}" if values and one.element else "")
        + (f" ({one.value})" if values and one.value else "")
        for one in faults[:_NAMED]
    )
