"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.main import get_command

from store.intake.csv_rows import NEEDED, OPTIONAL
from tui import commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def verbs() -> list[str]:
    """Every verb of the command line, with its group."""
    app = typer.Typer()
    commands.register(app)
    found: list[str] = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found += [f"{name} {verb}" for verb in below] or [name]
    return found


def test_every_verb_is_in_the_readme() -> None:
    words = re.sub(r"\s+", " ", README)
    for verb in verbs():
        group, _, last = verb.partition(" ")
        assert group in words, verb
        assert last in words, verb


def test_every_column_of_the_csv_is_in_the_readme() -> None:
    told = README.split("### The CSV of encounters")[1].split("\n## ")[0]
    for column in (*NEEDED, *OPTIONAL):
        assert re.search(rf"\b{column}\b", told), column


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = re.findall(r"\]\((\.pictures/[^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture


def test_both_commands_at_the_top_are_one_line_each_and_make_their_own_environment() -> None:
    lines = [line.strip() for line in README.splitlines() if line.startswith("    python3 -m venv")]
    assert len(lines) == 2
    assert lines[0].endswith("superbill demo")
    assert "pytest" in lines[1]
