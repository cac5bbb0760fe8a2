from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Refused
from store.intake.csv_rows import csv_header, read_csv
from store.text import clean_line, clean_note
from tests.store.intake.samples import NOTE, NPI, ROW, TODAY, read_text, table


def only_reject(folder: Path, **changes: str) -> tuple[str, str]:
    """Field and reason of a changed row that stands between two good ones."""
    rows = (ROW, ROW | {"source_id": "E-2"} | changes, ROW | {"source_id": "E-3"})
    intake = read_text(folder, table(*rows))
    assert [one.source_id for one in intake.encounters] == ["E-1", "E-3"]
    (reject,) = intake.rejects
    assert reject.file == "rows.csv"
    assert reject.line == 4 if NOTE.count("\n") == 0 else reject.line > 2
    return reject.field, reject.reason


def test_a_row_becomes_an_encounter_with_every_field(tmp_path: Path) -> None:
    (one,) = read_text(tmp_path, table(ROW)).encounters
    assert (one.source, one.source_id, one.line) == ("csv", "E-1", 2)
    assert (one.patient.last, one.patient.birth, one.patient.sex) == ("Quill", date(1970, 2, 3), "F")
    assert (one.patient.state, one.patient.zip) == ("KS", "679991234")
    assert (one.provider.npi, one.provider.last) == (NPI, "Marsh")
    assert (one.service_date, one.place, one.setting, one.kind) == (
        date(2026, 6, 1),
        "11",
        "outpatient",
        "office visit",
    )
    (coverage,) = one.coverages
    assert (coverage.payer_name, coverage.payer_id, coverage.member_id) == ("Prairie Mutual", "PRMUT", "M1")
    assert (coverage.group_number, coverage.relationship, coverage.subscriber) == ("G1", "18", None)
    assert one.note == NOTE


def test_the_columns_that_may_be_left_out_may_be_left_out(tmp_path: Path) -> None:
    names = "source_id,patient_id,last,first,birth,provider_npi,provider_last,service_date"
    intake = read_text(tmp_path, f"{names}\nE1,P1,Quill,,1970-02-03,{NPI},Marsh,2026-06-01\n")
    assert len(intake.encounters) == 1
    assert intake.warnings == ("The encounter has no note, so it waits for its documents. (line 2)",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comma_semicolon_and_tab_are_understood_with_either_line_end(tmp_path: Path, delimiter: str, end: str) -> None:
    text = table(ROW | {"note": "a, b; c\td"}, delimiter=delimiter).replace("\n", end)
    assert read_text(tmp_path, text).encounters[0].note == "a, b; c\td"


def test_wrong_columns_are_refused_by_name(tmp_path: Path) -> None:
    header = csv_header().replace("birth,", "dob,", 1).replace("patient_id", "last", 1)
    with pytest.raises(Refused) as caught:
        read_text(tmp_path, header + "\n")
    for said in ("unknown: 'dob'", "missing: 'patient_id', 'birth'", "more than once: 'last'", "line 1"):
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"source_id": " "}, "source_id", "missing"),
        ({"patient_id": ""}, "patient_id", "missing"),
        ({"last": ""}, "last", "missing"),
        ({"birth": ""}, "birth", "missing"),
        ({"birth": "02/03/1970"}, "birth", "not a date"),
        ({"birth": "2024-W01-1"}, "birth", "not a date"),
        ({"birth": "१९७०-०२-०३"}, "birth", "not a date"),
        ({"birth": "1970-02-30"}, "birth", "not in the calendar"),
        ({"birth": "0070-02-03"}, "birth", "before 1900"),
        ({"birth": "2026-06-02"}, "birth", "after the date of service"),
        ({"service_date": "2026-06-17"}, "service_date", "future"),
        ({"service_date": ""}, "service_date", "missing"),
        ({"sex": "male-ish"}, "sex", "none of"),
        ({"provider_npi": ""}, "provider_npi", "missing"),
        ({"provider_npi": "12345"}, "provider_npi", "not an NPI"),
        ({"provider_last": ""}, "provider_last", "missing"),
        ({"place": "office"}, "place", "place-of-service"),
        ({"last": "x" * 61}, "last", "longer than 60"),
        ({"payer": "", "payer_id": ""}, "payer", "missing"),
        ({"payer": "", "payer_id": "", "member_id": "", "payer2": "Other"}, "payer", "payer2"),
        ({"relationship": "aunt"}, "relationship", "none of"),
        ({"relationship": "child"}, "subscriber_last", "missing"),
        ({"relationship": "child", "subscriber_last": "Quill"}, "subscriber_birth", "missing"),
        (
            {"relationship": "child", "subscriber_last": "Quill", "subscriber_birth": "2026-07-01"},
            "subscriber_birth",
            "future",
        ),
        ({"note_file": "a.txt"}, "note_file", "beside a note"),
    ],
)
def test_a_bad_row_is_refused_with_its_field_and_the_others_are_kept(
    tmp_path: Path, changes: dict[str, str], field: str, reason: str
) -> None:
    found_field, found_reason = only_reject(tmp_path, **changes)
    assert found_field == field
    assert reason in found_reason


def test_a_row_with_too_many_or_too_few_cells_is_refused_as_it_came(tmp_path: Path) -> None:
    good = table(ROW | {"note": "n"})
    intake = read_text(tmp_path, good + "only,three,cells\n" + table(ROW | {"source_id": "E-9"}).split("\n", 1)[1])
    assert [one.source_id for one in intake.encounters] == ["E-1", "E-9"]
    (reject,) = intake.rejects
    assert (reject.line, reject.original) == (3, "only,three,cells")
    assert "3 cells" in reject.reason


@pytest.mark.parametrize("broken", ['"E-2,P-1\n', 'E-2,"P"1,x\n'])
def test_an_unclosed_quote_is_refused_with_its_line_and_swallows_nothing(tmp_path: Path, broken: str) -> None:
    with pytest.raises(Refused, match=r"rows\.csv, line 3: A quote of the row that starts here"):
        read_text(tmp_path, table(ROW | {"note": "n"}) + broken + table(ROW).split("\n", 1)[1])


def test_a_cell_too_long_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"line 2: A cell .* longer than"):
        read_text(tmp_path, table(ROW | {"note": "x" * 140_000}))


def test_line_numbers_count_the_lines_inside_notes(tmp_path: Path) -> None:
    rows = (ROW | {"note": "a\nb\nc"}, ROW | {"source_id": "E-2", "birth": "?"})
    (reject,) = read_text(tmp_path, table(*rows)).rejects
    assert reject.line == 5


def test_blank_rows_are_passed_over(tmp_path: Path) -> None:
    width = len(csv_header().split(","))
    assert len(read_text(tmp_path, table(ROW) + "\n" + "," * (width - 1) + "\n\n").encounters) == 1


def test_the_same_row_twice_is_kept_once_and_told(tmp_path: Path) -> None:
    intake = read_text(tmp_path, table(ROW | {"note": "n"}, ROW | {"note": "n"}))
    assert len(intake.encounters) == 1
    assert not intake.rejects
    assert intake.warnings == ("The same encounter stands already at line 2. (line 3)",)


def test_the_same_identifier_with_other_content_is_refused(tmp_path: Path) -> None:
    intake = read_text(tmp_path, table(ROW | {"note": "n"}, ROW | {"note": "m"}))
    assert [one.note for one in intake.encounters] == ["n"]
    assert [(one.line, one.field) for one in intake.rejects] == [(3, "source_id")]


def test_a_wrong_check_digit_is_a_warning_or_when_asked_a_reject(tmp_path: Path) -> None:
    text = table(ROW | {"provider_npi": "9999907691", "note": "n"})
    lenient = read_text(tmp_path, text)
    assert len(lenient.encounters) == 1
    assert "9999907691" in lenient.warnings[0]
    strict = read_text(tmp_path, text, strict_npi=True)
    assert [one.field for one in strict.rejects] == ["provider_npi"]


def test_dependents_and_a_second_payer_are_read(tmp_path: Path) -> None:
    row = ROW | {
        "relationship": "child", "subscriber_last": "Quill", "subscriber_first": "Bo",
        "subscriber_birth": "1950-01-01", "subscriber_sex": "m", "payer2": "Second", "member2_id": "S2",
    }  # fmt: skip
    first, second = read_text(tmp_path, table(row)).encounters[0].coverages
    assert first.relationship == "19"
    assert first.subscriber is not None
    assert (first.subscriber.first, first.subscriber.sex) == ("Bo", "M")
    assert (second.order, second.payer_name, second.member_id) == (2, "Second", "S2")


def test_hostile_text_is_made_harmless(tmp_path: Path) -> None:
    row = ROW | {"last": "Qu\x1b]0;pwn\x07ill\u202e", "note": "a\x9bb\u200bc\n[red]d", "facility": "[@click=x]"}
    (one,) = read_text(tmp_path, table(row)).encounters
    assert one.patient.last == "Qu\ufffd]0;pwn\ufffdill\ufffd"
    assert one.note == "a\ufffdb\ufffdc\n[red]d"
    assert one.facility == "[@click=x]"


def test_a_note_file_beside_the_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "e1.txt").write_text(NOTE)
    (one,) = read_text(tmp_path, table(ROW | {"note": "", "note_file": "notes/e1.txt"})).encounters
    assert one.note == NOTE


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "link.txt", "missing.txt", "a\x00b", "folder"])
def test_a_note_file_elsewhere_is_never_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "folder").mkdir()
    intake = read_text(folder, table(ROW | {"note": "", "note_file": name}))
    assert not intake.encounters
    assert [one.field for one in intake.rejects] == ["note_file"]
    assert "secret" not in intake.rejects[0].reason.replace("'../secret.txt'", "")


def test_a_note_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_bytes(b"caf\xe9")
    (reject,) = read_text(tmp_path, table(ROW | {"note": "", "note_file": "n.txt"})).rejects
    assert "0xE9" in reject.reason


_ANY = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.tuples(_ANY, _ANY, _ANY), max_size=6), delimiter=st.sampled_from(",;\t"))
def test_whatever_is_written_with_quotes_is_read_back_cleaned(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    filled = [
        ROW | {"source_id": f"E-{number}", "first": first, "facility": facility, "note": note}
        for number, (first, facility, note) in enumerate(rows)
    ]
    intake = read_csv(table(*filled, delimiter=delimiter), Path("rows.csv"), today=TODAY)
    assert not intake.rejects
    assert [one.patient.first for one in intake.encounters] == [clean_line(first) for first, _, _ in rows]
    assert [one.facility for one in intake.encounters] == [clean_line(facility) for _, facility, _ in rows]
    assert [one.note for one in intake.encounters] == [clean_note(note) for _, _, note in rows]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text: str) -> None:
    with contextlib.suppress(Refused):
        read_csv(table(ROW) + text, Path("rows.csv"), today=TODAY)


def test_a_table_without_a_last_line_end_is_told_as_perhaps_cut_off(tmp_path: Path) -> None:
    assert "cut off" in read_text(tmp_path, table(ROW).rstrip("\n")).warnings[0]
    assert not read_text(tmp_path, table(ROW)).warnings


def test_a_table_cut_anywhere_never_gives_a_changed_encounter(tmp_path: Path) -> None:
    text = table(ROW, ROW | {"source_id": "E-2"})
    good = {one.source_id: one for one in read_text(tmp_path, text).encounters}
    for cut in range(len(text) - 1):
        try:
            intake = read_text(tmp_path, text[:cut])
        except Refused:
            continue
        assert all(one == good[one.source_id] for one in intake.encounters), cut
