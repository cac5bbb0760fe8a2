"""Small invented bundles and tables for the tests of intake."""

from __future__ import annotations

import base64
import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

from store.intake.csv_rows import csv_header
from store.intake.npi import npi_of
from store.intake.read import read_file
from store.intake.values import Intake

Node = dict[str, Any]
TODAY = date(2026, 6, 15)
NPI = npi_of("155555001")
WHITE = npi_of("299990021")
NOTE = "CC: cough.\nDenies chest pain.\n"

ROW = {
    "source_id": "E-1",
    "patient_id": "P-1",
    "last": "Quill",
    "first": "Ada",
    "birth": "1970-02-03",
    "provider_npi": NPI,
    "provider_last": "Marsh",
    "service_date": "2026-06-01",
    "sex": "F",
    "address": "1 Elm Rd",
    "city": "Larkfield",
    "state": "ks",
    "zip": "67999-1234",
    "phone": "(555) 555-0100",
    "payer": "Prairie Mutual",
    "payer_id": "PRMUT",
    "member_id": "M1",
    "group_number": "G1",
    "place": "11",
    "kind": "office visit",
    "note": NOTE,
}

COLUMNS = {
    "claim.authorization": "A-77", "claim.referring": f"{WHITE} White, Sam", "claim.clia": "17D1234567",
    "claim.accident": "2026-02-20", "claim.related": "AA", "claim.accident_state": "KS", "claim.note": "SEEN TWICE",
    "claim.attachments": "OZ EL A123", "claim.patient_paid": "12.50", "claim.delay_reason": "7",
}  # fmt: skip
"""What may come for the claim in columns of its own."""


def read_json(folder: Path, value: object, *, strict_npi: bool = False) -> Intake:
    path = folder / "bundle.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return read_file(path, today=TODAY, strict_npi=strict_npi)


def read_text(folder: Path, text: str | bytes, name: str = "rows.csv", *, strict_npi: bool = False) -> Intake:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, today=TODAY, strict_npi=strict_npi)


def table(*rows: dict[str, str], delimiter: str = ",", more: tuple[str, ...] = ()) -> str:
    """A table with every documented column, and `more` of them; all cells quoted."""
    names = [*csv_header().split(","), *more]
    lines = [delimiter.join(names)]
    for row in rows:
        cells = [row.get(name, "").replace('"', '""') for name in names]
        lines.append(delimiter.join(f'"{cell}"' for cell in cells))
    return "\n".join(lines) + "\n"


def bundle(*resources: Node) -> Node:
    entries = [{"fullUrl": f"urn:uuid:{one.get('id')}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def attachment(text: str, kind: str = "text/plain") -> Node:
    return {"attachment": {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}}


def patient(**changes: object) -> Node:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "system": "urn:mrn", "value": "MRN-7"}],
        "name": [
            {"use": "maiden", "family": "Old", "given": ["Ada"]},
            {"use": "official", "family": "Quill", "given": ["Ada", "May"]},
        ],
        "telecom": [{"system": "email", "value": "ada@example.org"}, {"system": "phone", "value": "555-555-0100"}],
        "gender": "female",
        "birthDate": "1970-02-03",
        "address": [{"line": ["1 Elm Rd", "Unit 2"], "city": "Larkfield", "state": "KS", "postalCode": "67999-1234"}],
        "communication": [{"language": {"coding": [{"code": "es-US"}]}, "preferred": True}],
    } | changes


def practitioner(npi: str = NPI) -> Node:
    return {
        "resourceType": "Practitioner",
        "id": "d1",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}],
        "name": [{"family": "Marsh", "given": ["Lee"]}],
    }


def encounter(**changes: object) -> Node:
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "Office visit"}],
        "subject": {"reference": "urn:uuid:p1"},
        "participant": [{"individual": {"reference": "Practitioner/d1"}}],
        "period": {"start": "2026-06-01T09:00:00-05:00", "end": "2026-06-01T09:30:00-05:00"},
        "serviceProvider": {"reference": "#org"},
        "contained": [{"resourceType": "Organization", "id": "org", "name": "Larkfield Clinic"}],
    } | changes


def document(text: str = NOTE, **changes: object) -> Node:
    return {
        "resourceType": "DocumentReference",
        "id": "n1",
        "status": "current",
        "content": [attachment(text)],
        "context": {"encounter": [{"reference": "Encounter/e1"}]},
    } | changes


def coverage(**changes: object) -> Node:
    return {
        "resourceType": "Coverage",
        "id": "c1",
        "status": "active",
        "beneficiary": {"reference": "Patient/p1"},
        "subscriberId": "M1",
        "order": 1,
        "payor": [{"reference": "Organization/o1"}],
        "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G1"}],
    } | changes


def payer() -> Node:
    return {"resourceType": "Organization", "id": "o1", "name": "Prairie Mutual", "identifier": [{"value": "PRMUT"}]}


def whole() -> Node:
    """A complete bundle of one encounter."""
    parts = (patient(), practitioner(), payer(), coverage(), encounter(), document())
    return bundle(*(copy.deepcopy(part) for part in parts))


def claim_resource(**changes: object) -> Node:
    team = {"role": {"coding": [{"code": "referring"}]}, "provider": {"reference": "Practitioner/d2"}}
    return {
        "resourceType": "Claim", "id": "k1", "status": "active", "type": {"coding": [{"code": "professional"}]},
        "insurance": [{"focal": False, "preAuthRef": ["B-2"]}, {"focal": True, "preAuthRef": ["A-77"]}],
        "referral": {"identifier": {"value": "R-9"}}, "careTeam": [team],
        "accident": {"date": "2026-02-20", "type": {"coding": [{"code": "MVA"}]}, "locationAddress": {"state": "ks"}},
        "item": [{"sequence": 1, "encounter": [{"reference": "Encounter/e1"}]}] * 2,
    } | changes  # fmt: skip


def white() -> Node:
    return practitioner(WHITE) | {"id": "d2", "name": [{"family": "White", "given": ["Sam"]}]}


def billed() -> Node:
    """The same with a Claim that names the encounter."""
    parts = (patient(), practitioner(), white(), payer(), coverage(), encounter(), document(), claim_resource())
    return bundle(*(copy.deepcopy(part) for part in parts))
