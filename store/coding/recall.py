"""Back to the coder: from a claim edit, a rejection or a denial, by a coder's own second thought, and on again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.claims.parts import of_encounter
from store.claims.states import STILL_OURS, ClaimState
from store.coding import access
from store.coding.expected import charged
from store.coding.states import ENCOUNTER, WITH_CODERS, CodingState
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Claim, Encounter, Remark, ServiceLine, User
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text

_S = CodingState
RECODE = "recode: "
"""What the reason of an encounter that came back begins with; the question follows."""
_OF_LINE = re.compile(r"line (\d+) ", re.ASCII)


def about_line(service: ServiceLine, question: str) -> str:
    """A question about one procedure line of an encounter; the desk opens on that line."""
    return f"line {service.position} {service.code}: {question}"


def asked_of(reason: str) -> tuple[str, int]:
    """What a coder is asked, and the position of the line that it is about; '' and 0 where nothing is."""
    if not reason.startswith(RECODE):
        return "", 0
    question = reason.removeprefix(RECODE)
    line = _OF_LINE.match(question)
    return question, int(line[1]) if line else 0


def give_back(change: Change, encounter: Encounter, question: str, cents: int) -> None:
    """Put an encounter before its own coder again; one that is with the coders already only says why as well."""
    access.note_step(change, encounter.id)
    item = items.find(change, access.QUEUE, encounter.id)
    if encounter.state in WITH_CODERS:
        if item is not None and item.open:
            item.reason = f"{RECODE}{question}" if encounter.state == _S.RECODE else question
        return
    change.move(encounter, ENCOUNTER, _S.RECODE, access.called(encounter))
    due = item.due if item is not None else None
    back = items.put(
        change, access.QUEUE, encounter.id, reason=f"{RECODE}{question}", cents=cents, due=due, score=cents
    )
    coder = change.session.get(User, encounter.coded_by) if encounter.coded_by is not None else None
    if coder is not None and coder.active:
        back.assigned_to = coder.id


@dataclass(frozen=True, slots=True)
class RecallEncounter(Command):
    """Take a finished encounter up again, while its claim has not gone out."""

    number: str
    reason: str = free_text()
    name: ClassVar[str] = "coding.recall"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Finishing it makes the next version of its claim."""
        query = select(Encounter).where(Encounter.number == clean_line(self.number))
        encounter = change.session.exec(query).first()
        if encounter is None:
            raise NotFound(f"There is no encounter {self.number[:20]!r}.")
        reason = clean_line(self.reason)
        if not reason:
            raise Refused("Say why it is taken up again.")
        encounter = change.get(Encounter, encounter.id, lock=True)
        change.patient_id = encounter.patient_id
        claim = _last_claim(change, encounter.id)
        if claim is not None and claim.state not in STILL_OURS and claim.state != ClaimState.CANCELLED:
            raise Refused(
                f"Claim {claim.control_number} is {claim.state}: it is with the payer.",
                do="What comes back from there is sent to you with the question.",
            )
        if encounter.state == _S.CODED:
            change.move(encounter, ENCOUNTER, _S.IN_PROGRESS, access.called(encounter))
            access.note_step(change, encounter.id)
            cents = charged(change.session, encounter.id)
            item = items.find(change, access.QUEUE, encounter.id)
            due = item.due if item is not None else None
            why = f"recalled: {reason}"
            items.put(change, access.QUEUE, encounter.id, reason=why, cents=cents, due=due, score=cents)
        elif encounter.state == _S.RELEASED:
            give_back(change, encounter, reason, access.charges(change, encounter.id) if claim is not None else 0)
        else:
            raise Refused(f"{access.called(encounter)} is {encounter.state}; only what is finished is recalled.")
        return Said(f"{access.called(encounter)} is in the coding queue again.", encounter.id)


@dataclass(frozen=True, slots=True)
class NothingToRecode(Command):
    """The codes are right as they were sent: the encounter goes back with the reason, and no claim is made anew."""

    encounter_id: int
    reason: str = free_text()
    name: ClassVar[str] = "coding.no_change"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused once a code was touched: then it is finished as usual."""
        encounter = change.get(Encounter, self.encounter_id, lock=True)
        change.patient_id = encounter.patient_id
        items.require_free(change, access.QUEUE, encounter.id)
        reason = clean_line(self.reason)
        if not reason:
            raise Refused("Say why nothing changes; whoever asked reads it.")
        if encounter.state != _S.RECODE:
            raise Refused(
                f"{access.called(encounter)} is {encounter.state}, not sent back untouched.", do="Finish it with F."
            )
        access.note_step(change, encounter.id)
        change.move(encounter, ENCOUNTER, _S.RELEASED, access.called(encounter))
        items.close(change, access.QUEUE, encounter.id)
        claim = _last_claim(change, encounter.id)
        change.add(
            Remark(
                subject=f"{access.QUEUE}:{encounter.id}",
                claim_id=claim.id if claim is not None else None,
                user_id=change.actor.user_id,
                at=change.now,
                text=f"Looked at by the coder, nothing changes: {reason}",
            )
        )
        return Said(f"{access.called(encounter)} goes back as it was.", encounter.id)


@dataclass(frozen=True, slots=True)
class _Billed:
    """What a coder may know of a claim: no money, no payer."""

    id: int
    control_number: str
    state: str


def _last_claim(change: Change, encounter_id: int) -> _Billed | None:
    """Its last claim; one that is not ours any more before others."""
    query = select(Claim.id, Claim.control_number, Claim.state).where(of_encounter(encounter_id))
    found = [_Billed(*row) for row in change.session.exec(query.order_by(col(Claim.id).desc())).all()]
    away = (one for one in found if one.state not in STILL_OURS and one.state != ClaimState.CANCELLED)
    return next(away, found[0] if found else None)
