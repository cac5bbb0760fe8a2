"""The registry of keys: one meaning each, all of them reachable and told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tui.fake import SPECS
from tui.asks import Chosen
from tui.keys import COMMON, MOVES, NEVER, NOTE, REGISTRY, Action, Place, at, clashes, footer
from tui.queues import QueueScreenSpec, load_specs
from tui.screens.help import action_lines, grouped
from tui.screens.home import HomeScreen
from tui.screens.queue import QueueScreen
from tui.screens.record import RecordBody, RecordScreen
from tui.verbs import PRACTICE, SHARED
from tui.widgets.note_pane import NotePane
from tui.widgets.queue_list import QueueList


@pytest.mark.parametrize("spec", [*SPECS.values(), *load_specs().values()], ids=lambda spec: spec.queue)
def test_no_key_means_two_things_in_a_queue(spec: QueueScreenSpec) -> None:
    assert spec.problems() == []


@pytest.mark.parametrize("place", list(Place))
def test_no_key_means_two_things_in_a_place(place: Place) -> None:
    assert clashes(at(place, REGISTRY)) == []


GRAMMAR = {
    "j": "down", "k": "up", "g": "top", "G": "bottom", "enter": "open", "escape": "back", "space": "mark",
    "*": "mark_all", "/": "filter", "s": "sort", "v": "view", "n": "next", "t": "note", "d": "defer", "a": "assign",
    "e": "escalate", "o": "claim", "l": "ledger", "u": "undo", ".": "repeat", "y": "why", "x": "export", ":": "palette",
    "?": "help", "q": "quit", "#": "report", "=": "period",
}  # fmt: skip
"""The keys whose meaning never changes, and whose they are."""
SAME = {
    ("enter", "desk.take"): "Enter takes up what is under the cursor",
    ("enter", "book.open"): "opens what is under the cursor",
    ("o", "desk.book"): "all about the code, as it is all about the claim",
    ("o", "book.code"): "all about the code, as it is all about the claim",
    ("/", "desk.find"): "finds words in the note",
    ("/", "find"): "finds words where there are no rows to filter",
    ("v", "look"): "the views of a report: its rows or its picture",
    ("v", "select"): "a part of the text in view, where there are no views of rows",
}
"""Where a grammar key keeps its meaning under another name."""


def _screens() -> dict[str, list[Action]]:
    """Every action by where it works: each screen, each pane of it, each queue."""
    from tui.widgets.desk_codes import DeskCodes
    from tui.widgets.desk_findings import DeskFindings
    from tui.widgets.drawer import Drawer

    found: dict[str, list[Action]] = {str(place): list(at(place, (*REGISTRY, *PRACTICE, *SHARED))) for place in Place}
    found |= {one.__name__: list(one.ACTIONS) for one in (QueueList, RecordBody, Drawer, DeskCodes, DeskFindings)}
    found |= {f"queue {name}": [*SHARED, *spec.actions] for name, spec in load_specs().items()}
    return found


@pytest.mark.parametrize("where", _screens())
def test_a_key_of_the_grammar_means_the_same_on_every_screen(where: str) -> None:
    for action in _screens()[where]:
        for key in action.keys:
            assert GRAMMAR.get(key) in {None, action.id} or (key, action.id) in SAME, (where, key, action.id)


WHERE = {
    "next": {Place.HOME, Place.LIST, Place.RECORD, Place.DESK},
    "repeat": {Place.LIST, Place.RECORD, Place.DESK},
    "ledger": {Place.LIST, Place.RECORD, Place.DESK},
    "why": {Place.HOME, Place.LIST, Place.REPORT, Place.RECORD, Place.DESK, Place.CODES},
    "filter": {Place.HOME, Place.LIST, Place.REPORT},
    "sort": {Place.HOME, Place.LIST, Place.REPORT},
    "note": {Place.LIST, Place.RECORD, Place.DESK},
    "defer": {Place.LIST, Place.RECORD, Place.DESK},
    "assign": {Place.LIST, Place.RECORD, Place.DESK},
    "escalate": {Place.LIST, Place.RECORD, Place.DESK},
    "export": {Place.HOME, Place.LIST, Place.REPORT},
    "undo": set(Place) - {Place.NOTE, Place.SEARCH},
    "help": set(Place) - {Place.NOTE, Place.SEARCH},
    "copy": set(Place) - {Place.NOTE, Place.SEARCH},
}
"""Where a command means something: wherever there is an item, rows or a thing to tell of."""


@pytest.mark.parametrize("name", WHERE)
def test_a_command_of_the_grammar_is_there_wherever_it_means_something(name: str) -> None:
    action = next(one for one in (*COMMON, *SHARED) if one.id == name)
    assert action.places == WHERE[name]


def test_what_is_done_from_the_board_has_keys_of_its_own() -> None:
    """Who comes from the board to a queue or a desk finds no key of it with another meaning."""
    reports = next(one for one in PRACTICE if one.id == "report")
    taken = {key for spec in load_specs().values() for action in spec.actions for key in action.keys}
    assert not taken.intersection(reports.keys)


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
        "plain = {'store', 'store.clock', 'store.errors', 'store.money', 'store.plain_tables', 'store.text',"
        " 'store.work',"
        " 'store.work.progress', 'store.work.record', 'store.work.sorting', 'store.work.values'}\n"
        "print(bad, sorted(own - plain))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"


def test_opening_a_practice_loads_no_printer_no_reader_of_notes_no_edit_no_maker_of_claims_no_other_database() -> None:
    """Each costs a session ten megabytes and part of a second; they are loaded when they are first needed."""
    code = (
        "import sys, store.practice, store.calendar\n"
        "print([m for m in sys.modules if m.split('.')[0] in {'reportlab', 'PIL', 'alembic'}"
        " or m == 'sqlalchemy.dialects.postgresql' or m.startswith(('codesets.reading', 'codesets.edits'))"
        " or m in {'store.claims.build', 'store.claims.snapshot', 'store.claims.view', 'store.claims.scrub',"
        " 'store.coding.desk', 'store.remits.held', 'store.statements.compose'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("spec", load_specs().values(), ids=lambda spec: spec.queue)
def test_the_help_lists_a_capital_under_what_asks_first(spec: QueueScreenSpec) -> None:
    for title, actions in grouped(spec.actions):
        for action in actions:
            capital = len(action.key) == 1 and action.key.isupper() and action.build is not None
            assert not capital or title.endswith("asks first"), action.id
