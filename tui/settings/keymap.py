"""`keys.toml`: other keys for actions, by the action's id.

    [keys]
    down = ["j", "down", "ctrl+n"]
    "denials.write_off" = "W"

What is named there has exactly these keys, all else keeps its own.  A key is a character or one of the names that
`superbill keys` prints.  Refused are ids that don't exist, keys that terminals keep for themselves, and two actions
on one key in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from store.errors import Refused
from tui.keys import COMMON, MOVES, NEVER, REGISTRY, SEARCH, Action, Place, at, clashes, remap
from tui.queues import QueueScreenSpec
from tui.settings.values import read_toml
from tui.verbs import PRACTICE, SHARED

Keymap = dict[str, tuple[str, ...]]

_TYPED_BESIDE = frozenset(action.id for action in SEARCH)
"""What has to have keys that write nothing."""


def every_action(specs: Iterable[QueueScreenSpec]) -> tuple[Action, ...]:
    """Every action of the program, each once."""
    own = (action for spec in specs for action in spec.actions)
    every = (*REGISTRY, *PRACTICE, *SHARED, *own)
    return tuple({action.id: action for action in every}.values())


def read_keymap(folder: Path, specs: Mapping[str, QueueScreenSpec]) -> Keymap:
    """The keys of the file; `Refused` names the file, the action and what is wrong with its key."""
    path = folder / "keys.toml"
    found = read_toml(path)
    if not found:
        return {}
    keys = found.get("keys")
    if not isinstance(keys, dict) or len(found) > 1:
        raise Refused("There has to be one table, [keys].", where=str(path))
    known = {action.id for action in every_action(specs.values())}
    keymap: Keymap = {}
    for name, given in _flat(keys).items():
        if name not in known:
            raise Refused(f"There is no action '{name}'.", where=str(path), do="superbill keys names them all.")
        keymap[name] = _keys(given, f"{path}, {name}")
        if name in _TYPED_BESIDE and any(len(key) == 1 for key in keymap[name]):
            raise Refused("Letters are typed there.", where=f"{path}, {name}", do="Choose a key like ctrl+t.")
    _require_no_clash(keymap, specs, path)
    return keymap


def _flat(keys: Mapping[str, object], before: str = "") -> dict[str, object]:
    """`denials.write_off = "W"` without quotes is a table in a table for TOML, and means the same here."""
    flat: dict[str, object] = {}
    for name, given in keys.items():
        flat |= _flat(given, f"{before}{name}.") if isinstance(given, dict) else {before + name: given}
    return flat


def _keys(given: object, where: str) -> tuple[str, ...]:
    keys = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if not keys or not all(isinstance(key, str) and key for key in keys):
        raise Refused("Keys are a text or a list of texts.", where=where)
    for key in keys:
        if key in NEVER:
            raise Refused(f"{key} belongs to the terminal.", where=where, do="Choose another key.")
        if key.isdecimal():
            raise Refused("A digit is a count.", where=where, do="Choose another key.")
    return tuple(str(key) for key in keys)


def _require_no_clash(keymap: Keymap, specs: Mapping[str, QueueScreenSpec], path: Path) -> None:
    remap(keymap)
    try:
        for spec in specs.values():
            every = (*MOVES, *COMMON, *SHARED, *spec.actions)
            for place in (Place.LIST, Place.RECORD, Place.DESK):
                if found := clashes(at(place, every)):
                    raise Refused(f"Two actions have one key: {found[0]}.", where=str(path))
        for place in (Place.HOME, Place.NOTE, Place.REPORT, Place.CODES, Place.SEARCH):
            if found := clashes(at(place, (*REGISTRY, *PRACTICE))):
                raise Refused(f"Two actions have one key: {found[0]}.", where=str(path))
    finally:
        remap({})
