"""Taking a visit off a claim that it was put on with others (D14: combine and split)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims.build import new_claims, rebuild
from store.claims.edit_work import free_claim
from store.claims.parts import NOT_SENT, encounters_of
from store.claims.states import ClaimState, called
from store.coding.states import CodingState
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Claim, ClaimLine, ClaimVersion, Coverage, Encounter
from store.work.command import Change, Command, Said


def others_on(session: Session, claim_id: int) -> list[tuple[str, str]]:
    """The visits that a claim bills beside its own: (number, day and procedures)."""
    claim = session.get_one(Claim, claim_id)
    found = []
    for one in encounters_of(session, claim):
        if one.id != claim.encounter_id:
            query = select(ClaimLine.code).where(ClaimLine.claim_id == claim_id, ClaimLine.encounter_id == one.id)
            codes = session.exec(query.where(ClaimLine.active).order_by(col(ClaimLine.id))).all()
            found.append((one.number, f"{one.service_date}  {' '.join(codes)}"))
    return found


@dataclass(frozen=True, slots=True)
class SplitOff(Command):
    """Take a visit off a claim that was not sent yet: it gets a claim of its own to the same payer."""

    claim_id: int
    number: str
    name: ClassVar[str] = "claims.split_off"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused once a version went out, for the visit whose number the claim bears, and while a coder has one."""
        claim = free_claim(change, self.claim_id)
        visit = self._visit(change, claim)
        for line in change.session.exec(
            select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.encounter_id == visit.id)
        ).all():
            change.session.delete(line)
        change.session.flush()
        if claim.state == ClaimState.HELD:
            claim.hold_until, claim.hold_reason = None, ""
        left = rebuild(change, claim)
        change.session.flush()
        own = new_claims(change, visit, change.get(Coverage, claim.coverage_id), claim.sequence)
        return Said(f"Encounter {visit.number} has a claim of its own: {own} {left[:1].upper()}{left[1:]}", claim.id)

    def _visit(self, change: Change, claim: Claim) -> Encounter:
        sent = select(ClaimVersion.id).where(ClaimVersion.claim_id == claim.id, col(ClaimVersion.batch_id).is_not(None))
        if claim.state not in NOT_SENT or change.session.exec(sent).first() is not None:
            raise Refused(f"{called(claim)} is {claim.state} or was sent: its visits stay together.")
        visits = encounters_of(change.session, claim)
        visit = next((one for one in visits if one.number == self.number.strip()), None)
        if visit is None:
            raise NotFound(f"{called(claim)} bills no encounter {self.number[:20]!r}.")
        if visit.id == claim.encounter_id:
            raise Refused(f"{called(claim)} is that of encounter {visit.number}.", do="Take the others off it.")
        away = next((one.number for one in visits if one.state != CodingState.RELEASED), "")
        if away:
            raise Refused(f"Encounter {away} is with the coder.", do="Wait until it is finished.")
        return visit
