"""The start: nothing is looked through while it loads, and garbage is collected once the practice is open."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from store.errors import Refused
from tests.tui.fake import SPECS, FakePractice
from tui import start
from tui.app import SuperbillApp
from tui.calls import PracticeApi


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
