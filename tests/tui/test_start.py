"""The start: nothing is looked through while it loads, and garbage is collected once the practice is open."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator

import pytest

from store.errors import Refused
from tests.tui.fake import SPECS, FakePractice
from tests.tui.support import Desk
from tui import cli, commands, start
from tui.app import SuperbillApp
from tui.calls import PracticeApi
from tui.screens.home import HomeScreen
from tui.screens.queue import QueueScreen
from tui.widgets.prompt import Prompt


@pytest.fixture(autouse=True)
def collected_again() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def refused() -> PracticeApi:
    raise Refused("No practice.")


@pytest.mark.parametrize("opened", [FakePractice, refused])
async def test_garbage_is_collected_again_whether_the_practice_opened_or_not(opened: type[FakePractice]) -> None:
    start.hurry()
    assert not gc.isenabled()
    app = SuperbillApp(opened, specs=SPECS)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert gc.isenabled()


@pytest.mark.parametrize(
    ("typed", "opened", "read"),
    [
        ([], [None], False),
        (["--db", "sqlite:///p.db"], ["sqlite:///p.db"], False),
        (["--db=sqlite:///p.db"], ["sqlite:///p.db"], True),
        (["--help"], [], True),
    ],
)
def test_the_verbs_are_read_only_where_more_than_the_screens_is_asked_for(
    typed: list[str], opened: list[str | None], read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens: list[str | None] = []
    verbs: list[object] = []

    def open_app(db: str | None) -> None:
        screens.append(db)
        raise SystemExit(0)

    monkeypatch.setenv("SUPERBILL_DB", "")
    monkeypatch.setattr("sys.argv", ["superbill", *typed])
    monkeypatch.setattr("tui.commands.queues.open_app", open_app)
    monkeypatch.setattr(commands, "register", verbs.append)
    monkeypatch.setattr("tui.hygiene.begin", lambda: None)
    with pytest.raises(SystemExit):
        cli.main()
    assert (screens, bool(verbs)) == (opened, read)


def opened_later(opening: Callable[[], PracticeApi]) -> tuple[SuperbillApp, threading.Event]:
    """The program, and what lets it open its practice."""
    there = threading.Event()

    def late() -> PracticeApi:
        there.wait(10)
        return opening()

    return SuperbillApp(late, specs=SPECS), there


async def test_what_is_typed_while_the_practice_is_opened_is_done_once_it_is() -> None:
    practice = FakePractice()
    app, there = opened_later(lambda: practice)
    async with app.run_test() as pilot:
        await pilot.press("j", "enter")
        assert isinstance(app.screen, HomeScreen)
        there.set()
        await Desk(app, pilot, practice).settle()
        assert isinstance(app.screen, QueueScreen)


@pytest.mark.parametrize("typed", [":queue denials", ":q"])
async def test_a_q_in_what_is_typed_for_the_line_does_not_leave_while_the_practice_is_opened(typed: str) -> None:
    practice = FakePractice()
    app, there = opened_later(lambda: practice)
    async with app.run_test() as pilot:
        desk = Desk(app, pilot, practice)
        await desk.type(typed)
        there.set()
        await desk.settle()
        assert desk.app.screen.query_one("#prompt", Prompt).is_open
        assert typed[1:] in desk.question


async def test_escape_drops_what_was_typed_while_the_practice_is_opened() -> None:
    app, there = opened_later(FakePractice)
    async with app.run_test() as pilot:
        await Desk(app, pilot, None).type(":")
        await pilot.press("escape", "q")
        there.set()
        await pilot.pause()
    assert app.return_code == 0


async def test_who_does_not_want_to_wait_for_the_practice_may_leave() -> None:
    app, there = opened_later(refused)
    async with app.run_test() as pilot:
        await pilot.press("j", "q")
        there.set()
        await pilot.pause()
    assert app.return_code == 0
