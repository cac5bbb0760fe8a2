"""Releases side by side: every answer goes by the date of service."""

from __future__ import annotations

from datetime import date

import pytest

from codesets import CodeLibrary, ValidityStatus

BEFORE, AFTER = date(2026, 9, 30), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("code", "before", "after", "says"),
    [
        ("I42.0", ValidityStatus.OK, ValidityStatus.HEADER, "I42.00"),
        ("Z68.1", ValidityStatus.OK, ValidityStatus.HEADER, "Z68.18"),
        ("M72.2", ValidityStatus.OK, ValidityStatus.HEADER, "M72.20"),
        ("M86.8X1", ValidityStatus.OK, ValidityStatus.HEADER, "M86.8X11"),
        ("I42.00", ValidityStatus.NOT_IN_FORCE, ValidityStatus.OK, "in force"),
        ("M67.A01", ValidityStatus.NOT_IN_FORCE, ValidityStatus.OK, "in force"),
        ("J4B", ValidityStatus.NOT_IN_FORCE, ValidityStatus.OK, "in force"),
        ("T52.811A", ValidityStatus.NOT_IN_FORCE, ValidityStatus.OK, "in force"),
        ("O31.41X2", ValidityStatus.NOT_IN_FORCE, ValidityStatus.OK, "in force"),
        ("S23.420A", ValidityStatus.OK, ValidityStatus.NOT_IN_FORCE, "to 2026-09-30"),
        ("T52.811", ValidityStatus.NOT_IN_FORCE, ValidityStatus.SEVENTH, "7th character"),
        ("E11.9", ValidityStatus.OK, ValidityStatus.OK, "in force"),
    ],
)
def test_a_code_is_valid_by_the_date_of_service(
    library: CodeLibrary, code: str, before: ValidityStatus, after: ValidityStatus, says: str
) -> None:
    assert library.validity(code, BEFORE).status is before
    answer = library.validity(code, AFTER)
    assert answer.status is after
    assert says in answer.message


def test_a_title_is_that_of_the_date(library: CodeLibrary) -> None:
    old, new = library.lookup("L02.232", on=BEFORE), library.lookup("L02.232", on=AFTER)
    assert old is not None
    assert new is not None
    assert (old.valid_to, new.valid_from) == (BEFORE, AFTER)
    assert new.title == "Carbuncle of back [any part, except buttock and flank]"
    assert old.title != new.title


def test_the_tree_is_that_of_the_date(library: CodeLibrary) -> None:
    assert [level.name for level in library.children("I42.0", on=BEFORE)] == []
    assert [level.name for level in library.children("I42.0", on=AFTER)] == ["I42.00", "I42.01", "I42.09"]
    assert library.place("I42.0", on=BEFORE)[-1].kind == "code"
    assert library.place("I42.0", on=AFTER)[-1].kind == "subcategory"
    assert [level.name for level in library.place("I42.01", on=AFTER)] == ["9", "I30-I5A", "I42", "I42.0", "I42.01"]
    assert "T52.8X" in [level.name for level in library.children("T52.8", on=BEFORE)]
    assert "T52.8X" not in [level.name for level in library.children("T52.8", on=AFTER)]


def test_a_new_heading_says_what_its_codes_have_in_common(library: CodeLibrary) -> None:
    named = {code: library.lookup(code, on=AFTER) for code in ("O00.5", "O00.51", "E89.83")}
    assert {code: found.title for code, found in named.items() if found} == {
        "O00.5": "Cornual ectopic pregnancy",
        "O00.51": "Cornual ectopic pregnancy without intrauterine pregnancy",
        "E89.83": "Hypoglycemia",
    }


def test_a_new_category_stands_in_its_block(library: CodeLibrary) -> None:
    assert [level.name for level in library.place("J4B", on=AFTER)] == ["10", "J40-J4A", "J4B"]
    assert "J4B" in [level.name for level in library.children("J40-J4A", on=AFTER)]
    assert "J4B" not in [level.name for level in library.children("J40-J4A", on=BEFORE)]


def test_new_codes_take_the_seventh_characters_and_notes_of_their_category(library: CodeLibrary) -> None:
    assert [option.code for option in library.seventh("T52.811", on=AFTER)] == ["T52.811A", "T52.811D", "T52.811S"]
    above = {note.node for note in library.notes("I42.01", on=AFTER)}
    assert "I42" in above


def test_a_heading_whose_words_are_ours_says_so(library: CodeLibrary) -> None:
    heading = library.lookup("M67.A0", on=AFTER)
    assert heading is not None
    assert (heading.title, heading.billable) == ("Plantar fasciitis", False)
    assert any("tabular list of its year" in note.text for note in library.notes("M67.A0", on=AFTER))


def test_search_shows_what_is_in_force_on_the_date_first(library: CodeLibrary) -> None:
    old = [hit for hit in library.search("dilated cardiomyopathy", on=BEFORE, limit=10) if hit.in_force]
    new = [hit for hit in library.search("dilated cardiomyopathy", on=AFTER, limit=10) if hit.in_force]
    assert old[0].code == "I42.0"
    assert old[0].billable
    assert new[0].code.startswith("I42.0")
    assert new[0].code != "I42.0"
    assert new[0].billable


def test_the_life_of_a_code_tells_its_titles_and_what_replaced_it(library: CodeLibrary) -> None:
    first, second = library.history("I42.0")
    assert (first.change, first.valid_to, first.billable) == ("in the first release loaded", BEFORE, True)
    assert first.replaced_by == ("I42.00", "I42.01", "I42.09")
    assert (second.change, second.valid_from, second.billable) == ("became a heading", AFTER, False)
    assert [stretch.change for stretch in library.history("I42.01")] == ["added"]
    assert [stretch.change for stretch in library.history("Z29.14")][1] == "title changed"
    (gone,) = library.history("S23.420A")
    assert (gone.valid_to, gone.replaced_by) == (BEFORE, ())
    assert library.history("nonsense") == ()
