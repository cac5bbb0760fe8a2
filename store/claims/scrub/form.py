"""What a payer's front end rejects a claim for by its form alone (the lists in public edit guides; 837P X222A1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from codesets.edits.form import MAX_LINES
from store.claims.hospital import is_revenue
from store.claims.parts import MAX_INSTITUTIONAL_LINES
from store.claims.payer_data import MEDICARE_FILINGS
from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.claims.snapshot import AnyClaim
from store.errors import Refused
from store.intake.npi import is_npi
from store.x12.claim_values import Address, FileControl, ProfessionalClaim, ServiceLine, Submitter
from store.x12.institutional import write_institutional
from store.x12.institutional_values import InstitutionalClaim, InstitutionalLine
from store.x12.professional import write_professional

AnyLine = ServiceLine | InstitutionalLine

FRONT_END = "payers' front-end edits"
GUIDE = "837 implementation guide"
_NUMBER, _LETTER = "[0-9]", "[AC-HJKMNP-RT-Y]"
_ANY = "[0-9AC-HJKMNP-RT-Y]"
MBI = re.compile(f"[1-9]{_LETTER}{_ANY}{_NUMBER}{_LETTER}{_ANY}{_NUMBER}{_LETTER}{_LETTER}{_NUMBER}{_NUMBER}", re.ASCII)
"""Medicare's number: eleven places, letters without S, L, O, I, B, Z (CMS)."""
_MEMBER = re.compile(r"[0-9A-Z-]{2,80}", re.ASCII)
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_PO_BOX = re.compile(r"\b(P\.?\s*O\.?|POST OFFICE)\s*BOX\b", re.IGNORECASE)
_REPEATS = frozenset({"76", "77", "91", "59", "XE", "XP", "XS", "XU", "50", "RT", "LT"})
_STATES = (
    "ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY"
    "ASGUMPPRVIAAAEAP"
)
STATES = frozenset(_STATES[n : n + 2] for n in range(0, len(_STATES), 2))


def billing(facts: Facts) -> Iterator[Finding]:
    """Loop 2010AA: NPI, street, ZIP+4, tax number, taxonomy."""
    one = facts.content.billing
    if not is_npi(one.npi):
        yield Finding("C.NPI", "2010AA NM109", f"The billing NPI {one.npi!r} fails its check digit.",
                      "Mend the practice.", value=one.npi, rule="NPI check digit (Luhn with 80840)", source="CMS NPI",
                      fix=Fix.PRACTICE)  # fmt: skip
    if len(one.address.zip) != 9:
        yield Finding(
            "C.ZIP4",
            "2010AA N403",
            "The billing address needs a nine-digit ZIP.",
            "Mend the practice.",
            value=one.address.zip,
            rule="billing ZIP has nine digits",
            source=GUIDE,
            fix=Fix.PRACTICE,
        )
    if _PO_BOX.search(one.address.line1):
        yield Finding("C.STREET", "2010AA N301", "The billing address is a post office box.",
                      "Give the street; a box may be the pay-to address.", value=one.address.line1,
                      rule="billing address is a street", source=GUIDE, fix=Fix.PRACTICE)  # fmt: skip
    if not re.fullmatch(r"[0-9]{9}", one.tax_id):
        yield Finding("C.TAXID", "2010AA REF02", "The practice's tax id is not nine digits.", "Mend the practice.",
                      value=one.tax_id, rule="tax id has nine digits", source=GUIDE, fix=Fix.PRACTICE)  # fmt: skip
    if not _TAXONOMY.fullmatch(one.taxonomy):
        yield Finding("C.TAXONOMY", "2000A PRV03", "The practice's taxonomy code has not its ten places.",
                      "Mend the practice.", value=one.taxonomy, rule="taxonomy: nine places and X", source="NUCC form",
                      fix=Fix.PRACTICE)  # fmt: skip


def clinicians(facts: Facts) -> Iterator[Finding]:
    """Loops 2310: check digits; the rendering provider is there and not the practice's number by mistake."""
    claim = facts.content
    if isinstance(claim, InstitutionalClaim):
        attending = claim.attending
        if attending is None or not is_npi(attending.npi):
            yield Finding("C.NPI", "2310A NM109", "The attending provider's NPI fails its check digit.",
                          "Mend the provider.", value=attending.npi if attending else "", rule="NPI check digit",
                          source="CMS NPI", fix=Fix.PROVIDER)  # fmt: skip
        return
    rendering = claim.rendering
    if rendering is None or not is_npi(rendering.npi):
        yield Finding("C.NPI", "2310B NM109", "The rendering provider's NPI fails its check digit.",
                      "Mend the provider.", value=rendering.npi if rendering else "",
                      rule="NPI check digit (Luhn with 80840)", source="CMS NPI", fix=Fix.PROVIDER)  # fmt: skip
    elif rendering.taxonomy and not _TAXONOMY.fullmatch(rendering.taxonomy):
        yield Finding("C.TAXONOMY", "2310B PRV03", "The rendering provider's taxonomy code has not its ten places.",
                      "Mend the provider.", value=rendering.taxonomy, rule="taxonomy: nine places and X",
                      source="NUCC form", fix=Fix.PROVIDER)  # fmt: skip
    for loop, who, fix in (
        ("2310A", claim.referring, Fix.REFERRING), ("2310D", claim.supervising, Fix.SUPERVISING),
    ):  # fmt: skip
        if who is not None and not is_npi(who.npi):
            yield Finding("C.NPI", f"{loop} NM109", f"The NPI {who.npi!r} fails its check digit.", "Write it again.",
                          value=who.npi, rule="NPI check digit", source="CMS NPI", fix=fix)  # fmt: skip


def subscriber(facts: Facts) -> Iterator[Finding]:
    """Loop 2010BA: number in the payer's form, address, birth."""
    one = facts.content.subscription
    number = one.member_id
    place = "2010BA NM109"
    medicare = one.filing in MEDICARE_FILINGS
    if not number:
        yield Finding("C.MEMBER", place, "The member id is missing.", "Ask the front desk for the card.",
                      rule="subscriber has a member id", source=FRONT_END, fix=Fix.MEMBER)  # fmt: skip
    elif medicare and not MBI.fullmatch(number):
        yield Finding("C.MBI", place, f"{number!r} is not the form of a Medicare number.",
                      "Read the card again: eleven places, no S, L, O, I, B, Z.", value=number,
                      rule="MBI: C A AN N A AN N A A N N", source="CMS", fix=Fix.MEMBER)  # fmt: skip
    elif facts.payer.member_pattern and not re.fullmatch(facts.payer.member_pattern, number):
        yield Finding("C.MEMBERFORM", place, f"{number!r} is not the form of {one.payer_name}'s member ids.",
                      "Read the card again.", value=number, rule=f"member id: {facts.payer.member_pattern}",
                      source="payer on file", fix=Fix.MEMBER)  # fmt: skip
    elif not _MEMBER.fullmatch(number):
        yield Finding("C.MEMBERFORM", place, f"{number!r} holds more than letters and digits.", "Read the card again.",
                      value=number, rule="member id: letters and digits", source=FRONT_END, fix=Fix.MEMBER)  # fmt: skip
    yield from _address(one.subscriber.address, "2010BA N3", "The subscriber's address is not complete.")
    if facts.content.patient is not None:
        yield from _address(facts.content.patient.address, "2010CA N3", "The patient's address is not complete.")
    if medicare and one.sequence != "P" and not one.insurance_type:
        yield Finding("C.MSP", "2000B SBR05", "Medicare pays second here, and the reason is missing.",
                      "Give the coverage its insurance type (12 working aged, 13 renal disease, ...).",
                      rule="Medicare second: SBR05", source=GUIDE, fix=Fix.INSURANCE_TYPE)  # fmt: skip


def _address(address: Address, place: str, message: str) -> Iterator[Finding]:
    if not (address.line1 and address.city and address.state and address.zip):
        yield Finding("C.ADDRESS", place, message, "Mend the patient.", rule="street, city, state and ZIP",
                      source=FRONT_END, fix=Fix.ADDRESS)  # fmt: skip
    elif address.state not in STATES or len(address.zip) not in (5, 9):
        value = f"{address.state} {address.zip}"
        yield Finding(
            "C.STATE",
            place,
            f"{value!r} is no state with a ZIP of five or nine digits.",
            "Mend the patient.",
            value=value,
            rule="state and ZIP",
            source=FRONT_END,
            fix=Fix.ADDRESS,
        )


def lines(facts: Facts) -> Iterator[Finding]:
    """Diagnoses and lines: counts, pointers, charges, units, modifiers that repeat."""
    claim = facts.content
    most = MAX_LINES if isinstance(claim, ProfessionalClaim) else MAX_INSTITUTIONAL_LINES
    if not claim.diagnoses:
        yield Finding("C.DX", "2300 HI", "The claim has no diagnosis.", "Route it to the coder.",
                      rule="one diagnosis at least", source=GUIDE, fix=Fix.CODER)  # fmt: skip
    if not 1 <= len(claim.lines) <= most:
        yield Finding("C.LINES", "2400 LX", f"The claim has {len(claim.lines)} lines; 1 to {most} are wanted.",
                      "Route it to the coder.", value=str(len(claim.lines)), rule=f"1 to {most} lines", source=GUIDE,
                      fix=Fix.CODER)  # fmt: skip
    if isinstance(claim, ProfessionalClaim):
        codes = [code.replace(".", "") for code in claim.diagnoses]
        for code in sorted(code for code, times in Counter(codes).items() if times > 1):
            yield Finding("C.DXTWICE", "2300 HI", f"The diagnosis {code} stands twice.", "Route it to the coder.",
                          value=code, rule="each diagnosis once", source=FRONT_END, fix=Fix.CODER)  # fmt: skip
        yield from _pointers(claim)
        yield from _rooms(claim)
    for number, line in enumerate(_lines(claim), 1):
        place = f"line {number}"
        if line.charge <= 0 and facts.content.frequency != "8":
            yield Finding("C.CHARGE", place, "The line has no charge.", "Mend the fee schedule.", value=line.code,
                          rule="a charge above zero", source=FRONT_END, fix=Fix.FEES)  # fmt: skip
        if line.units <= 0 and not line.fraction:
            yield Finding("C.UNITS", place, "The line has no units.", "Route it to the coder.", value=str(line.units),
                          rule="units above zero", source=FRONT_END, fix=Fix.CODER)  # fmt: skip
        twice = [one for one, times in Counter(line.modifiers).items() if times > 1]
        if twice:
            yield Finding("C.MODTWICE", place, f"The modifier {twice[0]} stands twice on {line.code}.",
                          "Take one away.", value=" ".join(line.modifiers), rule="each modifier once a line",
                          source=FRONT_END, fix=Fix.MODIFIERS)  # fmt: skip
        wrong = [one for one in line.modifiers if not _MODIFIER.fullmatch(one)]
        if wrong:
            yield Finding("C.MODFORM", place, f"{wrong[0]!r} is no modifier.", "Two letters or digits.", value=wrong[0],
                          rule="modifier: two places", source=FRONT_END, fix=Fix.MODIFIERS)  # fmt: skip
    yield from _twins(claim)


def _rooms(claim: ProfessionalClaim) -> Iterator[Finding]:
    for number, line in enumerate(claim.lines, 1):
        if is_revenue(line.code):
            yield Finding("C.REVENUE", f"line {number}",
                          f"{line.code} is a revenue code, which only a hospital's claim bills.",
                          "Route it to the coder, or write its type of bill (c).", value=line.code,
                          rule="a procedure on each line", source=GUIDE, fix=Fix.CODER)  # fmt: skip


def _lines(claim: AnyClaim) -> tuple[AnyLine, ...]:
    return claim.lines


def _pointers(claim: ProfessionalClaim) -> Iterator[Finding]:
    for number, line in enumerate(claim.lines, 1):
        wrong = [one for one in line.pointers if not 1 <= one <= len(claim.diagnoses)]
        if not line.pointers or wrong:
            what = f"The line points to diagnosis {wrong[0]}, which is not there." if wrong else ""
            yield Finding("C.POINTER", f"line {number}", what or "The line points to no diagnosis.",
                          "Route it to the coder.", value=" ".join(map(str, line.pointers)),
                          rule="one to four pointers, each to a diagnosis", source=GUIDE, fix=Fix.CODER)  # fmt: skip


def _twins(claim: AnyClaim) -> Iterator[Finding]:
    """Two lines alike are denied as duplicates, unless a modifier tells that the service was repeated."""
    seen: dict[tuple[object, ...], int] = {}
    for number, line in enumerate(_lines(claim), 1):
        alike = (line.code, line.modifiers, line.service_date, line.charge, getattr(line, "revenue", ""))
        first = seen.setdefault(alike, number)
        if first != number and line.code and not _REPEATS.intersection(line.modifiers):
            yield Finding("C.TWINS", f"line {number}", f"Line {number} is line {first} again: {line.code}.",
                          "Count units on one line, or give the modifier of a repeat.", Severity.WARN, line.code,
                          "no line twice", FRONT_END, Fix.MODIFIERS)  # fmt: skip


def dates(facts: Facts) -> Iterator[Finding]:
    """Birth, service, discharge in order, and nothing after today."""
    claim = facts.content
    born = (claim.patient or claim.subscription.subscriber).birth
    for number, line in enumerate(_lines(claim), 1):
        day, place = line.service_date, f"line {number} DTP*472"
        if day is None:
            continue
        if day > facts.today:
            yield Finding("C.FUTURE", place, f"The date of service {day} is still to come.", "Wait, or mend the date.",
                          value=str(day), rule="no service after today", source=FRONT_END, fix=Fix.WAIT)  # fmt: skip
        if line.end_date is not None and line.end_date < day:
            yield Finding(
                "C.DATES",
                place,
                f"The line ends {line.end_date}, before it begins.",
                "Mend the dates.",
                value=f"{day} {line.end_date}",
                rule="from before through",
                source=FRONT_END,
                fix=Fix.CODER,
            )
        if born is not None and day < born:
            yield Finding(
                "C.BIRTH",
                place,
                f"The service is before the patient's birth ({born}).",
                "Mend the patient.",
                value=f"{born} {day}",
                rule="birth before service",
                source=FRONT_END,
                fix=Fix.PATIENT,
            )


def frequency(facts: Facts) -> Iterator[Finding]:
    """A replacement or a void bears the payer's own number."""
    claim = facts.content
    if claim.frequency in {"7", "8"} and not claim.payer_control:
        yield Finding("C.F8", "2300 REF*F8", "A corrected claim needs the payer's number.", "Wait for its answer.",
                      rule="frequency 7 or 8 with REF*F8", source=FRONT_END, fix=Fix.WAIT)  # fmt: skip


def writer(facts: Facts) -> Iterator[Finding]:
    """Whatever the writer of the file refuses, asked of the writer itself: the sums of other payers among it."""
    try:
        if isinstance(facts.content, ProfessionalClaim):
            write_professional([facts.content], _SUBMITTER, _CONTROL)
        else:
            write_institutional([facts.content], _SUBMITTER, _CONTROL)
    except Refused as why:
        place = why.where.partition(", ")[2] or why.where
        yield Finding("C.FORM", place, why.what, why.do or "Mend the field.", rule="what a claim file can hold",
                      source=GUIDE, fix=Fix.CODER)  # fmt: skip


_SUBMITTER = Submitter("S", "S", "S", "5555555555", "R", "R")
_CONTROL = FileControl(1, 1, "0001", "1", datetime(2000, 1, 1, tzinfo=UTC))

RULES = (billing, clinicians, subscriber, lines, dates, frequency)
