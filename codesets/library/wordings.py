"""Wordings from outside the tabular list: index entries, table cells, earlier titles, other systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codesets.library.icd10cm import SYSTEM
from codesets.library.phrases import PhraseMaker, Wording
from codesets.releases.icd10cm_index import COLUMNS, NEOPLASM, Term
from codesets.search.indexing import PhraseSource

_WORD = re.compile(r"[^\W_]+")
_EARLIER = 0.2


def index_wordings(kind: str, terms: Iterable[Term]) -> Iterator[Wording]:
    """The wordings of one index file: each path that leads to a code, `see` followed where it names one."""
    kept = list(terms)
    codes = _codes_by_path(kept)
    seen: set[tuple[str, str]] = set()
    for term in kept:
        for wording in _wordings_of(kind, term, codes):
            if (wording.key, wording.text) not in seen:
                seen.add((wording.key, wording.text))
                yield wording


def _wordings_of(kind: str, term: Term, codes: dict[tuple[str, ...], str]) -> Iterator[Wording]:
    path = (*term.path, term.title)
    if not term.cells:
        code = term.code or (codes.get(_folded((term.see,)), "") if term.see else "")
        if len(code.rstrip("-")) >= 3:
            yield Wording(SYSTEM, _key(code), "index", _joined(path, term.nemod))
    for column, code in term.cells.items():
        if not 2 <= column <= 7 or len(code.rstrip("-")) < 3:
            continue
        words = COLUMNS[kind][column - 2]
        told = (f"{words} neoplasm", *path[1:]) if kind == NEOPLASM else (*path, words)
        yield Wording(SYSTEM, _key(code), "table", _joined(told, term.nemod))


def _codes_by_path(terms: Iterable[Term]) -> dict[tuple[str, ...], str]:
    """Codes by the words of their path; a main term ("Abdomen, abdominal") answers to its first word too."""
    codes: dict[tuple[str, ...], str] = {}
    for term in terms:
        if term.code:
            path = (*term.path, term.title)
            codes.setdefault(_folded(path), term.code)
            codes.setdefault(_folded((path[0].partition(",")[0], *path[1:])), term.code)
    return codes


def _folded(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_WORD.findall(" ".join(path).lower()))


def _joined(path: tuple[str, ...], nemod: str) -> str:
    return " ".join((", ".join(path), nemod)).strip()


def _key(code: str) -> str:
    return code.replace(".", "")


def earlier_phrases(maker: PhraseMaker, keys: dict[str, str]) -> Iterator[PhraseSource]:
    """Phrases of codes that could be billed before the latest edition, by key and title; they rank last."""
    for key, title in keys.items():
        texts = {title: "title"}
        place = maker.by_key.get(key)
        if place is not None:
            texts |= {text: "inclusion term" for kind, _, text in maker.nodes[place].notes if kind == "inclusionTerm"}
        for text, kind in texts.items():
            yield PhraseSource(SYSTEM, key, key, kind, 2, 0, _EARLIER, text)
