"""On PostgreSQL each role sits at the real screens under a login of its own: whatever it is shown opens and works."""

from __future__ import annotations

from functools import partial

import pytest

from store.coding.reviewing import AskReview
from store.coding.whole import CodeEncounter
from store.remits.take_in import ImportRemittance
from tests.store.conftest import postgres_databases, postgres_template, postgres_world
from tests.store.eras import era, pays
from tests.store.people.test_roles import SEES
from tests.store.world import VISIT, LoginWorld
from tests.tui.support import LARGE, Desk
from tui.app import SuperbillApp
from tui.screens.base import WorkScreen
from tui.screens.home import HomeScreen

__all__ = ["postgres_databases", "postgres_template", "postgres_world"]

HOME = {
    "coder": ("coding", "queries"),
    "reviewer": ("reviews",),
    "poster": ("remits", "payments", "credits"),
    "collector": ("statements", "run", "calls", "refunds"),
    "biller": ("claims", "files", "rejections", "underpaid", "denials"),
    "supervisor": ("denials",),
    "admin": (),
}
"""Each queue with the narrowest role that works at it."""


@pytest.fixture
def busy(postgres_world: LoginWorld) -> LoginWorld:
    """A practice with something in most of its queues."""
    world = postgres_world
    world.denied()
    world.encounter("PRMUT")
    world.code(world.encounter())
    world.claim("PRMUT")
    asked = world.encounter("PRMUT")
    coder = world.who("coder2")
    coder.do(CodeEncounter(asked, (("I10", None, None),), VISIT, finish=False))
    coder.do(AskReview(asked, "is the line right?"))
    paid = world.sent("PRMUT")
    world.do(ImportRemittance("835", era(pays(world, paid, "CO-45 500,PR-1 1000", ""), trace="T9", plb="ZZ -1500")))
    return world


async def test_every_role_works_at_its_queues_through_its_own_login(busy: LoginWorld) -> None:
    """Each queue, its first record and account, why it is there, a remark and its undo, every report."""
    assert set().union(*HOME.values()) == SEES["owner"]
    for role, queues in HOME.items():
        app = SuperbillApp(partial(busy.login, role))
        async with app.run_test(size=LARGE) as pilot:
            desk = Desk(app, pilot, None)
            await desk.settle()
            assert set(app.session.titles) == SEES[role]
            for queue in queues:
                await _worked(desk, queue, remark=queue == queues[0])
        person = busy.login(role)
        for key, _, _ in person.reports():
            assert person.report(key).title
    assert busy.faults() == []


async def _worked(desk: Desk, queue: str, *, remark: bool) -> None:
    await desk.press("colon")
    await desk.type(f"queue {queue}")
    await desk.press("enter")
    await desk.settle()
    screen = desk.app.screen
    assert isinstance(screen, WorkScreen)
    assert screen.queue == queue
    _allowed(desk, queue)
    if desk.rows.row is not None:
        if remark:
            await desk.press("y", "escape", "t")
            await desk.type("seen")
            await desk.press("enter")
            await desk.settle()
            await desk.press("u")
            await desk.settle()
            assert "Undone" in desk.status, f"{queue}: {desk.status}"
        for key in ("l", "enter"):
            await desk.press(key)
            await desk.settle()
            _allowed(desk, f"{queue}, {key}")
            if desk.app.screen is not screen:
                await desk.press("escape")
                await desk.settle()
    await _home(desk, queue)


async def _home(desk: Desk, what: str) -> None:
    _allowed(desk, what)
    for _ in range(6):
        if isinstance(desk.app.screen, HomeScreen):
            return
        await desk.press("escape")
        await desk.settle()
        _allowed(desk, what)
    raise AssertionError(f"no way home from {what}")


def _allowed(desk: Desk, what: str) -> None:
    """The database and the program let it be done; that there is no claim to an item is an answer too."""
    said = desk.status if desk.app.screen.query("#status") else ""
    assert "refuses" not in said, f"{what}: {said}"
    assert "lacks" not in said or desk.app.session.titles.keys() <= SEES["coder"] | {"reviews"}, f"{what}: {said}"
