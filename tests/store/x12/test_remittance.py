"""Reading an 835: every field, every separator, and nothing of a damaged file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from store.errors import Refused
from store.x12.balance import imbalances, patient_share_doubts
from store.x12.remittance import read_remittance
from store.x12.remittance_values import RemittanceFile
from tests.store.x12.remit_samples import FILE, PAYMENT
from tests.store.x12.remit_text import remittance_text, without_places

TEXT = remittance_text(FILE)


def read(text: str) -> RemittanceFile:
    return read_remittance(text.encode(), "june.835")


def test_every_field_comes_through() -> None:
    assert without_places(read(TEXT)) == FILE


def test_the_sample_balances() -> None:
    assert imbalances(read(TEXT)) == []
    assert patient_share_doubts(read(TEXT)) == []


@pytest.mark.parametrize("separators", ["*:^~", "|>}\n", "+>~\r", "!#%\x1d"])
@pytest.mark.parametrize("eol", ["", "\n", "\r\n"])
def test_separators_and_line_ends_change_nothing(separators: str, eol: str) -> None:
    assert without_places(read(remittance_text(FILE, separators, eol))) == FILE


def test_places_are_counted_over_the_whole_file() -> None:
    claim = read(TEXT).payments[0].claims[0]
    parts = TEXT.split("~")
    assert parts[claim.segment - 1].startswith("CLP*1001")
    assert [parts[line.segment - 1].split("*")[1] for line in claim.lines] == ["HC:ZZ101:25", "HC:A0425:LT:59"]


def test_several_payments_in_one_file() -> None:
    second = replace(PAYMENT, set_control="0002", trace="EFT78")
    assert len(read(remittance_text(replace(FILE, payments=(PAYMENT, second)))).payments) == 2


def test_several_interchanges_are_read_on() -> None:
    found = read(TEXT + "\n" + TEXT.replace("000000905", "000000906"))
    assert found.interchange_controls == ("000000905", "000000906")
    assert len(found.payments) == 2


def test_a_file_cut_at_any_byte_is_refused_or_whole() -> None:
    data = TEXT.encode() + b"\n"
    for length in range(len(data)):
        try:
            found = read_remittance(data[:length])
        except Refused:
            continue
        assert without_places(found) == FILE
        assert length >= len(data) - 2


def test_a_file_without_any_one_segment_is_refused() -> None:
    parts = TEXT.split("~")[:-1]
    for n in range(len(parts)):
        with pytest.raises(Refused):
            read("~".join([*parts[:n], *parts[n + 1 :], ""]))


def test_a_file_with_any_segment_twice_is_refused() -> None:
    parts = TEXT.split("~")[:-1]
    for n in range(len(parts)):
        with pytest.raises(Refused):
            read("~".join([*parts[: n + 1], parts[n], *parts[n + 1 :], ""]))


def test_money_of_neighbours_that_changed_places_is_never_taken_as_it_was() -> None:
    """Two segments exchanged are refused, unbalanced, or change no amount."""
    parts = TEXT.split("~")[:-1]
    amounts = [(claim.control_number, claim.paid) for claim in FILE.payments[0].claims]
    for n in range(len(parts) - 1):
        try:
            found = read("~".join([*parts[:n], parts[n + 1], parts[n], *parts[n + 2 :], ""]))
        except Refused:
            continue
        if not imbalances(found):
            assert sorted((claim.control_number, claim.paid) for claim in found.payments[0].claims) == sorted(amounts)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("BPR*I*41.18*C", "BPR*I*41.18*X", "BPR03"),
        ("BPR*I*41.18", "BPR*I*4e1", "BPR02"),
        ("*20260310~TRN", "*2026031~TRN", "BPR16"),
        ("*20260310~TRN", "*20260231~TRN", "BPR16"),
        ("TRN*1*EFT77", "TRN*1*", "TRN02"),
        ("CLP*1001*1*155.57", "CLP*1001*1*155.571", "CLP03"),
        ("CLP*1001*1*155.57", "CLP*1001*1*", "CLP03 is empty"),
        ("DTM*472*20260227", "DTM*472*2026-02-27", "DTM02"),
        ("CAS*OA*23*0.07", "CAS*XX*23*0.07", "adjustment group"),
        ("CAS*OA*23*0.07", "CAS*OA**0.07", "no reason"),
        ("CAS*OA*23*0.07", "CAS*OA*23", "CAS03"),
        ("CAS*OA*23*0.07", "CAS*OA", "no adjustment"),
        ("PLB*1234567893*20261231*L6:1001*-1.25", "PLB*1234567893*20261231*L6:1001", "PLB04"),
        ("PLB*1234567893*20261231*L6:1001*-1.25", "PLB*1234567893*20261231", "no adjustment"),
        ("SVC*HC:ZZ101:25", "SVC*HC>ZZ101>25", "component separator"),
        ("ST*835", "ST*999", "no remittance"),
        ("LX*1~CLP*1001", "CAS*CO*45*1~LX*1~CLP*1001", "outside a claim"),
        ("LX*1~CLP*1001", "LX*1~SVC*HC:ZZ101*1*1~CLP*1001", "outside a claim"),
    ],
)
def test_a_damaged_field_is_refused_with_its_place(before: str, after: str, told: str) -> None:
    assert before in TEXT
    text = TEXT.replace(before, after, 1)
    body = text[text.index("ST*") : text.index("SE*")].count("~") + 1
    text = text.replace(text[text.index("SE*") : text.index("GE*")], f"SE*{body}*0001~")
    with pytest.raises(Refused, match=told) as refused:
        read(text)
    assert refused.value.where.startswith("june.835, segment ")


def test_a_payment_without_money_may_lack_its_date_but_not_both_dates() -> None:
    no_date = TEXT.replace("*20260310~TRN", "~TRN")
    assert read(no_date).payments[0].paid_on == date(2026, 3, 9)
    with pytest.raises(Refused, match="no date"):
        read(no_date.replace("DTM*405*20260309", "DTM*406*20260309"))


def test_a_payer_named_by_reference_and_a_payee_by_tax_number() -> None:
    text = TEXT.replace("N1*PR*ACME HEALTH*XV*ACME1~N1*PE*MAPLE FAMILY PRACTICE*XX*1234567893~REF*TJ*123456789~",
                        "N1*PR*ACME HEALTH~REF*2U*ACME2~N1*PE*MAPLE FAMILY PRACTICE*FI*123456789~")  # fmt: skip
    payment = read(text).payments[0]
    assert (payment.payer_id, payment.payee_npi, payment.payee_tax_id) == ("ACME2", "", "123456789")


def test_the_member_is_the_insured_where_both_are_named() -> None:
    text = TEXT.replace("MOA***MA18", "NM1*IL*1*DOE*JOHN****MI*W999")
    assert read(text).payments[0].claims[0].member_id == "W999"


def test_inpatient_remarks_and_old_reversals_are_read() -> None:
    text = TEXT.replace("MOA***MA18", "MIA*0****MA01***************N781").replace("CAS*CO*45*-10", "CAS*CR*45*-10")
    claims = read(text).payments[0].claims
    assert (claims[0].remarks, claims[0].adjudication) == (("MA01", "N781"), "MIA*0****MA01***************N781")
    assert claims[1].lines[0].adjustments[0].group == "CR"


def test_an_unknown_version_is_read_where_it_can_be() -> None:
    assert without_places(read(TEXT.replace("005010X221A1", "004010X091A1"))) == FILE
