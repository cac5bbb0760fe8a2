"""Reports: every number is the sum of the rows that it shows, and known practices give known numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from store import clock
from store.accounts.payments import TakePayment
from store.accounts.plans import EndPlan, MakePlan
from store.claims.practice_data import SetPractice
from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.errors import NotAllowed, NotFound, Refused
from store.remits.money import ImportDeposits
from store.remits.take_in import ImportRemittance
from store.reports import REPORTS
from store.reports.kpi import KPIS, kpi
from store.reports.measure import Figure, Kpi, Line, Shape, measure
from store.reports.told import about, shown_value
from store.reports.values import Asked, Period, Report, period_of
from store.statements.results import ReconcileRun, Result
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Guarantor, Underpayment
from store.variance.disputes import FalseUnderpayment
from tests.store.eras import era, pays
from tests.store.variance.test_underpayments import post, rates, short
from tests.store.work.patients import owing
from tests.store.world import DAY, World, on

PERIOD = Period(DAY - timedelta(days=30), DAY + timedelta(days=30))


def figure(world: World, key: str, period: Period = PERIOD) -> Figure:
    with Session(world.engine) as session:
        return measure(session, kpi(key), period)


def report(world: World, key: str, argument: str = "", period: Period = PERIOD) -> Report:
    with Session(world.engine) as session:
        return REPORTS[key].make(session, world.owner.actor, Asked(period, argument))


def worked(world: World) -> None:
    """Three claims: one paid, one denied and written off, one sent and not answered."""
    paid, denied, _ = world.sent(), world.sent(), world.sent()
    world.do(ImportRemittance("1", era(pays(world, paid, "CO-45 500", ""))))
    world.do(ImportRemittance("2", era(pays(world, denied, "CO-29 19500", "CO-29 3200"), trace="T2")))
    for number, row in enumerate(world.sql("SELECT id FROM denial ORDER BY id")):
        if number == 0:
            world.do(WriteOffDenial(row[0], "filed too late"))


@pytest.mark.parametrize("key", list(KPIS))
def test_a_figure_is_the_sum_of_the_rows_that_it_shows(world: World, key: str) -> None:
    worked(world)
    world.do(SetPractice((("billing_cost", "900"), ("statement_cost", "1.20"))))
    told = report(world, "kpi", key)
    above = sum(int(str(row.cells[3])) for row in told.rows)
    below = sum(int(str(row.cells[4])) for row in told.rows)
    found = figure(world, key)
    assert (found.numerator, found.denominator, found.rows) == (above, below, len(told.rows))
    if found.value is None:
        assert below == 0 or not told.rows


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("clean", (3, 3)),
        ("resolved", (1, 2)),
        ("remit-denied", (1, 2)),
        ("primary-denied", (1, 2)),
        ("auto-posted", (2, 2)),
        ("gross-collected", (22_200, 68_100)),
        ("net-collected", (22_200, 67_600)),
        ("denial-write-off", (19_500, 67_600)),
        ("late", (19_500, 67_600)),
        ("gross-days", (25_900, 68_100)),
        ("recovered", (0, 19_500)),
    ],
)
def test_known_figures(world: World, key: str, expected: tuple[int, int]) -> None:
    worked(world)
    found = figure(world, key)
    assert (found.numerator, found.denominator) == expected


def test_the_underpayment_rate_is_what_was_flagged_over_what_the_contract_says_of_all_lines(world: World) -> None:
    rates(world)
    short(world)
    post(world, world.sent(), "CO-45 4500", "", trace="T2")  # allowed in full
    post(world, world.sent(), "CO-29 19500", "", trace="T3")  # denied: no price was allowed
    found = figure(world, "underpaid")
    assert (found.numerator, found.denominator, found.rows) == (1_000, 30_000, 2)
    world.do(FalseUnderpayment(world.one(Underpayment).id, "misread"))
    assert figure(world, "underpaid").numerator == 0


def test_unmatched_payments_are_counted_with_their_age_until_their_other_half_comes(world: World) -> None:
    world.do(ImportDeposits("bank", b"date,amount,trace,payer,kind\n2026-03-09,227.00,EFT9,PRAIRIE,EFT\n"))
    at_end = Period(DAY, DAY + timedelta(days=6))
    age, money = figure(world, "unmatched-age", at_end), figure(world, "unmatched-money", at_end)
    assert (age.value, age.denominator, money.numerator) == (6.0, 1, 22_700)
    with on(DAY + timedelta(days=7)):
        post(world, world.sent(), "", "", trace="EFT9")
    assert figure(world, "unmatched-age", at_end).denominator == 1  # it did wait on that day
    assert figure(world, "unmatched-age", Period(DAY, DAY + timedelta(days=7))).value is None


def test_plans_in_default_and_returned_mail_are_shares_of_what_ran_and_of_what_was_mailed(world: World) -> None:
    kept, broken, ended = owing(world), owing(world), owing(world)
    for account in (kept, broken, ended):
        world.do(MakePlan(account, 22_700, 5_000, DAY))
    with on(DAY + timedelta(days=1)):
        world.do(EndPlan(ended, "paid early"))
        world.do(TakePayment(kept, 22_700, "card"))
    late = Period(DAY + timedelta(days=30), DAY + timedelta(days=60))
    for period, counts in ((Period(DAY, DAY + timedelta(days=5)), (0, 3)), (late, (1, 1))):
        found = figure(world, "plan-default", period)
        assert (found.numerator, found.denominator) == counts
    world.sql("DELETE FROM plan_instalment")
    world.sql("DELETE FROM payment_plan")
    other = owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    for step in (ApproveRun, GenerateRun, SendRun):
        world.do(step(run_id))
    back = f"{run_id}-{world.get(Guarantor, other).number}"
    world.do(ReconcileRun(run_id, (Result(back, "returned", "moved"),), rest_delivered=True))
    found = figure(world, "returned-mail")
    assert (found.numerator, found.denominator) == (1, 3)
    assert [row.cells[0] for row in report(world, "kpi", "returned-mail").rows if row.cells[3]] == [f"statement {back}"]


def test_nothing_to_measure_is_no_zero(world: World) -> None:
    for one in KPIS.values():
        with Session(world.engine) as session:
            found = measure(session, one, Period(date(2001, 1, 1), date(2001, 1, 31)))
        if one.shape not in {Shape.DAYS, Shape.MONTHLY}:
            assert found.value is None, one.key
            assert shown_value(found) == ("n/a" if one.needs else "-")


def test_what_was_undone_is_not_counted(world: World) -> None:
    world.claim()
    assert figure(world, "clean").denominator == 1
    world.owner.undo()
    assert figure(world, "clean").denominator == 0


def test_a_denial_counts_days_to_its_first_appeal(world: World) -> None:
    _, denial_id = world.denied("CO-50", "MEDB")
    with on(DAY + timedelta(days=5)):
        world.do(AppealDenial(denial_id, "R1"))
    found = figure(world, "to-appeal")
    assert (found.value, found.denominator) == (5.0, 1)


def test_every_figure_says_what_it_counts_leaves_out_and_where_it_comes_from(world: World) -> None:
    worked(world)
    for one in KPIS.values():
        text = " ".join(about(figure(world, one.key))).casefold()
        assert all(words.casefold() in text for words in (one.numerator, one.denominator, one.exclusions, one.source))
        assert one.needs in text
        assert one.needs or str(PERIOD) in text


def test_every_figure_has_a_known_value_in_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_known_*.py"))
    tests += Path(__file__).read_text(encoding="utf-8")
    assert [key for key in KPIS if f'"{key}"' not in tests] == []


def test_shapes() -> None:
    lines = [Line("", "", None, number, 2) for number in (1, 5, 9, 100)]

    def value(shape: Shape) -> float | None:
        one = Kpi("x", "X", "a", "b", "c", shape, lines=lambda _s, _p: lines)
        return measure(None, one, Period(date(2026, 1, 1), date(2026, 1, 30))).value  # type: ignore[arg-type]

    assert value(Shape.SHARE) == 115 / 8 * 100
    assert value(Shape.DAYS) == 115 / (8 / 30)
    assert value(Shape.MEDIAN) == 7
    assert value(Shape.SUM) == 115
    assert value(Shape.EACH) == 115 / 8


def test_ageing_adds_up_to_what_is_owed_whatever_the_anchor(world: World) -> None:
    worked(world)
    for anchor in ("service", "billed", "paid"):
        told = report(world, "ageing", anchor)
        every = told.rows[-1].cells
        assert every[0] == "all"
        assert every[6] == 25_900
        assert told.rows[-1].about[0].startswith("all: $259.00. $259.00 is owed, 0.0% of it for more than 90 days")
        assert sum(int(str(cell)) for cell in every[1:6]) + int(str(every[7])) == 25_900
    visits = report(world, "ageing", "service:all")
    assert sum(int(str(row.cells[4])) for row in visits.rows) == 25_900
    with pytest.raises(Refused, match="no anchor 'birth'"):
        report(world, "ageing", "birth")


def test_the_board_by_person_counts_every_open_item_once(world: World) -> None:
    worked(world)
    told = report(world, "board")
    (open_items,) = world.sql("SELECT count(*) FROM work_item WHERE open")
    assert sum(int(str(row.cells[2])) + int(str(row.cells[6])) for row in told.rows) == open_items[0]
    for row in told.rows:
        assert row.opens is not None
        assert row.opens.view is not None
        page = world.owner.page(row.opens.queue, row.opens.view)
        assert page.total == row.cells[2]


def test_every_report_can_be_made_and_needs_its_right(world: World) -> None:
    worked(world)
    for key in REPORTS:
        assert report(world, key).title
        with pytest.raises(NotAllowed, match=r"assign work|examine the audit trail"):
            world.who("biller").report(key)
    with pytest.raises(NotFound, match="There are: board, kpi"):
        world.owner.report("weather")
    with pytest.raises(NotFound, match="no key figure 'weather'"):
        world.owner.report("kpi", argument="weather")
    assert world.who("biller").reports() == ()


def test_productivity_leaves_pauses_out(world: World) -> None:
    for minute in (0, 4, 9, 50):
        with clock.held(datetime.combine(DAY, time(9, minute), UTC)):
            world.encounter("PRMUT")
    (row,) = report(world, "productivity").rows
    assert row.cells[2:4] == (4, 11)  # 1 before the first pause, 4, 5, and 1 after the long gap


def test_a_period_is_checked() -> None:
    assert period_of(None, None, DAY).days == 90
    assert period_of(DAY, DAY, DAY).days == 1
    assert str(period_of(None, DAY, DAY, days=7).before()) == f"{DAY - timedelta(days=13)} to {DAY - timedelta(days=7)}"
    with pytest.raises(Refused, match="before it starts"):
        period_of(DAY, DAY - timedelta(days=1), DAY)
