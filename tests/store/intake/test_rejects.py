from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from store.errors import Refused
from store.intake.rejects import REJECT_COLUMNS, rejects_path, write_rejects
from store.intake.values import Reject


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


def test_rejects_are_written_with_file_line_field_reason_and_original(tmp_path: Path) -> None:
    path = rejects_path(tmp_path / "rows.csv")
    assert path.name == "rows.csv.rejects.csv"
    assert write_rejects(path, [Reject("rows.csv", 3, "birth", "is missing", 'E-1,"Quill"\nx')]) == 1
    assert rows_of(path) == [list(REJECT_COLUMNS), ["rows.csv", "3", "birth", "is missing", 'E-1,"Quill"\nx']]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n+"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    payload = f"{start}cmd|' /C calc'!A0"
    write_rejects(tmp_path / "r.csv", [Reject(payload, 1, payload, payload, payload)])
    cells = rows_of(tmp_path / "r.csv")[1]
    assert all(cell[0] == "'" for number, cell in enumerate(cells) if number != 1)


def test_terminal_escapes_do_not_reach_the_file(tmp_path: Path) -> None:
    write_rejects(tmp_path / "r.csv", [Reject("f", 1, "x", "y", "\x1b[2J\u202e")])
    assert "\x1b" not in (tmp_path / "r.csv").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "r.csv").write_text("older")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="no space left"):
        write_rejects(tmp_path / "r.csv", [])
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]
    assert (tmp_path / "r.csv").read_text() == "older"


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be written"):
        write_rejects(tmp_path / "nowhere" / "r.csv", [])
