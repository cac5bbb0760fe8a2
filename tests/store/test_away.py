"""A database that goes away under an open practice: said in a sentence, nothing lost, and on without a new start."""

from __future__ import annotations

import os

import pytest

from store.db import open_engine
from store.errors import Away
from store.people.pin import SetLock
from store.people.users import found_practice
from store.practice import Practice
from store.tables import Remark
from store.work.commands import AddRemark
from tests.postgres import SUPERUSER, Server, running
from tests.store.conftest import practice_row
from tests.store.world import World


def test_a_server_that_is_stopped_and_started_again_is_told_and_gone_on_with() -> None:
    with running() as server:
        engine = open_engine(server.url())
        found_practice(engine, practice_row(), SUPERUSER)
        opened = Practice.open(server.url())
        opened.keep_sitting("half a sentence")
        opened.do(SetLock(7))
        server.stop("immediate")
        for step in (lambda: opened.do(SetLock(8)), opened.sitting, opened.board, lambda: opened.keep_sitting("more")):
            with pytest.raises(Away, match="database is away"):
                step()
        server.start()
        assert (opened.lock_minutes(), opened.sitting()) == (7, "half a sentence")
        opened.do(SetLock(8))
        opened.keep_sitting("more")
        assert (opened.lock_minutes(), opened.sitting()) == (8, "more")
        opened.close()
        engine.dispose()


@pytest.mark.sqlite
def test_a_file_that_can_only_be_read_is_told_and_gone_on_with_when_it_can_be_written(world: World) -> None:
    if os.geteuid() == 0:  # root writes everything: the database itself says no instead
        world.owner.engine = open_engine(world.url)
        with world.owner.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
    else:
        world.owner.engine = open_engine(world.url)
        world.path.chmod(0o400)
    with pytest.raises(Away, match="can only be read now"):
        world.do(SetLock(9))
    assert world.owner.lock_minutes() == 10
    world.path.chmod(0o600)
    world.owner.engine.dispose()
    world.do(SetLock(9))
    assert world.owner.lock_minutes() == 9


def test_a_server_whose_disk_is_full_tells_so_keeps_nothing_and_goes_on_when_there_is_room(
    postgres_world: World, postgres_server: Server
) -> None:
    """The file of the remarks has no room: it is `/dev/full`, where nothing can be written."""
    world, remark = postgres_world, AddRemark(postgres_world.item("coding", postgres_world.encounter("PRMUT")).id, "x")
    path = postgres_server.data / world.sql("SELECT pg_relation_filepath('remark')")[0][0]
    before = world.dump(everything=True)
    world.engine.dispose()  # the server's processes have their files open
    kept = path.rename(path.with_name(f"{path.name}.kept"))
    path.symlink_to("/dev/full")
    try:
        with pytest.raises(Away, match="disk is full"):
            world.do(remark, key="once")
        assert world.dump(everything=True) == before
    finally:
        world.engine.dispose()
        path.unlink()
        kept.rename(path)
    world.do(remark, key="once")
    assert len(world.all(Remark)) == 1
    assert world.faults() == []
