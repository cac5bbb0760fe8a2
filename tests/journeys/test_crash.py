"""A server that crashes under people at work: what was said to be saved is there, the screen says it and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from codesets import CodeLibrary
from store.db import open_engine
from store.tables import Action, Guarantor, PatientPayment
from tests.databases import PostgresDatabases
from tests.journeys.sitting import at_work, into
from tests.postgres import running
from tests.store.conftest import make_template
from tests.store.together.payments import Hand
from tests.store.world import World

HANDS, ENOUGH = 3, 8


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


async def test_a_crash_of_the_server_loses_nothing_that_was_said_and_the_screens_go_on(
    library: CodeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(durable=True) as server:
        url = make_template(PostgresDatabases(server))
        engine = open_engine(url)
        world = World(url, engine, library)
        world.encounter("PRMUT")
        hands = [Hand(world, number, world.all(Guarantor)[0].id) for number in range(HANDS)]
        monkeypatch.setenv("SUPERBILL_DB", url)
        async with at_work((80, 24)) as desk:
            await into(desk, "coding")
            await desk.press("enter")
            screen = desk.app.screen
            held = desk.app.session.leases.items
            for hand in hands:
                hand.start()
            _until(lambda: all(len(hand.said) >= ENOUGH for hand in hands))
            server.stop("immediate")
            desk.app._beat()
            await desk.settle()
            assert "database is away" in desk.status
            stood = [len(hand.said) for hand in hands]
            time.sleep(0.3)
            assert [len(hand.said) for hand in hands] == stood  # nobody is told that something is saved
            server.start()
            desk.app._beat()
            await desk.settle()
            assert "database is back" in desk.status
            assert (desk.app.screen, desk.app.session.leases.items) == (screen, held)
            before = [len(hand.said) for hand in hands]
            _until(lambda: all(len(hand.said) > count for hand, count in zip(hands, before, strict=True)))
            for hand in hands:
                hand.over.set()
                hand.join()
        with Session(engine) as session:
            kept = [key for key in session.exec(select(Action.key)).all() if key.startswith("crash")]
        said = [key for hand in hands for key in hand.said]
        assert sorted(said) == sorted(kept)
        assert len(world.all(PatientPayment)) == len(said)
        assert world.faults() == []
        engine.dispose()
