"""What a biller does with a claim that an edit stopped: look again, let a warning pass, hold it, let it go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from store.claims import snapshot
from store.claims.build import queue_claim, rebuild, sync_lines
from store.claims.judge import findings_of, judge
from store.claims.parts import encounters_of
from store.claims.scrub import Severity
from store.claims.states import CLAIM, QUEUE, ClaimState, called
from store.coding.states import CodingState
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Claim, ClaimOverride, ClaimVersion
from store.text import clean_line, how_many
from store.work import items
from store.work.command import Change, Command, Said, free_text

OPEN = frozenset({ClaimState.READY, ClaimState.EDIT_FAIL})


def rescrub(change: Change, claim: Claim) -> None:
    """Look at a claim again: a new version where the records have changed since, else the same one judged anew."""
    if all(one.state == CodingState.RELEASED for one in encounters_of(change.session, claim)):
        sync_lines(change, claim)
        change.session.flush()
    version = _current(change.session, claim)
    content = snapshot.compose(change.session, claim, version.frequency, claim.authorization)
    if snapshot.dump(content)[1] != version.sha256:
        rebuild(change, claim, frequency=version.frequency)
        return
    why = judge(change, claim, content, version.sha256)
    state = ClaimState.EDIT_FAIL if why else ClaimState.READY
    if claim.state != state:
        change.move(claim, CLAIM, state, called(claim))
    queue_claim(change, claim, why)


def release_due(change: Change) -> int:
    """Claims whose hold is over are looked at again."""
    over = or_(col(Claim.hold_until).is_(None), col(Claim.hold_until) <= change.today)
    held = change.session.exec(select(Claim).where(Claim.state == ClaimState.HELD, over).order_by(col(Claim.id))).all()
    for claim in held:
        _let_go(change, claim)
    return len(held)


def _let_go(change: Change, claim: Claim) -> None:
    claim.hold_until, claim.hold_reason = None, ""
    item = items.find(change, QUEUE, claim.id)
    if item is not None:
        item.deferred_until = None
    rescrub(change, claim)


@dataclass(frozen=True, slots=True)
class RescrubClaims(Command):
    """Look again at these claims, or at every claim that waits for the next batch."""

    claim_ids: tuple[int, ...] | None = None
    name: ClassVar[str] = "claims.rescrub"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """The result counts clean and stopped ones."""
        if self.claim_ids is None:
            release_due(change)
        query = select(Claim).where(col(Claim.state).in_(OPEN)).order_by(col(Claim.id))
        if self.claim_ids is not None:
            query = query.where(col(Claim.id).in_(self.claim_ids))
        claims = change.session.exec(query).all()
        for claim in claims:
            items.require_free(change, QUEUE, claim.id)
            rescrub(change, claim)
        clean = sum(claim.state == ClaimState.READY for claim in claims)
        counts = {"clean": clean, "stopped": len(claims) - clean}
        return Said(f"{how_many(len(claims), 'claim')} looked at: {clean} clean, {counts['stopped']} stopped.", counts)


@dataclass(frozen=True, slots=True)
class OverrideFinding(Command):
    """Let a warning pass, with the reason; `which` is its mark or its code."""

    claim_id: int
    which: str
    reason: str = free_text()
    name: ClassVar[str] = "claims.override"
    permission: ClassVar[Permission] = Permission.OVERRIDE

    def apply(self, change: Change) -> Said:
        """A stop can't be let pass by anybody."""
        claim = _open_claim(change, self.claim_id)
        reason = clean_line(self.reason)
        if not reason:
            raise Refused("Say why the warning may pass.")
        found = [one for one in findings_of(change.session, claim.id) if self.which in (one.mark, one.code)]
        if not found:
            raise NotFound(f"{called(claim)} has no finding {self.which[:20]!r}.")
        stop = next((one for one in found if one.severity == Severity.STOP), None)
        if stop is not None:
            raise Refused(f"{stop.code} stops the claim: {stop.message}", do=f"A stop can't be let pass. {stop.todo}")
        for one in found:
            if one.severity == Severity.WARN:
                change.add(
                    ClaimOverride(
                        claim_id=claim.id, mark=one.mark, code=one.code, reason=reason,
                        user_id=change.actor.user_id, at=change.now,
                    )
                )  # fmt: skip
        rescrub(change, claim)
        return Said(f"{found[0].code} of {called(claim)} passes; it is {claim.state}.", claim.id)


@dataclass(frozen=True, slots=True)
class HoldClaim(Command):
    """Keep a claim back until a day."""

    claim_id: int
    until: date
    reason: str = free_text()
    name: ClassVar[str] = "claims.hold"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused beyond the filing limit; the claim comes back by itself on that day."""
        claim = _open_claim(change, self.claim_id)
        if self.until <= change.today:
            raise Refused(f"{self.until} is not in the future.")
        if claim.filing_limit is not None and self.until > claim.filing_limit:
            raise Refused(f"Its filing limit is {claim.filing_limit}, before {self.until}.", do="Hold it for less.")
        if not clean_line(self.reason):
            raise Refused("Say what the claim waits for.")
        claim.hold_until, claim.hold_reason = self.until, clean_line(self.reason)
        change.move(claim, CLAIM, ClaimState.HELD, called(claim))
        queue_claim(change, claim, f"held until {self.until}: {claim.hold_reason}")
        item = items.find(change, QUEUE, claim.id)
        if item is not None:
            item.deferred_until = self.until
        return Said(f"{called(claim)} is held until {self.until}.", claim.id)


@dataclass(frozen=True, slots=True)
class ReleaseClaim(Command):
    """Let a held claim go now."""

    claim_id: int
    name: ClassVar[str] = "claims.release"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """It is looked at again first."""
        claim = free_claim(change, self.claim_id)
        if claim.state != ClaimState.HELD:
            raise Refused(f"{called(claim)} is {claim.state}, not held.", do="b looks at a stopped claim again.")
        _let_go(change, claim)
        return Said(f"{called(claim)} is {claim.state}.", claim.id)


def clean_claim_rate(session: Session) -> tuple[int, int]:
    """How many first scrubs found nothing that blocks, of how many."""
    rows = session.exec(select(Claim.first_scrub, func.count()).group_by(col(Claim.first_scrub))).all()
    counts = {first: count for first, count in rows if first}
    return counts.get("clean", 0), sum(counts.values())


def free_claim(change: Change, claim_id: int) -> Claim:
    """A claim to change, locked; refused while somebody else has it in "Claims to send"."""
    claim = change.get(Claim, claim_id, lock=True)
    change.patient_id = claim.patient_id
    items.require_free(change, QUEUE, claim.id)
    return claim


def _open_claim(change: Change, claim_id: int) -> Claim:
    claim = free_claim(change, claim_id)
    if claim.state not in OPEN:
        raise Refused(f"{called(claim)} is {claim.state}: only a claim that waits to be sent can be changed so.")
    return claim


def _current(session: Session, claim: Claim) -> ClaimVersion:
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return session.exec(query).one()
