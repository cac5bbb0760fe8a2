"""TA1, 999, 997 and 277CA: what was accepted, what was not and why; anything else is refused."""

from __future__ import annotations

from datetime import date

import pytest

from store.errors import Refused
from store.x12.ack_values import AckFile, ClaimStatus, InterchangeAck, SyntaxFault
from store.x12.acks import read_acks
from store.x12.kinds import kind_of

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*US             *260310*0800*^*00501*000000905*0*T*:~"
SYNTAX = (
    "AK1*HC*45*005010X222A1~AK2*837*0001~IK5*A~AK2*837*0002~IK3*CLM*22*2300*8~CTX*CLM01:1001~IK4*2*782*6*1:2~"
    "IK4*5:3*1325*7~IK3*REF*57**3~CTX*SITUATIONAL TRIGGER*CLM*43**5:3~CTX*CLM01:1002~IK5*R*5*I5~AK9*P*2*2*1*5~"
)
CLAIMS = (
    "BHT*0085*08*77*20260310*0800*TH~HL*1**20*1~NM1*PR*2*ACME HEALTH*****PI*ACME1~TRN*1*77~DTP*050*D8*20260310~"
    "HL*2*1*21*1~NM1*41*2*US*****46*US1~TRN*2*B000123~STC*A1:19:PR*20260310*WQ*300~QTY*90*2~"
    "HL*3*2*19*1~NM1*85*2*MAPLE*****XX*1234567893~TRN*1*0~STC*A1:19:PR**WQ*300~"
    "HL*4*3*PT~NM1*QC*1*DOE*JANE****MI*W1~TRN*2*1001~STC*A2:20:PR*20260310*WQ*125.5~REF*1K*P1001~DTP*472*D8*20260227~"
    "HL*5*3*PT~NM1*QC*1*ROE*SAM****MI*W2~TRN*2*1002~STC*A3:247:PR*20260310*U*174.5******A7:562:85**SEE LINE~"
    "SVC*HC:ZZ101*100~STC*A7:454**U~REF*FJ*1002-1~SVC*HC:ZZ102*74.5~STC*A7:455**U*******A7:21~"
)


def wrap(kind: str, body: str, version: str, functional: str = "FA") -> str:
    count = body.count("~") + 2
    st = f"ST*{kind}*0001*{version}~{body}SE*{count}*0001~"
    return f"{ISA}GS*{functional}*A*B*20260310*0800*7*X*{version}~{st}GE*1*7~IEA*1*000000905~"


def read(text: str) -> AckFile:
    return read_acks(text.encode(), "june.ack")


def syntax(body: str = SYNTAX) -> AckFile:
    return read(wrap("999", body, "005010X231A1"))


def claims(body: str = CLAIMS) -> AckFile:
    return read(wrap("277", body, "005010X214", "HN"))


def test_a_999_tells_each_set_and_each_fault() -> None:
    found = syntax()
    assert (found.sender, found.interchange_controls) == ("PAYER", ("000000905",))
    (group,) = found.groups
    assert (group.group_control, group.status, group.received, group.accepted) == ("45", "P", 2, 1)
    assert group.codes == ("5",)
    first, second = group.sets
    assert (first.set_control, first.status, first.accepted, first.errors) == ("0001", "A", True, ())
    assert (second.set_control, second.status, second.accepted, second.codes) == ("0002", "R", False, ("5", "I5"))
    assert second.errors == (
        SyntaxFault("CLM", 22, "2300", "8", "2", "6", "1:2", "1001"),
        SyntaxFault("CLM", 22, "2300", "8", "5:3", "7", "", "1001"),
        SyntaxFault("REF", 57, "", "3", claim="1002"),
    )


def test_a_997_says_the_same_in_older_segments() -> None:
    older = SYNTAX.replace("IK3", "AK3").replace("IK4", "AK4").replace("IK5", "AK5")
    assert read(wrap("997", older, "004010")).groups == syntax().groups


def test_a_ta1_needs_no_group() -> None:
    found = read(ISA + "TA1*000000123*260310*0800*R*006~IEA*0*000000905~")
    assert found.interchanges == (InterchangeAck("000000123", "R", "006"),)


def test_a_277ca_tells_the_batch_and_each_claim() -> None:
    (batch,) = claims().claim_sets
    assert (batch.batch, batch.source, batch.source_id, batch.action) == ("B000123", "ACME HEALTH", "ACME1", "WQ")
    assert [(one.id, one.action) for one in batch.providers] == [("1234567893", "WQ")]
    good, bad = batch.claims
    assert (good.control_number, good.action, good.rejected, good.charge) == ("1001", "WQ", False, 12550)
    assert (good.payer_control, good.effective, good.statuses) == (
        "P1001", date(2026, 3, 10), (ClaimStatus("A2", "20", "PR"),),
    )  # fmt: skip
    assert (bad.rejected, bad.statuses) == (True, (ClaimStatus("A3", "247", "PR"), ClaimStatus("A7", "562", "85")))
    assert bad.message == "SEE LINE"
    assert bad.line_statuses == (
        ("1002-1", ClaimStatus("A7", "454")), ("2", ClaimStatus("A7", "455")), ("2", ClaimStatus("A7", "21")),
    )  # fmt: skip


def test_several_sets_and_interchanges_are_told_in_order() -> None:
    one = wrap("277", CLAIMS, "005010X214", "HN")
    body = one[one.index("ST*") : one.index("GE*")]
    second = body.replace("*0001", "*0002", 1).replace("~SE*38*0001", "~SE*38*0002").replace("B000123", "B000124")
    second = second.replace(body[body.index("SE*") :], body[body.index("SE*") :].replace("*0001~", "*0002~"))
    both = one.replace(body, body + second).replace("GE*1*7", "GE*2*7")
    file = read(both + wrap("999", SYNTAX, "005010X231A1"))
    assert [batch.batch for batch in file.claim_sets] == ["B000123", "B000124"]
    assert [len(batch.claims) for batch in file.claim_sets] == [2, 2]
    assert len(file.groups) == 1
    assert file.interchange_controls == ("000000905", "000000905")


@pytest.mark.parametrize("category", ["A0", "A1", "A2", "A3", "A4", "A6", "A7", "A8"])
def test_each_category_is_told_at_the_line_and_only_the_rejecting_ones_reject(category: str) -> None:
    body = CLAIMS.replace("STC*A7:454**U~REF*FJ*1002-1", f"STC*{category}:454**U~REF*FJ*1002-1")
    claim = claims(body).claim_sets[0].claims[1]
    assert claim.line_statuses[0] == ("1002-1", ClaimStatus(category, "454"))
    head = claims(CLAIMS.replace("A2:20:PR*20260310*WQ", f"{category}:20:PR*20260310*WQ")).claim_sets[0].claims[0]
    assert head.rejected == (category in {"A3", "A6", "A7", "A8"})


def test_a_component_separator_that_the_isa_does_not_declare_is_found_and_told() -> None:
    text = wrap("277", CLAIMS, "005010X214", "HN")
    found = read(text[:106] + text[106:].replace(":", ">"))
    assert found.claim_sets == claims().claim_sets
    assert found.notices == ("june.ack, segment 1 (ISA): ISA16 declares ':', but '>' separates components.",)
    with pytest.raises(Refused, match="no category"):
        read(text.replace("STC*A2:20:PR", "STC*A2>20>PR"))


def test_a_category_that_rejects_wins_over_an_action_that_accepts() -> None:
    claim = claims(CLAIMS.replace("A2:20:PR*20260310*WQ", "A7:562:85*20260310*WQ")).claim_sets[0].claims[0]
    assert (claim.action, claim.rejected) == ("WQ", True)


def test_one_rejection_among_several_statuses_rejects() -> None:
    body = CLAIMS.replace("REF*1K*P1001", "STC*A8:33*20260310*U*125.5~REF*1K*P1001")
    assert claims(body).claim_sets[0].claims[0].action == "U"


def test_a_missing_action_is_taken_from_the_category_only_where_that_is_clear() -> None:
    assert claims(CLAIMS.replace("A2:20:PR*20260310*WQ", "A2:20:PR*20260310*")).claim_sets[0].claims[0].action == "WQ"
    assert claims(CLAIMS.replace("A2:20:PR*20260310*WQ", "A6:20:PR*20260310*")).claim_sets[0].claims[0].action == "U"
    with pytest.raises(Refused, match="STC03"):
        claims(CLAIMS.replace("A2:20:PR*20260310*WQ", "F1:20:PR*20260310*"))


def test_a_batch_rejected_at_receiver_or_provider_level_has_no_claims_and_says_why() -> None:
    head = CLAIMS[: CLAIMS.index("HL*3")]
    (receiver,) = claims(head.replace("A1:19:PR*20260310*WQ", "A8:746:40*20260310*U")).claim_sets
    assert (receiver.action, receiver.claims, receiver.statuses) == ("U", (), (ClaimStatus("A8", "746", "40"),))
    provider = CLAIMS[: CLAIMS.index("HL*4")].replace("A1:19:PR**WQ", "A3:562:85**U")
    (batch,) = claims(provider).claim_sets
    assert (batch.action, batch.claims) == ("U", ())
    assert ClaimStatus("A3", "562", "85") in batch.statuses


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("AK9*P*2*2*1*5~", "", "AK9"),
        ("AK9*P*2*2*1*5~", "AK9*P*2*2*3~", "accepts 3 of 2"),
        ("AK9*P*2*2*1*5~", "AK9*Q*2*2*1~", "no verdict"),
        ("AK9*P*2*2*1*5~", "AK9*P*2*x*1~", "no count"),
        ("IK5*A~", "", "verdict on transaction set 0001"),
        ("IK5*A~", "IK5*~", "IK501 is empty"),
        ("AK2*837*0001~", "", "outside a transaction set"),
        ("AK1*HC*45*005010X222A1~", "", "AK1"),
        ("IK3*CLM*22*2300*8~CTX*CLM01:1001~", "", "without a segment"),
        ("AK9*P*2*2*1*5~", "AK9*P*2*2*1*5~AK2*837*0003~", "after the verdict"),
    ],
)
def test_a_999_that_leaves_a_verdict_open_is_refused(before: str, after: str, told: str) -> None:
    assert before in SYNTAX
    with pytest.raises(Refused, match=told):
        syntax(SYNTAX.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("TRN*2*1001~", "", "no number"),
        ("STC*A2:20:PR*20260310*WQ*125.5~", "", "no verdict"),
        ("STC*A2:20:PR*20260310*WQ*125.5~", "STC*A2:20:PR*20260310*XX*125.5~", "STC03"),
        ("STC*A2:20:PR*20260310*WQ*125.5~", "STC*A2:20:PR*2026031*WQ*125.5~", "STC02"),
        ("STC*A2:20:PR*20260310*WQ*125.5~", "STC**20260310*WQ*125.5~", "STC01"),
        ("HL*4*3*PT~", "", "two TRN"),
        ("HL*4*3*PT~", "HL*4*3*XX~", "HL03"),
        ("HL*2*1*21*1~NM1*41*2*US*****46*US1~TRN*2*B000123~", "", "outside a batch"),
    ],
)
def test_a_277ca_that_leaves_a_claim_open_is_refused(before: str, after: str, told: str) -> None:
    assert before in CLAIMS
    with pytest.raises(Refused, match=told):
        claims(CLAIMS.replace(before, after))


@pytest.mark.parametrize(
    ("kind", "version", "told"),
    [("835", "005010X221A1", "835"), ("277", "005010X212", "277"), ("837", "X222A1", "837P")],
)
def test_another_file_is_refused_and_named(kind: str, version: str, told: str) -> None:
    with pytest.raises(Refused, match=f"it is a {told}"):
        read(wrap(kind, "LX*1~", version))


@pytest.mark.parametrize(
    ("kind", "version", "told"),
    [
        ("837", "005010X222A1", "837P"), ("837", "004010X098A1", "837P"), ("837", "005010X223A2", "837I"),
        ("837", "005010X224A2", "837D"), ("837", "unheard of", "837"), ("835", "005010X221A1", "835"),
        ("999", "005010X231A1", "999"), ("997", "004010", "997"), ("277", "005010X214", "277CA"),
        ("277", "005010X212", "277"), ("271", "005010X279A1", "271"),
    ],
)  # fmt: skip
def test_the_kind_of_a_file(kind: str, version: str, told: str) -> None:
    assert kind_of(wrap(kind, "LX*1~", version).encode()) == told


def test_the_kind_of_interchange_notices_and_of_no_x12() -> None:
    assert kind_of(f"{ISA}TA1*000000123*260310*0800*A*000~IEA*1*000000905~".encode()) == "TA1"
    with pytest.raises(Refused, match="no X12"):
        kind_of(b"Dear payer")


def test_an_acknowledgement_cut_anywhere_is_refused_or_whole() -> None:
    for text in (wrap("999", SYNTAX, "005010X231A1"), wrap("277", CLAIMS, "005010X214", "HN")):
        for length in range(len(text) - 1):
            with pytest.raises(Refused):
                read(text[:length])
