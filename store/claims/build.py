"""Making claims: the first version of a coded encounter, and each later one."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import load_only
from sqlmodel import col, select

from store.accounts.balances import charged
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post, reverse_matching
from store.accounts.standing import refresh_account
from store.claims import snapshot
from store.claims.coordination import decided_on
from store.claims.coverages import in_force, place_of
from store.claims.deadlines import Anchors, filing_limit
from store.claims.judge import judge
from store.claims.payer_data import listed
from store.claims.states import CLAIM, ClaimState
from store.coding import access
from store.denials.follow import coder_is_done
from store.tables import (
    Claim,
    ClaimEvent,
    ClaimLine,
    ClaimVersion,
    Coverage,
    Encounter,
    FacilityBill,
    Patient,
    Payer,
    ServiceLine,
)
from store.variance.credits import look_for_credits
from store.work import items
from store.work.command import Change

QUEUE, REJECTIONS = "claims", "rejections"


def bill(change: Change, encounter: Encounter) -> str:
    """Bill a coded encounter and say how: a claim, a new version of its claim, or the patient alone."""
    known = change.session.exec(select(Claim).where(Claim.encounter_id == encounter.id).order_by(col(Claim.id))).first()
    if known is not None:
        return rebuild(change, known)
    patient = change.get(Patient, encounter.patient_id)
    coverage = active_coverages(change, encounter)
    if not coverage:
        return _bill_patient(change, encounter, patient)
    billed_before = charged(change.session, encounter.id)  # to the patient alone, when no coverage was known
    if billed_before:
        reverse_matching(change, f"charge:encounter:{encounter.id}:")
        change.session.flush()
    claim = new_claim(change, encounter, patient, coverage[0], place_of(coverage[0], coverage))
    told = make_version(change, claim, "1")
    if billed_before:
        refresh_account(change, patient.guarantor_id)
    return told


def active_coverages(change: Change, encounter: Encounter) -> list[Coverage]:
    """The patient's coverages on the date of service, first payer first."""
    query = select(Coverage).where(Coverage.patient_id == encounter.patient_id).order_by(col(Coverage.order))
    return [coverage for coverage in change.session.exec(query).all() if in_force(coverage, encounter.service_date)]


def rebuild(change: Change, claim: Claim, authorization: str | None = None, frequency: str = "") -> str:
    """The next version after a correction.

    A claim that the payer adjudicated is replaced (frequency 7) where the payer takes replacements; one that was never
    accepted goes out again as an original, because a rejected claim was never filed.
    """
    encounter = change.get(Encounter, claim.encounter_id)
    payer = change.get(Payer, claim.payer_id)
    sync_lines(change, claim, encounter)
    if not frequency:
        frequency = "7" if claim.payer_control and "7" in listed(payer.frequencies) else "1"
    change.move(claim, CLAIM, ClaimState.BUILT, called(claim))
    items.force_close(change, REJECTIONS, claim.id)
    claim.current += 1
    claim.filing_limit = _limit(change, claim, payer, encounter, corrected=frequency != "1")
    said = make_version(change, claim, frequency, authorization)
    coder_is_done(change, claim)
    return said


def _limit(change: Change, claim: Claim, payer: Payer, encounter: Encounter, *, corrected: bool) -> date | None:
    """The last day for the claim as it is: a first, a later payer's, or a corrected one."""
    prior = change.session.get(Claim, claim.prior_id) if claim.prior_id else None
    anchors = Anchors(
        claim.service_from, claim.service_to, encounter.discharge_date,
        decided_on(change.session, prior) if prior else None,
        decided_on(change.session, claim) if corrected else None,
    )  # fmt: skip
    what = "corrected" if corrected else "secondary" if prior else "initial"
    return filing_limit(payer, anchors, what)


def called(claim: Claim) -> str:
    """How a sentence names the claim."""
    return f"Claim {claim.control_number}"


def make_version(change: Change, claim: Claim, frequency: str, authorization: str | None = None) -> str:
    """Keep the claim as it stands as its current version, scrub it, and put it into the claims queue.

    The authorisation number stays over versions until another one is given.
    """
    if authorization:
        claim.authorization = authorization
    composed = snapshot.compose(change.session, claim, frequency, claim.authorization)
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
    why = judge(change, claim, composed, digest)
    change.move(claim, CLAIM, ClaimState.EDIT_FAIL if why else ClaimState.READY, called(claim))
    queue_claim(change, claim, why)
    reason = why or "ready for the next batch"
    change.add(
        ClaimEvent(claim_id=claim.id, at=change.now, kind="VERSION", status=f"{claim.current}/{frequency}", text=reason)
    )
    return f"claim {claim.control_number} version {claim.current} is {claim.state}."


def queue_claim(change: Change, claim: Claim, why: str) -> None:
    """The claim's row in the claims queue, with why it is not sent yet."""
    reason = why or "ready for the next batch"
    items.put(change, QUEUE, claim.id, reason=reason, cents=claim.charge, due=claim.filing_limit, score=claim.charge)


def new_claim(
    change: Change,
    encounter: Encounter,
    patient: Patient,
    coverage: Coverage,
    sequence: str,
    prior: Claim | None = None,
) -> Claim:
    """A claim without lines or versions; `prior` is the claim to the payer before."""
    payer = change.get(Payer, coverage.payer_id)
    claim = Claim(
        control_number=f"{encounter.number}-{coverage.order}",
        encounter_id=encounter.id,
        patient_id=patient.id,
        guarantor_id=patient.guarantor_id,
        payer_id=payer.id,
        coverage_id=coverage.id,
        sequence=sequence,
        state=ClaimState.BUILT,
        service_from=encounter.service_date,
        service_to=encounter.discharge_date or encounter.service_date,
        built_on=change.today,
        prior_id=prior.id if prior else None,
        kind="institutional" if change.session.get(FacilityBill, encounter.id) else "professional",
    )
    claim.filing_limit = _limit(change, claim, payer, encounter, corrected=False)
    change.born(claim, CLAIM, f"Claim {claim.control_number}")
    sync_lines(change, claim, encounter)
    return claim


def sync_lines(change: Change, claim: Claim, encounter: Encounter) -> None:
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
    few = load_only(*(getattr(ClaimLine, name) for name in ("id", "service_line_id", "active")))  # what a coder sees
    query = select(ClaimLine).where(ClaimLine.service_line_id == service.id).options(few)
    for line in change.session.exec(query).all():
        line.service_line_id, line.active = None, False
    change.session.flush()


def _book_charge(change: Change, claim: Claim, charge: int) -> None:
    """Book what the new version charges more or less than what was booked before.

    The charge is the first payer's claim's: a later payer's claim tells it again, and holds what is forwarded to it.
    """
    difference = charge - claim.charge
    claim.charge = charge
    if claim.prior_id is not None:
        return
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
    if difference and claim.current > 1:  # what is charged less may leave the payer with too much paid, and back
        look_for_credits(change, {claim.id})


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
