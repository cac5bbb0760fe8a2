"""Scrubbing a claim and keeping what was found: the one place where a claim becomes ready, or is stopped."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.claims.scrub import Facts, Finding, Severity, look
from store.claims.snapshot import AnyClaim
from store.claims.states import ClaimState
from store.tables import Claim, ClaimEvent, ClaimFinding, ClaimOverride, Payer
from store.work.command import Change

_STATES = {Severity.STOP: "stop", Severity.WARN: "warn", Severity.INFO: "info"}


def judge(change: Change, claim: Claim, content: AnyClaim, digest: str) -> str:
    """Scrub the claim as it will go, keep the findings, and return why it may not go ('' where it may).

    The very first result is kept on the claim for the clean-claim rate.
    """
    change.session.flush()
    facts = Facts(
        change.session,
        claim,
        content,
        change.get(Payer, claim.payer_id),
        change.today,
        change.known_codes,
        digest=digest,
        rejected=_rejected_since_sent(change.session, claim.id),
    )
    found = look(facts)
    passed = _overrides(change.session, claim.id)
    _keep(change, claim, found, passed)
    blocking = [one for one in found if blocks(one.severity, passed.get(one.mark, ""))]
    worst = min((one.severity for one in found), key=list(Severity).index, default=None)
    claim.first_scrub = claim.first_scrub or (worst.value if worst in (Severity.STOP, Severity.WARN) else "clean")
    claim.edit_count = len(blocking)
    claim.edit_severity = blocking[0].severity.value if blocking else ""
    claim.edit_code = blocking[0].code if blocking else ""
    return blocking[0].message if blocking else ""


def blocks(severity: str, overridden: str) -> bool:
    """Whether a finding keeps the claim: a stop always does, a warning until it is let pass."""
    return severity == Severity.STOP or (severity == Severity.WARN and not overridden)


def findings_of(session: Session, claim_id: int) -> Sequence[ClaimFinding]:
    """What the last scrub found, what blocks first."""
    query = select(ClaimFinding).where(ClaimFinding.claim_id == claim_id).order_by(col(ClaimFinding.id))
    return session.exec(query).all()


def finding_line(found: ClaimFinding) -> str:
    """A finding in one line."""
    passed = f"  (let pass: {found.overridden})" if found.overridden else ""
    value = f" [{found.value}]" if found.value else ""
    return f"{found.severity:<4} {found.code}  {found.place}{value}: {found.message} {found.todo}{passed}"


def _overrides(session: Session, claim_id: int) -> dict[str, str]:
    query = select(ClaimOverride.mark, ClaimOverride.reason).where(ClaimOverride.claim_id == claim_id)
    return dict(session.exec(query.order_by(col(ClaimOverride.id))).all())


def _keep(change: Change, claim: Claim, found: Sequence[Finding], passed: dict[str, str]) -> None:
    for old in findings_of(change.session, claim.id):
        change.session.delete(old)
    change.session.flush()
    for one in found:
        change.session.add(
            ClaimFinding(
                claim_id=claim.id, number=claim.current, code=one.code, severity=_STATES[one.severity],
                place=one.place, value=one.value[:200], message=one.message, rule=one.rule, source=one.source,
                fix=one.fix.value, todo=one.todo, mark=one.mark,
                overridden=passed.get(one.mark, "") if one.severity is Severity.WARN else "",
            )
        )  # fmt: skip
    change.session.flush()


def _rejected_since_sent(session: Session, claim_id: int) -> bool:
    query = select(ClaimEvent.kind).where(
        ClaimEvent.claim_id == claim_id, col(ClaimEvent.kind).in_(("SENT", ClaimState.REJECTED.value))
    )
    return session.exec(query.order_by(col(ClaimEvent.id).desc())).first() == ClaimState.REJECTED.value
