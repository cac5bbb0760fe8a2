"""One claim of an 837P: loops 2300, 2310 and 2400, and the limits that it must keep."""

from __future__ import annotations

import re

from store.errors import Refused
from store.x12.claim_values import ProfessionalClaim, ServiceLine
from store.x12.professional_parties import clinician_segments, facility_segments
from store.x12.writing import amount, day, identifier, one_of, optional_words, own_number, segment

MAX_DIAGNOSES = 12
MAX_POINTERS = 4
MAX_LINES = 50
MAX_MODIFIERS = 4
MAX_UNITS = 9999
MAX_CONTROL_NUMBER = 20
"""CLM01 comes back whole in the 835 only up to this length."""

_FREQUENCIES = frozenset("178")
_ASSIGNMENTS = frozenset("ABC")
_PLACE = re.compile(r"[0-9]{2}")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")
_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")


def claim_segments(claim: ProfessionalClaim) -> str:
    """CLM to the last service line; `Refused` with the field in `where`."""
    place = _matching(_PLACE, claim.place, "place of service")
    control = own_number(claim.control_number, MAX_CONTROL_NUMBER, "CLM01")
    frequency = one_of(claim.frequency, _FREQUENCIES, "frequency")
    assignment = one_of(claim.assignment, _ASSIGNMENTS, "assignment")
    benefits = "N" if assignment == "C" else "Y"
    total = amount(claim.charge, "charge")
    parts = [f"CLM*{control}*{total}***{place}:B:{frequency}*Y*{assignment}*{benefits}*Y~"]
    if claim.authorization:
        parts.append(segment("REF", "G1", identifier(claim.authorization, 50, "authorization")))
    parts.append(_payer_control(claim))
    note = optional_words(claim.note, 80, "note")
    if note:
        parts.append(segment("NTE", "ADD", note))
    parts.append(_diagnoses(claim.diagnoses))
    parts.append(_others(claim))
    parts.append(_lines(claim))
    return "".join(parts)


def _payer_control(claim: ProfessionalClaim) -> str:
    """REF*F8: the payer's number of the claim that is replaced or voided (RFI 1538)."""
    if claim.frequency == "1":
        return ""
    if not claim.payer_control:
        what = f"A claim with frequency {claim.frequency} needs the payer's claim number (REF*F8)."
        raise Refused(what, where="payer control", do="Take it from the remittance of the first claim.")
    return segment("REF", "F8", identifier(claim.payer_control, 50, "payer control"))


def _diagnoses(diagnoses: tuple[str, ...]) -> str:
    if not 1 <= len(diagnoses) <= MAX_DIAGNOSES:
        raise Refused(f"There are {len(diagnoses)} diagnoses; 1 to {MAX_DIAGNOSES} are wanted.", where="diagnoses")
    codes: list[str] = []
    for number, written in enumerate(diagnoses, 1):
        where = f"diagnosis {number}"
        code = _matching(_DIAGNOSIS, written.replace(".", "").strip().upper(), where)
        if code in codes:
            raise Refused(f"{written!r} is there twice.", where=where, do="Take one away and rewrite the pointers.")
        codes.append(code)
    first, *rest = codes
    return "*".join([f"HI*ABK:{first}", *(f"ABF:{code}" for code in rest)]) + "~"


def _others(claim: ProfessionalClaim) -> str:
    text = ""
    if claim.referring:
        text += clinician_segments("DN", claim.referring)
    if claim.rendering and claim.rendering.npi != claim.billing.npi:
        text += clinician_segments("82", claim.rendering)
    facility = claim.facility
    if facility and (facility.npi != claim.billing.npi or facility.address != claim.billing.address):
        text += facility_segments(facility, claim.billing.npi)
    return text


def _lines(claim: ProfessionalClaim) -> str:
    lines = claim.lines
    if not 1 <= len(lines) <= MAX_LINES:
        raise Refused(f"There are {len(lines)} lines; 1 to {MAX_LINES} are wanted.", where="lines")
    if len({line.control for line in lines}) < len(lines):
        raise Refused("Two lines have the same control number (REF*6R).", where="lines")
    count = len(claim.diagnoses)
    return "".join(_line(number, line, claim.place, count) for number, line in enumerate(lines, 1))


def _line(number: int, line: ServiceLine, claim_place: str, diagnoses: int) -> str:
    where = f"line {number}"
    place = "" if line.place in {"", claim_place} else _matching(_PLACE, line.place, f"{where} place of service")
    charge = amount(line.charge, f"{where} charge")
    if not 1 <= line.units <= MAX_UNITS:
        raise Refused(f"{line.units} units can't be billed; 1 to {MAX_UNITS} can.", where=f"{where} units")
    control = own_number(line.control, 30, f"{where} control")
    return (
        f"LX*{number}~SV1*{_procedure(line, where)}*{charge}*UN*{line.units}*{place}**"
        f"{_pointers(line.pointers, diagnoses, where)}~DTP*472*D8*{day(line.service_date)}~REF*6R*{control}~"
    )


def _procedure(line: ServiceLine, where: str) -> str:
    """SV101: 'HC:A0425:LT'; the description stands seventh, whatever modifiers there are."""
    if len(line.modifiers) > MAX_MODIFIERS:
        what = f"There are {len(line.modifiers)} modifiers; at most {MAX_MODIFIERS} are allowed."
        raise Refused(what, where=f"{where} modifiers")
    if len(set(line.modifiers)) < len(line.modifiers):
        raise Refused("A modifier is there twice.", where=f"{where} modifiers")
    modifiers = [_matching(_MODIFIER, one.upper(), f"{where} modifier") for one in line.modifiers]
    parts = ["HC", _matching(_PROCEDURE, line.code.upper(), f"{where} procedure"), *modifiers]
    description = optional_words(line.description, 80, f"{where} description")
    if description:
        parts += [""] * (6 - len(parts)) + [description]
    return ":".join(parts)


def _pointers(pointers: tuple[int, ...], diagnoses: int, where: str) -> str:
    """SV107: 1 to 4 diagnoses by number, each once, the first the line's primary one (RFI 433)."""
    where = f"{where} pointers"
    if not 1 <= len(pointers) <= MAX_POINTERS:
        what = f"There are {len(pointers)} diagnosis pointers; 1 to {MAX_POINTERS} are wanted."
        raise Refused(what, where=where)
    for pointer in pointers:
        if not 1 <= pointer <= diagnoses:
            raise Refused(f"Pointer {pointer} points to no diagnosis; there are {diagnoses}.", where=where)
    if len(set(pointers)) < len(pointers):
        raise Refused("A line points to the same diagnosis twice.", where=where)
    return ":".join(map(str, pointers))


def _matching(form: re.Pattern[str], text: str, where: str) -> str:
    if not form.fullmatch(text):
        raise Refused(f"{text!r} can't stand here." if text else "This is needed.", where=where)
    return text
