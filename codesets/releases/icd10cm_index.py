"""The Alphabetic Index of ICD-10-CM in XML: diseases, external causes, neoplasms, drugs and chemicals.

    ICD10CM.index > letter > mainTerm > term > term …

A term has a title (with nonessential modifiers in `nemod`), and a code, `see` or `seeAlso`; the
two tables have one `cell` for each column instead.  Codes may be incomplete ("C79.8-").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, iterparse

from codesets.errors import Refused
from codesets.releases.files import Member

DISEASE, EXTERNAL, NEOPLASM, DRUG = "disease", "external cause", "neoplasm", "drug"
KINDS = (DISEASE, EXTERNAL, NEOPLASM, DRUG)
#: The columns of the two tables, in the words a searcher would use.
COLUMNS = {
    NEOPLASM: ("malignant primary", "malignant secondary", "in situ", "benign", "uncertain behavior", "unspecified"),
    DRUG: (
        "poisoning, accidental",
        "poisoning, intentional self-harm",
        "poisoning, assault",
        "poisoning, undetermined",
        "adverse effect",
        "underdosing",
    ),
}
_TERMS = ("mainTerm", "term")
_CODE = re.compile(r"[A-Z][0-9A-Z](?:[0-9A-Z](?:\.[0-9A-Z]{0,4})?)?-{0,3}")
_LEAST = 50


@dataclass(slots=True)
class Term:
    """One line of the index; `path` are the titles of the terms above it, main term first."""

    level: int
    title: str = ""
    nemod: str = ""
    code: str = ""
    manifestation: str = ""
    see: str = ""
    see_also: str = ""
    cells: dict[int, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()


def index_kind(head: bytes) -> str | None:
    """Which of the four index files a file begins like, or None."""
    if b"<ICD10CM.index" not in head[:4000]:
        return None
    start = head[:4000].lower()
    if b">substance<" in start:
        return DRUG
    if b">neoplasm<" in start:
        return NEOPLASM
    return EXTERNAL if b"external cause" in start else DISEASE


def index_year(head: bytes) -> int | None:
    """The fiscal year that the file names."""
    found = re.search(rb"<version>\s*(\d{4})\s*</version>", head[:4000])
    return int(found[1]) if found else None


def read_index(member: Member) -> Iterator[Term]:
    """Every term in book order, a main term (level 0) before its sub-terms."""
    count = 0
    with member.open() as stream:
        try:
            for term in _Reader().run(iterparse(stream, events=("start", "end"))):
                count += 1
                yield term
        except ParseError as error:
            line, column = error.position
            raise Refused(
                "The index is damaged: it is not well-formed XML.",
                where=f"{member.name}, line {line}, column {column}",
                do="Get the file again from its publisher; nothing was changed.",
            ) from None
    if count < _LEAST:
        raise Refused(f"The index has only {count} terms.", where=member.name, do="It is damaged or cut off.")


class _Reader:
    """A main term is handed out when it is whole, then dropped."""

    def __init__(self) -> None:
        self.open: list[Term] = []
        self.whole: list[Term] = []

    def run(self, events: Iterator[tuple[str, Element]]) -> Iterator[Term]:
        for event, element in events:
            if element.tag in _TERMS:
                if event == "start":
                    term = Term(len(self.open))
                    self.open.append(term)
                    self.whole.append(term)
                    continue
                self.open.pop()
                element.clear()
                if not self.open:
                    yield from self._handed_out()
            elif event == "end" and element.tag == "letter":
                element.clear()
            elif event == "end" and self.open:
                self._take(self.open[-1], element)

    def _handed_out(self) -> Iterator[Term]:
        above: list[str] = []
        for term in self.whole:
            del above[term.level :]
            term.path = tuple(above)
            above.append(term.title)
            yield term
        self.whole.clear()

    def _take(self, term: Term, element: Element) -> None:
        text = " ".join("".join(element.itertext()).split())
        tag = element.tag
        if tag == "title":
            term.title = " ".join(f"{element.text or ''} {' '.join(e.tail or '' for e in element)}".split())
            term.nemod = " ".join(" ".join("".join(e.itertext()) for e in element).split())
        elif tag == "code" and _CODE.fullmatch(text):
            term.code = text
        elif tag == "manif":
            term.manifestation = text
        elif tag == "see":
            term.see = text
        elif tag in ("seeAlso", "seecat"):
            term.see_also = text
        elif tag == "cell" and _CODE.fullmatch(text):
            term.cells[int(element.get("col", "0"))] = text
