from __future__ import annotations

import copy
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Refused
from store.intake.fhir import read_fhir
from tests.store.intake.samples import (
    NOTE,
    NPI,
    TODAY,
    Node,
    attachment,
    bundle,
    coverage,
    document,
    encounter,
    patient,
    payer,
    practitioner,
    read_json,
    whole,
)

SHARED = Path(os.environ.get("SUPERBILL_SHARED", Path(__file__).parents[4] / "shared"))


def test_a_bundle_becomes_an_encounter_with_every_field(tmp_path: Path) -> None:
    intake = read_json(tmp_path, whole())
    assert (intake.rejects, intake.warnings) == ((), ())
    (one,) = intake.encounters
    assert (one.source, one.source_id, one.line) == ("fhir", "e1", 5)
    assert (one.patient.source_id, one.patient.last, one.patient.first) == ("MRN-7", "Quill", "Ada")
    assert (one.patient.birth, one.patient.sex, one.patient.language) == (date(1970, 2, 3), "F", "es")
    assert (one.patient.line1, one.patient.zip) == ("1 Elm Rd, Unit 2", "679991234")
    assert (one.patient.phone, one.patient.email) == ("555-555-0100", "ada@example.org")
    assert (one.provider.npi, one.provider.last, one.provider.first) == (NPI, "Marsh", "Lee")
    assert (one.service_date, one.place, one.setting) == (date(2026, 6, 1), "11", "outpatient")
    assert (one.facility, one.kind, one.note) == ("Larkfield Clinic", "Office visit", NOTE.strip())
    (insurance,) = one.coverages
    assert (insurance.payer_name, insurance.payer_id) == ("Prairie Mutual", "PRMUT")
    assert (insurance.member_id, insurance.group_number, insurance.relationship) == ("M1", "G1", "18")


def test_ndjson_of_resources_and_of_bundles_reads_as_a_bundle_does(tmp_path: Path) -> None:
    resources = [entry["resource"] for entry in whole()["entry"]]
    for one in resources:
        if one["resourceType"] == "Encounter":
            one["subject"] = {"reference": "https://ehr.example.org/fhir/Patient/p1/_history/2"}
    lines = "\n".join(json.dumps(one) for one in resources) + "\n\n"
    (one,) = read_json(tmp_path, lines).encounters
    assert (one.line, one.note, len(one.coverages)) == (5, NOTE.strip(), 1)
    other = json.loads(json.dumps(whole()).replace('"e1"', '"e2"').replace("Encounter/e1", "Encounter/e2"))
    for entry in other["entry"]:
        if entry["resource"]["resourceType"] == "DocumentReference":
            entry["resource"]["id"] = "n2"
            entry["fullUrl"] = "urn:uuid:n2"
    intake = read_json(tmp_path, f"{json.dumps(whole())}\n{json.dumps(other)}\n")
    assert [(one.source_id, one.line, bool(one.note)) for one in intake.encounters] == [
        ("e1", 1, True),
        ("e2", 2, True),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"subject": {"reference": "Patient/none"}}, "Encounter.subject", "not in this file"),
        ({"subject": None}, "Encounter.subject", "no patient"),
        ({"subject": {"reference": "Practitioner/d1"}}, "Encounter.subject", "points to a Practitioner"),
        ({"subject": "Patient/p1"}, "Encounter.subject", "not an object"),
        ({"period": None}, "Encounter.period.start", "missing"),
        ({"period": {"start": "2026-06"}}, "Encounter.period.start", "not a date"),
        ({"period": {"start": "2026-07-01"}}, "Encounter.period.start", "future"),
        ({"period": {"start": "1960-07-01"}}, "Patient.birthDate", "after the date of service"),
        ({"period": {"start": "2026-06-01", "end": "2026-05-30"}}, "Encounter.period.end", "before the start"),
        ({"participant": []}, "Encounter.participant", "no practitioner"),
        ({"participant": [{"individual": {"reference": "Practitioner/x"}}]}, "Practitioner.identifier", "no NPI"),
        ({"status": "cancelled"}, "Encounter.status", "nothing to code"),
        ({"status": "in-progress"}, "Encounter.status", "not finished"),
        ({"id": None}, "Encounter.id", "missing"),
    ],
)
def test_a_bad_encounter_is_refused_with_its_entry_and_field_and_the_good_one_is_kept(
    tmp_path: Path, changes: Node, field: str, reason: str
) -> None:
    value = whole()
    value["entry"].append({"resource": encounter(id="e2") | changes})
    intake = read_json(tmp_path, value)
    assert [one.source_id for one in intake.encounters] == ["e1"]
    (reject,) = intake.rejects
    assert (reject.line, reject.field) == (7, field)
    assert reason in reject.reason
    assert json.loads(reject.original)["resourceType"] == "Encounter"


def test_a_bundle_without_its_patient_keeps_nothing_and_says_why(tmp_path: Path) -> None:
    intake = read_json(tmp_path, bundle(practitioner(), encounter(), document()))
    assert not intake.encounters
    assert "'urn:uuid:p1' is not in this file" in intake.rejects[0].reason


def test_a_wrong_check_digit_is_a_warning_or_when_asked_a_reject(tmp_path: Path) -> None:
    value = bundle(patient(), practitioner("9999907691"), encounter(), document())
    assert "9999907691" in read_json(tmp_path, value).warnings[0]
    (reject,) = read_json(tmp_path, value, strict_npi=True).rejects
    assert reject.field == "Practitioner.identifier"


def test_the_primary_performer_is_the_provider_and_roles_lead_to_persons(tmp_path: Path) -> None:
    role = {
        "resourceType": "PractitionerRole", "id": "r1",
        "practitioner": {"reference": "Practitioner/d1"}, "specialty": [{"text": "Cardiology"}],
    }  # fmt: skip
    nurse = practitioner("1234567893") | {"id": "d2"}
    taking_part = [
        {"individual": {"reference": "Practitioner/d2"}},
        {"type": [{"coding": [{"code": "PPRF"}]}], "individual": {"reference": "PractitionerRole/r1"}},
    ]
    value = bundle(patient(), practitioner(), nurse, role, encounter(participant=taking_part), document())
    (one,) = read_json(tmp_path, value).encounters
    assert (one.provider.npi, one.provider.specialty) == (NPI, "Cardiology")


def test_an_npi_in_the_reference_itself_is_enough(tmp_path: Path) -> None:
    reference = {"reference": f"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|{NPI}", "display": "Dr. Marsh"}
    value = bundle(patient(), encounter(participant=[{"individual": reference}]), document())
    (one,) = read_json(tmp_path, value).encounters
    assert (one.provider.npi, one.provider.last) == (NPI, "Dr. Marsh")


def test_inpatient_stays_keep_their_discharge(tmp_path: Path) -> None:
    stay = encounter(**{"class": {"code": "IMP"}, "period": {"start": "2026-05-01", "end": "2026-05-04T10:00:00Z"}})
    (one,) = read_json(tmp_path, bundle(patient(), practitioner(), stay, document())).encounters
    assert (one.setting, one.place, one.discharge_date) == ("inpatient", "21", date(2026, 5, 4))


def test_an_official_identifier_names_the_encounter(tmp_path: Path) -> None:
    named = encounter(
        identifier=[{"system": "urn:x", "value": "1"}, {"use": "official", "system": "urn:y", "value": "2"}]
    )
    (one,) = read_json(tmp_path, bundle(patient(), practitioner(), named, document())).encounters
    assert (one.source, one.source_id) == ("urn:y", "2")


def test_several_documents_are_joined_oldest_first_and_void_ones_left_out(tmp_path: Path) -> None:
    documents = [
        document("second", id="n2", date="2026-06-02", description="Addendum"),
        document("first", id="n1", date="2026-06-01", description="Visit note"),
        document("wrong patient", id="n3", status="entered-in-error"),
    ]
    (one,) = read_json(tmp_path, bundle(patient(), practitioner(), encounter(), *documents)).encounters
    assert one.note == "VISIT NOTE\nfirst\n\nADDENDUM\nsecond"


def test_a_composition_becomes_text_by_sections(tmp_path: Path) -> None:
    div = "<div xmlns='http://www.w3.org/1999/xhtml'><p>BP 140/90 &amp; rising</p><ul><li>HTN</li><li>T2DM</li></ul>"
    note = {
        "resourceType": "Composition", "id": "n1", "encounter": {"reference": "urn:uuid:e1"},
        "section": [
            {"title": "Exam", "text": {"div": div + "<script>alert(1)</script></div>"}},
            {"title": "Plan", "section": [{"title": "Meds", "text": {"div": "<div>Lisinopril<br/>10 mg</div>"}}]},
        ],
    }  # fmt: skip
    (one,) = read_json(tmp_path, bundle(patient(), practitioner(), encounter(), note)).encounters
    assert one.note == "EXAM\nBP 140/90 & rising\n\n- HTN\n- T2DM\n\nPLAN\n\nMEDS\nLisinopril\n10 mg"


def test_documents_that_are_no_text_are_told_and_html_is_read(tmp_path: Path) -> None:
    pdf = document(content=[attachment("%PDF", "application/pdf")])
    intake = read_json(tmp_path, bundle(patient(), practitioner(), encounter(), pdf))
    assert intake.encounters[0].note == ""
    assert any("application/pdf" in said for said in intake.warnings)
    html = document(content=[attachment("<p>Cough</p>", "text/html; charset=utf-8")])
    assert read_json(tmp_path, bundle(patient(), practitioner(), encounter(), html)).encounters[0].note == "Cough"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"contentType": "text/plain", "data": "???"}, "not base64"),
        ({"contentType": "text/plain", "data": "6Q=="}, "not UTF-8"),
        ({"contentType": "text/plain; charset=ebcdic", "data": "6Q=="}, "character set"),
        ({"contentType": "text/plain", "url": "Binary/b1"}, "not in this file"),
    ],
)
def test_a_note_that_cannot_be_read_refuses_its_encounter(tmp_path: Path, content: Node, reason: str) -> None:
    broken = document(content=[{"attachment": content}])
    (reject,) = read_json(tmp_path, bundle(patient(), practitioner(), encounter(), broken)).rejects
    assert reason in reject.reason


def test_a_note_without_an_encounter_is_told(tmp_path: Path) -> None:
    stray = document(id="n9", context={"encounter": [{"reference": "Encounter/none"}]})
    value = whole()
    value["entry"].append({"resource": stray})
    assert "DocumentReference belongs to no encounter" in read_json(tmp_path, value).warnings[0]


def test_coverages_come_in_order_and_those_not_in_force_are_left_out(tmp_path: Path) -> None:
    several = [
        coverage(id="c2", order=2, subscriberId="M2", payor=[{"display": "Second Health"}]),
        coverage(id="c1"),
        coverage(id="c3", status="cancelled"),
        coverage(id="c4", period={"end": "2026-05-31"}),
        coverage(id="c5", payor=[{"reference": "Patient/p1"}]),
    ]
    value = bundle(patient(), practitioner(), payer(), *several, encounter(), document())
    first, second = read_json(tmp_path, value).encounters[0].coverages
    assert (first.order, first.payer_id, second.order, second.payer_name) == (1, "PRMUT", 2, "Second Health")


def test_a_dependent_has_another_subscriber(tmp_path: Path) -> None:
    parent = patient(id="p2", resourceType="RelatedPerson", birthDate="1940-01-01")
    dependent = coverage(subscriber={"reference": "RelatedPerson/p2"}, relationship={"coding": [{"code": "child"}]})
    value = bundle(patient(), parent, practitioner(), payer(), dependent, encounter(), document())
    (insurance,) = read_json(tmp_path, value).encounters[0].coverages
    assert insurance.relationship == "19"
    assert insurance.subscriber is not None
    assert insurance.subscriber.birth == date(1940, 1, 1)


def test_contained_subscribers_of_two_patients_are_two_persons(tmp_path: Path) -> None:
    parent = patient(id="sub", resourceType="RelatedPerson", birthDate="1940-01-01", identifier=[])
    dependent = coverage(
        contained=[parent], subscriber={"reference": "#sub"}, relationship={"coding": [{"code": "parent"}]}
    )
    value = bundle(patient(), practitioner(), payer(), dependent, encounter(), document())
    (insurance,) = read_json(tmp_path, value).encounters[0].coverages
    assert insurance.relationship == "G8"
    assert insurance.subscriber is not None
    assert insurance.subscriber.source_id == "MRN-7/sub"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payor": []}, "Coverage.payor"),
        ({"subscriber": {"reference": "Patient/none"}}, "Coverage.subscriber"),
        ({"relationship": {"coding": [{"code": "child"}]}}, "Coverage.subscriber"),
    ],
)
def test_a_coverage_that_would_be_lost_refuses_the_encounter(tmp_path: Path, changes: Node, field: str) -> None:
    value = bundle(patient(), practitioner(), payer(), coverage(**changes), encounter(), document())
    (reject,) = read_json(tmp_path, value).rejects
    assert reject.field == field


def test_one_name_for_two_patients_refuses_the_encounter(tmp_path: Path) -> None:
    value = bundle(patient(), patient(birthDate="1980-01-01"), practitioner(), encounter(), document())
    (reject,) = read_json(tmp_path, value).rejects
    assert "stands for different resources" in reject.reason


def test_a_patient_sent_again_with_another_url_and_time_is_the_same_patient(tmp_path: Path) -> None:
    value = whole()
    again = patient(meta={"lastUpdated": "2026-06-02T00:00:00Z"})
    value["entry"].append({"fullUrl": "urn:uuid:again", "resource": again})
    value["entry"][4]["resource"]["subject"] = {"reference": "urn:uuid:again"}
    intake = read_json(tmp_path, value)
    assert not intake.rejects
    assert [len(one.coverages) for one in intake.encounters] == [1]


def test_the_same_encounter_twice_is_kept_once_and_told(tmp_path: Path) -> None:
    value = whole()
    value["entry"] += copy.deepcopy(value["entry"][4:6])
    intake = read_json(tmp_path, value)
    assert [one.note for one in intake.encounters] == [NOTE.strip()]
    assert not intake.rejects
    assert any("same Encounter" in said for said in intake.warnings)


def test_hostile_text_is_made_harmless(tmp_path: Path) -> None:
    name = [{"family": "Qu\u202eill\ud800", "given": ["[red]Ada\x1b[2J"]}]
    value = bundle(patient(name=name), practitioner(), encounter(), document("a\x1b]52;c;x\x07b"))
    (one,) = read_json(tmp_path, value).encounters
    assert (one.patient.last, one.patient.first) == ("Qu\ufffdill\ufffd", "[red]Ada\ufffd[2J")
    assert one.note == "a\ufffd]52;c;x\ufffdb"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "deeper than 64"),
        ('{"resourceType":"Bundle","x":' + "[" * 70 + "]" * 70 + "}", "deeper than 64"),
        ('{"resourceType": "Bundle", "entry": [', "line 1, column"),
        ('{"resourceType":"Bundle","resourceType":"Bundle"}', "stands twice"),
        ('{"resourceType":"Bundle","x":NaN}', "NaN"),
        ('{"resourceType":"Bundle","x":1e400}', "too large"),
        ('{"resourceType":"Bundle","x":' + "9" * 5000 + "}", "too many digits"),
        ('{"hello": "world"}', "no FHIR resource"),
        ("[1, 2]", "no FHIR resource"),
        ('{"resourceType":"Bundle","entry":{}}', "not a list"),
        ('{"resourceType":"Bundle","entry":[]}', "no Encounter"),
        ('{"resourceType":"Patient"}', "no Encounter"),
        ('{"resourceType":"Patient"}\n{"resourceType":"Encoun', "line 2, column"),
    ],
)
def test_json_that_cannot_be_trusted_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        read_json(tmp_path, text)
    assert said in str(caught.value)


def test_a_bundle_cut_at_any_byte_is_refused_whole() -> None:
    text = json.dumps(whole())
    for cut in range(1, len(text)):
        with pytest.raises(Refused):
            read_fhir(text[:cut], "f", today=TODAY)


def test_entries_that_are_no_resources_are_refused_one_by_one(tmp_path: Path) -> None:
    value = whole()
    value["entry"] += [7, {"resource": 1}, {"resource": {"id": "x"}}, {"resource": bundle()}]
    intake = read_json(tmp_path, value)
    assert len(intake.encounters) == 1
    assert [one.line for one in intake.rejects] == [7, 8, 9, 10]


def test_one_page_of_several_is_told(tmp_path: Path) -> None:
    value = whole() | {"link": [{"relation": "next", "url": "https://x"}]}
    assert "one page of several" in read_json(tmp_path, value).warnings[0]


_JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", [], {}, [1], [{}], {"reference": 3}, {"coding": "x"}, [[]]]
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in inner for deeper in _paths(child, (*path, key)))]


def _everything() -> Node:
    parent = patient(id="p2", resourceType="RelatedPerson")
    note = {"resourceType": "Composition", "id": "n2", "encounter": {"reference": "Encounter/e1"}, "section": [{}]}
    return bundle(
        patient(), parent, practitioner(), payer(), coverage(subscriber={"reference": "RelatedPerson/p2"}),
        encounter(identifier=[{"system": "s", "value": "v"}], location=[{"location": {"display": "x"}}]),
        document(), note,
    )  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(data=st.data())
def test_no_wrong_shape_makes_the_reader_fail_otherwise_than_by_refusing(data: st.DataObject) -> None:
    value = _everything()
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(_paths(value)[1:] or [("entry",)]))
        target: Any = value
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = copy.deepcopy(data.draw(_JUNK))
    try:
        intake = read_fhir(json.dumps(value), "f", today=TODAY)
    except Refused:
        return
    assert intake.encounters or intake.rejects


@pytest.mark.skipif(not (SHARED / "data" / "fhir").is_dir(), reason="the sample bundles are not here")
def test_public_sample_bundles_are_read_whole() -> None:
    for path in sorted((SHARED / "data" / "fhir").glob("*.json")):
        intake = read_fhir(path.read_text(encoding="utf-8"), path.name, today=TODAY)
        assert len(intake.encounters) == 5
        assert not intake.rejects
        assert any("no note" in said for said in intake.warnings)
        assert any("check digit" in said for said in intake.warnings)
