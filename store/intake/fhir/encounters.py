"""One `EncounterIn` for each Encounter of a file, or a reject that says what it lacks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from store.errors import Refused
from store.intake import checks
from store.intake.checks import Doubts, FieldError, Gathered, a_line, needed
from store.intake.fhir import look
from store.intake.fhir.claim_facts import Telling, claim_fields
from store.intake.fhir.coverages import Covering, coverages
from store.intake.fhir.json_text import parse_documents
from store.intake.fhir.links import Links
from store.intake.fhir.look import Node
from store.intake.fhir.notes import note
from store.intake.fhir.people import person, provider
from store.intake.values import EncounterIn, Intake
from store.text import clean_line

_OPEN = frozenset({"planned", "arrived", "triaged", "in-progress", "on-hold"})
_VOID = frozenset({"cancelled", "entered-in-error", "discontinued"})
_CLASSES = {
    "AMB": "11", "EMER": "23", "IMP": "21", "ACUTE": "21", "NONAC": "21", "OBSENC": "22", "SS": "22", "HH": "12",
    "VR": "02", "FLD": "15",
}  # fmt: skip
"""Place of service by encounter class (v3 ActCode), where the location doesn't tell it."""

_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})


@dataclass(slots=True)
class _File:
    """The resources of one file, sorted by what they are to an encounter."""

    source: str
    links: Links = field(default_factory=Links)
    encounters: list[tuple[int, Node]] = field(default_factory=list)
    documents: list[tuple[int, Node]] = field(default_factory=list)
    coverages: list[tuple[int, Node]] = field(default_factory=list)
    claims: list[tuple[int, Node]] = field(default_factory=list)
    claims_of: dict[int, list[Node]] = field(default_factory=lambda: defaultdict(list))
    of_encounter: dict[int, list[Node]] = field(default_factory=lambda: defaultdict(list))
    of_patient: dict[int, list[Node]] = field(default_factory=lambda: defaultdict(list))


def read_fhir(text: str, file: str, *, today: date, strict_npi: bool = False, source: str = "fhir") -> Intake:
    """The encounters of a bundle or of NDJSON.

    `line` of an encounter or reject is its entry in the bundle, or its line in NDJSON.  `Refused` if the text is
    no whole JSON, isn't FHIR or holds no Encounter.
    """
    documents, many = parse_documents(text, file)
    gathered = Gathered(file, Doubts("line" if many else "entry"))
    whole = _File(source)
    for line, resource, full_url in _resources(documents, many, file, gathered):
        _sort_in(whole, line, resource, full_url, gathered)
    if not whole.encounters and not gathered.rejects:
        do = "Put the encounters into one file with their patients, coverages and notes."
        raise Refused("The file holds no Encounter.", where=file, do=do)
    _attach(whole, gathered)
    for line, encounter in whole.encounters:
        try:
            built = _encounter(encounter, whole, line, today, gathered.doubts, strict_npi=strict_npi)
        except FieldError as fault:
            gathered.refuse(line, fault.field, fault.reason, _compact(encounter))
        else:
            gathered.take(built, _compact(encounter))
    return gathered.intake()


def _resources(
    documents: list[tuple[int, Any]], many: bool, file: str, gathered: Gathered
) -> Iterator[tuple[int, Node, str]]:
    """Every resource with its line or entry and its full URL."""
    for line, document in documents:
        where = f"{file}, line {line}" if many else file
        if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
            raise Refused("This is JSON but no FHIR resource: it names no resourceType.", where=where)
        if document["resourceType"] != "Bundle":
            yield line, document, ""
            continue
        entries = document.get("entry", [])
        if not isinstance(entries, list):
            raise Refused("The bundle's entry is not a list.", where=where)
        if _has_next_page(document):
            gathered.doubts.add("The bundle is one page of several; import the next pages too.", line)
        for number, entry in enumerate(entries, start=1):
            yield from _entry(entry, line if many else number, gathered)


def _has_next_page(bundle: Node) -> bool:
    links = bundle.get("link")
    return isinstance(links, list) and any(isinstance(one, dict) and one.get("relation") == "next" for one in links)


def _entry(entry: Any, line: int, gathered: Gathered) -> Iterator[tuple[int, Node, str]]:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or not isinstance(kind, str):
        gathered.refuse(line, "entry.resource", "is no FHIR resource", _compact(entry))
    elif kind == "Bundle":
        gathered.refuse(line, "entry.resource", "is a bundle within a bundle, which is not read", _compact(entry))
    else:
        url = entry.get("fullUrl")
        yield line, resource, url if isinstance(url, str) else ""


def _sort_in(whole: _File, line: int, resource: Node, full_url: str, gathered: Gathered) -> None:
    try:
        known = whole.links.add(resource, full_url)
    except FieldError as fault:
        gathered.refuse(line, fault.field, fault.reason, _compact(resource))
        return
    shelf = {
        "Encounter": whole.encounters,
        "DocumentReference": whole.documents,
        "Composition": whole.documents,
        "Coverage": whole.coverages,
        "Claim": whole.claims,
    }.get(resource["resourceType"])
    if shelf is not None and known is not resource:
        gathered.doubts.add(f"The same {resource['resourceType']} stands in the file before.", line)
    elif shelf is not None:
        shelf.append((line, resource))


def _attach(whole: _File, gathered: Gathered) -> None:
    """Lay each document to its encounter and each coverage to its patient; what fits nowhere is told."""
    for line, document in whole.documents:
        kind = document["resourceType"]
        found = _follow_all(whole, document, _encounter_references(document), f"{kind}.encounter", line, gathered)
        for encounter in found:
            whole.of_encounter[id(encounter)].append(document)
        if not found:
            gathered.doubts.add(f"A {kind} belongs to no encounter of this file and was left out.", line)
    for line, coverage in whole.coverages:
        references = [coverage.get("beneficiary")]
        found = _follow_all(whole, coverage, references, "Coverage.beneficiary", line, gathered)
        for patient in found:
            whole.of_patient[id(patient)].append(coverage)
        if not found:
            gathered.doubts.add("A Coverage belongs to no patient of this file and was left out.", line)
    for line, claim in whole.claims:
        for encounter in _follow_all(whole, claim, _billed_references(claim), "Claim.item.encounter", line, gathered):
            if all(one is not claim for one in whole.claims_of[id(encounter)]):
                whole.claims_of[id(encounter)].append(claim)


def _billed_references(claim: Node) -> list[Any]:
    """The encounters that a Claim's items name."""
    items = claim.get("item")
    found: list[Any] = []
    for item in items if isinstance(items, list) else []:
        named = item.get("encounter") if isinstance(item, dict) else None
        found += named if isinstance(named, list) else []
    return found


def _encounter_references(document: Node) -> list[Any]:
    """R4 has them in `context.encounter` (a list), or `encounter` of a Composition; R5 has `context` as a list."""
    context = document.get("context")
    inner = context.get("encounter") if isinstance(context, dict) else context
    found: list[Any] = []
    for one in (inner, document.get("encounter")):
        found += one if isinstance(one, list) else [one]
    return found


def _follow_all(
    whole: _File, home: Node, references: list[Any], path: str, line: int, gathered: Gathered
) -> list[Node]:
    found = []
    for reference in references:
        if not isinstance(reference, dict):
            continue
        try:
            target = whole.links.follow(reference, home, path)
        except FieldError as fault:
            gathered.refuse(line, fault.field, fault.reason, _compact(home))
            continue
        if target is not None:
            found.append(target)
    return found


def _encounter(
    encounter: Node, whole: _File, line: int, today: date, doubts: Doubts, *, strict_npi: bool
) -> EncounterIn:
    _check_status(encounter)
    patient = _patient(encounter, whole)
    who = person(patient, doubts, line)
    start, end = _period(encounter)
    checks.in_order(who.birth, start, today, birth_field="Patient.birthDate", service_field="Encounter.period.start")
    source, source_id = _identity(encounter, whole.source)
    kind = _class(encounter)
    text = note(whole.of_encounter[id(encounter)], whole.links, doubts, line)
    if not text.strip():
        doubts.add("The encounter has no note, so it waits for its documents.", line)
    covering = Covering(patient, start, today, whole.links, doubts, line)
    return EncounterIn(
        source=source,
        source_id=source_id,
        line=line,
        patient=who,
        provider=provider(encounter, whole.links, doubts, line, strict_npi=strict_npi),
        service_date=start,
        note=text,
        coverages=coverages(whole.of_patient[id(patient)], covering),
        facility=a_line(_facility(encounter, whole), "facility", "Encounter.location"),
        place=_place(encounter, whole, kind, doubts, line),
        setting="inpatient" if kind in _INPATIENT else "outpatient",
        kind=a_line(_kind(encounter), "kind", "Encounter.type"),
        discharge_date=end if kind in _INPATIENT else None,
        claim=claim_fields(Telling(encounter, whole.claims_of[id(encounter)], whole.links, doubts, line)),
    )


def _check_status(encounter: Node) -> None:
    status = look.text(encounter, "status", "Encounter")
    if status in _VOID:
        raise FieldError("Encounter.status", f"is {status!r}: there is nothing to code")
    if status in _OPEN:
        raise FieldError("Encounter.status", f"is {status!r}: the encounter is not finished")


def _patient(encounter: Node, whole: _File) -> Node:
    path = "Encounter.subject"
    reference = look.child(encounter, "subject", "Encounter")
    target = clean_line(look.text(reference, "reference", path))
    patient = whole.links.follow(reference, encounter, path)
    if patient is None:
        raise FieldError(path, f"the patient {target[:80]!r} is not in this file" if target else "no patient is named")
    if patient.get("resourceType") != "Patient":
        raise FieldError(path, f"points to a {clean_line(str(patient.get('resourceType')))[:40]}, not to a patient")
    return patient


def _period(encounter: Node) -> tuple[date, date | None]:
    """First and last day, as the sender's own clock shows them.  R4 says `period`, R5 `actualPeriod`."""
    path = "Encounter.period"
    period = look.child(encounter, "period", "Encounter") or look.child(encounter, "actualPeriod", "Encounter")
    start = checks.a_date(_day(look.text(period, "start", path)), f"{path}.start")
    end_text = look.text(period, "end", path)
    end = checks.a_date(_day(end_text), f"{path}.end") if end_text else None
    if end is not None and end < start:
        raise FieldError(f"{path}.end", f"{end} is before the start {start}")
    return start, end


def _day(moment: str) -> str:
    """The date of a FHIR dateTime; a lone year or month stays as it is and is no date."""
    return moment.split("T", 1)[0]


def _identity(encounter: Node, source: str) -> tuple[str, str]:
    """Who names the encounter, and how: its official identifier with system, else the file's source and the id."""
    found = [one for one in look.children(encounter, "identifier", "Encounter") if one.get("value")]
    found.sort(key=lambda one: one.get("use") != "official")
    for one in found:
        system, value = look.text(one, "system", "Encounter.identifier"), look.text(one, "value", "Encounter")
        if system:
            return a_line(system, "source", "Encounter.identifier.system"), _named(value)
    return source, _named(look.text(encounter, "id", "Encounter"))


def _named(value: str) -> str:
    return needed(a_line(value, "source_id", "Encounter.identifier"), "Encounter.id")


def _class(encounter: Node) -> str:
    """The class code.  R4 has a Coding, R5 a list of concepts."""
    classes = look.children(encounter, "class", "Encounter")
    for one in classes:
        for code in [look.text(one, "code", "Encounter.class"), *look.codes(one, "Encounter.class")]:
            if code:
                return clean_line(code)
    return ""


def _place(encounter: Node, whole: _File, kind: str, doubts: Doubts, line: int) -> str:
    for location in _locations(encounter, whole):
        for concept in look.children(location, "type", "Location"):
            for coding in look.children(concept, "coding", "Location.type"):
                code = look.text(coding, "code", "Location.type")
                system = look.text(coding, "system", "Location.type").lower()
                if "place-of-service" in system and len(code) == 2 and code.isascii() and code.isdigit():
                    return code
    if kind not in _CLASSES:
        doubts.add(f"The encounter class {kind[:20]!r} tells no place of service; office (11) is assumed.", line)
    return _CLASSES.get(kind, "11")


def _locations(encounter: Node, whole: _File) -> list[Node]:
    path = "Encounter.location"
    stays = look.children(encounter, "location", "Encounter")
    found = [whole.links.follow(look.child(stay, "location", path), encounter, path) for stay in stays]
    return [one for one in found if one is not None]


def _facility(encounter: Node, whole: _File) -> str:
    names = [look.text(one, "name", "Location") for one in _locations(encounter, whole)]
    for stay in look.children(encounter, "location", "Encounter"):
        names.append(look.text(look.child(stay, "location"), "display"))
    reference = look.child(encounter, "serviceProvider", "Encounter")
    organization = whole.links.follow(reference, encounter, "Encounter.serviceProvider") or {}
    names += [look.text(organization, "name", "Organization"), look.text(reference, "display")]
    return next((name for name in names if name), "")


def _kind(encounter: Node) -> str:
    concepts = look.children(encounter, "type", "Encounter") + look.children(encounter, "serviceType", "Encounter")
    return next((said[:80] for said in map(look.words, concepts) if said), "")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
