"""One migrated practice, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from codesets import CodeLibrary, open_library
from store.db import on_postgresql, open_engine, writer
from store.demo.practice import PRACTICE, fees, payer_limits, payers, providers
from store.people import grants
from store.people.roles import Role
from store.people.users import found_practice
from store.tables import Fee, Payer, Practice, Provider, User
from tests.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.postgres import Server
from tests.store.moments import Moments, PostgresShelf, SqliteShelf
from tests.store.world import DAY, LoginWorld, World, leave, on

PEOPLE = {"coder": Role.CODER, "coder2": Role.CODER, "reviewer": Role.REVIEWER, "poster": Role.POSTER,
          "biller": Role.BILLER, "biller2": Role.BILLER,
          "collector": Role.COLLECTOR, "supervisor": Role.SUPERVISOR, "admin": Role.ADMIN}  # fmt: skip


@pytest.fixture(scope="session")
def library(built_library_path: Path) -> Iterator[CodeLibrary]:
    with open_library(built_library_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """The database that every test starts from: prices, payers, clinicians and one person of each role; its URL."""
    return make_template(databases)


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: Server) -> Iterator[PostgresDatabases]:
    """PostgreSQL databases, whatever the other tests run on."""
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_databases: PostgresDatabases) -> str:
    """The same template, on PostgreSQL."""
    return make_template(postgres_databases)


@pytest.fixture
def postgres_world(
    postgres_template: str,
    postgres_databases: PostgresDatabases,
    library: CodeLibrary,
    still: None,  # noqa: ARG001
) -> Iterator[World]:
    """A practice on PostgreSQL, where each person can work through a login of their own."""
    url = postgres_databases.copied(postgres_template)
    engine = open_engine(url)
    with LoginWorld.opened(url, engine, library) as world:
        yield world
    engine.dispose()


def make_template(databases: Databases) -> str:
    url = databases.new("template")
    engine = open_engine(url)
    with on(DAY):
        row = practice_row()
        row.one_circle = True  # several people on one SQLite file
        found_practice(engine, row, "owner")
    with Session(writer(engine)) as session:
        for number, (name, role) in enumerate(PEOPLE.items(), 60_001):
            session.add(User(name=name, uid=number, role=role))
        for clinician in providers():
            session.add(Provider(npi=clinician.npi, last=clinician.last, first=clinician.first))
        for payer in payers():
            session.add(
                Payer(payer_id=payer.payer_id, name=payer.name, filing=payer.filing, limits=payer_limits(payer))
            )
        for fee in fees():
            session.add(
                Fee(code=fee.code, system=fee.system, title=fee.title, cents=fee.cents, valid_from=fee.valid_from)
            )
        session.commit()
        if on_postgresql(session):
            give_logins(session, PEOPLE)
    engine.dispose()
    return url


def give_logins(session: Session, people: Mapping[str, Role]) -> None:
    """A login of the database for each person."""
    prefix = grants.prefix_of(session.connection())
    for name, role in people.items():
        query = text("SELECT superbill_set_user(:name, NULL, :role, true, :prefix)")
        session.connection().execute(query, {"name": name, "role": str(role), "prefix": prefix})
    session.commit()


def practice_row() -> Practice:
    return Practice(
        name=PRACTICE.name,
        npi=PRACTICE.npi,
        tax_id=PRACTICE.tax_id,
        taxonomy=PRACTICE.taxonomy,
        line1=PRACTICE.line1,
        city=PRACTICE.city,
        state=PRACTICE.state,
        zip=PRACTICE.zip,
        phone=PRACTICE.phone,
        submitter_id="LARKFIELD",
        receiver_id="PRAIRIECH",
        receiver_name="PRAIRIE CLEARINGHOUSE",
    )


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands still on DAY."""
    with on(DAY):
        yield


@pytest.fixture(scope="session")
def engine(databases: Databases) -> Engine:
    """One engine for all tests, so that each statement is compiled once; its database is another one for each test."""
    return open_engine(databases.new("world"))


@cache
def moments_of(databases: SqliteDatabases | PostgresDatabases, engine: Engine) -> Moments:
    """Where first steps that were made before are put back."""
    if isinstance(databases, SqliteDatabases):
        return Moments(SqliteShelf(databases, engine))
    return Moments(PostgresShelf(databases, engine))


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    template: str,
    engine: Engine,
    databases: SqliteDatabases | PostgresDatabases,
    library: CodeLibrary,
    still: None,  # noqa: ARG001
) -> Iterator[World]:
    moments = moments_of(databases, engine)
    moments.begin(template)
    url = engine.url.render_as_string(hide_password=False)
    # a test that changes the program while it runs makes its own first steps
    yield World(url, engine, library, None if "monkeypatch" in request.fixturenames else moments)
    leave(engine)
