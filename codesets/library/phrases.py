"""The wordings of codes that can be searched, with what stands around each of them.

`PhraseMaker` knows the tabular list; `PhraseMaker.further` adds what other files say about the same
codes (index entries, cells of tables); `phrases_of_list` serves a code system that is a plain list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from codesets.library.icd10cm import SYSTEM, CodeSource
from codesets.releases.icd10cm_tabular import TabularNode
from codesets.search.indexing import ExtensionSource, PhraseSource
from codesets.search.words import words_of
from codesets.tables import read_table

_NAME = "name"
_WORDINGS = {"inclusionTerm": "inclusion term", "includes": "includes"}
_RARE_CHAPTERS = {"V": 0.08, "W": 0.05, "X": 0.05, "Y": 0.06, "O": 0.02, "P": 0.02, "Q": 0.02}


_RARE_COLUMNS = {"malignant secondary": 0.3, "in situ": 0.12, "uncertain behavior": 0.12}


#: Counts up when other rows are made of the same wordings.
MAKING = 3
#: How likely a coder means a wording of a kind in a plain list, before a word is compared.
_LIST_PRIORS = {"title": 0.4, "short title": 0.36, "alias": 0.44, "brand": 0.42}


def own_tables() -> str:
    """What of ours becomes part of a library: it is rebuilt when the tables or the making change."""
    names = ("common_codes", "common_terms", "disease_names", "brands")
    return f"{MAKING};" + ";".join(",".join(row.values()) for name in names for row in read_table(name))


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of a code that its own list does not have.

    `key` is the code without dot and may be cut short, as the Alphabetic Index does (`E11-`, `J45.-`);
    `kind` is what a hit shows: "index", "table", "alias", "title", "short title".  Words in
    parentheses help a little and are never required.  `around` are further words near it.
    """

    system: str
    key: str
    kind: str
    text: str
    around: tuple[str, ...] = ()


def phrases_of_list(wordings: Iterable[Wording]) -> Iterator[PhraseSource]:
    """Phrases of a code system without levels and seventh characters, such as HCPCS Level II."""
    for wording in wordings:
        yield _listed(wording)
        if wording.kind == "title" and wording.system == "HCPCS":
            yield from map(_listed, _branded(wording))


def _listed(wording: Wording) -> PhraseSource:
    words = min(len(wording.text.split()), 18)
    return PhraseSource(
        system=wording.system,
        key=wording.key,
        target=wording.key,
        kind=wording.kind,
        standing=2,
        family=0,
        prior=round(_LIST_PRIORS.get(wording.kind, 0.4) - 0.01 * words, 4),
        text=wording.text,
        around=list(wording.around),
    )


def _branded(title: Wording) -> Iterator[Wording]:
    """The brand names of the drug in a title, the title itself aside."""
    held = {word.text for word in words_of(title.text)}
    for word in held & _brands().keys():
        for brand, generic in _brands()[word]:
            if generic <= held:
                yield Wording(title.system, title.key, "brand", f"{brand} ({title.text})")


@lru_cache(maxsize=1)
def _brands() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Brand names with the words of their drugs, under the longest of these words."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for row in read_table("brands"):
        words = frozenset(word.text for word in words_of(row["generic"]))
        found.setdefault(max(sorted(words), key=len), []).append((row["brand"], words))
    return found


class PhraseMaker:
    """Makes the phrases of one release.

    Every title, inclusion term and includes line is a phrase of its node.  A header's phrase shows
    the general code below it ("…, unspecified"), because only that one can be billed.
    """

    def __init__(self, nodes: list[TabularNode], codes: list[CodeSource]) -> None:
        self.nodes = nodes
        self.children: dict[int, list[int]] = {}
        for index, node in enumerate(nodes):
            if node.parent is not None:
                self.children.setdefault(node.parent, []).append(index)
        self.sevenths: dict[int, list[CodeSource]] = {}
        for code in codes:
            if code.seventh:
                self.sevenths.setdefault(code.node, []).append(code)
        self.families: dict[tuple[tuple[str, str], ...], int] = {(): 0}
        self.common = {row["code"].replace(".", ""): float(row["weight"]) for row in read_table("common_codes")}
        self.general = {i for i in map(self.general_code, self.children) if i is not None}
        self.by_key = {node.key: i for i, node in enumerate(nodes) if node.kind not in ("chapter", "block")}

    def phrases(self) -> Iterator[PhraseSource]:
        """All phrases in tabular order, then the eponyms and everyday names of our own table."""
        for index, node in enumerate(self.nodes):
            if node.kind not in ("chapter", "block"):
                yield from self._phrases_of(index)
        yield from self.further(
            Wording(SYSTEM, row["code"], row["kind"], row["phrase"]) for row in read_table("common_terms")
        )
        yield from self.further(
            Wording(SYSTEM, row["code"], _NAME, row["phrase"]) for row in read_table("disease_names")
        )

    def further(self, wordings: Iterable[Wording]) -> Iterator[PhraseSource]:
        """Phrases for wordings of other files; one whose code the tabular list lacks is passed over."""
        for wording in wordings:
            index = self.node_of(wording.key)
            if index is not None:
                yield self._further(index, wording)

    def node_of(self, key: str) -> int | None:
        """The node of a key, a dash or a seventh character at its end left out."""
        bare = key.replace(".", "").rstrip("-")
        if bare in self.by_key or len(bare) < 7:
            return self.by_key.get(bare)
        return self.by_key.get(bare[:6].rstrip("X"))

    def extensions(self) -> list[ExtensionSource]:
        """The extensions of every family met by `phrases()` and `further()`, which must have run."""
        return [
            ExtensionSource(number, char, text) for family, number in self.families.items() for char, text in family
        ]

    def standing(self, index: int) -> int:
        """2 billable as it is, 1 billable with a seventh character, 0 header."""
        if index in self.children:
            return 0
        return 1 if index in self.sevenths else 2

    def general_code(self, index: int) -> int | None:
        """The node under a header that stands for the header's own words; itself when not a header."""
        below = self.children.get(index)
        if not below:
            return index
        return self.general_code(min(below, key=self._not_general))

    def _not_general(self, index: int) -> tuple[int, int]:
        node = self.nodes[index]
        title = node.title.lower()
        nos = any(kind == "inclusionTerm" and text.endswith("NOS") for kind, _, text in node.notes)
        last = node.key[-1]
        score = 4 * ("unspecified" in title) + 3 * nos + 2 * (last == "9") + (last == "0")
        return (-score - round(2 * self._commonness(index)), index)

    def _commonness(self, index: int) -> float:
        key = self.nodes[index].key
        return self.common.get(key) or 0.5 * self.common.get(key[:3], 0.0)

    def _phrases_of(self, index: int) -> Iterator[PhraseSource]:
        node = self.nodes[index]
        wordings = [("title", node.title)]
        wordings += [(_WORDINGS[k], text) for k, _, text in node.notes if k in _WORDINGS and not text.endswith(":")]
        above = self._above(index)
        sevenths = self._family_texts(index)
        target = self.general_code(index)
        assert target is not None
        for kind, text in wordings:
            yield PhraseSource(
                system=SYSTEM,
                key=node.key,
                target=self.nodes[target].key,
                kind=kind,
                standing=self.standing(index),
                family=self._family(target),
                prior=self._prior(index, target, kind, text),
                text=text,
                around=[t for _, t in wordings if t != text] + above + sevenths,
            )

    def _further(self, index: int, wording: Wording) -> PhraseSource:
        target = self.general_code(index)
        assert target is not None
        return PhraseSource(
            system=wording.system,
            key=self.nodes[index].key,
            target=self.nodes[target].key,
            kind=wording.kind,
            standing=self.standing(index),
            family=self._family(target),
            prior=self._prior(index, target, wording.kind, wording.text),
            text=wording.text,
            around=[*wording.around, self.nodes[index].title, *self._family_texts(index)],
        )

    def _above(self, index: int) -> list[str]:
        """Titles and wordings of the headers above, block included."""
        texts: list[str] = []
        step = self.nodes[index].parent
        while step is not None and self.nodes[step].kind not in ("chapter",):
            node = self.nodes[step]
            texts.append(node.title)
            texts.extend(text for kind, _, text in node.notes if kind in _WORDINGS)
            step = node.parent
        return texts

    def _family(self, index: int) -> int:
        made = self.sevenths.get(index, ())
        family = tuple((c.seventh[0], " / ".join((c.seventh[1], *c.seventh[2]))) for c in made if c.seventh)
        return self.families.setdefault(family, len(self.families))

    def _family_texts(self, index: int) -> list[str]:
        return [c.seventh[1] for c in self.sevenths.get(index, ()) if c.seventh]

    def _prior(self, index: int, target: int, kind: str, text: str) -> float:
        """Between 0 and about 1: how likely a coder means this wording before a word is compared."""
        node = self.nodes[index]
        prior = 0.3 + 0.18 * self._commonness(target)
        prior += 0.15 if self.standing(index) else 0.0
        prior += 0.05 if kind == "title" else 0.0
        prior += 0.04 if target in self.general or "unspecified" in text.lower() else 0.0
        prior -= 0.01 * min(len(text.split()), 18)
        if kind == "table":  # of a tumour nobody calls secondary, the primary one is meant
            prior -= next((cost for words, cost in _RARE_COLUMNS.items() if text.startswith(words)), 0.0)
        return round(prior - _RARE_CHAPTERS.get(node.key[0], 0.0), 4)
