"""What the library answers about codes."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest

from codesets import CodeLibrary, Refused, ValidityStatus, open_library
from codesets.library import sql
from codesets.library.tables import METADATA

DAY = date(2026, 5, 12)


def count(path: Path, statement: str) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute(statement).fetchone()[0])
    finally:
        connection.close()


def test_the_releases_are_whole_to_the_last_code(built_library_path: Path, library: CodeLibrary) -> None:
    for day, billable in (
        ("2025-10-01", 74_719),
        ("2026-09-30", 74_719),
        ("2026-10-01", 74_879),
        ("2027-05-01", 74_879),
    ):
        in_force = f"billable AND valid_from <= '{day}' AND (valid_to IS NULL OR valid_to >= '{day}')"
        assert count(built_library_path, f"SELECT count(*) FROM code WHERE {in_force}") == billable
    assert count(built_library_path, "SELECT count(*) FROM node WHERE kind = 'chapter'") == 22
    assert count(built_library_path, "SELECT count(*) FROM node WHERE kind = 'block'") == 297
    first, second = library.releases()
    assert (first.label, first.effective_from, first.effective_to) == (
        "ICD-10-CM FY2026",
        date(2025, 10, 1),
        date(2026, 9, 30),
    )
    assert (second.label, second.effective_from, second.effective_to) == ("ICD-10-CM FY2027", date(2026, 10, 1), None)
    assert (first.billable, second.billable) == (74_719, 74_879)


def test_every_note_kind_of_the_tabular_list_is_kept(built_library_path: Path) -> None:
    connection = sqlite3.connect(built_library_path)
    kinds = dict(connection.execute("SELECT kind, count(*) FROM note GROUP BY kind"))
    connection.close()
    assert kinds == {
        "includes": 1024,
        "inclusionTerm": 12_574,
        "excludes1": 5407,
        "excludes2": 2520,
        "codeFirst": 809,
        "useAdditionalCode": 1485,
        "codeAlso": 655,
        "notes": 180 + 24,  # headings of FY2027 whose words are ours say so
        "sevenChrNote": 508,
    }


def test_every_statement_of_the_reading_side_fits_the_tables(library: CodeLibrary) -> None:
    statements = [str(v) for name, v in vars(sql).items() if name.isupper() and name[0] != "_" and isinstance(v, str)]
    assert len(statements) > 15
    values = {
        "key": "E11",
        "node": 1,
        "name": "1",
        "low": 0,
        "high": 1,
        "limit": 1,
        "id": 0,
        "text": "a",
        "system": "",
        "day": "2026-05-12",
        "release": 1,
    }
    values |= {"start": "2026-10-01", "part": "", "kind": "hcpcs"}
    for statement in statements:
        library.rows("EXPLAIN " + statement.replace("{marks}", "0").replace("{releases}", "0"), values)


def test_the_tables_stay_out_of_every_other_database() -> None:
    from sqlmodel import SQLModel

    assert not set(METADATA.sorted_tables) & set(SQLModel.metadata.sorted_tables)


@pytest.mark.parametrize("typed", ["S52.501A", "s52501a", " S52501A ", "s52.501a"])
def test_a_code_is_found_however_it_is_written(library: CodeLibrary, typed: str) -> None:
    entry = library.lookup(typed)
    assert entry is not None
    assert entry.code == "S52.501A"
    assert entry.title == (
        "Unspecified fracture of the lower end of right radius, initial encounter for closed fracture"
    )
    assert (entry.billable, entry.valid_from, entry.valid_to) == (True, date(2025, 10, 1), None)


def test_a_code_not_in_force_on_the_date_is_not_found(library: CodeLibrary) -> None:
    assert library.lookup("E11.A", on=date(2025, 9, 30)) is None
    assert library.lookup("E11.22", on=date(2015, 9, 30)) is None
    assert library.lookup("E11.22", on=date(2025, 9, 30)) == library.lookup("E11.22")
    assert library.lookup("E11.22", on=date(2025, 10, 1)) is not None
    assert library.lookup("nonsense") is None


def test_the_way_to_a_code_goes_from_chapter_to_code(library: CodeLibrary) -> None:
    steps = [(level.kind, level.name) for level in library.place("S52.501A")]
    assert steps == [
        ("chapter", "19"),
        ("block", "S50-S59"),
        ("category", "S52"),
        ("subcategory", "S52.5"),
        ("subcategory", "S52.50"),
        ("subcategory", "S52.501"),
        ("code", "S52.501A"),
    ]
    assert [level.kind for level in library.place("I10")] == ["chapter", "block", "category"]
    assert library.place("nonsense") == ()


def test_a_code_shows_the_notes_of_every_level_above_it(library: CodeLibrary) -> None:
    notes = library.notes("E11.22")
    from_category = [n.text for n in notes if n.kind == "excludes1" and (n.level, n.node) == ("category", "E11")]
    assert any("type 1 diabetes mellitus (E10.-)" in text for text in from_category)
    assert len(from_category) == 8
    own = [n for n in notes if n.node == "E11.22"]
    assert [(n.kind, n.level) for n in own] == [("useAdditionalCode", "code")]
    order = [n.level for n in notes]
    assert order == sorted(order, key=["chapter", "block", "category", "subcategory", "code"].index)


def test_a_pregnancy_code_shows_the_notes_of_its_chapter(library: CodeLibrary) -> None:
    notes = library.notes("O09.511")
    chapter = [n for n in notes if n.level == "chapter"]
    assert any("Z34" in n.text for n in chapter if n.kind == "excludes1")
    assert any("trimester" in n.text.lower() for n in chapter if n.kind == "notes")


def test_items_under_a_heading_line_stand_one_deeper(library: CodeLibrary) -> None:
    lines = [n for n in library.notes("G63") if n.kind == "codeFirst"]
    assert lines[0].text.endswith(":")
    assert lines[0].depth == 0
    assert {n.depth for n in lines[1:]} == {1}


def test_seventh_characters_are_offered_with_the_complete_code(library: CodeLibrary) -> None:
    options = library.seventh("T14.8")
    assert [(o.char, o.text, o.code) for o in options] == [
        ("A", "initial encounter", "T14.8XXA"),
        ("D", "subsequent encounter", "T14.8XXD"),
        ("S", "sequela", "T14.8XXS"),
    ]
    assert library.seventh("T14.8XXD") == options
    assert library.seventh("I10") == ()


def test_children_come_in_tabular_order(library: CodeLibrary) -> None:
    assert [level.name for level in library.children("E11.2")] == ["E11.21", "E11.22", "E11.29"]
    assert [level.name for level in library.children("T14.8")] == ["T14.8XXA", "T14.8XXD", "T14.8XXS"]
    assert library.children("E08-E13")[0].name == "E08"
    assert library.children("T14.8XXA") == ()
    assert len(library.children("4")) > 5


@pytest.mark.parametrize(
    ("code", "on", "status", "says"),
    [
        ("I10", DAY, ValidityStatus.OK, "in force"),
        ("e119", DAY, ValidityStatus.OK, "E11.9"),
        ("QA0.0101", DAY, ValidityStatus.OK, "in force"),
        ("M1A.9XX0", DAY, ValidityStatus.OK, "in force"),
        ("S52.501A", DAY, ValidityStatus.OK, "in force"),
        ("T14.8XXA", DAY, ValidityStatus.OK, "in force"),
        ("O36.8120", DAY, ValidityStatus.OK, "in force"),
        ("Z99.99", DAY, ValidityStatus.UNKNOWN, "not in the loaded"),
        ("E11.65A", DAY, ValidityStatus.UNKNOWN, "not in the loaded"),
        ("", DAY, ValidityStatus.UNKNOWN, "empty"),
        ("E11.2", DAY, ValidityStatus.HEADER, "E11.21"),
        ("M54.5", DAY, ValidityStatus.HEADER, "M54.50"),
        ("S52.501", DAY, ValidityStatus.SEVENTH, "7th character"),
        ("T14.8A", DAY, ValidityStatus.SEVENTH, "T14.8XXA"),
        ("S93.401B", DAY, ValidityStatus.SEVENTH, "not a 7th character"),
        ("T36.01XA", DAY, ValidityStatus.SEVENTH, "T36.0X1A"),
        ("T07A", DAY, ValidityStatus.SEVENTH, "T07.XXXA"),
        ("S93.401XA", DAY, ValidityStatus.SEVENTH, "7th character"),
        ("T36.0X1", DAY, ValidityStatus.SEVENTH, "7th character"),
        ("T14.8", DAY, ValidityStatus.SEVENTH, "placeholder"),
        ("E66.811", date(2024, 9, 30), ValidityStatus.NOT_IN_FORCE, "from 2024-10-01"),
        ("E66.811", date(2024, 10, 1), ValidityStatus.OK, "in force on 2024-10-01"),
        ("I10", date(2019, 5, 2), ValidityStatus.OK, "in force on 2019-05-02"),
        ("I10", date(2015, 9, 30), ValidityStatus.NOT_IN_FORCE, "in use since 2015-10-01"),
        ("U07.1", date(2020, 3, 31), ValidityStatus.NOT_IN_FORCE, "from 2020-04-01"),
        ("G35", date(2025, 9, 30), ValidityStatus.NOT_KNOWN, "not known"),
        ("G35", DAY, ValidityStatus.HEADER, "G35.A"),
        ("E11.2", date(2025, 9, 30), ValidityStatus.HEADER, "E11.21"),
        ("S52.501", date(2025, 9, 30), ValidityStatus.SEVENTH, "7th character"),
        ("I42.00", date(2025, 9, 30), ValidityStatus.NOT_IN_FORCE, "from 2026-10-01"),
    ],
)
def test_validity_says_what_is_wrong(
    library: CodeLibrary, code: str, on: date, status: ValidityStatus, says: str
) -> None:
    answer = library.validity(code, on)
    assert answer.status is status
    assert says in answer.message
    assert answer.ok is (status is ValidityStatus.OK)


def test_validity_never_repeats_control_characters(library: CodeLibrary) -> None:
    answer = library.validity("\x1b[31mZ99\x07", DAY)
    assert answer.message.isprintable()


def test_a_library_that_is_missing_or_foreign_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "codes.sqlite"
    with pytest.raises(Refused, match="superbill codes build"):
        open_library(path)
    path.write_bytes(b"not a library at all, but long enough to look like a file" * 9)
    with pytest.raises(Refused, match="superbill codes build"):
        open_library(path)


def test_a_library_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (name TEXT, value TEXT)")
    connection.execute("INSERT INTO meta VALUES ('schema', '0')")
    connection.commit()
    connection.close()
    with pytest.raises(Refused, match="another version"):
        open_library(path)


def test_threads_share_one_library(built_library_path: Path) -> None:
    found: list[tuple[str, str]] = []
    with open_library(built_library_path) as shared:

        def ask() -> None:
            hits = shared.search("acute appendicitis", limit=3)
            entry = shared.lookup("K35.80")
            assert entry is not None
            found.append((hits[0].code, entry.code))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_nothing_can_be_written_through_the_library(library: CodeLibrary) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        library.rows("DELETE FROM code")
