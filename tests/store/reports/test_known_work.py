"""Key figures of what people did: suggestions, reviews, questions, appeals, statements, promises, discounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.accounts.assistance import PresumeAssistance
from store.accounts.payments import TakePayment
from store.accounts.plans import MakePromise
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.reviewing import AskReview, FinishReview
from store.coding.suggestions import RejectSuggestion, TakeSuggestion, advise
from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.queries.answer import AnswerQuery
from store.reports.values import Period
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Denial
from tests.store.coding.test_reviews import coded
from tests.store.coding.test_suggestions import NOTE, desk_of
from tests.store.queries.test_queries import sent
from tests.store.reports.test_known_figures import counted
from tests.store.reports.test_reports import figure, worked
from tests.store.work.patients import owing
from tests.store.world import DAY, DOS, World, on


@pytest.mark.parametrize(("key", "days"), [("aged-60", 60), ("aged", 90), ("aged-120", 120)])
def test_what_is_owed_is_old_from_the_day_after_so_many_days(world: World, key: str, days: int) -> None:
    worked(world)
    assert counted(world, key, Period(DOS, DOS + timedelta(days=days))) == (0, 25_900)
    assert counted(world, key, Period(DOS, DOS + timedelta(days=days + 1))) == (25_900, 25_900)


def test_days_to_the_first_appeal_are_told_as_median_and_as_mean(world: World) -> None:
    _, denial = world.denied("CO-50", "MEDB")
    with on(DAY + timedelta(days=3)):
        world.do(AppealDenial(denial, "R1"))
    assert [figure(world, key).value for key in ("to-appeal", "to-appeal-mean")] == [3, 3]


def test_days_to_the_end_of_denials_are_told_as_median_and_as_mean(world: World) -> None:
    denials = [world.denied("CO-50", "MEDB")[1]]
    for row in world.sql("SELECT id FROM denial ORDER BY id"):
        if row[0] not in denials:
            denials.append(row[0])
    for denial, days in zip(denials, (1, 9), strict=False):
        with on(DAY + timedelta(days=days)):
            world.do(WriteOffDenial(denial, "no more levels"))
    assert figure(world, "to-end").denominator == 2
    assert figure(world, "to-end-mean").value == 5


def test_an_appeal_that_was_not_decided_yields_nothing_yet(world: World) -> None:
    _, denial = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(denial, "R1"))
    assert figure(world, "appeal-yield").value is None
    cents = world.get(Denial, denial).cents
    world.sql(f"UPDATE denial SET state='OVERTURNED', closed_on='{DAY}' WHERE id={denial}")
    assert counted(world, "appeal-yield") == (cents, cents)


def test_suggestions_count_what_was_taken_of_what_was_decided_and_of_what_was_coded(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    advice = advise(world.library, desk_of(world, encounter_id))
    offers = {offer.code: offer for offer in advice.offers}
    world.do(TakeSuggestion(encounter_id, offers["J45.31"].rule, "J45.31", *offers["J45.31"].span))
    world.do(RejectSuggestion(encounter_id, offers["I10"].rule, "I10", *offers["I10"].span))
    world.code(encounter_id, ("M54.50",), finish=False)
    world.do(FinishCoding(encounter_id, offered=advice.offers))
    assert counted(world, "suggestions") == (1, 2)  # taken; rejected
    assert counted(world, "suggested-codes") == (1, 2)  # taken; the back pain that nothing had suggested


def test_a_review_that_changed_one_code_of_five_leaves_no_visit_without_a_fault(world: World) -> None:
    right, wrong = coded(world), coded(world)
    reviewer = world.who("supervisor")
    for encounter_id in (right, wrong):
        world.who("coder").do(AskReview(encounter_id, "please look"))
    reviewer.do(FinishReview(right))
    reviewer.do(AddDiagnosis(wrong, "E11.9"))
    reviewer.do(FinishReview(wrong, "diabetes is in the plan"))
    assert counted(world, "accuracy") == (8, 9)
    assert counted(world, "accuracy-visits") == (1, 2)


def test_questions_are_counted_over_visits_by_their_hours_and_by_their_answers(world: World) -> None:
    (_, agreed), (_, denied) = sent(world), sent(world)
    world.code(world.encounter("PRMUT"))
    assert counted(world, "query-rate") == (2, 1)
    assert counted(world, "query-agree") == (0, 0)
    with on(DAY + timedelta(days=2)):
        world.do(AnswerQuery(agreed, "Essential hypertension.", "agree"))
    with on(DAY + timedelta(days=4)):
        world.do(AnswerQuery(denied, "None of these.", "disagree"))
    assert counted(world, "query-agree") == (1, 2)
    assert counted(world, "query-answer") == (1, 2)


def test_discounts_are_given_up_of_the_charges_and_lower_what_cash_is_measured_against(world: World) -> None:
    account = owing(world)
    world.do(TakePayment(account, 5_000, "card"))
    world.do(PresumeAssistance(account, 50, 6, "means-tested elsewhere"))
    given, charges = counted(world, "charity")
    assert (given, charges) == (8_850, 22_700)  # half of what was still owed
    assert counted(world, "cash-of-revenue") == (5_000, charges - given)
    assert counted(world, "net-days") == (22_700 - 5_000 - given, 22_700)


def test_a_statement_brings_what_came_in_thirty_days_and_never_more_than_it_asked(world: World) -> None:
    payer, late, more = owing(world), owing(world), owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    for step in (ApproveRun, GenerateRun, SendRun):
        world.do(step(run_id))
    with on(DAY + timedelta(days=30)):
        world.do(TakePayment(payer, 20_000, "card"))
        world.do(TakePayment(more, 30_000, "card"))
    with on(DAY + timedelta(days=31)):
        world.do(TakePayment(late, 22_700, "card"))
    assert counted(world, "statements") == (68_100, 0)
    assert counted(world, "statement-yield") == (42_700, 68_100)


def test_promises_count_their_dollars(world: World) -> None:
    kept, broken = owing(world), owing(world)
    world.do(MakePromise(kept, 5_000, DAY + timedelta(days=2)))
    world.do(MakePromise(broken, 7_500, DAY + timedelta(days=2)))
    with on(DAY + timedelta(days=1)):
        world.do(TakePayment(kept, 5_000, "card"))
    assert counted(world, "promises-money") == (5_000, 12_500)


def test_touches_are_the_times_that_closed_items_were_taken(world: World) -> None:
    before = counted(world, "touches")
    encounter_id = world.encounter("PRMUT")
    lease = world.owner.next_item("coding")
    assert lease is not None
    world.code(encounter_id)
    taken, closed = counted(world, "touches")
    assert (taken - before[0], closed - before[1]) == (1, 1)
