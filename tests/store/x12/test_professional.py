"""Writing an 837P: the bytes, the limits, and an independent validator's verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store.errors import Refused
from store.x12 import professional
from store.x12.claim_values import Address, ProfessionalClaim
from store.x12.kinds import kind_of
from store.x12.professional import batch_of, write_professional
from store.x12.segments import Reader
from tests.store.x12.samples import (
    BILLING,
    CHILD,
    CLAIM,
    CONTROL,
    COVERAGE,
    FACILITY,
    HOME,
    LINE,
    RENDERING,
    STREET,
    SUBMITTER,
    SUBSCRIBER,
    many_claims,
    small_file_claims,
    validator_complaints,
)
from tests.store.x12.small_reader import read_claims

GOLDEN = Path(__file__).parent / "golden" / "small.837"


def write(*claims: ProfessionalClaim) -> str:
    return write_professional(claims, SUBMITTER, CONTROL)


def test_a_small_file_is_written_byte_for_byte() -> None:
    assert write(*small_file_claims()).replace("~", "~\n").encode() == GOLDEN.read_bytes()


def test_the_small_file_passes_an_independent_validator() -> None:
    text = write(*small_file_claims())
    assert validator_complaints(text) == []
    assert kind_of(text.encode()) == "837P"


def test_the_validator_sees_a_damaged_file() -> None:
    text = write(CLAIM).replace("DMG*D8*19610203*F", "DMG*D8*19611303*F")
    assert validator_complaints(text)


def test_many_claims_in_several_sets_pass_the_validator_and_add_up() -> None:
    claims = many_claims(120)
    text = write_professional(claims, SUBMITTER, CONTROL, claims_per_set=50)
    assert validator_complaints(text) == []
    sets = list(Reader(text.encode()).sets())
    assert [one.control for one in sets] == ["0001", "0002", "0003"]
    found = read_claims(text)
    assert sorted((one.number, one.charge) for one in found) == sorted((c.control_number, c.charge) for c in claims)
    batches = [part.split("*")[3] for part in text.split("~") if part.startswith("BHT")]
    assert batches == ["B000123", "B000123-2", "B000123-3"]
    assert {batch_of(batch, ["B000122", "B000123"]) for batch in batches} == {"B000123"}
    assert batch_of("B000999-2", ["B000123"]) == ""


def test_levels_are_counted_and_a_patient_level_stands_only_for_somebody_else() -> None:
    levels = [part for part in write(*small_file_claims()).split("~") if part.startswith("HL")]
    assert levels == ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*1", "HL*4*3*23*0", "HL*5**20*1", "HL*6*5*22*0"]


def test_children_of_one_subscriber_stand_under_that_subscriber() -> None:
    family = replace(COVERAGE, relationship="19")
    first = replace(CLAIM, subscription=family, patient=CHILD)
    second = replace(first, control_number="1005", patient=replace(CHILD, first="LEE"))
    levels = [part for part in write(first, second).split("~") if part.startswith("HL")]
    assert levels == ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0", "HL*4*2*23*0"]
    assert validator_complaints(write(first, second)) == []


def test_rendering_and_facility_are_told_only_where_they_differ() -> None:
    own = replace(RENDERING, npi=BILLING.npi)
    house = replace(FACILITY, npi=BILLING.npi, address=BILLING.address)
    assert not {"82", "77"} & {*read_claims(write(replace(CLAIM, rendering=own, facility=house)))[0].parties}
    elsewhere = write(replace(CLAIM, facility=replace(house, address=FACILITY.address)))
    assert "NM1*77*2*RIVER HOSPITAL~N3*9 RIVER ROAD" in elsewhere
    assert validator_complaints(elsewhere) == []


def test_names_become_the_basic_character_set_and_hold_no_separator() -> None:
    person = replace(SUBSCRIBER, last="Müller-Straße* ~", first="José:^", middle="Ødegård")
    coverage = replace(COVERAGE, subscriber=person, payer_name="Łódź \u2018Health\u2019 \u2013 ☃")
    text = write(replace(CLAIM, subscription=coverage))
    assert "NM1*IL*1*MULLER-STRASSE*JOSE*ODEGARD***MI*" in text
    assert "NM1*PR*2*LODZ 'HEALTH' -*" in text
    assert text.isascii()
    assert text == text.upper()


def test_a_claim_that_is_not_assigned_keeps_its_benefits() -> None:
    assert "*Y*C*N*Y~" in write(replace(CLAIM, assignment="C"))


def test_a_replacement_carries_the_payer_s_number() -> None:
    for frequency in "78":
        claim = replace(CLAIM, frequency=frequency, payer_control="P 77/a")
        assert read_claims(write(claim))[0].references == {"F8": "P 77/A"}
        with pytest.raises(Refused, match=r"REF\*F8"):
            write(replace(claim, payer_control=""))


def changed_line(**changes: Any) -> ProfessionalClaim:
    return replace(CLAIM, lines=(replace(LINE, **changes),))


def of_person(**changes: Any) -> ProfessionalClaim:
    return replace(CLAIM, subscription=replace(COVERAGE, subscriber=replace(SUBSCRIBER, **changes)))


def lines(count: int) -> ProfessionalClaim:
    return replace(CLAIM, lines=tuple(replace(LINE, control=f"L{n}") for n in range(count)))


def diagnoses(count: int) -> ProfessionalClaim:
    return replace(CLAIM, diagnoses=tuple(f"E11{n:02d}" for n in range(count)))


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        (diagnoses(13), "diagnoses"),
        (diagnoses(0), "diagnoses"),
        (replace(CLAIM, diagnoses=("E11.9", "E119")), "diagnosis 2"),
        (replace(CLAIM, diagnoses=("E11.9", "I-10")), "diagnosis 2"),
        (changed_line(pointers=()), "line 1 pointers"),
        (changed_line(pointers=(1, 2, 1, 2, 1)), "line 1 pointers"),
        (changed_line(pointers=(3,)), "line 1 pointers"),
        (changed_line(pointers=(0,)), "line 1 pointers"),
        (changed_line(pointers=(1, 1)), "line 1 pointers"),
        (changed_line(charge=-1), "charge"),
        (changed_line(charge=10**10), "charge"),
        (changed_line(units=0), "line 1 units"),
        (changed_line(code="ZZ10"), "line 1 procedure"),
        (changed_line(modifiers=("25", "59", "LT", "RT", "XE")), "line 1 modifiers"),
        (changed_line(modifiers=("25", "25")), "line 1 modifiers"),
        (changed_line(modifiers=("2*",)), "line 1 modifier"),
        (changed_line(control="a-1"), "line 1 control"),
        (changed_line(control="X" * 31), "line 1 control"),
        (changed_line(description="D" * 81), "line 1 description"),
        (changed_line(place="1"), "line 1 place of service"),
        (lines(51), "lines"),
        (lines(0), "lines"),
        (replace(CLAIM, lines=(LINE, LINE)), "lines"),
        (replace(CLAIM, control_number="X" * 21), "CLM01"),
        (replace(CLAIM, control_number="10:01"), "CLM01"),
        (replace(CLAIM, control_number="a1001"), "CLM01"),
        (replace(CLAIM, control_number=" "), "CLM01"),
        (replace(CLAIM, place=""), "place of service"),
        (replace(CLAIM, frequency="5"), "frequency"),
        (replace(CLAIM, assignment="X"), "assignment"),
        (replace(CLAIM, authorization="A~1"), "authorization"),
        (replace(CLAIM, note="N" * 81), "note"),
        (replace(CLAIM, rendering=replace(RENDERING, npi="1234567890")), "rendering provider NPI"),
        (replace(CLAIM, billing=replace(BILLING, npi="")), "billing provider NPI"),
        (replace(CLAIM, billing=replace(BILLING, tax_id="12")), "billing provider tax id"),
        (replace(CLAIM, billing=replace(BILLING, taxonomy="X")), "billing provider taxonomy"),
        (replace(CLAIM, billing=replace(BILLING, phone="12")), "billing provider phone"),
        (replace(CLAIM, billing=replace(BILLING, address=replace(STREET, zip="43004"))), "billing provider ZIP"),
        (
            replace(CLAIM, billing=replace(BILLING, address=replace(STREET, line1="P.O. Box 7"))),
            "billing provider address",
        ),
        (replace(CLAIM, subscription=replace(COVERAGE, member_id="")), "member id"),
        (replace(CLAIM, subscription=replace(COVERAGE, payer_id="")), "payer id"),
        (replace(CLAIM, subscription=replace(COVERAGE, filing="??")), "claim filing indicator"),
        (replace(CLAIM, subscription=replace(COVERAGE, sequence="9")), "payer sequence"),
        (replace(CLAIM, subscription=replace(COVERAGE, relationship="99"), patient=CHILD), "relationship"),
        (replace(CLAIM, subscription=replace(COVERAGE, relationship="19")), "patient"),
        (replace(CLAIM, patient=CHILD), "relationship"),
        (of_person(last="☃"), "subscriber last name"),
        (of_person(sex="X"), "subscriber sex"),
        (of_person(birth=date(1066, 1, 1)), "subscriber birth date"),
        (of_person(address=replace(HOME, state="OHIO")), "subscriber state"),
        (of_person(address=replace(HOME, zip="4300")), "subscriber ZIP"),
        (of_person(address=Address("", "ANYTOWN", "OH", "43004")), "subscriber address"),
    ],
)
def test_a_limit_that_is_broken_is_refused_with_claim_and_field(claim: ProfessionalClaim, field: str) -> None:
    with pytest.raises(Refused) as refused:
        write(claim)
    assert refused.value.where == f"claim {claim.control_number}, {field}"


@pytest.mark.parametrize(
    "changes",
    [{"interchange": 0}, {"interchange": 10**9}, {"group": 0}, {"transaction": "1"}, {"batch": "b*"}, {"usage": "X"}],
)
def test_numbers_that_no_envelope_can_hold_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="claim file"):
        write_professional([CLAIM], SUBMITTER, replace(CONTROL, **changes))


def test_no_claims_and_the_same_claim_twice_are_refused() -> None:
    with pytest.raises(Refused, match="no claim"):
        write()
    with pytest.raises(Refused, match="stands twice"):
        write(CLAIM, CLAIM)


def test_a_claim_to_two_payers_may_stand_in_one_file() -> None:
    second = replace(CLAIM, subscription=replace(COVERAGE, sequence="S", payer_id="OTHER"))
    assert [one.sequence for one in read_claims(write(CLAIM, second))] == ["P", "S"]


def test_a_file_that_reads_back_otherwise_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(professional, "claim_segments", lambda _: "CLM*1001*1***11:B:1*Y*A*Y*Y~")
    with pytest.raises(Refused, match="reads back"):
        write(CLAIM)
