"""How fast accounts are judged and statements printed, and with how much memory.

    python -m tests.bench.statements [--accounts 100000] [--pages 10000] [--libraries 2000]

Three tables.  Preview: every account of a practice judged, in or out with its reason.  Run: the same practice's
accounts composed out of the ledger, kept, sent and written as one PDF.  Libraries: the same statements drawn by the
same code on the canvas of reportlab (the product's), fpdf2 and PyMuPDF, which are needed for this table alone:
`pip install fpdf2 pymupdf`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from store import clock
from store.db import open_engine, sqlite_url
from store.people.roles import Actor, Role
from store.people.users import found_practice
from store.practice import Practice
from store.statements.eligible import judge_all
from store.statements.files import generate_through, send_through, statements_of, write_run
from store.statements.pdf import write_pdf
from store.statements.pdf.common import draw_common
from store.statements.pdf.page import draw_statement
from store.statements.runs import ApproveRun, SelectRun
from store.statements.values import Statement
from store.statements.words import words_for
from tests.bench.canvases import FpdfPaper, MuPaper
from tests.bench.remits import _forget, _peak
from tests.store.conftest import practice_row
from tests.store.statements.crowd import DOS, crowd


def practice_of(folder: Path, count: int) -> Practice:
    """A practice in which `count` accounts owe something for two visits each."""
    engine = open_engine(sqlite_url(folder / "practice.db"))
    found_practice(engine, practice_row(), "owner")
    crowd(engine, count, visits=2)
    return Practice(engine, Actor(1, "owner", Role.OWNER))


class Clock:
    """How long something takes: by the wall, and of the processor alone, which other work on the machine leaves be."""

    def __init__(self) -> None:
        self._before = _forget()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def told(self, count: int) -> str:
        """What it took for `count` things."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        memory = _peak() - self._before
        return f"{wall:6.1f} s  {count / wall:7,.0f}/s  cpu {cpu:6.1f} s  {count / cpu:7,.0f}/s  {memory:4.0f} MB above"


def preview(count: int) -> None:
    """One line: every account judged."""
    with tempfile.TemporaryDirectory() as folder:
        practice = practice_of(Path(folder), count)
        time_of = Clock()
        with practice.reading() as session:
            judged = judge_all(session, clock.today())
        told = time_of.told(count)
        assert len(judged) == count
        practice.close()
    print(f"{'preview':14} {count:7,} accounts  {told}")


def run(count: int) -> None:
    """Lines: selecting, generating, sending with writing, writing the PDF again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        practice = practice_of(folder, count)
        day = DOS + timedelta(days=10)
        run_id = 0

        def select() -> None:
            nonlocal run_id
            run_id = int(str(practice.do(SelectRun(day)).result))
            practice.do(ApproveRun(run_id))

        _line("select", count, select)
        _line("generate", count, lambda: generate_through(practice, run_id))
        _line("send, 3 files", count, lambda: send_through(practice, run_id, folder / "out"))
        _line("3 files again", count, lambda: write_run(practice, run_id, folder / "again"))
        with (folder / "only.pdf").open("wb") as file:
            _line("PDF alone", count, lambda: write_pdf(statements_of(practice, run_id), file))
        size = (folder / "only.pdf").stat().st_size
        print(f"{'':9} {size / 1e6:.1f} MB of PDF, {size / count:,.0f} bytes an account")
        practice.close()


def _line(what: str, count: int, work: Callable[[], object]) -> None:
    time_of = Clock()
    work()
    print(f"{what:14} {count:7,} accounts  {time_of.told(count)}")


def statements(count: int) -> Iterator[Statement]:
    """Statements as a run would make them, without a database."""
    from dataclasses import replace

    from tests.store.statements.samples import statement, visit

    one = statement(visit(5), visit(9, patient="Pau"))
    for number in range(count):
        yield replace(one, account=f"A{number}", number=f"1-A{number}")


def library(name: str, count: int, path: Path) -> None:
    """One line: the same statements on one library's canvas."""
    time_of = Clock()
    if name == "reportlab":
        with path.open("wb") as file:
            write_pdf(statements(count), file)
    else:
        paper: Any = FpdfPaper() if name == "fpdf2" else MuPaper()
        first = next(statements(1))
        words = words_for(first.guarantor.language)
        common = draw_common(paper, first.practice, words, "first", due=True)
        for one in statements(count):
            draw_statement(paper, one, words, common)
        paper.save(path)
    told = time_of.told(count)
    print(f"{name:14} {count:7,} pages     {told}  {path.stat().st_size / count:6,.0f} bytes a page")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--libraries", type=int, default=2_000)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one == "preview":
        preview(options.accounts)
    elif options.one == "run":
        run(options.pages)
    elif options.one:
        library(options.one, options.libraries, options.out)
    else:
        print(f"load of the machine at the beginning: {os.getloadavg()[0]:.1f}")
        _each(options)


def _each(options: argparse.Namespace) -> None:
    """Each table's line in a process of its own, so that the memory of one is not another's."""
    sizes = ["--accounts", str(options.accounts), "--pages", str(options.pages), "--libraries", str(options.libraries)]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("preview", "run", "reportlab", "fpdf2", "pymupdf"):
            out = ["--out", str(Path(folder) / f"{name}.pdf")]
            subprocess.run([sys.executable, "-m", "tests.bench.statements", "--one", name, *sizes, *out], check=True)


if __name__ == "__main__":
    main()
