"""Claims of every kind: the bytes, an independent validator's verdict, and the same values when they are read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store.errors import Refused
from store.x12.acks import read_acks
from store.x12.claim_reading import read_claims
from store.x12.claim_values import Address, Attachment, ClaimDates, Drug, OtherPayer, ProfessionalClaim
from store.x12.institutional import write_institutional
from store.x12.institutional_values import Admission, Condition, InstitutionalClaim, Occurrence, Procedure
from store.x12.professional import write_professional
from store.x12.segments import Reader
from tests.store.x12.rich_samples import (
    FIRST,
    OPERATING,
    OUTPATIENT,
    PAID_ON,
    accident,
    cas,
    inpatient,
    institutional_claims,
    lines_of_all_kinds,
    professional_claims,
    second_inpatient,
    second_outpatient,
    secondary,
    tertiary,
    voided,
)
from tests.store.x12.samples import CLAIM, CONTROL, LINE, SUBMITTER, validator_complaints
from tests.store.x12.sent import as_sent, institutional_as_sent

GOLDEN = Path(__file__).parent / "golden"
PROFESSIONAL = {
    "secondary": secondary(), "tertiary": tertiary(), "accident": accident(), "lines": lines_of_all_kinds(),
    "void": voided(),
}  # fmt: skip
INSTITUTIONAL = {
    "outpatient": OUTPATIENT, "inpatient": inpatient(), "second_inpatient": second_inpatient(),
    "second_outpatient": second_outpatient(),
}  # fmt: skip


def write(*claims: ProfessionalClaim) -> str:
    return write_professional(claims, SUBMITTER, CONTROL)


def write_i(*claims: InstitutionalClaim) -> str:
    return write_institutional(claims, SUBMITTER, CONTROL)


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("name", PROFESSIONAL)
def test_each_kind_of_professional_claim_is_written_byte_for_byte_and_passes_the_validator(name: str) -> None:
    text = write(PROFESSIONAL[name])
    assert text.replace("~", "~\n").encode() == golden(f"{name}.837p")
    assert validator_complaints(text) == []


@pytest.mark.parametrize("name", INSTITUTIONAL)
def test_each_kind_of_institutional_claim_is_written_byte_for_byte_and_passes_the_validator(name: str) -> None:
    text = write_i(INSTITUTIONAL[name])
    assert text.replace("~", "~\n").encode() == golden(f"{name}.837i")
    assert validator_complaints(text) == []


def test_all_kinds_in_one_file_come_back_as_they_went() -> None:
    text = write(*professional_claims())
    assert validator_complaints(text) == []
    found = {claim.control_number: claim for claim in read_claims(text.encode()).professional}
    assert found == {claim.control_number: as_sent(claim) for claim in professional_claims()}
    text = write_i(*institutional_claims())
    assert validator_complaints(text) == []
    back = {claim.control_number: claim for claim in read_claims(text.encode()).institutional}
    assert back == {claim.control_number: institutional_as_sent(claim) for claim in institutional_claims()}


def test_a_file_asks_for_its_acknowledgement_where_that_is_wanted() -> None:
    text = write_professional([CLAIM], SUBMITTER, replace(CONTROL, acknowledge=True))
    assert "*000000123*1*T*:~" in text
    assert validator_complaints(text) == []
    assert "*000000123*0*T*:~" in write(CLAIM)


def with_other(**changes: Any) -> ProfessionalClaim:
    claim = secondary()
    return replace(claim, others=(replace(claim.others[0], **changes),))


def second_line(**changes: Any) -> ProfessionalClaim:
    claim = secondary()
    first, second = claim.lines
    return replace(claim, lines=(first, replace(second, prior=(replace(second.prior[0], **changes),))))


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (with_other(paid=8001), "CLM02 155.50 is not AMT*D 80.01 + CAS 0.00 + CAS of lines 75.50 = 155.51"),
        (with_other(adjustments=(cas("PR", "3", 1),)), "CAS 0.01 + CAS of lines 75.50 = 155.51"),
        (with_other(paid=7000, adjustments=(cas("PR", "3", 1000),)), ""),
        (second_line(paid=100, adjustments=(cas("PR", "204", 3000),)), "AMT*D 80.00 is not SVD02 81.00"),
        (second_line(adjustments=(cas("PR", "204", 2999),)), "CLM02 155.50 is not"),
        (with_other(paid=None), "no amount paid"),
        (second_line(payer_id="NOBODY"), "none of the other payers"),
        (replace(secondary(), others=()), "none of the other payers"),
        (replace(secondary(), others=secondary().others * 2), "same payer id"),
        (with_other(coverage=replace(FIRST, sequence="S")), "same place"),
    ],
)
def test_other_payers_amounts_must_balance_and_both_sides_are_told(claim: ProfessionalClaim, told: str) -> None:
    if not told:
        assert validator_complaints(write(claim)) == []
        return
    with pytest.raises(Refused) as refused:
        write(claim)
    assert told in refused.value.what
    assert refused.value.where.startswith("claim 2001, ")


def test_money_of_lines_that_changed_places_is_refused_at_the_line() -> None:
    claim = secondary()
    first, second = claim.lines
    moved = (
        replace(first, prior=(replace(first.prior[0], adjustments=first.prior[0].adjustments[:2]),)),
        replace(second, prior=(replace(second.prior[0], adjustments=(cas("PR", "204", 3500),)),)),
    )
    with pytest.raises(Refused, match=r"Line 1 125\.50 is not SVD02 80\.00"):
        write(replace(claim, lines=moved))


def test_money_of_a_bundled_line_may_stand_on_another() -> None:
    claim = secondary()
    first, second = claim.lines
    lifted = replace(first.prior[0], paid=8000, adjustments=(*first.prior[0].adjustments, cas("OA", "94", -3000)))
    bundled = replace(second.prior[0], adjustments=(cas("CO", "97", 3000), cas("OA", "94", 3000)), bundled=1)
    text = write(replace(claim, lines=(replace(first, prior=(lifted,)), replace(second, prior=(bundled,)))))
    assert "SVD*FIRST1*0*HC:ZZ103:LT**2*1~" in text
    assert "CAS*OA*94*-30~" in text
    assert validator_complaints(text) == []


def test_a_payer_that_has_not_decided_is_told_without_amounts() -> None:
    waiting = OtherPayer(replace(FIRST, sequence="S"))
    text = write(replace(CLAIM, others=(waiting,)))
    assert "AMT*D" not in text
    assert validator_complaints(text) == []
    assert read_claims(text.encode()).professional[0].others == (waiting,)


def test_more_than_six_adjustments_of_a_group_take_a_second_segment() -> None:
    many = tuple(cas("CO", str(n), 100) for n in range(1, 9))
    claim = replace(CLAIM, others=(OtherPayer(replace(FIRST, sequence="S"), 12550 - 800, PAID_ON, adjustments=many),))
    text = write(claim)
    assert text.count("CAS*CO*") == 2
    assert read_claims(text.encode()).professional[0].others[0].adjustments == many


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        (replace(CLAIM, related=("AA",), dates=ClaimDates(accident=PAID_ON)), "accident state"),
        (replace(CLAIM, related=("OA",)), "accident date"),
        (replace(CLAIM, related=("XX",), dates=ClaimDates(accident=PAID_ON)), "related causes"),
        (replace(CLAIM, delay_reason="99"), "delay reason"),
        (replace(CLAIM, attachments=(Attachment("B4", "EL"),)), "attachments control number"),
        (replace(CLAIM, attachments=(Attachment("B4", "XX", "1"),)), "attachments transmission"),
        (replace(CLAIM, attachments=(Attachment("B4", "EL", "1"),) * 11), "attachments"),
        (replace(CLAIM, lines=(replace(LINE, basis="DA"),)), "line 1 unit"),
        (replace(CLAIM, lines=(replace(LINE, fraction="1234"),)), "line 1 units"),
        (replace(CLAIM, lines=(replace(LINE, end_date=date(2026, 2, 1)),)), "line 1 last day"),
        (replace(CLAIM, lines=(replace(LINE, drug=Drug("123", "1", "ML")),)), "line 1 drug code"),
        (replace(CLAIM, lines=(replace(LINE, drug=Drug("00011122233", "x", "ML")),)), "line 1 drug quantity"),
        (replace(CLAIM, lines=(replace(LINE, drug=Drug("00011122233", "1", "KG")),)), "line 1 drug unit"),
    ],
)
def test_a_limit_that_is_broken_is_refused_with_its_field(claim: ProfessionalClaim, field: str) -> None:
    with pytest.raises(Refused) as refused:
        write(claim)
    assert refused.value.where == f"claim {claim.control_number}, {field}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"diagnoses": ()}, "diagnoses"),
        ({"diagnoses": (Condition("I10", "X"),)}, "diagnosis 1 present on admission"),
        ({"facility_type": "1"}, "type of bill"),
        ({"facility_type": "11"}, "admission date"),
        ({"admission": Admission("1")}, "discharge status"),
        ({"admission": Admission("01", "7")}, "admission type"),
        ({"admission": Admission("01", day=PAID_ON, hour=24)}, "admission hour"),
        ({"statement_to": date(2026, 1, 1)}, "DTP*434"),
        ({"reasons": ("R1", "R2", "R3", "R4")}, "reason for visit"),
        ({"procedures": (Procedure("0SR901", PAID_ON),)}, "procedure 1"),
        ({"procedures": (Procedure("0SR9019", PAID_ON),)}, "procedures"),
        ({"reasons": ()}, "reason for visit"),
        ({"facility_type": "11", "admission": Admission("01", "1", "1", PAID_ON)}, "admitting diagnosis"),
        ({"occurrences": (Occurrence("05", PAID_ON, PAID_ON),)}, "occurrence"),
        ({"spans": (Occurrence("70", PAID_ON),)}, "occurrence span"),
        ({"conditions": ("C",)}, "condition code"),
        ({"other_operating": OPERATING}, "operating provider"),
        ({"lines": (replace(OUTPATIENT.lines[0], revenue="45"),)}, "line 1 revenue code"),
        ({"lines": (replace(OUTPATIENT.lines[0], noncovered=30001),)}, "line 1 not covered"),
        ({"lines": (replace(OUTPATIENT.lines[0], code=""),)}, "line 1 procedure"),
        ({"frequency": "7"}, "payer control"),
    ],
)
def test_an_institutional_limit_that_is_broken_is_refused_with_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        write_i(replace(OUTPATIENT, **changes))
    assert refused.value.where == f"claim 3001, {field}"


def test_codes_beyond_twelve_take_a_second_segment_and_all_pass() -> None:
    claim = replace(
        OUTPATIENT, diagnoses=tuple(Condition(f"E11{n:02d}") for n in range(25)),
        conditions=tuple(f"C{n}" for n in range(10)) + tuple(f"D{n}" for n in range(10)),
    )  # fmt: skip
    text = write_i(claim)
    assert (text.count("~HI*ABF"), text.count("~HI*BG")) == (2, 2)
    assert validator_complaints(text) == []
    assert read_claims(text.encode()).institutional[0] == institutional_as_sent(claim)


def test_a_pay_to_address_may_be_a_box_and_is_told_only_where_it_differs() -> None:
    same = replace(CLAIM, billing=replace(CLAIM.billing, pay_to=CLAIM.billing.address))
    assert "NM1*87" not in write(same)
    box = replace(CLAIM, billing=replace(CLAIM.billing, pay_to=Address("PO BOX 1", "ANYTOWN", "OH", "43004")))
    assert "~NM1*87*2~N3*PO BOX 1~" in write(box)


def test_claims_of_other_kinds_of_files_are_not_taken_for_claims() -> None:
    with pytest.raises(Refused, match="it is a 835"):
        read_claims(write(CLAIM).replace("*837*", "*835*").encode())
    with pytest.raises(Refused, match="no acknowledgement"):
        read_acks(write(CLAIM).encode())


def test_sets_are_read_one_at_a_time() -> None:
    text = write_professional(professional_claims(), SUBMITTER, CONTROL, claims_per_set=2)
    assert len(list(Reader(text.encode()).sets())) == 3
    assert read_claims(text.encode()).batches == ("B000123", "B000123-2", "B000123-3")
