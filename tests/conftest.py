"""What all tests share: the code-set library, built once for this machine, and where databases come from."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import ON_POSTGRESQL, Databases, PostgresDatabases, SqliteDatabases
from tests.postgres import Server, running
from tests.scratch import memory

if folder := memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)  # where pytest makes the folders of tests

# The collector looks seldom, and never at what is there before the first test: a tenth of the processor time of the
# screens' tests was spent on looking at every library and every collected test again and again.
gc.set_threshold(10_000, 20, 50)

# On a busy machine making examples takes long, and says nothing about what is tested.
settings.register_profile("busy", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """The program's start takes switches out of the environment and narrows file modes: not for the tests after it."""
    before = dict(os.environ)
    os.umask(mask := os.umask(0o022))
    yield
    os.umask(mask)
    for name, value in before.items():
        os.environ.setdefault(name, value)


@pytest.fixture(scope="session")
def built_library_path() -> Path:
    """A complete library.  Its folder is named by the sources' hash, so later runs build nothing; the
    build's own lock makes parallel workers wait for the first of them."""
    from codesets.library.build import build_library, fingerprint_of
    from codesets.releases.sources import packaged_sources

    sources = packaged_sources()
    top = Path(tempfile.gettempdir()) / f"superbill-tests-{os.getuid()}"
    top.mkdir(mode=0o700, exist_ok=True)
    if top.stat().st_uid != os.getuid():
        raise RuntimeError(f"{top} belongs to somebody else")
    path = top / fingerprint_of(sources)[:16] / "codes.sqlite"
    build_library(path=path, sources=sources)
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server for the whole run, started when a test first asks for it."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where databases come from; of which kind is decided by `SUPERBILL_TEST_DB`."""
    if not ON_POSTGRESQL:
        yield SqliteDatabases(tmp_path_factory.mktemp("databases"))
        return
    found = PostgresDatabases(request.getfixturevalue("postgres_server"))
    yield found
    found.close()


def pytest_collection_finish() -> None:
    """What was made to here stays to the end."""
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for a database is another test than on SQLite.

    What asks for none, or for one of a kind of its own, is left out, and of the SQLite file itself there is nothing to
    look at.
    """
    if ON_POSTGRESQL:
        config.hook.pytest_deselected(items=[item for item in items if not _asks_for_a_database(item)])
        items[:] = filter(_asks_for_a_database, items)
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="about the SQLite file itself"))


def _asks_for_a_database(item: pytest.Item) -> bool:
    return "databases" in getattr(item, "fixturenames", ())
