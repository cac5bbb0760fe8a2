"""The reference of every key, made from the actions themselves: what help, docs and `superbill keys` tell.

What right an action needs, and whether `u` takes it back, is not written down a second time: it is read from the
store's commands that the action's own code imports.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any

from tui.keys import BOOK, COMMON, MOVES, NOTE, REPORT, SEARCH, Action, Place
from tui.queues import QueueScreenSpec
from tui.verbs import PRACTICE, SHARED


@dataclass(frozen=True, slots=True)
class Entry:
    """One action as it is told: `right` is a permission or empty; `undo` is yes, no, or empty if it changes nothing."""

    id: str
    keys: str
    label: str
    help: str
    right: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The actions of one place."""

    title: str
    entries: tuple[Entry, ...]


def sections(specs: Mapping[str, QueueScreenSpec]) -> tuple[Section, ...]:
    """Every action, each once, by where it belongs."""
    parts: list[tuple[str, Iterable[Action]]] = [
        ("Moving, in every list and text", MOVES),
        ("On every screen", [one for one in COMMON if Place.HOME in one.places]),
        ("In every list and record", [one for one in COMMON if Place.HOME not in one.places]),
        ("On the board", PRACTICE),
        ("Work on items, in every queue", SHARED),
        ("In a text", NOTE),
        ("In a report", REPORT),
        ("In the code book", BOOK),
        ("In the search of codes", SEARCH),
    ]
    parts += [(f"In the queue {name}", spec.actions) for name, spec in specs.items() if spec.actions]
    seen: set[str] = set()
    made = []
    for title, actions in parts:
        fresh = [one for one in actions if one.id not in seen]
        seen |= {one.id for one in fresh}
        made.append(Section(title, tuple(entry(one, specs) for one in fresh)))
    return tuple(made)


def entry(action: Action, specs: Mapping[str, QueueScreenSpec]) -> Entry:
    """One action with what its commands say of it."""
    commands = list(commands_of(action, specs))
    rights = sorted({str(one.permission) for one in commands if getattr(one, "permission", None)})
    undo = "" if not commands else "yes" if all(getattr(one, "undoable", False) for one in commands) else "no"
    return Entry(action.id, action.shown, action.label, action.help, ", ".join(rights), undo)


def commands_of(action: Action, specs: Mapping[str, QueueScreenSpec]) -> Iterator[Any]:
    """The store's commands and jobs that an action's code imports."""
    from store.work.command import Command, Job

    for module, name in imported(action, specs):
        if module.startswith("store."):
            found = getattr(import_module(module), name, None)
            if isinstance(found, type) and issubclass(found, Command | Job):
                yield found


def imported(action: Action, specs: Mapping[str, QueueScreenSpec]) -> Iterator[tuple[str, str]]:
    """(module, name) of all that an action's own code imports."""
    return _imports(_function(action, specs))


def _function(action: Action, specs: Mapping[str, QueueScreenSpec]) -> Any:
    if action.build is not None:
        return action.build
    for spec in specs.values():
        if action in spec.actions and spec.screen:
            module, _, name = spec.screen.partition(":")
            return getattr(getattr(import_module(module), name), action.method, None)
    return None


def _imports(function: Any, *, deep: int = 2) -> Iterator[tuple[str, str]]:
    """(module, name) of every `from module import name` in a function, and in those of its module that it calls."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return
    yield from _imports_of(code)
    for name in code.co_names:
        called = function.__globals__.get(name)
        if deep and isinstance(called, FunctionType) and called.__module__ == function.__module__:
            yield from _imports(called, deep=deep - 1)


def _imports_of(code: CodeType) -> Iterator[tuple[str, str]]:
    module = ""
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            module = str(step.argval)
        elif step.opname == "IMPORT_FROM":
            yield module, str(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _imports_of(inner)


def markdown(specs: Mapping[str, QueueScreenSpec]) -> str:
    """The reference as a page."""
    lines = [
        "# Every key and command",
        "",
        "Made from the program by `superbill keys --markdown`. What has no key is typed after `:`. A key may be",
        "changed in `keys.toml` by the id; `superbill keys --toml` prints that file with everything as it is shipped.",
    ]
    for section in sections(specs):
        lines += ["", f"## {section.title}", "", "| key | does | id | right | undo |", "|---|---|---|---|---|"]
        for one in section.entries:
            keys = one.keys.replace("|", "\\|")
            lines.append(f"| `{keys}` | **{one.label}**: {one.help} | {one.id} | {one.right} | {one.undo} |")
    return "\n".join(lines) + "\n"


def toml(specs: Mapping[str, QueueScreenSpec]) -> str:
    """A keymap file with everything as it is shipped, commented out."""
    lines = [
        "# Take the # away from a line and change its keys; what stays commented keeps the shipped keys.",
        "[keys]",
    ]
    for section in sections(specs):
        lines += ["", f"# {section.title}"]
        for one in section.entries:
            action = _named(one.id, specs)
            given = ", ".join(f'"{key}"' for key in action.keys)
            lines.append(f'# "{one.id}" = [{given}]  # {one.label}')
    return "\n".join(lines) + "\n"


def _named(action_id: str, specs: Mapping[str, QueueScreenSpec]) -> Action:
    from tui.settings.keymap import every_action

    return next(one for one in every_action(specs.values()) if one.id == action_id)
