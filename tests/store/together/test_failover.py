"""From primary to standby by PostgreSQL's own replication: what was said to be posted is there on the other side."""

from __future__ import annotations

from codesets import CodeLibrary
from store.db import open_engine
from store.tables import Encounter
from tests.databases import PostgresDatabases
from tests.postgres import Server, running
from tests.store.conftest import make_template
from tests.store.world import DAY, World, on


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
                encounters = [world.encounter("PRMUT") for _ in range(3)]
                for encounter_id in encounters:
                    world.code(encounter_id)
                before = world.dump(everything=True)
                primary.kill()
                engine.dispose()
                standby.promote()
                _alone(standby)
                other = open_engine(standby.url(database))
                after = World(standby.url(database), other, library)
                assert after.dump(everything=True) == before
                assert after.faults() == []
                after.code(after.encounter("PRMUT"))
                assert {one.state for one in after.all(Encounter)} >= {"RELEASED"}
                assert after.faults() == []
                other.dispose()
        finally:
            standby.remove()


def _synchronous(primary: Server) -> None:
    _alter(primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")


def _alone(standby: Server) -> None:
    _alter(standby, "ALTER SYSTEM SET synchronous_standby_names = ''")


def _alter(server: Server, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as client:
        client.execute(statement.encode())
        client.execute("SELECT pg_reload_conf()")
