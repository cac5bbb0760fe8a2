"""The practice's own rules: put on file, tried on the open claims, switched on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlmodel import Session, col, select

from store.claims import snapshot
from store.claims.scrub import Facts, flat
from store.claims.scrub.site_rules import Rule, finding_of, read_rule
from store.claims.states import ClaimState
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Claim, ClaimVersion, Payer, SiteRule
from store.work.command import Change, Command, Said

TRIED_ON = (ClaimState.READY, ClaimState.EDIT_FAIL, ClaimState.HELD)


def would_hit(session: Session, rule: Rule, today: Any) -> list[str]:
    """The control numbers of the open claims that a rule would hit, in order."""
    query = (
        select(Claim, ClaimVersion.content, Payer)
        .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(col(ClaimVersion.number) == col(Claim.current), col(Claim.state).in_(TRIED_ON))
        .order_by(col(Claim.id))
    )
    hit = []
    for claim, content, payer in session.exec(query).all():
        facts = Facts(session, claim, snapshot.load_any(content), payer, today)
        if finding_of(rule, flat(facts)) is not None:
            hit.append(claim.control_number)
    return hit


def list_rules(session: Session) -> list[dict[str, Any]]:
    """Every rule: name, severity, active, how many it would have hit when last tried."""
    rows = session.exec(select(SiteRule).order_by(col(SiteRule.name))).all()
    return [
        {"name": row.name, "severity": read_rule(row.text).severity, "active": row.active, "would_hit": row.would_hit}
        for row in rows
    ]


def rule_named(session: Session, name: str) -> SiteRule:
    """The rule of that name."""
    found = session.exec(select(SiteRule).where(SiteRule.name == name)).first()
    if found is None:
        raise NotFound(f"There is no rule {name[:40]!r}.", do="List them: superbill rules list")
    return found


@dataclass(frozen=True, slots=True)
class SaveRule(Command):
    """Put a rule on file, switched off; its own cases have to come out as they say."""

    text: str
    name: ClassVar[str] = "claims.save_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """A rule that changes is off until it is tried again."""
        rule = read_rule(self.text)
        row = change.session.exec(select(SiteRule).where(SiteRule.name == rule.name)).first()
        if row is None:
            row = SiteRule(name=rule.name, text="", changed_at=change.now)
        row.text, row.active, row.would_hit, row.changed_at = self.text, False, None, change.now
        change.add(row)
        return Said(f"The rule is on file: {len(rule.cases)} cases hold. Try it before it is switched on.", row.id)


@dataclass(frozen=True, slots=True)
class TryRule(Command):
    """Count the open claims that a rule would have hit."""

    rule: str
    name: ClassVar[str] = "claims.try_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """The result holds the control numbers; the count stays with the rule."""
        row = rule_named(change.session, self.rule)
        hit = would_hit(change.session, read_rule(row.text), change.today)
        row.would_hit = len(hit)
        some = f": {', '.join(hit[:10])}{' ...' if len(hit) > 10 else ''}" if hit else ""
        return Said(f"It would hit {len(hit)} open claims{some}.", hit)


@dataclass(frozen=True, slots=True)
class SwitchRule(Command):
    """Switch a rule on or off; claims are judged by it from their next scrub on."""

    rule: str
    on: bool
    name: ClassVar[str] = "claims.switch_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused for a rule that was never tried as it stands."""
        row = rule_named(change.session, self.rule)
        if self.on and row.would_hit is None:
            raise Refused("This rule was not tried yet.", do=f"Run: superbill rules try {row.name!r}")
        row.active = self.on
        return Said(f"The rule is {'on' if self.on else 'off'}.", row.id)
