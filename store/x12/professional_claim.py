"""One claim of an 837P: loops 2300, 2310 and 2320, and the limits that it must keep."""

from __future__ import annotations

import re

from store.errors import Refused
from store.x12.claim_limits import (
    agreement,
    control_number,
    delay,
    diagnosis_codes,
    frequency_of,
    payer_control_segment,
)
from store.x12.claim_parts import attachment_segments, reference
from store.x12.claim_values import ClaimDates, ProfessionalClaim
from store.x12.coordination import check_others, other_payer_segments
from store.x12.professional_lines import PLACE, line_segments
from store.x12.professional_parties import clinician_segments, facility_segments
from store.x12.writing import amount, dated, matching, one_of, optional_words, ranged, segment

MAX_DIAGNOSES = 12

DATE_QUALIFIERS = {
    "431": "onset", "454": "initial_treatment", "304": "last_seen", "453": "acute", "439": "accident",
    "484": "last_menstrual", "455": "last_xray", "297": "last_worked", "296": "return_to_work", "435": "admission",
    "096": "discharge",
}  # fmt: skip
"""DTP01 of loop 2300 and the field of `ClaimDates`, in the order in which they are written but for the disability."""

_NO_DATES = ClaimDates()
_CAUSES = frozenset({"AA", "EM", "OA"})
_NOTES = frozenset({"ADD", "CER", "DCP", "DGN", "TPO"})
_STATE = re.compile(r"[A-Z]{2}")


def claim_segments(claim: ProfessionalClaim) -> str:
    """CLM to the last service line; `Refused` with the field in `where`."""
    if claim.others or any(line.prior for line in claim.lines):
        check_others(claim.charge, claim.subscription.sequence, claim.others, claim.lines)
    parts = [
        _head(claim),
        _dates(claim) if claim.dates != _NO_DATES or claim.related else "",
        attachment_segments(claim.attachments, "attachments") if claim.attachments else "",
        f"AMT*F5*{amount(claim.patient_paid, 'patient paid')}~" if claim.patient_paid else "",
        reference("9F", claim.referral, "referral"),
        reference("G1", claim.authorization, "authorization"),
        payer_control_segment(claim.frequency, claim.payer_control),
        reference("X4", claim.clia, "CLIA number"),
        reference("EA", claim.medical_record, "medical record number"),
        _note(claim),
        "CRC*75*Y*IH~" if claim.homebound else "",
        _diagnoses(claim.diagnoses),
        _clinicians(claim),
        *(
            other_payer_segments(other, claim.lines, f"other payer {number}")
            for number, other in enumerate(claim.others, 1)
        ),
        line_segments(claim),
    ]
    return "".join(parts)


def _head(claim: ProfessionalClaim) -> str:
    """CLM; what is related to an accident stands eleventh, why the claim is late twentieth."""
    place = matching(PLACE, claim.place, "place of service")
    control = control_number(claim.control_number)
    frequency = frequency_of(claim.frequency)
    agreed = agreement(claim.assignment, claim.benefits, claim.release)
    head = (
        f"CLM*{control}*{amount(claim.charge, 'charge')}***{place}:B:{frequency}*"
        f"{'Y' if claim.signature else 'N'}*{agreed}"
    )
    late = delay(claim.delay_reason)
    if not (claim.related or late):
        return f"{head}~"
    return f"{head}**{_causes(claim)}{'*' * 9 if late else ''}{late}~"


def _causes(claim: ProfessionalClaim) -> str:
    causes = [one_of(cause, _CAUSES, "related causes") for cause in claim.related]
    if len(causes) > 2 or len(set(causes)) < len(causes):
        raise Refused("At most two causes, each once, may be told.", where="related causes")
    if "AA" not in causes:
        return ":".join(causes)
    state = matching(_STATE, claim.accident_state, "accident state")
    return ":".join([*causes, *[""] * (3 - len(causes)), state])


def _dates(claim: ProfessionalClaim) -> str:
    dates = claim.dates
    if {"AA", "OA"} & {*claim.related} and dates.accident is None:
        raise Refused("An accident needs its day (DTP*439).", where="accident date")
    found = []
    for qualifier, name in DATE_QUALIFIERS.items():
        if qualifier == "297":
            found.append(_disability(dates))
        day = getattr(dates, name)
        if day is not None:
            found.append(dated(qualifier, day))
    return "".join(found)


def _disability(dates: ClaimDates) -> str:
    first, last = dates.disabled_from, dates.disabled_to
    if first and last:
        return ranged("314", first, last)
    return dated("360", first) if first else dated("361", last) if last else ""


def _note(claim: ProfessionalClaim) -> str:
    note = optional_words(claim.note, 80, "note") if claim.note else ""
    return segment("NTE", one_of(claim.note_kind, _NOTES, "note kind"), note) if note else ""


def _diagnoses(diagnoses: tuple[str, ...]) -> str:
    if not 1 <= len(diagnoses) <= MAX_DIAGNOSES:
        raise Refused(f"There are {len(diagnoses)} diagnoses; 1 to {MAX_DIAGNOSES} are wanted.", where="diagnoses")
    first, *rest = diagnosis_codes(diagnoses, MAX_DIAGNOSES)
    return "*".join([f"HI*ABK:{first}", *(f"ABF:{code}" for code in rest)]) + "~"


def _clinicians(claim: ProfessionalClaim) -> str:
    """Loops 2310A to 2310D, each only where it says something that the billing provider does not."""
    text = ""
    if claim.referring:
        text += clinician_segments("DN", claim.referring)
    if claim.rendering and claim.rendering.npi != claim.billing.npi:
        text += clinician_segments("82", claim.rendering)
    facility = claim.facility
    if facility and (facility.npi != claim.billing.npi or facility.address != claim.billing.address):
        text += facility_segments(facility, claim.billing.npi)
    if claim.supervising:
        text += clinician_segments("DQ", claim.supervising)
    return text
