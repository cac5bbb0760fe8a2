"""The same credit is never given back twice, however many try at the same moment."""

from __future__ import annotations

import multiprocessing

from store.accounts.refunds import ApproveRefund, AskRefund, IssueRefund
from store.db import open_engine
from store.errors import Refused
from store.people.roles import Actor, Role
from store.practice import Practice
from store.tables import Refund
from tests.store.work.patients import credited
from tests.store.world import World

PEOPLE = 8


def _ask(url: str, user_id: int, account: int, name: str) -> bool:
    return _tried(url, Actor(user_id, name, Role.OWNER), AskRefund(account, 5_000, "paid twice"))


def _issue(url: str, user_id: int, refund: int, check: str) -> bool:
    return _tried(url, Actor(user_id, "owner", Role.OWNER), IssueRefund(refund, check))


def _tried(url: str, actor: Actor, command: object) -> bool:
    engine = open_engine(url)
    try:
        Practice(engine, actor).do(command)  # type: ignore[arg-type]
    except Refused:
        return False
    else:
        return True
    finally:
        engine.dispose()


def test_of_eight_who_ask_for_and_issue_the_same_credit_at_once_one_does(world: World) -> None:
    account = credited(world)
    me = world.owner.actor.user_id
    world.engine.dispose()
    with multiprocessing.get_context("fork").Pool(PEOPLE) as pool:
        asked = pool.starmap(_ask, [(world.url, me, account, "owner")] * PEOPLE)
    assert asked.count(True) == 1
    (refund,) = world.all(Refund)
    world.who("supervisor").do(ApproveRefund(refund.id))
    world.engine.dispose()
    with multiprocessing.get_context("fork").Pool(PEOPLE) as pool:
        issued = pool.starmap(_issue, [(world.url, me, refund.id, f"20{n}") for n in range(PEOPLE)])
    assert issued.count(True) == 1
    assert world.faults() == []
