"""The print vendor's files: whole, exact and harmless."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from store.errors import Refused
from store.statements.values import Ageing, Guarantor, Line, Statement
from store.statements.vendor import CSV_COLUMNS, Totals, write_csv, write_json_lines
from tests.store.statements.samples import credit_visit, pending_visit, service, statement, visit

RUN = (statement(visit(), pending_visit(), credit_visit(), credit=4500, level=3), statement(language="es"))
Writer = Callable[[Iterable[Statement], Path], Totals]


def test_json_lines_hold_every_fact_between_header_and_trailer(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    totals = write_json_lines(iter(RUN), path)
    header, first, second, trailer = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert header == {"record": "header", "format": "superbill-statements", "version": 2}
    assert (first["amount_due"], first["insurance_pending"], first["credit"]) == ("84.20", "140.00", "45.00")
    assert first["guarantor"]["name"] == "José Núñez"
    assert first["visits"][1]["lines"][0]["insurance_pending"] == "140.00"
    assert first["message"].startswith("Your account is past due. Please pay now, or call us at (555)")
    assert second["language"] == "es"
    assert trailer == {"record": "trailer", "statements": 2, "visits": 4, "lines": 4, "total_cents": 16840}
    assert totals == Totals(2, 4, 4, 16840)


def test_the_csv_repeats_the_statement_on_each_line_and_ends_in_the_counts(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    write_csv(iter(RUN), path)
    assert path.read_bytes().count(b"\r\n") == 6
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["record"] for row in rows] == ["line"] * 4 + ["trailer"]
    assert [row["amount_due"] for row in rows] == ["84.20", "84.20", "84.20", "84.20", ""]
    assert [row["owes"] for row in rows] == ["84.20", "0.00", "0.00", "84.20", ""]
    assert [row["visit"] for row in rows] == ["1", "2", "3", "1", ""]
    last = rows[-1]
    assert (last["trailer_statements"], last["trailer_lines"], last["trailer_total_cents"]) == ("2", "4", "16840")


def test_no_cell_is_a_formula_an_escape_or_a_line_end(tmp_path: Path) -> None:
    evil = '=HYPERLINK(1)\x1b[2J\r\n+x,"y"\u2028'
    line = Line(evil, 100, owes=100, reason="@" + evil)
    bad = replace(
        statement(visit(5, line, patient="-" + evil)), guarantor=Guarantor(" " + evil, (evil,)), message="+" + evil
    )
    write_csv([bad], tmp_path / "bad.csv")
    raw = (tmp_path / "bad.csv").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") == 3
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    write_json_lines([bad], tmp_path / "bad.jsonl")
    text = (tmp_path / "bad.jsonl").read_text("utf-8")
    assert len(text.splitlines()) == 3
    for both in (text, raw.decode()):
        assert "\x1b" not in both


def test_an_amount_below_zero_is_a_number_still(tmp_path: Path) -> None:
    over = Line("Injection", 5000, 8000, -3000)
    write_csv([statement(visit(), visit(6, over))], tmp_path / "over.csv")
    with (tmp_path / "over.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.DictReader(stream))[1]["insurance_adjusted"] == "-30.00"


def test_an_account_without_visits_has_one_row(tmp_path: Path) -> None:
    held = replace(statement(credit=900), visits=(), amount_due=0, ageing=Ageing())
    write_csv([held], tmp_path / "held.csv")
    with (tmp_path / "held.csv").open(encoding="utf-8", newline="") as stream:
        row, trailer = csv.DictReader(stream)
    assert (row["credit"], row["visit"], trailer["trailer_statements"]) == ("9.00", "", "1")


@pytest.mark.parametrize("write", [write_csv, write_json_lines])
def test_the_file_is_new_private_and_whole_or_not_there(write: Writer, tmp_path: Path) -> None:
    path = tmp_path / "run"
    with pytest.raises(Refused, match="no statement"):
        write([], path)
    with pytest.raises(Refused, match="ageing"):
        write([*RUN, replace(statement(), ageing=Ageing())], path)
    assert not path.exists()
    write(RUN, path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        write(RUN, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("write", [write_csv, write_json_lines])
def test_a_link_in_the_place_of_the_file_is_not_followed(write: Writer, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="exists already"):
        write(RUN, tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_the_sum_of_the_file_is_the_sum_of_the_amounts_due(tmp_path: Path) -> None:
    run = [statement(visit(5, service(owes=owes))) for owes in (1, 99, 8420, 10**9)]
    assert write_json_lines(run, tmp_path / "run").total_cents == sum(each.amount_due for each in run)
