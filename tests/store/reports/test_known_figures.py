"""Key figures over known days: what a period says stays what it says, whatever happens after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.accounts.payments import TakePayment, VoidPayment
from store.accounts.plans import MakePromise
from store.claims.batch import MakeBatch
from store.coding.whole import CodeEncounter
from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.remits.take_in import ImportRemittance
from store.reports.values import Period
from store.tables import Claim, Encounter, Patient, PatientPayment
from tests.store.eras import era, pays
from tests.store.reports.test_reports import PERIOD, figure
from tests.store.work.patients import owing, placed
from tests.store.world import DAY, DOS, VISIT, World, on, person

BEFORE = Period(DOS, DAY)
AFTER = Period(DOS, DAY + timedelta(days=20))


def counted(world: World, key: str, period: Period = PERIOD) -> tuple[int, int]:
    found = figure(world, key, period)
    return found.numerator, found.denominator


def test_a_visit_that_was_coded_later_still_waited_at_the_end_of_the_period_before(world: World) -> None:
    visit, other = world.encounter("PRMUT"), world.encounter("PRMUT")
    world.code(other)
    assert counted(world, "uncoded", BEFORE) == (1, 2)
    with on(DAY + timedelta(days=3)):
        world.code(visit)
    assert counted(world, "uncoded", BEFORE) == (1, 2)
    assert counted(world, "uncoded", AFTER) == (0, 2)
    assert counted(world, "uncoded", Period(DOS, DOS)) == (2, 2)  # neither was coded on its day
    assert counted(world, "uncoded", Period(DOS - timedelta(days=9), DOS - timedelta(days=1))) == (0, 0)


def test_a_claim_that_was_sent_later_still_waited_at_the_end_of_the_period_before(world: World) -> None:
    claim = world.claim()
    charge = world.get(Claim, claim).charge
    assert counted(world, "not-sent", BEFORE) == (charge, charge)
    with on(DAY + timedelta(days=3)):
        world.do(MakeBatch())
    assert counted(world, "not-sent", BEFORE) == (charge, charge)
    assert counted(world, "not-sent", AFTER) == (0, charge)
    assert counted(world, "not-sent", Period(DOS, DAY - timedelta(days=1)))[0] == 0  # it was not built yet


def test_an_old_payment_becomes_none_of_the_point_of_service_when_the_patient_is_seen_again(world: World) -> None:
    who = person("SEEN-AGAIN")
    visit = world.encounter(patient=who)
    world.code(visit)
    account = world.get(Patient, world.get(Encounter, visit).patient_id).guarantor_id
    world.do(TakePayment(account, 5_000, "check"))  # a statement's, a week after the visit
    again = DAY + timedelta(days=5)
    with on(again):
        world.encounter(patient=who, day=again)
        assert counted(world, "at-service") == (0, 5_000)
        world.do(TakePayment(account, 2_000, "card"))
        world.do(TakePayment(account, 1_000, "cash"))
    assert counted(world, "at-service") == (3_000, 8_000)
    with on(again + timedelta(days=1)):
        world.do(VoidPayment(world.one(PatientPayment, cents=1_000).id, "wrong account"))
    assert counted(world, "at-service") == (2_000, 7_000)


def test_lags_are_days_from_the_visit_the_complete_record_and_the_coding(world: World) -> None:
    visit = world.encounter("PRMUT")  # of the 2nd, complete on the 9th
    with on(DAY + timedelta(days=4)):
        world.do(CodeEncounter(visit, (("I10", None, None),), VISIT, True))
    claim = world.one(Claim, encounter_id=visit).id
    with on(DAY + timedelta(days=6)):
        world.let_pass(claim)
        world.do(MakeBatch())
    assert [figure(world, key).value for key in ("charge-lag", "coding-lag", "bill-lag")] == [11, 4, 2]
    assert figure(world, "bill-lag", BEFORE).value is None


def test_accepted_is_what_the_first_277ca_took_of_what_it_answered(world: World) -> None:
    good, bad = world.claim(), world.claim()
    names = [world.get(Claim, one).control_number.replace("-", "_") for one in (good, bad)]
    text = world.send()
    assert counted(world, "accepted") == (0, 0)  # sent, and not answered
    world.answered(text, **dict(zip(names, ("paid", "rejected"), strict=True)))
    assert counted(world, "accepted") == (1, 2)


@pytest.mark.parametrize(("key", "counts"), [("denied", (1, 2)), ("denied-money", (22_700, 45_400))])
def test_initial_denials_are_measured_over_a_month_of_the_three_before(
    world: World, key: str, counts: tuple[int, int]
) -> None:
    denied, _ = world.sent(), world.sent()
    april = Period(date(2026, 4, 1), date(2026, 4, 30))
    with on(date(2026, 4, 6)):
        world.do(ImportRemittance("1", era(pays(world, denied, "CO-16 19500", "CO-16 3200"))))
    found = figure(world, key, april)
    assert (found.numerator, found.denominator) == counts
    assert found.value == pytest.approx(150)  # one in April, two in a whole quarter
    assert counted(world, key, Period(date(2026, 3, 1), date(2026, 3, 31))) == (0, 0)


def test_a_denial_counts_days_to_its_end_and_an_appeal_that_was_given_up_was_not_won(world: World) -> None:
    _, appealed = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(appealed, "R1"))
    assert counted(world, "overturned") == (0, 0)  # not decided
    with on(DAY + timedelta(days=8)):
        world.do(WriteOffDenial(appealed, "no more levels"))
    found = figure(world, "to-end")
    assert (found.value, found.denominator) == (8, 1)
    assert counted(world, "overturned") == (0, 1)
    assert counted(world, "overturned", BEFORE) == (0, 0)


def test_bad_debt_is_what_went_to_an_agency_of_the_charges(world: World) -> None:
    placed(world)
    owing(world)
    assert counted(world, "bad-debt") == (22_700, 45_400)


def test_credits_are_what_is_too_much_at_the_end_and_not_what_was_used_since(world: World) -> None:
    account = owing(world)
    world.do(TakePayment(account, 30_000, "card"))
    assert counted(world, "credits", BEFORE) == (7_300, 22_700)
    with on(DAY + timedelta(days=2)):
        world.do(VoidPayment(world.one(PatientPayment, cents=30_000).id, "wrong account"))
    assert counted(world, "credits", BEFORE) == (7_300, 22_700)
    assert counted(world, "credits", AFTER) == (0, 22_700)


def test_promises_are_kept_by_what_was_paid_until_their_day(world: World) -> None:
    kept, broken, open_ = owing(world), owing(world), owing(world)
    for account in (kept, broken):
        world.do(MakePromise(account, 5_000, DAY + timedelta(days=2)))
    world.do(MakePromise(open_, 5_000, DAY + timedelta(days=60)))
    with on(DAY + timedelta(days=1)):
        world.do(TakePayment(kept, 5_000, "card"))
    assert counted(world, "promises") == (1, 2)
