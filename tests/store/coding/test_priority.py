"""Which encounter is coded first: its expected charge, grown by its age, and pressed by the payer's filing limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from store.claims.deadlines import Anchors, closing, filing_limit
from store.claims.payer_data import written
from store.coding.lines import AddLine
from store.coding.priority import priority, rank, target_days, with_encounter
from store.coding.recall import RecallEncounter
from store.tables import Encounter, Payer, WorkItem
from store.work.commands import Escalate
from store.work.values import View
from tests.store.world import DAY, DOS, World

LIMIT_90 = written([{"what": "initial", "limit": 90, "anchor": "dos_from"}])


def worth(world: World, cents: dict[int, int]) -> None:
    """Make visits expected to charge so much."""
    for encounter_id, amount in cents.items():
        world.sql("UPDATE work_item SET cents=:c, score=:c WHERE subject_id=:e", c=amount, e=encounter_id)


def limited(world: World, payer: str, limits: str) -> None:
    world.sql("UPDATE payer SET limits=:l WHERE payer_id=:p", l=limits, p=payer)


def order(world: World) -> list[int]:
    return [row.subject_id for row in world.who("coder").page("coding", View()).rows]


def why(world: World, encounter_id: int) -> str:
    return " ".join(world.who("coder").why(world.item("coding", encounter_id).id).lines)


def test_the_older_visit_of_two_alike_and_an_old_small_one_outgrow_the_larger_new_one(world: World) -> None:
    new, old, small = (world.encounter("PRMUT", day=DAY - timedelta(days=days)) for days in (6, 30, 30))
    worth(world, {new: 30_000, old: 30_000, small: 9_000})
    assert order(world) == [old, small, new]  # 300 x 11, 90 x 11, 300 x 3
    assert "Expected charge $90.00 x (1 + 30 / 3 days) = score 990." in why(world, small)
    assert "score 990" in world.who("coder").page("coding", View()).rows[1].preview[0]
    assert world.who("coder").next_item("coding").subject_id == old  # type: ignore[union-attr]


def test_the_age_counts_from_the_discharge_and_so_does_the_target(world: World) -> None:
    stay = world.encounter("PRMUT", day=DOS - timedelta(days=20), discharge_date=DOS, setting="inpatient", place="21")
    assert world.item("coding", stay).due == date(2026, 3, 5)
    worth(world, {stay: 10_000})
    assert f"x (1 + {(DAY - DOS).days} / 3 days)" in why(world, stay)


@pytest.mark.parametrize(("slack", "pressed"), [(14, False), (13, True), (0, True), (-1, True)])
def test_less_than_fourteen_days_to_the_filing_limit_press(world: World, slack: int, pressed: bool) -> None:
    near = world.encounter("PRMUT", day=DAY - timedelta(days=90 - slack))
    limited(world, "PRMUT", LIMIT_90)
    worth(world, {near: 100})
    assert ("days) + 1,000 = score" in why(world, near)) is pressed
    limit = DAY + timedelta(days=slack)
    assert str(limit) in why(world, near)
    richer = world.encounter("HRTLD", day=DAY - timedelta(days=60))
    limited(world, "HRTLD", "[]")
    worth(world, {richer: 4_000})  # 840 points, more than the few dollars of the other
    assert order(world) == ([near, richer] if pressed else [richer, near])
    assert "No filing limit of the payer is on file." in why(world, richer)


def test_the_limit_is_that_of_whoever_pays_first_on_the_day_of_the_visit(world: World) -> None:
    day = DAY - timedelta(days=85)
    ended = world.encounter("PRMUT", "HRTLD", day=day)
    world.sql('UPDATE coverage SET valid_to=:d WHERE "order"=1', d=day - timedelta(days=1))
    second = world.encounter("HRTLD", "PRMUT", day=day)
    first = world.encounter("PRMUT", "HRTLD", day=day)
    limited(world, "PRMUT", LIMIT_90)
    limited(world, "HRTLD", "[]")
    assert order(world)[0] == first
    assert [("+ 1,000" in why(world, one)) for one in (ended, second, first)] == [False, False, True]


def test_medicare_presses_in_the_last_days_of_its_year_whatever_else_is_on_file(world: World) -> None:
    last, before = (world.encounter("MEDB", day=date(2025, 3, day)) for day in (10, 24))
    world.sql("UPDATE payer SET filing='MB' WHERE payer_id='MEDB'")
    assert "filed by 2026-03-10; that is in 1 day." in why(world, last)
    assert ("+ 1,000" in why(world, last), "+ 1,000" in why(world, before)) == (True, False)
    assert order(world) == [last, before]


def test_an_escalated_encounter_goes_before_whatever_has_the_higher_score(world: World) -> None:
    high, low = (world.encounter("PRMUT", day=DAY - timedelta(days=400)) for _ in range(2))
    worth(world, {high: 5_000_000, low: 100})
    assert order(world) == [high, low]
    world.do(Escalate(world.item("coding", low).id, "the surgeon asks"))
    assert order(world) == [low, high]


def test_own_lines_count_before_what_was_expected(world: World) -> None:
    one, other = (world.encounter("PRMUT") for _ in range(2))
    worth(world, {one: 5_000, other: 4_000})
    world.do(AddLine(other, "G0438"))
    assert order(world) == [other, one]
    assert "Expected charge $195.00" in why(world, other)


def test_what_is_recalled_keeps_the_day_by_which_it_is_due(world: World) -> None:
    late = world.encounter("PRMUT")
    due = world.item("coding", late).due
    world.code(late)
    world.sql("UPDATE encounter SET state='CODED' WHERE id=:e", e=late)
    world.do(RecallEncounter(world.get(Encounter, late).number, "the units"))
    assert world.item("coding", late).due == due


def test_the_order_in_the_database_is_by_the_score_that_is_told_and_asks_for_no_row_by_itself(world: World) -> None:
    days = (0, 1, 5, 76, 77, 78, 90, 400)
    known = [
        world.encounter(("PRMUT", "MEDB", "HRTLD")[at % 3], day=DAY - timedelta(days=n)) for at, n in enumerate(days)
    ]
    limited(world, "PRMUT", LIMIT_90)
    worth(world, {one: 1_000 * (at + 1) for at, one in enumerate(known)})
    asked: list[str] = []
    with Session(world.engine) as session:
        target = target_days(session)
        query = with_encounter(select(col(WorkItem.subject_id), rank(session, DAY)))
        query = query.where(col(WorkItem.subject_id).in_(known))
        told = {
            one: priority(session, session.get_one(Encounter, one), world.item("coding", one).cents, DAY)
            for one in known
        }
        assert {one: cents // target for one, cents in session.execute(query)} == {
            one: found.cents for one, found in told.items()
        }
    event.listen(world.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    world.who("coder").next_item("coding")
    # once to pick out the first few, once among those under the writer's lock
    assert sum("FROM work_item" in one and "service_date" in one and "ORDER BY" in one for one in asked) == 2
    assert len(asked) < 20


@pytest.mark.parametrize(
    ("filing", "limit"),
    [
        ("CI", {"limit": 90}),
        ("CI", {"limit": 6, "unit": "months", "anchor": "dos_thru"}),
        ("CI", {"limit": 1, "unit": "years", "anchor": "discharge"}),
        ("CI", {"limit": 3660, "unit": "years"}),
        ("MB", None),
        ("MA", None),
    ],
)
def test_visits_whose_limit_is_near_are_those_whose_limit_ends_by_then(
    filing: str, limit: dict[str, object] | None
) -> None:
    told = [{"what": "initial", "anchor": "dos_from"} | limit] if limit else []
    payer = Payer(payer_id="P", name="P", filing=filing, limits=written(told))
    for offset in range(0, 70, 3):
        by = date(2028, 1, 20) + timedelta(days=offset)
        (found,) = closing(payer, by)
        if found.last == date.min:
            continue
        ends = [filing_limit(payer, Anchors(day, day, day)) for day in (found.last, found.last + timedelta(days=1))]
        assert [end is not None and end <= by for end in ends] == [True, False]
