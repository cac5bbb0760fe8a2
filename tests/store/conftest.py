"""One migrated practice, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from codesets import CodeLibrary, open_library
from store.db import open_engine, writer
from store.demo.practice import PRACTICE, fees, payer_limits, payers, providers
from store.people.roles import Role
from store.people.users import found_practice
from store.tables import Fee, Payer, Practice, Provider, User
from tests.databases import Databases
from tests.store.world import DAY, World, on

PEOPLE = {"coder": Role.CODER, "coder2": Role.CODER, "biller": Role.BILLER, "biller2": Role.BILLER,
          "collector": Role.COLLECTOR, "supervisor": Role.SUPERVISOR, "admin": Role.ADMIN}  # fmt: skip


@pytest.fixture(scope="session")
def library(built_library_path: Path) -> Iterator[CodeLibrary]:
    with open_library(built_library_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """The database that every test starts from: prices, payers, clinicians and one person of each role; its URL."""
    url = databases.new("template")
    engine = open_engine(url)
    with on(DAY):
        found_practice(engine, practice_row(), "owner")
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
    engine.dispose()
    return url


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


@pytest.fixture
def world(template: str, engine: Engine, databases: Databases, library: CodeLibrary, still: None) -> Iterator[World]:  # noqa: ARG001
    url = engine.url.render_as_string(hide_password=False)
    databases.put(template, url)
    yield World(url, engine, library)
    engine.dispose()
