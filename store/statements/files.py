"""The files of a generated run: one PDF for the printer at hand, one file for a print vendor.

They are made from what is kept, so that the same run gives the same bytes, today and years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import col, select

from store.errors import NotFound, Refused
from store.new_file import make_folder, new_file
from store.statements.pdf import write_pdf
from store.statements.runs import GenerateRun, SelectRun, SendRun
from store.statements.states import RunState
from store.statements.stored import from_json
from store.statements.values import Statement
from store.statements.vendor import write_json_lines
from store.tables import StatementAccount, StatementRun

if TYPE_CHECKING:
    from store.practice import Practice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run through all its steps gave."""

    run_id: int
    said: str
    files: tuple[Path, ...]


def run_through(practice: Practice, as_of: date, folder: Path) -> Outcome:
    """Select, generate, write and send the run of a date, going on where an earlier try stopped.

    A run that was sent already is left as it is; its files are written again only where they are missing.
    """
    run_id = int(str(practice.do(SelectRun(as_of)).result))
    state = _state(practice, run_id)
    if state == RunState.SELECTED:
        practice.do(GenerateRun(run_id))
    files = write_run(practice, run_id, folder)
    if state == RunState.SENT:
        return Outcome(run_id, f"The run of {as_of} was sent already; nothing was sent again.", files)
    return Outcome(run_id, practice.do(SendRun(run_id)).said, files)


def _state(practice: Practice, run_id: int) -> str:
    with practice.reading() as session:
        return session.get_one(StatementRun, run_id).state


def write_run(practice: Practice, run_id: int, folder: Path) -> tuple[Path, Path]:
    """Write the run's PDF and vendor file into a folder; neither is ever overwritten.

    A file that is there already with the same bytes is left as it is.
    """
    with practice.reading() as session:
        run = session.get(StatementRun, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        if run.state not in {RunState.GENERATED, RunState.SENT}:
            raise Refused(f"The run is {run.state}: it has no pages.")
        name = f"statements_{run.as_of.isoformat()}_{run.id}"
    make_folder(folder)
    pdf, vendor = folder / f"{name}.pdf", folder / f"{name}.jsonl"
    if not pdf.exists():
        with new_file(pdf) as file:
            write_pdf(statements_of(practice, run_id), file)
    if not vendor.exists():
        write_json_lines(statements_of(practice, run_id), vendor)
    return pdf, vendor


def statements_of(practice: Practice, run_id: int) -> Iterator[Statement]:
    """The statements of a run, one at a time, by account."""
    with practice.reading() as session:
        query = (
            select(StatementAccount.content)
            .where(StatementAccount.run_id == run_id, StatementAccount.included)
            .order_by(col(StatementAccount.guarantor_id))
        )
        for content in session.exec(query).yield_per(100):
            yield from_json(content)
