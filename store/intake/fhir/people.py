"""Patients, subscribers and clinicians out of FHIR resources."""

from __future__ import annotations

from store.intake import checks
from store.intake.checks import Doubts, FieldError, a_line, needed
from store.intake.fhir import look
from store.intake.fhir.links import Links, npi_in
from store.intake.fhir.look import Node
from store.intake.values import PersonIn, ProviderIn
from store.text import clean_line

_NAME_USES = ("official", "usual", "", "nickname", "anonymous", "temp", "old", "maiden")
_ADDRESS_USES = ("home", "", "billing", "temp", "work", "old")
_PHONE_USES = ("home", "mobile", "", "work", "temp", "old")
_PERFORMERS = ("PPRF", "ATND", "SPRF")


def person(resource: Node, doubts: Doubts, line: int) -> PersonIn:
    """A Patient or RelatedPerson; `FieldError` without a family name or a whole birth date."""
    kind = look.text(resource, "resourceType")
    name = _best(look.children(resource, "name", kind), _NAME_USES)
    given = look.texts(name, "given", f"{kind}.name")
    address = _best(look.children(resource, "address", kind), _ADDRESS_USES)
    where = f"{kind}.address"
    birth = clean_line(look.text(resource, "birthDate", kind))
    if 0 < len(birth) < 10:
        raise FieldError(f"{kind}.birthDate", f"{birth!r} is not a whole date")
    return PersonIn(
        source_id=record_number(resource),
        last=needed(a_line(look.text(name, "family", kind), "last", f"{kind}.name.family"), f"{kind}.name.family"),
        first=a_line(given[0] if given else "", "first", f"{kind}.name.given"),
        birth=checks.a_date(birth, f"{kind}.birthDate"),
        sex=checks.a_sex(look.text(resource, "gender", kind), f"{kind}.gender"),
        line1=a_line(", ".join(look.texts(address, "line", where)), "line1", f"{where}.line"),
        city=a_line(look.text(address, "city", where), "city", f"{where}.city"),
        state=checks.a_state(look.text(address, "state", where), f"{where}.state", doubts, line),
        zip=checks.a_zip(look.text(address, "postalCode", where), f"{where}.postalCode", doubts, line),
        phone=a_line(_telecom(resource, "phone", kind), "phone", f"{kind}.telecom"),
        email=a_line(_telecom(resource, "email", kind), "email", f"{kind}.telecom"),
        language=_language(resource, kind),
    )


def record_number(resource: Node) -> str:
    """The sender's identifier of a person: the medical record number, which its other systems know too, else the id."""
    kind = look.text(resource, "resourceType")
    number = look.identifier(resource, kind="MR", path=kind) or look.text(resource, "id", kind)
    return needed(a_line(number, "source_id", f"{kind}.identifier"), f"{kind}.id")


def provider(encounter: Node, links: Links, doubts: Doubts, line: int, *, strict_npi: bool) -> ProviderIn:
    """The clinician of an Encounter: its primary performer or attending, else the first practitioner named."""
    path = "Encounter.participant"
    fault = FieldError(path, "no practitioner is named")
    for reference in _performers(encounter, path):
        role = links.follow(reference, encounter, path) or {}
        clinician = role
        if role.get("resourceType") == "PractitionerRole":
            reference = look.child(role, "practitioner", "PractitionerRole")
            clinician = links.follow(reference, role, "PractitionerRole.practitioner") or {}
        if clinician and clinician.get("resourceType") != "Practitioner":
            continue
        npi = look.identifier(clinician, system=look.US_NPI, path="Practitioner") or npi_in(reference, path)
        if not npi:
            fault = FieldError("Practitioner.identifier", "the practitioner has no NPI")
            continue
        return ProviderIn(
            npi=checks.an_npi(npi, "Practitioner.identifier", doubts, line, strict=strict_npi),
            **_clinician_name(clinician, reference),
            specialty=a_line(_specialty(role, clinician), "specialty", "PractitionerRole.specialty"),
        )
    raise fault


def _performers(encounter: Node, path: str) -> list[Node]:
    """References to clinicians, the most responsible first.  R4 says `individual`, R5 `actor`."""
    ranked = []
    for participant in look.children(encounter, "participant", path):
        kinds = [code for kind in look.children(participant, "type", path) for code in look.codes(kind, path)]
        rank = min((_PERFORMERS.index(code) for code in kinds if code in _PERFORMERS), default=len(_PERFORMERS))
        reference = look.child(participant, "individual", path) or look.child(participant, "actor", path)
        if reference:
            ranked.append((rank, reference))
    return [reference for _, reference in sorted(ranked, key=lambda pair: pair[0])]


def _clinician_name(clinician: Node, reference: Node) -> dict[str, str]:
    name = _best(look.children(clinician, "name", "Practitioner"), _NAME_USES)
    given = look.texts(name, "given", "Practitioner.name")
    last = look.text(name, "family", "Practitioner.name") or look.text(reference, "display")
    return {
        "last": needed(a_line(last, "last", "Practitioner.name.family"), "Practitioner.name.family"),
        "first": a_line(given[0] if given else "", "first", "Practitioner.name.given"),
    }


def _specialty(role: Node, clinician: Node) -> str:
    concepts = look.children(role, "specialty", "PractitionerRole")
    concepts += [look.child(one, "code") for one in look.children(clinician, "qualification", "Practitioner")]
    return next((said for said in map(look.words, concepts) if said), "")


def _best(found: list[Node], uses: tuple[str, ...]) -> Node:
    """The one whose `use` comes first in `uses`; {} if there is none."""

    def rank(node: Node) -> int:
        use = look.text(node, "use")
        return uses.index(use) if use in uses else len(uses)

    return min(found, key=rank, default={})


def _telecom(resource: Node, system: str, kind: str) -> str:
    found = look.children(resource, "telecom", kind)
    return look.text(_best([one for one in found if one.get("system") == system], _PHONE_USES), "value", kind)


def _language(resource: Node, kind: str) -> str:
    """Two letters of the preferred language, 'en' if none is told."""
    told = look.children(resource, "communication", kind)
    told.sort(key=lambda one: one.get("preferred") is not True)
    for one in told:
        for code in look.codes(look.child(one, "language", kind), kind):
            tag = clean_line(code).lower().split("-")[0]
            if len(tag) == 2 and tag.isalpha():
                return tag
    return "en"
