"""Which right an action needs, read from the source of the store's commands: nothing is imported for it.

A screen greys what a person's role lacks before any command is loaded; loading them would cost each session its page
printers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tui.keys import Action
from tui.queues import QueueScreenSpec


def right_of(action: Action, specs: Mapping[str, QueueScreenSpec]) -> str:
    """The right of the action's commands (the first that needs one); empty where none is needed."""
    from tui.reference import imported

    for module, name in imported(action, specs):
        if module.startswith("store.") and (right := _rights(module).get(name)):
            return right
    return ""


@cache
def _rights(module: str) -> dict[str, str]:
    """By class, the permission that it names."""
    from store.people.roles import Permission

    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return {}
    found = {}
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    value = line.value
                    if line.target.id == "permission" and isinstance(value, ast.Attribute):
                        found[node.name] = str(Permission[value.attr])
    return found
