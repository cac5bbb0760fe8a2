"""Leases: one item is never in two people's hands, comes back when its holder is gone, and late saves touch nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from store import clock
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.db import open_engine, writer
from store.errors import NotAllowed, NotFound, Refused, Stale, Taken
from store.people.audit import broken_links
from store.people.roles import Actor, Role
from store.practice import Practice
from store.tables import AuditEntry, User
from store.work import queue
from store.work.commands import Assign, Defer
from store.work.leases import LEASE_SECONDS
from store.work.values import View
from tests.store.world import DAY, World

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ITEMS, PROCESSES, SECONDS = 200, 8, 2.0


@pytest.fixture
def item_id(world: World) -> int:
    return world.item("coding", world.encounter("PRMUT")).id


def test_an_item_in_one_persons_hands_is_not_given_to_another(world: World, item_id: int) -> None:
    with clock.held(NOON):
        world.who("coder").lease(item_id)
        with pytest.raises(Taken, match="coder is working on it \\(until 12:02 UTC\\)"):
            world.who("coder2").lease(item_id)
        assert world.who("coder2").next_item("coding") is None


def test_an_item_that_was_given_back_is_free_at_once(world: World, item_id: int) -> None:
    coder = world.who("coder")
    coder.release(coder.lease(item_id))
    assert world.who("coder2").lease(item_id).token == 2


def test_a_heartbeat_keeps_an_item(world: World, item_id: int) -> None:
    coder = world.who("coder")
    with clock.held(NOON):
        lease = coder.lease(item_id)
    for minutes in (1, 2, 3):
        with clock.held(NOON + timedelta(minutes=minutes)):
            lease = coder.beat(lease)
            assert lease.until == clock.now() + timedelta(seconds=LEASE_SECONDS)
            with pytest.raises(Taken):
                world.who("coder2").lease(item_id)


@pytest.mark.parametrize(
    ("seconds", "free"), [(LEASE_SECONDS - 1, False), (LEASE_SECONDS, True), (LEASE_SECONDS + 1, True)]
)
def test_an_item_without_a_heartbeat_is_free_after_two_minutes(
    world: World, item_id: int, seconds: int, free: bool
) -> None:
    with clock.held(NOON):
        world.who("coder").lease(item_id)
    with clock.held(NOON + timedelta(seconds=seconds)):
        found = world.who("coder2").next_item("coding")
    assert (found is not None) == free
    assert found is None or found.token == 2


def test_a_late_save_under_a_lost_lease_changes_nothing(world: World, item_id: int) -> None:
    coder, other = world.who("coder"), world.who("coder2")
    with clock.held(NOON):
        lease = coder.lease(item_id)
    with clock.held(NOON + timedelta(minutes=5)):
        other.lease(item_id)
        before = world.dump(everything=True)
        with pytest.raises(Stale, match="ran out: coder2 is working on it"):
            coder.do(AddDiagnosis(lease.subject_id, "I10"), lease=lease)
        with pytest.raises(Stale):
            coder.beat(lease)
        assert world.dump(everything=True) == before


def test_a_late_save_that_nobody_overtook_is_kept_and_renews_the_lease(world: World, item_id: int) -> None:
    coder = world.who("coder")
    with clock.held(NOON):
        lease = coder.lease(item_id)
    with clock.held(NOON + timedelta(minutes=5)):
        coder.do(AddDiagnosis(lease.subject_id, "I10"), lease=lease)
        with pytest.raises(Taken):
            world.who("coder2").lease(item_id)


def test_the_same_persons_second_screen_fences_off_the_first(world: World, item_id: int) -> None:
    coder = world.who("coder")
    first = coder.lease(item_id)
    coder.lease(item_id)
    with pytest.raises(Stale):
        coder.do(AddDiagnosis(first.subject_id, "I10"), lease=first)


def test_giving_back_late_takes_nothing_from_the_next_holder(world: World, item_id: int) -> None:
    coder, other = world.who("coder"), world.who("coder2")
    with clock.held(NOON):
        lease = coder.lease(item_id)
    with clock.held(NOON + timedelta(minutes=5)):
        kept = other.lease(item_id)
        coder.release(lease)
        other.beat(kept)


def test_without_a_lease_nobody_changes_what_another_person_holds(world: World, item_id: int) -> None:
    lease = world.who("coder").lease(item_id)
    with pytest.raises(Taken):
        world.who("coder2").do(AddDiagnosis(lease.subject_id, "I10"))
    with pytest.raises(Taken):
        world.who("coder2").do(Defer(item_id, DAY + timedelta(days=2)))


def test_finishing_gives_the_item_back_and_closes_it(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    coder, item = world.who("coder"), world.item("coding", encounter_id)
    lease = coder.lease(item.id)
    coder.do(FinishCoding(encounter_id), lease=lease)
    closed = world.item("coding", encounter_id)
    assert (closed.open, closed.owner_id, closed.lease_until) == (False, None, None)
    coder.release(lease)
    with pytest.raises(NotFound, match="no longer in the queue"):
        coder.lease(item.id)


def test_get_next_skips_what_is_deferred_and_what_is_somebody_elses(world: World) -> None:
    ids = [world.item("coding", world.encounter("PRMUT")).id for _ in range(4)]
    coder, other, boss = world.who("coder"), world.who("coder2"), world.who("supervisor")
    boss.do(Assign(ids[0], other.actor.user_id))
    other.do(Defer(ids[1], DAY + timedelta(days=2)))
    other.lease(ids[2])
    lease = coder.next_item("coding")
    assert lease is not None
    assert lease.item_id == ids[3]


def test_a_deferred_item_comes_back_to_who_deferred_it(world: World, item_id: int) -> None:
    coder = world.who("coder")
    coder.do(Defer(item_id, DAY + timedelta(days=2)))
    assert coder.next_item("coding") is None
    with clock.held(datetime(2026, 3, 11, 9, tzinfo=UTC)):
        assert world.who("coder2").next_item("coding") is None
        lease = coder.next_item("coding")
    assert lease is not None
    assert lease.item_id == item_id


def test_get_next_finds_the_one_free_item_behind_many_that_are_taken(world: World) -> None:
    ids = [world.item("coding", world.encounter("PRMUT")).id for _ in range(26)]
    coder, other = world.who("coder"), world.who("coder2")
    for item_id in ids[:25]:
        other.lease(item_id)
    lease = coder.next_item("coding")
    assert lease is not None
    assert lease.item_id == ids[25]


def test_get_next_goes_by_the_very_order_of_the_list(world: World) -> None:
    ids = [world.item("coding", world.encounter("PRMUT")).id for _ in range(8)]
    for number, item_id in enumerate(ids):
        world.sql(
            "UPDATE work_item SET due=:due, escalated=:up, score=:score WHERE id=:id",
            due=[None, DAY - timedelta(days=1), DAY + timedelta(days=2), DAY + timedelta(days=40)][number % 4],
            up=number > 5, score=number * 7 % 5, id=item_id,
        )  # fmt: skip
    coder, admin = world.who("coder"), world.who("admin").actor.user_id
    listed = [row.item_id for row in coder.page("coding", View()).rows]
    taken = []
    while (lease := coder.next_item("coding")) is not None:
        taken.append(lease.item_id)
        world.sql("UPDATE work_item SET owner_id=:admin WHERE id=:id", admin=admin, id=lease.item_id)
    assert taken == listed


def _meanwhile(monkeypatch: pytest.MonkeyPatch, *others: Callable[[], object]) -> None:
    """Each of `others` comes between a look for the next item and the taking of it, which keeps nobody waiting."""
    waiting, best = list(others), queue.best

    def looked(*args: Any, **options: Any) -> Any:
        found = best(*args, **options)
        if waiting:
            waiting.pop(0)()
        return found

    monkeypatch.setattr(queue, "best", looked)


def test_what_others_take_defer_or_are_given_while_the_next_item_is_sought_is_passed_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [world.item("coding", world.encounter("PRMUT")).id for _ in range(4)]
    coder, other, boss = world.who("coder"), world.who("coder2"), world.who("supervisor")

    def all_at_once() -> None:
        other.lease(ids[0])
        other.do(Defer(ids[1], DAY + timedelta(days=2)))
        boss.do(Assign(ids[2], other.actor.user_id))

    _meanwhile(monkeypatch, all_at_once)
    lease = coder.next_item("coding")
    assert lease is not None
    assert lease.item_id == ids[3]


def test_who_finds_everything_taken_that_was_seen_looks_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.item("coding", world.encounter("PRMUT")).id
    coder, other = world.who("coder"), world.who("coder2")
    came: list[int] = []

    def taken_and_one_more() -> None:
        other.lease(first)
        came.append(world.item("coding", world.encounter("PRMUT")).id)

    _meanwhile(monkeypatch, taken_and_one_more)
    lease = coder.next_item("coding")
    assert lease is not None
    assert [lease.item_id] == came


@pytest.mark.parametrize("role", ["biller", "collector", "admin"])
def test_nobody_takes_an_item_of_a_queue_that_he_may_not_see(world: World, item_id: int, role: str) -> None:
    with pytest.raises(NotAllowed, match="'code'"):
        world.who(role).lease(item_id)
    with pytest.raises(NotAllowed, match="'code'"):
        world.who(role).next_item("coding")


def test_leases_are_in_the_audit_trail(world: World, item_id: int) -> None:
    coder = world.who("coder")
    coder.release(coder.lease(item_id))
    told = [(entry.action, entry.subject, entry.user_name) for entry in world.all(AuditEntry)[-2:]]
    assert told == [("work.lease", f"item:{item_id}", "coder"), ("work.release", f"item:{item_id}", "coder")]


def test_a_take_over_is_an_entry_of_its_own_that_names_who_had_it(world: World, item_id: int) -> None:
    with clock.held(NOON):
        world.who("coder").lease(item_id)
    with clock.held(NOON + timedelta(minutes=5)):
        lease = world.who("coder2").next_item("coding")
        assert lease is not None
        assert lease.taken_from == "coder"
    with clock.held(NOON + timedelta(minutes=10)):
        assert world.who("coder").lease(item_id).taken_from == "coder2"
        assert world.who("coder").lease(item_id).taken_from == ""
    told = [(entry.action, entry.user_name, entry.detail) for entry in world.all(AuditEntry)[-3:]]
    assert told == [
        ("work.take_over", "coder2", '{"from":"coder","token":2}'),
        ("work.take_over", "coder", '{"from":"coder2","token":3}'),
        ("work.lease", "coder", '{"token":4}'),
    ]


# --- many processes -----------------------------------------------------------------------------------------------

Log = list[tuple[int, int, int]]
"""(user, item, token) of every lease that a process was given."""


def _properly(url: str, user_id: int, until: float) -> Log:
    engine = open_engine(url)
    practice = Practice(engine, Actor(user_id, f"p{user_id}", Role.CODER))
    log: Log = []
    while time.time() < until and (lease := practice.next_item("coding")) is not None:
        log.append((user_id, lease.item_id, lease.token))
        if len(log) % 3 == 0:  # hand some back, so that tokens grow; hold and close the others
            practice.release(lease)
        else:
            with writer(engine).begin() as connection:
                connection.execute(text("UPDATE work_item SET open=false WHERE id=:id"), {"id": lease.item_id})
    engine.dispose()
    return log


def _naively(url: str, user_id: int, until: float) -> Log:
    """Select, then set, in a deferred way: what must be caught."""
    engine = open_engine(url)
    log: Log = []
    while time.time() < until:
        with engine.connect() as connection:
            row = connection.execute(
                text("SELECT id, token FROM work_item WHERE open AND owner_id IS NULL ORDER BY id LIMIT 1")
            ).first()
        if row is None:
            break
        with writer(engine).begin() as connection:
            values = {"id": row.id, "owner": user_id, "token": row.token + 1}
            connection.execute(
                text("UPDATE work_item SET owner_id=:owner, token=:token, open=false WHERE id=:id"), values
            )
        log.append((user_id, row.id, row.token + 1))
    engine.dispose()
    return log


def _twice(logs: list[Log]) -> list[tuple[int, int]]:
    """The checker: every (item, token) that more than one lease was given for."""
    given = Counter((item_id, token) for log in logs for _, item_id, token in log)
    return [lease for lease, count in given.items() if count > 1]


def _race(world: World, body: Callable[[str, int, float], Log]) -> list[Log]:
    with Session(writer(world.engine)) as session:
        people = [User(name=f"p{n}", uid=70_000 + n, role=Role.CODER) for n in range(PROCESSES)]
        session.add_all(people)
        session.commit()
        ids = [user.id for user in people]
    encounter_id = world.encounter("PRMUT")
    columns = "patient_id, provider_id, service_date, place, setting, kind, facility, state, hold_reason, version"
    world.sql(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
        f"INSERT INTO encounter (number, source, source_id, {columns}) "
        f"SELECT 'X' || i, 'race', i, {columns} FROM n, encounter WHERE id=:id",
        count=ITEMS,
        id=encounter_id,
    )
    world.sql(
        "INSERT INTO work_item (queue, subject_id, open, opened_on, score, cents, reason, escalated, token, attempts) "
        "SELECT 'coding', id, true, service_date, 0, 0, 'x', false, 0, 0 FROM encounter WHERE source='race'"
    )
    world.engine.dispose()
    until = time.time() + SECONDS
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return pool.starmap(body, [(world.url, user_id, until) for user_id in ids], chunksize=1)


def test_eight_people_racing_are_never_given_the_same_item_twice(world: World) -> None:
    logs = _race(world, _properly)
    assert _twice(logs) == []
    assert sum(bool(log) for log in logs) >= 2
    given = sum(len(log) for log in logs)
    assert world.sql("SELECT sum(token) FROM work_item") == [(given,)]
    with world.owner.reading() as session:
        assert list(broken_links(session)) == []


def test_the_checker_sees_it_when_items_are_handed_out_naively(world: World) -> None:
    assert _twice(_race(world, _naively))


def test_a_refusal_names_a_queue_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="no queue 'gold'"):
        world.owner.next_item("gold")


def test_the_next_beside_the_item_in_hand_is_another_though_that_one_comes_first(world: World) -> None:
    coder = world.who("coder")
    for _ in range(2):
        world.encounter("PRMUT")
    first = coder.next_item("coding")
    assert first is not None
    again = coder.next_item("coding")
    assert again is not None
    assert again.item_id == first.item_id  # what was in hand when a line dropped is offered to its owner first
    other = coder.next_item("coding", beside=first.item_id)
    assert other is not None
    assert other.item_id != first.item_id
    assert world.who("coder2").next_item("coding", beside=other.item_id) is None
