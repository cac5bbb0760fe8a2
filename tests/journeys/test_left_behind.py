"""The program on a terminal of its own, ended from outside: what stays on the screen, in its title, in the list of
processes and on disk tells of nobody."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.command import superbill
from tests.journeys.test_nothing_leaks import SECRETS
from tests.journeys.words import encounter_csv
from tests.tui.terminal.pty_line import on_a_line

COMMAND = (sys.executable, "-c", "from tui.cli import main; main()")
LEAVES = b"\x1b[?1049l"


@pytest.mark.sqlite
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_ended_leaves_nothing_of_a_patient_behind(
    day: Path, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = encounter_csv(day / "visits.csv")
    assert superbill("import", "encounters", str(brought)).status == 0
    elsewhere = day / "elsewhere"
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        (elsewhere / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(elsewhere / name))
    with on_a_line(COMMAND, (120, 40), {"TEXTUAL_LOG": str(elsewhere / "log"), "TEXTUAL_SCREENSHOT": "1"}) as line:
        line.until("Denials:")  # the board is read, and its first queue chosen
        line.press("\r")
        line.until("Quillfeather")
        process = Path(f"/proc/{line.process}")
        assert "Max core file size        0                    0" in (process / "limits").read_text()
        assert [one for one in SECRETS if one.encode() in (process / "cmdline").read_bytes()] == []
        assert _written_to(process) <= {"practice.db", "practice.db-wal", "practice.db-shm"}
        assert _told_elsewhere(process) == []
        os.kill(line.process, how)
        end = time.monotonic() + 20
        while LEAVES not in line.raw and time.monotonic() < end:
            line.settle()
        line.settle()
        _, _, after = bytes(line.raw).rpartition(LEAVES)
        assert LEAVES in line.raw
        assert [one for one in SECRETS if one.encode() in after] == []
        assert [one for one in SECRETS if one in line.screen.title] == []
    for path in day.rglob("*"):
        if path.is_file() and path != brought and not path.name.startswith("practice.db"):
            assert [one for one in SECRETS if one.encode() in path.read_bytes()] == [], path


def _written_to(process: Path) -> set[str]:
    """The files that a process has open to write, devices left out."""
    found = set()
    for handle in (process / "fd").iterdir():
        target = os.readlink(handle)
        flags = int((process / "fdinfo" / handle.name).read_text().split("flags:")[1].split()[0], 8)
        if target.startswith("/") and not target.startswith("/dev/pts/") and flags & os.O_ACCMODE != os.O_RDONLY:
            found.add(Path(target).name)
    return found


def _told_elsewhere(process: Path) -> list[str]:
    """Sockets of a process that lead to a service of the machine, as the system's log and its journal are."""
    mine = {os.readlink(handle).removeprefix("socket:[").removesuffix("]") for handle in (process / "fd").iterdir()}
    lines = [line.split() for line in (process / "net" / "unix").read_text().splitlines()[1:]]
    return [parts[7] for parts in lines if len(parts) > 7 and parts[6] in mine]
