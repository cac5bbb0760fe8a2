"""The docs grow out of the program: what they say of keys and verbs is what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from store.reports.kpi import KPIS
from store.reports.told import defined, formula
from tui import reference
from tui.cli import app
from tui.commands import register
from tui.commands.reference import manual, verbs
from tui.queues import load_specs
from tui.settings import read_keymap
from tui.settings.keymap import every_action

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def command() -> Any:
    if not app.registered_commands:
        register(app)
    return typer.main.get_command(app)


def test_the_page_of_keys_tells_every_action_with_its_keys() -> None:
    specs = load_specs()
    page = reference.markdown(specs)
    for action in every_action(specs.values()):
        assert f"| {action.id} |" in page


def test_every_action_is_told_once() -> None:
    specs = load_specs()
    told = [one.id for section in reference.sections(specs) for one in section.entries]
    assert sorted(told) == sorted({one.id for one in every_action(specs.values())})


def test_every_action_that_changes_something_tells_its_undo() -> None:
    specs = load_specs()
    for action in every_action(specs.values()):
        if action.build is not None:
            assert reference.entry(action, specs).undo in {"yes", "no"}, action.id


def test_the_keymap_file_that_is_printed_is_one_that_is_read(tmp_path: Path) -> None:
    specs = load_specs()
    text = re.sub(r"(?m)^# (\")", r"\1", reference.toml(specs))
    text = "\n".join(line for line in text.splitlines() if "= []" not in line)
    (tmp_path / "keys.toml").write_text(text)
    keymap = read_keymap(tmp_path, specs)
    assert keymap == {one.id: one.keys for one in every_action(specs.values()) if one.keys}


def test_every_verb_has_help_and_stands_in_the_manual(command: Any) -> None:
    page = manual(command)
    for path, one in verbs(command):
        assert one.help, path
        assert f".B {path}".replace("-", "\\-") in page
    for section in reference.sections(load_specs()):
        assert section.title.upper() in page


def test_every_verb_stands_in_the_readme(command: Any) -> None:
    """By its group, or its own name; `--help` tells the rest."""
    missing = [path for path, _ in verbs(command) if not re.search(rf"\b{path.split()[1]}\b", README)]
    assert not missing


def test_verbs_that_the_readme_names_exist(command: Any) -> None:
    known = {" ".join(path.split()[1:2]) for path, _ in verbs(command)}
    named = set(re.findall(r"(?m)^    superbill ([a-z]+)", README))
    assert named <= known


def test_the_list_of_key_figures_is_what_the_program_measures_in_the_manual_the_page_and_the_readme(
    command: Any,
) -> None:
    page, words = manual(command), CliRunner().invoke(app, ["figures", "--markdown"]).stdout
    for one in KPIS.values():
        assert one.title in words
        assert f"`{one.key}`" in words
        assert formula(one) in words
        assert f"Source: {one.source}." in words
        assert f".B {one.key}".replace("-", "\\-") in page
        assert defined(one).replace("-", "\\-") in page
    assert set(re.findall(r"`([a-z0-9-]+)`\): ", words)) == set(KPIS)
    assert f"the {len(KPIS)} key figures" in " ".join(README.split())
