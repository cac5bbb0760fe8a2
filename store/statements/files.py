"""The files of a generated run: one PDF for the printer at hand, one file for a print vendor.

They are made from what is kept, so that the same run gives the same bytes, today and years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import col, select

from store.errors import NotFound, Refused
from store.new_file import make_folder, new_file
from store.statements.pdf import write_pdf
from store.statements.states import RunState
from store.statements.stored import from_json
from store.statements.values import Statement
from store.statements.vendor import write_json_lines
from store.tables import StatementAccount, StatementRun

if TYPE_CHECKING:
    from store.practice import Practice


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
