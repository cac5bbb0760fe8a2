"""Files go to whom they belong, every answer finds its file, set, claim and line, and silence raises an alarm."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from store.claims import archive
from store.claims.acks import ImportAcks
from store.claims.alarms import RaiseAlarms
from store.claims.batch import MakeBatch
from store.claims.edi_view import filed_record
from store.claims.facility import SetFacilityBill
from store.claims.holidays import SaveHoliday
from store.claims.listing import filed_messages
from store.claims.payers import SavePartner, SavePayer
from store.claims.rejection_work import (
    RetransmitBatch,
    RetransmitClaims,
    RetransmitLike,
    SaveMessageRule,
    SetReview,
    note_of,
)
from store.claims.states import CLAIM, ClaimState
from store.claims.status import AskStatus, ImportStatus
from store.errors import Refused
from store.jobs import AskPayers, PrintClaims, ProveFiling, SendBatch
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimVersion, Encounter
from store.work.dates import add_business_days
from store.work.values import View
from tests.payer import answer
from tests.store.eras import era, pays
from tests.store.world import DAY, World, on
from tests.store.x12.samples import validator_complaints

PARTNER = """
name = "Direct"
submitter_id = "LARK2"
receiver_id = "HRTLDDIRECT"
receiver_name = "HEARTLAND"
usage = "P"
acknowledge = true
"""


def number(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).control_number


def state(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).state


def content(world: World, kind: str) -> str:
    return archive.content(world.all(ArchivedFile, kind=kind)[-1]).decode()


# --- going out -----------------------------------------------------------------------------------------------------


def test_each_partner_gets_its_own_file_with_its_own_ids_and_usage(world: World, tmp_path: Path) -> None:
    world.do(SavePartner(PARTNER + f'folder = "{tmp_path}/drop"'))
    world.do(SavePayer('payer_id = "HRTLD"\npartner = "Direct"'))
    world.claim("PRMUT")
    world.claim("HRTLD")
    done = world.do(SendBatch(tmp_path / "out"))
    assert isinstance(done.result, dict)
    own, direct = world.all(Batch)
    assert (own.claims, direct.claims, own.usage, direct.usage) == (1, 1, "T", "P")
    assert [(one.series, one.interchange, one.group) for one in (own, direct)] == [("T", 1, 1), ("1P", 1, 1)]
    assert len({own.reference, direct.reference}) == len({own.file_name, direct.file_name}) == 2
    sent = [Path(name) for name in done.result["files"]]
    assert [path.parent.name for path in sent] == ["out", "drop"]
    text = sent[1].read_text()
    assert text[35:50].strip() == "LARK2"
    assert text[54:69].strip() == "HRTLDDIRECT"
    assert "*1*P*" in text[:106]
    assert world.faults() == []


def test_a_payer_that_takes_paper_gets_forms_in_the_same_run(world: World, tmp_path: Path) -> None:
    world.do(SavePayer('payer_id = "HRTLD"\nelectronic = false'))
    electronic, paper = world.claim("PRMUT"), world.claim("HRTLD")
    done = world.do(SendBatch(tmp_path))
    assert isinstance(done.result, dict)
    assert [Path(name).suffix for name in done.result["files"]] == [".837", ".pdf"]
    assert (tmp_path / Path(done.result["files"][1]).name).read_bytes().startswith(b"%PDF")
    assert [state(world, one) for one in (electronic, paper)] == ["SENT", "SENT"]
    assert world.get(Claim, paper).awaits_until == DAY + timedelta(days=30)


def test_one_claim_goes_on_paper_by_itself(world: World, tmp_path: Path) -> None:
    first, other = world.claim(), world.claim()
    world.do(PrintClaims((first,), tmp_path))
    assert [state(world, one) for one in (first, other)] == ["SENT", "READY"]
    assert world.one(Batch).kind == "paper"


FACILITY = """
bill_type = "131"
status = "01"
type = "3"
source = "1"
conditions = ["44"]
occurrences = [{ code = "11", day = 2026-03-02 }]
values = [{ code = "A1", cents = 10000 }]
reasons = ["R07.9"]
revenue = ["0510", "0771"]
"""


def test_an_institutional_encounter_goes_as_an_837i(world: World) -> None:
    claim_id = world.claim()
    encounter = world.get(Encounter, world.get(Claim, claim_id).encounter_id)
    world.do(SetFacilityBill(encounter.number, FACILITY))
    assert (world.get(Claim, claim_id).kind, state(world, claim_id)) == ("institutional", "READY")
    text = world.send()
    assert world.one(Batch).kind == "837I"
    for part in (
        "005010X223A2",
        "13:A:1*",
        "SV2*0510*HC:G0438*195*",
        "HI*BG:44~",
        "HI*BH:11:D8:20260302~",
        "BE:A1:::100",
    ):
        assert part in text, part
    assert validator_complaints(text) == []
    with pytest.raises(Refused, match="revenue"):
        world.do(SetFacilityBill(encounter.number, 'bill_type = "131"'))


def test_both_kinds_of_claims_go_in_one_run(world: World, tmp_path: Path) -> None:
    claim_id, _ = world.claim(), world.claim()
    world.do(SetFacilityBill(world.get(Encounter, world.get(Claim, claim_id).encounter_id).number, FACILITY))
    world.do(SendBatch(tmp_path))
    assert sorted(batch.kind for batch in world.all(Batch)) == ["837I", "837P"]


# --- hearing back --------------------------------------------------------------------------------------------------


def _two_files_with_one_number(world: World) -> tuple[int, int, str, str]:
    """Claims to the own clearinghouse and to a partner, and the two files, which are both the first to whom they go."""
    world.do(SavePartner(PARTNER))
    world.do(SavePayer('payer_id = "HRTLD"\npartner = "Direct"'))
    own, direct = world.claim("PRMUT"), world.claim("HRTLD")
    return own, direct, world.send(), world.send()


def test_an_answer_finds_the_file_of_its_sender_though_each_partner_counts_by_itself(world: World) -> None:
    own, direct, first, second = _two_files_with_one_number(world)
    assert first[90:99] == second[90:99] == "000000001"
    world.do(ImportAcks("999", answer(second).syntax.encode()))
    assert [state(world, one) for one in (own, direct)] == ["SENT", "ACK_999"]
    ta1 = answer(first).syntax
    ta1 = ta1[: ta1.index("GS*")] + "TA1*000000001*260310*0800*R*006~IEA*0" + ta1[ta1.rindex("*") :]
    world.do(ImportAcks("ta1", ta1.encode()))
    assert [state(world, one) for one in (own, direct)] == ["REJECTED", "ACK_999"]
    assert world.faults() == []


def test_an_answer_from_somebody_else_to_a_number_of_two_files_is_refused_and_names_them(world: World) -> None:
    own, direct, first, _ = _two_files_with_one_number(world)
    syntax = answer(first).syntax
    stranger = syntax[:35] + f"{'STRANGER':15}" + syntax[50:]
    before = world.dump()
    with pytest.raises(Refused, match=r"claims_T_000000001\.837 and claims_1P_000000001\.837") as refused:
        world.do(ImportAcks("999", stranger.replace("*T*:", "*I*:").encode()))
    assert "receiver_id" in str(refused.value)
    assert world.dump() == before
    world.do(ImportAcks("999", stranger.replace("*T*:", "*P*:").encode()))
    assert [state(world, one) for one in (own, direct)] == ["SENT", "ACK_999"]


def test_a_fault_of_a_999_stands_in_the_history_of_the_claim_that_it_names(world: World) -> None:
    first, second = world.claim(), world.claim()
    told = answer(world.send())
    fault = f"IK3*CLM*22*2300*8~CTX*CLM01:{number(world, second)}~IK4*2*782*6*1.234~"
    syntax = told.syntax.replace("IK5*A~", f"{fault}IK5*E*5~").replace("AK9*A", "AK9*E")
    count = int(syntax[syntax.index("~SE*") + 4 :].split("*")[0])
    world.do(ImportAcks("999", syntax.replace(f"~SE*{count}*", f"~SE*{count + 3}*").encode()))
    assert [state(world, one) for one in (first, second)] == ["ACK_999", "ACK_999"]
    (found,) = world.all(ClaimEvent, kind="FAULT")
    assert (found.claim_id, found.status, found.text) == (second, "6", "CLM at 22: 6 in element 2 (1.234)")


def test_receipt_is_not_acceptance_and_each_step_awaits_the_next(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    assert world.one(Batch).awaits_until == add_business_days(DAY, 1)
    world.do(ImportAcks("999", told.syntax.encode()))
    assert (state(world, claim_id), world.one(Batch).state) == ("ACK_999", "HEARD")
    assert world.get(Claim, claim_id).awaits_until == add_business_days(DAY, 2)
    world.do(ImportAcks("ch", told.claims.replace("A2:20:PR", "A1:19:PR").encode()))
    assert state(world, claim_id) == "ACCEPTED_CH"
    assert world.get(Claim, claim_id).awaits_until == add_business_days(DAY, 5)
    world.do(ImportAcks("payer", told.claims.encode()))
    assert state(world, claim_id) == "ACCEPTED"
    assert world.get(Claim, claim_id).awaits_until == DAY + timedelta(days=30)
    world.do(ImportAcks("late", told.syntax.replace("AK9*A", "AK9*E").encode()))
    assert state(world, claim_id) == "ACCEPTED"
    assert world.faults() == []


def test_a_file_that_is_refused_is_one_row_and_goes_again_under_new_numbers(world: World) -> None:
    claims = [world.claim(), world.claim()]
    told = answer(world.send())
    world.do(ImportAcks("999", told.syntax.replace("IK5*A", "IK5*R*5").replace("AK9*A*1*1*1", "AK9*R*1*1*0").encode()))
    batch = world.one(Batch)
    item = world.item("files", batch.id)
    assert (item.open, item.cents, batch.state) == (True, 45_400, "REJECTED")
    assert world.owner.page("rejections", View()).total == 0
    assert [state(world, one) for one in claims] == ["REJECTED", "REJECTED"]
    assert world.faults() == []
    with pytest.raises(Refused, match="Say why"):
        world.do(RetransmitBatch(batch.id, ""))
    world.do(RetransmitBatch(batch.id, "the clearinghouse was out"))
    assert not world.item("files", batch.id).open
    text = world.send()
    assert [state(world, one) for one in claims] == ["SENT", "SENT"]
    assert world.all(Batch)[1].interchange == 2
    assert all(f"CLM*{number(world, one)}*227*" in text for one in claims)
    assert world.faults() == []


def test_of_a_file_refused_in_part_only_the_claims_of_those_sets_are_rejected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.claims.batch.write_professional", _one_claim_a_set)
    first, second = world.claim(), world.claim()
    told = answer(world.send())
    syntax = told.syntax.replace("AK2*837*0002*005010X222A1~IK5*A", "AK2*837*0002*005010X222A1~IK5*R*5")
    world.do(ImportAcks("999", syntax.replace("AK9*A*2*2*2", "AK9*P*2*2*1").encode()))
    assert [state(world, one) for one in (first, second)] == ["ACK_999", "REJECTED"]
    batch = world.one(Batch)
    assert (batch.state, world.item("files", batch.id).cents) == ("PARTLY", 22_700)
    assert world.faults() == []
    world.do(RetransmitBatch(batch.id, "mended at the clearinghouse"))
    assert [state(world, one) for one in (first, second)] == ["ACK_999", "READY"]


def _one_claim_a_set(claims: object, submitter: object, control: object) -> str:
    from store.x12.professional import write_professional

    return write_professional(claims, submitter, control, claims_per_set=1)  # type: ignore[arg-type]


def test_a_rejection_names_its_source_code_and_line(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "rejected"})
    world.do(ImportAcks("277", told.claims.encode()))
    claim = world.get(Claim, claim_id)
    assert (claim.edit_code, claim.edit_severity, claim.review) == ("A7:164:IL", "payer", 1)
    assert "member number, subscriber: not valid" in world.item("rejections", claim_id).reason
    for review in (2, 3):
        world.do(SetReview(claim_id, review))
    assert (world.get(Claim, claim_id).review, world.item("rejections", claim_id).open) == (3, True)
    with pytest.raises(Refused, match="no review status"):
        world.do(SetReview(claim_id, 4))


def test_all_claims_of_one_error_go_again_at_once(world: World) -> None:
    claims = [world.claim() for _ in range(3)]
    told = answer(world.send(), fates={number(world, one): "rejected" for one in claims})
    world.do(ImportAcks("277", told.claims.encode()))
    done = world.do(RetransmitLike(claims[0], "the payer's outage"))
    assert done.result == {"ready": 3, "stopped": 0}
    world.send()
    assert {state(world, one) for one in claims} == {"SENT"}
    assert world.faults() == []


def test_a_claim_that_is_stopped_now_does_not_go_again(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "rejected"})
    world.do(ImportAcks("277", told.claims.encode()))
    world.sql("UPDATE coverage SET member_id=''")
    assert world.do(RetransmitClaims((claim_id,), "again")).result == {"ready": 0, "stopped": 1}
    with pytest.raises(Refused, match="only what was rejected"):
        world.do(RetransmitClaims((claim_id,), "again"))


def test_a_message_is_put_before_somebody_or_filed_by_rule_and_stays_to_be_read(world: World) -> None:
    first, second = world.claim(), world.claim()
    told = answer(world.send(), fates={number(world, one): "paid" for one in (first, second)})
    text = told.claims.replace("STC*A2:20:PR*20260310*WQ*227", "STC*A2:20:PR*20260310*WQ*227********FORWARDED TO PLAN")
    assert "FORWARDED" in text
    world.do(ImportAcks("277", text.encode()))
    assert world.item("rejections", first).reason == "note: FORWARDED TO PLAN"
    assert (state(world, first), world.faults()) == ("ACCEPTED", [])
    with Session(world.engine) as session:
        assert note_of(session, first) == "FORWARDED TO PLAN"
    world.do(SetReview(first, 3))
    assert not world.item("rejections", first).open
    world.do(SaveMessageRule("forwarded", "forwarded to"))
    third = world.claim()
    told = answer(world.send(), fates={number(world, third): "paid"})
    world.do(ImportAcks("277b", told.claims.replace("*WQ*227~", "*WQ*227********FORWARDED TO PLAN~").encode()))
    with Session(world.engine) as session:
        assert [one["text"] for one in filed_messages(session)] == ["by rule forwarded: FORWARDED TO PLAN"]
        shown = filed_record(session)
    assert "forwarded to" in str(shown)
    assert number(world, third) in str(shown)
    assert state(world, third) == "ACCEPTED"
    with pytest.raises(Refused, match="regular expression"):
        world.do(SaveMessageRule("bad", "("))


# --- alarms --------------------------------------------------------------------------------------------------------


def test_a_file_that_nobody_answers_is_one_row_after_its_days_and_a_late_answer_closes_it(world: World) -> None:
    claims = [world.claim(), world.claim()]
    told = answer(world.send(), fates={number(world, one): "paid" for one in claims})
    with on(add_business_days(DAY, 1)):
        assert world.do(RaiseAlarms()).result == {"files": 0, "claims": 0}
    with on(add_business_days(DAY, 2)):
        assert world.do(RaiseAlarms()).result == {"files": 1, "claims": 0}
        assert world.do(RaiseAlarms()).result == {"files": 0, "claims": 0}
        batch = world.one(Batch)
        assert (world.item("files", batch.id).open, {state(world, one) for one in claims}) == (True, {"NO_ACK"})
        assert world.faults() == []
        world.do(ImportAcks("999", told.syntax.encode()))
        assert (world.item("files", batch.id).open, {state(world, one) for one in claims}) == (False, {"ACK_999"})
    assert world.faults() == []


def test_timers_pass_over_weekends_and_the_holidays_on_file(world: World) -> None:
    for back in (2, 1):  # Tuesday and Wednesday after the Monday on which the file goes
        world.do(SaveHoliday(DAY + timedelta(days=3 - back), "closed"))
    claim_id = world.sent()
    batch = world.one(Batch)
    assert batch.awaits_until == DAY + timedelta(days=3)
    with on(DAY + timedelta(days=3)):
        assert world.do(RaiseAlarms()).result == {"files": 0, "claims": 0}
    with on(DAY + timedelta(days=4)):
        assert world.do(RaiseAlarms()).result == {"files": 1, "claims": 0}
    assert state(world, claim_id) == "NO_ACK"


def test_opening_the_program_raises_what_is_overdue_for_who_works_on_claims(world: World) -> None:
    claim_id = world.sent()
    with on(DAY + timedelta(days=2)):
        assert [world.who(name).tend() for name in ("coder", "collector", "admin")] == ["", "", ""]
        assert state(world, claim_id) == "SENT"
        assert "1 file overdue" in world.who("biller").tend()
        assert state(world, claim_id) == "NO_ACK"
        assert world.who("biller2").tend() == ""
    assert world.faults() == []


@pytest.mark.parametrize(
    ("steps", "days", "after", "code"),
    [(("syntax",), 3, "NO_ACK", "NO 277CA"), (("syntax", "claims"), 31, "NO_ANSWER", "NO 835")],
)
def test_a_claim_that_nobody_answers_comes_before_somebody(
    world: World, steps: tuple[str, ...], days: int, after: str, code: str
) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    for step in steps:
        world.do(ImportAcks(step, getattr(told, step).encode()))
    with on(DAY + timedelta(days=days)):
        world.do(RaiseAlarms())
        assert (state(world, claim_id), world.get(Claim, claim_id).edit_code) == (after, code)
        assert world.item("rejections", claim_id).open
        assert world.faults() == []
        world.do(ImportRemittance("835", era(pays(world, claim_id, "", ""))))
    assert (state(world, claim_id), world.item("rejections", claim_id).open) == ("PAID", False)
    assert world.faults() == []


def test_every_state_of_a_claim_has_a_way_out_and_what_waits_has_a_day() -> None:
    assert CLAIM.closed() == frozenset()
    for name in ClaimState:
        assert CLAIM.steps[name], name
        assert any(name in after for after in CLAIM.steps.values()) or name in CLAIM.births


def test_whatever_waits_for_the_other_side_has_the_day_on_which_it_is_missed(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    for step in (None, told.syntax, told.claims.replace("A2:20:PR", "A1:19:PR"), told.claims):
        if step is not None:
            world.do(ImportAcks("ack", step.encode()))
        claim, batch = world.get(Claim, claim_id), world.one(Batch)
        assert claim.awaits_until or batch.awaits_until, claim.state


# --- status --------------------------------------------------------------------------------------------------------


def _overdue(world: World) -> int:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    for text in (told.syntax, told.claims):
        world.do(ImportAcks("ack", text.encode()))
    with on(DAY + timedelta(days=31)):
        world.do(RaiseAlarms())
    return claim_id


def status_text(trace: str, status: str) -> str:
    body = [
        "ST*277*0001*005010X212", "BHT*0010*08*277X212*20260410*0800*DG", "HL*1**20*1",
        "NM1*PR*2*PRAIRIE*****PI*PRMUT", "HL*2*1*21*1", "NM1*41*2*LARKFIELD*****46*LARKFIELD", "HL*3*2*19*1",
        "NM1*1P*2*LARKFIELD*****XX*2999900014", "HL*4*3*22*0", "NM1*IL*1*DOE*JANE****MI*PRM1",
        f"TRN*2*{trace}", f"STC*{status}*20260410**227*0", "REF*1K*ICN77", "DTP*472*D8*20260302",
    ]  # fmt: skip
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PRAIRIECH':15}*ZZ*{'LARKFIELD':15}*260410*0800*^*00501*000000555*0*T*:"
    gs = "GS*HN*PRAIRIECH*LARKFIELD*20260410*0800*5*X*005010X212"
    return "~".join([isa, gs, *body, f"SE*{len(body) + 1}*0001", "GE*1*5", "IEA*1*000000555", ""])


@pytest.mark.parametrize(
    ("status", "after", "open_"),
    [("P1:20:PR", "ACCEPTED", False), ("F1:65:PR", "ACCEPTED", False), ("A4:35:PR", "NO_ANSWER", True),
     ("A7:164:IL", "REJECTED", True)],
)  # fmt: skip
def test_a_payer_is_asked_and_its_answer_moves_the_claim(
    world: World, tmp_path: Path, status: str, after: str, open_: bool
) -> None:
    claim_id = _overdue(world)
    with on(DAY + timedelta(days=32)):
        world.do(AskPayers(tmp_path))
        text = content(world, "276")
        assert f"TRN*1*{number(world, claim_id)}~" in text
        assert (tmp_path / world.all(Batch)[-1].file_name).read_text() == text
        answer_file = status_text(number(world, claim_id), status).encode()
        done = world.do(ImportStatus("277", answer_file))
        assert sum(done.result.values()) == 1  # type: ignore[attr-defined]
        claim = world.get(Claim, claim_id)
        assert (claim.state, world.item("rejections", claim_id).open) == (after, open_)
        assert claim.awaits_until or open_
        assert "nothing changed" in world.do(ImportStatus("277", answer_file)).said
    assert [event.kind for event in world.all(ClaimEvent, claim_id=claim_id)][-2:] == ["276", "277"]
    assert world.faults() == []


def test_nothing_is_asked_where_nothing_is_overdue_and_an_unknown_answer_changes_nothing(world: World) -> None:
    claim_id = world.sent()
    with pytest.raises(Refused, match="no claim to ask after"):
        world.do(AskStatus())
    assert world.do(ImportStatus("277", status_text("ELSEWHERE", "P1:20:PR").encode())).result == {"unknown": 1}
    assert state(world, claim_id) == "SENT"


# --- proof ---------------------------------------------------------------------------------------------------------


def test_the_proof_holds_every_file_and_every_date(world: World, tmp_path: Path) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    for name, text in (("a.999", told.syntax), ("b.277", told.claims)):
        world.do(ImportAcks(name, text.encode()))
    done = world.do(ProveFiling(claim_id, tmp_path))
    assert isinstance(done.result, dict)
    paths = [Path(name) for name in done.result["files"]]
    assert [path.name for path in paths] == ["proof.pdf", f"01_{world.one(Batch).file_name}", "02_a.999", "03_b.277"]
    assert [path.read_text() for path in paths[2:]] == [told.syntax, told.claims]
    page = _text_of(paths[0])
    for words in ("PROOF OF TIMELY FILING", number(world, claim_id), "180 days", "ACCEPTED", world.one(Batch).sha256):
        assert words in page, words
    with pytest.raises(Refused, match="there already"):
        world.do(ProveFiling(claim_id, tmp_path))
    with pytest.raises(Refused, match="never went out"):
        world.do(ProveFiling(world.claim(), tmp_path))


def _text_of(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def test_each_file_is_found_from_the_claim(world: World) -> None:
    claim_id = world.sent()
    record = world.owner.claim(claim_id)
    edi = next(tab for tab in record.tabs if tab.title == "EDI")
    assert world.one(Batch).file_name in str(edi)
    image = next(tab for tab in record.tabs if tab.title == "837")
    assert f"CLM*{number(world, claim_id)}" in str(image)


def test_a_batch_that_is_asked_for_twice_is_made_once(world: World) -> None:
    world.claim()
    first = world.do(MakeBatch(), key="k")
    assert world.do(MakeBatch(), key="k").result == first.result
    assert len(world.all(Batch)) == 1
    assert world.all(ClaimVersion)[0].batch_id == first.result
