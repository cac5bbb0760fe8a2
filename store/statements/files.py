"""The files of a sent run: one PDF for the printer at hand, one file for a print vendor, and any page by itself.

They are made from what is kept, values and words, so that the same run gives the same bytes, today and years later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func
from sqlmodel import col, select

from store.errors import NotFound, Refused
from store.new_file import make_folder, new_file
from store.people.roles import Permission
from store.statements.pdf import write_one, write_pdf
from store.statements.plain_text import text_lines
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import PART, GenerateRun, SendRun
from store.statements.states import AccountState, RunState
from store.statements.stored import from_json
from store.statements.values import Statement
from store.statements.vendor import write_csv, write_json_lines
from store.statements.wording import words_of_run
from store.tables import Guarantor, StatementAccount, StatementRun
from store.work.command import Change, Command, Said
from store.work.progress import counted, resumable, steps, tell

if TYPE_CHECKING:
    from store.practice import Practice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run through all its steps gave."""

    run_id: int
    said: str
    files: tuple[Path, ...]


AGAIN = "Send the run again: it goes on where it stopped, and nothing goes out twice."


def run_through(practice: Practice, as_of: date, folder: Path) -> Outcome:
    """Select, approve, generate, send and write the run of a date, going on where an earlier try stopped.

    A run that was sent already is left as it is; its files are written again only where they are missing.  Where the
    practice wants a second person's approval, it stops there and says so.
    """
    run_id = int(str(practice.do(SelectRun(as_of)).result))
    if _state(practice, run_id) in (RunState.SELECTED, RunState.REVIEWED):
        practice.do(ApproveRun(run_id))
    return send_through(practice, run_id, folder)


def send_through(practice: Practice, run_id: int, folder: Path) -> Outcome:
    """Generate what is not generated yet, send what is not sent yet, write the files that are missing."""
    if _state(practice, run_id) in (RunState.SENT, RunState.RECONCILED):
        return Outcome(
            run_id, f"Run {run_id} was sent already; nothing was sent again.", write_run(practice, run_id, folder)
        )
    if _state(practice, run_id) not in (RunState.APPROVED, RunState.GENERATED):
        raise Refused(f"Run {run_id} is {_state(practice, run_id)}.", do="Approve it first.")
    generate_through(practice, run_id)
    make_folder(folder)
    with resumable(AGAIN):
        said = _by_parts(practice, run_id, SendRun, RunState.GENERATED, AccountState.INCLUDED, "sent")
        return Outcome(run_id, said, write_run(practice, run_id, folder))


def generate_through(practice: Practice, run_id: int) -> str:
    """Make the pages of an approved run, part by part."""
    with resumable(AGAIN):
        return _by_parts(practice, run_id, GenerateRun, RunState.APPROVED, AccountState.ELIGIBLE, "pages made")


def _by_parts(
    practice: Practice,
    run_id: int,
    step: type[GenerateRun | SendRun],
    while_in: RunState,
    waiting: AccountState,
    what: str,
) -> str:
    """Take a step for as many accounts as one transaction takes, until the run has moved on; what it came to."""
    said, total = "", _waiting(practice, run_id, waiting)
    left = total
    while _state(practice, run_id) == while_in:
        tell(total - left, total, what)
        done = practice.do(step(run_id, PART))
        said, left = done.said, int(str(done.result))
    return said


def _waiting(practice: Practice, run_id: int, state: AccountState) -> int:
    with practice.reading() as session:
        query = select(func.count()).where(StatementAccount.run_id == run_id, StatementAccount.state == state)
        return session.exec(query).one()


def _state(practice: Practice, run_id: int) -> str:
    with practice.reading() as session:
        run = session.get(StatementRun, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        return run.state


def write_run(practice: Practice, run_id: int, folder: Path) -> tuple[Path, ...]:
    """Write the run's PDF and vendor files into a folder; none is ever overwritten.

    A run in which nothing was sent has no files.  The hash of the first PDF is kept: `Refused` when a later one, made
    from the same values and words, is another picture.
    """
    practice.require_money()
    with practice.reading() as session:
        run = session.get(StatementRun, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        if run.state not in {RunState.GENERATED, RunState.SENT, RunState.RECONCILED}:
            raise Refused(f"The run is {run.state}: it has no pages.")
        name, known = f"statements_{run.as_of.isoformat()}_{run.id}", run.pdf_sha256
        sent = run.state != RunState.GENERATED
        words = words_of_run(session, run_id)
        included = select(func.count()).where(StatementAccount.run_id == run_id, StatementAccount.included)
        count = session.exec(included).one()
    if not count:
        return ()
    make_folder(folder)
    pdf, vendor, table = (folder / f"{name}.{kind}" for kind in ("pdf", "jsonl", "csv"))
    if not pdf.exists():
        with new_file(pdf) as file, closing(statements_of(practice, run_id)) as pages:
            write_pdf(counted(pages, count, "pages printed"), file, words=words)
        digest = _digest(pdf)
        if sent and not known:
            practice.do(KeepImage(run_id, digest))
        elif sent and digest != known:
            raise Refused("This version draws the pages differently from how they were sent.", where=pdf.name)
    if not vendor.exists():
        with closing(statements_of(practice, run_id)) as pages:
            write_json_lines(counted(pages, count, "for the vendor"), vendor, words=words)
    if not table.exists():
        with closing(statements_of(practice, run_id)) as pages:
            write_csv(counted(pages, count, "for the vendor"), table, words=words)
    return pdf, vendor, table


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class KeepImage(Command):
    """Keep the hash of the run's PDF as it was first written."""

    run_id: int
    sha256: str
    name: ClassVar[str] = "statements.image"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Once."""
        run = change.get(StatementRun, self.run_id)
        run.pdf_sha256 = run.pdf_sha256 or self.sha256
        return Said("The picture of the run is kept.", run.id)


def statements_of(practice: Practice, run_id: int) -> Generator[Statement, None, None]:
    """The statements of a run, one at a time, by account; closed early it gives its connection back."""
    with practice.reading() as session:
        query = (
            select(StatementAccount.content)
            .where(StatementAccount.run_id == run_id, StatementAccount.included)
            .order_by(col(StatementAccount.guarantor_id))
        )
        for content in session.exec(query).yield_per(100):
            if content:
                yield from_json(content)


def write_account(practice: Practice, run_id: int, account: str, folder: Path) -> tuple[Path, Path]:
    """One account's page of a run as a PDF and as plain text, made from what is kept; neither is overwritten."""
    practice.require_money()
    with practice.reading() as session:
        query = (
            select(StatementAccount.content)
            .join(Guarantor, col(Guarantor.id) == col(StatementAccount.guarantor_id))
            .where(StatementAccount.run_id == run_id, Guarantor.number == account.strip().upper())
        )
        content = session.exec(query).first()
        words = words_of_run(session, run_id)
    if not content:
        raise NotFound(f"Run {run_id} has no page for account {account[:20]!r}.")
    practice.exported(f"statement page, account {account[:20]}", 1)
    statement = from_json(content)
    make_folder(folder)
    pdf, text = (folder / f"statement_{statement.number}.{kind}" for kind in ("pdf", "txt"))
    if not pdf.exists():
        write_one(statement, pdf, words=words)
    if not text.exists():
        with new_file(text) as file:
            file.write(("\n".join(text_lines(statement, words=words)) + "\n").encode())
    return pdf, text


def write_each(practice: Practice, run_id: int, folder: Path) -> int:
    """Every account's page of a run as a file of its own; how many there are."""
    practice.require_money()
    with practice.reading() as session:
        query = (
            select(Guarantor.number)
            .join(StatementAccount, col(Guarantor.id) == col(StatementAccount.guarantor_id))
            .where(StatementAccount.run_id == run_id, StatementAccount.content != "")
            .order_by(col(Guarantor.id))
        )
        numbers = session.exec(query).all()
    for number in steps(numbers, "pages written"):
        write_account(practice, run_id, number, folder)
    return len(numbers)
