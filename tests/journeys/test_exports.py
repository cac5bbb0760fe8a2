"""Whatever leaves as a table: no cell is a formula, the trail knows of it first, and nobody else can read the file."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

import codesets
import store
import tui
from store import reports
from store.accounts.bad_debt import COLUMNS, write_placements
from store.db import writer
from store.intake.rejects import write_rejects
from store.intake.values import Reject
from store.people.presence import Presence
from store.spreadsheet import safe_cell
from store.statements.vendor import write_csv
from store.tables import AuditEntry, Guarantor, Placement
from store.work.queue import QUEUES
from store.work.values import View
from tests.store.conftest import engine, library, still, template, world
from tests.store.statements.samples import statement, visit
from tests.store.world import DAY, World
from tui.export import write_rows, write_table

__all__ = ["engine", "library", "still", "template", "world"]
EVIL = "=HYPERLINK(1)"
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")
TEXTS = (
    "patient last,first", "guarantor last,first,line1,city,phone", "patient_contact line1,city,phone", "payer name",
    "provider last,first", "work_item reason", "app_user full_name", "remittance payer_name,trace", "fee title",
)  # fmt: skip


def cells(path: Path) -> list[str]:
    assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8", newline="") as stream:
        return [cell for row in csv.reader(stream, strict=True) for cell in row]


def harmless(path: Path) -> int:
    """Refuses formulas; how many cells would have been one."""
    found = cells(path)
    assert [cell for cell in found if cell.lstrip()[:1] in set("=+-@") and not NUMBER.fullmatch(cell)] == []
    return sum(cell.startswith("'=") for cell in found)


@pytest.fixture
def evil(world: World) -> World:
    """A practice in which everything that somebody else typed is a formula."""
    world.denied()
    world.answered(world.send() if world.claim() else "")
    world.code(world.encounter())
    world.encounter("PRMUT")
    for line in TEXTS:
        table, columns = line.split()
        world.sql(f"UPDATE {table} SET {', '.join(f'{column}=:evil' for column in columns.split(','))}", evil=EVIL)
    return world


def test_no_export_of_a_queue_or_a_report_holds_a_formula_and_the_trail_knows_each(evil: World, tmp_path: Path) -> None:
    met = 0
    for name in QUEUES:
        page = evil.owner.page(name, View())
        columns = evil.owner.queue(name).columns
        met += harmless(write_rows(evil.owner, name, str(tmp_path / f"{name}.csv"), columns, page.rows))
    assert met > 5
    for key in reports.REPORTS:
        found = evil.owner.report(key)
        rows = [(row.flag, row.cells) for row in found.rows]
        harmless(write_table(evil.owner, f"report {key}", str(tmp_path / f"r-{key}.csv"), found.columns, rows))
    told = [entry.subject for entry in evil.all(AuditEntry, action="export")]
    assert told == [*QUEUES, *(f"report {key}" for key in reports.REPORTS)]


def test_no_file_for_a_printer_an_agency_or_a_person_who_mends_rows_holds_a_formula(
    evil: World, tmp_path: Path
) -> None:
    bill = replace(statement(visit(patient=EVIL)), message=EVIL)
    write_csv([bill], tmp_path / "vendor.csv")
    assert harmless(tmp_path / "vendor.csv")
    guarantor = evil.all(Guarantor)[0]
    with Session(writer(evil.engine)) as session:
        day = DAY - timedelta(days=200)
        session.add(
            Placement(
                guarantor_id=guarantor.id,
                reference="A1",
                agency="x",
                cents=100,
                placed_on=DAY,
                placed_by=evil.owner.actor.user_id,
                first_bill_on=day,
            )
        )
        session.commit()
    assert harmless(write_placements(evil.owner, "A1", tmp_path)) >= len(COLUMNS[2:6])
    write_rejects(tmp_path / "rejects.csv", [Reject(EVIL, 1, EVIL, EVIL, EVIL)])
    assert harmless(tmp_path / "rejects.csv") == 4


@pytest.mark.parametrize(
    "text", ["=1", " =1", "+1 555 0100", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n@x", "\uff1d1", "\xa0=1"]
)
def test_a_cell_that_begins_like_a_formula_is_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-12.50", "1,234.00", "0", "", "O'Neil", "a=b", "2026-03-09"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_tables_are_written_in_one_place_only() -> None:
    found = [
        path.name
        for room in (codesets, store, tui)
        for path in Path(str(room.__file__)).parent.rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|safe_cell\(", path.read_text(encoding="utf-8"))
    ]
    assert found == ["spreadsheet.py"]


def test_what_the_trail_can_not_keep_is_not_written(
    evil: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("no room for the trail")

    monkeypatch.setattr(Presence, "_tell", full)
    with pytest.raises(RuntimeError):
        write_rows(evil.owner, "coding", str(tmp_path / "x.csv"), evil.owner.queue("coding").columns, ())
    assert list(tmp_path.iterdir()) == []
