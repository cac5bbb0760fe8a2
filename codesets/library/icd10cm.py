"""The rows of one ICD-10-CM release, made from the tabular list and the list of codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codesets.releases.icd10cm_tabular import TabularNode

SYSTEM = "ICD10CM"
Row = dict[str, Any]
Seventh = tuple[str, str, tuple[str, ...]]


@dataclass(slots=True)
class CodeSource:
    """One code of the release; `seventh` is (character, meaning, further wordings) where one is added."""

    node: int
    code: str
    key: str
    title: str
    billable: bool
    seventh: Seventh | None = None


def dotted(key: str) -> str:
    """A code with its dot: `S52501A` → `S52.501A`."""
    return key if len(key) <= 3 else f"{key[:3]}.{key[3:]}"


def seventh_table(nodes: list[TabularNode], index: int) -> list[Seventh]:
    """The extensions that hold for a node: its own table or the nearest one above it."""
    step: int | None = index
    while step is not None:
        if nodes[step].sevens:
            return nodes[step].sevens
        step = nodes[step].parent
    return []


def codes_of(nodes: list[TabularNode], listed: set[str]) -> Iterator[CodeSource]:
    """All categories and codes in tabular order, seven-character codes after the code they extend.

    A seven-character code is base + placeholder X up to six + extension, and exists only if the
    list of codes has it.  A node that takes an extension is itself not billable.
    """
    for index, node in enumerate(nodes):
        if node.kind in ("chapter", "block"):
            continue
        made = [] if node.has_children else _extended(node, index, nodes, listed)
        if made and node.kind == "code":
            node.kind = "subcategory"
        yield CodeSource(index, node.name, node.key, node.title, not (node.has_children or made))
        yield from made


def _extended(node: TabularNode, index: int, nodes: list[TabularNode], listed: set[str]) -> list[CodeSource]:
    made: list[CodeSource] = []
    if len(node.key) == 7:
        return made
    for seventh in seventh_table(nodes, index):
        key = node.key.ljust(6, "X") + seventh[0]
        if key in listed:
            title = f"{node.title}, {seventh[1]}"
            made.append(CodeSource(index, dotted(key), key, title, True, seventh))
    return made


def node_rows(nodes: list[TabularNode], release: int, first: int) -> Iterator[Row]:
    """Rows of `node`; ids are places in tabular order, counted from `first`."""
    for number, node in enumerate(nodes, start=first):
        yield {
            "id": number,
            "release": release,
            "kind": node.kind,
            "name": node.name,
            "key": "" if node.kind in ("chapter", "block") else node.key,
            "parent": None if node.parent is None else node.parent + first,
            "title": node.title,
        }


def note_rows(nodes: list[TabularNode], first: int, first_note: int) -> Iterator[Row]:
    """Rows of `note`, the lines of each node in file order."""
    number = first_note
    for node_id, node in enumerate(nodes, start=first):
        for kind, depth, text in node.notes:
            yield {"id": number, "node": node_id, "kind": kind, "depth": depth, "text": text}
            number += 1


def seven_rows(nodes: list[TabularNode], first: int, first_row: int) -> Iterator[Row]:
    """Rows of `seven`; further wordings of a character are joined to its meaning with " / "."""
    number = first_row
    for node_id, node in enumerate(nodes, start=first):
        for char, text, further in node.sevens:
            yield {"id": number, "node": node_id, "char": char, "text": " / ".join((text, *further))}
            number += 1
