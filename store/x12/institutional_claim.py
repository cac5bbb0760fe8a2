"""One claim of an 837I: loops 2300, 2310 and 2320, and the limits that it must keep."""

from __future__ import annotations

import re

from store.errors import Refused
from store.x12.claim_limits import agreement, control_number, delay, frequency_of, payer_control_segment
from store.x12.claim_parts import attachment_segments, reference
from store.x12.coordination import check_others, other_payer_segments
from store.x12.institutional_codes import INPATIENT, code_segments
from store.x12.institutional_lines import line_segments
from store.x12.institutional_values import Admission, InstitutionalClaim
from store.x12.professional_parties import clinician_segments, facility_segments
from store.x12.writing import amount, day, matching, one_of, optional_words, ranged, segment

_FACILITY_TYPE = re.compile(r"[1-9][0-9]")
_STATUS = re.compile(r"[0-9]{2}")
_SOURCE = re.compile(r"[0-9A-Z]")
_STATE = re.compile(r"[A-Z]{2}")
_TYPES = frozenset("123459")


def claim_segments(claim: InstitutionalClaim) -> str:
    """CLM to the last service line; `Refused` with the field in `where`."""
    if claim.others or any(line.prior for line in claim.lines):
        check_others(claim.charge, claim.subscription.sequence, claim.others, claim.lines)
    parts = [
        _head(claim),
        _dates(claim),
        _admission(claim.admission),
        attachment_segments(claim.attachments, "attachments"),
        f"AMT*F3*{amount(claim.patient_share, 'patient share')}~" if claim.patient_share else "",
        reference("9F", claim.referral, "referral"),
        reference("G1", claim.authorization, "authorization"),
        payer_control_segment(claim.frequency, claim.payer_control),
        _accident_state(claim.accident_state),
        reference("EA", claim.medical_record, "medical record number"),
        _note(claim.note),
        code_segments(claim),
        _clinicians(claim),
        *(
            other_payer_segments(other, claim.lines, f"other payer {number}", institutional=True)
            for number, other in enumerate(claim.others, 1)
        ),
        line_segments(claim.lines),
    ]
    return "".join(parts)


def _head(claim: InstitutionalClaim) -> str:
    """CLM: the type of bill is facility type, the qualifier A and the frequency."""
    control = control_number(claim.control_number)
    kind = matching(_FACILITY_TYPE, claim.facility_type, "type of bill")
    frequency = frequency_of(claim.frequency, institutional=True)
    agreed = agreement(claim.assignment, "", claim.release)
    late = delay(claim.delay_reason)
    tail = f"{'*' * 11}{late}" if late else ""
    return f"CLM*{control}*{amount(claim.charge, 'charge')}***{kind}:A:{frequency}**{agreed}{tail}~"


def _dates(claim: InstitutionalClaim) -> str:
    """Hour of discharge, statement period, admission.  An inpatient stay needs its admission and its hour."""
    admission = claim.admission
    text = ""
    if admission.discharge_hour is not None:
        text += f"DTP*096*TM*{_hour(admission.discharge_hour, 'discharge hour')}~"
    text += ranged("434", claim.statement_from, claim.statement_to)
    if admission.day is None:
        if claim.facility_type in INPATIENT:
            raise Refused("An inpatient claim needs the day of admission.", where="admission date")
    elif admission.hour is None:
        text += f"DTP*435*D8*{day(admission.day)}~"
    else:
        text += f"DTP*435*DT*{day(admission.day)}{_hour(admission.hour, 'admission hour')}~"
    return text


def _hour(hour: int, where: str) -> str:
    if not 0 <= hour <= 23:
        raise Refused(f"{hour} is no hour of the day.", where=where)
    return f"{hour:02d}00"


def _admission(admission: Admission) -> str:
    """CL1: type, source and discharge status."""
    kind = one_of(admission.type or "9", _TYPES, "admission type")
    source = matching(_SOURCE, admission.source, "admission source") if admission.source else ""
    return segment("CL1", kind, source, matching(_STATUS, admission.status, "discharge status"))


def _accident_state(state: str) -> str:
    where = "accident state"
    return reference("LU", matching(_STATE, state, where), where) if state else ""


def _note(note: str) -> str:
    told = optional_words(note, 80, "note") if note else ""
    return segment("NTE", "ADD", told) if told else ""


def _clinicians(claim: InstitutionalClaim) -> str:
    """Loops 2310A to 2310F.  Who rendered is told only where that is not who attended."""
    text = ""
    if claim.attending:
        text += clinician_segments("71", claim.attending)
    if claim.operating:
        text += clinician_segments("72", claim.operating)
    if claim.other_operating:
        if claim.operating is None:
            raise Refused("There is another operating provider, but no operating provider.", where="operating provider")
        text += clinician_segments("ZZ", claim.other_operating)
    if claim.rendering and (claim.attending is None or claim.rendering.npi != claim.attending.npi):
        text += clinician_segments("82", claim.rendering, specialty=False)
    facility = claim.facility
    if facility and (facility.npi != claim.billing.npi or facility.address != claim.billing.address):
        text += facility_segments(facility, claim.billing.npi)
    if claim.referring:
        text += clinician_segments("DN", claim.referring)
    return text
