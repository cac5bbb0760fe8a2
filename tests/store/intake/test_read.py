from __future__ import annotations

import os
from pathlib import Path

import pytest

from store.errors import Refused
from store.intake import plain_file
from store.intake.read import read_file
from tests.store.intake.samples import ROW, TODAY, read_text, table, whole


def refusal(folder: Path, data: str | bytes, name: str = "file.txt") -> str:
    with pytest.raises(Refused) as caught:
        read_text(folder, data, name)
    return str(caught.value)


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    if data == b"\xef\xbb\xbf":
        assert "neither" in refusal(tmp_path, data)
    else:
        assert "empty" in refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Dear colleague,\nplease find attached\n", "neither a FHIR bundle"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"MSH|^~\\&|A|B\r", "HL7 v2"),
        (b"ISA*00*", "X12"),
        (b"<?xml version='1.0'?><Bundle/>", "XML"),
        ("name;born\nQuill;1970".encode("utf-16"), "UTF-16"),
    ],
)
def test_another_kind_of_file_is_refused_in_plain_words(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refusal(tmp_path, data)


def test_a_refusal_of_unknown_text_shows_the_header_that_a_csv_needs(tmp_path: Path) -> None:
    assert "source_id,patient_id,last" in refusal(tmp_path, "hello\n")


def test_latin_1_is_refused_with_line_byte_and_remedy(tmp_path: Path) -> None:
    data = table(ROW, ROW | {"source_id": "E-2", "last": "Núñez"}).replace("\n\n", "\n").encode("latin-1")
    said = refusal(tmp_path, data, "rows.csv")
    line = data[: data.index(b"\xfa")].count(b"\n") + 1
    assert f"rows.csv, line {line}" in said
    assert "0xFA" in said
    assert "'ú'" in said
    assert "UTF-8" in said


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert len(read_text(tmp_path, b"\xef\xbb\xbf" + table(ROW).encode()).encounters) == 1


def test_a_missing_file_a_folder_and_a_pipe_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("nowhere.csv", "no such file"), (".", "not a plain file"), ("pipe", "not a plain file")):
        with pytest.raises(Refused, match=said):
            read_file(tmp_path / name, today=TODAY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text(table(ROW))
    path.chmod(0)
    with pytest.raises(Refused, match="can't be opened"):
        read_file(path, today=TODAY)


def test_a_file_over_the_cap_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(Refused, match="larger than"):
        plain_file.read_bytes(path, cap=1000)
    assert len(plain_file.read_bytes(path, cap=1001)) == 1001


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    import json

    assert read_text(tmp_path, json.dumps(whole()), "bundle.csv").encounters
    assert read_text(tmp_path, table(ROW), "rows.json").encounters


@pytest.mark.parametrize("data", [b"", b"hello", b"{", b"caf\xe9", b"source_id,patient_id,last\n"])
def test_a_hostile_file_name_is_made_harmless_in_what_is_said(tmp_path: Path, data: bytes) -> None:
    assert "\x1b" not in refusal(tmp_path, data, "a\x1b[2Jb.csv")


def test_a_hostile_file_name_is_made_harmless_in_rejects(tmp_path: Path) -> None:
    for text in (table(ROW | {"birth": ""}), '{"resourceType": "Encounter"}'):
        (reject,) = read_text(tmp_path, text, "a\x1b[2Jb.csv").rejects
        assert reject.file == "a\ufffd[2Jb.csv"


def test_a_named_source_tells_two_senders_of_plain_tables_apart(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(table(ROW))
    assert read_file(path, today=TODAY).encounters[0].source == "csv"
    assert read_file(path, today=TODAY, source="north clinic").encounters[0].source == "north clinic"
