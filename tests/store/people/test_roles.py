"""Who sees what: each queue by role, the claim view, accounts, and who may add people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from store.errors import NotAllowed, Refused
from store.people.roles import Role
from store.people.users import AddUser, list_users
from store.practice import Practice
from store.tables import Claim, User
from store.work.commands import AddRemark, Defer
from store.work.queue import QUEUES
from store.work.values import View
from tests.store.world import DAY, World

SEES = {
    "coder": {"coding", "queries"},
    "reviewer": {"coding", "reviews", "queries"},
    "poster": {"remits", "payments", "credits"},
    "biller": {
        "claims",
        "files",
        "rejections",
        "remits",
        "payments",
        "underpaid",
        "credits",
        "denials",
        "statements",
        "run",
        "calls",
        "refunds",
    },
    "collector": {"statements", "run", "calls", "refunds"},
    "supervisor": {
        "coding",
        "reviews",
        "queries",
        "claims",
        "files",
        "rejections",
        "remits",
        "payments",
        "underpaid",
        "credits",
        "denials",
        "statements",
        "run",
        "calls",
        "refunds",
    },
    "admin": set(),
    "owner": {
        "coding",
        "reviews",
        "queries",
        "claims",
        "files",
        "rejections",
        "remits",
        "payments",
        "underpaid",
        "credits",
        "denials",
        "statements",
        "run",
        "calls",
        "refunds",
    },
}
MONEY = {"biller", "poster", "collector", "supervisor", "owner"}


def test_the_tables_below_name_every_role_and_queue() -> None:
    assert set(SEES) == set(Role)
    assert set().union(*SEES.values()) == set(QUEUES)


@pytest.mark.parametrize("role", SEES)
def test_a_role_sees_its_queues_and_no_other(world: World, role: str) -> None:
    world.denied()
    world.code(world.encounter())
    world.encounter("PRMUT")
    practice = world.who(role)
    assert {info.name for info in practice.queues()} == SEES[role]
    assert {line.queue for line in practice.board()} == SEES[role]
    for name in QUEUES:
        rows = world.owner.page(name, View()).rows
        if name in SEES[role]:
            assert practice.page(name, View()).rows == rows
            continue
        looks: tuple[Callable[[], object], ...] = (
            partial(practice.page, name, View()),
            partial(practice.queue, name),
            partial(practice.next_item, name),
            partial(practice.record, name, 1),
        )
        for look in looks:
            with pytest.raises(NotAllowed, match=f"'{QUEUES[name].permission}'"):
                look()
        for row in rows:
            _refuses_the_item(practice, row.item_id)


def _refuses_the_item(practice: Practice, item_id: int) -> None:
    acts: tuple[Callable[[], object], ...] = (
        partial(practice.why, item_id),
        partial(practice.lease, item_id),
        partial(practice.do, AddRemark(item_id, "saw it")),
        partial(practice.do, Defer(item_id, DAY + timedelta(days=1))),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("role", SEES)
def test_only_who_may_see_money_sees_claims_and_accounts(world: World, role: str) -> None:
    claim = world.get(Claim, world.claim())
    practice = world.who(role)
    for look in (partial(practice.claim, claim.id), partial(practice.ledger, claim.guarantor_id)):
        if role in MONEY:
            assert look().tabs
        else:
            with pytest.raises(NotAllowed, match="'see money'"):
                look()


@pytest.mark.parametrize("role", SEES)
def test_only_who_administers_adds_people(world: World, role: str) -> None:
    if role in {"admin", "owner"}:
        world.who(role).do(AddUser("new", 61_000, "coder"))
        return
    with pytest.raises(NotAllowed, match="'administer'"):
        world.who(role).do(AddUser("new", 61_000, "coder"))


@pytest.mark.parametrize(
    ("login", "uid", "role", "words"),
    [
        ("coder", 61_000, "coder", "user already"),
        ("new", 60_001, "coder", "user already"),
        ("new", 61_000, "king", "no role 'king'"),
    ],
)
def test_a_person_is_added_once_and_in_a_role_that_there_is(
    world: World, login: str, uid: int, role: str, words: str
) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words):
        world.do(AddUser(login, uid, role))
    assert world.dump(everything=True) == before


def test_people_are_listed_by_name(world: World) -> None:
    with world.owner.reading() as session:
        names = [user["name"] for user in list_users(session)]
    assert names == sorted(user.name for user in world.all(User))


def test_a_coder_is_never_shown_where_a_patient_lives(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    coder = world.who("coder")
    page, record = coder.page("coding", View()), coder.record("coding", encounter_id)
    assert "Elm St" not in f"{page}{record}"
