"""Nothing of a patient is left lying about: no core, no log of keys, no picture of a screen, no open file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import os, resource
from tui import hygiene
hygiene.begin()
import textual.constants as known
open('made', 'w').close()
print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.stat('made').st_mode & 0o777), repr(known.LOG_FILE),
      [name for name in os.environ if name.startswith('TEXTUAL')])
"""


def test_the_program_begins_by_closing_what_leaks(tmp_path: Path) -> None:
    environment = {**os.environ, "TEXTUAL_LOG": "keys.log", "TEXTUAL_SCREENSHOT": "1", "TEXTUAL_DRIVER": "os:system"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(0, 0) 0o600 None []"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made"]


def test_a_page_of_the_browser_keeps_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os; from tui import hygiene; hygiene.begin(); print(os.environ.get('TEXTUAL_DRIVER'))"
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for given, kept in (("textual.drivers.web_driver:WebDriver", True), ("os:system", False)):
        monkeypatch.setenv("TEXTUAL_DRIVER", given)
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        assert said == (given if kept else "None")


def test_a_closed_stream_leads_nowhere_and_no_file_takes_its_place(tmp_path: Path) -> None:
    code = (
        "from tui import hygiene; hygiene.begin(); import os, sys; file = open('made', 'w');"
        "print(file.fileno() > 2, sys.stdin.isatty(), sys.stdin.read() == '', file=file)"
    )
    command = f'exec "{sys.executable}" -c "{code}" <&- >&- 2>&-'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "made").read_text() == "True False True\n"


def test_a_name_that_the_terminal_can_not_show_stops_nothing() -> None:
    code = "from tui import hygiene; hygiene.begin(); print('Peña')"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout == b"Pe?a\n"


def test_the_command_line_begins_so() -> None:
    source = (Path(__file__).parents[2] / "tui" / "cli.py").read_text()
    assert source.index("hygiene.begin()") < source.index("commands.register(app)")
