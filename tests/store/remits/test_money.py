"""Remittance and money by trace and amount; a payment that comes twice is read, not posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.errors import NotAllowed, Refused
from store.jobs import TakeInFile, TakeInRemittance
from store.remits.arrivals import PostSecondArrival, SetPostingRule, SettleMatter
from store.remits.eob import EnterEob
from store.remits.money import EnterDeposit, ImportDeposits, PostWithoutMoney
from store.remits.provider import provider_accounts
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Deposit, Payer, PaymentMatter, RemitClaim, RemitProviderAdjustment, Remittance
from store.work.record import Table
from store.work.values import View
from tests.store.eras import PAID_ON, era, pays
from tests.store.world import DAY, World, on

HEAD = b"date,amount,trace,payer,kind\n"


def bank(*rows: str) -> bytes:
    return HEAD + "\n".join(rows).encode()


def post(world: World, claim_id: int, *whys: str, trace: str = "EFT1", plb: str = "") -> None:
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys), trace=trace, plb=plb)))


def waits(world: World) -> int:
    """A claim whose remittance waits for its money."""
    world.do(SetPostingRule(None, auto_post=True, wait_for_money=True))
    claim_id = world.sent()
    post(world, claim_id, "", "")
    return claim_id


def rows(world: World) -> list[str]:
    return [str(row.cells[-1]) for row in world.owner.page("payments", View()).rows]


def test_a_remittance_that_waits_for_its_money_books_nothing_until_it_comes(world: World) -> None:
    claim_id = waits(world)
    assert world.one(Remittance).state == "WAIT_EFT"
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.faults() == []
    done = world.do(ImportDeposits("bank", bank("2026-03-09,227.00,EFT1,PRAIRIE,EFT")))
    assert "1 matched, 1 posted" in done.said
    assert world.books(claim_id)["cash"] == 22_700
    assert world.one(Remittance).state == "POSTED"
    assert world.one(Deposit).remittance_id == world.one(Remittance).id
    assert rows(world) == []
    assert world.faults() == []


def test_money_that_is_here_first_lets_the_remittance_through(world: World) -> None:
    world.do(SetPostingRule(None, auto_post=True, wait_for_money=True))
    world.do(EnterDeposit("EFT1", 22_700, DAY, "Prairie", "EFT"))
    claim_id = world.sent()
    post(world, claim_id, "", "")
    assert world.get(Claim, claim_id).state == "PAID"


def test_nothing_paid_waits_for_no_money(world: World) -> None:
    world.do(SetPostingRule(None, auto_post=True, wait_for_money=True))
    claim_id = world.sent()
    post(world, claim_id, "CO-16 19500", "CO-16 3200")
    assert world.get(Claim, claim_id).state == "DENIED"


def test_one_that_waits_shows_itself_after_three_business_days(world: World) -> None:
    waits(world)
    assert rows(world) == []
    with on(PAID_ON + timedelta(days=3)):
        assert rows(world) == ["NO_EFT"]


def test_money_without_a_remittance_shows_itself_too_and_goes_when_it_comes(world: World) -> None:
    world.do(ImportDeposits("bank", bank("2026-03-09,227.00,EFT1,PRAIRIE,EFT")))
    with on(DAY + timedelta(days=4)):
        assert rows(world) == ["NO_ERA"]
        post(world, world.sent(), "", "")
        assert rows(world) == []
    assert world.faults() == []


def test_another_amount_under_the_trace_is_told_at_once(world: World) -> None:
    claim_id = waits(world)
    world.do(ImportDeposits("bank", bank("2026-03-09,226.00,EFT1,PRAIRIE,EFT")))
    assert rows(world) == ["EFT_DIFF"]
    assert world.get(Claim, claim_id).state == "SENT"


def test_a_supervisor_may_post_without_the_money(world: World) -> None:
    claim_id = waits(world)
    matter = world.one(PaymentMatter, reason="NO_EFT").id
    with pytest.raises(NotAllowed):
        world.who("biller").do(PostWithoutMoney(matter, "the bank is slow"))
    with pytest.raises(Refused, match="Say why"):
        world.do(PostWithoutMoney(matter, " "))
    world.do(PostWithoutMoney(matter, "the bank is slow"))
    assert world.get(Claim, claim_id).state == "PAID"
    assert world.faults() == []


def test_a_banks_file_twice_or_one_of_its_rows_again_changes_nothing(world: World) -> None:
    content = bank("2026-03-09,227.00,EFT1,PRAIRIE,EFT", "2026-03-09,227.00,EFT1,PRAIRIE,EFT")
    world.do(ImportDeposits("bank", content))
    world.do(ImportDeposits("bank", content))
    world.do(ImportDeposits("bank", bank("2026-03-09,227.00,EFT1,OTHER NAME,EFT")))
    assert len(world.all(Deposit)) == 2


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("2026-03-09,227.00,,P,EFT", "line 2, trace"),
        ("2026-13-09,227.00,T,P,EFT", "line 2, date"),
        ("2026-03-09,2a,T,P,EFT", "line 2, amount"),
        ("2026-03-09,-2,T,P,EFT", "line 2, amount"),
        ("2026-03-09,2,T,P,cash", "line 2, kind"),
    ],
)
def test_a_wrong_row_of_a_banks_file_refuses_it_whole(world: World, row: str, where: str) -> None:
    with pytest.raises(Refused, match=where):
        world.do(ImportDeposits("bank", bank(row, "2026-03-09,1.00,OK,P,EFT")))
    assert world.all(Deposit) == []


def test_a_banks_file_is_known_by_its_header(world: World, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(bank("2026-03-09,227.00,EFT1,PRAIRIE,EFT"))
    world.do(TakeInFile(path))
    assert world.one(Deposit).line == 2


# --- twice ----------------------------------------------------------------------------------------------------------


def second(world: World) -> int:
    """The same trace, amount and day again, with other reasons: the row to read."""
    claim_id = world.sent()
    post(world, claim_id, "PR-1 500", "")
    again = era(pays(world, claim_id, "CO-45 500", ""))
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="already posted on 2026-03-09 from another file"):
        world.do(ImportRemittance("again", again))
    assert world.dump(everything=True) == before
    with pytest.raises(Refused, match="under Payments and deposits"):
        world.do(TakeInRemittance("again", again))
    return claim_id


def test_a_second_arrival_is_read_with_its_difference_and_books_nothing(world: World) -> None:
    claim_id = second(world)
    matter = world.one(PaymentMatter)
    number = world.get(Claim, claim_id).control_number
    assert matter.told.splitlines() == [
        f"only before: {number} status 1 charge 227.00 paid 222.00 PR-1 5.00",
        f"only now: {number} status 1 charge 227.00 paid 222.00 CO-45 5.00",
    ]
    assert rows(world) == ["DUP"]
    assert len(world.all(Remittance)) == 1
    record = world.owner.record("payments", matter.id)
    assert [tab.title for tab in record.tabs] == ["Matter", "As posted before"]
    assert world.faults() == []


def test_a_second_arrival_that_a_person_posts_is_still_held_where_it_would_pay_twice(world: World) -> None:
    claim_id = second(world)
    world.do(PostSecondArrival(world.one(PaymentMatter).id, "the payer says both are due"))
    assert [row.state for row in world.all(RemitClaim)] == ["matched", "held"]
    assert world.books(claim_id)["cash"] == 22_200
    assert rows(world) == []
    assert world.faults() == []


def test_a_matter_is_settled_with_words(world: World) -> None:
    second(world)
    matter = world.one(PaymentMatter)
    with pytest.raises(Refused, match="Say what"):
        world.do(SettleMatter(matter.id, ""))
    world.do(SettleMatter(matter.id, "the payer sent it twice"))
    assert rows(world) == []


# --- provider level -------------------------------------------------------------------------------------------------


def test_adjustments_go_to_accounts_of_the_provider_and_name_their_claim(world: World) -> None:
    claim_id = world.sent()
    number = world.get(Claim, claim_id).control_number
    content = era(pays(world, claim_id, "", ""), plb="WO 500,L6 -12,CT -90000").replace(
        b"WO:REF", f"WO:{number}".encode()
    )
    world.do(ImportRemittance("835", content))
    found = [(row.reason, row.account, row.claim_id) for row in world.all(RemitProviderAdjustment)]
    assert found == [("WO", "overpayment recovery", claim_id), ("L6", "interest", None), ("CT", "capitation", None)]
    with world.owner.reading() as session:
        told = {line.account: line.cents for line in provider_accounts(session)}
    assert told == {"overpayment recovery": 500, "interest": -12, "capitation": -90_000}
    assert world.faults() == []


def test_a_payment_below_zero_is_booked_and_put_before_a_person(world: World) -> None:
    world.do(ImportRemittance("835", era(plb="WO 500")))
    assert rows(world) == ["NEG_CHECK"]
    assert world.one(Remittance).amount == -500
    assert world.faults() == []


def test_a_kind_that_is_not_known_is_booked_and_put_before_a_person(world: World) -> None:
    post(world, world.sent(), "", "", plb="ZZ 500")
    assert rows(world) == ["PLB_OPEN"]
    assert world.one(Remittance).amount == 22_200
    assert world.faults() == []


# --- paper ----------------------------------------------------------------------------------------------------------


def eob(world: World, amount: int, text: str) -> EnterEob:
    return EnterEob(world.one(Payer, payer_id="PRMUT").id, "C77", amount, DAY, text)


def test_a_paper_eob_is_posted_like_a_file(world: World) -> None:
    claim_id = world.sent()
    number = world.get(Claim, claim_id).control_number
    world.do(eob(world, 17_500, f"{number}: 1 175 CO-45 10 PR-1 10; 2 0 CO-16 32"))
    assert world.books(claim_id) == {
        "charges": -22_700, "cash": 17_500, "contractual": 1_000, "patient": 1_000, "insurance": 3_200,
    }  # fmt: skip
    remittance = world.one(Remittance)
    assert (remittance.source, remittance.entered_by) == ("EOB", world.owner.actor.user_id)
    with pytest.raises(Refused, match="typed before"):
        world.do(eob(world, 17_500, f"{number}: 1 175 CO-45 10 PR-1 10; 2 0 CO-16 32"))
    assert world.faults() == []


@pytest.mark.parametrize(
    ("amount", "told", "why"),
    [
        (17_500, "1 175 CO-45 10 PR-1 9", "line level.*fails by"),
        (17_501, "1 175 CO-45 10 PR-1 10", "transaction level.*0.01"),
        (17_500, "3 175", "no line, paid amount"),
        (17_500, "1 175 XX-45 20", "no reason like"),
        (17_500, "1 175 CO-45", "no line, paid amount"),
    ],
)
def test_a_paper_eob_that_does_not_balance_is_refused(world: World, amount: int, told: str, why: str) -> None:
    number = world.get(Claim, world.sent()).control_number
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=why):
        world.do(eob(world, amount, f"{number}: {told}"))
    assert world.dump(everything=True) == before


def test_interest_that_comes_as_one_sum_is_each_claims_own_where_the_claims_tell_it(world: World) -> None:
    first, second = world.sent(), world.sent()
    answers = [replace(pays(world, one, "", ""), interest=cents) for one, cents in ((first, 700), (second, 500))]
    world.do(ImportRemittance("835", era(*answers, plb="L6 -1200")))
    pairs = [(row.claim_id, row.cents) for row in world.all(RemitProviderAdjustment)]
    assert pairs == [(first, -700), (second, -500)]
    tab = next(tab for tab in world.owner.record("claims", first).tabs if tab.title == "Remits")
    table = tab.blocks[1]
    assert isinstance(table, Table)
    assert table.rows[0][2:] == ("L6", "interest", -700)
    assert world.faults() == []
