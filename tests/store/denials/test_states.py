"""The life of a denial: every state has a way out that somebody or something takes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.claims.acks import ImportAcks
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.recall import NothingToRecode
from store.denials.appeals import AppealDenial, AppealUpheld, ConfirmReceipt, PayerCall, SendRecords
from store.denials.approvals import ApproveWriteOff, RefuseWriteOff, SetWriteOffLimit
from store.denials.classify import ClassifyDenial
from store.denials.commands import CorrectDenial, ReopenExpired, RouteDenial, StartDenial, WriteOffDenial
from store.denials.states import CLOSED, DENIAL, DenialState
from store.errors import Refused
from store.tables import Claim, Denial, Remark
from store.work.commands import Defer
from store.work.values import View
from tests.payer import answer
from tests.store.world import DAY, World, on

WEEK = DAY + timedelta(days=7)


def state(world: World, denial_id: int) -> str:
    return world.get(Denial, denial_id).state


def shown(world: World, who: str = "owner") -> list[int]:
    page = world.owner.page("denials", View()) if who == "owner" else world.who(who).page("denials", View(mine=True))
    return [row.subject_id for row in page.rows]


def test_every_state_that_is_not_closed_leads_on_to_a_closed_one() -> None:
    for start in DenialState:
        reached, edge = {str(start)}, {str(start)}
        while edge:
            edge = {after for one in edge for after in DENIAL.steps.get(one, frozenset())} - reached
            reached |= edge
        assert reached & CLOSED, start


def test_saying_what_it_is_triages_it_and_putting_it_off_pends_it_until_it_comes_back_to_who_did(world: World) -> None:
    _, denial_id = world.denied()
    world.do(ClassifyDenial(denial_id, "records"))
    assert state(world, denial_id) == "TRIAGED"
    world.who("biller").do(Defer(world.item("denials", denial_id).id, WEEK, "waiting for the chart"))
    assert state(world, denial_id) == "PENDED"
    with on(WEEK):
        assert "1 came back" in world.who("biller").tend()
        assert "came back" not in world.who("biller").tend()
        assert denial_id in shown(world, "biller")
    assert state(world, denial_id) == "WORKING"
    assert world.faults() == []


def test_what_is_with_the_coder_goes_out_when_the_coder_is_done(world: World) -> None:
    claim_id, denial_id = world.denied("CO-11")
    world.do(RouteDenial(denial_id, "does the diagnosis fit?"))
    assert state(world, denial_id) == "ROUTED"
    encounter_id = world.get(Claim, claim_id).encounter_id
    world.do(AddDiagnosis(encounter_id, "E11.9"))
    world.do(FinishCoding(encounter_id))
    assert state(world, denial_id) == "CORRECTED_SENT"
    assert world.faults() == []


def test_a_coder_who_changes_nothing_gives_it_back(world: World) -> None:
    claim_id, denial_id = world.denied("CO-11")
    world.do(RouteDenial(denial_id, "does the diagnosis fit?"))
    world.do(NothingToRecode(world.get(Claim, claim_id).encounter_id, "the note says so"))
    world.owner.tend()
    assert (state(world, denial_id), world.item("denials", denial_id).deferred_until) == ("WORKING", None)
    assert "nothing changes" in world.item("denials", denial_id).reason


def test_a_coder_who_does_not_finish_gives_it_back(world: World) -> None:
    _, denial_id = world.denied("CO-11")
    world.do(RouteDenial(denial_id, "does the diagnosis fit?"))
    with on(DAY + timedelta(days=30)):
        world.owner.tend()
    assert state(world, denial_id) == "WORKING"
    assert "had not finished" in world.item("denials", denial_id).reason


def test_a_corrected_claim_that_the_payer_acknowledges_is_awaited(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(CorrectDenial(denial_id))
    number = world.get(Claim, claim_id).control_number
    world.do(ImportAcks("277", answer(world.send(), fates={number: "paid"}).claims.encode()))
    assert state(world, denial_id) == "AWAITING"


@pytest.mark.parametrize("how", ["receipt", "call"])
def test_what_was_sent_is_awaited_once_the_payer_has_it_and_without_an_answer_work_again(
    world: World, how: str
) -> None:
    _, denial_id = world.denied("CO-252")
    with pytest.raises(Refused, match="nothing was sent"):
        world.do(ConfirmReceipt(denial_id, "fax receipt"))
    world.do(SendRecords(denial_id, "the chart by fax", "F-9"))
    until = world.item("denials", denial_id).deferred_until
    if how == "receipt":
        world.do(ConfirmReceipt(denial_id, "fax receipt 12:40"))
        assert "fax receipt 12:40" in world.all(Remark)[-1].text
    else:
        world.do(PayerCall(denial_id, "Ann", "in process", "C1"))
    assert (state(world, denial_id), world.item("denials", denial_id).deferred_until) == ("AWAITING", until)
    assert until is not None
    with on(until):
        assert "1 without an answer" in world.owner.tend()
        assert (state(world, denial_id), denial_id in shown(world)) == ("NO_RESPONSE", True)
        world.do(StartDenial(denial_id))
    assert state(world, denial_id) == "WORKING"
    assert world.faults() == []


def test_an_appeal_that_the_payer_has_is_still_upheld_by_its_notice(world: World) -> None:
    _, denial_id = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(denial_id))
    world.do(ConfirmReceipt(denial_id, "portal"))
    world.do(AppealUpheld(denial_id, DAY))
    assert state(world, denial_id) == "WORKING"
    with pytest.raises(Refused, match="no appeal that this notice"):
        world.do(AppealUpheld(denial_id, DAY))


def test_a_call_about_what_the_payer_never_got_makes_it_work_again(world: World) -> None:
    _, denial_id = world.denied("CO-252")
    world.do(SendRecords(denial_id, "the chart by fax"))
    world.do(PayerCall(denial_id, "Ann", "not on file", "C1"))
    assert state(world, denial_id) == "WORKING"


def test_past_its_last_day_it_is_worked_with_good_cause_or_given_up(world: World) -> None:
    _, denial_id = world.denied()
    last = world.get(Denial, denial_id).deadline
    assert last == date(2026, 6, 7)
    with on(last):
        world.owner.tend()
        assert state(world, denial_id) == "OPEN"
    with on(last + timedelta(days=1)):
        assert "2 past their last day" in world.owner.tend()
        assert state(world, denial_id) == "EXPIRED"
        for command in (StartDenial(denial_id), CorrectDenial(denial_id), SendRecords(denial_id, "chart")):
            with pytest.raises(Refused, match="had to be answered by 2026-06-07"):
                world.do(command)
        with pytest.raises(Refused, match="good cause"):
            world.do(ReopenExpired(denial_id, " "))
        world.do(ReopenExpired(denial_id, "the payer's own error, letter of May 2"))
        assert state(world, denial_id) == "WORKING"
        world.owner.undo()
        world.do(WriteOffDenial(denial_id, "filed too late"))
    assert state(world, denial_id) == "CLOSED_WO"
    assert world.faults() == []


def test_a_write_off_is_asked_for_then_approved_or_work_again(world: World) -> None:
    _, denial_id = world.denied()
    world.do(SetWriteOffLimit("biller", 100))
    for decide, after in (
        (RefuseWriteOff(denial_id, "appeal it"), "WORKING"),
        (ApproveWriteOff(denial_id), "CLOSED_WO"),
    ):
        world.who("biller").do(WriteOffDenial(denial_id, "filed too late"))
        assert state(world, denial_id) == "WRITEOFF_REQ"
        world.who("supervisor").do(decide)
        assert state(world, denial_id) == after
    assert world.faults() == []


def test_the_list_is_put_in_order_once_a_day(world: World) -> None:
    _, denial_id = world.denied()
    world.owner.tend()
    before = world.item("denials", denial_id).score
    with on(date(2026, 6, 1)):
        assert "put in order" in world.owner.tend()
        assert world.owner.tend() == ""
    assert world.item("denials", denial_id).score > before * 2
