"""What a claim tells beside codes and people arrives with the encounter, from each format, and goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store.claims.arriving import arriving, fault_of
from store.claims.correct import CorrectClaim
from store.claims.fields import fields_of, known_fields
from store.intake.load import ImportEncounters
from store.intake.values import Intake
from store.tables import Claim, ClaimFact, ClaimFinding, Encounter, FacilityBill
from store.x12.claim_reading import read_claims
from store.x12.institutional_values import InstitutionalClaim
from tests.store.intake.samples import (
    COLUMNS,
    NPI,
    ROW,
    WHITE,
    bundle,
    claim_resource,
    coverage,
    encounter,
    patient,
    payer,
    practitioner,
    read_json,
    read_text,
    table,
    white,
)
from tests.store.world import World
from tests.store.x12.samples import validator_complaints

BILL = {"claim.bill_type": "131", "claim.revenue": "0510", "claim.conditions": "44", "claim.values": "A1 100.00"}


def csv(folder: Path, columns: dict[str, str]) -> Intake:
    row = ROW | {"service_date": "2026-03-02", "member_id": "PRM123456781", "zip": "67999"}
    return read_text(folder, table(row | columns, more=tuple(columns)))


def coded(world: World, intake: Intake) -> Claim:
    """The claim of the one encounter that came in."""
    assert intake.rejects == ()
    world.do(ImportEncounters("in.csv", intake.encounters))
    (found,) = world.all(Encounter)
    world.code(found.id)
    claim = world.one(Claim, encounter_id=found.id)
    world.let_pass(claim.id)
    return world.get(Claim, claim.id)


def test_columns_of_the_claim_are_kept_with_the_encounter_and_go_out(world: World, tmp_path: Path) -> None:
    claim = coded(world, csv(tmp_path, COLUMNS))
    with world.owner.reading() as session:
        said = {one.name: one.value for one in fields_of(session, claim) if one.value}
    assert {f"claim.{name}": text for name, text in said.items() if f"claim.{name}" in COLUMNS} == COLUMNS
    text = world.send()
    assert validator_complaints(text) == []
    (sent,) = read_claims(text.encode()).professional
    assert (sent.authorization, sent.clia, sent.note, sent.patient_paid) == ("A-77", "17D1234567", "SEEN TWICE", 1_250)
    assert sent.referring is not None
    assert (sent.referring.npi, sent.referring.last) == (WHITE, "WHITE")
    assert (sent.dates.accident, sent.related, sent.accident_state) == (date(2026, 2, 20), ("AA",), "KS")


def test_a_hospitals_bill_comes_in_a_table_too(world: World, tmp_path: Path) -> None:
    claim = coded(world, csv(tmp_path, BILL))
    assert claim.kind == "institutional"
    (sent,) = read_claims(world.send().encode()).institutional
    assert (sent.bill_type, sent.conditions, sent.lines[0].revenue) == ("0131", ("44",), "0510")


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("claim.clia", "17X1", "not of that form"),
        ("line.ndc", "00409-3793-01 1 ML", "names no procedure"),
        ("line.ndc", "J1885=409-1 1 ML", "is no drug"),
        ("line.ordering", f"L1820={WHITE}", "Write its name too"),
        ("claim.referring", WHITE, "Write its name too"),
        ("claim.accident", "02/20/2026", "no date"),
        ("claim.conditions", "44", "is missing"),
        ("claim.procedures", "0SR9019", "Field required"),
        ("claim.attending_npi", "12 SMITH, JOHN", "does not begin with an NPI"),
    ],
)
def test_a_column_that_no_claim_could_say_rejects_its_row(tmp_path: Path, column: str, text: str, why: str) -> None:
    (reject,) = csv(tmp_path, {column: text}).rejects
    assert reject.field in {column, "claim.bill_type"}
    assert why in reject.reason


def test_fields_of_lines_come_with_their_procedures_and_go_out_with_each_line(world: World, tmp_path: Path) -> None:
    intake = csv(tmp_path, {
        "line.ndc": "j1885=00409-3793-01 1 ML | J1885=00409-3795-01 2 ML RX7 | J3301=00003-0293-05 40 UN",
        "line.clia": "G0103=17D1234567",
        "line.ordering": f"L1820={WHITE} White, Sam; 2 Oak St; Larkfield; KS; 668990001",
    })  # fmt: skip
    assert intake.rejects == ()
    world.do(ImportEncounters("in.csv", intake.encounters))
    (found,) = world.all(Encounter)
    codes = ("J1885", "J1885", "J3420", "G0103", "L1820")
    world.code(found.id, lines=[(code, ("59",) if number == 1 else (), 1, (1,)) for number, code in enumerate(codes)])
    claim = world.one(Claim, encounter_id=found.id)
    told = {(one.code, one.severity, one.value) for one in world.all(ClaimFinding, claim_id=claim.id)}
    assert ("N.LEFTOVER", "info", "ndc J3301") in told
    world.do(CorrectClaim(claim.id, fields=(("2.ndc", ""),)))  # what is taken away does not come again
    world.let_pass(claim.id)
    text = world.send()
    assert validator_complaints(text) == []
    (sent,) = read_claims(text.encode()).professional
    assert [line.drug.ndc if line.drug else "" for line in sent.lines] == ["00409379301", "", "", "", ""]
    assert [line.clia for line in sent.lines] == ["", "", "", "17D1234567", ""]
    (ordered,) = [line.ordering for line in sent.lines if line.ordering]
    assert (ordered.npi, ordered.address.city if ordered.address else "") == (WHITE, "LARKFIELD")


def test_every_field_may_arrive_as_it_is_written(world: World) -> None:
    told = ((one.name.partition("."), one.example) for one in known_fields())
    examples = {f"line.{name}" if of == "N" else of: f"J1885={text}" if of == "N" else text
                for (of, dot, name), text in told if of == "N" or not dot}  # fmt: skip
    del examples["line.charge"]  # the fee schedule's
    of_records = {"group_number", "insurance_type", "address"}  # these have columns of their own, or are a payer's word
    assert {*arriving()} == {*examples} - of_records
    assert [fault_of(name, examples[name]) for name in arriving()] == [""] * len(arriving())
    assert world.all(FacilityBill) == []


def fhir(folder: Path, *more: dict[str, Any], **changes: object) -> Intake:
    return read_json(
        folder, bundle(patient(), practitioner(NPI), white(), payer(), coverage(), encounter(**changes), *more)
    )


def test_a_claim_of_a_bundle_tells_authorisation_referral_accident_and_who_referred(tmp_path: Path) -> None:
    (one,) = fhir(tmp_path, claim_resource()).encounters
    assert dict(one.claim) == {
        "authorization": "A-77", "referral": "R-9", "referring": f"{WHITE} White, Sam", "accident": "2026-02-20",
        "related": "AA", "accident_state": "KS",
    }  # fmt: skip


def test_who_referred_is_told_by_the_encounter_itself(tmp_path: Path) -> None:
    referrer = {"type": [{"coding": [{"code": "REF"}]}], "individual": {"reference": "Practitioner/d2"}}
    own = {"individual": {"reference": "Practitioner/d1"}, "type": [{"coding": [{"code": "PPRF"}]}]}
    (one,) = fhir(tmp_path, participant=[referrer, own]).encounters
    assert (one.provider.npi, one.claim) == (NPI, (("referring", f"{WHITE} White, Sam"),))
    asked = {"resourceType": "ServiceRequest", "id": "s1", "requester": {"reference": "Practitioner/d2"}}
    (one,) = fhir(tmp_path, asked, basedOn=[{"reference": "ServiceRequest/s1"}]).encounters
    assert one.claim == (("referring", f"{WHITE} White, Sam"),)


def test_an_institutional_claim_tells_its_bill_and_one_without_a_type_of_bill_none(tmp_path: Path) -> None:
    def code(text: str) -> dict[str, Any]:
        return {"coding": [{"code": text}]}

    whole = claim_resource(
        type=code("institutional"), subType=code("0131"), insurance=[], referral={}, accident={},
        careTeam=[{"role": code("operating"), "provider": {"reference": "Practitioner/d2"}}],
        item=[{"encounter": [{"reference": "Encounter/e1"}], "revenue": code(one)} for one in ("0450", "0250")],
        supportingInfo=[{"category": code(k), "code": code(one)} for k, one in (("admtype", "1"), ("drg", "470"))],
    )  # fmt: skip
    (one,) = fhir(tmp_path, whole).encounters
    assert dict(one.claim) == {
        "bill_type": "0131", "revenue": "0450 0250", "type": "1", "drg": "470", "operating_npi": f"{WHITE} White, Sam",
    }  # fmt: skip
    (one,) = fhir(tmp_path, whole | {"subType": {}}).encounters
    assert one.claim == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accident": {"date": "2026"}}, "accident was left out. '2026' is no date"),
        ({"insurance": "many"}, "not everything was read: Claim.insurance is not a list of objects"),
        ({"status": "cancelled"}, ""),
    ],
)
def test_what_a_claim_says_wrongly_is_left_out_with_a_word_and_the_encounter_stays(
    tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    intake = fhir(tmp_path, claim_resource(**changes))
    assert len(intake.encounters) == 1
    assert told in " ".join(intake.warnings)
    assert not told or "accident" not in dict(intake.encounters[0].claim)


def test_a_bundles_bill_becomes_an_837i(world: World, tmp_path: Path) -> None:
    intake = csv(tmp_path, BILL | {"claim.operating_npi": f"{WHITE} White, Sam", "claim.authorization": "Z1"})
    coded(world, intake)
    text = world.send()
    assert validator_complaints(text) == []
    (sent,) = read_claims(text.encode()).institutional
    assert isinstance(sent, InstitutionalClaim)
    assert (sent.authorization, sent.operating.last if sent.operating else "") == ("Z1", "WHITE")


def test_what_comes_later_with_the_note_is_kept_too_and_nothing_after_it(world: World, tmp_path: Path) -> None:
    def come(note: str, number: str) -> None:
        rows = csv(tmp_path, {"claim.authorization": number}).encounters
        world.do(ImportEncounters("in.csv", tuple(replace(one, note=note) for one in rows)))

    come("", "A-1")
    come("Seen for a cough.", "A-2")
    come("Seen for a cough.", "A-3")
    (told,) = world.all(ClaimFact)
    assert (told.name, told.value) == ("authorization", "A-2")
