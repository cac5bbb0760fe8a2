"""Who is in a claim file: billing provider, subscriber and payer, patient, clinicians and the place of service."""

from __future__ import annotations

from functools import lru_cache

from store.errors import Refused
from store.x12.claim_values import Address, BillingProvider, Clinician, Facility, Person, Subscription
from store.x12.writing import (
    day,
    identifier,
    npi,
    one_of,
    optional_words,
    phone,
    place_of,
    segment,
    tax_id,
    taxonomy,
    words,
)

SEQUENCES = frozenset("PSTABCDEFGHU")
RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})
FILINGS = frozenset(
    {"11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB", "MC", "OF",
     "TV", "VA", "WC", "ZZ"}
)  # fmt: skip
_INSURANCE_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
_SEXES = frozenset("FMU")
_TAX_ID_KINDS = frozenset({"EI", "SY"})
_ROLES = {
    "71": "attending provider", "72": "operating provider", "82": "rendering provider", "DK": "ordering provider",
    "DN": "referring provider", "DQ": "supervising provider", "ZZ": "other operating provider",
}  # fmt: skip
_SPECIALTY = {"82": "PE", "71": "AT"}


@lru_cache(maxsize=1024)
def billing_segments(billing: BillingProvider, *, institutional: bool = False) -> str:
    """PRV and loops 2010AA and 2010AB.

    A person billing under a social security number is named 'Last, First'; in an institutional file nobody is.
    """
    kind = one_of(billing.tax_id_kind, _TAX_ID_KINDS, "billing provider tax id kind")
    last, comma, first = billing.name.partition(",")
    alone = kind == "SY" and bool(comma) and not institutional
    name = words(last if alone else billing.name, 60, "billing provider name")
    given = words(first, 35, "billing provider name") if alone else ""
    entity = "1" if alone else "2"
    parts = []
    if billing.taxonomy:
        parts.append(segment("PRV", "BI", "PXC", taxonomy(billing.taxonomy, "billing provider taxonomy")))
    number = npi(billing.npi, "billing provider NPI")
    parts.append(segment("NM1", "85", entity, name, given, "", "", "", "XX", number))
    parts.append(_place(billing.address, "billing provider", practice=True))
    parts.append(segment("REF", kind, tax_id(billing.tax_id, "billing provider tax id")))
    if billing.phone:
        parts.append(segment("PER", "IC", name, "TE", phone(billing.phone, "billing provider phone")))
    if billing.pay_to and billing.pay_to != billing.address:
        parts.append(segment("NM1", "87", entity) + _place(billing.pay_to, "pay-to", practice=False))
    return "".join(parts)


def subscriber_segments(coverage: Subscription, *, institutional: bool = False) -> str:
    """SBR and loops 2010BA and 2010BB; address and birth of the subscriber only where that is the patient."""
    own = one_of(coverage.relationship, RELATIONSHIPS, "relationship") == "18"
    person = coverage.subscriber
    casualty = coverage.casualty_number if own else ""  # of a dependent it stands with the patient
    return (
        coverage_segment(coverage, "18" if own else "", institutional=institutional)
        + insured_segment(coverage)
        + (_demographics(person, "subscriber") if own else "")
        + (segment("REF", "Y4", identifier(casualty, 50, "casualty claim number")) if casualty else "")
        + payer_segment(coverage)
        + address_segments(coverage.payer_address, "payer")
    )


def coverage_segment(coverage: Subscription, relationship: str, who: str = "", *, institutional: bool = False) -> str:
    """SBR of loop 2000B or 2320; the group's name only where it has no number."""
    before = f"{who} " if who else ""
    if relationship:
        one_of(relationship, RELATIONSHIPS, f"{before}relationship")
    group = optional_words(coverage.group_number, 50, f"{before}group number")
    name = "" if group else optional_words(coverage.group_name, 60, f"{before}group name")
    kind = ""
    if coverage.insurance_type and not institutional:
        kind = one_of(coverage.insurance_type, _INSURANCE_TYPES, f"{before}insurance type")
    sequence = one_of(coverage.sequence, SEQUENCES, f"{before}payer sequence")
    filing = one_of(coverage.filing, FILINGS, f"{before}claim filing indicator")
    return segment("SBR", sequence, relationship, group, name, kind, "", "", "", filing)


def insured_segment(coverage: Subscription, who: str = "") -> str:
    """NM1*IL with the member number."""
    before = f"{who} " if who else ""
    member = identifier(coverage.member_id, 80, f"{before}member id")
    return segment("NM1", "IL", "1", *_names(coverage.subscriber, f"{before}subscriber"), "", "", "MI", member)


def payer_segment(coverage: Subscription, who: str = "") -> str:
    """NM1*PR with the payer's number."""
    before = f"{who} " if who else ""
    payer = words(coverage.payer_name, 60, f"{before}payer name")
    return segment(
        "NM1", "PR", "2", payer, "", "", "", "", "PI", identifier(coverage.payer_id, 80, f"{before}payer id")
    )


def address_segments(address: Address | None, who: str) -> str:
    """N3 and N4 where there is an address."""
    return _place(address, who, practice=False) if address and address.line1 else ""


def patient_segments(coverage: Subscription, patient: Person) -> str:
    """PAT and loop 2010CA."""
    names = segment("NM1", "QC", "1", *_names(patient, "patient"))
    casualty = coverage.casualty_number
    number = segment("REF", "Y4", identifier(casualty, 50, "casualty claim number")) if casualty else ""
    return segment("PAT", coverage.relationship) + names + _demographics(patient, "patient") + number


@lru_cache(maxsize=8192)
def clinician_segments(entity: str, clinician: Clinician, *, specialty: bool = True) -> str:
    """NM1 and PRV of a clinician: 2310, 2420.  `entity` is NM101; a taxonomy is told of 82 and 71 alone.

    `specialty` is False where the loop has no PRV: 2310D and 2420C of an institutional claim.
    """
    role = _ROLES[entity]
    group = clinician.organization and entity == "82"
    last = words(clinician.last, 60, f"{role} name")
    first = "" if group else optional_words(clinician.first, 35, f"{role} name")
    middle = "" if group else optional_words(clinician.middle, 25, f"{role} name")
    number = npi(clinician.npi, f"{role} NPI")
    text = segment("NM1", entity, "2" if group else "1", last, first, middle, "", "", "XX", number)
    if clinician.taxonomy and entity in _SPECIALTY and specialty:
        text += segment("PRV", _SPECIALTY[entity], "PXC", taxonomy(clinician.taxonomy, f"{role} taxonomy"))
    if entity == "DK":
        text += address_segments(clinician.address, role)
    return text


@lru_cache(maxsize=8192)
def facility_segments(facility: Facility, billing_npi: str) -> str:
    """Loop 2310C; a place that belongs to the billing provider is told by its address alone, without the NPI."""
    name = words(facility.name, 60, "facility name")
    number = npi(facility.npi, "facility NPI") if facility.npi != billing_npi else ""
    qualifier = "XX" if number else ""
    return segment("NM1", "77", "2", name, "", "", "", "", qualifier, number) + _place(
        facility.address, "facility", practice=True
    )


def _names(person: Person, who: str) -> tuple[str, str, str]:
    return (
        words(person.last, 60, f"{who} last name"),
        optional_words(person.first, 35, f"{who} first name"),
        optional_words(person.middle, 25, f"{who} middle name"),
    )


def _demographics(person: Person, who: str) -> str:
    birth = person.birth
    if birth is None or birth.year < 1850:
        what = f"{birth.isoformat()} is no birth date." if birth else "This is needed."
        raise Refused(what, where=f"{who} birth date")
    sex = one_of(person.sex, _SEXES, f"{who} sex")
    return _place(person.address, who, practice=False) + f"DMG*D8*{day(birth)}*{sex}~"


def _place(address: Address, who: str, *, practice: bool) -> str:
    return place_of(
        address.line1, address.line2, address.city, address.state, address.zip, who, practice=practice
    )  # fmt: skip
