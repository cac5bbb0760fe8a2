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
from store.claims.arriving import take_up
from store.claims.coordination import decided_on
from store.claims.coverages import in_force, place_of
from store.claims.deadlines import Anchors, filing_limit
from store.claims.facts import AUTHORIZATION, Facts
from store.claims.judge import judge
from store.claims.parts import claims_of, encounters_of, free_number, joinable, services_of, unplaced
from store.claims.payer_data import listed
from store.claims.states import ADJUDICATED, CLAIM, QUEUE, REJECTIONS, WAITING, ClaimState, called
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


def bill(change: Change, encounter: Encounter) -> str:
    """Bill a coded encounter and say how: its claims, new versions of them, or the patient alone."""
    known = claims_of(change.session, encounter.id)
    if known:
        return _bill_again(change, encounter, known)
    patient = change.get(Patient, encounter.patient_id)
    coverage = active_coverages(change, encounter)
    if not coverage:
        return _bill_patient(change, encounter, patient)
    billed_before = charged(change.session, encounter.id)  # to the patient alone, when no coverage was known
    if billed_before:
        reverse_matching(change, f"charge:encounter:{encounter.id}:")
        change.session.flush()
    together = joinable(change, encounter, coverage[0])
    if together is not None:
        told = _join(change, together, encounter)
    else:
        told = new_claims(change, encounter, coverage[0], place_of(coverage[0], coverage))
    if billed_before:
        refresh_account(change, patient.guarantor_id)
    return told


def new_claims(change: Change, encounter: Encounter, coverage: Coverage, sequence: str) -> str:
    """A claim of what is on none yet, or as many as it takes."""
    patient = change.get(Patient, encounter.patient_id)
    said: list[str] = []
    while not said or unplaced(change, encounter):
        said.append(make_version(change, new_claim(change, encounter, patient, coverage, sequence), "1"))
        change.session.flush()
    return "; ".join(one.removesuffix(".") for one in said) + "."


def _bill_again(change: Change, encounter: Encounter, known: list[Claim]) -> str:
    """New versions of the claims; where there are several, only of those that changed or that wait here.

    What no claim holds goes on a further one.
    """
    said = [rebuild(change, claim) for claim in known if len(known) == 1 or _to_renew(change, claim)]
    change.session.flush()
    if unplaced(change, encounter):
        coverage = change.get(Coverage, known[0].coverage_id)
        said.append(new_claims(change, encounter, coverage, known[0].sequence))
    return "; ".join(one.removesuffix(".") for one in said) + "." if said else "its claims stay as they are."


def _to_renew(change: Change, claim: Claim) -> bool:
    if claim.state not in (*ADJUDICATED, *WAITING, ClaimState.CANCELLED):
        return True
    sync_lines(change, claim)
    change.session.flush()
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    sent = snapshot.load_any(change.session.exec(query).one().content)
    now = snapshot.compose(change.session, claim, sent.frequency, claim.authorization)
    return (now.diagnoses, now.lines) != (sent.diagnoses, sent.lines)


def _join(change: Change, claim: Claim, encounter: Encounter) -> str:
    """Take a further encounter in on a claim that was not sent yet."""
    number = len(change.session.exec(select(ClaimLine.id).where(ClaimLine.claim_id == claim.id)).all())
    for service in access.lines(change, encounter.id):
        number += 1
        change.add(_line(claim, service, encounter, number))
        take_up(change, service)
    change.session.flush()
    return rebuild(change, claim)


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
    sync_lines(change, claim)
    if not frequency:
        frequency = "7" if claim.payer_control and "7" in listed(payer.frequencies) else "1"
    change.move(claim, CLAIM, ClaimState.BUILT, called(claim))
    items.force_close(change, REJECTIONS, claim.id)
    claim.routed_to = claim.routed_question = ""
    waiting = items.find(change, QUEUE, claim.id)
    if waiting is not None:
        waiting.deferred_until = None
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
    book_charge(change, claim, composed.charge)
    why = judge(change, claim, composed, digest)
    change.move(claim, CLAIM, ClaimState.EDIT_FAIL if why else ClaimState.READY, called(claim))
    queue_claim(change, claim, why)
    reason = why or "ready for the next batch"
    change.add(
        ClaimEvent(claim_id=claim.id, at=change.now, kind="VERSION", status=f"{claim.current}/{frequency}", text=reason)
    )
    stands = f"is stopped by {claim.edit_code}" if why else f"is {claim.state}"
    return f"claim {claim.control_number} version {claim.current} {stands}."


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
        control_number=free_number(change.session, encounter, coverage),
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
        authorization="" if prior else Facts(change.session, [encounter.id]).texts.get((None, AUTHORIZATION.name), ""),
        kind="institutional" if change.session.get(FacilityBill, encounter.id) else "professional",
    )
    change.born(claim, CLAIM, f"Claim {claim.control_number}")
    sync_lines(change, claim)
    claim.filing_limit = _limit(change, claim, payer, encounter, corrected=False)
    return claim


def sync_lines(change: Change, claim: Claim) -> None:
    """The claim's lines and days follow its encounters'; a line keeps its control number over all versions."""
    change.session.flush()
    rows = change.session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim.id)).all()
    known = {line.service_line_id: line for line in rows if line.service_line_id is not None}
    highest = len(rows)
    for service in services_of(change, claim):
        line = known.pop(service.id, None)
        encounter = change.get(Encounter, service.encounter_id)
        if line is None:
            highest += 1
            line = _line(claim, service, encounter, highest)
            if claim.prior_id is None:
                take_up(change, service)
        line.service_date = encounter.service_date
        line.code, line.modifiers, line.active = service.code, service.modifiers, True
        line.units, line.charge = service.units, service.charge
        change.add(line)
    for dropped in known.values():
        dropped.active = False
    change.session.flush()
    encounters = encounters_of(change.session, claim)
    claim.service_from = min(one.service_date for one in encounters)
    claim.service_to = max(one.discharge_date or one.service_date for one in encounters)


def _line(claim: Claim, service: ServiceLine, encounter: Encounter, number: int) -> ClaimLine:
    return ClaimLine(
        claim_id=claim.id,
        control=f"{claim.control_number}L{number}",
        service_line_id=service.id,
        encounter_id=encounter.id,
        code=service.code,
        modifiers=service.modifiers,
        units=service.units,
        charge=service.charge,
        service_date=encounter.service_date,
    )


def forget_line(change: Change, service: ServiceLine) -> None:
    """A procedure line is taken off its encounter: what claims were sent with it stays, as a line that was dropped."""
    few = load_only(*(getattr(ClaimLine, name) for name in ("id", "service_line_id", "active")))  # what a coder sees
    query = select(ClaimLine).where(ClaimLine.service_line_id == service.id).options(few)
    for line in change.session.exec(query).all():
        line.service_line_id, line.active = None, False
    change.session.flush()


def book_charge(change: Change, claim: Claim, charge: int) -> None:
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
