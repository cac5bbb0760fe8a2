"""Calls: nobody hears a balance before two items are right, nobody is called at night, broken promises return."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from store.accounts.holds import HoldKind, LiftHolds, PlaceHold
from store.accounts.payments import TakePayment
from store.accounts.plans import MakePlan, MakePromise
from store.accounts.policy import SetPolicy
from store.calls import call
from store.calls.script import talk
from store.calls.zones import local_times, may_call
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.statements.choosing import SetLevel
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Claim, Coverage, Guarantor, Patient, PatientCall, Payer, StatementAccount, WorkItem
from store.work.record import Record
from store.work.values import View
from tests.store.eras import era, pays
from tests.store.work.patients import owing
from tests.store.world import DAY, World, on

NOON = 18
"""UTC; noon or one o'clock in Kansas."""


@pytest.fixture
def desk(world: World) -> World:
    """A world where it is day in Kansas."""
    world.do(SetPolicy("call_from", "0"))
    return world


def told(record: Record) -> str:
    return f"{record.title} {record.headline} {record.tabs}"


def waiting(world: World, day: date) -> list[tuple[int, str]]:
    """The call queue as it stands on a day: (account, because)."""
    with on(day):
        page = world.owner.page("calls", View())
    return [(row.subject_id, str(row.cells[5])) for row in page.rows]


def to_call(world: World) -> int:
    account = owing(world)
    world.do(call.AskForCall(account, "high balance"))
    return account


def verified(world: World) -> int:
    account = to_call(world)
    world.do(call.VerifyCaller(account, "birth date", "address"))
    return account


def test_no_balance_and_no_visit_is_shown_before_two_items_are_right(desk: World) -> None:
    account = to_call(desk)
    before = told(desk.owner.record("calls", account))
    item = desk.item("calls", account)
    for hidden in ("227.00", "$", "Annual", "pneumo"):
        assert hidden not in before.replace("$50", "")
    assert "227" not in str(desk.owner.why(item.id))
    desk.do(call.VerifyCaller(account, "birth date", "address"))
    after = told(desk.owner.record("calls", account))
    assert "$227.00" in after
    assert "$227.00" in str(desk.owner.why(item.id))


@pytest.mark.parametrize(("first", "second"), [("address", "address"), ("address", "shoe size")])
def test_two_different_items_are_asked(desk: World, first: str, second: str) -> None:
    with pytest.raises(Refused, match="Two different items"):
        desk.do(call.VerifyCaller(to_call(desk), first, second))


@pytest.mark.parametrize(
    "command",
    [
        lambda one: call.CallPromise(one, 5_000, DAY),
        lambda one: call.CallPlan(one, 22_700, 5_000, DAY),
        lambda one: call.CallPayment(one, 5_000, "card"),
        lambda one: call.CallDispute(one, "was not there"),
        call.CallAssistance,
        lambda one: call.EndCall(one, "REFUSED"),
    ],
)
def test_nothing_about_money_is_noted_before_the_identity_is_checked(desk: World, command: object) -> None:
    account = to_call(desk)
    before = desk.dump(everything=True)
    with pytest.raises(Refused, match="identity is not checked"):
        desk.do(command(account))  # type: ignore[operator]
    assert desk.dump(everything=True) == before


# --- when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "hour", "allowed"),
    [("NY", 12, False), ("NY", 13, True), ("CA", 15, False), ("CA", 16, True), ("KS", 14, False), ("KS", 15, True)],
)
def test_calls_are_made_by_the_clock_where_the_guarantor_lives(state: str, hour: int, allowed: bool) -> None:
    times = local_times(state, datetime(2026, 1, 9, hour, tzinfo=UTC), "America/Chicago")
    assert may_call(times, 8, 21) is allowed


def test_a_call_outside_the_hours_is_refused_and_counts_for_nothing(world: World) -> None:
    account = to_call(world)
    with pytest.raises(Refused, match="calls are made from 8:00 to 21:00"):
        world.do(call.EndCall(account, "NO_ANSWER"))
    assert world.all(PatientCall) == []
    with on(DAY, NOON):
        world.do(call.EndCall(account, "NO_ANSWER"))


def test_after_seven_attempts_in_seven_days_nobody_calls(desk: World) -> None:
    account = to_call(desk)
    for _ in range(7):
        desk.do(call.EndCall(account, "NO_ANSWER"))
    with pytest.raises(Refused, match="7 times in 7 days"):
        desk.do(call.EndCall(account, "NO_ANSWER"))
    assert waiting(desk, DAY + timedelta(days=6)) == []
    assert [one for one, _ in waiting(desk, DAY + timedelta(days=7))] == [account]
    with on(DAY + timedelta(days=7)):
        desk.do(call.EndCall(account, "NO_ANSWER"))


# --- who ----------------------------------------------------------------------------------------------------------


def test_a_broken_promise_returns_by_itself_and_a_kept_one_does_not(desk: World) -> None:
    broken, kept = verified(desk), verified(desk)
    due = DAY + timedelta(days=10)
    for account in (broken, kept):
        desk.do(call.CallPromise(account, 5_000, due))
    assert waiting(desk, due + timedelta(days=3)) == []
    with on(due):
        desk.do(TakePayment(kept, 5_000, "card"))
    assert waiting(desk, due + timedelta(days=4)) == [(broken, "promise of Mar 19 not kept: $50.00")]


def test_the_amount_of_a_broken_promise_is_not_shown_before_the_identity_is_checked(desk: World) -> None:
    account = verified(desk)
    desk.do(call.CallPromise(account, 5_000, DAY + timedelta(days=10)))
    with on(DAY + timedelta(days=14)):
        desk.owner.tend()
        record = desk.owner.record("calls", account)
        assert record.title.endswith("promise of Mar 19 not kept")
        assert "50.00" not in told(record)
        desk.do(call.VerifyCaller(account, "birth date", "address"))
        assert "You told us that you would pay $50.00" in told(desk.owner.record("calls", account))


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_reason_has_words_of_its_own_in_each_language(language: str) -> None:
    values = {"promised": "$50.00", "by": "Mar 19", "due": "$227.00", "plan": "3 x $75.67"}
    reasons = (
        "promise of Mar 19 not kept",
        "plan missed",
        "final notice",
        "returned mail",
        "high balance",
        "no answer",
    )
    said = [talk(language, reason, **values) for reason in reasons]
    assert len({lines[0] for lines in said}) == len(reasons)
    assert not any("{" in line for lines in said for line in lines)


def test_a_promise_made_at_the_desk_returns_too(desk: World) -> None:
    account = owing(desk)
    desk.do(MakePromise(account, 5_000, DAY))
    assert [one for one, _ in waiting(desk, DAY + timedelta(days=4))] == [account]


def test_a_missed_plan_comes_up_and_a_kept_one_rests(desk: World) -> None:
    account = owing(desk)
    first = DAY + timedelta(days=10)
    desk.do(MakePlan(account, 22_700, 10_000, first))
    assert waiting(desk, first + timedelta(days=5)) == []
    assert waiting(desk, first + timedelta(days=6)) == [(account, "plan: payment of Mar 19 missed")]
    with on(first):
        desk.do(TakePayment(account, 10_000, "card"))
    assert waiting(desk, first + timedelta(days=6)) == []


def test_a_final_notice_is_called_after_ten_days(desk: World) -> None:
    owing(desk)
    desk.sql("UPDATE guarantor SET dunning=3, last_statement_on='2026-02-01'")
    account = final_notice(desk)
    assert desk.get(Guarantor, account).dunning == 4
    assert waiting(desk, DAY + timedelta(days=9)) == []
    assert waiting(desk, DAY + timedelta(days=10)) == [(account, "final notice of Mar 09")]


def final_notice(world: World) -> int:
    run_id = int(str(world.do(SelectRun(DAY)).result))
    account = world.one(StatementAccount, run_id=run_id)
    world.do(SetLevel(account.id, 4))
    for command in (ApproveRun(run_id), GenerateRun(run_id), SendRun(run_id)):
        world.do(command)
    return account.guarantor_id


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if kind is not HoldKind.RETURNED_MAIL])
def test_a_hold_takes_an_account_out_of_the_calls_and_lifting_it_brings_it_back(desk: World, kind: HoldKind) -> None:
    account = owing(desk)
    desk.do(MakePromise(account, 5_000, DAY))
    day = DAY + timedelta(days=10)
    desk.do(PlaceHold(account, kind, "letter"))
    assert waiting(desk, day) == []
    desk.do(LiftHolds(account))
    assert [one for one, _ in waiting(desk, day)] == [account]


def test_what_is_paid_is_nobody_s_call(desk: World) -> None:
    account = to_call(desk)
    desk.do(TakePayment(account, 22_700, "card"))
    assert waiting(desk, DAY + timedelta(days=90)) == []


def test_who_wishes_no_calls_is_not_called(desk: World) -> None:
    account = to_call(desk)
    desk.do(call.DoNotCall(account))
    assert waiting(desk, DAY) == []
    with pytest.raises(Refused, match="wishes no calls"):
        desk.do(call.EndCall(account, "NO_ANSWER"))


# --- what came of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "days"), [("NO_ANSWER", 1), ("LEFT_MSG", 1), ("WRONG_NO", None), ("STOPPED", None)]
)
def test_an_outcome_says_when_it_comes_back(desk: World, outcome: str, days: int | None) -> None:
    account = owing(desk)
    desk.sql("UPDATE guarantor SET dunning=4, last_statement_on='2026-02-01', phone='3165550101'")
    desk.do(call.AskForCall(account, "final notice"))
    desk.do(call.EndCall(account, outcome))
    assert waiting(desk, DAY) == []
    assert bool(waiting(desk, DAY + timedelta(days=days or 60))) is (days is not None)


def test_a_call_back_comes_on_its_day(desk: World) -> None:
    account = to_call(desk)
    with pytest.raises(Refused, match="When"):
        desk.do(call.EndCall(account, "CALLBACK"))
    with pytest.raises(Refused, match="from 0:00 to 21:00 of their time"):
        desk.do(call.EndCall(account, "CALLBACK", "", date(2026, 3, 12), 22))
    desk.do(call.EndCall(account, "CALLBACK", "", date(2026, 3, 12), 15))
    assert desk.all(PatientCall)[-1].call_back_at == datetime(2026, 3, 12, 21, tzinfo=UTC)  # 3 p.m. in all of Kansas
    assert waiting(desk, date(2026, 3, 11)) == []
    assert waiting(desk, date(2026, 3, 12)) == [(account, "call back Mar 12 15:00 MDT")]


def test_a_payment_in_a_call_is_posted_and_logged(desk: World) -> None:
    account = verified(desk)
    desk.do(call.CallPayment(account, 22_700, "card", "slip 4"))
    one = desk.one(PatientCall)
    assert (one.state, one.verified) == ("PAID", "birth date, address")
    assert "R10001" in one.note
    assert desk.item("calls", account).open is False
    assert desk.faults() == []


def test_new_insurance_stops_dunning_and_is_billed_for_a_visit_without_a_claim(desk: World) -> None:
    account = verified(desk)
    patient, payer = desk.one(Patient, guarantor_id=account), desk.one(Payer, payer_id="PRMUT")
    desk.do(call.CallInsurance(account, patient.id, payer.id, "PRM999"))
    assert desk.one(Coverage, patient_id=patient.id).member_id == "PRM999"
    claim = desk.one(Claim)
    assert (claim.state, claim.charge) == ("READY", 22_700)
    assert desk.due(claim.id) == (0, 22_700)
    assert desk.faults() == []


def test_new_insurance_is_billed_next_where_an_insurer_answered_already(desk: World) -> None:
    claim_id = desk.sent()
    desk.do(ImportRemittance("835", era(pays(desk, claim_id, "PR-1 5000", ""))))
    claim = desk.get(Claim, claim_id)
    desk.do(call.AskForCall(claim.guarantor_id, "high balance"))
    desk.do(call.VerifyCaller(claim.guarantor_id, "birth date", "address"))
    payer = desk.one(Payer, payer_id="HRTLD")
    desk.do(call.CallInsurance(claim.guarantor_id, claim.patient_id, payer.id, "HRT1"))
    assert desk.due(claim_id) == (0, 5_000)
    assert "bill Heartland" in desk.one(WorkItem, queue="claims", subject_id=claim_id).reason
    assert desk.faults() == []


def test_an_address_that_is_found_ends_returned_mail(desk: World) -> None:
    account = owing(desk)
    desk.do(PlaceHold(account, HoldKind.RETURNED_MAIL))
    assert waiting(desk, DAY) == [(account, "mail came back: ask for the address")]
    desk.do(call.SetContact(account, line1="9 Oak Rd"))
    assert waiting(desk, DAY) == []


def test_a_coder_has_no_way_into_calls_or_accounts(desk: World) -> None:
    account = to_call(desk)
    coder = desk.who("coder")
    for look in (
        lambda: coder.record("calls", account),
        lambda: coder.page("calls", View()),
        lambda: coder.ledger(account),
        lambda: coder.do(call.VerifyCaller(account, "birth date", "address")),
        lambda: coder.do(TakePayment(account, 100, "cash")),
        lambda: coder.page("refunds", View()),
        lambda: coder.page("run", View()),
    ):
        with pytest.raises(NotAllowed):
            look()
