"""The tree of one tabular list, and the codes of an edition that hangs on it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import takewhile

from codesets.library.icd10cm import CodeSource, Seventh, dotted
from codesets.releases.icd10cm_tabular import TabularNode

_DERIVED = "The words of this heading are taken from the codes below it; the tabular list of its year has its own."


@dataclass(frozen=True, slots=True)
class CodeState:
    """A header or code as one edition has it; `node` is what it hangs on, `seventh` what extends it."""

    key: str
    title: str
    billable: bool
    node: TabularNode
    seventh: Seventh | None = None

    @property
    def told(self) -> tuple[str, bool]:
        """What a change of makes a new interval."""
        return self.title, self.billable


State = dict[str, CodeState]


class Book:
    """The nodes of one tabular list in order; later editions may add nodes, none is taken away."""

    def __init__(self, release: int, nodes: list[TabularNode]) -> None:
        self.release = release
        self.nodes = nodes
        self.first = 1  # the id of the first node's row
        self._above: dict[int, TabularNode | None] = {
            id(node): None if node.parent is None else nodes[node.parent] for node in nodes
        }
        self._below: dict[int, list[TabularNode]] = defaultdict(list)
        for node in nodes:
            self._below[id(self._above[id(node)])].append(node)
        self.by_key = {node.key: node for node in nodes if node.kind not in ("chapter", "block")}

    def parent_of(self, node: TabularNode) -> TabularNode | None:
        """The node above."""
        return self._above[id(node)]

    def state(self, codes: list[CodeSource]) -> State:
        """The codes made from the tabular list itself."""
        return {c.key: CodeState(c.key, c.title, c.billable, self.nodes[c.node], c.seventh) for c in codes}

    def sevenths_at(self, key: str) -> list[Seventh]:
        """The table of seventh characters that holds for a key, from the nearest node above it."""
        node: TabularNode | None = self.nearest(key)
        while node is not None:
            if node.sevens:
                return node.sevens
            node = self.parent_of(node)
        return []

    def nearest(self, key: str) -> TabularNode | None:
        """The node of a key, or the deepest one whose key it begins with."""
        return next((self.by_key[key[:n]] for n in range(len(key), 2, -1) if key[:n] in self.by_key), None)

    def ensure(self, key: str, title: str) -> TabularNode:
        """The node of a key; made, with those between it and the next one above, when it is not there."""
        if key in self.by_key:
            return self.by_key[key]
        above = self.ensure(key[:-1], title) if len(key) > 3 else self._block_for(key)
        node = TabularNode("subcategory" if len(key) > 3 else "category", None, dotted(key), title)
        self._insert(node, above)
        return node

    def _block_for(self, key: str) -> TabularNode | None:
        """The block of a new category: that of the category before it."""
        before = max((k for k in self.by_key if len(k) == 3 and k < key), default=None)
        return self.parent_of(self.by_key[before]) if before else None

    def _insert(self, node: TabularNode, above: TabularNode | None) -> None:
        """Put a node behind its smaller sisters and all that is below them."""
        below = self._below[id(above)]
        sisters = [n for n in below if n.kind != "block" and n.key < node.key]
        place = self._end_of(sisters[-1] if sisters else above)
        if not sisters and above is not None:
            place = self.nodes.index(above) + 1
        self.nodes.insert(place, node)
        below.insert(below.index(sisters[-1]) + 1 if sisters else 0, node)
        self._above[id(node)] = above
        self.by_key[node.key] = node
        if above is not None:
            above.has_children = True

    def _end_of(self, node: TabularNode | None) -> int:
        if node is None:
            return len(self.nodes)
        place = self.nodes.index(node) + 1
        inside = {id(node)}
        while place < len(self.nodes) and id(self._above[id(self.nodes[place])]) in inside:
            inside.add(id(self.nodes[place]))
            place += 1
        return place

    def number(self, first: int) -> int:
        """Fix every node's place: `parent` becomes an index into `nodes`.  Returns the next free row id."""
        self.first = first
        places = {id(node): place for place, node in enumerate(self.nodes)}
        self.places = places
        for node in self.nodes:
            above = self._above[id(node)]
            node.parent = None if above is None else places[id(above)]
        return first + len(self.nodes)

    def row_id(self, node: TabularNode) -> int:
        """The id of a node's row; only after `number`."""
        return self.first + self.places[id(node)]

    def living(self, state: State) -> tuple[list[TabularNode], list[CodeSource]]:
        """The nodes that an edition has, parents told by place in this list, and its codes; for the search."""
        kept = [n for n in self.nodes if n.kind in ("chapter", "block") or n.key in state]
        places = {id(node): place for place, node in enumerate(kept)}
        nodes = []
        for node in kept:
            above = self._above[id(node)]
            title = state[node.key].title if node.key in state and node.kind not in ("chapter", "block") else node.title
            nodes.append(replace(node, parent=None if above is None else places[id(above)], title=title))
        codes = [
            CodeSource(places[id(s.node)], dotted(s.key), s.key, s.title, s.billable, s.seventh)
            for s in state.values()
            if id(s.node) in places
        ]
        return nodes, codes


def heading_of(titles: list[str]) -> str:
    """Words for a heading that no list names: what the titles below it begin with, else what most they share."""
    words = [title.split() for title in titles]
    common = [w[0] for w in takewhile(lambda w: len(set(w)) == 1, zip(*words, strict=False))]
    if len(common) >= 2 or len(titles) == 1:
        return _trimmed(" ".join(common))
    text = _longest_run(titles)
    return _trimmed(text[:1].upper() + text[1:]) if text else _trimmed(titles[0]) + " and others"


def _longest_run(titles: list[str]) -> str:
    """The longest run of words that stands in every title; of several the last."""
    first = titles[0].split()
    padded = [f" {title} " for title in titles]
    for size in range(len(first), 0, -1):
        for start in range(len(first) - size, -1, -1):
            run = " ".join(first[start : start + size])
            if all(f" {run} " in title for title in padded):
                return run
    return ""


def _trimmed(text: str) -> str:
    for tail in (" and", " or", " of", " due to", " with", " in"):
        text = text.removesuffix(tail)
    return text.rstrip(" ,;")


def derived_note() -> tuple[str, int, str]:
    """The note of a heading whose words are ours."""
    return "notes", 0, _DERIVED


def below(keys: list[str], key: str) -> list[str]:
    """Of sorted keys, those that begin with a key and are longer."""
    low = bisect_left(keys, key + "\0")
    return keys[low : bisect_left(keys, key + "~")]
