"""The README says what is so."""

from __future__ import annotations

import ast
import re
import sys
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


BROUGHT = {
    "textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "rapidfuzz", "sqlcipher3", "alembic", "typer",
    "platformdirs", "reportlab", "psycopg", "textual_serve", "aiohttp", "tui", "store", "codesets",
}  # fmt: skip
"""What an installation brings, with the extras for PostgreSQL and a browser."""


def imported(path: Path) -> set[str]:
    """The packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_program_imports_nothing_that_an_installation_does_not_bring() -> None:
    files = [path for room in ("tui", "store", "codesets") for path in (ROOT / room).rglob("*.py")]
    found = {(name, path.name) for path in files for name in imported(path)}
    assert {one for one in found if one[0] not in BROUGHT | sys.stdlib_module_names} == set()
