"""Reading claim files: any form that the standard allows, nothing of a damaged file."""

from __future__ import annotations

import pytest

from store.errors import Refused
from store.x12.claim_reading import ClaimFile, read_claims
from store.x12.institutional import write_institutional
from store.x12.professional import write_professional
from tests.store.x12.rich_samples import OUTPATIENT, institutional_claims, professional_claims, secondary
from tests.store.x12.samples import CONTROL, SUBMITTER, small_file_claims

TEXT = write_professional(professional_claims(), SUBMITTER, CONTROL)
SHORT = write_professional([secondary()], SUBMITTER, CONTROL)
HOSPITAL = write_institutional([OUTPATIENT], SUBMITTER, CONTROL)
WHOLE = read_claims(TEXT.encode())


def read(text: str) -> ClaimFile:
    return read_claims(text.encode(), "june.837")


def counted(text: str) -> str:
    """The text with SE01 put right."""
    body = text[text.index("~ST*") + 1 : text.index("~SE*") + 1]
    return text.replace(text[text.index("~SE*") :].split("*")[1], str(body.count("~") + 1), 1)


@pytest.mark.parametrize("marks", ["*:^~", "|>}\n", "+<%\r", "!#%\x1d"])
@pytest.mark.parametrize("eol", ["", "\n", "\r\n"])
def test_separators_and_line_ends_change_nothing(marks: str, eol: str) -> None:
    plain = TEXT.replace("(", "").replace("+", "")
    text = "".join(f"{one}~{eol}" for one in plain.split("~")[:-1]).translate(
        dict(zip(map(ord, "*:^~"), marks, strict=True))
    )
    assert read(text).professional == WHOLE.professional


def test_several_interchanges_of_both_kinds_are_read_on() -> None:
    found = read(TEXT + "\n" + write_institutional(institutional_claims(), SUBMITTER, CONTROL))
    assert found.professional == WHOLE.professional
    assert len(found.institutional) == 4
    assert found.interchange_controls == ("000000123", "000000123")


def test_small_letters_a_mark_and_unknown_segments_change_nothing() -> None:
    odd = TEXT.replace("~HI*", "~K3*WHO KNOWS~HI*").replace("~CLM*", "~clm*").replace("SE*210", "SE*215")
    assert read_claims(b"\xef\xbb\xbf" + odd.encode()).professional == WHOLE.professional


@pytest.mark.parametrize("mark", [">", "<", "^", "|"])
def test_a_component_separator_that_the_isa_does_not_declare_is_found(mark: str) -> None:
    head, body = TEXT[:106], TEXT[106:]
    found = read(head + body.replace(":", mark))
    assert found.professional == WHOLE.professional
    assert found.notices == (f"june.837, segment 1 (ISA): ISA16 declares ':', but {mark!r} separates components.",)
    assert not WHOLE.notices


def test_a_file_that_uses_two_component_separators_is_refused() -> None:
    with pytest.raises(Refused, match="no known separator"):
        read(TEXT.replace("SV1*HC:ZZ101*125.5", "SV1*HC>ZZ101*125.5", 1))


@pytest.mark.parametrize("text", [SHORT, HOSPITAL], ids=["837P", "837I"])
def test_a_file_cut_at_any_byte_is_refused_or_whole(text: str) -> None:
    whole = read(text)
    for length in range(len(text)):
        try:
            found = read(text[:length])
        except Refused:
            continue
        assert found == whole
        assert length == len(text) - 1


def test_a_file_of_several_interchanges_cut_between_two_of_them_reads_as_the_first() -> None:
    """Nothing in the standard counts interchanges, so this cut can't be seen."""
    both = TEXT + TEXT.replace("000000123", "000000124")
    assert read(both[: len(TEXT)]).professional == WHOLE.professional


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("CLM*2001*155.5*", "CLM*2001*155.51*", "CLM02 is 155.51, but the lines are 155.50"),
        ("CLM*2001*", "CLM**", "CLM01 is empty"),
        ("SV1*HC:ZZ101*125.5", "SV1*HC:ZZ101*x", "SV102"),
        ("UN*1***1", "UN*-1***1", "no quantity"),
        ("DTP*472*D8*20260227", "DTP*472*D8*20260231", "no date"),
        ("DTP*472*D8*20260227~REF*6R*2001-1", "REF*6R*2001-1", "no day of service"),
        ("SV1*HC:ZZ101*125.5*UN*1***1~", "", "no service"),
        ("LX*1~", "", "outside a line"),
        ("CAS*CO*45*25.5", "CAS*XX*45*25.5", "adjustment group"),
        ("DTP*573*D8*20260320~LX", "LX", "no day"),
        ("SVD*FIRST1*80*", "SVD*FIRST1**", "SVD02 is empty"),
        ("AMT*D*80", "AMT*D*8O", "AMT02"),
        ("SV1*HC:ZZ101", "SV2*HC:ZZ101", "can't stand in the line"),
        ("DMG*D8*19610203", "DMG*D8*196102", "DMG02"),
        ("HL*1**20*1~", "HL*1~", "HL03"),
    ],
)
def test_a_damaged_field_is_refused_with_its_place(before: str, after: str, told: str) -> None:
    assert before in SHORT
    with pytest.raises(Refused, match=told) as refused:
        read(counted(SHORT.replace(before, after, 1)))
    assert refused.value.where.startswith("june.837, segment ")


def test_a_claim_without_provider_or_subscriber_is_refused() -> None:
    start, end = SHORT.index("HL*1*"), SHORT.index("CLM*")
    with pytest.raises(Refused, match="before its billing provider"):
        read(counted(SHORT[:start] + SHORT[end:]))


def test_every_count_of_the_envelope_is_checked() -> None:
    for before, after in (("~SE*", "~SE*9"), ("~GE*1", "~GE*2"), ("~IEA*1", "~IEA*2"), ("*0001~GE", "*0002~GE")):
        with pytest.raises(Refused):
            read(SHORT.replace(before, after))


def test_the_first_files_that_were_ever_written_are_read() -> None:
    found = read(write_professional(small_file_claims(), SUBMITTER, CONTROL))
    assert [claim.control_number for claim in found.professional] == ["1001", "1002", "1003", "1004"]
    assert found.professional[3].billing.name == "GREEN, ADA"
