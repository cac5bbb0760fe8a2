"""The ICD-10-CM tabular list as CDC/NCHS publishes it in XML.

    ICD10CM.tabular > chapter > section > diag > diag …

Every level may carry notes.  The file does not hold the codes of seven characters: they are made
from a diag, the placeholder X and an extension of the nearest `sevenChrDef`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from codesets.errors import Refused
from codesets.releases.files import Member

NOTE_KINDS = (
    "includes",
    "inclusionTerm",
    "excludes1",
    "excludes2",
    "codeFirst",
    "useAdditionalCode",
    "codeAlso",
    "notes",
    "sevenChrNote",
)
_LEVELS = {"chapter": "chapter", "section": "block", "diag": "category"}
_RANGE_AT_END = re.compile(r"\s*\([A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?\)\s*$")


@dataclass(slots=True, eq=False)
class TabularNode:
    """One chapter, block or diag in tabular order; `parent` is an index into the same list.

    `notes` are (kind, depth, text); `sevens` are (character, meaning, further wordings).
    """

    kind: str
    parent: int | None
    name: str = ""
    title: str = ""
    notes: list[tuple[str, int, str]] = field(default_factory=list)
    sevens: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    has_children: bool = False

    @property
    def key(self) -> str:
        """The name without its dot."""
        return self.name.replace(".", "")


def is_tabular(head: bytes) -> bool:
    """Does a file begin like a tabular list?"""
    return b"<ICD10CM.tabular" in head[:4000]


def tabular_year(head: bytes) -> int | None:
    """The fiscal year that the file names."""
    found = re.search(rb"<version>\s*(\d{4})\s*</version>", head[:4000])
    return int(found[1]) if found else None


def read_tabular(path: Path | Member, progress: Callable[[int], None] | None = None) -> list[TabularNode]:
    """All nodes of the file in tabular order; `progress` is called with the nodes read so far.

    The XML is streamed: an element is dropped as soon as it is read.  A file that is damaged or
    not a tabular list is refused with the line.
    """
    nodes: list[TabularNode] = []
    try:
        if isinstance(path, Member):
            with path.open() as stream:
                _Reader(nodes, progress).run(stream)
        else:
            _Reader(nodes, progress).run(path)
    except ParseError as error:
        line, column = error.position
        raise Refused(
            "The tabular list is damaged: it is not well-formed XML.",
            where=f"{path.name}, line {line}, column {column}",
            do="Get the file again from its publisher.",
        ) from None
    if not nodes:
        raise Refused("This is not an ICD-10-CM tabular list: it has no chapter.", where=path.name)
    return nodes


class _Reader:
    def __init__(self, nodes: list[TabularNode], progress: Callable[[int], None] | None) -> None:
        self.nodes = nodes
        self.progress = progress
        self.open: list[int] = []

    def run(self, path: Path | BinaryIO) -> None:
        for event, element in iterparse(path, events=("start", "end")):
            if element.tag in _LEVELS:
                if event == "start":
                    self._start(element.tag)
                else:
                    self._end(element)
            elif event == "end" and self.open:
                self._take(element)

    def _start(self, tag: str) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None:
            self.nodes[parent].has_children = True
        self.open.append(len(self.nodes))
        self.nodes.append(TabularNode(_LEVELS[tag], parent))
        if self.progress and len(self.nodes) % 2000 == 0:
            self.progress(len(self.nodes))

    def _end(self, element: Element) -> None:
        node = self.nodes[self.open.pop()]
        if node.kind == "block":
            node.name = element.get("id", "")
            node.title = _RANGE_AT_END.sub("", node.title)
        elif node.kind == "category" and len(node.key) > 3:
            node.kind = "subcategory" if node.has_children else "code"
        element.clear()

    def _take(self, element: Element) -> None:
        node = self.nodes[self.open[-1]]
        tag = element.tag
        if tag == "name":
            node.name = _text(element)
        elif tag == "desc":
            node.title = _text(element)
        elif tag == "sevenChrDef":
            node.sevens = _sevens(element)
        elif tag in NOTE_KINDS:
            node.notes.extend(_note_lines(tag, element))


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _note_lines(kind: str, element: Element) -> list[tuple[str, int, str]]:
    """Lines in file order; those after a heading line ("any associated:") stand one deeper."""
    lines: list[tuple[str, int, str]] = []
    depth = 0
    for note in element.iter("note"):
        text = _text(note)
        if not text:
            continue
        heading = text.endswith(":") and kind != "sevenChrNote"
        lines.append((kind, 0 if heading else depth, text))
        depth = 1 if heading else depth
    return lines


def _sevens(element: Element) -> list[tuple[str, str, tuple[str, ...]]]:
    """Extensions in file order; a bare note after one is another wording of the same character."""
    sevens: list[tuple[str, str, tuple[str, ...]]] = []
    for child in element:
        text = _text(child).rstrip("/").strip()
        if child.tag == "extension":
            sevens.append((child.get("char", ""), text, ()))
        elif child.tag == "note" and sevens and text:
            char, meaning, further = sevens[-1]
            sevens[-1] = (char, meaning, (*further, text))
    return sevens


def read_code_list(path: Path) -> set[str]:
    """The codes of the list, without dots; chapter numbers and blocks that stand in it are left out."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused("The list of codes is damaged: it is not text.", where=path.name) from error
    lines = (line.strip() for line in text.splitlines())
    return {line for line in lines if re.fullmatch(r"[A-Z][0-9A-Z]{2,6}", line)}
