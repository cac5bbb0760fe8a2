"""What every coding command needs first: the encounter, open to changes, with its codes in order."""

from __future__ import annotations

from sqlmodel import col, select

from codesets.pointers import POINTER_LETTERS
from store.coding.states import ENCOUNTER, OPEN_TO_CODING, CodingState
from store.errors import NotFound, Refused
from store.people.roles import PERMISSIONS, Permission, Role
from store.tables import CodingStep, Diagnosis, Encounter, Remark, ServiceLine, User
from store.work import items
from store.work.command import Change

QUEUE = "coding"
REVIEWS = "reviews"
MAX_POINTED = len(POINTER_LETTERS)
"""A line points to one of the first so many diagnoses."""


def called(encounter: Encounter) -> str:
    """How a sentence names the encounter."""
    return f"Encounter {encounter.number}"


def editable(change: Change, encounter_id: int) -> Encounter:
    """The encounter for a change of its codes: it is taken into work if it was ready.

    Refused while another person holds it, and when it is already coded, held or void.
    """
    encounter = change.get(Encounter, encounter_id, lock=True)
    change.patient_id = encounter.patient_id
    note_step(change, encounter.id)
    if encounter.state == CodingState.REVIEW:
        return _for_review(change, encounter)
    items.require_free(change, QUEUE, encounter.id)
    if encounter.state not in OPEN_TO_CODING:
        do = f"It waits: {encounter.hold_reason}. H takes it up again." if encounter.state == CodingState.HOLD else ""
        raise Refused(f"{called(encounter)} is {encounter.state}; its codes can't be changed now.", do=do)
    if encounter.state != CodingState.IN_PROGRESS:
        change.move(encounter, ENCOUNTER, CodingState.IN_PROGRESS, called(encounter))
    encounter.coded_by = change.actor.user_id
    return encounter


def note_step(change: Change, encounter_id: int) -> None:
    """Remember that this action worked on the encounter, for its history."""
    if encounter_id not in change.noted:
        change.noted.add(encounter_id)
        change.add(CodingStep(encounter_id=encounter_id, action_id=change.action.id))


def _for_review(change: Change, encounter: Encounter) -> Encounter:
    """An encounter in review may be changed by a reviewer who is not its coder; it keeps its coder.

    Where nobody else may review, its coder may, to let it go with a reason.
    """
    items.require_free(change, REVIEWS, encounter.id)
    if not change.actor.may(Permission.REVIEW):
        raise Refused(f"{called(encounter)} is in review; its codes can't be changed now.")
    if encounter.coded_by == change.actor.user_id and (others := other_reviewers(change)):
        raise Refused("You coded it yourself.", do=f"Somebody else reviews it: {', '.join(others[:3])}.")
    return encounter


def other_reviewers(change: Change) -> list[str]:
    """Who beside the person at the keyboard may review, by name."""
    query = select(User).where(col(User.active).is_(True), User.id != change.actor.user_id).order_by(col(User.name))
    return [user.name for user in change.session.exec(query) if Permission.REVIEW in PERMISSIONS[Role(user.role)]]


def keep_remark(change: Change, encounter: Encounter, text: str) -> None:
    """What was decided and why stays with the encounter, dated and signed."""
    change.add(Remark(subject=f"{QUEUE}:{encounter.id}", user_id=change.actor.user_id, at=change.now, text=text))


def keep_override(change: Change, encounter: Encounter, reason: str) -> None:
    """Why the encounter was finished in spite of an edit."""
    keep_remark(change, encounter, f"Finished in spite of an edit: {reason}")


def diagnoses(change: Change, encounter_id: int) -> list[Diagnosis]:
    """The diagnoses in order."""
    query = select(Diagnosis).where(Diagnosis.encounter_id == encounter_id).order_by(col(Diagnosis.position))
    return list(change.session.exec(query).all())


def lines(change: Change, encounter_id: int) -> list[ServiceLine]:
    """The procedure lines in order."""
    query = select(ServiceLine).where(ServiceLine.encounter_id == encounter_id).order_by(col(ServiceLine.position))
    return list(change.session.exec(query).all())


def charges(change: Change, encounter_id: int) -> int:
    """What the procedure lines come to, in cents."""
    return sum(line.charge for line in lines(change, encounter_id))


def one_diagnosis(change: Change, encounter: Encounter, diagnosis_id: int) -> Diagnosis:
    """A diagnosis of this encounter."""
    row = change.get(Diagnosis, diagnosis_id)
    if row.encounter_id != encounter.id:
        raise NotFound(f"That diagnosis is not on {called(encounter)}.")
    return row


def put_in_order(change: Change, encounter: Encounter, order: list[Diagnosis]) -> None:
    """Number the diagnoses in this order.

    Refused when one that a line points to would go past the last that can be pointed to.
    """
    pushed = {row.id: row for row in order[MAX_POINTED:] if row.position <= MAX_POINTED}
    for line in lines(change, encounter.id) if pushed else ():
        for row in (pushed[one] for one in pointer_ids(line) if one in pushed):
            what = f"Line {line.position} points to {row.code}, which would be past number {MAX_POINTED}."
            raise Refused(what, do="Point the line to another diagnosis first, or move one that no line points to.")
    for position, row in enumerate(order, 1):
        row.position = position


def one_line(change: Change, encounter: Encounter, line_id: int) -> ServiceLine:
    """A procedure line of this encounter."""
    row = change.get(ServiceLine, line_id)
    if row.encounter_id != encounter.id:
        raise NotFound(f"That line is not on {called(encounter)}.")
    return row


def pointer_ids(line: ServiceLine) -> list[int]:
    """The diagnoses that a line points to, in order."""
    return [int(part) for part in line.pointers.split(",") if part]


def set_pointers(line: ServiceLine, ids: list[int]) -> None:
    """Store what a line points to."""
    line.pointers = ",".join(map(str, ids))
