"""Commands that carry an encounter through coding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import select

from store.claims.parts import of_encounter
from store.claims.release import release
from store.claims.states import ClaimState
from store.coding import access, checks, reviews
from store.coding.states import ENCOUNTER, CodingState
from store.coding.suggestions import Offer, settle
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Claim, Encounter
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, bulk, free_text


@dataclass(frozen=True, slots=True)
class FinishCoding(Command):
    """The encounter is coded: it leaves the queue and is billed, or a rule sends it to review.

    `offered` are the suggestions that the coder was shown, None where no note was read.
    """

    encounter_id: int
    override: str = free_text(default="")
    offered: tuple[Offer, ...] | None = bulk(default=None)
    name: ClassVar[str] = "coding.finish"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused with the first reason that stops it; else a claim is built, or the charge goes to the patient."""
        encounter = access.editable(change, self.encounter_id)
        override = clean_line(self.override)
        checks.require_finishable(change, encounter, override)
        _settle_queries(change, encounter)
        if override:
            access.keep_override(change, encounter, override)
        if encounter.state == CodingState.REVIEW:
            raise Refused(f"{access.called(encounter)} is in review.", do="Agree with it or return it in the reviews.")
        settle(change, encounter, self.offered)
        if chosen := reviews.needed(change, encounter):
            return reviews.send(change, encounter, *chosen, override)
        return Said(f"{access.called(encounter)} finished: {complete(change, encounter)}", encounter.id)


def complete(change: Change, encounter: Encounter) -> str:
    """Coded, and released to billing; how it was billed or why it waits."""
    encounter.coded_at = change.now
    change.move(encounter, ENCOUNTER, CodingState.CODED, access.called(encounter))
    for queue in (access.QUEUE, access.REVIEWS):
        items.close(change, queue, encounter.id)
    return release(change, encounter)


def _settle_queries(change: Change, encounter: Encounter) -> None:
    """An open question stops the encounter; an answered one is applied with the codes as they are finished."""
    from store.queries import access as queries
    from store.queries.answer import applied
    from store.queries.states import QueryState

    if waiting := queries.open_queries(change, encounter.id):
        raise Refused(f"{queries.called(waiting[0])} is {waiting[0].state}.", do="Send or cancel it in the queries.")
    for query in queries.of_encounter(change, encounter.id, frozenset({QueryState.ANSWERED})):
        applied(change, query)


@dataclass(frozen=True, slots=True)
class HoldEncounter(Command):
    """Stop work on the encounter for a reason, until a date."""

    encounter_id: int
    until: date
    reason: str = free_text()
    name: ClassVar[str] = "coding.hold"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """It comes back by itself on the date."""
        if not self.reason.strip():
            raise Refused("A hold needs a reason.")
        if self.until <= change.today:
            raise Refused(f"{self.until} is not in the future.")
        encounter = access.editable(change, self.encounter_id)
        change.move(encounter, ENCOUNTER, CodingState.HOLD, access.called(encounter))
        encounter.hold_reason, encounter.hold_until = clean_line(self.reason), self.until
        item = items.find(change, access.QUEUE, encounter.id)
        if item is not None:
            item.deferred_until, item.reason = self.until, f"on hold: {encounter.hold_reason}"
        return Said(f"On hold until {self.until:%b %d}.", encounter.id)


@dataclass(frozen=True, slots=True)
class ResumeEncounter(Command):
    """Take a held encounter up again."""

    encounter_id: int
    name: ClassVar[str] = "coding.resume"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """It is in work again."""
        encounter = change.get(Encounter, self.encounter_id, lock=True)
        change.patient_id = encounter.patient_id
        items.require_free(change, access.QUEUE, encounter.id)
        change.move(encounter, ENCOUNTER, CodingState.IN_PROGRESS, access.called(encounter))
        encounter.hold_reason, encounter.hold_until = "", None
        item = items.find(change, access.QUEUE, encounter.id)
        if item is not None:
            item.deferred_until, item.reason = None, "taken up again"
        return Said("Taken up again.", encounter.id)


@dataclass(frozen=True, slots=True)
class VoidEncounter(Command):
    """The encounter is not billable."""

    encounter_id: int
    reason: str = free_text()
    name: ClassVar[str] = "coding.void"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """It leaves the queue.  Refused when a claim stands on it."""
        if not self.reason.strip():
            raise Refused("Say why it is not billable.")
        encounter = access.editable(change, self.encounter_id)
        standing = (of_encounter(encounter.id), Claim.state != ClaimState.CANCELLED)
        claim = change.session.exec(select(Claim.control_number, Claim.state).where(*standing)).first()
        if claim is not None:
            raise Refused(f"It was billed: claim {claim[0]} is {claim[1]}.", do="Settle the claim first.")
        change.move(encounter, ENCOUNTER, CodingState.VOID, access.called(encounter))
        encounter.hold_reason = clean_line(self.reason)
        items.close(change, access.QUEUE, encounter.id)
        return Said(f"{access.called(encounter)} is not billable.", encounter.id)
