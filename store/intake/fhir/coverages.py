"""The patient's insurance on the date of service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from store.intake import checks
from store.intake.checks import Doubts, FieldError, a_line
from store.intake.fhir import look
from store.intake.fhir.links import Links
from store.intake.fhir.look import Node
from store.intake.fhir.people import person, record_number
from store.intake.values import CoverageIn, PersonIn

_DEAD = frozenset({"cancelled", "draft", "entered-in-error"})
_RELATIONSHIPS = {"self": "18", "spouse": "01", "child": "19"}
_PAYER_SYSTEMS = ("urn:oid:2.16.840.1.113883.6.300", "")  # the NAIC company code, else whatever stands first


@dataclass(frozen=True, slots=True)
class Covering:
    """What is the same for all coverages of one encounter."""

    patient: Node
    service: date
    today: date
    links: Links
    doubts: Doubts
    line: int


def coverages(resources: list[Node], covering: Covering) -> tuple[CoverageIn, ...]:
    """The coverages of the patient in their order, counted from 1.

    Cancelled ones, those whose period leaves the date of service out and those paid by the patient are no
    coverages.  One that lacks its payer or its subscriber is a `FieldError`: leaving it out would bill the patient.
    """
    live = [one for one in resources if _counts(one, covering)]
    live.sort(key=_order)
    return tuple(_coverage(one, number, covering) for number, one in enumerate(live, start=1))


def _counts(coverage: Node, covering: Covering) -> bool:
    if look.text(coverage, "status", "Coverage") in _DEAD:
        return False
    period = look.child(coverage, "period", "Coverage")
    start, end = (look.text(period, key, "Coverage.period")[:10] for key in ("start", "end"))
    day = covering.service.isoformat()
    # ISO dates compare as text, also where only a year or a month is told.
    if (start and day[: len(start)] < start) or (end and day[: len(end)] > end):
        return False
    return not _paid_by_patient(coverage, covering)


def _paid_by_patient(coverage: Node, covering: Covering) -> bool:
    if look.text(coverage, "kind", "Coverage") == "self-pay":
        return True
    payer = covering.links.follow(_payer_reference(coverage), coverage, "Coverage.payor") or {}
    return payer.get("resourceType") in {"Patient", "RelatedPerson"}


def _payer_reference(coverage: Node) -> Node:
    """R4 says `payor`, R5 `insurer`."""
    payers = look.children(coverage, "payor", "Coverage")
    return payers[0] if payers else look.child(coverage, "insurer", "Coverage")


def _order(coverage: Node) -> int:
    order = coverage.get("order")
    return order if isinstance(order, int) and order > 0 else 99


def _coverage(coverage: Node, order: int, covering: Covering) -> CoverageIn:
    name, payer_id = _payer(coverage, covering)
    subscriber = _subscriber(coverage, covering)
    told = look.codes(look.child(coverage, "relationship", "Coverage"), "Coverage.relationship")
    relationship = next((_RELATIONSHIPS.get(code, "G8") for code in told), "18" if subscriber is None else "G8")
    if relationship != "18" and subscriber is None:
        raise FieldError("Coverage.subscriber", f"is missing, though the patient is the subscriber's {told[0]!r}")
    member = _member_id(coverage)
    if not member:
        covering.doubts.add("A coverage has no member id; a claim can't go out without it.", covering.line)
    return CoverageIn(
        payer_name=name,
        payer_id=payer_id,
        member_id=a_line(member, "member_id", "Coverage.subscriberId"),
        order=order,
        group_number=a_line(_group(coverage), "group_number", "Coverage.class"),
        relationship=relationship,
        subscriber=None if relationship == "18" else subscriber,
    )


def _payer(coverage: Node, covering: Covering) -> tuple[str, str]:
    reference = _payer_reference(coverage)
    payer = covering.links.follow(reference, coverage, "Coverage.payor") or {}
    logical = look.text(look.child(reference, "identifier", "Coverage.payor"), "value", "Coverage.payor")
    name = look.text(payer, "name", "Organization") or look.text(reference, "display", "Coverage.payor")
    identity = logical or _payer_id(payer)
    if not (name or identity):
        raise FieldError("Coverage.payor", "the payer has neither a name nor an identifier in this file")
    payer_id = a_line(identity, "payer_id", "Coverage.payor.identifier")
    return a_line(name, "payer", "Coverage.payor") or payer_id, payer_id


def _payer_id(payer: Node) -> str:
    by_type = look.identifier(payer, kind="PAYERID", path="Organization")
    if by_type:
        return by_type
    for system in _PAYER_SYSTEMS:
        for one in look.children(payer, "identifier", "Organization"):
            if look.text(one, "value") and system in {"", look.text(one, "system")}:
                return look.text(one, "value")
    return ""


def _member_id(coverage: Node) -> str:
    """R4 has one text, R5 a list of identifiers; some senders have it among the coverage's own identifiers."""
    told = coverage.get("subscriberId")
    if isinstance(told, str) and told:
        return told
    if isinstance(told, list):
        for one in look.children(coverage, "subscriberId", "Coverage"):
            if look.text(one, "value"):
                return look.text(one, "value")
    return look.identifier(coverage, kind="MB", path="Coverage")


def _group(coverage: Node) -> str:
    for one in look.children(coverage, "class", "Coverage"):
        if "group" in look.codes(look.child(one, "type", "Coverage.class"), "Coverage.class"):
            value = one.get("value")
            return value if isinstance(value, str) else look.text(look.child(one, "value"), "value")
    return ""


def _subscriber(coverage: Node, covering: Covering) -> PersonIn | None:
    """The subscriber where it is somebody else than the patient."""
    reference = look.child(coverage, "subscriber", "Coverage")
    if not reference:
        return None
    found = covering.links.follow(reference, coverage, "Coverage.subscriber")
    if found is None:
        raise FieldError("Coverage.subscriber", "the subscriber is not in this file")
    if found is covering.patient:
        return None
    subscriber = person(found, covering.doubts, covering.line)
    checks.no_later(subscriber, covering.today, "Coverage.subscriber")
    if look.text(reference, "reference").startswith("#"):
        # The id of a contained person means nothing outside this coverage.
        return replace(subscriber, source_id=f"{record_number(covering.patient)}/{subscriber.source_id}")
    return subscriber
