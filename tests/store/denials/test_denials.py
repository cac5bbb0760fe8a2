"""Denials: worked by a person, limited to what is open, ended by the payer's next answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.denials.commands import CorrectDenial, StartDenial, TransferDenial, WriteOffDenial
from store.denials.notices import RecordNotice
from store.denials.states import DenialState
from store.errors import NotFound, Refused, Taken
from store.remits.take_back import ReverseRemittance
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Denial, LedgerEntry, Remittance
from store.work.record import Facts
from store.work.values import View
from tests.store.eras import denied, era, pays, reversal
from tests.store.world import DAY, DOS, World, on


def post(world: World, content: bytes) -> None:
    world.do(ImportRemittance("835", content))


def state(world: World, denial_id: int) -> str:
    return world.get(Denial, denial_id).state


def test_a_written_off_denial_is_given_up_with_its_reason(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    assert world.books(claim_id) == {"charges": -22_700, "write-off": 19_500, "insurance": 3_200}
    denial = world.get(Denial, denial_id)
    assert (denial.state, denial.closed_on) == ("CLOSED_WO", DAY)
    assert not world.item("denials", denial_id).open
    assert world.one(LedgerEntry, kind="write-off").memo == "CO-16: filed too late"
    assert world.due(claim_id) == (0, 3_200)
    assert world.faults() == []


def test_no_more_is_written_off_than_is_open(world: World) -> None:
    _, denial_id = world.denied()
    world.sql("UPDATE denial SET cents=25000 WHERE id=:id", id=denial_id)
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=r"Only \$227\.00 of .* is still open"):
        world.do(WriteOffDenial(denial_id, "filed too late"))
    assert world.dump(everything=True) == before


def test_a_denial_is_written_off_once(world: World) -> None:
    _, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    for again in (WriteOffDenial(denial_id, "again"), StartDenial(denial_id), CorrectDenial(denial_id)):
        with pytest.raises(Refused):
            world.do(again)
    assert world.faults() == []


@pytest.mark.parametrize("reason", ["", " \t"])
def test_giving_up_and_moving_need_a_reason(world: World, reason: str) -> None:
    _, denial_id = world.denied("PR-204")
    for command in (WriteOffDenial(denial_id, reason), TransferDenial(denial_id, reason)):
        with pytest.raises(Refused, match="reason is needed"):
            world.do(command)


@pytest.mark.parametrize("why", ["CO-204", "OA-204", "PI-204"])
def test_only_what_the_payer_put_on_the_patient_moves_to_him(world: World, why: str) -> None:
    claim_id, denial_id = world.denied(why)
    with pytest.raises(Refused, match=f"{why[:2]} amounts may not be billed to the patient"):
        world.do(TransferDenial(denial_id, "signed for it"))
    assert world.due(claim_id) == (0, 22_700)


def test_a_notice_signed_before_the_service_makes_it_the_patients(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50")
    with pytest.raises(Refused, match="after the service"):
        world.do(RecordNotice(denial_id, DOS + timedelta(days=1)))
    world.do(RecordNotice(denial_id, DOS, "chart, last page"))
    world.do(TransferDenial(denial_id, "signed for it"))
    assert world.due(claim_id) == (19_500, 3_200)
    other = next(row.id for row in world.all(Denial) if row.id != denial_id)
    with pytest.raises(Refused, match="may not be billed"):  # the notice names one line
        world.do(TransferDenial(other, "signed for it"))
    facts = world.owner.record("denials", denial_id).tabs[0].blocks[0]
    assert isinstance(facts, Facts)
    assert dict(facts.pairs)["Signed notice"] == f"notice signed on {DOS}, chart, last page"
    assert world.faults() == []


def test_modifier_ga_says_that_a_signed_notice_is_on_file(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50")
    world.sql("UPDATE claim_line SET modifiers='25,GA' WHERE id=:id", id=world.get(Denial, denial_id).claim_line_id)
    world.do(TransferDenial(denial_id, "signed for it"))
    assert world.due(claim_id) == (19_500, 3_200)


def test_what_the_payer_put_on_the_patient_moves_when_a_person_says_so(world: World) -> None:
    claim_id, denial_id = world.denied("PR-204")
    assert world.due(claim_id) == (0, 22_700)
    world.do(TransferDenial(denial_id, "signed for it"))
    assert world.due(claim_id) == (19_500, 3_200)
    assert state(world, denial_id) == "TRANSFERRED"
    assert world.faults() == []


def test_a_corrected_claim_waits_for_its_answer(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(CorrectDenial(denial_id, authorization="AUTH1"))
    assert (state(world, denial_id), world.get(Claim, claim_id).state) == ("CORRECTED_SENT", "READY")
    item = world.item("denials", denial_id)
    assert (item.open, item.deferred_until) == (True, DAY + timedelta(days=30))
    assert "REF*F8*" in world.send()
    with on(DAY + timedelta(days=30)):
        assert denial_id in [row.subject_id for row in world.owner.page("denials", View()).rows]


def test_a_claim_goes_out_whole_so_that_its_other_denials_wait_with_it(world: World) -> None:
    claim_id, denial_id = world.denied()
    other = world.all(Denial)[1].id
    done = world.do(CorrectDenial(denial_id, authorization="AUTH1"))
    assert "1 more of its denials waits" in done.said
    assert (state(world, other), world.item("denials", other).deferred_until) == (
        "CORRECTED_SENT",
        DAY + timedelta(days=30),
    )
    world.send()
    post(world, era(denied(world, claim_id, "OA-18"), trace="EFT2"))
    open_rows = [row for row in world.all(Denial) if row.state == "OPEN"]
    assert [(row.reason, row.cents) for row in open_rows] == [("18", 19_500), ("18", 3_200)]
    assert world.faults() == []


def test_a_denial_that_somebody_else_has_in_hand_stays_with_them(world: World) -> None:
    _, denial_id = world.denied()
    other = world.all(Denial)[1].id
    world.who("biller").lease(world.item("denials", other).id)
    world.do(CorrectDenial(denial_id, authorization="AUTH1"))
    assert (state(world, denial_id), state(world, other)) == ("CORRECTED_SENT", "OPEN")


def corrected(world: World) -> tuple[int, int]:
    claim_id, denial_id = world.denied()
    world.do(CorrectDenial(denial_id, authorization="AUTH1"))
    world.send()
    return claim_id, denial_id


@pytest.mark.parametrize("with_reversal", [False, True])
def test_paid_after_all_the_denial_is_overturned(world: World, with_reversal: bool) -> None:
    claim_id, denial_id = corrected(world)
    answer = pays(world, claim_id, "CO-45 500", "")
    answers = [reversal(denied(world, claim_id, "CO-16")), answer] if with_reversal else [answer]
    post(world, era(*answers, trace="EFT2"))
    assert state(world, denial_id) == "OVERTURNED"
    assert not world.item("denials", denial_id).open
    assert world.books(claim_id)["cash"] == 22_200
    assert world.faults() == []


def test_what_is_paid_before_anybody_asked_again_needs_no_work_any_more(world: World) -> None:
    claim_id, denial_id = world.denied()
    post(world, era(pays(world, claim_id, "", ""), trace="EFT2"))
    assert [row.state for row in world.all(Denial)] == ["REVERSED", "REVERSED"]
    assert not world.item("denials", denial_id).open
    assert world.faults() == []
    world.do(ReverseRemittance(world.one(Remittance, trace="EFT2").id, "not ours"))
    assert [row.state for row in world.all(Denial)] == ["OPEN", "OPEN"]
    assert world.item("denials", denial_id).open
    assert world.faults() == []


def test_a_part_that_is_paid_after_all_leaves_the_rest_as_a_denial_of_its_own(world: World) -> None:
    claim_id, denial_id = corrected(world)
    post(world, era(pays(world, claim_id, "CO-16 5000", ""), trace="EFT2"))
    assert (state(world, denial_id), world.item("denials", denial_id).open) == ("OVERTURNED_PART", False)
    rest = world.all(Denial)[-1]
    assert (rest.state, rest.cents, world.item("denials", rest.id).open) == ("OPEN", 5_000, True)
    assert world.faults() == []


@pytest.mark.parametrize("reason", ["CO-16", "CO-197"])
def test_denied_again_the_first_is_upheld_and_there_is_a_new_one(world: World, reason: str) -> None:
    claim_id, denial_id = corrected(world)
    post(world, era(reversal(denied(world, claim_id, "CO-16")), denied(world, claim_id, reason), trace="EFT2"))
    assert state(world, denial_id) == "UPHELD"
    new = [row for row in world.all(Denial) if row.claim_line_id == world.get(Denial, denial_id).claim_line_id][-1]
    assert (new.id != denial_id, new.state, new.reason) == (True, "OPEN", reason[3:])
    assert world.item("denials", new.id).open
    assert not world.item("denials", denial_id).open
    assert world.get(Claim, claim_id).state == "DENIED"
    assert world.faults() == []


def test_a_share_of_the_patient_overturns_a_denial_too(world: World) -> None:
    claim_id, denial_id = corrected(world)
    post(world, era(pays(world, claim_id, "PR-1 19500", "CO-16 3200"), trace="EFT2"))
    assert state(world, denial_id) == "OVERTURNED"


def test_a_reversal_closes_the_denial_and_brings_back_what_was_given_up_for_it(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    post(world, era(reversal(denied(world, claim_id, "CO-16")), trace="EFT2"))
    assert state(world, denial_id) == "REVERSED"
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.faults() == []


def test_a_reversal_brings_back_what_was_moved_to_the_patient(world: World) -> None:
    claim_id, denial_id = world.denied("PR-204")
    world.do(TransferDenial(denial_id, "signed for it"))
    post(world, era(reversal(denied(world, claim_id, "PR-204")), trace="EFT2"))
    assert world.due(claim_id) == (0, 22_700)
    assert world.faults() == []


@pytest.mark.parametrize(
    ("payer", "deadline"),
    [("PRMUT", date(2026, 6, 7)), ("MEDB", date(2026, 7, 13)), ("KSAID", None)],
    ids=["contract", "Medicare, moved off a Sunday", "not on file"],
)
def test_the_deadline_is_the_payers_and_never_made_up(world: World, payer: str, deadline: date | None) -> None:
    _, denial_id = world.denied("CO-16", payer)
    assert world.get(Denial, denial_id).deadline == deadline
    assert world.item("denials", denial_id).due == deadline


def test_another_persons_denial_is_left_alone(world: World) -> None:
    _, denial_id = world.denied()
    world.who("biller").lease(world.item("denials", denial_id).id)
    for command in (StartDenial(denial_id), WriteOffDenial(denial_id, "x"), CorrectDenial(denial_id)):
        with pytest.raises(Taken, match="biller is working on it"):
            world.who("biller2").do(command)


def test_writing_off_is_a_right_of_its_own(world: World) -> None:
    _, denial_id = world.denied()
    for name in ("coder", "collector", "admin"):
        with pytest.raises(Refused, match="'write off'"):
            world.who(name).do(WriteOffDenial(denial_id, "x"))


def test_a_denial_is_read_with_its_claim(world: World) -> None:
    claim_id, denial_id = world.denied()
    record = world.owner.record("denials", denial_id)
    assert [tab.title for tab in record.tabs[:2]] == ["Denial", "Summary"]
    assert (record.claim_id, record.state) == (claim_id, DenialState.OPEN)
    with pytest.raises(NotFound):
        world.owner.record("denials", 999)
