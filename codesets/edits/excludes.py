"""Two diagnoses that a note of the tabular list keeps apart.  Guidelines I.A.12.a and I.A.12.b."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from codesets.edits.book import Item, Note
from codesets.edits.case import Case, Coded
from codesets.edits.model import Edit, Finding, Severity

#: A note about more categories than this asks instead of stopping: T88.7 excludes A00-R94.
_NARROW = 3
_HIGH_LEVELS = ("chapter", "block")


class Hit(NamedTuple):
    """A note of `holder` that names `named`."""

    holder: Coded
    named: Coded
    note: Note
    item: Item
    width: int


def hits(case: Case, kind: str, one: Coded, other: Coded) -> Iterator[Hit]:
    """The notes of one diagnosis, inherited ones included, that name another."""
    for note in one.facts.of_kind(kind):
        for item in note.items:
            wide = [case.book.width(r) for r in item.references if case.book.lies_in(r, other.facts)]
            if wide:
                yield Hit(one, other, note, item, min(wide))


def both_ways(case: Case, kind: str, one: Coded, other: Coded) -> list[Hit]:
    """The notes of either that name the other."""
    return [*hits(case, kind, one, other), *hits(case, kind, other, one)]


def _excludes1(case: Case) -> Iterator[Finding]:
    for one, other in combinations(case.dx, 2):
        found = both_ways(case, "excludes1", one, other)
        if found:
            yield _stop(case, min(found, key=_rank), one, other)


def _rank(hit: Hit) -> tuple[bool, int, str, str]:
    """The most telling note: of a narrow place, with a narrow range; the same whatever the order of the codes."""
    return hit.note.level in _HIGH_LEVELS, hit.width, hit.holder.key, hit.item.text


def _stop(case: Case, hit: Hit, one: Coded, other: Coded) -> Finding:
    wide = hit.width > _NARROW or hit.note.level in _HIGH_LEVELS
    allowed = any(h.note.node == hit.note.node for h in hits(case, "excludes2", hit.holder, hit.named))
    return Finding(
        "DX.EX1",
        Severity.WARN if wide or allowed else Severity.ERROR,
        (one.code, other.code),
        None,
        f"{hit.holder.code} and {hit.named.code} are not coded together: "
        f"{hit.holder.title} excludes “{hit.item.text}”.",
        f"Excludes1 at {hit.note.node}: {hit.item.text}",
        "one of the two is removed, or the conditions are stated to be unrelated (I.A.12.a)",
        overridable=True,
    )


def _excludes2(case: Case) -> Iterator[Finding]:
    for one, other in combinations(case.dx, 2):
        found = both_ways(case, "excludes2", one, other)
        found = [hit for hit in found if hit.note.level not in _HIGH_LEVELS and hit.width <= _NARROW]
        if found and not both_ways(case, "excludes1", one, other):
            hit = min(found, key=_rank)
            yield Finding(
                "DX.EX2",
                Severity.INFO,
                (one.code, other.code),
                None,
                f"{hit.named.code} is not part of {hit.holder.code}; both may be coded when both are present.",
                f"Excludes2 at {hit.note.node}: {hit.item.text}",
                "nothing has to change when both conditions are documented",
            )


FAMILY = (
    Edit("DX.EX1", _excludes1, "two codes that an Excludes1 note keeps apart", Severity.ERROR),
    Edit("DX.EX2", _excludes2, "two codes of an Excludes2 note: both may be coded", Severity.INFO),
)
