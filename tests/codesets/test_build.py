"""The library is built whole and verified, or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codesets import Refused, build_library, library_path, open_library
from codesets.releases.sources import Sources, packaged_sources

BUILD = "import sys; from pathlib import Path; import codesets; r = codesets.build_library(path=Path(sys.argv[1]))"


def start_build(path: Path, then: str = "") -> subprocess.Popen[str]:
    program = f"{BUILD}\n{then}"
    return subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_shared_folder_comes_before_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUPERBILL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUPERBILL_CODES", str(tmp_path / "shared"))
    assert library_path() == tmp_path / "shared" / "codes.sqlite"
    monkeypatch.delenv("SUPERBILL_CODES")
    assert library_path() == tmp_path / "home" / "codes.sqlite"
    monkeypatch.delenv("SUPERBILL_HOME")
    assert library_path().name == "codes.sqlite"


def test_a_library_that_is_there_already_is_not_built_again(built_library_path: Path) -> None:
    before = built_library_path.stat()
    told: list[str] = []
    report = build_library(lambda *_: told.append("progress"), path=built_library_path)
    assert (report.built, report.billable, report.chapters) == (False, 74_879, 22)
    assert told == []
    assert built_library_path.stat().st_ino == before.st_ino


def test_of_two_people_who_build_together_one_builds_and_both_can_work(tmp_path: Path) -> None:
    path = tmp_path / "shared" / "codes.sqlite"
    path.parent.mkdir()
    path.with_name("codes.sqlite.building").write_bytes(b"left by a build that was killed")
    builds = [start_build(path, "print(r.built, r.billable)") for _ in range(2)]
    answers = sorted(build.communicate(timeout=180)[0].split()[0] for build in builds)
    assert answers == ["False", "True"]
    assert sorted(p.name for p in path.parent.iterdir()) == ["codes.sqlite", "codes.sqlite.lock"]
    with open_library(path) as library:
        assert library.lookup("I10") is not None


def test_a_build_that_is_killed_leaves_no_library_and_the_old_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "codes.sqlite"
    path.write_bytes(b"the old library")
    build = start_build(path)
    working = path.with_name("codes.sqlite.building")
    deadline = time.monotonic() + 120
    while not (working.exists() and working.stat().st_size > 1_000_000):
        assert build.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(build.pid, signal.SIGKILL)
    build.wait()
    assert working.exists()  # what is left disturbs no later build: see the test of two people
    assert path.read_bytes() == b"the old library"


def damaged(tmp_path: Path, change: str) -> Sources:
    sources = packaged_sources()
    text = sources.tabular.read_text(encoding="utf-8")
    if change == "cut":
        text = text[: len(text) // 2]
    elif change == "a code is gone":
        text = text.replace("<name>E11.22</name>", "<name>E11.23</name>")
    elif change == "a chapter is gone":
        start, end = text.index("<chapter>"), text.index("</chapter>") + len("</chapter>")
        text = text[:start] + text[end:]
    elif change == "not a tabular list":
        text = "<html><body>404</body></html>"
    changed = tmp_path / sources.tabular.name
    changed.write_text(text, encoding="utf-8")
    return Sources(changed, sources.code_list)


@pytest.mark.parametrize("change", ["cut", "a code is gone", "a chapter is gone", "not a tabular list"])
def test_a_damaged_tabular_list_is_refused_and_nothing_changes(tmp_path: Path, change: str) -> None:
    path = tmp_path / "library" / "codes.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"the old library")
    before = digest(path)
    with pytest.raises(Refused) as refused:
        build_library(path=path, sources=damaged(tmp_path, change))
    assert refused.value.where
    assert digest(path) == before
    assert not path.with_name("codes.sqlite.building").exists()


def test_a_folder_that_cant_be_written_is_refused(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(Refused, match="SUPERBILL_HOME"):
        build_library(path=blocked / "codes.sqlite")


def test_opening_and_searching_is_light_and_loads_no_database_toolkit(built_library_path: Path) -> None:
    program = """
import resource, sys
def rss():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
empty = rss()
from pathlib import Path
import codesets
library = codesets.open_library(Path(sys.argv[1]))
for text in ("fx dist radius lt", "t2dm w neuropathy", "diab mell neurop", "acute apendicitis", "e11", "pain"):
    for end in range(1, len(text) + 1):
        library.search(text[:end])
print(rss() - empty)
print([name for name in ("sqlmodel", "sqlalchemy", "simple_icd_10_cm", "pydantic") if name in sys.modules])
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(built_library_path)], capture_output=True, text=True, check=True
    )
    memory, loaded = run.stdout.splitlines()
    assert float(memory) <= 45
    assert loaded == "[]"
