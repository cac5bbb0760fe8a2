"""The program as a whole: opening, crashing and colour."""

from __future__ import annotations

import pytest
from rich.console import RenderableType

from store.errors import Refused
from store.work.values import Why
from tests.tui.fake import SPECS, FakePractice
from tests.tui.support import make_app, shown
from tui.app import SuperbillApp, crash_sentence
from tui.calls import PracticeApi
from tui.screens.queue import QueueScreen


async def test_a_practice_that_cannot_be_opened_says_why_and_q_leaves() -> None:
    def locked() -> PracticeApi:
        raise Refused("The practice's database is newer than this program.")

    app = SuperbillApp(locked, specs=SPECS)
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "newer than this program" in shown(app.screen.query_one("#status"))
        await pilot.press("q")
    assert app.return_code == 0


class Watched(SuperbillApp):
    """Keeps what would be printed after the screen was left."""

    printed: tuple[object, ...] = ()

    def panic(self, *renderables: RenderableType) -> None:
        self.printed = renderables
        super().panic(*renderables)


async def test_a_crash_shows_no_value() -> None:
    class Broken(FakePractice):
        def why(self, item_id: int) -> Why:
            patient = "DOE, MARIA 123-45-6789"
            raise ValueError(patient + str(item_id))

    app = Watched(Broken, specs=SPECS)
    with pytest.raises(Exception, match="123-45-6789"):
        await _ask_why(app)
    assert app.return_code == 1
    assert len(app.printed) == 1
    assert "123-45-6789" not in str(app.printed[0])
    assert "superbill stopped: " in str(app.printed[0])


async def _ask_why(app: Watched) -> None:
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        app.push_screen(QueueScreen(app.session, "denials"))
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.press("y")
        await pilot.pause()


def test_the_crash_sentence_names_kind_and_place_only() -> None:
    try:
        raise ValueError("DOE, MARIA")
    except ValueError as error:
        sentence = crash_sentence(error)
    assert "ValueError at test_app.py:" in sentence
    assert "DOE" not in sentence


def test_without_colour_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(FakePractice(1))
    assert app.no_color
    assert [type(one).__name__ for one in app._filters if one.enabled] == ["NoColor"]


def test_nothing_writes_pictures_or_moves_by_itself() -> None:
    app = make_app(FakePractice(1))
    assert not app.ENABLE_COMMAND_PALETTE
    assert app.animation_level == "none"
    assert not app.BINDINGS
