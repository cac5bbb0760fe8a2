"""Too much of a payer's money: the clock, the second person, the refund booked, the recoupment that clears it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.errors import NotAllowed, Refused
from store.remits.scratch import CommitAnswer
from store.remits.take_in import ImportRemittance
from store.tables import Claim, CreditBalance, RemitClaim, WorkItem
from store.variance.credits import (
    ApprovePayerRefund,
    AskPayerRefund,
    ExpectRecoupment,
    FindCredits,
    InvestigateCredit,
    IssuePayerRefund,
    RefusePayerRefund,
    SetIdentified,
)
from store.work.values import View
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, on


def overpaid(world: World, payer: str = "PRMUT") -> tuple[int, int]:
    """A claim that was paid twice, a person having said so: (claim id, credit id)."""
    claim_id = world.sent(payer)
    for trace in ("EFT1", "EFT2"):
        world.do(ImportRemittance(trace, era(pays(world, claim_id, "", ""), trace=trace)))
    world.do(CommitAnswer(world.one(RemitClaim, state="held").id))
    return claim_id, world.one(CreditBalance).id


def test_money_that_is_too_much_opens_a_row_with_the_governments_clock(world: World) -> None:
    _, credit_id = overpaid(world, "MEDB")
    row = world.one(CreditBalance)
    assert (row.cents, row.state, row.due) == (22_700, "IDENTIFIED", DAY + timedelta(days=60))
    assert world.item("credits", credit_id).due == row.due
    assert world.owner.page("credits", View()).rows[0].cells[0] == 60
    assert world.faults() == []


def test_a_payer_whose_contract_says_nothing_has_no_clock(world: World) -> None:
    overpaid(world)
    assert world.one(CreditBalance).due is None


def test_an_investigation_stops_the_clock_for_at_most_180_days(world: World) -> None:
    _, credit_id = overpaid(world, "MEDB")
    world.do(InvestigateCredit(credit_id))
    assert world.one(CreditBalance).due == DAY + timedelta(days=240)
    with on(DAY + timedelta(days=30)):
        world.do(AskPayerRefund(credit_id, "paid twice"))
    assert world.one(CreditBalance).due == DAY + timedelta(days=90)
    assert world.faults() == []


def test_the_day_on_which_it_was_known_counts(world: World) -> None:
    _, credit_id = overpaid(world, "MEDB")
    world.do(SetIdentified(credit_id, date(2026, 2, 1)))
    assert world.one(CreditBalance).due == date(2026, 4, 2)
    with pytest.raises(Refused, match="in the future"):
        world.do(SetIdentified(credit_id, DAY + timedelta(days=1)))


def test_a_refund_needs_two_people_and_is_booked_when_it_went_out(world: World) -> None:
    claim_id, credit_id = overpaid(world)
    world.do(AskPayerRefund(credit_id, "paid twice"))
    with pytest.raises(NotAllowed, match="Whoever asked"):
        world.do(ApprovePayerRefund(credit_id))
    with pytest.raises(Refused, match="Only an approved refund"):
        world.do(IssuePayerRefund(credit_id, "1001"))
    world.who("supervisor").do(ApprovePayerRefund(credit_id))
    before = world.books(claim_id)
    assert before["insurance"] == -22_700
    world.do(IssuePayerRefund(credit_id, "1001"))
    assert world.books(claim_id) == {"charges": -22_700, "cash": 45_400, "payer-refund": -22_700}
    assert (world.one(CreditBalance).state, world.item("credits", credit_id).open) == ("ISSUED", False)
    assert world.faults() == []
    world.owner.undo()
    assert world.books(claim_id) == before
    assert world.faults() == []


def test_a_refused_refund_is_work_again(world: World) -> None:
    _, credit_id = overpaid(world)
    world.do(AskPayerRefund(credit_id, "paid twice"))
    world.who("supervisor").do(RefusePayerRefund(credit_id, "look again"))
    assert (world.one(CreditBalance).state, world.one(CreditBalance).asked_by) == ("IDENTIFIED", None)


def test_a_recoupment_that_names_the_claim_clears_the_row(world: World) -> None:
    claim_id, credit_id = overpaid(world)
    world.do(ExpectRecoupment(credit_id))
    number = world.get(Claim, claim_id).control_number
    other = world.sent()
    content = era(pays(world, other, "", ""), trace="EFT3", plb="WO 22700")
    world.do(ImportRemittance("835", content.replace(b"WO:REF", f"WO:{number}".encode())))
    assert world.one(CreditBalance).state == "CLEARED"
    assert world.books(claim_id) == {"charges": -22_700, "cash": 45_400, "provider": -22_700}
    assert world.faults() == []


def test_a_payers_reversal_clears_it_by_itself(world: World) -> None:
    claim_id, _ = overpaid(world)
    back = reversal(pays(world, claim_id, "", ""))
    world.do(ImportRemittance("back", era(back, trace="EFT3", plb=f"FB {back.paid}")))
    assert world.one(CreditBalance).state == "CLEARED"
    assert world.all(WorkItem, queue="credits", open=True) == []
    assert world.faults() == []


def test_every_claim_can_be_looked_at_at_once(world: World) -> None:
    overpaid(world)
    assert world.do(FindCredits()).result == 1
