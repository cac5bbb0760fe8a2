"""Who is in an 837P: billing provider, subscriber and payer, patient, clinicians and the place of service."""

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

_SEQUENCES = frozenset("PSTABCDEFGHU")
_RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})
_FILINGS = frozenset(
    {"11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB", "MC", "OF",
     "TV", "VA", "WC", "ZZ"}
)  # fmt: skip
_SEXES = frozenset("FMU")
_TAX_ID_KINDS = frozenset({"EI", "SY"})


@lru_cache(maxsize=1024)
def billing_segments(billing: BillingProvider) -> str:
    """PRV and loop 2010AA.  A person billing under a social security number is named 'Last, First'."""
    kind = one_of(billing.tax_id_kind, _TAX_ID_KINDS, "billing provider tax id kind")
    last, comma, first = billing.name.partition(",")
    alone = kind == "SY" and bool(comma)
    name = words(last if alone else billing.name, 60, "billing provider name")
    given = words(first, 35, "billing provider name") if alone else ""
    parts = []
    if billing.taxonomy:
        parts.append(segment("PRV", "BI", "PXC", taxonomy(billing.taxonomy, "billing provider taxonomy")))
    number = npi(billing.npi, "billing provider NPI")
    parts.append(segment("NM1", "85", "1" if alone else "2", name, given, "", "", "", "XX", number))
    parts.append(_place(billing.address, "billing provider", practice=True))
    parts.append(segment("REF", kind, tax_id(billing.tax_id, "billing provider tax id")))
    if billing.phone:
        parts.append(segment("PER", "IC", name, "TE", phone(billing.phone, "billing provider phone")))
    return "".join(parts)


def subscriber_segments(coverage: Subscription) -> str:
    """SBR and loops 2010BA and 2010BB; address and birth of the subscriber only where that is the patient."""
    own = one_of(coverage.relationship, _RELATIONSHIPS, "relationship") == "18"
    person = coverage.subscriber
    group = optional_words(coverage.group_number, 50, "group number")
    sequence = one_of(coverage.sequence, _SEQUENCES, "payer sequence")
    filing = one_of(coverage.filing, _FILINGS, "claim filing indicator")
    member = identifier(coverage.member_id, 80, "member id")
    payer = words(coverage.payer_name, 60, "payer name")
    payer_id = identifier(coverage.payer_id, 80, "payer id")
    return (
        segment("SBR", sequence, "18" if own else "", group, "", "", "", "", "", filing)
        + segment("NM1", "IL", "1", *_names(person, "subscriber"), "", "", "MI", member)
        + (_demographics(person, "subscriber") if own else "")
        + segment("NM1", "PR", "2", payer, "", "", "", "", "PI", payer_id)
    )


def patient_segments(coverage: Subscription, patient: Person) -> str:
    """PAT and loop 2010CA."""
    names = segment("NM1", "QC", "1", *_names(patient, "patient"))
    return segment("PAT", coverage.relationship) + names + _demographics(patient, "patient")


@lru_cache(maxsize=8192)
def clinician_segments(entity: str, clinician: Clinician) -> str:
    """Loop 2310A (entity DN, referring) or 2310B (82, rendering, with its taxonomy)."""
    role = "referring provider" if entity == "DN" else "rendering provider"
    last, first = words(clinician.last, 60, f"{role} name"), optional_words(clinician.first, 35, f"{role} name")
    number = npi(clinician.npi, f"{role} NPI")
    text = segment("NM1", entity, "1", last, first, "", "", "", "XX", number)
    if clinician.taxonomy and entity == "82":
        text += segment("PRV", "PE", "PXC", taxonomy(clinician.taxonomy, f"{role} taxonomy"))
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
    if birth.year < 1850:
        raise Refused(f"{birth.isoformat()} is no birth date.", where=f"{who} birth date")
    sex = one_of(person.sex, _SEXES, f"{who} sex")
    return _place(person.address, who, practice=False) + f"DMG*D8*{day(birth)}*{sex}~"


def _place(address: Address, who: str, *, practice: bool) -> str:
    return place_of(
        address.line1, address.line2, address.city, address.state, address.zip, who, practice=practice
    )  # fmt: skip
