"""The service lines of an 837P: loops 2400 to 2430."""

from __future__ import annotations

import re

from store.errors import Refused
from store.x12.claim_parts import attachment_segments, drug_segments, procedure, reference
from store.x12.claim_values import ProfessionalClaim, ServiceLine
from store.x12.coordination import line_payment_segments
from store.x12.professional_parties import clinician_segments
from store.x12.writing import amount, day, matching, one_of, optional_words, own_number, quantity, segment

MAX_POINTERS = 4
MAX_LINES = 50
MAX_UNITS = 9999
PLACE = re.compile(r"[0-9]{2}")

_BASES = frozenset({"MJ", "UN"})


def line_segments(claim: ProfessionalClaim) -> str:
    """LX to the last segment of the last line."""
    lines = claim.lines
    if not 1 <= len(lines) <= MAX_LINES:
        raise Refused(f"There are {len(lines)} lines; 1 to {MAX_LINES} are wanted.", where="lines")
    if len({line.control for line in lines}) < len(lines):
        raise Refused("Two lines have the same control number (REF*6R).", where="lines")
    count = len(claim.diagnoses)
    return "".join(_line(number, line, claim, count) for number, line in enumerate(lines, 1))


def _line(number: int, line: ServiceLine, claim: ProfessionalClaim, diagnoses: int) -> str:
    where = f"line {number}"
    control = own_number(line.control, 30, f"{where} control")
    service = f"{_service(number, line, claim, diagnoses)}"
    before, after = _rare(number, line, claim) if _has_more(line) else ("", "")
    return f"LX*{number}~{service}{before}{_days(line, where)}{_numbers(line, where)}REF*6R*{control}~{after}"


def _has_more(line: ServiceLine) -> bool:
    return bool(line.attachments or line.note or line.drug or line.rendering or line.ordering or line.prior)


def _rare(number: int, line: ServiceLine, claim: ProfessionalClaim) -> tuple[str, str]:
    """What stands before the day of service and after the numbers of the few lines that need it."""
    where = f"line {number}"
    note = optional_words(line.note, 80, f"{where} note")
    rendering = line.rendering if line.rendering and line.rendering.npi != _usual_rendering(claim) else None
    after = (
        segment("NTE", "ADD", note) if note else "",
        drug_segments(line.drug, where),
        clinician_segments("82", rendering) if rendering else "",
        clinician_segments("DK", line.ordering) if line.ordering else "",
        line_payment_segments(line, number),
    )
    return attachment_segments(line.attachments, f"{where} attachments"), "".join(after)


def _usual_rendering(claim: ProfessionalClaim) -> str:
    return claim.rendering.npi if claim.rendering else claim.billing.npi


def _service(number: int, line: ServiceLine, claim: ProfessionalClaim, diagnoses: int) -> str:
    """SV1; emergency, EPSDT and family planning stand ninth, eleventh and twelfth."""
    where = f"line {number}"
    place = "" if line.place in {"", claim.place} else matching(PLACE, line.place, f"{where} place of service")
    charge = amount(line.charge, f"{where} charge")
    basis = one_of(line.basis, _BASES, f"{where} unit")
    units = quantity(line.units, line.fraction, MAX_UNITS, f"{where} units")
    what = procedure(line.code, line.modifiers, line.description, where)
    text = f"SV1*{what}*{charge}*{basis}*{units}*{place}**{_pointers(line.pointers, diagnoses, where)}"
    if line.emergency or line.epsdt or line.family_planning:
        yes = [("Y" if said else "") for said in (line.emergency, line.epsdt, line.family_planning)]
        text = f"{text}**{yes[0]}**{yes[1]}*{yes[2]}".rstrip("*")
    return f"{text}~"


def _days(line: ServiceLine, where: str) -> str:
    first, last = line.service_date, line.end_date
    if last is None or last == first:
        return f"DTP*472*D8*{day(first)}~"
    if last < first:
        raise Refused(f"{last.isoformat()} is before {first.isoformat()}.", where=f"{where} last day")
    return f"DTP*472*RD8*{day(first)}-{day(last)}~"


def _numbers(line: ServiceLine, where: str) -> str:
    if not (line.authorization or line.referral or line.clia):
        return ""
    return (
        reference("G1", line.authorization, f"{where} authorization")
        + reference("9F", line.referral, f"{where} referral")
        + reference("X4", line.clia, f"{where} CLIA number")
    )


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
