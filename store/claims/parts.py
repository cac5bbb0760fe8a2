"""Which encounters and lines stand on which claim.

One claim goes to one payer for one billing provider, place and range of dates.  An encounter with more lines than a
claim can hold is billed on several (its parts); where the payer's data allows it, encounters of the same patient,
rendering provider and place within some days of each other go on one.  A procedure line stands on one first payer's
claim only; a later payer's claim holds the lines of the claim before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from codesets.edits.form import MAX_DIAGNOSES, MAX_LINES, MAX_OF_A_STAY
from store.claims.facility import bill_of, together
from store.claims.facts import AWAITING
from store.claims.states import WAITING, ClaimState
from store.coding import access
from store.coding.states import CodingState
from store.errors import Refused
from store.tables import Claim, ClaimFact, ClaimLine, ClaimVersion, Coverage, Diagnosis, Encounter, Payer, ServiceLine
from store.work.command import Change

MAX_INSTITUTIONAL_LINES = 999
"""What one 837I holds; an 837P holds `MAX_LINES`."""

NOT_SENT = (ClaimState.EDIT_FAIL, ClaimState.READY, ClaimState.HELD)
"""States in which visits are put on a claim, or taken off it."""


def of_encounter(encounter_id: int) -> ColumnElement[bool]:
    """A condition on claims: they bill something of this encounter."""
    lines = select(ClaimLine.claim_id).where(ClaimLine.encounter_id == encounter_id)
    return or_(col(Claim.encounter_id) == encounter_id, col(Claim.id).in_(lines))


def claims_of(session: Session, encounter_id: int) -> list[Claim]:
    """The first payer's claims that bill an encounter, the first part first."""
    query = select(Claim).where(of_encounter(encounter_id), col(Claim.prior_id).is_(None))
    return list(session.exec(query.order_by(col(Claim.id))).all())


def encounters_of(session: Session, claim: Claim) -> list[Encounter]:
    """The encounters that a claim bills, the earliest first; its own one where it has no lines yet."""
    lines = select(ClaimLine.encounter_id).where(ClaimLine.claim_id == claim.id)
    query = select(Encounter).where(or_(col(Encounter.id).in_(lines), col(Encounter.id) == claim.encounter_id))
    return list(session.exec(query.order_by(col(Encounter.service_date), col(Encounter.id))).all())


def services_of(change: Change, claim: Claim) -> list[ServiceLine]:
    """The procedure lines that belong on a claim, in order: those that it has, and what no other one bills, as fits."""
    if claim.prior_id is not None:
        return lines_on(change.session, claim.prior_id)
    encounters = encounters_of(change.session, claim)
    mine = set(_placed(change.session, [claim.id]))
    elsewhere = _elsewhere(change.session, encounters, claim)
    wanted = [line for one in encounters for line in access.lines(change, one.id) if line.id not in elsewhere]
    found = [line for line in wanted if line.id in mine]
    for line in wanted:
        if line.id not in mine and fits([*found, line], claim.kind):
            found.append(line)
    return sorted(found, key=wanted.index)


def lines_beside(session: Session, claim: Claim) -> list[ClaimLine]:
    """The lines of the other first payer's claims that bill the same encounters, those that are not cancelled."""
    while claim.prior_id is not None:
        claim = session.get_one(Claim, claim.prior_id)
    beside = {
        one.id
        for encounter in encounters_of(session, claim)
        for one in claims_of(session, encounter.id)
        if one.id != claim.id and one.state != ClaimState.CANCELLED
    }
    if not beside:
        return []
    query = select(ClaimLine).where(col(ClaimLine.claim_id).in_(beside), ClaimLine.active)
    return list(session.exec(query.order_by(col(ClaimLine.id))).all())


def lines_on(session: Session, claim_id: int) -> list[ServiceLine]:
    """The procedure lines that a claim bills now, in its order."""
    return _services(session, _placed(session, [claim_id]))


def unplaced(change: Change, encounter: Encounter) -> list[ServiceLine]:
    """Procedure lines of an encounter that stand on no claim."""
    claims = [claim.id for claim in claims_of(change.session, encounter.id)]
    placed = set(_placed(change.session, claims))
    return [line for line in access.lines(change, encounter.id) if line.id not in placed]


def with_payer(session: Session, encounter_id: int) -> str:
    """The number of a claim of the encounter that waits for the other side's word; '' where none does."""
    query = select(Claim.control_number).where(of_encounter(encounter_id), col(Claim.state).in_(WAITING))
    return session.exec(query.order_by(col(Claim.id)).limit(1)).first() or ""


def require_answered(change: Change, encounter: Encounter) -> None:
    """Refused while a claim of the encounter is with the payer: new codes could not be told to it."""
    waiting = (one.control_number for one in claims_of(change.session, encounter.id) if one.state in WAITING)
    number = next(waiting, "")
    if number:
        what = f"Claim {number} bills a part of encounter {encounter.number} and is with the payer."
        raise Refused(what, do="Wait for its answer.")


def fits(lines: Sequence[ServiceLine], kind: str) -> bool:
    """Whether a claim of that kind can hold these lines with the diagnoses that they point to."""
    if kind == "institutional":
        return len(lines) <= MAX_INSTITUTIONAL_LINES
    pointed = {pointer for line in lines for pointer in access.pointer_ids(line)}
    return len(lines) <= MAX_LINES and len(pointed) <= MAX_DIAGNOSES


def free_number(session: Session, encounter: Encounter, coverage: Coverage) -> str:
    """The next control number (CLM01): of the encounter and the coverage's place, from the second part on with its own.

    It never changes and is never given twice.
    """
    first = f"{encounter.number}-{coverage.order}"
    query = select(Claim.control_number).where(col(Claim.control_number).startswith(first))
    taken = set(session.exec(query).all())
    numbers = (f"{first}-{part}" if part > 1 else first for part in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)


def joinable(change: Change, encounter: Encounter, coverage: Coverage) -> Claim | None:
    """The claim that was not sent yet and may take another encounter in, where its payer allows that.

    (Not one whose encounters are with a coder, nor a stay; hospital visits where their bills are alike.)
    """
    days = change.get(Payer, coverage.payer_id).combine_days
    if not days:
        return None
    kind = "institutional" if bill_of(change.session, encounter.id) else "professional"
    sent = select(ClaimVersion.claim_id).where(col(ClaimVersion.batch_id).is_not(None))
    query = select(Claim).where(
        Claim.patient_id == encounter.patient_id, Claim.coverage_id == coverage.id, Claim.kind == kind,
        col(Claim.prior_id).is_(None), col(Claim.state).in_(NOT_SENT), col(Claim.id).not_in(sent),
        Claim.payer_control == "",
    )  # fmt: skip
    for claim in change.session.exec(query.order_by(col(Claim.id))).all():
        if _alike(change, claim, encounter, days):
            return change.get(Claim, claim.id, lock=True)
    return None


def _alike(change: Change, claim: Claim, encounter: Encounter, days: int) -> bool:
    encounters = [*encounters_of(change.session, claim), encounter]
    if any(one.state != CodingState.RELEASED for one in encounters):
        return False
    if len({(one.provider_id, one.place, one.facility, one.setting) for one in encounters}) > 1:
        return False
    if len({_told(change.session, one.id) for one in encounters}) > 1:
        return False
    bills = [bill_of(change.session, one.id) for one in encounters]
    if not all(together(bills[-1], one) for one in bills):
        return False
    first = min(one.service_date for one in encounters)
    last = max(one.discharge_date or one.service_date for one in encounters)
    if (last - first).days >= days:
        return False
    lines = [*lines_on(change.session, claim.id), *access.lines(change, encounter.id)]
    whole = sum(len(access.lines(change, one.id)) for one in encounters) == len(lines)
    return whole and fits(lines, claim.kind) and _diagnoses_fit(change.session, encounters, claim.kind)


def _told(session: Session, encounter_id: int) -> frozenset[tuple[str, str]]:
    """What an encounter tells on its claim as a whole: one claim can tell it only once."""
    query = select(ClaimFact.name, ClaimFact.value).where(
        ClaimFact.encounter_id == encounter_id, col(ClaimFact.service_line_id).is_(None)
    )
    return frozenset((name, value) for name, value in session.exec(query).all() if AWAITING not in name)


def _diagnoses_fit(session: Session, encounters: Iterable[Encounter], kind: str) -> bool:
    query = select(Diagnosis.code).where(col(Diagnosis.encounter_id).in_([one.id for one in encounters]))
    most = MAX_OF_A_STAY if kind == "institutional" else MAX_DIAGNOSES
    return len(set(session.exec(query).all())) <= most


def _placed(session: Session, claim_ids: Sequence[int]) -> list[int]:
    """Ids of the procedure lines that stand on these claims, in the claims' order."""
    query = select(ClaimLine.service_line_id).where(
        col(ClaimLine.claim_id).in_(claim_ids), ClaimLine.active, col(ClaimLine.service_line_id).is_not(None)
    )
    return [found for found in session.exec(query.order_by(col(ClaimLine.id))).all() if found is not None]


def _elsewhere(session: Session, encounters: Sequence[Encounter], claim: Claim) -> set[int]:
    others = {one.id for encounter in encounters for one in claims_of(session, encounter.id)} - {claim.id}
    return set(_placed(session, sorted(others)))


def _services(session: Session, ids: Sequence[int]) -> list[ServiceLine]:
    rows = session.exec(select(ServiceLine).where(col(ServiceLine.id).in_(ids))).all()
    return sorted(rows, key=lambda row: ids.index(row.id))
