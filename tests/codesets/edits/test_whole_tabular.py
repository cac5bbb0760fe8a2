"""Inherited Excludes1 against the whole tabular list: every code, every note, in both directions."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from codesets import CodeLibrary
from codesets.edits import CodedEncounter, Diagnosis, check
from codesets.edits.book import Facts, book_of
from codesets.edits.case import Case
from codesets.edits.excludes import FAMILY, both_ways, hits
from codesets.edits.references import Reference, parse

DAY = date(2026, 5, 12)
ALL = "SELECT code, valid_from FROM code WHERE system = 'ICD10CM'"
BILLABLE = """SELECT code FROM code WHERE system = 'ICD10CM' AND billable
  AND (valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR :day <= valid_to)"""
EXCLUDES = """SELECT node.name, note.text FROM note JOIN node ON node.id = note.node WHERE note.kind = 'excludes1'"""


class Tabular:
    """Every billable code of the day in tabular order, and one of them below each node."""

    def __init__(self, library: CodeLibrary) -> None:
        self.library, self.book = library, book_of(library)
        found = [self.book.facts(code, DAY) for (code,) in library.rows(BILLABLE, {"day": DAY.isoformat()})]
        self.facts = sorted((f for f in found if f), key=lambda f: self.book.place(f.key))
        self.places = [self.book.place(facts.key) for facts in self.facts]
        self.below: dict[str, list[Facts]] = {}
        for facts in self.facts:
            for _, name, _ in facts.ancestors:
                self.below.setdefault(name, []).append(facts)

    def within(self, reference: Reference) -> Iterator[Facts]:
        """The codes that a reference means."""
        end = self.book.place(reference.high + "~")
        for number in range(bisect_left(self.places, self.book.place(reference.low)), len(self.facts)):
            if self.book.lies_in(reference, self.facts[number]):
                yield self.facts[number]
            elif self.places[number] > end:
                return


@pytest.fixture(scope="module")
def tabular(library: CodeLibrary) -> Tabular:
    return Tabular(library)


def test_every_code_stands_in_the_tabular_list_with_its_inherited_notes(library: CodeLibrary) -> None:
    book, count, notes = book_of(library), 0, 0
    for code, start in library.rows(ALL):
        facts = book.facts(code, max(date.fromisoformat(start), date(2025, 10, 1)) if start else DAY)
        assert facts is not None, code
        assert facts.ancestors[0][0] == "chapter", code
        count, notes = count + 1, notes + len(facts.notes)
    print(f"{count} codes, {notes} notes hold for them")
    assert count > 98_000


def test_each_excludes1_reference_is_found_below_its_note_from_both_sides(tabular: Tabular) -> None:
    """One pair of codes for each reference of each note; prints what has none and why."""
    tally: Counter[str] = Counter()
    for name, text in tabular.library.rows(EXCLUDES):
        for reference in _references(text):
            tally["references"] += 1
            pair = _pair(tabular, name, reference)
            if isinstance(pair, str):
                tally[f"no pair: {pair}"] += 1
                continue
            holder, named = pair
            assert _excluded(tabular.library, holder, named), (name, text, holder.code, named.code)
            assert _excluded(tabular.library, named, holder), (name, text, named.code, holder.code)
            tally["found from both sides"] += 1
            tally["the other code has a note too"] += _names(tabular.library, named, holder)
    for what, count in tally.most_common():
        print(f"{what:50} {count:5}")
    assert tally["references"] == 5695
    assert tally["found from both sides"] == tally["references"]


def _references(text: str) -> tuple[Reference, ...]:
    return parse(text).references


def _pair(tabular: Tabular, name: str, reference: Reference) -> tuple[Facts, Facts] | str:
    """A billable code below the note and another one that the note names."""
    holders = tabular.below.get(name)
    if not holders:
        return "no billable code at the note"
    named = list(_some(tabular.within(reference)))
    if not named:
        return "no billable code is meant"
    for other in named:
        for holder in (holders[0], holders[-1], holders[len(holders) // 2]):
            if holder.key != other.key:
                return holder, other
    return "the note names itself"


def _some(found: Iterator[Facts]) -> Iterator[Facts]:
    for facts, _ in zip(found, range(3), strict=False):
        yield facts


def _case(library: CodeLibrary, *facts: Facts) -> Case:
    return Case(CodedEncounter(dos=DAY, dx=tuple(Diagnosis(one.code) for one in facts)), library)


def _excluded(library: CodeLibrary, one: Facts, other: Facts) -> bool:
    return any(True for _ in FAMILY[0].run(_case(library, one, other)))


def _names(library: CodeLibrary, holder: Facts, named: Facts) -> bool:
    case = _case(library, holder, named)
    return any(True for _ in hits(case, "excludes1", *case.dx))


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (("K50.90", "K58.0"), "K50-K52"),
        (("O09.511", "Z34.90"), "15"),
        (("G56.01", "M54.16"), "G50-G59"),
        (("E11.22", "E10.9"), "E10"),
        (("V43.52XA", "X82.0XXA"), "V00-V99"),
    ],
)
def test_a_note_holds_for_all_that_is_below_it(library: CodeLibrary, codes: tuple[str, ...], level: str) -> None:
    for listed in (codes, codes[::-1]):
        case = Case(CodedEncounter(dos=DAY, dx=tuple(map(Diagnosis, listed))), library)
        assert level in {hit.note.node for hit in both_ways(case, "excludes1", *case.dx)}
        assert [f.edit for f in check(case.encounter, library) if f.edit == "DX.EX1"]
