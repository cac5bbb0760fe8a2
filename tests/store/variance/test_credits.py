"""Too much of a payer's money: the clock, the second person, the refund booked, the recoupment that clears it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from store.accounts.payments import TakePayment
from store.accounts.policy import SetPolicy
from store.accounts.refunds import ApproveRefund, AskRefund
from store.claims.correct import CorrectClaim
from store.claims.payers import SavePayer
from store.errors import NotAllowed, Refused
from store.remits.provider import provider_table
from store.remits.scratch import CommitAnswer
from store.remits.take_in import ImportRemittance
from store.tables import Claim, CreditBalance, Refund, RemitClaim, Remittance, WorkItem
from store.variance.credit_work import (
    ApplyCreditBalance,
    ApprovePayerRefund,
    AskPayerRefund,
    CheckCashed,
    EscheatCredit,
    ExpectRecoupment,
    InvestigateCredit,
    IssuePayerRefund,
    RefusePayerRefund,
    SetIdentified,
)
from store.variance.credits import FindCredits
from store.variance.recoupments import ApplyTaking
from store.work.values import Cell, View
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
    item = world.item("credits", credit_id)
    assert (world.one(CreditBalance).state, item.deferred_until) == ("ISSUED", DAY + timedelta(days=180))
    assert world.faults() == []
    world.owner.undo()
    assert world.books(claim_id) == before
    assert world.faults() == []


def test_a_refused_refund_is_work_again(world: World) -> None:
    _, credit_id = overpaid(world)
    world.do(AskPayerRefund(credit_id, "paid twice"))
    world.who("supervisor").do(RefusePayerRefund(credit_id, "look again"))
    assert (world.one(CreditBalance).state, world.one(CreditBalance).asked_by) == ("IDENTIFIED", None)


@pytest.mark.parametrize(("reason", "state"), [("WO", "CLEARED"), ("CS", "CLEARED"), ("IR", "RECOUP_EXPECTED")])
def test_a_recoupment_that_names_the_claim_clears_the_row_and_a_tax_does_not(
    world: World, reason: str, state: str
) -> None:
    claim_id, credit_id = overpaid(world)
    world.do(ExpectRecoupment(credit_id))
    number = world.get(Claim, claim_id).control_number
    other = world.sent()
    content = era(pays(world, other, "", ""), trace="EFT3", plb=f"{reason} 22700")
    world.do(ImportRemittance("835", content.replace(f"{reason}:REF".encode(), f"{reason}:{number}".encode())))
    assert world.one(CreditBalance).state == state
    kept = {"provider": -22_700} if state == "CLEARED" else {"insurance": -22_700}
    assert world.books(claim_id) == {"charges": -22_700, "cash": 45_400, **kept}
    table = provider_table_of(world)
    assert [row[3:] for row in table] == [(number, 22_700)]
    assert world.faults() == []


def provider_table_of(world: World) -> Sequence[tuple[Cell, ...]]:
    """The PLB pairs of the last payment, as its record shows them."""
    with world.owner.reading() as session:
        return provider_table(session, world.all(Remittance)[-1].id).rows


def took(world: World, plb: str, trace: str) -> None:
    """A payment for another claim, from which the payer took something without naming a claim of ours."""
    world.do(ImportRemittance(trace, era(pays(world, world.sent(), "", ""), trace=trace, plb=plb)))


def test_what_a_payer_took_without_naming_the_claim_is_put_against_its_credit_and_back(world: World) -> None:
    claim_id, credit_id = overpaid(world)
    took(world, "WO 20000", "EFT3")
    record = world.owner.record("credits", credit_id)
    assert "EFT3" in str(record.tabs[0])
    before = world.books(claim_id)
    world.do(ApplyTaking(credit_id, "EFT3"))
    row = world.one(CreditBalance)
    assert (row.state, row.cents, world.books(claim_id)["insurance"]) == ("IDENTIFIED", 2_700, -2_700)
    with pytest.raises(Refused, match="took nothing back under 'EFT3'"):
        world.do(ApplyTaking(credit_id, "EFT3"))  # its 200.00 are used up
    world.owner.undo()
    assert (world.books(claim_id), world.one(CreditBalance).cents) == (before, 22_700)
    took(world, "WO 50000", "EFT4")
    world.do(ExpectRecoupment(credit_id))
    world.do(ApplyTaking(credit_id, "EFT4"))
    assert world.one(CreditBalance).state == "CLEARED"
    assert world.books(claim_id) == {"charges": -22_700, "cash": 45_400, "provider": -22_700}
    assert world.faults() == []


def test_only_a_recovery_that_names_no_other_claim_is_put_against_a_credit_that_nobody_refunds(world: World) -> None:
    _, credit_id = overpaid(world)
    took(world, "CS 5000", "EFT3")
    other = world.sent()
    number = world.get(Claim, other).control_number
    content = era(pays(world, other, "", ""), trace="EFT5", plb="WO 5000")
    world.do(ImportRemittance("835", content.replace(b"WO:REF", f"WO:{number}".encode())))
    for trace in ("EFT3", "EFT5", "nothing"):
        with pytest.raises(Refused, match="took nothing back"):
            world.do(ApplyTaking(credit_id, trace))
    world.do(AskPayerRefund(credit_id, "paid twice"))
    with pytest.raises(Refused, match="twice"):
        world.do(ApplyTaking(credit_id, "EFT3"))


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


def test_a_lowered_charge_is_noticed_when_it_is_booked(world: World) -> None:
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, "", ""))))
    world.sql("UPDATE service_line SET charge=2200 WHERE code='G0008'")
    world.do(CorrectClaim(claim_id))
    row = world.one(CreditBalance)
    assert (row.claim_id, row.cents, world.item("credits", row.id).open) == (claim_id, 1_000, True)
    world.owner.undo()
    assert world.all(CreditBalance) == []
    assert world.faults() == []


def test_another_payers_clock_is_its_own_limit(world: World) -> None:
    world.do(SavePayer('payer_id="PRMUT"\nlimits=[{what="refund", limit=45, anchor="identified", proof="contract"}]'))
    overpaid(world)
    assert world.one(CreditBalance).due == DAY + timedelta(days=45)


def in_credit(world: World, cents: int = 4_000) -> tuple[int, int, int]:
    """A patient who paid too early: (claim id, account id, credit id)."""
    claim_id = world.sent()
    account = world.get(Claim, claim_id).guarantor_id
    world.do(TakePayment(account, cents, "cash"))
    return claim_id, account, world.one(CreditBalance).id


def test_a_patients_credit_is_noticed_with_the_payment_and_moves_to_what_the_account_owes(world: World) -> None:
    claim_id, account, credit_id = in_credit(world)
    row = world.one(CreditBalance)
    assert (row.claim_id, row.payer_id, row.cents, row.due) == (None, None, 4_000, DAY + timedelta(days=30))
    page = world.owner.page("credits", View())
    assert "patient" in page.rows[0].cells
    assert world.owner.record("credits", credit_id).account_id == account
    with pytest.raises(Refused, match="owes nothing"):
        world.do(ApplyCreditBalance(credit_id))
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 3000", ""))))
    world.do(ApplyCreditBalance(credit_id))
    assert (world.one(CreditBalance).state, world.one(CreditBalance).cents) == ("IDENTIFIED", 1_000)
    assert world.due(claim_id) == (0, 0)
    assert world.faults() == []


def test_a_credit_that_is_moved_whole_is_applied_and_a_payers_is_never_moved(world: World) -> None:
    claim_id, _, credit_id = in_credit(world, 3_000)
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 3000", ""))))
    world.do(ApplyCreditBalance(credit_id))
    assert (world.one(CreditBalance).state, world.item("credits", credit_id).open) == ("APPLIED", False)
    _, other = overpaid_again(world)
    with pytest.raises(Refused, match="not the account's to move"):
        world.do(ApplyCreditBalance(other))


def overpaid_again(world: World) -> tuple[int, int]:
    claim_id = world.sent()
    for trace in ("EFT8", "EFT9"):
        world.do(ImportRemittance(trace, era(pays(world, claim_id, "", ""), trace=trace)))
    world.do(CommitAnswer(world.one(RemitClaim, state="held").id))
    return claim_id, world.one(CreditBalance, claim_id=claim_id).id


def test_a_patients_refund_takes_two_people_and_its_check_is_watched_until_it_is_cashed_or_the_states(
    world: World,
) -> None:
    _, account, credit_id = in_credit(world)
    world.do(AskPayerRefund(credit_id, "paid too early"))
    with pytest.raises(NotAllowed, match="Whoever asked"):
        world.do(ApprovePayerRefund(credit_id))
    refund = world.one(Refund)
    world.who("supervisor").do(ApproveRefund(refund.id))  # from the list of refunds: the row follows
    world.do(IssuePayerRefund(credit_id, "1001"))
    assert (world.get(Refund, refund.id).state, world.one(CreditBalance).state) == ("ISSUED", "ISSUED")
    with pytest.raises(Refused, match="not set"):
        world.do(EscheatCredit(credit_id, "2026"))
    with on(DAY + timedelta(days=180)):
        assert "stale" in world.owner.tend()
        assert world.one(CreditBalance).state == "STALE"
        assert world.item("credits", credit_id).deferred_until is None
        world.do(SetPolicy("escheat_days", "ks=365"))
        with pytest.raises(Refused, match="the state's from 2027-03-09 on"):
            world.do(EscheatCredit(credit_id, "2026"))
    with on(DAY + timedelta(days=365)):
        world.do(EscheatCredit(credit_id, "report 2026-K7"))
    row = world.one(CreditBalance)
    assert (row.state, row.reference, world.item("credits", credit_id).open) == ("ESCHEAT", "report 2026-K7", False)
    assert world.faults() == []
    assert account == row.guarantor_id


def test_a_refund_that_was_asked_for_at_the_account_is_the_rows_own(world: World) -> None:
    _, account, credit_id = in_credit(world)
    world.who("collector").do(AskRefund(account, 4_000, "paid too early"))
    assert "1 credit" in world.owner.tend()
    assert (world.one(CreditBalance).state, world.owner.tend()) == ("REFUND_REQ", "")
    world.who("supervisor").do(ApprovePayerRefund(credit_id))
    assert world.one(Refund).state == "APPROVED"
    assert world.faults() == []


def test_a_stale_check_goes_out_again_and_a_cashed_one_is_the_end(world: World) -> None:
    _, _, credit_id = in_credit(world)
    world.do(AskPayerRefund(credit_id, "paid too early"))
    world.who("supervisor").do(ApprovePayerRefund(credit_id))
    world.do(IssuePayerRefund(credit_id, "1001"))
    with on(DAY + timedelta(days=181)):
        world.owner.tend()
        world.do(IssuePayerRefund(credit_id, "1002"))
        world.do(CheckCashed(credit_id))
    row = world.one(CreditBalance)
    assert (row.state, row.check_number, world.item("credits", credit_id).open) == ("CLEARED", "1002", False)
    assert world.faults() == []


def test_what_a_collector_takes_is_noticed_when_somebody_who_posts_comes(world: World) -> None:
    account = world.get(Claim, world.sent()).guarantor_id
    world.who("collector").do(TakePayment(account, 4_000, "cash"))
    assert world.all(CreditBalance) == []
    assert "1 credit" in world.who("biller").tend()
    assert world.one(CreditBalance).cents == 4_000
