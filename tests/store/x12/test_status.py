"""Asking after claims (276) and reading what is answered (277)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from store.errors import Refused
from store.x12.ack_values import ClaimStatus
from store.x12.claim_values import ProfessionalClaim
from store.x12.institutional_values import InstitutionalClaim
from store.x12.kinds import kind_of
from store.x12.segments import Reader
from store.x12.status_answers import read_status_answers
from store.x12.status_requests import request_of, write_status_requests
from store.x12.status_values import StatusFile, StatusRefusal
from tests.store.x12.rich_samples import OUTPATIENT, accident, lines_of_all_kinds, secondary, voided
from tests.store.x12.samples import CONTROL, SUBMITTER, shared_folder

GOLDEN = Path(__file__).parent / "golden" / "status.276"
CLAIMS: tuple[ProfessionalClaim | InstitutionalClaim, ...] = (
    secondary(),
    lines_of_all_kinds(),
    voided(),
    OUTPATIENT,
    accident(),
)
REQUESTS = [request_of(claim, f"T{number:06d}") for number, claim in enumerate(CLAIMS, 1)]
TEXT = write_status_requests(REQUESTS, SUBMITTER, CONTROL)

BODY = (
    "BHT*0010*08*B000123*20260325*0800*DG~HL*1**20*1~NM1*PR*2*ACME HEALTH*****PI*ACME1~HL*2*1*21*1~"
    "NM1*41*2*US*****46*US1~TRN*2*B000123~HL*3*2*19*1~NM1*1P*2*MAPLE*****XX*1234567893~"
    "HL*4*3*22*0~NM1*IL*1*DOE*JANE****MI*W1~TRN*2*T000001~STC*F1:65*20260320**155.5*80*20260318**20260320*EFT77~"
    "REF*1K*PC1~REF*EJ*2001~DTP*472*D8*20260227~SVC*HC:ZZ101*125.5*80****1~STC*F1:65*20260320~REF*FJ*2001-1~"
    "DTP*472*D8*20260227~SVC*HC:ZZ102*30*0****2~STC*F2:104*20260320********F2:21~REF*FJ*2001-2~DTP*472*D8*20260227~"
    "TRN*2*T000002~STC*P1:20*20260325**30~HL*5*3*22*1~NM1*IL*1*DOE*JANE****MI*W2~HL*6*5*23~NM1*QC*1*DOE*KIM~"
    "TRN*2*T000003~STC*A4:35*20260325~HL*7*2*19*0~NM1*1P*2*OAK*****XX*1555555550~TRN*1*0~STC*E0:24:1P*20260325~"
)


def wrap(body: str = BODY, version: str = "005010X212") -> bytes:
    isa = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*US             *260325*0800*^*00501*000000906*0*T*:~"
    st = f"ST*277*0001*{version}~{body}SE*{body.count('~') + 2}*0001~"
    return f"{isa}GS*HN*A*B*20260325*0800*7*X*{version}~{st}GE*1*7~IEA*1*000000906~".encode()


def read(body: str = BODY) -> StatusFile:
    return read_status_answers(wrap(body), "june.277")


def test_requests_are_written_byte_for_byte() -> None:
    assert TEXT.replace("~", "~\n").encode() == GOLDEN.read_bytes()
    assert kind_of(TEXT.encode()) == "276"
    assert [one.kind for one in Reader(TEXT.encode()).sets()] == ["276"]


def test_levels_are_counted_and_each_has_its_right_parent() -> None:
    levels = [part.split("*")[1:4] for part in TEXT.split("~") if part.startswith("HL")]
    assert [level[0] for level in levels] == [str(n) for n in range(1, len(levels) + 1)]
    above = {"20": "", "21": "20", "19": "21", "22": "19", "23": "22"}
    kinds = {level[0]: level[2] for level in levels}
    assert all(kinds.get(parent, "") == above[kind] for _, parent, kind in levels)


def test_what_can_t_be_asked_is_refused_with_its_request() -> None:
    with pytest.raises(Refused, match="nothing to ask"):
        write_status_requests([], SUBMITTER, CONTROL)
    with pytest.raises(Refused, match="same trace"):
        write_status_requests([REQUESTS[0], REQUESTS[0]], SUBMITTER, CONTROL)
    for changes in ({"member_id": ""}, {"trace": "a 1"}, {"charge": -1}, {"service_to": date(2020, 1, 1)}):
        with pytest.raises(Refused) as refused:
            write_status_requests([replace(REQUESTS[0], **changes)], SUBMITTER, CONTROL)
        assert refused.value.where.startswith("request ")


def test_every_field_of_an_answer_comes_through() -> None:
    file = read()
    first, second, third = file.answers
    assert (first.trace, first.control_number, first.payer_control, first.source) == (
        "T000001", "2001", "PC1", "ACME HEALTH",
    )  # fmt: skip
    assert (first.charge, first.paid, first.adjudicated, first.paid_on, first.check_number) == (
        15550, 8000, date(2026, 3, 18), date(2026, 3, 20), "EFT77",
    )  # fmt: skip
    assert [(line.control, line.code, line.charge, line.paid) for line in first.lines] == [
        ("2001-1", "ZZ101", 12550, 8000), ("2001-2", "ZZ102", 3000, 0),
    ]  # fmt: skip
    assert first.lines[1].statuses == (ClaimStatus("F2", "104"), ClaimStatus("F2", "21"))
    assert [one.standing for one in file.answers] == ["finalized", "pending", "not found"]
    assert (second.trace, second.member_id, third.patient_name, third.member_id) == ("T000002", "W1", "DOE, KIM", "W2")
    assert file.refusals == (StatusRefusal("19", "0", (ClaimStatus("E0", "24", "1P"),)),)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("STC*P1:20*20260325**30~", "", "no status"),
        ("TRN*2*T000002~", "TRN*2~", "TRN02 is empty"),
        ("STC*P1:20*20260325**30~", "STC*P1:20*2026**30~", "STC02"),
        ("STC*P1:20*20260325**30~", "STC*P1:20*20260325**x~", "STC04"),
        ("STC*P1:20*20260325**30~", "STC**20260325**30~", "STC01"),
        ("HL*4*3*22*0~", "HL*4*3*99*0~", "HL03"),
        ("HL*3*2*19*1~", "SVC*HC:ZZ101*1~HL*3*2*19*1~", "outside a claim"),
    ],
)
def test_an_answer_that_leaves_something_open_is_refused(before: str, after: str, told: str) -> None:
    assert before in BODY
    with pytest.raises(Refused, match=told) as refused:
        read(BODY.replace(before, after, 1))
    assert refused.value.where.startswith("june.277, segment ")


def test_an_answer_cut_at_any_byte_is_refused() -> None:
    data = wrap()
    for length in range(len(data) - 1):
        with pytest.raises(Refused):
            read_status_answers(data[:length])


def test_an_acknowledgement_of_claims_is_no_answer() -> None:
    with pytest.raises(Refused, match="it is a 277CA"):
        read_status_answers(wrap(version="005010X214"))


def test_public_answers_are_read() -> None:
    shared = shared_folder()
    folder = shared / "data" / "x12" / "277" if shared else Path("nowhere")
    if not folder.is_dir():
        pytest.skip("the public samples are not here")
    for path in sorted(folder.glob("*ncpdp*")):
        (answer,) = read_status_answers(path.read_bytes(), path.name).answers
        assert (answer.trace, answer.charge, answer.paid, answer.payer_control) == ("ABCXYZ1", 8500, 0, "05347006051")
    with pytest.raises(Refused, match="Control numbers differ"):
        read_status_answers((folder / "stupidedi-1.x12").read_bytes())
