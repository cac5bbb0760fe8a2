"""The undoable commands about patients' accounts, statements and calls, each on a practice that it can be done to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from store.accounts.holds import HoldKind, LiftHolds, PlaceHold
from store.accounts.plans import EndPlan, MakePlan, MakePromise
from store.accounts.policy import SetPolicy
from store.statements import choosing
from store.statements.dunning import SetDunningMessage
from store.statements.estimates import GiveEstimate
from store.statements.runs import ApproveRun, ReviewRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.statements.wording import SetTemplate
from store.tables import Encounter, Patient, StatementAccount
from store.work.command import Command
from tests.store.world import DAY, World

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
