"""Patients through the real screens, every key counted: a statement run of a thousand accounts, a call, a payment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from store.accounts.balances import account_balance
from store.accounts.plans import MakePromise
from store.calls.call import AskForCall
from store.practice import Practice
from store.tables import StatementAccount, StatementRun
from tests.store.statements.crowd import crowd
from tests.store.work.patients import owing
from tests.store.world import DAY, World, on
from tests.tui.support import LARGE, SMALL, Desk
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen


class Counted(Desk):
    """A desk that counts every key."""

    keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await super().press(*keys)


async def opened(app: SuperbillApp, desk: Counted, queue: str) -> None:
    await desk.settle()
    app.push_screen(QueueScreen(app.session, queue))
    await desk.settle()


def app_of(practice: Practice) -> SuperbillApp:
    return SuperbillApp(lambda: practice)


@pytest.mark.parametrize("size", [SMALL], ids=["80x24"])  # the keys are the same at every size
async def test_a_run_of_a_thousand_accounts_takes_twelve_keys_at_most(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    crowd(world.engine, 1_000)
    monkeypatch.chdir(tmp_path)
    app = app_of(world.owner)
    async with app.run_test(size=size) as pilot:
        desk = Counted(app, pilot, None)
        await opened(app, desk, "run")
        await desk.press("R", "y")
        await desk.settle()
        assert "1,000 accounts in" in desk.status
        assert "1,000 rows" in desk.text("#title")
        await desk.press("y")  # a look at the first one: why it is in
        assert "patient balance due" in desk.drawer
        await desk.press("escape", "A", "y")
        await desk.settle()
        await desk.press("S", "enter", "y")
        for _ in range(400):
            await desk.settle()
            if "sent" in desk.status:
                break
        assert "1000 statements sent" in desk.status
    assert desk.keys <= 12
    run = world.one(StatementRun)
    assert run.state == "SENT"
    assert {row.state for row in world.all(StatementAccount)} == {"SENT"}
    assert len(list((tmp_path / "statements-out").iterdir())) == 3


async def test_sending_shows_how_far_it_is_and_goes_on_after_it_was_stopped(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(world.engine, 60)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("store.statements.files.PART", 1)
    app = app_of(world.owner)
    async with app.run_test(size=SMALL) as pilot:
        desk = Counted(app, pilot, None)
        await opened(app, desk, "run")
        await desk.press("R", "y", "A", "y")
        await desk.settle()
        await pilot.press("S", "enter")
        await desk.settle()
        await pilot.press("y")
        for _ in range(200):
            await pilot.pause(0.02)
            if "Esc stops" in desk.status:
                break
        assert "of 60" in desk.status
        await pilot.press("escape")
        await desk.settle()
        assert "goes on where it stopped" in desk.status
        await desk.press("S", "enter", "y")
        for _ in range(200):
            await desk.settle()
            if "sent" in desk.status:
                break
        assert "60 statements sent" in desk.status
    assert {row.state for row in world.all(StatementAccount)} == {"SENT"}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_call_that_ends_in_a_promise_takes_twelve_keys_at_most(world: World, size: tuple[int, int]) -> None:
    with on(DAY):
        account = owing(world)
        world.do(MakePromise(account, 5_000, DAY))
    with on(DAY + timedelta(days=4), 18):
        app = app_of(world.owner)
        async with app.run_test(size=size) as pilot:
            desk = Counted(app, pilot, None)
            await opened(app, desk, "calls")
            await desk.press("enter")
            await desk.settle()
            shown = desk.text("#text")
            assert "227.00" not in shown
            assert "check the identity" in desk.text("#title")
            await desk.press("c", "1", "1")
            await desk.settle()
            assert "$227.00" in desk.text("#text") + desk.text("#headline")
            assert app.screen.focused is app.screen.query_one("#text")  # it can be read on by j and k
            await desk.press("m", "enter", "enter")
            await desk.settle()
            assert "Promised: $227.00 by Mar 27" in desk.status
            await desk.press("n")
            await desk.settle()
    assert desk.keys <= 12
    assert world.faults() == []


async def test_digits_are_outcomes_in_a_call_and_the_ledger_stays_shut_before_the_identity(world: World) -> None:
    world.do(AskForCall(owing(world), "high balance"))
    app = app_of(world.owner)
    with on(DAY, 18):
        async with app.run_test(size=SMALL) as pilot:
            desk = Counted(app, pilot, None)
            await opened(app, desk, "calls")
            await desk.press("enter")
            await desk.press("l")
            await desk.settle()
            assert "identity is not checked" in desk.status
            await desk.press("1")
            await desk.settle()
            assert "No answer" in desk.status


async def test_a_payment_at_the_desk_takes_few_keys_and_leaves_a_receipt(world: World) -> None:
    account = owing(world)
    app = app_of(world.owner)
    async with app.run_test(size=SMALL) as pilot:
        desk = Counted(app, pilot, None)
        await opened(app, desk, "statements")
        await desk.press("P", "enter", "3", "enter", "y")
        await desk.settle()
        assert "Receipt R10001: $227.00 by card" in desk.status
    with Session(world.engine) as session:
        assert account_balance(session, account).patient_due == 0


async def test_an_amount_that_is_typed_takes_the_place_of_the_one_that_stands_there(world: World) -> None:
    account = owing(world)
    app = app_of(world.owner)
    async with app.run_test(size=SMALL) as pilot:
        desk = Counted(app, pilot, None)
        await opened(app, desk, "statements")
        await desk.press("P", "2", "7", "full_stop", "5", "enter", "1", "enter", "y")
        await desk.settle()
        assert "Receipt R10001: $27.50 by cash" in desk.status
    with Session(world.engine) as session:
        assert account_balance(session, account).patient_due == 22_700 - 2_750
