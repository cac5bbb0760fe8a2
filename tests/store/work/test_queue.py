"""The one queue engine: order, filter, sort, figures and pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from store import clock
from store.db import writer
from store.errors import NotFound, Refused
from store.money import show_cents
from store.queries.answer import CancelQuery
from store.queries.compose import ComposeQuery
from store.tables import AuditEntry, WorkItem
from store.work.commands import Assign, Defer, Escalate
from store.work.values import SortKey, View
from tests.store.world import DAY, VISIT, World, on, person


def ids(world: World, view: View | None = None, queue: str = "coding", **part: Any) -> list[int]:
    return [row.subject_id for row in world.owner.page(queue, view or View(), **part).rows]


def put(world: World, subject: int, **values: Any) -> None:
    with Session(writer(world.engine)) as session:
        item = session.get_one(WorkItem, world.item("coding", subject).id)
        for name, value in values.items():
            setattr(item, name, value)
        session.commit()


@pytest.fixture
def four(world: World) -> list[int]:
    """Four encounters that are alike but for their number."""
    return world.reach(("four",), lambda: [world.encounter("PRMUT") for _ in range(4)], at_once=True)


@pytest.fixture
def claims(world: World) -> list[int]:
    """Claims over $227.00, $195.00, $64.00 and $32.00 of two payers."""
    bills = (
        ("PRMUT", VISIT),
        ("HRTLD", (("G0438", (), 1, (1,)),)),
        ("PRMUT", (("G0008", (), 2, (1,)),)),
        ("HRTLD", (("G0008", (), 1, (1,)),)),
    )
    return world.reach(("claims", bills), lambda: [world.claim(who, lines=lines) for who, lines in bills], at_once=True)


def test_what_is_late_comes_first_then_what_is_due_soon_then_the_rest(world: World, four: list[int]) -> None:
    put(world, four[0], due=DAY + timedelta(days=30), score=900)
    put(world, four[1], due=DAY + timedelta(days=3), score=10)
    put(world, four[2], due=DAY - timedelta(days=1), score=1)
    put(world, four[3], due=None, score=1000)
    assert ids(world) == [four[2], four[1], four[3], four[0]]
    assert [row.flag for row in world.owner.page("coding", View()).rows] == ["X", "!", "", ""]


def test_within_a_lane_the_score_decides_then_the_deadline_then_the_order_of_arrival(
    world: World, four: list[int]
) -> None:
    for subject, score, days in zip(four, (5, 9, 5, 5), (60, 60, 50, 60), strict=True):
        put(world, subject, due=DAY + timedelta(days=days), score=score)
    assert ids(world) == [four[1], four[2], four[0], four[3]]
    put(world, four[2], due=None)
    assert ids(world) == [four[1], four[0], four[3], four[2]]


def test_an_escalated_item_goes_before_others_of_its_lane(world: World, four: list[int]) -> None:
    world.do(Escalate(world.item("coding", four[3]).id, "please look"))
    assert ids(world)[0] == four[3]


def test_due_soon_counts_five_business_days(world: World, four: list[int]) -> None:
    """DAY is a Monday: the fifth business day after it is the next Monday."""
    for subject, days in zip(four, (7, 8, 0, -1), strict=True):
        put(world, subject, due=DAY + timedelta(days=days))
    page = world.owner.page("coding", View())
    assert {row.subject_id: row.flag for row in page.rows} == dict(zip(four, ("!", "", "!", "X"), strict=True))
    assert (page.past_due, page.due_soon) == (1, 2)


def test_who_works_on_an_item_is_shown_until_his_lease_ends(world: World, four: list[int]) -> None:
    put(world, four[0], due=None)
    coder = world.who("coder")
    coder.lease(world.item("coding", four[0]).id)
    row = next(row for row in world.owner.page("coding", View()).rows if row.subject_id == four[0])
    assert (row.owner, row.flag) == ("coder", "*")
    assert [row.subject_id for row in coder.page("coding", View(mine=True)).rows] == [four[0]]
    with clock.held(clock.now() + timedelta(minutes=3)):
        row = next(row for row in world.owner.page("coding", View()).rows if row.subject_id == four[0])
        assert row.owner == ""
        assert coder.page("coding", View(mine=True)).rows == ()


def test_a_deferred_item_is_away_until_its_date_and_listed_apart(world: World, four: list[int]) -> None:
    world.do(Defer(world.item("coding", four[0]).id, DAY + timedelta(days=2)))
    assert ids(world) == four[1:]
    assert ids(world, View(deferred=True)) == four[:1]
    with on(DAY + timedelta(days=2)):
        assert sorted(ids(world)) == four
        assert ids(world, View(deferred=True)) == []


@pytest.mark.parametrize("days", [0, -1])
def test_nothing_is_deferred_into_the_past(world: World, four: list[int], days: int) -> None:
    with pytest.raises(Refused, match="not in the future"):
        world.do(Defer(world.item("coding", four[0]).id, DAY + timedelta(days=days)))


def test_nothing_is_deferred_past_its_deadline(world: World, four: list[int]) -> None:
    put(world, four[0], due=DAY + timedelta(days=2))
    with pytest.raises(Refused, match="deadline is 2026-03-11"):
        world.do(Defer(world.item("coding", four[0]).id, DAY + timedelta(days=3)))


def test_mine_is_what_is_assigned_to_me(world: World, four: list[int]) -> None:
    coder = world.who("coder")
    world.do(Assign(world.item("coding", four[2]).id, coder.actor.user_id))
    assert [row.subject_id for row in coder.page("coding", View(mine=True)).rows] == [four[2]]
    assert coder.board()[0].mine == 1


def test_only_a_supervisor_gives_work_to_others(world: World, four: list[int]) -> None:
    item_id, coder = world.item("coding", four[0]).id, world.who("coder")
    coder.do(Assign(item_id, coder.actor.user_id))
    coder.do(Assign(item_id, None))
    with pytest.raises(Refused, match="'assign work'"):
        coder.do(Assign(item_id, world.who("coder2").actor.user_id))
    world.who("supervisor").do(Assign(item_id, coder.actor.user_id))


# --- the filter line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {0, 1, 2, 3}),
        ("payer:prmut", {0, 2}),
        ("PAYER:PRMUT", {0, 2}),
        ("payer:prmut,hrtld", {0, 1, 2, 3}),
        ("payer:prm charge:>100", {0}),
        ("charge:227", {0}),
        ("charge:=64.00", {2}),
        ("charge:>64", {0, 1}),
        ("charge:>=64", {0, 1, 2}),
        ("charge:<64", {3}),
        ("charge:<=64,>=227", {0, 2, 3}),
        ("dos:2026-03-02", {0, 1, 2, 3}),
        ("dos:<2026-03-02", set()),
        ("limit:>2027-01-01", set()),
        ("tf:>400", set()),
        ("hrtld", {1, 3}),
        ("doe jane", {0, 1, 2, 3}),
        ("doe hrt", {1, 3}),
        ("nobody", set()),
        ("payer:", set()),
        ("payer:,,prm", {0, 2}),
        ("12:30", set()),
    ],
)
def test_the_filter_finds(world: World, claims: list[int], text: str, found: set[int]) -> None:
    assert set(ids(world, View(text), "claims")) == {claims[index] for index in found}


@pytest.mark.parametrize(
    "text", ["%", "_", "P%T", "PR_UT", "payer:%", "payer:_", "\\", "payer:\\", "'", '"', "a' OR '1'='1", "*"]
)
def test_no_character_of_the_filter_is_a_pattern_or_sql(world: World, claims: list[int], text: str) -> None:
    assert claims
    assert ids(world, View(text), "claims") == []


@pytest.mark.parametrize("name", ["100%", "A_B", "back\\slash", "O'Brien", 'the "best"', "[paid]", "Ñandú"])
def test_every_character_is_found_as_itself(world: World, name: str) -> None:
    hit = world.encounter(patient=replace(person("odd"), last=name))
    world.encounter("PRMUT")
    assert ids(world, View(name.split()[0])) == [hit]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gold:5", "no column 'gold'"),
        ("charge:abc", "not an amount"),
        ("charge:1,2x", "not an amount"),
        ("dos:yesterday", "not a date"),
        ("dos:2026-02-30", "not a date"),
        pytest.param("a" * 501, "longer than 500", id="too long"),
    ],
)
def test_what_the_filter_can_not_mean_is_refused_with_the_reason(world: World, text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        world.owner.page("claims", View(text))


@pytest.mark.parametrize("number", ["9" * 25, "-" + "9" * 25, "9" * 400], ids=["long", "negative", "very long"])
@pytest.mark.parametrize("term", ["slk:<{}", "slk:{}"])
def test_a_number_of_any_length_is_a_sentence_and_no_crash(world: World, term: str, number: str) -> None:
    with pytest.raises(Refused, match="whole number"):
        world.owner.page("denials", View(term.format(number)))


def test_a_count_of_any_length_finds_what_it_says(world: World) -> None:
    world.code(world.encounter())
    assert len(world.owner.page("statements", View(f"level:<{'9' * 30}")).rows) == 1
    assert len(world.owner.page("statements", View(f"level:>{'9' * 30}")).rows) == 0


def test_days_are_counted_from_today(world: World) -> None:
    """Medicare's limit is 125 days after the decision, and the Monday after where that is a Sunday."""
    world.denied("CO-16", "MEDB")
    assert len(world.owner.page("denials", View("slk:126")).rows) == 2
    assert world.owner.page("denials", View("slk:<126")).rows == ()
    assert world.owner.page("denials", View("slk:>=126")).rows[0].cells[0] == 126


# --- sort, figures, pages -----------------------------------------------------------------------------------------


def test_up_to_three_columns_sort_and_ties_keep_the_order_of_arrival(world: World, claims: list[int]) -> None:
    def order(*levels: SortKey) -> list[int]:
        return [claims.index(subject) for subject in ids(world, View(sort=levels), "claims")]

    assert order(SortKey("charge")) == [3, 2, 1, 0]
    assert order(SortKey("charge", descending=True)) == [0, 1, 2, 3]
    assert order(SortKey("payer")) == [1, 3, 0, 2]
    assert order(SortKey("payer", descending=True), SortKey("charge")) == [2, 0, 3, 1]
    assert order(SortKey("dos"), SortKey("payer"), SortKey("charge")) == [3, 1, 2, 0]


def test_sorting_by_no_column_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="no column 'gold'"):
        world.owner.page("claims", View(sort=(SortKey("gold"),)))


def test_the_figures_are_of_the_whole_view_and_not_of_the_page(world: World, claims: list[int]) -> None:
    page = world.owner.page("claims", View(), limit=1)
    assert (len(page.rows), page.total, page.cents) == (1, len(claims), 22_700 + 19_500 + 6_400 + 3_200)
    page = world.owner.page("claims", View("payer:prmut"), limit=1)
    assert (page.total, show_cents(page.cents)) == (2, "291.00")


def test_a_next_page_keeps_the_figures_of_the_first_unless_its_rows_tell_otherwise(
    world: World, claims: list[int]
) -> None:
    first = world.owner.page("claims", View(), limit=2)
    told = replace(first, cents=-1)  # what was counted is not counted again
    assert world.owner.page("claims", View(), start=2, limit=2, counted=told) == replace(
        world.owner.page("claims", View(), start=2, limit=2), cents=-1
    )
    fewer = replace(told, total=len(claims) - 1)
    for stale in (fewer, replace(told, total=len(claims) + 1)):  # an item came or went meanwhile
        assert world.owner.page("claims", View(), start=2, limit=len(claims), counted=stale).cents == first.cents


def test_three_pages_hold_every_item_once_and_in_order(world: World) -> None:
    subjects = [world.encounter("PRMUT") for _ in range(11)]
    pages = [world.owner.page("coding", View(), start=start, limit=4) for start in (0, 4, 8)]
    assert [len(page.rows) for page in pages] == [4, 4, 3]
    assert [row.subject_id for page in pages for row in page.rows] == ids(world)
    assert sorted(ids(world)) == subjects
    assert {page.total for page in pages} == {11}
    assert world.owner.page("coding", View(), start=12).rows == ()


def test_the_board_counts_what_can_be_worked_and_what_is_put_off(world: World, four: list[int]) -> None:
    for subject in four[1:]:
        put(world, subject, due=None)
    put(world, four[0], due=DAY - timedelta(days=1), opened_on=DAY - timedelta(days=9))
    world.do(Defer(world.item("coding", four[1]).id, DAY + timedelta(days=2)))
    line = world.owner.board()[0]
    assert (line.queue, line.count, line.deferred, line.past_due, line.oldest, line.mine) == ("coding", 3, 1, 1, 9, 1)


def test_every_row_has_a_preview_a_why_and_a_record(world: World) -> None:
    world.denied()
    world.code(world.encounter())
    world.encounter("PRMUT")
    world.claim()
    seen = 0
    for queue in world.owner.queues():
        for row in world.owner.page(queue.name, View()).rows:
            assert len(row.cells) == len(queue.columns)
            assert 1 <= len(row.preview) <= 3
            assert world.owner.why(row.item_id).lines
            assert world.owner.record(queue.name, row.subject_id).tabs
            seen += 1
    assert seen == 5


def test_what_is_no_longer_in_the_queue_is_said(world: World) -> None:
    with pytest.raises(NotFound):
        world.owner.why(999)
    with pytest.raises(NotFound):
        world.owner.record("claims", 999)


def test_a_payer_without_limits_has_no_date_and_is_no_error(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE claim SET filing_limit=NULL")
    assert ids(world, View("limit:>2026-01-01"), "claims") == []
    assert ids(world, View(sort=(SortKey("tf"),)), "claims") == [claim_id]


def test_a_row_about_which_a_question_is_open_says_so_and_so_does_one_that_is_new_since_the_last_visit(
    world: World,
) -> None:
    old, asked = world.encounter("PRMUT"), world.encounter("PRMUT")
    world.code(asked, finish=False)
    query_id = int(str(world.do(ComposeQuery(asked, "finding", ((15, 42),))).result))
    before = world.who("coder")
    before._come_in("")
    before.close()
    with on(DAY + timedelta(days=1)):
        new = world.encounter("PRMUT")
        back = world.who("coder")
        back._come_in("")
        world.sql("UPDATE work_item SET due = NULL")  # a deadline would be told first
        flags = {row.subject_id: row.flag for row in back.page("coding", View()).rows}
        assert {one: flags[one] for one in (old, asked, new)} == {old: "", asked: "?", new: "N"}
        assert {row.flag for row in world.who("coder2").page("coding", View()).rows} == {"", "?"}  # never here before
        world.do(CancelQuery(query_id, "found it"))
        assert {row.subject_id: row.flag for row in back.page("coding", View()).rows}[asked] == ""


def test_what_goes_to_a_clipboard_is_in_the_trail_without_its_words(world: World) -> None:
    world.who("coder").copied("coding:7", 12)
    last = world.all(AuditEntry)[-1]
    assert (last.user_name, last.action, last.subject, last.detail) == ("coder", "copy", "coding:7", '{"letters":12}')
