"""Plans, promises, assistance, small balances, agencies, estimates: agreed once, judged by the ledger alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlmodel import Session, select

from store.accounts.agreements import Kept, PlanStanding, plans, promises
from store.accounts.assistance import AskAssistance, DecideAssistance, refresh_assistance
from store.accounts.bad_debt import HandOver, PlaceBadDebt, RecallBadDebt, write_placements
from store.accounts.balances import Balance
from store.accounts.books import Book
from store.accounts.holds import HoldKind, PlaceHold, standing_holds
from store.accounts.ledger import Entry, Leg, post
from store.accounts.payments import TakePayment, VoidPayment
from store.accounts.plans import MakePlan, MakePromise, schedule
from store.accounts.policy import SetPolicy, policy_of
from store.accounts.small_balances import DecideSmallBalances, ExcludePayer, ProposeSmallBalances
from store.accounts.why_owed import explanation, plain_lines
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.statements.compose import Asked, compose
from store.statements.runs import SelectRun
from store.tables import (
    Assistance,
    Claim,
    Guarantor,
    PatientPayment,
    Payer,
    Placement,
    Practice,
    SmallBalanceAccount,
    StatementAccount,
)
from store.work.command import Change, Command, Said
from tests.store.accounts.test_payments import balance, second_visit
from tests.store.eras import era, pays
from tests.store.work.patients import applied, owing, placed, tables
from tests.store.world import DAY, World, on

SOON = DAY + timedelta(days=10)


@dataclass(frozen=True, slots=True)
class _Refresh(Command):
    """What a run does before it selects."""

    name: ClassVar[str] = "test.refresh"
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        return Said("done", refresh_assistance(change))


@dataclass(frozen=True, slots=True)
class _HandPart(Command):
    """A part of a visit goes to the agency, as when more becomes due after it was handed over."""

    account: int
    line: int | None
    encounter: int
    cents: int
    name: ClassVar[str] = "test.hand_part"
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        where = (self.account, None, self.line, self.encounter)
        legs = (Leg(Book.BAD_DEBT, self.cents, *where), Leg(Book.PATIENT, -self.cents, *where))
        post(change, Entry("test:part", "to agency", change.today, legs, "Plains Recovery"))
        return Said("done")


def plan_on(world: World, account: int, day: date) -> PlanStanding:
    with Session(world.engine) as session:
        return plans(session, policy_of(session), [account], day)[account]


def promise_on(world: World, account: int, day: date) -> Kept:
    with Session(world.engine) as session:
        return promises(session, policy_of(session), [account], day)[account].state


def test_a_schedule_is_monthly_and_sums_to_the_cent() -> None:
    parts = schedule(22_700, 10_000, date(2026, 1, 31))
    assert parts == [(date(2026, 1, 31), 10_000), (date(2026, 2, 28), 10_000), (date(2026, 3, 31), 2_700)]


def test_a_plan_counts_what_is_missed_by_the_payments_alone(world: World) -> None:
    account = owing(world)
    world.do(MakePlan(account, 22_700, 10_000, SOON))
    assert plan_on(world, account, SOON + timedelta(days=5)).missed == 0
    assert plan_on(world, account, SOON + timedelta(days=6)).missed == 1
    assert plan_on(world, account, SOON + timedelta(days=80)).missed == 3
    with on(SOON):
        world.do(TakePayment(account, 10_000, "card"))
    assert plan_on(world, account, SOON + timedelta(days=6)).missed == 0
    with on(SOON + timedelta(days=1)):
        world.do(VoidPayment(world.one(PatientPayment).id, "bounced"))
    assert plan_on(world, account, SOON + timedelta(days=6)).missed == 1


@pytest.mark.parametrize(
    ("total", "each", "words"), [(22_701, 5_000, r"owes \$227.00"), (22_700, 2_400, r"at least \$25.00")]
)
def test_a_plan_is_for_what_is_owed_and_within_the_practice_s_bounds(
    world: World, total: int, each: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        world.do(MakePlan(owing(world), total, each, SOON))


def test_a_promise_is_kept_or_broken_by_the_ledger_itself(world: World) -> None:
    account = owing(world)
    world.do(TakePayment(account, 4_000, "cash"))  # what came before does not count
    world.do(MakePromise(account, 5_000, SOON))
    last = SOON + timedelta(days=3)
    assert [promise_on(world, account, day) for day in (SOON, last, last + timedelta(days=1))] == [
        Kept.OPEN,
        Kept.OPEN,
        Kept.BROKEN,
    ]
    with on(last):
        world.do(TakePayment(account, 4_999, "cash"))
        assert promise_on(world, account, last + timedelta(days=1)) is Kept.BROKEN
        world.do(TakePayment(account, 1, "cash"))
    assert promise_on(world, account, last + timedelta(days=1)) is Kept.KEPT


def test_money_that_came_too_late_keeps_no_promise(world: World) -> None:
    account = owing(world)
    world.do(MakePromise(account, 5_000, SOON))
    with on(SOON + timedelta(days=4)):
        world.do(TakePayment(account, 5_000, "cash"))
    assert promise_on(world, account, SOON + timedelta(days=5)) is Kept.BROKEN


# --- assistance ---------------------------------------------------------------------------------------------------


def test_assistance_follows_the_table_lowers_what_is_due_and_expires(world: World) -> None:
    account = applied(world)
    with Session(world.engine) as session:
        assert standing_holds(session, [account], DAY)[account][0].kind is HoldKind.CHARITY
    world.do(DecideAssistance(account, 2, 4_300_001))  # 200.00005% of $21,500 is above the first step
    granted = world.one(Assistance)
    assert (granted.fpl_percent, granted.percent, granted.valid_until) == (201, 50, date(2026, 9, 9))
    assert balance(world, account) == Balance(11_350, 0, 0, 0)
    second_visit(world, account)
    world.do(_Refresh())
    world.do(_Refresh())
    assert balance(world, account).patient_due == 11_350 + 11_350
    with on(date(2026, 9, 10)):
        second_visit(world, account)
        world.do(_Refresh())
    assert balance(world, account).patient_due == 11_350 + 11_350 + 22_700
    assert world.faults() == []


def test_a_run_takes_assistance_off_what_became_due_since_before_it_bills_it(world: World) -> None:
    account = applied(world)
    world.do(DecideAssistance(account, 2, 4_300_001))
    second_visit(world, account)
    world.do(SelectRun(DAY))
    assert world.one(StatementAccount).amount == 11_350 + 11_350
    assert world.faults() == []


def test_above_the_table_nothing_is_granted_and_the_account_goes_on(world: World) -> None:
    account = applied(world)
    world.do(DecideAssistance(account, 1, 6_400_001))
    assert balance(world, account).patient_due == 22_700
    with Session(world.engine) as session:
        assert standing_holds(session, [account], DAY) == {}


def test_without_a_guideline_nothing_is_decided(world: World) -> None:
    account = owing(world)
    world.do(AskAssistance(account))
    with pytest.raises(Refused, match="No poverty guideline"):
        world.do(DecideAssistance(account, 1, 100))
    tables(world)
    with pytest.raises(Refused, match="at least one person"):
        world.do(DecideAssistance(account, 0, 100))


# --- small balances -----------------------------------------------------------------------------------------------


def owing_little(world: World, cents: int, payer: str = "PRMUT") -> int:
    claim_id = world.sent(payer)
    world.do(ImportRemittance("835", era(pays(world, claim_id, f"PR-1 {cents}", ""), trace=f"T{claim_id}")))
    return world.get(Claim, claim_id).guarantor_id


def test_small_balances_are_given_up_by_two_persons_within_limits_and_exclusions(world: World) -> None:
    small, medicare, forbidden, held = (
        owing_little(world, 999),
        owing_little(world, 500, "MEDB"),
        owing_little(world, 500, "HRTLD"),
        owing_little(world, 500),
    )
    owing_little(world, 1_000)
    world.do(ExcludePayer(world.one(Payer, payer_id="HRTLD").id, "contract forbids it"))
    world.do(PlaceHold(held, HoldKind.DISPUTE))
    with on(DAY + timedelta(days=89)), pytest.raises(Refused, match="No account"):
        world.do(ProposeSmallBalances("costs more to collect"))
    with on(DAY + timedelta(days=90)):
        run = int(str(world.do(ProposeSmallBalances("costs more to collect")).result))
        rows = {row.guarantor_id: (row.included, row.reason) for row in world.all(SmallBalanceAccount, run_id=run)}
        assert rows == {
            small: (True, "small and old enough"),
            medicare: (False, "Federal Senior Part B: a routine waiver is not allowed"),
            forbidden: (False, "Heartland Benefit Trust: contract forbids it"),
            held: (False, "dispute"),
        }
        with pytest.raises(NotAllowed):
            world.do(DecideSmallBalances(run, approve=True))
        assert balance(world, small).patient_due == 999
        world.who("supervisor").do(DecideSmallBalances(run, approve=True))
    assert [balance(world, one).patient_due for one in (small, medicare, forbidden, held)] == [0, 500, 500, 500]
    assert world.faults() == []


# --- agencies -----------------------------------------------------------------------------------------------------


def test_an_account_that_is_not_ripe_is_not_handed_over_and_none_beside_it(world: World) -> None:
    account, other = placed(world), owing(world)
    world.do(RecallBadDebt(account, "she pays us"))
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="the final notice was not sent"):
        world.do(PlaceBadDebt((account, other), "Plains Recovery"))
    assert world.dump(everything=True) == before
    with pytest.raises(NotAllowed):
        world.who("collector").do(PlaceBadDebt((account,), "Plains Recovery"))


@pytest.mark.parametrize("rule", ["collect_after_days", "review_after_days"])
def test_the_days_before_an_agency_are_waited_for(world: World, rule: str) -> None:
    account = placed(world)
    world.do(RecallBadDebt(account, "she pays us"))
    world.do(SetPolicy(rule, "1"))
    with pytest.raises(Refused, match="is not 1 day old"):
        world.do(PlaceBadDebt((account,), "Plains Recovery"))


def test_what_is_with_an_agency_is_apart_and_its_payments_and_the_recall_are_booked(world: World) -> None:
    account = placed(world)
    assert balance(world, account) == Balance(0, 0, 0, 22_700)
    world.do(TakePayment(account, 10_000, "agency", "remit 7"))
    assert balance(world, account) == Balance(0, 0, 0, 12_700)
    world.do(RecallBadDebt(account, "she pays us"))
    assert balance(world, account) == Balance(12_700, 0, 0, 0)
    assert world.faults() == []


def test_a_visit_partly_with_an_agency_says_so_on_the_statement_and_calls_it_no_discount(world: World) -> None:
    account = placed(world)
    world.do(RecallBadDebt(account, "she pays us"))
    line, encounter = world.sql(
        "SELECT min(claim_line_id), min(encounter_id) FROM posting WHERE guarantor_id=:a", a=account
    )[0]
    world.do(_HandPart(account, line, encounter, 10_000))
    with Session(world.engine) as session:
        practice, guarantor = session.exec(select(Practice)).one(), session.get_one(Guarantor, account)
        statement = compose(session, practice, Asked(guarantor, "1-A", DAY))
        told = " ".join(plain_lines(explanation(session, account)))
    lines = [line for visit in statement.visits for line in visit.lines]
    assert (statement.amount_due, statement.placed) == (12_700, 10_000)
    assert sum(line.discount + line.insurance_adjusted for line in lines) == 0
    assert "$100.00 is with the agency that collects for us." in told


def test_the_agency_s_file_says_who_and_how_much_and_nothing_of_the_care(world: World, tmp_path: Path) -> None:
    account = placed(world)
    world.do(RecallBadDebt(account, "she pays us"))
    path = Path(str(world.do(HandOver((account,), "Plains Recovery", tmp_path)).result))
    (row,) = csv.DictReader(path.open(encoding="utf-8", newline=""))
    assert (row["account"], row["balance"], row["visits"]) == ("A10001", "227.00", "1")
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text()
    assert not any(word in text for word in ("G0438", "I10", "Annual"))
    path.unlink()
    reference = world.all(Placement)[-1].reference
    assert write_placements(world.owner, reference, tmp_path).read_text() == text
