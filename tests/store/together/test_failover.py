"""From primary to standby by PostgreSQL's own replication: what was said to be posted is there on the other side."""

from __future__ import annotations

import contextlib
import os
import threading
import time

import pytest
from sqlalchemy import event, text

from codesets import CodeLibrary
from store.db import open_engine
from store.errors import Away
from store.tables import Action, Encounter, Guarantor, PatientPayment
from tests.databases import PostgresDatabases
from tests.postgres import Server, running
from tests.store.conftest import make_template
from tests.store.together.payments import CENTS, Hand
from tests.store.world import DAY, World, on

HANDS, ENOUGH = 3, 8


def test_no_posted_cent_is_lost_when_the_primary_dies(library: CodeLibrary) -> None:
    """The standby is synchronous, as the README tells: a commit is answered when both have it."""
    settings = ("wal_level=replica", "max_wal_senders=4", "hot_standby=on")
    with running(durable=True, settings=settings) as primary:
        standby = Server(durable=True, settings=settings)
        try:
            url = make_template(PostgresDatabases(primary))
            database = url.partition("@/")[2].partition("?")[0]
            host = f"host={primary.folder} port={primary.port} user=owner application_name=standby"
            primary.run("pg_basebackup", "-D", standby.data, "-R", "-X", "stream", "-c", "fast", "-d", host)
            standby.start()
            engine = open_engine(url)
            with on(DAY):
                _synchronous(primary)
                world = World(url, engine, library)
                world.denied()
                for encounter_id in [world.encounter("PRMUT") for _ in range(3)]:
                    world.code(encounter_id)
                before = world.dump(everything=True)
                hands = [Hand(world, number, world.all(Guarantor)[0].id) for number in range(HANDS)]
                _killed_at_a_commit(primary, hands)
                engine.dispose()
                standby.promote()
                _alone(standby)
                other = open_engine(standby.url(database))
                after = World(standby.url(database), other, library)
                there = after.dump(everything=True)
                assert {key: row for key, row in before.items() if there.get(key) != row} == {}
                kept = {one.key for one in after.all(Action)}
                assert {key for hand in hands for key in hand.said} <= kept
                assert after.faults() == []
                for hand in hands:
                    hand.take(after.owner)  # what nobody knows of: done now, or found done
                assert len(after.all(PatientPayment)) == sum(len(hand.said) for hand in hands)
                assert sum(one.cents for one in after.all(PatientPayment)) == CENTS * len(after.all(PatientPayment))
                after.code(after.encounter("PRMUT"))
                assert {one.state for one in after.all(Encounter)} >= {"RELEASED"}
                _no_room_for_the_log(standby, after)
                assert after.faults() == []
                other.dispose()
        finally:
            standby.remove()


def _no_room_for_the_log(standby: Server, world: World) -> None:
    """A server that can't write its log gives up and starts anew; what was asked for is done once there is room."""
    with world.engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    hand = Hand(world, HANDS, world.all(Guarantor)[0].id)
    before = len(world.all(PatientPayment))
    standby.no_room(pid)
    end = time.monotonic() + 30
    while not hand.said:
        with contextlib.suppress(Away):
            hand.take(world.owner)
        assert time.monotonic() < end
    assert len(world.all(PatientPayment)) == before + 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def _killed_at_a_commit(primary: Server, hands: list[Hand]) -> None:
    """All of them take payments; as one is about to commit, in the middle of what the others do, the primary dies."""

    def last(_: object) -> None:
        if len(hands[0].said) >= ENOUGH and not dead.is_set():
            primary.kill()
            dead.set()

    dead = threading.Event()
    event.listen(hands[0].engine, "commit", last)
    for hand in hands:
        hand.start()
    assert dead.wait(60)
    for hand in hands:
        hand.over.set()
        hand.join()
    assert all(hand.said for hand in hands)


def _synchronous(primary: Server) -> None:
    _alter(primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    end = time.monotonic() + 30
    while _alter(primary, "SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
        assert time.monotonic() < end
        time.sleep(0.02)


def _alone(standby: Server) -> None:
    _alter(standby, "ALTER SYSTEM SET synchronous_standby_names = ''")


def _alter(server: Server, statement: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as client:
        told = client.execute(statement.encode())
        rows = told.fetchall() if told.description else []
        client.execute("SELECT pg_reload_conf()")
        return rows
