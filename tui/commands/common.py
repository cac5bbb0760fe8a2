"""What every verb needs: the practice, tables or JSON on standard output, a progress bar on a terminal."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from codesets.library.build import Progress
    from store.practice import Practice
    from store.work.record import Record

Db = Annotated[str | None, typer.Option("--db", help="Database URL; else SUPERBILL_DB, else your own practice.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@contextmanager
def opened(db: str | None) -> Iterator[Practice]:
    """The practice, closed at the end."""
    from store.practice import Practice

    practice = Practice.open(db, _verb())
    try:
        with _long_work():
            yield practice
    finally:
        practice.close()


def day_or_today(text: str, like: str, where: str = "") -> date:
    """A day as an option says it, today where it says nothing; `like` shows how one is written."""
    from codesets.errors import Refused
    from store import clock

    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Refused(f"{text[:20]!r} is no date.", where=where, do=f"Write {like}.") from None


def pairs_of(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """FIELD=VALUE, as it was typed, taken apart; wrong usage where a sign is missing."""
    told = [value.partition("=") for value in values]
    if any(not sign for _, sign, _ in told):
        raise typer.BadParameter("Write FIELD=VALUE.")
    return tuple((name.strip(), text) for name, _, text in told)


_MOST_TYPED = 100_000
"""Bytes that standard input may have where a dash stands for words."""


def typed(value: str | None) -> str | None:
    """Words of an argument, where `-` stands for all of standard input: these are in no shell's history.

    At a terminal they are asked for.
    """
    return _of_standard_input() if value == "-" else value


def typed_each(values: list[str] | None) -> list[str] | None:
    """Several arguments, where `-` stands for the lines of standard input."""
    if not values or "-" not in values:
        return values
    if values.count("-") > 1:
        raise typer.BadParameter("Standard input is read once: write one -.")
    lines = [line for line in _of_standard_input().splitlines() if line.strip()]
    at = values.index("-")
    return [*values[:at], *lines, *values[at + 1 :]]


def _of_standard_input() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Words", prompt_suffix=": "))
    given = sys.stdin.buffer.read(_MOST_TYPED + 1)
    if len(given) > _MOST_TYPED:
        raise typer.BadParameter(f"standard input is longer than {_MOST_TYPED:,} bytes; none of it was taken.")
    try:
        words = given.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise typer.BadParameter("What came on standard input is not UTF-8 text.") from None
    if not words:
        raise typer.BadParameter("Nothing came on standard input.")
    return words


DASH = "- reads it from standard input"
Reason = Annotated[str, typer.Argument(help=f"Why; {DASH}.", callback=typed)]


def _verb() -> str:
    """The verb that is running, as the trail names it; never what was typed after it."""
    from typer._click.globals import get_current_context  # click itself is not there: typer brings its own

    context = get_current_context(silent=True)
    return context.command_path.partition(" ")[2] if context else ""


@contextmanager
def _long_work() -> Iterator[None]:
    """A progress bar for work of the store that takes more than a second, on a terminal; Ctrl-C stops it cleanly."""
    from store.work.progress import Stopped, listening

    with ExitStack() as stack:
        shows: list[Progress] = []
        started = time.monotonic()
        interrupted = stack.enter_context(_interrupts())

        def heard(done: int, total: int, what: str) -> None:
            interrupted.telling = True
            if interrupted.asked:
                raise Stopped
            if not shows and sys.stderr.isatty() and time.monotonic() - started > 1:
                shows.append(stack.enter_context(progress()))
            for show in shows:
                show(done, total, what)

        with listening(heard):
            yield


@dataclass(slots=True)
class _Interrupts:
    """Ctrl-C: work that tells how far it is stops at its next telling, all other work at once."""

    telling: bool = False
    asked: bool = False

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked or not self.telling:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def _interrupts() -> Iterator[_Interrupts]:
    heard = _Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = signal.signal(signal.SIGINT, heard.hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def say(text: str) -> None:
    """A line for people."""
    from store.text import clean_line

    typer.echo(clean_line(text))


def say_json(value: Any) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Columns as wide as they need to be; those in `right` are aligned to the right."""
    from store.text import clean_line

    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *cleaned, strict=True)]
    for row in (header, *cleaned):
        cells = (
            cell.rjust(wide) if number in right else cell.ljust(wide)
            for number, (cell, wide) in enumerate(zip(row, widths, strict=True))
        )
        typer.echo("  ".join(cells).rstrip())


def say_record(record: Record) -> None:
    """A record as text, tab after tab."""
    from tui.commands.text import record_lines

    for line in record_lines(record):
        typer.echo(line)


def _silent(done: int, total: int, what: str) -> None:
    """No bar where nobody looks."""


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total or None, description=Text(what).plain[:40].ljust(40))

        yield show


def ensure_codes() -> None:
    """Build the code-set library at first use, and again when the program or its sources are of another version."""
    from codesets import Refused, build_library, open_library

    try:
        open_library()
    except Refused:
        if sys.stderr.isatty():
            typer.echo("The code sets are made once for this version; that takes a minute or two.", err=True)
        before = os.umask(0o022)  # the code sets are shared and hold nobody's data
        try:
            with progress() as show:
                build_library(progress=show)
        finally:
            os.umask(before)
            prepare_reading(show)


def prepare_reading(show: Progress) -> None:
    """What the reading of notes needs of the library: made with it, so that no coder waits for it."""
    from codesets import open_library
    from codesets.reading import prepare

    show(0, 0, "reading of notes")
    with open_library() as library:
        prepare(library)
