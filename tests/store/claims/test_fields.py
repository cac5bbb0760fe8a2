"""Every field that a claim can tell is set by a person, checked, sent, and reached from what the scrub found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import typer
from sqlmodel import Session
from typer.testing import CliRunner

from store.claims import snapshot
from store.claims.correct import CorrectClaim
from store.claims.fields import fields_of, known_fields
from store.claims.fixing import FixFinding
from store.claims.payers import SavePayer
from store.claims.scrub import Facts, look
from store.errors import Refused
from store.tables import Claim, ClaimFact, ClaimFinding, ClaimVersion, FacilityBill, Payer
from store.x12.claim_reading import read_claims
from store.x12.claim_values import Address, Attachment, Clinician, Drug, Facility
from store.x12.institutional_values import InstitutionalClaim, Occurrence, ValueCode
from tests.store.world import World
from tests.store.x12.samples import validator_complaints
from tui import commands

LINES = (("J0696", (), 2, (1,)), ("E0114", (), 1, (1,)), ("G0103", (), 1, (1,)))
OUTSIDE = "2999900212"


def npi(first: str) -> str:
    """A number with a right check digit that begins so."""
    from store.intake.npi import is_npi

    return next(first + str(digit) for digit in range(10) if is_npi(first + str(digit)))


DOCTOR = npi("299990021")
HOSPITAL = npi("299990033")
TOLD = (
    ("referring", f"{DOCTOR} Smith, John"),
    ("supervising", "2999900113"),
    ("facility", f"{HOSPITAL} City Hospital; 1 Main St; Larkfield; KS; 668990001"),
    ("referral", "R123"),
    ("note", "SECOND OPINION"),
    ("attachments", "OZ EL A123, B3 AA"),
    ("related", "AA EM"),
    ("accident_state", "KS"),
    ("accident", "2026-02-20"),
    ("onset", "2026-02-21"),
    ("patient_paid", "12.50"),
    ("medical_record", "M77"),
    ("authorization", "AUTH9"),
    ("1.ndc", "00409-1234-01 10 ML RX5"),
    ("1.description", "GIVEN SLOWLY"),
    ("2.ordering", f"{DOCTOR} Smith, John; 9 Elm St; Larkfield; KS; 66899"),
    ("2.attachments", "OZ FX C55"),
    ("3.clia", "17D1234567"),
    ("3.note", "AT HOME"),
)


def test_every_field_goes_out_and_reads_back(world: World) -> None:
    claim_id = world.claim(lines=LINES)
    world.do(CorrectClaim(claim_id, fields=TOLD))
    text = world.send()
    assert validator_complaints(text) == []
    (sent,) = read_claims(text.encode()).professional
    john = Clinician("SMITH", "JOHN", DOCTOR)
    assert sent.referring == john
    assert sent.supervising is not None
    assert sent.supervising.last == "HOLLIS"
    where = Address("1 MAIN ST", "LARKFIELD", "KS", "668990001")
    assert sent.facility == Facility("CITY HOSPITAL", HOSPITAL, where)
    assert (sent.referral, sent.note, sent.medical_record, sent.authorization) == (
        "R123", "SECOND OPINION", "M77", "AUTH9",
    )  # fmt: skip
    assert sent.attachments == (Attachment("OZ", "EL", "A123"), Attachment("B3", "AA"))
    assert (sent.related, sent.accident_state, sent.patient_paid) == (("AA", "EM"), "KS", 1_250)
    assert (sent.dates.accident, sent.dates.onset) == (date(2026, 2, 20), date(2026, 2, 21))
    drug, equipment, test = sent.lines
    assert (drug.drug, drug.description) == (Drug("00409123401", "10", "ML", "RX5"), "GIVEN SLOWLY")
    assert equipment.ordering is not None
    assert (equipment.ordering.npi, equipment.ordering.address) == (
        DOCTOR, Address("9 ELM ST", "LARKFIELD", "KS", "66899"),
    )  # fmt: skip
    assert equipment.attachments == (Attachment("OZ", "FX", "C55"),)
    assert (test.clia, test.note) == ("17D1234567", "AT HOME")
    assert world.faults() == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("referring", "1234567890 SMITH, JOHN", "does not begin with an NPI"),
        ("referring", OUTSIDE if OUTSIDE == DOCTOR else DOCTOR, "is not on file"),
        ("facility", "nowhere", "not whole"),
        ("clia", "17X1234567", "not of that form"),
        ("attachments", "OZ EL", "no attachment"),
        ("accident", "02/20/2026", "no date"),
        ("related", "XX", "no cause"),
        ("patient_paid", "much", "much"),
        ("1.ndc", "123 10 ML", "no drug"),
        ("9.ndc", "00409-1234-01 10 ML", "no line 9"),
        ("shoe_size", "9", "no field"),
        ("1.referring", "x", "no field of a line"),
        ("address", "1 Main St", "no address"),
        ("insurance_type", "99", "no insurance type"),
    ],
)
def test_what_is_not_of_a_fields_form_is_refused_and_nothing_changes(
    world: World, name: str, text: str, why: str
) -> None:
    claim_id = world.claim()
    with pytest.raises(Refused, match=why):
        world.do(CorrectClaim(claim_id, fields=(("note", "KEPT?"), (name, text))))
    assert world.all(ClaimFact) == []
    assert world.get(Claim, claim_id).current == 1


def test_what_a_payer_wants_of_a_procedure_stops_the_claim_and_f_leads_to_each(world: World) -> None:
    world.do(SavePayer('payer_id = "PRMUT"\nrequired = ["referring", "clia", "ndc", "ordering", "attachment"]'))
    claim_id = world.claim(lines=LINES)
    found = {one.fix: one for one in world.all(ClaimFinding, claim_id=claim_id, severity="stop")}
    assert {one.code: one.place for one in found.values()} == {
        "P.REQUIRED": found["referring"].place, "N.NDC": "line 1 2410", "N.ORDERING": "line 2 2420E",
        "N.CLIA": "line 3 2400 REF*X4",
    }  # fmt: skip
    values = {"referring": f"{DOCTOR} SMITH, JOHN", "clia": "17D1234567", "ndc": "00409123401 1 UN",
              "ordering": f"{DOCTOR} SMITH, JOHN", "attachments": "OZ EL A1"}  # fmt: skip
    assert set(found) == set(values)
    for fix, one in found.items():
        world.do(FixFinding(claim_id, one.mark, values[fix]))
    assert world.get(Claim, claim_id).state == "READY"
    assert validator_complaints(world.send()) == []


def test_medicare_is_told_what_the_law_wants_and_an_address_is_mended_by_f(world: World) -> None:
    claim_id = world.claim("MEDB", lines=LINES)
    told = {one.code: one.severity for one in world.all(ClaimFinding, claim_id=claim_id)}
    assert (told["N.CLIA"], told["N.ORDERING"]) == ("info", "info")
    world.sql("UPDATE patient_contact SET line1=''")
    world.do(CorrectClaim(claim_id, fields=(("note", "X"),)))
    (one,) = world.all(ClaimFinding, claim_id=claim_id, code="C.ADDRESS")
    world.do(FixFinding(claim_id, one.mark, "12 Elm St; Larkfield; KS; 66899"))
    assert world.all(ClaimFinding, claim_id=claim_id, code="C.ADDRESS") == []


UB = (
    ("bill_type", "131"), ("revenue", "0450 0636"), ("conditions", "44"), ("occurrences", "11 2026-03-01"),
    ("values", "A1 100.00, 80 3.00"), ("reasons", "R07.9"), ("status", "01"), ("source", "1"),
)  # fmt: skip


def test_the_fields_of_a_ub_04_are_set_one_by_one_and_go_out_as_837i(world: World) -> None:
    claim_id = world.claim()
    with pytest.raises(Refused, match="Field required"):
        world.do(CorrectClaim(claim_id, fields=(("values", "A1 100.00"),)))
    world.do(CorrectClaim(claim_id, fields=UB))
    world.do(
        CorrectClaim(claim_id, fields=(("conditions", "44 C1"), ("note", "SEEN TWICE"), ("1.ndc", "00409123401 1 UN")))
    )
    made = snapshot.load_any(world.all(ClaimVersion, claim_id=claim_id)[-1].content)
    assert isinstance(made, InstitutionalClaim)
    assert (made.bill_type, made.conditions, made.note) == ("0131", ("44", "C1"), "SEEN TWICE")
    assert made.values == (ValueCode("A1", 10_000), ValueCode("80", 300))
    assert made.occurrences == (Occurrence("11", date(2026, 3, 1)),)
    assert [(line.revenue, line.drug) for line in made.lines] == [
        ("0450", Drug("00409123401", "1", "UN")), ("0636", None),
    ]  # fmt: skip
    world.let_pass(claim_id)
    assert validator_complaints(world.send()) == []
    with world.owner.reading() as session:
        said = {one.name: one.value for one in fields_of(session, world.get(Claim, claim_id))}
    assert {name: said[name] for name, _ in UB} == dict(UB) | {"conditions": "44 C1"}


def test_fields_are_taken_back_by_undo_and_away_by_nothing(world: World) -> None:
    claim_id = world.claim()
    world.do(CorrectClaim(claim_id, fields=(("note", "ONE"), *UB)))
    world.owner.undo()
    assert world.all(ClaimFact) == []
    assert world.all(FacilityBill) == []
    world.do(CorrectClaim(claim_id, fields=(("note", "ONE"),)))
    world.do(CorrectClaim(claim_id, fields=(("note", ""),)))
    assert world.all(ClaimFact) == []


def test_fields_are_listed_and_set_by_command(world: World) -> None:
    app = typer.Typer()
    commands.register(app)
    number = world.get(Claim, world.claim()).control_number
    listed = CliRunner().invoke(app, ["claims", "fields"])
    assert (listed.exit_code, len(listed.output.splitlines()) > len(known_fields())) == (0, True)
    at = ["--db", str(world.url)]
    done = CliRunner().invoke(app, ["claims", "set", number, "note=TWICE", "1.ndc=00409123401 1 UN", *at])
    assert done.exit_code == 0, done.output
    assert "TWICE" in CliRunner().invoke(app, ["claims", "fields", number, *at]).output
    assert CliRunner().invoke(app, ["claims", "set", number, "note", *at]).exit_code == 2


def test_a_diagnosis_that_is_none_on_a_later_lines_day_is_found_on_that_day(world: World) -> None:
    claim_id = world.claim()
    with Session(world.engine) as session:
        claim = session.get_one(Claim, claim_id)
        content = snapshot.load(world.all(ClaimVersion, claim_id=claim_id)[-1].content)
        first = content.lines[0]
        late = replace(first, service_date=date(2026, 10, 1), control="B")
        made = replace(content, diagnoses=("ZZ9.99",), lines=(first, late))
        facts = Facts(session, claim, made, session.get_one(Payer, claim.payer_id), date(2026, 12, 1), world.library)
        told = [(one.code, one.place, one.fix) for one in look(facts)]
    assert ("K.DXDAY", "diagnoses on 2026-10-01", "coder") in told
