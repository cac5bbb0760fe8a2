"""The claim of a hospital (837I): what a professional one says, in the form of a UB-04, with the facts of its bill."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlmodel import Session, col, select

from store.claims.facility import OF_EACH_VISIT, Bill, bill_of
from store.claims.facts import Facts, clinician
from store.claims.parts import encounters_of
from store.tables import Claim, ClaimLine, Encounter
from store.x12.claim_values import Clinician, LinePayment, ProfessionalClaim
from store.x12.institutional_values import (
    Admission,
    Condition,
    InstitutionalClaim,
    InstitutionalLine,
    Occurrence,
    Procedure,
    ValueCode,
)

_CAUSES = frozenset("VWXY")
"""First letters of ICD-10-CM's chapter 20, external causes, which a UB-04 tells apart from diagnoses (FL 72)."""
_FIRST_ROOM, _LAST_ROOM = "0100", "0219"


def bill_of_claim(session: Session, claim: Claim) -> Bill | None:
    """The bill of a claim's visit; over several visits the first one's with the codes of all and the last one's end.

    A visit without a bill of its own is billed like the claim's own one.
    """
    visits = encounters_of(session, claim)
    known = {one.id: bill_of(session, one.id) for one in visits}
    own = known.get(claim.encounter_id) or next((one for one in known.values() if one), None)
    if own is None or len(visits) == 1:
        return own
    bills = {id_: bill or own for id_, bill in known.items()}
    told = list(bills.values())
    update: dict[str, object] = {name: _each_once(told, name) for name in OF_EACH_VISIT if name != "revenue"}
    last = {"status": told[-1].status, "discharge_hour": told[-1].discharge_hour}
    return told[0].model_copy(update=update | last | {"revenue": _revenue(session, claim, bills)})


def _each_once(bills: list[Bill], name: str) -> list[object]:
    found: list[object] = []
    for bill in bills:
        found += [one for one in getattr(bill, name) if one not in found]
    return found


def _revenue(session: Session, claim: Claim, bills: dict[int, Bill]) -> list[str]:
    """The revenue code of each line of a claim, counted within its visit."""
    query = select(ClaimLine.encounter_id).where(ClaimLine.claim_id == claim.id, ClaimLine.active)
    seen: Counter[int | None] = Counter()
    found = []
    for visit in session.exec(query.order_by(col(ClaimLine.id))).all():
        codes = bills[visit or claim.encounter_id].revenue
        found.append(codes[min(seen[visit], len(codes) - 1)])
        seen[visit] += 1
    return found


def institutional_of(session: Session, claim: Claim, made: ProfessionalClaim, bill: Bill) -> InstitutionalClaim:
    """The same claim in the form of a hospital: statement period, revenue codes, admission, marks of diagnoses."""
    inpatient = session.get_one(Encounter, claim.encounter_id).setting == "inpatient"
    diagnoses, causes = _conditions(made.diagnoses, bill)
    bare = _noncovered(session, claim)
    lines = tuple(
        InstitutionalLine(
            line.control,
            code,
            line.charge,
            line.units,
            "" if is_revenue(line.code) else line.code,
            line.modifiers,
            line.service_date,
            basis="DA" if _FIRST_ROOM <= code <= _LAST_ROOM else "UN",
            description=line.description,
            noncovered=bare.get(line.control, 0),
            attachments=line.attachments,
            drug=line.drug,
            prior=tuple(_prior(one, code) for one in line.prior),
        )
        for line, code in zip(made.lines, _revenue_codes(made, bill), strict=True)
    )
    return InstitutionalClaim(
        control_number=made.control_number,
        billing=made.billing,
        subscription=made.subscription,
        facility_type=bill.facility_type,
        statement_from=claim.service_from,
        statement_to=claim.service_to,
        admission=Admission(
            bill.status, bill.type, bill.source, claim.service_from if inpatient else None,
            bill.hour if inpatient else None, bill.discharge_hour if inpatient else None,
        ),
        diagnoses=diagnoses,
        lines=lines,
        patient=made.patient,
        frequency=made.frequency,
        payer_control=made.payer_control,
        admitting=bill.admitting,
        reasons=tuple(bill.reasons),
        external=causes,
        drg=bill.drg,
        procedures=tuple(Procedure(one.code, one.day) for one in bill.procedures),
        occurrences=tuple(Occurrence(one.code, one.day) for one in bill.occurrences if one.until is None),
        spans=tuple(Occurrence(one.code, one.day, one.until) for one in bill.occurrences if one.until is not None),
        values=tuple(ValueCode(one.code, one.cents) for one in bill.values),
        conditions=tuple(bill.conditions),
        attending=_clinician(session, bill.attending_npi) or made.rendering,
        operating=_clinician(session, bill.operating_npi),
        other_operating=_clinician(session, bill.other_operating_npi),
        rendering=_clinician(session, bill.rendering_npi),
        others=made.others,
        authorization=made.authorization,
        referring=made.referring,
        facility=made.facility,
        referral=made.referral,
        medical_record=made.medical_record,
        accident_state=made.accident_state,
        delay_reason=made.delay_reason,
        patient_share=made.patient_paid,
        attachments=made.attachments,
        note=made.note,
    )  # fmt: skip


def is_revenue(code: str) -> bool:
    """Whether a line is billed by its revenue code alone, as a room is: no procedure has four digits."""
    return len(code) == 4 and code.isascii() and code.isdigit()


def _revenue_codes(made: ProfessionalClaim, bill: Bill) -> list[str]:
    """Of each line: its own where it is one, else the bill's, in the order of the lines."""
    of_bill = [*bill.revenue, *[bill.revenue[-1]] * len(made.lines)]
    return [line.code if is_revenue(line.code) else code for line, code in zip(made.lines, of_bill, strict=False)]


def _prior(told: LinePayment, revenue: str) -> LinePayment:
    return replace(told, revenue=revenue, code="" if is_revenue(told.code) else told.code)


def _noncovered(session: Session, claim: Claim) -> dict[str, int]:
    """What is not covered (SV207) of the lines of which that is told, in cents by control number."""
    facts = Facts(session, [one.id for one in encounters_of(session, claim)])
    query = select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active)
    told = {line.control: facts.of_line(line.service_line_id).get("noncovered") for line in session.exec(query).all()}
    return {control: cents for control, cents in told.items() if isinstance(cents, int)}


def _clinician(session: Session, text: str) -> Clinician | None:
    return clinician(session, text) if text else None


def _conditions(codes: tuple[str, ...], bill: Bill) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """Diagnoses with their marks, and the causes of injury among them with those that the bill names itself."""
    marks = [*bill.present, *[""] * len(codes)]
    marked = [Condition(code, mark) for code, mark in zip(codes, marks, strict=False)]
    diagnoses = marked[:1] + [one for one in marked[1:] if one.code[:1] not in _CAUSES]
    causes = {one.code.replace(".", ""): one for one in marked[1:] if one.code[:1] in _CAUSES}
    for one in bill.external:
        causes[one.code.replace(".", "")] = Condition(one.code, one.present)
    return tuple(diagnoses), tuple(causes.values())
