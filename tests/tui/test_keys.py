"""The registry of keys: one meaning each, all of them reachable and told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tui.fake import SPECS
from tui.asks import Chosen
from tui.keys import COMMON, MOVES, NEVER, NOTE, REGISTRY, Action, Place, at, clashes, footer
from tui.queues import QueueScreenSpec, load_specs
from tui.screens.help import action_lines
from tui.screens.home import HomeScreen
from tui.screens.queue import QueueScreen
from tui.screens.record import RecordBody, RecordScreen
from tui.verbs import SHARED
from tui.widgets.note_pane import NotePane
from tui.widgets.queue_list import QueueList


@pytest.mark.parametrize("spec", [*SPECS.values(), *load_specs().values()], ids=lambda spec: spec.queue)
def test_no_key_means_two_things_in_a_queue(spec: QueueScreenSpec) -> None:
    assert spec.problems() == []


@pytest.mark.parametrize("place", list(Place))
def test_no_key_means_two_things_in_a_place(place: Place) -> None:
    assert clashes(at(place, REGISTRY)) == []


def test_a_clash_is_found() -> None:
    twice = Action(id="x.y", key="j", label="x", help="x")
    assert QueueScreenSpec("x", (twice,)).problems()


@pytest.mark.parametrize("action", [*REGISTRY, *SHARED], ids=lambda action: action.id)
def test_every_action_is_told_and_its_keys_are_free(action: Action) -> None:
    assert action.help.endswith(".")
    assert action.label == action.label.strip() != ""
    assert not NEVER.intersection(action.keys)
    assert action.label in "".join(text for line in action_lines(action, 78) for text, _ in line)


def test_every_action_without_a_command_has_a_method_where_it_works() -> None:
    homes: list[tuple[Place, tuple[type, ...]]] = [
        (Place.HOME, (HomeScreen, QueueList)),
        (Place.LIST, (QueueScreen, QueueList)),
        (Place.RECORD, (RecordScreen, RecordBody)),
        (Place.NOTE, (NotePane,)),
    ]
    for place, classes in homes:
        for action in at(place, MOVES + COMMON + NOTE):
            assert any(hasattr(one, action.method) for one in classes), (place, action.id)


def test_a_capital_has_to_state_its_effect() -> None:
    def build(_chosen: Chosen) -> list[object]:
        return []

    with pytest.raises(ValueError, match="state its effect"):
        Action(id="x", key="S", label="send", help="Send.", build=build)


def test_keys_of_terminals_are_refused() -> None:
    with pytest.raises(ValueError, match="must stay free"):
        Action(id="x", key="ctrl+c", label="x", help="x")


def test_the_footer_names_six_at_most() -> None:
    assert len(footer((*REGISTRY, *SHARED))) == 6


def test_nothing_is_bound_beside_the_registry() -> None:
    for screen in (HomeScreen, QueueScreen, RecordScreen, QueueList, NotePane):
        merged = screen._merged_bindings
        keys = {binding.key for bindings in (merged.key_to_bindings.values() if merged else ()) for binding in bindings}
        assert all(isinstance(key, str) for key in keys)
        assert not keys, (screen, keys)


def test_the_program_starts_without_a_database() -> None:
    code = (
        "import sys, tui.app\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in"
        " {'sqlmodel', 'sqlalchemy', 'sqlite3', 'sqlcipher3', 'alembic', 'typer', 'rapidfuzz', 'pydantic'}]\n"
        "own = {m for m in sys.modules if m.split('.')[0] == 'store'}\n"
        "plain = {'store', 'store.clock', 'store.errors', 'store.money', 'store.text', 'store.work',"
        " 'store.work.progress', 'store.work.record', 'store.work.sorting', 'store.work.values'}\n"
        "print(bad, sorted(own - plain))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"


def test_opening_a_practice_loads_no_page_printer_and_no_reader_of_notes() -> None:
    """Each costs a session ten megabytes and part of a second; they are loaded when they are first needed."""
    code = (
        "import sys, store.practice\n"
        "print([m for m in sys.modules if m.split('.')[0] in {'reportlab', 'PIL', 'alembic'}"
        " or m.startswith('codesets.reading')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
