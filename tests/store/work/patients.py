"""The undoable commands about patients' accounts, statements and calls, each on a practice that it can be done to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from store.accounts.assistance import AskAssistance, DecideAssistance, PresumeAssistance, SetDiscounts, SetGuideline
from store.accounts.bad_debt import PlaceBadDebt, RecallBadDebt
from store.accounts.holds import HoldKind, LiftHolds, PlaceHold
from store.accounts.payments import ApplyCredit, TakePayment
from store.accounts.plans import EndPlan, MakePlan, MakePromise
from store.accounts.policy import SetPolicy
from store.accounts.refunds import ApproveRefund, AskRefund, RefuseRefund
from store.accounts.small_balances import DecideSmallBalances, ExcludePayer, ProposeSmallBalances
from store.calls import call
from store.statements import choosing
from store.statements.dunning import SetDunningMessage
from store.statements.estimates import GiveEstimate
from store.statements.runs import ApproveRun, ReviewRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.statements.wording import SetTemplate
from store.tables import Encounter, Patient, Payer, StatementAccount
from store.work.command import Command
from tests.store.world import DAY, World, person

SOON = DAY + timedelta(days=10)
Make = Callable[[World], Command]


def owing(world: World) -> int:
    """An account that owes $227.00; its id."""
    encounter_id = world.encounter()
    world.code(encounter_id)
    return world.get(Patient, world.get(Encounter, encounter_id).patient_id).guarantor_id


def selected(world: World) -> int:
    """A run with one account in it; its id."""
    owing(world)
    return int(str(world.do(SelectRun(DAY)).result))


def in_run(world: World) -> int:
    """The account in such a run."""
    return world.one(StatementAccount, run_id=selected(world)).id


def left_out(world: World) -> int:
    account_id = in_run(world)
    world.do(choosing.ExcludeAccount(account_id, "he is coming in tomorrow"))
    return account_id


def sent(world: World) -> int:
    """The account of a run that was sent."""
    run_id = selected(world)
    for command in (ApproveRun(run_id), GenerateRun(run_id), SendRun(run_id)):
        world.do(command)
    return world.one(StatementAccount, run_id=run_id).id


def held(world: World) -> int:
    account = owing(world)
    world.do(PlaceHold(account, HoldKind.DISPUTE, "wrong person"))
    return account


def planned(world: World) -> int:
    account = owing(world)
    world.do(MakePlan(account, 20_000, 5_000, SOON))
    return account


def _estimate(world: World) -> Command:
    patient = world.one(Patient, guarantor_id=owing(world))
    provider = world.all(Encounter, patient_id=patient.id)[0].provider_id
    return GiveEstimate(patient.id, provider, 10_000, date(2026, 3, 1), date(2026, 3, 31))


def credited(world: World) -> int:
    """An account with $50.00 of its own money on no visit."""
    account = owing(world)
    world.do(TakePayment(account, 27_700, "check"))
    return account


def credit_and_debt(world: World) -> int:
    """An account with money on no visit that owes something again."""
    account = credited(world)
    patient = world.one(Patient, guarantor_id=account)
    encounter_id = world.encounter(patient=person(patient.source_id))
    world.code(encounter_id)
    return account


def asked(world: World) -> int:
    """A refund that a biller asked for; its id."""
    account = credited(world)
    return int(str(world.who("biller").do(AskRefund(account, 5_000, "paid twice")).result))


def tables(world: World) -> None:
    world.do(SetGuideline(2026, 1_600_000, 550_000))
    world.do(SetDiscounts("charity", DAY, ((200, 100), (400, 50))))


def applied(world: World) -> int:
    tables(world)
    account = owing(world)
    world.do(AskAssistance(account))
    return account


def small(world: World) -> int:
    """A run of small balances that a biller proposed, DAY + 100; its id."""
    owing(world)
    world.do(SetPolicy("small_cents", "22700"))
    world.do(SetPolicy("small_age_days", "0"))
    return int(str(world.who("biller").do(ProposeSmallBalances("costs more")).result))


def placed(world: World) -> int:
    """An account that is with an agency."""
    account = world.get(StatementAccount, sent(world)).guarantor_id
    world.do(SetPolicy("collect_after_days", "0"))
    world.do(SetPolicy("review_after_days", "0"))
    world.sql("UPDATE guarantor SET dunning=4 WHERE id=:id", id=account)
    world.do(PlaceBadDebt((account,), "Plains Recovery"))
    return account


def to_call(world: World) -> int:
    account = owing(world)
    world.do(SetPolicy("call_from", "0"))  # it is night in Kansas on these tests' clock
    world.do(call.AskForCall(account, "high balance"))
    return account


def talking(world: World) -> int:
    """An account whose call is under way, identity checked."""
    account = to_call(world)
    world.do(call.VerifyCaller(account, "birth date", "address"))
    return account


def _insurance(world: World) -> Command:
    account = talking(world)
    patient = world.one(Patient, guarantor_id=account)
    payer = world.one(Payer, payer_id="PRMUT")
    return call.CallInsurance(account, patient.id, payer.id, "PRM999")


def _after(make: Callable[[World], int], command: Callable[[int], Command]) -> Make:
    return lambda world: command(make(world))


CASES: dict[str, Make] = {
    "accounts.policy": lambda _: SetPolicy("small_cents", "500"),
    "accounts.hold": _after(owing, lambda one: PlaceHold(one, HoldKind.ATTORNEY, "letter", SOON)),
    "accounts.lift": _after(held, LiftHolds),
    "accounts.plan": _after(owing, lambda one: MakePlan(one, 22_700, 5_000, SOON)),
    "accounts.end_plan": _after(planned, lambda one: EndPlan(one, "paid early")),
    "accounts.promise": _after(owing, lambda one: MakePromise(one, 5_000, SOON)),
    "accounts.estimate": _estimate,
    "accounts.apply_credit": _after(credit_and_debt, ApplyCredit),
    "accounts.ask_refund": _after(credited, lambda one: AskRefund(one, 5_000, "paid twice")),
    "accounts.approve_refund": _after(asked, ApproveRefund),
    "accounts.refuse_refund": _after(asked, lambda one: RefuseRefund(one, "he owes another visit")),
    "accounts.guideline": lambda _: SetGuideline(2026, 1_600_000, 550_000),
    "accounts.discounts": lambda _: SetDiscounts("sliding", DAY, ((100, 80), (200, 40))),
    "accounts.ask_assistance": _after(owing, AskAssistance),
    "accounts.decide_assistance": _after(applied, lambda one: DecideAssistance(one, 2, 3_000_000)),
    "accounts.decide_assistance no": _after(applied, lambda one: DecideAssistance(one, 1, 9_000_000)),
    "accounts.presume_assistance": _after(owing, lambda one: PresumeAssistance(one, 100, 6, "homeless")),
    "accounts.decide_small": _after(small, lambda one: DecideSmallBalances(one, approve=True)),
    "accounts.exclude_payer": lambda w: ExcludePayer(w.one(Payer, payer_id="PRMUT").id, "contract forbids it"),
    "accounts.recall": _after(placed, lambda one: RecallBadDebt(one, "she pays us")),
    "accounts.contact": _after(owing, lambda one: call.SetContact(one, line1="9 Oak Rd", phone="3165550199")),
    "calls.ask": _after(owing, lambda one: call.AskForCall(one, "high balance")),
    "calls.verify": _after(to_call, lambda one: call.VerifyCaller(one, "birth date", "address")),
    "calls.end": _after(to_call, lambda one: call.EndCall(one, "NO_ANSWER")),
    "calls.promise": _after(talking, lambda one: call.CallPromise(one, 5_000, SOON)),
    "calls.plan": _after(talking, lambda one: call.CallPlan(one, 20_000, 5_000, SOON)),
    "calls.dispute": _after(talking, lambda one: call.CallDispute(one, "was not there")),
    "calls.assistance": _after(talking, call.CallAssistance),
    "calls.insurance": _insurance,
    "calls.do_not_call": _after(to_call, call.DoNotCall),
    "statements.dunning_message": lambda _: SetDunningMessage(2, "en", "Please call {phone}.", 60, "missed"),
    "statements.template": lambda _: SetTemplate("en", "levels.1", "Thank you."),
    "statements.review": _after(selected, ReviewRun),
    "statements.approve": _after(selected, ApproveRun),
    "statements.include": _after(left_out, lambda one: choosing.IncludeAccount(one, "she asked for it")),
    "statements.exclude": _after(in_run, lambda one: choosing.ExcludeAccount(one, "he is coming in tomorrow")),
    "statements.by_rule": _after(left_out, choosing.ReturnToRules),
    "statements.level": _after(in_run, lambda one: choosing.SetLevel(one, 3)),
    "statements.message": _after(in_run, lambda one: choosing.SetMessage(one, "Please bring your new card.")),
    "statements.void": _after(sent, lambda one: choosing.VoidStatement(one, "printed twice")),
    "statements.hold_in_run": _after(in_run, lambda one: choosing.HoldInRun(one, HoldKind.DISPUTE, "not hers")),
    "statements.call_instead": _after(in_run, choosing.CallInstead),
}
