"""Reports: every number is the sum of the rows that it shows, and known practices give known numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.errors import NotAllowed, NotFound, Refused
from store.remits.take_in import ImportRemittance
from store.reports import REPORTS
from store.reports.kpi import KPIS, about, kpi, shown_value
from store.reports.measure import Figure, Kpi, Line, Shape, measure
from store.reports.values import Asked, Period, Report, period_of
from tests.store.eras import era, pays
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


@pytest.mark.parametrize("key", [key for key, one in KPIS.items() if not one.missing])
def test_a_figure_is_the_sum_of_the_rows_that_it_shows(world: World, key: str) -> None:
    worked(world)
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


def test_nothing_to_measure_is_no_zero(world: World) -> None:
    for one in KPIS.values():
        with Session(world.engine) as session:
            found = measure(session, one, Period(date(2001, 1, 1), date(2001, 1, 31)))
        if one.shape in {Shape.SHARE, Shape.MEDIAN, Shape.SUM, Shape.EACH}:
            assert found.value is None, one.key
        assert shown_value(found) in {"-", "n/a"} or one.shape in {Shape.DAYS, Shape.MONTHLY}


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
        text = " ".join(about(figure(world, one.key)))
        if one.missing:
            assert one.missing in text
        else:
            assert one.numerator in text
            assert one.denominator in text
            assert one.source in text
            assert str(PERIOD) in text


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
        with pytest.raises(NotAllowed, match="assign work"):
            world.who("biller").report(key)
    with pytest.raises(NotFound, match="There are: board, kpi"):
        world.owner.report("weather")
    with pytest.raises(NotFound, match="no key figure 'weather'"):
        world.owner.report("kpi", argument="weather")
    assert world.who("biller").reports() == ()


def test_productivity_leaves_pauses_out(world: World) -> None:
    for minute in (0, 4, 9, 50):
        with on(DAY, 9):
            world.encounter("PRMUT")
        world.sql(
            "UPDATE action SET at = :at WHERE id = (SELECT max(id) FROM action)", at=f"{DAY} 09:{minute:02}:00.000000"
        )
    (row,) = report(world, "productivity").rows
    assert row.cells[2:4] == (4, 11)  # 1 before the first pause, 4, 5, and 1 after the long gap


def test_a_period_is_checked() -> None:
    assert period_of(None, None, DAY).days == 90
    assert period_of(DAY, DAY, DAY).days == 1
    assert str(period_of(None, DAY, DAY, days=7).before()) == f"{DAY - timedelta(days=13)} to {DAY - timedelta(days=7)}"
    with pytest.raises(Refused, match="before it starts"):
        period_of(DAY, DAY - timedelta(days=1), DAY)
