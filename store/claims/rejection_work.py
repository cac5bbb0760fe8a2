"""What a biller does with what was rejected or never heard of: send again, on paper, look at it, all of one error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims import snapshot
from store.claims.batch_queue import QUEUE as FILES
from store.claims.build import rebuild
from store.claims.outgoing import DONE, NO_ACK, PARTLY, REJECTED
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.scrub import Finding
from store.claims.states import ClaimState, called
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Batch, Claim, ClaimOverride, ClaimVersion, MessageRule, WorkItem
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text

AGAIN = frozenset({ClaimState.REJECTED, ClaimState.ROUTED, ClaimState.NO_ACK, ClaimState.NO_ANSWER})
_LOOKED_AT = 200
REVIEWS = {1: "not looked at", 2: "being looked at", 3: "looked at"}


def _again(change: Change, claim: Claim, reason: str) -> str:
    """The next version of a claim as the records stand; that nothing changed passes with the reason."""
    version = change.session.exec(
        select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    ).one()
    same = Finding("R.SAME", "claim", "", "", value=version.sha256[:12])
    change.add(
        ClaimOverride(
            claim_id=claim.id, mark=same.mark, code=same.code, reason=reason, user_id=change.actor.user_id,
            at=change.now,
        )
    )  # fmt: skip
    return rebuild(change, claim, frequency=version.frequency)


@dataclass(frozen=True, slots=True)
class RetransmitClaims(Command):
    """Send rejected or unanswered claims again as the records stand now, with the reason."""

    claim_ids: tuple[int, ...]
    reason: str = free_text()
    name: ClassVar[str] = "claims.retransmit"
    permission: ClassVar[Permission] = Permission.SEND

    def apply(self, change: Change) -> Said:
        """They go with the next batch; the result counts those that an edit stops now."""
        reason = clean_line(self.reason)
        if not reason:
            raise Refused("Say why they go again.")
        claims = [change.get(Claim, claim_id, lock=True) for claim_id in self.claim_ids]
        for claim in claims:
            if claim.state not in AGAIN:
                raise Refused(f"{called(claim)} is {claim.state}: only what was rejected or not heard of goes again.")
            items.require_free(change, REJECTIONS, claim.id)
            _again(change, claim, reason)
        ready = sum(claim.state == ClaimState.READY for claim in claims)
        counts = {"ready": ready, "stopped": len(claims) - ready}
        return Said(f"{ready} claims go again with the next batch, {counts['stopped']} are stopped by an edit.", counts)


def unchanged(session: Session, claim_ids: Sequence[int]) -> int:
    """How many of these claims would go out again exactly as they were rejected; the first hundreds are looked at."""
    found = 0
    for claim_id in claim_ids[:_LOOKED_AT]:
        claim = session.get_one(Claim, claim_id)
        version = session.exec(
            select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
        ).one()
        composed = snapshot.compose(session, claim, version.frequency, claim.authorization)
        found += snapshot.dump(composed)[1] == version.sha256
    return found


@dataclass(frozen=True, slots=True)
class RetransmitBatch(Command):
    """Send every claim of a refused or unheard file again, under new numbers."""

    batch_id: int
    reason: str = free_text()
    name: ClassVar[str] = "claims.retransmit_batch"
    permission: ClassVar[Permission] = Permission.SEND

    def apply(self, change: Change) -> Said:
        """The file's row is closed."""
        batch = change.get(Batch, self.batch_id, lock=True)
        if batch.state not in {REJECTED, PARTLY, NO_ACK}:
            raise Refused(f"{batch.file_name} is {batch.state}; there is nothing to send again.")
        items.require_free(change, FILES, batch.id)
        claims = _claims_of(change, batch)
        done = RetransmitClaims(tuple(claim.id for claim in claims), self.reason).apply(change)
        batch.state, batch.review = DONE, 3
        items.close(change, FILES, batch.id)
        return Said(f"{batch.file_name}: {done.sentence}", done.result)


def _claims_of(change: Change, batch: Batch) -> Sequence[Claim]:
    query = (
        select(Claim)
        .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
        .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
        .where(col(Claim.state).in_(AGAIN))
        .order_by(col(Claim.id))
    )
    return change.session.exec(query).all()


@dataclass(frozen=True, slots=True)
class RetransmitLike(Command):
    """Send again every claim that was rejected with the same error as this one."""

    claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "claims.retransmit_like"
    permission: ClassVar[Permission] = Permission.SEND

    def apply(self, change: Change) -> Said:
        """As `RetransmitClaims`, for all of them at once."""
        return RetransmitClaims(tuple(same_error(change.session, self.claim_id)), self.reason).apply(change)


def same_error_of(session: Session, claim_id: int) -> tuple[int, str]:
    """How many claims in the rejections queue have the error of a claim, and the error."""
    return len(same_error(session, claim_id)), session.get_one(Claim, claim_id).edit_code


def same_error(session: Session, claim_id: int) -> list[int]:
    """The claims in the rejections queue whose error is that of a claim; itself among them."""
    code = session.get_one(Claim, claim_id).edit_code
    query = (
        select(Claim.id)
        .join(WorkItem, col(WorkItem.subject_id) == col(Claim.id))
        .where(WorkItem.queue == REJECTIONS, WorkItem.open, Claim.edit_code == code, col(Claim.state).in_(AGAIN))
        .order_by(col(Claim.id))
    )
    return list(session.exec(query).all())


@dataclass(frozen=True, slots=True)
class SetReview(Command):
    """How far a rejection is looked at: 1 not, 2 being, 3 looked at; a mere note is filed with 3."""

    claim_id: int
    review: int
    name: ClassVar[str] = "claims.set_review"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """A claim that is rejected stays in the queue until it is sent again or cancelled."""
        if self.review not in REVIEWS:
            raise Refused(f"{self.review} is no review status.", do="1 not looked at, 2 being looked at, 3 looked at.")
        claim = change.get(Claim, self.claim_id, lock=True)
        change.patient_id = claim.patient_id
        items.require_free(change, REJECTIONS, claim.id)
        claim.review = self.review
        item = items.find(change, REJECTIONS, claim.id)
        if self.review == 3 and item is not None and item.reason.startswith("note:"):
            items.close(change, REJECTIONS, claim.id)
            claim.edit_severity = claim.edit_code = ""
        change.session.flush()
        return Said(f"{called(claim)} is {REVIEWS[self.review]}.", claim.id)


@dataclass(frozen=True, slots=True)
class SetFileReview(Command):
    """How far a file that was refused or not heard of is looked at: 1 not, 2 being, 3 looked at."""

    batch_id: int
    review: int
    name: ClassVar[str] = "claims.set_file_review"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """The file stays in the queue until its claims go again or an answer comes."""
        if self.review not in REVIEWS:
            raise Refused(f"{self.review} is no review status.", do="1 not looked at, 2 being looked at, 3 looked at.")
        batch = change.get(Batch, self.batch_id, lock=True)
        items.require_free(change, FILES, batch.id)
        batch.review = self.review
        change.session.flush()
        return Said(f"{batch.file_name} is {REVIEWS[self.review]}.", batch.id)


def note_of(session: Session, claim_id: int) -> str:
    """The message that came with the acceptance of a claim, as a pattern that finds it; '' where there is none."""
    query = select(WorkItem.reason).where(WorkItem.queue == REJECTIONS, WorkItem.subject_id == claim_id)
    reason = session.exec(query).first() or ""
    return re.escape(reason.removeprefix("note: ")).replace("\\ ", " ") if reason.startswith("note:") else ""


def require_note(session: Session, claim_id: int) -> None:
    """Refused where the row is not a message that came with an acceptance: nothing else is filed by a rule."""
    if not note_of(session, claim_id):
        raise Refused("This row is no note: no rule files it.", do="A rejection is mended (c) or sent again (R).")


@dataclass(frozen=True, slots=True)
class SaveMessageRule(Command):
    """File messages that come with acceptances and match a pattern, without a row in the queue."""

    rule: str
    pattern: str
    active: bool = True
    name: ClassVar[str] = "claims.save_message_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """A rejection is never filed by a rule."""
        try:
            re.compile(self.pattern)
        except re.error as wrong:
            raise Refused(f"This is no regular expression: {wrong}.", where="pattern") from None
        name = clean_line(self.rule)[:60]
        if not name or not self.pattern.strip():
            raise Refused("A rule has a name and a pattern.")
        row = change.session.exec(select(MessageRule).where(MessageRule.name == name)).first()
        if row is None:
            row = MessageRule(name=name, pattern=self.pattern)
        row.pattern, row.active = self.pattern, self.active
        change.add(row)
        return Said(f"Messages like {self.pattern!r} are {'filed' if self.active else 'shown again'}.", row.id)
