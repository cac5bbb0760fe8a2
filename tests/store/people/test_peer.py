"""Peer authentication, as the README sets it up: who one is on the machine is who one is in the database."""

from __future__ import annotations

import multiprocessing
import os
import pwd
from collections.abc import Iterator

import psycopg
import pytest
from sqlmodel import Session

from store.db import open_engine, writer
from store.people.roles import Role
from tests.databases import PostgresDatabases
from tests.postgres import NOBODY, Server
from tests.store.conftest import give_logins, make_template

CODER, BILLER, STRANGER = (pwd.getpwuid(uid).pw_name for uid in (1, 2, 3))
"""Accounts that every machine has, for people of their own."""
ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several people of a machine")


@pytest.fixture(scope="module")
def practice() -> Iterator[tuple[Server, str]]:
    """A server that lets people in over its socket by who they are, and the name of its practice."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    server = Server(hba=("local all owner peer map=set_up", "local all all peer"))
    try:
        server.make()
        server.write("pg_ident.conf", "".join(f"set_up {name} owner\n" for name in {me, pwd.getpwuid(NOBODY).pw_name}))
        server.start()
        url = make_template(PostgresDatabases(server))
        engine = open_engine(url)
        with Session(writer(engine)) as session:
            give_logins(session, {CODER: Role.CODER, BILLER: Role.BILLER})
        yield server, str(engine.url.database)
        engine.dispose()
    finally:
        server.remove()


def _ask(uid: int, where: str, answers: multiprocessing.SimpleQueue[str]) -> None:
    os.setgid(uid)
    os.setuid(uid)
    try:
        with psycopg.connect(where) as client:
            who = client.execute("SELECT session_user || ' ' || superbill_role()").fetchone()
            try:
                client.execute("SELECT phone FROM patient_contact")
            except psycopg.errors.InsufficientPrivilege:
                answers.put(f"{who[0] if who else ''}, no contact")
            else:
                answers.put(f"{who[0] if who else ''}, contact")
    except psycopg.OperationalError as refused:
        answers.put("peer refused" if "Peer authentication failed" in str(refused) else f"refused: {refused}")


def asked(practice: tuple[Server, str], person: str, name: str) -> str:
    """What somebody is told who asks to be let in under a name, with any client."""
    server, database = practice
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    where = f"dbname={database} user={name} host={server.folder} port={server.port}"
    process = fork.Process(target=_ask, args=(pwd.getpwnam(person).pw_uid, where, answers))
    process.start()
    process.join()
    return str(answers.get())


@ONLY_ROOT
def test_a_person_is_let_in_under_the_own_name_and_no_other(practice: tuple[Server, str]) -> None:
    assert asked(practice, CODER, CODER) == f"{CODER} coder, no contact"
    assert asked(practice, BILLER, BILLER) == f"{BILLER} biller, contact"
    for person, name in ((CODER, BILLER), (CODER, "owner"), (BILLER, "supervisor"), (STRANGER, CODER)):
        assert asked(practice, person, name) == "peer refused", (person, name)


@ONLY_ROOT
def test_an_account_that_is_no_user_of_the_practice_is_refused(practice: tuple[Server, str]) -> None:
    assert "does not exist" in asked(practice, STRANGER, STRANGER)


def test_the_socket_lets_nobody_in_who_only_says_a_name(practice: tuple[Server, str]) -> None:
    """Whoever runs the tests: the operating system's user is no user of this practice."""
    server, database = practice
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(f"dbname={database} user={CODER} host={server.folder} port={server.port}").close()
