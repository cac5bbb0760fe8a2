"""Making claims: the first version of a coded encounter, and each later one."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from store.accounts.balances import charged
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.accounts.standing import refresh_account
from store.claims import scrub, snapshot
from store.claims.deadlines import filing_limit
from store.claims.states import CLAIM, ClaimState
from store.coding import access
from store.tables import Claim, ClaimEvent, ClaimLine, ClaimVersion, Coverage, Encounter, Patient, Payer, ServiceLine
from store.work import items
from store.work.command import Change

QUEUE, REJECTIONS = "claims", "rejections"
_SEQUENCES = "PST"


def bill(change: Change, encounter: Encounter) -> str:
    """Bill a coded encounter and say how: a claim, a new version of its claim, or the patient alone."""
    known = change.session.exec(select(Claim).where(Claim.encounter_id == encounter.id).order_by(col(Claim.id))).first()
    if known is not None:
        return rebuild(change, known)
    patient = change.get(Patient, encounter.patient_id)
    coverage = active_coverages(change, encounter)
    if not coverage:
        return _bill_patient(change, encounter, patient)
    claim = _new_claim(change, encounter, patient, coverage[0])
    _sync_lines(change, claim, encounter)
    return make_version(change, claim, "1")


def active_coverages(change: Change, encounter: Encounter) -> list[Coverage]:
    """The patient's coverages on the date of service, first payer first."""
    query = select(Coverage).where(Coverage.patient_id == encounter.patient_id).order_by(col(Coverage.order))
    return [coverage for coverage in change.session.exec(query).all() if in_force(coverage, encounter.service_date)]


def in_force(coverage: Coverage, day: date) -> bool:
    """Whether a coverage holds on a day; an end that is not known is open."""
    begun = coverage.valid_from is None or coverage.valid_from <= day
    return begun and (coverage.valid_to is None or day <= coverage.valid_to)


def rebuild(change: Change, claim: Claim, authorization: str = "") -> str:
    """The next version after a correction.

    A claim that the payer adjudicated is replaced (frequency 7); one that was never accepted goes out again as an
    original, because a rejected claim was never filed.
    """
    encounter = change.get(Encounter, claim.encounter_id)
    _sync_lines(change, claim, encounter)
    frequency = "7" if claim.payer_control else "1"
    change.move(claim, CLAIM, ClaimState.BUILT, called(claim))
    items.force_close(change, REJECTIONS, claim.id)
    claim.current += 1
    return make_version(change, claim, frequency, authorization)


def called(claim: Claim) -> str:
    """How a sentence names the claim."""
    return f"Claim {claim.control_number}"


def make_version(change: Change, claim: Claim, frequency: str, authorization: str = "") -> str:
    """Keep the claim as it stands as its current version, scrub it, and put it into the claims queue."""
    composed = snapshot.compose(change.session, claim, frequency, authorization)
    text, digest = snapshot.dump(composed)
    change.add(
        ClaimVersion(
            claim_id=claim.id,
            number=claim.current,
            frequency=frequency,
            content=text,
            sha256=digest,
            charge=composed.charge,
            made_at=change.now,
        )
    )
    _book_charge(change, claim, composed.charge)
    problems = scrub.scrub(composed)
    if problems:
        change.move(claim, CLAIM, ClaimState.EDIT_FAIL, called(claim))
        reason = problems[0].message
    else:
        change.move(claim, CLAIM, ClaimState.READY, called(claim))
        reason = "ready for the next batch"
    items.put(change, QUEUE, claim.id, reason=reason, cents=claim.charge, due=claim.filing_limit, score=claim.charge)
    change.add(
        ClaimEvent(claim_id=claim.id, at=change.now, kind="VERSION", status=f"{claim.current}/{frequency}", text=reason)
    )
    return f"claim {claim.control_number} version {claim.current} is {claim.state}."


def _new_claim(change: Change, encounter: Encounter, patient: Patient, coverage: Coverage) -> Claim:
    payer = change.get(Payer, coverage.payer_id)
    claim = Claim(
        control_number=f"{encounter.number}-{coverage.order}",
        encounter_id=encounter.id,
        patient_id=patient.id,
        guarantor_id=patient.guarantor_id,
        payer_id=payer.id,
        coverage_id=coverage.id,
        sequence=_SEQUENCES[min(coverage.order, 3) - 1],
        state=ClaimState.BUILT,
        service_from=encounter.service_date,
        service_to=encounter.service_date,
        built_on=change.today,
        filing_limit=filing_limit(payer, encounter.service_date),
    )
    return change.born(claim, CLAIM, f"Claim {claim.control_number}")


def _sync_lines(change: Change, claim: Claim, encounter: Encounter) -> None:
    """The claim's lines follow the encounter's; a line keeps its control number over all versions."""
    query = select(ClaimLine).where(ClaimLine.claim_id == claim.id).order_by(col(ClaimLine.id))
    rows = change.session.exec(query).all()
    known = {line.service_line_id: line for line in rows if line.service_line_id is not None}
    highest = len(rows)
    wanted: list[ServiceLine] = access.lines(change, encounter.id)
    for service in wanted:
        line = known.pop(service.id, None)
        if line is None:
            highest += 1
            line = ClaimLine(
                claim_id=claim.id,
                control=f"{claim.control_number}L{highest}",
                service_line_id=service.id,
                code=service.code,
                service_date=encounter.service_date,
            )
        line.code, line.modifiers, line.active = service.code, service.modifiers, True
        line.units, line.charge = service.units, service.charge
        change.add(line)
    for dropped in known.values():
        dropped.active = False


def forget_line(change: Change, service: ServiceLine) -> None:
    """A procedure line is taken off its encounter: what claims were sent with it stays, as a line that was dropped."""
    query = select(ClaimLine).where(ClaimLine.service_line_id == service.id)
    for line in change.session.exec(query).all():
        line.service_line_id, line.active = None, False
    change.session.flush()


def _book_charge(change: Change, claim: Claim, charge: int) -> None:
    """Book what the new version charges more or less than what was booked before."""
    difference = charge - claim.charge
    claim.charge = charge
    common = {
        "guarantor_id": claim.guarantor_id,
        "claim_id": claim.id,
        "encounter_id": claim.encounter_id,
        "payer_id": claim.payer_id,
    }
    post(
        change,
        Entry(
            ref=f"charge:claim:{claim.id}:{claim.current}:{change.action.id}",
            kind="charge",
            entry_date=change.today,
            legs=(Leg(Book.INSURANCE, difference, **common), Leg(Book.CHARGES, -difference, **common)),
        ),
    )


def _bill_patient(change: Change, encounter: Encounter, patient: Patient) -> str:
    charge = sum(line.charge for line in access.lines(change, encounter.id))
    charge -= charged(change.session, encounter.id)
    common = {"guarantor_id": patient.guarantor_id, "encounter_id": encounter.id}
    post(
        change,
        Entry(
            ref=f"charge:encounter:{encounter.id}:{change.action.id}",
            kind="charge",
            entry_date=change.today,
            legs=(Leg(Book.PATIENT, charge, **common), Leg(Book.CHARGES, -charge, **common)),
        ),
    )
    refresh_account(change, patient.guarantor_id)
    return "no coverage on that day, so the patient is billed."
