"""Correcting a claim: the record is mended and the next version made from it, never the version itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims.build import rebuild
from store.claims.edit_work import release_due, rescrub
from store.claims.events import GIVEN_UP, tell
from store.claims.fields import label_of, set_fields, value_of
from store.claims.given_up import charge_no_more, settle_cancelled
from store.claims.parts import encounters_of, require_answered
from store.claims.payer_data import listed
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.release import release_coded
from store.claims.states import ADJUDICATED, CLAIM, OVERDUE, QUEUE, STILL_OURS, ClaimState, called
from store.coding import checks
from store.coding.recall import about_line, give_back
from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.bill_next import bill_next_payers, call_back
from store.remits.outcome import is_decided
from store.tables import Claim, ClaimLine, Coverage, Denial, Encounter, Payer, ServiceLine, WorkItem
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.stale import over

CORRECTABLE = frozenset({*STILL_OURS, *OVERDUE, *ADJUDICATED})


def correctable(change: Change, claim_id: int) -> Claim:
    """The claim, if a new version of it may be made now."""
    claim = change.get(Claim, claim_id, lock=True)
    change.patient_id = claim.patient_id
    for queue in (QUEUE, REJECTIONS):
        items.require_free(change, queue, claim.id)
    if claim.state not in CORRECTABLE:
        raise Refused(f"{called(claim)} is {claim.state}: wait for the payer's answer before correcting it.")
    return claim


@dataclass(frozen=True, slots=True)
class CorrectClaim(Command):
    """Mend what was wrong and make the next version.

    `modifiers` pairs a line's control number (or its number from 1) with its modifiers; None leaves a thing as it is.
    `fields` are names of `store.claims.fields` with what they should say ('' takes one away).
    `seen` is what the person saw where the one thing that is mended stands, of several lines' modifiers with "; "
    between them; refused where somebody changed it since.
    """

    claim_id: int
    member_id: str | None = free_text(default=None)
    authorization: str = ""
    modifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: str | None = None
    fields: tuple[tuple[str, str], ...] = free_text(default=())
    seen: str | None = free_text(default=None)
    name: ClassVar[str] = "claims.correct"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Frequency 7 with the payer's number where the payer adjudicated it, else an original again."""
        claim = correctable(change, self.claim_id)
        with over(change, self.seen, self._called, lambda: self._stands(change, claim)):
            self._mend(change, claim)
            change.session.flush()
        outcome = rebuild(change, claim)
        items.close(change, REJECTIONS, claim.id)
        return Said(f"Corrected: {outcome}", claim.id)

    def _mend(self, change: Change, claim: Claim) -> None:
        if self.member_id is not None:
            change.get(Coverage, claim.coverage_id).member_id = clean_line(self.member_id).upper()
        if self.place is not None:
            for encounter in encounters_of(change.session, claim):
                encounter.place = clean_line(self.place)
        for which, modifiers in self.modifiers:
            _service(change, claim, which).modifiers = checks.accept_modifiers(modifiers)
        set_fields(change, claim, self.fields)
        claim.authorization = clean_line(self.authorization) or claim.authorization

    @property
    def _called(self) -> str:
        """The thing that is mended, where it is one."""
        if self.fields:
            return label_of(self.fields[0][0])
        if self.member_id is not None:
            return "member id"
        if self.place is not None:
            return "place of service"
        lines = " and ".join(which for which, _ in self.modifiers)
        return f"modifiers of line {lines}" if lines else label_of("authorization")

    def _stands(self, change: Change, claim: Claim) -> str:
        """What it says now."""
        if self.fields:
            return value_of(change.session, claim, self.fields[0][0])
        if self.modifiers:
            return "; ".join(_words(_service(change, claim, which)) for which, _ in self.modifiers)
        what = "member" if self.member_id is not None else "place" if self.place is not None else "authorization"
        return as_it_stands(change.session, claim.id, what)


def as_it_stands(session: Session, subject_id: int, what: str, *, of_denial: bool = False) -> str:
    """The member id, the place of service or the authorisation that a claim has now; '' for anything else.

    Its "modifiers" are those of each line that has any, behind the line's number: "1 25; 2 59 RT".
    """
    claim_id = session.get_one(Denial, subject_id).claim_id if of_denial else subject_id
    claim = session.get_one(Claim, claim_id)
    if what == "member":
        return session.get_one(Coverage, claim.coverage_id).member_id
    if what == "place":
        return session.get_one(Encounter, claim.encounter_id).place
    if what == "modifiers":
        rows = ((at, session.get(ServiceLine, one.service_line_id)) for at, one in _lines(session, claim))
        return "; ".join(f"{at} {_words(row)}" for at, row in rows if row is not None and row.modifiers)
    return claim.authorization if what == "authorization" else ""


@dataclass(frozen=True, slots=True)
class RouteToCoder(Command):
    """Send the encounters behind a claim back to coding with the question; finishing them makes the next version.

    With `line` (from 1) only the encounter of that line goes back, and the coder's desk opens on it.
    """

    claim_id: int
    question: str = free_text()
    line: int = 0
    name: ClassVar[str] = "claims.route_to_coder"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """The claim waits meanwhile; refused while another claim of the same encounter is with the payer."""
        claim = correctable(change, self.claim_id)
        question = clean_line(self.question)
        if not question:
            raise Refused("Say what the coder should look at.")
        found = encounters_of(change.session, claim)
        if self.line:
            service = _service(change, claim, str(self.line))
            found = [change.get(Encounter, service.encounter_id)]
            question = about_line(service, question)
        for one in found:
            encounter = change.get(Encounter, one.id, lock=True)
            require_answered(change, encounter)
            give_back(change, encounter, question, claim.charge)
        numbers = " and ".join(one.number for one in found)
        said = f"Encounter {numbers} is" if len(found) == 1 else f"Encounters {numbers} are"
        return Said(f"{said} back in the coding queue.", found[0].id)


@dataclass(frozen=True, slots=True)
class CancelClaim(Command):
    """Give a claim up that the payer never decided: its charge is taken back.

    What a later payer's claim asked for goes back to the claim before, which comes up again.
    """

    claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "claims.cancel"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """A claim that the payer has can't be cancelled this way."""
        claim = correctable(change, self.claim_id)
        if claim.state not in ADJUDICATED and is_decided(change.session, claim):
            raise Refused(
                f"The payer decided {called(claim)} before.", do="Void it (V in its view), or send what waits."
            )
        change.move(claim, CLAIM, ClaimState.CANCELLED, called(claim))
        for queue in (QUEUE, REJECTIONS):
            items.close(change, queue, claim.id)
        reason = clean_line(self.reason)
        if claim.prior_id is not None:
            told = call_back(change, claim)
        else:
            told = f"{show_cents(charge_no_more(change, claim, reason), sign='$')} is charged no more."
        tell(change, claim, GIVEN_UP, text=reason)
        return Said(f"{called(claim)} is cancelled. {told}".strip(), claim.id)


@dataclass(frozen=True, slots=True)
class VoidClaim(Command):
    """Take a claim back from the payer that adjudicated it: a void (frequency 8) with the payer's own number."""

    claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "claims.void"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused without the payer's number, for a payer that takes no voids, and for what was never adjudicated."""
        claim = correctable(change, self.claim_id)
        if not clean_line(self.reason):
            raise Refused("Say why the claim is taken back.")
        if claim.state not in ADJUDICATED and not is_decided(change.session, claim):
            raise Refused(f"{called(claim)} is {claim.state}: the payer never decided it.", do="Cancel it instead.")
        if not claim.payer_control:
            raise Refused(f"The payer's number of {called(claim)} is not known.", do="Ask its status first (S).")
        payer = change.get(Payer, claim.payer_id)
        if "8" not in listed(payer.frequencies):
            raise Refused(f"{payer.name} takes no voids.", do="Ask it how it wants the claim taken back.")
        outcome = rebuild(change, claim, frequency="8")
        return Said(f"To be voided: {outcome}", claim.id)


@dataclass(frozen=True, slots=True)
class BuildClaims(Command):
    """Make claims of coded encounters that have none, and look again at the claims that an edit stopped."""

    name: ClassVar[str] = "claims.build"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """The result counts what was made, mended and still stopped."""
        made = release_coded(change)
        stopped = change.session.exec(select(Claim).where(Claim.state == ClaimState.EDIT_FAIL)).all()
        release_due(change)
        for claim in stopped:
            rescrub(change, claim)
        settle_cancelled(change)
        waiting = self._bill_next(change)
        mended = sum(claim.state == ClaimState.READY for claim in stopped)
        counts = {"made": made, "next payer": waiting, "mended": mended, "stopped": len(stopped) - mended}
        told = f"{made} claims made, {waiting} to a next payer, {mended} mended"
        return Said(f"{told}, {counts['stopped']} still stopped by an edit.", counts)

    def _bill_next(self, change: Change) -> int:
        """Claims whose payer is done by now, though a denial was open when it answered; none that was sent on."""
        waiting = select(WorkItem.subject_id).where(WorkItem.queue == QUEUE, WorkItem.open)
        waiting = waiting.where(col(WorkItem.deferred_until).is_(None))
        query = select(Claim).where(col(Claim.state).in_(ADJUDICATED), col(Claim.id).in_(waiting))
        return len(bill_next_payers(change, change.session.exec(query.order_by(col(Claim.id))).all()))


def _service(change: Change, claim: Claim, which: str) -> ServiceLine:
    lines = _lines(change.session, claim)
    for number, line in lines:
        if which in {line.control, str(number)} and line.service_line_id is not None:
            return change.get(ServiceLine, line.service_line_id)
    raise NotFound(f"{called(claim)} has no line {which[:20]!r}.", do=f"It has lines 1 to {len(lines)}.")


def _lines(session: Session, claim: Claim) -> list[tuple[int, ClaimLine]]:
    """The lines that a claim has now, numbered from 1."""
    query = select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active).order_by(col(ClaimLine.id))
    return [*enumerate(session.exec(query).all(), 1)]


def _words(service: ServiceLine) -> str:
    return service.modifiers.replace(",", " ")
