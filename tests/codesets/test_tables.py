"""The small tables are readable, without repetition, and name real codes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

import pytest

from codesets import CodeLibrary, Refused
from codesets.library.earlier import began
from codesets.search.bits import Tally, numbers_of, pack, unpack
from codesets.search.synonyms import abbreviations, related_words
from codesets.tables import read_table

T = TypeVar("T")


@pytest.mark.parametrize(
    ("name", "column", "least"),
    [
        ("abbreviations", "abbreviation", 3200),
        ("common_terms", "phrase", 800),
        ("disease_names", "phrase", 5300),
        ("brands", "brand", 800),
        ("roots", "root", 300),
        ("synonyms", "words", 150),
        ("wider", "word", 400),
        ("common_codes", "code", 500),
        ("place_of_service", "code", 50),
        ("modifiers", "code", 150),
        ("claim_statuses", "code", 50),
    ],
)
def test_a_table_is_complete_and_without_repetition(name: str, column: str, least: int) -> None:
    rows = read_table(name)
    assert len(rows) >= least
    assert len({row[column] for row in rows}) == len(rows)
    assert all(value is not None and value == value.strip() for row in rows for value in row.values())
    assert read_table(name) is rows


def test_a_table_that_is_not_there_is_refused() -> None:
    for name in ("nothing", "../errors", ""):
        with pytest.raises(Refused):
            read_table(name)


def test_every_common_code_is_in_the_library(library: CodeLibrary) -> None:
    assert [row["code"] for row in read_table("common_codes") if library.lookup(row["code"]) is None] == []


def spread(rows: Iterable[T]) -> list[T]:
    """One row in twelve, or with SUPERBILL_EVERY_NAME=1 all of them: searching for each takes minutes."""
    return list(rows)[:: 1 if os.environ.get("SUPERBILL_EVERY_NAME") == "1" else 12]


def test_every_sense_of_an_abbreviation_finds_something(library: CodeLibrary) -> None:
    silent = [
        (sense.short, sense.text)
        for senses in spread(abbreviations().values())
        for sense in senses
        if sense.words and not library.search(sense.text, limit=1)
    ]
    assert silent == []


def test_every_sense_of_an_abbreviation_finds_its_code_among_the_first_ten(library: CodeLibrary) -> None:
    lost = []
    for row in spread(read_table("abbreviations")):
        wanted = tuple(code.replace(".", "") for code in row["code"].split("|") if code)
        if wanted:
            found = [hit.code.replace(".", "") for hit in library.search(row["abbreviation"], limit=10)]
            if not any(code.startswith(wanted) for code in found):
                lost.append((row["abbreviation"], row["code"]))
    assert lost == []


def test_every_code_of_an_abbreviation_or_a_common_term_is_in_the_library(library: CodeLibrary) -> None:
    rows = [*read_table("abbreviations"), *read_table("common_terms"), *read_table("disease_names")]
    named = {code for row in rows for code in row["code"].split("|") if code}
    assert sorted(code for code in named if not library.code_rows(code)) == []


@pytest.mark.parametrize("table", ["common_terms", "disease_names"])
def test_every_name_finds_its_code_among_the_first_ten(library: CodeLibrary, table: str) -> None:
    lost = []
    for row in spread(read_table(table)):
        found = [hit.code.replace(".", "") for hit in library.search(row["phrase"], limit=10)]
        if not any(code.startswith(row["code"].replace(".", "")) for code in found):
            lost.append((row["phrase"], row["code"], found[:3]))
    assert lost == []


def test_a_part_finds_its_whole_and_the_whole_is_not_taken_for_the_part(library: CodeLibrary) -> None:
    assert "C43.70" in [hit.code for hit in library.search("melanoma heel", limit=5)]
    assert ("foot", 0.75) in related_words("heel")
    assert "heel" not in dict(related_words("foot"))


def test_modifiers_of_the_licensed_set_carry_a_hint_and_no_text() -> None:
    licensed = [row for row in read_table("modifiers") if row["system"] == "CPT"]
    assert licensed
    assert all(len(row["name"].split()) <= 3 for row in licensed)


def test_a_set_of_numbers_survives_packing() -> None:
    for numbers in ([], [0], [5, 900, 31], list(range(0, 3000, 7))):
        assert numbers_of(unpack(pack(numbers))) == sorted(numbers)


def test_the_heaviest_members_come_first_and_equals_by_number() -> None:
    tally = Tally()
    tally.add(unpack(pack([1, 2, 3, 9])), 3)
    tally.add(unpack(pack([2, 9])), 5)
    tally.add(unpack(pack([7])), 1)
    assert sorted(tally.heaviest(2)) == [2, 9]
    assert tally.heaviest(3) == [2, 9, 1]
    assert set(tally.heaviest(50)) == {1, 2, 3, 7, 9}
    assert tally.heaviest(5, within=unpack(pack([3, 7]))) == [3, 7]


def test_the_first_days_of_codes_count_up_to_the_published_addenda(library: CodeLibrary) -> None:
    rows = library.rows("SELECT key FROM code WHERE system = 'ICD10CM' AND billable AND valid_from = '2025-10-01'")
    begun = Counter(began(key) for (key,) in rows)
    published = {(2025, 10): 487, (2024, 10): 252, (2023, 10): 395, (2023, 4): 42, (2022, 4): 3, (2021, 1): 6}
    assert {(year, month): begun[date(year, month, 1)] for year, month in published} == published
