"""A hospital's bill: every field of a UB-04 that an encounter does not tell goes out on the 837I and reads back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.claims.correct import CorrectClaim
from store.claims.facility import SetFacilityBill
from store.claims.fields import fields_of
from store.claims.listing import write_data_only
from store.claims.on_file_work import SetFee
from store.claims.payers import SavePayer
from store.claims.split import SplitOff
from store.errors import Refused
from store.jobs import PrintClaims, WriteLetters
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ClaimFinding, Denial, Encounter, FacilityBill, SentDocument
from store.x12.claim_reading import read_claims
from store.x12.institutional_values import Condition, InstitutionalClaim, Procedure
from tests.store.eras import denied, era, pays
from tests.store.world import DOS, World, person
from tests.store.x12.samples import validator_complaints

STONE, REED = "2999900212", "2999900311"
STAY = (
    ("bill_type", "111"), ("revenue", "0120 0360"), ("type", "1"), ("source", "1"), ("status", "01"), ("hour", "14"),
    ("discharge_hour", "9"), ("admitting", "R07.9"), ("drg", "470"),
    ("procedures", "0SR9019 2026-03-02, 02HV33Z 2026-03-03"), ("external", "Y92.238 Y"), ("present", "Y N Y"),
    ("operating_npi", f"{STONE} Stone, Val"), ("other_operating_npi", f"{REED} Reed, Lou"),
    ("rendering_npi", f"{REED} REED, LOU"),
)  # fmt: skip
VISIT = (("bill_type", "131"), ("revenue", "0450"), ("type", "1"), ("source", "1"), ("status", "01"))


def hospital(world: World, *fields: tuple[str, str], **other: Any) -> int:
    claim_id = world.claim(**other)
    world.do(CorrectClaim(claim_id, fields=fields))
    world.let_pass(claim_id)
    return claim_id


def sent(world: World) -> InstitutionalClaim:
    text = world.send()
    assert validator_complaints(text) == []
    (claim,) = read_claims(text.encode()).institutional
    return claim


def test_operations_causes_and_who_had_a_part_go_out_and_read_back(world: World) -> None:
    encounter_id = world.encounter("PRMUT", place="21", setting="inpatient", discharge_date=date(2026, 3, 6))
    world.code(encounter_id, ("I10", "S52.501A", "W18.30XA"), (("G0438", (), 3, (1,)), ("G0008", (), 1, (1, 2))))
    claim_id = world.one(Claim, encounter_id=encounter_id).id
    world.do(CorrectClaim(claim_id, fields=STAY))
    world.let_pass(claim_id)
    claim = sent(world)
    assert claim.procedures == (Procedure("0SR9019", DOS), Procedure("02HV33Z", date(2026, 3, 3)))
    assert claim.diagnoses == (Condition("I10", "Y"), Condition("S52501A", "N"))
    assert claim.external == (Condition("W1830XA", "Y"), Condition("Y92238", "Y"))
    told = (claim.attending, claim.operating, claim.other_operating, claim.rendering)
    assert [one.last for one in told if one] == ["HOLLIS", "STONE", "REED", "REED"]
    assert (claim.statement_from, claim.statement_to, claim.admitting) == (DOS, date(2026, 3, 6), "R079")
    assert (claim.admission.hour, claim.admission.discharge_hour, claim.drg) == (14, 9, "470")
    assert [line.basis for line in claim.lines] == ["DA", "UN"]
    with world.owner.reading() as session:
        said = {one.name: one.value for one in fields_of(session, world.get(Claim, claim_id))}
    assert {name: said[name] for name, _ in STAY} == {name: text.upper() for name, text in STAY}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ((*VISIT, ("procedures", "0SR9019 2026-03-02")), "procedures"),
        (VISIT, "reason for visit"),
        (tuple(one for one in STAY if one[0] != "admitting"), "admitting diagnosis"),
    ],
    ids=["operation of a visit", "emergency without its reason", "stay without its first diagnosis"],
)
def test_what_a_stay_or_a_visit_needs_stops_the_claim_that_lacks_it(
    world: World, fields: tuple[tuple[str, str], ...], where: str
) -> None:
    claim_id = hospital(world, *fields, place="21", setting="inpatient", discharge_date=DOS)
    assert any(where in one.place for one in world.all(ClaimFinding, claim_id=claim_id, severity="stop"))
    mended = (("admitting", "R07.9"),) if fields[0] == STAY[0] else (("procedures", ""), ("reasons", "R07.9"))
    world.do(CorrectClaim(claim_id, fields=mended))
    assert world.all(ClaimFinding, claim_id=claim_id, severity="stop") == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("procedures", "0SR901O 2026-03-02", "procedures.0.code"),
        ("procedures", "0SR9019", "procedures.0.day"),
        ("external", "I10", "external.0.code"),
        ("external", "W18.30XA Q", "external.0.present"),
        ("operating_npi", STONE, "operating provider"),
        ("attending_npi", "1234567890 STONE, VAL", "attending provider"),
    ],
)
def test_a_field_of_a_bill_that_is_wrong_is_named(world: World, name: str, text: str, why: str) -> None:
    claim_id = world.claim()
    with pytest.raises(Refused, match=why):
        world.do(CorrectClaim(claim_id, fields=(*VISIT, (name, text))))
    assert world.all(FacilityBill) == []


def test_a_hospital_claim_has_its_letters_and_no_cms_1500(world: World, tmp_path: Path) -> None:
    claim_id = hospital(world, *VISIT, ("reasons", "R07.9"))
    number = world.get(Claim, claim_id).control_number
    with pytest.raises(Refused, match=f"{number} is institutional"):
        world.do(PrintClaims((claim_id,), tmp_path))
    with world.owner.reading() as session, pytest.raises(Refused, match=f"{number} is institutional"):
        write_data_only(session, [claim_id], tmp_path)
    world.send()
    world.do(ImportRemittance("835", era(denied(world, claim_id, "CO-50"))))
    (denial, *_) = world.all(Denial, claim_id=claim_id)
    world.do(WriteLetters((denial.id,), "appeal", "fax", "", "F1", tmp_path))
    assert world.one(SentDocument).denial_id == denial.id


BILLED = (("bill_type", "131"), ("revenue", "0510"), ("conditions", "44"))


def visits(world: World, *bills: tuple[tuple[str, str], ...], **other: Any) -> list[int]:
    """Visits of one patient on following days, each with its bill; their ids."""
    world.do(SavePayer('payer_id = "PRMUT"\ncombine_days = 31'))
    found = []
    for number, bill in enumerate(bills):
        day = DOS + timedelta(days=number)
        found.append(world.encounter("PRMUT", patient=person("A"), day=day, claim=bill, **other))
        world.code(found[-1], ("I10", *(("E11.9",) if number else ())), (("G0008", (), 1, (1,)),))
    return found


def test_hospital_visits_go_on_one_claim_over_their_days_where_the_payer_takes_them_so(world: World) -> None:
    second = (("bill_type", "131"), ("revenue", "0771"), ("conditions", "C1"), ("reasons", "R07.9"))
    visits(world, BILLED, second, BILLED)
    claim_id = world.one(Claim).id
    world.let_pass(claim_id)
    claim = sent(world)
    assert (claim.statement_from, claim.statement_to) == (DOS, DOS + timedelta(days=2))
    assert [(line.revenue, line.service_date) for line in claim.lines] == [
        ("0510", DOS), ("0771", DOS + timedelta(days=1)), ("0510", DOS + timedelta(days=2)),
    ]  # fmt: skip
    assert [one.code for one in claim.diagnoses] == ["I10", "E119"]
    assert (claim.conditions, claim.reasons) == (("44", "C1"), ("R079",))
    assert claim.charge == world.get(Claim, claim_id).charge == sum(one.charge for one in world.lines(claim_id))
    assert world.faults() == []


@pytest.mark.parametrize(
    "other",
    [(), (*BILLED, ("attending_npi", f"{STONE} STONE, VAL")), (*BILLED, ("values", "A1 5.00")),
     (("bill_type", "851"), ("revenue", "0510"))],
    ids=["professional", "another attending", "amounts", "another type of bill"],
)  # fmt: skip
def test_hospital_visits_whose_bills_differ_have_their_own_claims(
    world: World, other: tuple[tuple[str, str], ...]
) -> None:
    visits(world, BILLED, other)
    assert len(world.all(Claim)) == 2


def test_a_stay_has_a_claim_of_its_own(world: World) -> None:
    visits(world, BILLED, BILLED)
    (claim,) = world.all(Claim)
    with pytest.raises(Refused, match="a stay has a claim of its own"):
        world.do(CorrectClaim(claim.id, fields=(("bill_type", "111"),)))
    number = world.all(Encounter)[1].number
    with pytest.raises(Refused, match="a stay has a claim of its own"):
        world.do(SetFacilityBill(number, 'bill_type = "111"\nrevenue = ["0120"]'))
    world.do(SplitOff(claim.id, number))
    world.do(SetFacilityBill(number, 'bill_type = "111"\nrevenue = ["0120"]'))
    assert len(world.all(Claim)) == 2


def test_the_next_payer_is_told_what_the_first_one_decided_by_revenue_code(world: World) -> None:
    encounter_id = world.encounter("PRMUT", "HRTLD", claim=(*BILLED, ("reasons", "R07.9")))
    world.code(encounter_id)
    first = world.one(Claim, encounter_id=encounter_id)
    world.let_pass(first.id)
    world.send()
    world.do(ImportRemittance("835", era(pays(world, first.id, "PR-2 2000", "CO-45 700"))))
    second = world.one(Claim, prior_id=first.id)
    world.let_pass(second.id)
    claim = sent(world)
    assert (second.kind, claim.subscription.sequence, claim.charge) == ("institutional", "S", first.charge)
    told = [(one.prior[0].revenue, one.prior[0].paid, one.charge) for one in claim.lines]
    assert told == [("0510", 17_500, 19_500), ("0510", 2_500, 3_200)]
    assert claim.others[0].paid == 20_000
    assert world.faults() == []


def reckoned(remittance: bytes, told: str) -> bytes:
    """The remittance with MIA or MOA in its one claim."""
    segments = remittance.decode().split("~")
    last = max(n for n, one in enumerate(segments) if one.strip().startswith("NM1"))
    more = told.split("~")
    segments[last + 1 : last + 1] = more
    counted = [re.sub(r"SE\*(\d+)", lambda found: f"SE*{int(found[1]) + len(more)}", one) for one in segments]
    return "~".join(counted).encode()


@pytest.mark.parametrize(
    ("moa", "remarks", "whole"),
    [("MOA***MA18*N130", ("MA18", "N130"), ()), ("MOA*0.8*12.5*MA18", (), ("0.8", "12.5", "MA18"))],
)
def test_what_a_payer_reckoned_of_a_visit_goes_to_the_next_one(
    world: World, moa: str, remarks: tuple[str, ...], whole: tuple[str, ...]
) -> None:
    first = world.sent("PRMUT", "HRTLD")
    world.do(ImportRemittance("835", reckoned(era(pays(world, first, "PR-2 2000", "")), moa)))
    text = world.send()
    assert validator_complaints(text) == []
    (claim,) = read_claims(text.encode()).professional
    assert (claim.others[0].remarks, claim.others[0].outpatient) == (remarks, whole)


def test_a_room_is_billed_by_its_revenue_code_alone_and_what_is_not_covered_is_told(world: World) -> None:
    world.do(SetFee("0120", 90_000, DOS, "Room, two beds"))
    stay = tuple(one for one in STAY if one[0] not in {"procedures", "external"})
    encounter_id = world.encounter("PRMUT", "HRTLD", place="21", setting="inpatient", discharge_date=date(2026, 3, 6),
                                   claim=(*stay, ("line.noncovered", "0120=150.00")))  # fmt: skip
    world.code(encounter_id, lines=(("0120", (), 4, (1,)), ("G0008", (), 1, (1,))))
    first = world.one(Claim, encounter_id=encounter_id)
    world.let_pass(first.id)
    claim = sent(world)
    told = [(one.revenue, one.code, one.basis, one.units, one.charge, one.noncovered) for one in claim.lines]
    assert told == [("0120", "", "DA", 4, 360_000, 15_000), ("0360", "G0008", "UN", 1, 3_200, 0)]
    answered = reckoned(era(pays(world, first.id, "PR-2 2000", "")), "MIA*4*9.99*0*3600*MA07**************1.5~MOA*X")
    world.do(ImportRemittance("835", answered))
    second = world.one(Claim, prior_id=first.id)
    world.let_pass(second.id)
    claim = sent(world)
    assert claim.others[0].inpatient == ("4", "", "0", "3600", "MA07", *[""] * 13, "1.5")
    assert [(one.revenue, one.code, one.prior[0].code, one.prior[0].paid) for one in claim.lines] == [
        ("0120", "", "", 358_000), ("0360", "G0008", "", 3_200),
    ]  # fmt: skip
    assert world.faults() == []


def test_a_room_on_a_professional_claim_stops_it(world: World) -> None:
    world.do(SetFee("0120", 90_000, DOS, "Room, two beds"))
    claim_id = world.claim(lines=(("0120", (), 4, (1,)),))
    assert ("stop", "C.REVENUE") in {(one.severity, one.code) for one in world.all(ClaimFinding, claim_id=claim_id)}
    with pytest.raises(Refused, match="Only a hospital"):
        world.do(CorrectClaim(claim_id, fields=(("1.noncovered", "1.00"),)))


def test_the_edits_of_diagnoses_speak_on_a_hospitals_claim_by_its_last_day(world: World) -> None:
    codes = ("I10", "N18.30", "S52.501A", "M17.12")
    end = date(2026, 10, 3)
    encounter_id = world.encounter("PRMUT", place="21", setting="inpatient", day=date(2026, 9, 28),
                                   discharge_date=end, claim=STAY)  # fmt: skip
    world.code(encounter_id, codes)
    claim_id = world.one(Claim, encounter_id=encounter_id).id
    told = {one.code: one.severity for one in world.all(ClaimFinding, claim_id=claim_id)}
    assert told["K.DX.HTN_COMBO"] == "info"
    assert not [code for code in told if code.startswith(("K.PX", "K.FORM"))]
