"""What a file tells for the claim beside codes and people: from the Claims of an encounter, and who referred it.

A Claim counts for the encounter that its items name.  It is no claim here: its codes and amounts are a coder's and the
fee schedule's affair, so of it come authorisation, referral, accident, care team and the facts of a UB-04.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from store.claims.arriving import fault_of, lacks
from store.claims.facility import BILL_FIELDS
from store.intake.checks import Doubts, FieldError
from store.intake.fhir import look
from store.intake.fhir.links import Links, npi_in
from store.intake.fhir.look import Node
from store.text import clean_line

_ROLES = {"referring": "referring", "supervisor": "supervising", "supervising": "supervising"}
_HOSPITAL_ROLES = {
    "attending": "attending_npi", "operating": "operating_npi", "otheroperating": "other_operating_npi",
}  # fmt: skip
_DEAD = frozenset({"cancelled", "draft", "entered-in-error"})
_REFERRERS = frozenset({"REF", "referrer"})
_CAUSES = {"MVA": "AA", "WPA": "EM"}
_HOSPITAL_FACTS = {"admtype": "type", "pointoforigin": "source", "discharge-status": "status", "drg": "drg"}
"""Categories of supportingInfo (CARIN's for Blue Button) and the field of the bill."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One encounter with the Claims that name it."""

    encounter: Node
    claims: list[Node]
    links: Links
    doubts: Doubts
    line: int


def claim_fields(telling: Telling) -> tuple[tuple[str, str], ...]:
    """Names of `store.claims.fields` with what they say, the first that is told of each.

    One that a claim could not say is left out with a doubt: the encounter itself is sound.
    """
    told: dict[str, str] = {}
    try:
        for name, text in _all(telling):
            value = clean_line(text)
            if value and name not in told:
                told[name] = value
    except FieldError as wrong:
        telling.doubts.add(f"Of a Claim not everything was read: {wrong.field} {wrong.reason}.", telling.line)
    for name, value in [*told.items()]:
        fault = fault_of(name, value)
        if fault:
            telling.doubts.add(f"Of the claim's fields {name} was left out. {fault}", telling.line)
            del told[name]
    fields = tuple(sorted(told.items()))
    return tuple(one for one in fields if one[0] not in BILL_FIELDS) if lacks(fields) else fields


def _all(telling: Telling) -> Iterator[tuple[str, str]]:
    for claim in telling.claims:
        if look.text(claim, "status", "Claim") in _DEAD:
            continue
        yield from _numbers(claim, telling.links)
        yield from _accident(claim)
        yield from _team(claim, telling.links)
        yield from _bill(claim)
    yield from _referrers(telling)


def _numbers(claim: Node, links: Links) -> Iterator[tuple[str, str]]:
    insurances = look.children(claim, "insurance", "Claim")
    for one in sorted(insurances, key=lambda one: one.get("focal") is not True):
        for number in look.texts(one, "preAuthRef", "Claim.insurance"):
            yield "authorization", number
    reference = look.child(claim, "referral", "Claim")
    target = links.follow(reference, claim, "Claim.referral") or {}
    for node in (look.child(reference, "identifier"), *look.children(target, "identifier", "ServiceRequest")):
        yield "referral", look.text(node, "value", "Claim.referral")


def _accident(claim: Node) -> Iterator[tuple[str, str]]:
    accident = look.child(claim, "accident", "Claim")
    if not accident:
        return
    yield "accident", look.text(accident, "date", "Claim.accident")[:10]
    kinds = look.codes(look.child(accident, "type", "Claim.accident"), "Claim.accident.type")
    cause = next((_CAUSES[kind] for kind in kinds if kind in _CAUSES), "OA")
    yield "related", cause
    if cause == "AA":
        where = look.child(accident, "locationAddress", "Claim.accident")
        yield "accident_state", look.text(where, "state", "Claim.accident").upper()


def _team(claim: Node, links: Links) -> Iterator[tuple[str, str]]:
    for one in look.children(claim, "careTeam", "Claim"):
        roles = look.codes(look.child(one, "role", "Claim.careTeam"), "Claim.careTeam.role")
        for role in roles:
            field = _ROLES.get(role) or _HOSPITAL_ROLES.get(role)
            if field:
                yield field, _clinician(look.child(one, "provider", "Claim.careTeam"), claim, links)


def _referrers(telling: Telling) -> Iterator[tuple[str, str]]:
    """Who referred: a participant of the encounter, else who asked for it."""
    encounter, path = telling.encounter, "Encounter.participant"
    for one in look.children(encounter, "participant", "Encounter"):
        kinds = {code for kind in look.children(one, "type", path) for code in look.codes(kind, path)}
        if kinds & _REFERRERS:
            who = look.child(one, "individual", path) or look.child(one, "actor", path)
            yield "referring", _clinician(who, encounter, telling.links)
    for reference in look.children(encounter, "basedOn", "Encounter"):
        request = telling.links.follow(reference, encounter, "Encounter.basedOn") or {}
        who = look.child(request, "requester", "ServiceRequest")
        yield "referring", _clinician(who, request, telling.links)


def _clinician(reference: Node, home: Node, links: Links) -> str:
    """'1999999984 SMITH, JOHN', '' for nobody whose number and name the file tells."""
    found = links.follow(reference, home, "practitioner") or {}
    if found.get("resourceType") == "PractitionerRole":
        reference = look.child(found, "practitioner", "PractitionerRole")
        found = links.follow(reference, found, "PractitionerRole.practitioner") or {}
    npi = look.identifier(found, system=look.US_NPI, path="Practitioner") or npi_in(reference, "practitioner")
    names = look.children(found, "name", "Practitioner")
    name = names[0] if names else {}
    given = look.texts(name, "given", "Practitioner.name")
    family = look.text(name, "family", "Practitioner.name")
    return f"{npi} {family}, {given[0]}" if npi and family and given else ""


def _bill(claim: Node) -> Iterator[tuple[str, str]]:
    """Type of bill, revenue codes line by line, and what the supporting information says of the admission."""
    if "institutional" not in look.codes(look.child(claim, "type", "Claim"), "Claim.type"):
        return
    yield "bill_type", next(iter(look.codes(look.child(claim, "subType", "Claim"), "Claim.subType")), "")
    items = look.children(claim, "item", "Claim")
    codes = [look.codes(look.child(item, "revenue", "Claim.item"), "Claim.item.revenue") for item in items]
    yield "revenue", " ".join(code[0] for code in codes if code)
    for info in look.children(claim, "supportingInfo", "Claim"):
        for category in look.codes(look.child(info, "category", "Claim.supportingInfo"), "Claim.supportingInfo"):
            if category in _HOSPITAL_FACTS:
                told = look.codes(look.child(info, "code", "Claim.supportingInfo"), "Claim.supportingInfo.code")
                yield _HOSPITAL_FACTS[category], told[0] if told else ""
