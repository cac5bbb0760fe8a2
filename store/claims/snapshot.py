"""The claim as it will be sent: made from the records, kept as JSON, read back for the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from codesets.edits.form import MAX_DIAGNOSES
from codesets.worksheets import is_anesthesia
from store.claims.coordination import decision, earlier_claims
from store.claims.coverages import in_force, place_of
from store.claims.facts import INSTITUTIONAL, Facts, place
from store.claims.hospital import bill_of_claim, institutional_of
from store.claims.lives import lives_at
from store.claims.parts import encounters_of, lines_on
from store.coding.access import pointer_ids
from store.errors import Refused
from store.tables import (
    Claim,
    ClaimLine,
    Coverage,
    Diagnosis,
    Encounter,
    Patient,
    Payer,
    Practice,
    Provider,
    ServiceLine,
)
from store.x12.claim_values import (
    Address,
    BillingProvider,
    ClaimDates,
    Clinician,
    LinePayment,
    OtherPayer,
    Person,
    ProfessionalClaim,
    Subscription,
)
from store.x12.claim_values import ServiceLine as ClaimServiceLine
from store.x12.institutional_values import InstitutionalClaim

Row = TypeVar("Row")


AnyClaim = ProfessionalClaim | InstitutionalClaim


@cache
def _professional() -> TypeAdapter[ProfessionalClaim]:
    return TypeAdapter(ProfessionalClaim)


@cache
def _institutional() -> TypeAdapter[InstitutionalClaim]:
    return TypeAdapter(InstitutionalClaim)


def dump(claim: AnyClaim) -> tuple[str, str]:
    """The claim as JSON and its SHA-256."""
    if isinstance(claim, ProfessionalClaim):
        made = _professional().dump_json(claim)
    else:
        made = _institutional().dump_json(claim)
    return made.decode(), hashlib.sha256(made).hexdigest()


def load(text: str) -> ProfessionalClaim:
    """The claim of a stored version that is professional."""
    return _professional().validate_json(text)


def load_any(text: str) -> AnyClaim:
    """The claim of a stored version of either kind."""
    return _institutional().validate_json(text) if '"facility_type":' in text else load(text)


def diagnosis_codes(claim: AnyClaim) -> tuple[str, ...]:
    """The diagnoses of a claim of either kind, in order; those of an institutional one end in the causes of injury."""
    if isinstance(claim, ProfessionalClaim):
        return claim.diagnoses
    return tuple(one.code for one in (*claim.diagnoses, *claim.external))


def on_forms(claims: Iterable[AnyClaim]) -> list[ProfessionalClaim]:
    """The claims as CMS-1500 forms take them; `Refused` where one is institutional."""
    found = []
    for claim in claims:
        if not isinstance(claim, ProfessionalClaim):
            what = f"Claim {claim.control_number} is institutional, which has no CMS-1500."
            raise Refused(what, do="Send it electronically: superbill payers set.")
        found.append(claim)
    return found


def compose(session: Session, claim: Claim, frequency: str, authorization: str = "") -> AnyClaim:
    """The claim as the records stand now; `frequency` is 1, 7 or 8."""
    made = _compose_professional(session, claim, frequency, authorization)
    bill = bill_of_claim(session, claim) if claim.kind == "institutional" else None
    return made if bill is None else institutional_of(session, claim, made, bill)


def _compose_professional(session: Session, claim: Claim, frequency: str, authorization: str) -> ProfessionalClaim:
    encounter = _one(session.get(Encounter, claim.encounter_id), "encounter")
    practice = _one(session.exec(select(Practice)).first(), "practice")
    provider = _one(session.get(Provider, encounter.provider_id), "provider")
    diagnoses, positions = _diagnoses(session, claim)
    patient = _patient(session, claim)
    coverage = _one(session.get(Coverage, claim.coverage_id), "coverage")
    subscription = _subscription(session, coverage, claim.sequence, patient)
    others, prior = _others(session, claim, subscription, patient)
    facts = Facts(session, [one.id for one in encounters_of(session, claim)])
    made = ProfessionalClaim(
        control_number=claim.control_number,
        billing=_billing(practice),
        subscription=subscription,
        place=encounter.place,
        diagnoses=diagnoses,
        lines=_lines(session, claim, positions, prior, facts),
        patient=None if subscription.relationship == "18" else patient,
        rendering=Clinician(provider.last, provider.first, provider.npi, provider.taxonomy),
        frequency=frequency,
        payer_control=claim.payer_control if frequency in {"7", "8"} else "",
        authorization=authorization,
        others=others,
    )
    told: dict[str, Any] = facts.of_claim()
    days = {name: told.pop(name) for name in [*told] if name in ClaimDates.__dataclass_fields__}
    return replace(made, **told, dates=ClaimDates(**days))


def _diagnoses(session: Session, claim: Claim) -> tuple[tuple[str, ...], dict[int, int]]:
    """The codes of all encounters of a claim in order, and by id of a diagnosis its place among them.

    A code that several encounters have stands once.  Where there are more than a claim holds, those that no line of it
    points to are left out, the last ones first.
    """
    ids = [one.id for one in encounters_of(session, claim)]
    query = select(Diagnosis).where(col(Diagnosis.encounter_id).in_(ids)).order_by(col(Diagnosis.position))
    rows = sorted(session.exec(query).all(), key=lambda row: ids.index(row.encounter_id))
    codes: list[tuple[str, int]] = []
    same: dict[int, tuple[str, int]] = {}
    for row in rows:
        again = [one for one in codes if one[0] == row.code and one[1] != row.encounter_id]
        same[row.id] = again[0] if again else (row.code, row.encounter_id)
        if not again:
            codes.append(same[row.id])
    if claim.kind == "professional" and len(codes) > MAX_DIAGNOSES:
        pointed = {same[one] for line in lines_on(session, claim.id) for one in pointer_ids(line) if one in same}
        spare = [one for one in codes if one not in pointed]
        left_out = spare[max(0, MAX_DIAGNOSES - len(pointed)) :]
        codes = [one for one in codes if one not in left_out]
    places = {one: number for number, one in reversed([*enumerate(codes, 1)])}
    return tuple(code for code, _ in codes), {row: places[one] for row, one in same.items() if one in places}


def _others(
    session: Session, claim: Claim, own: Subscription, patient: Person
) -> tuple[tuple[OtherPayer, ...], dict[int, list[LinePayment]]]:
    """The patient's other payers, and by service line what those before this one decided."""
    query = select(Coverage).where(Coverage.patient_id == claim.patient_id).order_by(col(Coverage.order))
    known = [one for one in session.exec(query).all() if in_force(one, claim.service_from)]
    earlier = {prior.coverage_id: prior for prior in earlier_claims(session, claim)}
    others: list[OtherPayer] = []
    prior: dict[int, list[LinePayment]] = {}
    for coverage in known:
        if coverage.id == claim.coverage_id:
            continue
        told = _subscription(session, coverage, place_of(coverage, known), patient)
        before = earlier.get(coverage.id)
        found = decision(session, before, told.payer_id) if before else None
        if found is not None:
            others.append(found.told(told))
            for service_id, payment in found.lines.items():
                prior.setdefault(service_id, []).append(payment)
        elif told.payer_id != own.payer_id and told.member_id:
            others.append(OtherPayer(told))
    return tuple(others), prior


def _one(row: Row | None, called: str) -> Row:
    if row is None:
        raise Refused(f"The {called} of this claim is missing.")
    return row


def _billing(practice: Practice) -> BillingProvider:
    address = Address(practice.line1, practice.city, practice.state, practice.zip)
    return BillingProvider(
        practice.name, practice.npi, practice.tax_id, practice.taxonomy, address, phone=practice.phone,
        pay_to=place(practice.pay_to) if practice.pay_to else None,
    )  # fmt: skip


def _patient(session: Session, claim: Claim) -> Person:
    patient = _one(session.get(Patient, claim.patient_id), "patient")
    return Person(patient.last, patient.first, patient.birth, patient.sex, lives_at(session, claim))


def _subscription(session: Session, coverage: Coverage, sequence: str, patient: Person) -> Subscription:
    payer = _one(session.get(Payer, coverage.payer_id), "payer")
    subscriber = patient
    if coverage.relationship != "18":
        subscriber = Person(
            coverage.subscriber_last,
            coverage.subscriber_first,
            coverage.subscriber_birth or patient.birth,
            coverage.subscriber_sex or "U",
            patient.address,
        )
    return Subscription(
        subscriber,
        coverage.member_id,
        payer.name,
        payer.payer_id,
        payer.filing,
        sequence=sequence,
        relationship=coverage.relationship,
        group_number=coverage.group_number,
        insurance_type=coverage.insurance_type if sequence != "P" else "",
        payer_address=Address(payer.line1, payer.city, payer.state, payer.zip) if payer.line1 else None,
    )


def _lines(
    session: Session, claim: Claim, positions: dict[int, int], prior: dict[int, list[LinePayment]], facts: Facts
) -> tuple[ClaimServiceLine, ...]:
    query = select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active).order_by(col(ClaimLine.id))
    made = []
    for line in session.exec(query).all():
        service = session.get(ServiceLine, line.service_line_id) if line.service_line_id else None
        pointers = tuple(positions[i] for i in pointer_ids(service) if i in positions) if service else (1,)
        timed = service.minutes if service is not None and is_anesthesia(line.code) else None
        told: dict[str, Any] = facts.of_line(line.service_line_id)
        told = {name: value for name, value in told.items() if name not in INSTITUTIONAL}
        if "ndc" in told:
            told["drug"] = told.pop("ndc")
        made.append(
            ClaimServiceLine(
                line.control,
                line.code,
                line.charge,
                timed or line.units,
                line.service_date,
                pointers,
                modifiers=tuple(filter(None, line.modifiers.split(","))),
                basis="MJ" if timed else "UN",
                prior=tuple(prior.get(line.service_line_id or 0, ())),
                **told,
            )
        )
    return tuple(made)
