"""What code first, use additional code and code also notes ask for.  Guidelines I.A.13 and I.A.17."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesets.edits.book import Note
from codesets.edits.case import Case, Coded
from codesets.edits.facts import is_manifestation
from codesets.edits.model import Edit, Finding, Severity

#: What the record seldom holds, or what has an edit of its own: shown with the code, never asked for.
_ON_DEMAND = re.compile(
    r"tobacco|organism|infectious agent|infection|external cause|identify place|alcohol|control using|radiation"
    r"|functional activity|adverse effect|drug|retained foreign|complication|manifestation|associated"
    r"|abnormal findings|status",
    re.IGNORECASE,
)
_HIGH_LEVELS = ("chapter", "block")
_SOURCE = "ICD-10-CM Guidelines I.A.13"


def _manifestation_first(case: Case) -> Iterator[Finding]:
    first = case.first
    if first and is_manifestation(first.key, first.title):
        yield Finding(
            "DX.MANIF_FIRST",
            Severity.ERROR,
            (first.code,),
            None,
            f"{first.code} is a manifestation and is never first: the disease behind it comes before.",
            f"{_SOURCE}: {first.title}",
            "the underlying disease is listed before it",
        )


def _named(case: Case, note: Note, among: tuple[Coded, ...], but: Coded) -> list[Coded]:
    """The diagnoses that a note names."""
    references = [reference for item in note.items for reference in item.references]
    return [dx for dx in among if dx is not but and any(case.book.lies_in(r, dx.facts) for r in references)]


def _code_first(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        notes = dx.facts.of_kind("codeFirst")
        named = [(note, other) for note in notes for other in _named(case, note, case.dx, dx)]
        if any(other.position < dx.position for _, other in named):
            continue
        if named:
            note, other = named[0]
            message = f"{other.code} comes before {dx.code}: {dx.code} has a note to code it first."
            yield _first_finding((dx.code, other.code), note, message, f"{other.code} is listed before {dx.code}")
        elif _is_required(dx, notes):
            message = f"{dx.code} needs the disease behind it, coded first; none that its note names is listed."
            clears = f"the underlying disease is listed before {dx.code}"
            yield _first_finding((dx.code,), notes[0], message, clears)


def _is_required(dx: Coded, notes: list[Note]) -> bool:
    """Must one of the named codes be there?  Only unconditional notes of manifestations that name codes say so."""
    certain = [note for note in notes if not note.conditional and any(item.references for item in note.items)]
    return bool(certain) and len(certain) == len(notes) and is_manifestation(dx.key, dx.title)


def _first_finding(codes: tuple[str, ...], note: Note, message: str, clears: str) -> Finding:
    source = f"Code first at {note.node}: {note.text}"
    return Finding("DX.CODE_FIRST", Severity.WARN, codes, None, message, source, clears, overridable=True)


def _asks(note: Note) -> bool:
    """Does a note ask for a code in every case?  Not "if applicable", not for what the record seldom holds."""
    if note.level in _HIGH_LEVELS or not any(item.references for item in note.items):
        return False
    if "body mass index" in note.text:
        return True
    if len(note.items) > 1:
        return False  # a list of what may be there
    return not note.conditional and not _ON_DEMAND.search(note.text) and "if known" not in note.text


def _missing(case: Case, kind: str) -> Iterator[tuple[Coded, Note]]:
    """The notes whose codes are not listed, each note once."""
    seen: set[tuple[str, str]] = set()
    for dx in case.dx:
        for note in dx.facts.of_kind(kind):
            place = (note.node, note.text)
            if place in seen or not _asks(note) or _named(case, note, case.dx, dx):
                continue
            seen.add(place)
            yield dx, note


def _use_additional(case: Case) -> Iterator[Finding]:
    for dx, note in _missing(case, "useAdditionalCode"):
        yield Finding(
            "DX.USE_ADDL",
            Severity.INFO,
            (dx.code,),
            None,
            f"{dx.code} asks for an additional code: {note.items[0].text}.",
            f"Use additional code at {note.node}: {note.text}",
            "a code that the note names is listed after it",
        )


def _code_also(case: Case) -> Iterator[Finding]:
    for dx, note in _missing(case, "codeAlso"):
        yield Finding(
            "DX.CODE_ALSO",
            Severity.INFO,
            (dx.code,),
            None,
            f"{dx.code} is coded together with: {note.items[0].text}.",
            f"Code also at {note.node}: {note.text}",
            "a code that the note names is listed too, in either order",
        )


FAMILY = (
    Edit("DX.MANIF_FIRST", _manifestation_first, "a manifestation listed first", Severity.ERROR),
    Edit("DX.CODE_FIRST", _code_first, "an order that a code first note turns round, or a missing first code"),
    Edit("DX.USE_ADDL", _use_additional, "a use additional code note that nothing answers", Severity.INFO),
    Edit("DX.CODE_ALSO", _code_also, "a code also note that nothing answers", Severity.INFO),
)
