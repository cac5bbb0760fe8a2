"""What is known of a patient is in the database and in the files that were asked for, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.command import superbill
from tests.journeys.words import encounter_csv, proved

SECRETS = ("Quillfeather", "1991-04-02", "12 Larch Lane", "3165550177", "QF778812", "Nebuliser")
BROKEN = (
    "import sys; from tui import cli; from store.practice import Practice\n"
    "def fail(*_a, **_k): name = 'Quillfeather'; raise ValueError(f'{name} 1991-04-02')\n"
    "Practice.page = fail; sys.argv = ['superbill', 'denials', 'list']; cli.main()"
)


def test_canaries_are_in_the_database_and_in_named_files_only(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = day / "elsewhere"
    brought = encounter_csv(day / "visits.csv")
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        (elsewhere / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(elsewhere / name))
    monkeypatch.setenv("TEXTUAL_LOG", str(elsewhere / "screen.log"))
    monkeypatch.setenv("TEXTUAL_SCREENSHOT", "1")
    said = superbill("import", "encounters", str(brought))
    assert said.status == 0, said.err
    again = superbill("import", "encounters", str(brought))
    wrong = superbill("import", "remits", str(brought))
    crash = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, check=False)
    assert crash.returncode == 1
    assert "superbill stopped: ValueError" in crash.stderr
    words = said.out + said.err + again.out + again.err + wrong.err + wrong.out + crash.stdout + crash.stderr
    assert [secret for secret in SECRETS if secret in words] == []
    asked_for = {brought, *day.glob("practice.db*")}
    for path in day.rglob("*"):
        if path.is_file() and path not in asked_for:
            content = path.read_bytes()
            assert [secret for secret in SECRETS if secret.encode() in content] == [], path
            assert path.stat().st_mode & 0o077 == 0 or path.stat().st_uid != os.getuid(), path
    assert not (elsewhere / "screen.log").exists()
    proved(os.environ["SUPERBILL_DB"])
