"""A demo practice for the journeys, made once and copied for each."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from store.demo.make import Plan, make_demo
from tests.store.conftest import engine, library, still, template, world

__all__ = ["engine", "library", "still", "template", "world"]

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, built_library_path: Path) -> Path:
    """The invented practice as it is on the day of the journeys; parallel workers wait for the first to make it."""
    top = tmp_path_factory.getbasetemp()
    top = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top
    with (top / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = top / "demo"
        if not (folder / "made").exists():
            folder.mkdir(exist_ok=True)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("SUPERBILL_CODES", str(built_library_path.parent))
                make_demo(folder, Plan(70, 7, TODAY), lambda _done, _total, _what: None)
            (folder / "made").touch()
    return folder


@pytest.fixture
def day(demo_folder: Path, built_library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the practice; the clock stands still and the code sets are at hand."""
    monkeypatch.setenv("SUPERBILL_CODES", str(built_library_path.parent))
    monkeypatch.setenv("SUPERBILL_NOW", f"{TODAY.isoformat()}T10:00:00+00:00")
    monkeypatch.setenv("SUPERBILL_DB", f"sqlite:///{tmp_path / 'practice.db'}")
    monkeypatch.chdir(tmp_path)
    shutil.copy(demo_folder / "practice.db", tmp_path / "practice.db")
    return tmp_path
