"""Key figures of labour, of what is not billed yet and of what it costs: known days give known numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest

from store import clock
from store.accounts.assistance import PresumeAssistance
from store.accounts.payments import TakePayment
from store.accounts.small_balances import DecideSmallBalances, ProposeSmallBalances
from store.claims.practice_data import SetPractice
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import HoldEncounter, ResumeEncounter
from store.coding.lines import RemoveLine
from store.coding.reviewing import AskReview, FinishReview
from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.errors import Refused
from store.jobs import TakeInRemittance
from store.remits.take_in import ImportRemittance
from store.reports.told import about, shown_value
from store.reports.values import Period
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Claim, CreditBalance, Denial, ServiceLine
from store.variance.credit_work import ApprovePayerRefund, AskPayerRefund, IssuePayerRefund
from tests.store.coding.test_reviews import coded
from tests.store.eras import era, pays
from tests.store.remits.test_unbalanced import broken
from tests.store.reports.test_known_figures import BEFORE, counted
from tests.store.reports.test_reports import PERIOD, figure, report
from tests.store.variance.test_credits import overpaid
from tests.store.work.patients import owing
from tests.store.world import DAY, World, on

LATER = DAY + timedelta(days=9)
THAT_DAY = Period(LATER, LATER)


@contextmanager
def at(minute: int) -> Iterator[None]:
    """So many minutes after nine on a day on which nothing else is done."""
    with clock.held(datetime.combine(LATER, time(9, minute), UTC)):
        yield


def test_charts_an_hour_are_what_was_coded_in_the_minutes_of_coding_by_kind_of_visit(world: World) -> None:
    with at(0):
        visit = world.encounter("PRMUT", kind="office")
    with at(4):
        world.do(AddDiagnosis(visit, "E11.9"))
    with at(9):
        world.code(visit)
    found = figure(world, "chart-hours", THAT_DAY)
    assert (found.numerator, found.denominator, shown_value(found)) == (1, 9, "6.7/h")
    (part,) = report(world, "kpi", "chart-hours:by", THAT_DAY).rows
    assert part.cells == ("office", "6.7/h", 1, 9, 2)


def test_an_hour_of_work_on_appeals_brings_what_they_won(world: World) -> None:
    _, denial = world.denied("CO-50", "MEDB")
    cents = world.get(Denial, denial).cents
    with at(0):
        world.encounter("PRMUT")
    with at(6):
        world.do(AppealDenial(denial, "R1"))
    world.sql(f"UPDATE denial SET state='OVERTURNED', closed_on='{LATER}' WHERE id={denial}")
    found = figure(world, "appeal-hours", THAT_DAY)
    assert (found.numerator, found.denominator) == (cents, 6)
    assert shown_value(found) == f"${cents / 10:,.2f}/h"


def test_minutes_to_resolve_are_the_work_of_everybody_over_what_was_closed(world: World) -> None:
    with at(0):
        visit = world.encounter("PRMUT")
    with at(6):
        world.code(visit)
    assert counted(world, "minutes", THAT_DAY) == (7, 1)  # one minute after the pause, six to the coding
    assert shown_value(figure(world, "minutes", THAT_DAY)) == "7.0 min"


def test_accuracy_by_dollars_weighs_each_procedure_with_its_fee(world: World) -> None:
    right, wrong = coded(world), coded(world)
    for visit in (right, wrong):
        world.who("coder").do(AskReview(visit, "please look"))
    reviewer = world.who("supervisor")
    reviewer.do(FinishReview(right))
    (off,) = world.all(ServiceLine, encounter_id=wrong, code="G0008")
    reviewer.do(RemoveLine(wrong, off.id))
    reviewer.do(FinishReview(wrong, "no shot was given"))
    assert counted(world, "accuracy-money") == (22_700 + 19_500, 45_400)


def test_what_is_not_billed_counts_the_mean_charge_of_its_kind_and_stays_what_it_was(world: World) -> None:
    for _ in range(3):
        world.code(world.encounter("PRMUT"))
    visit = world.encounter("PRMUT")
    world.do(AddDiagnosis(visit, "E11.9"))
    world.do(HoldEncounter(visit, DAY + timedelta(days=2), "no signature"))
    assert counted(world, "not-billed", BEFORE) == (22_700, 68_100)
    assert counted(world, "not-sent", BEFORE) == (68_100, 68_100)
    assert counted(world, "not-submitted", BEFORE) == (90_800, 68_100)
    (held,) = report(world, "kpi", "not-billed:by", BEFORE).rows
    assert (held.cells[0], held.cells[2]) == ("no signature", 22_700)
    with on(DAY + timedelta(days=3)):
        world.do(ResumeEncounter(visit))
        world.code(visit, lines=(("G0438", (), 1, (1,)),))
    assert counted(world, "not-billed", BEFORE) == (22_700, 68_100)
    assert counted(world, "not-billed", PERIOD)[0] == 0


def test_what_was_not_filed_in_time_is_lost_as_well_as_what_was_written_off_for_it(world: World) -> None:
    claim = world.claim()
    unbilled = world.encounter("PRMUT", day=DAY - timedelta(days=185))  # the contract has 180 days
    for _ in range(2):
        world.claim()
    world.sql(f"UPDATE claim SET filing_limit='{DAY}' WHERE id={claim}")
    assert counted(world, "late") == (45_400, 68_100)
    parts = {row.cells[0]: row.cells[2] for row in report(world, "kpi", "late:by").rows}
    assert parts == {"not sent": 22_700, "not billed": 22_700}
    assert counted(world, "late", Period(DAY + timedelta(days=1), DAY + timedelta(days=30)))[0] == 0
    world.send()
    assert counted(world, "late")[0] == 22_700
    rows = report(world, "kpi", "late:by:not billed").rows
    assert [row.opens.record for row in rows if row.opens] == [("coding", unbilled)]


def test_the_cost_to_collect_is_what_the_practice_says_a_month_costs_over_the_cash(world: World) -> None:
    world.do(TakePayment(owing(world), 5_000, "card"))
    ten_days = Period(DAY - timedelta(days=5), DAY + timedelta(days=4))
    found = figure(world, "cost", ten_days)
    assert (found.value, shown_value(found)) == (None, "n/a")
    assert 'superbill practice set "billing_cost=' in " ".join(about(found))
    assert 'practice set "billing_cost=' in " ".join(report(world, "kpi", "cost").notes)
    assert 'Cost to collect is n/a until an administrator runs: superbill practice set "billing_cost=' in str(
        report(world, "kpi").notes
    )
    world.do(SetPractice((("billing_cost", f"3043.75, 6087.50 from {DAY}"),)))
    assert counted(world, "cost", ten_days) == (5 * 10_000 + 5 * 20_000, 5_000)
    assert shown_value(figure(world, "cost", ten_days)) == "3000.0%"
    world.do(SetPractice((("billing_cost", ""),)))
    assert shown_value(figure(world, "cost", ten_days)) == "n/a"


@pytest.mark.parametrize(
    "text", ["0", "much", "5.00, 6.00", "5.00, 6.00 from May", "5, 6 from 2026-02-01, 7 from 2026-01-01"]
)
def test_a_cost_that_is_none_is_refused(world: World, text: str) -> None:
    with pytest.raises(Refused, match=r"billing_cost"):
        world.do(SetPractice((("billing_cost", text),)))


def test_what_statements_cost_is_told_for_each_dollar_that_they_brought(world: World) -> None:
    payer, _ = owing(world), owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    for step in (ApproveRun, GenerateRun, SendRun):
        world.do(step(run_id))
    assert shown_value(figure(world, "statement-cost")) == "n/a"
    with on(DAY + timedelta(days=30)):
        world.do(TakePayment(payer, 20_000, "card"))
    world.do(SetPractice((("statement_cost", "0.85"),)))
    assert counted(world, "statement-cost") == (170, 20_000)
    assert shown_value(figure(world, "statement-cost")) == "$0.01"


def test_the_oldest_credit_of_a_government_payer_runs_until_it_is_given_back(world: World) -> None:
    overpaid(world, "MEDB")
    credit = world.one(CreditBalance)
    month = Period(DAY, DAY + timedelta(days=20))
    assert shown_value(figure(world, "government-credits", month)) == "20 d"
    with on(DAY + timedelta(days=21)):
        world.do(AskPayerRefund(credit.id, "paid twice"))
        world.who("supervisor").do(ApprovePayerRefund(credit.id))
        world.do(IssuePayerRefund(credit.id, "1001"))
    assert figure(world, "government-credits", Period(DAY, DAY + timedelta(days=21))).value is None
    assert counted(world, "gross-collected", month) == (45_400, 22_700)
    assert counted(world, "gross-collected") == (22_700, 22_700)  # what went back to the payer is no cash
    assert shown_value(figure(world, "government-credits", month)) == "20 d"


def test_remittances_that_do_not_add_up_are_counted_of_all_that_came(world: World) -> None:
    good = era(pays(world, world.sent(), "", ""))
    with pytest.raises(Refused):
        world.do(TakeInRemittance("bad.835", broken(good, "claim")[0]))
    assert counted(world, "unbalanced") == (1, 1)
    world.do(ImportRemittance("good.835", good))
    assert counted(world, "unbalanced") == (1, 2)


def test_a_part_of_a_figure_is_its_rows_and_all_parts_are_the_whole(world: World) -> None:
    for payer in ("PRMUT", "HRTLD", "HRTLD"):
        world.claim(payer)
    end = Period(DAY, DAY + timedelta(days=90))
    parts = report(world, "kpi", "aged:by", end)
    assert [row.cells[:3] for row in parts.rows] == [
        ("Heartland Benefit Trust", "100.0%", 45_400),
        ("Prairie Mutual Health", "100.0%", 22_700),
    ]
    assert parts.rows[0].opens is not None
    rows = report(world, "kpi", parts.rows[0].opens.argument, end)
    assert len(rows.rows) == 2
    assert rows.title.startswith("A/R over 90 days of Heartland Benefit Trust: 100.0%")
    assert rows.series[0].points[-1].numerator == 45_400
    assert [way.argument for way in rows.ways] == ["aged", "aged:by"]
    with pytest.raises(Refused, match="'bill-lag' has no 'by'"):
        report(world, "kpi", "bill-lag:by")


def test_what_is_drawn_is_a_table_with_every_point_and_what_it_is_made_of(world: World) -> None:
    claim = world.claim()
    drawn = report(world, "kpi", "not-sent", Period(DAY, DAY + timedelta(days=1))).drawn()
    charge = world.get(Claim, claim).charge
    assert [row.cells[0] for row in drawn.rows] == ["Final billed, not sent"] * 6
    assert drawn.rows[-1].cells[1:] == (DAY, DAY + timedelta(days=1), "2", "days", charge, charge)
    assert drawn.rows[0].cells[3] is None
    ages = report(world, "ageing", "service", Period(date(2026, 1, 1), DAY)).drawn()
    assert ages.rows[0].cells == ("0-30", "227")
    with pytest.raises(Refused, match="nothing to draw"):
        report(world, "kpi").drawn()


def test_the_oldest_on_the_board_is_of_the_items_that_are_counted_and_none_is_that_was_put_aside(world: World) -> None:
    with on(DAY - timedelta(days=20)):
        aside = world.item("coding", world.encounter("PRMUT")).id
    with on(DAY - timedelta(days=3)):
        world.encounter("PRMUT")
    row = next(row for row in report(world, "board").rows if row.cells[0] == "Coding")
    assert (row.cells[2], row.cells[4], row.cells[6]) == (2, 20, 0)
    world.sql(f"UPDATE work_item SET deferred_until='{DAY + timedelta(days=5)}' WHERE id={aside}")
    row = next(row for row in report(world, "board").rows if row.cells[0] == "Coding")
    assert (row.cells[2], row.cells[4], row.cells[6]) == (1, 3, 1)


def test_what_is_written_off_or_given_up_and_taken_back_is_neither_lost_nor_given(world: World) -> None:
    _, denial = world.denied("CO-29", "MEDB")
    cents = world.get(Denial, denial).cents
    world.do(WriteOffDenial(denial, "filed too late"))
    assert [counted(world, key)[0] for key in ("denial-write-off", "late")] == [cents, cents]
    world.owner.undo()
    assert [counted(world, key)[0] for key in ("denial-write-off", "late")] == [0, 0]
    account = owing(world)
    world.do(PresumeAssistance(account, 50, 6, "means-tested elsewhere"))
    assert [counted(world, key)[0] for key in ("charity", "small-balances")] == [11_350, 0]
    world.owner.undo()
    assert counted(world, "charity")[0] == 0


def test_small_balances_are_told_apart_from_charity(world: World) -> None:
    account = owing(world)
    world.do(TakePayment(account, 22_300, "card"))
    with on(DAY + timedelta(days=200)):
        run_id = int(str(world.do(ProposeSmallBalances("year end")).result))
        world.who("supervisor").do(DecideSmallBalances(run_id, True))
    year = Period(DAY - timedelta(days=30), DAY + timedelta(days=300))
    assert counted(world, "small-balances", year) == (400, 22_700)
    assert counted(world, "charity", year) == (0, 22_700)


def test_what_stands_behind_the_rows_of_a_figure_can_be_opened(world: World) -> None:
    world.do(TakePayment(owing(world), 5_000, "card"))
    world.claim()
    with pytest.raises(Refused):
        world.do(TakeInRemittance("bad.835", broken(era(pays(world, world.sent(), "", "")), "claim")[0]))
    opened = set()
    for key in ("touches", "unbalanced", "uncoded", "not-sent", "at-service", "net-collected"):
        for row in report(world, "kpi", key).rows:
            assert row.opens is not None, (key, row.cells)
            if row.opens.claim_id:
                assert world.owner.claim(row.opens.claim_id).title
            elif row.opens.record:
                assert world.owner.record(*row.opens.record).title
            else:
                assert world.owner.ledger(row.opens.account_id or 0).title
            opened.add((bool(row.opens.claim_id), row.opens.record[0] if row.opens.record else ""))
    assert opened >= {(True, ""), (False, "coding"), (False, "payments"), (False, "")}


def test_what_was_closed_by_its_day_was_closed_in_time(world: World) -> None:
    early, late = world.encounter("PRMUT", day=DAY), world.encounter("PRMUT", day=DAY)
    due = world.item("coding", early).due
    assert due is not None
    for visit, day in ((early, due), (late, due + timedelta(days=1))):
        with on(day):
            world.code(visit)
    parts = {row.cells[0]: row.cells[2:4] for row in report(world, "kpi", "in-time:by").rows}
    assert parts["coding"] == (1, 2)
    assert counted(world, "in-time", Period(due, due))[0] == 1
