"""`superbill import`: encounters, acknowledgements and remittances from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codesets.errors import Refused
from tui.commands.common import Db, Json, opened, say, say_json

if TYPE_CHECKING:
    from store.practice import Practice

Files = Annotated[list[Path], typer.Argument(help="One or more files.")]
Outcome = tuple[str, dict[str, Any], bool]
"""What is said of a file, its counts, and whether all of it was taken."""


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    imports = typer.Typer(help="Take in files from other systems.", no_args_is_help=True)
    imports.command("encounters")(encounters)
    imports.command("acks")(acks)
    imports.command("remits")(remits)
    imports.command("answers")(answers)
    imports.command("deposits")(deposits)
    app.add_typer(imports, name="import")


def encounters(files: Files, db: Db = None, as_json: Json = False) -> None:
    """Encounters with their notes: FHIR R4 bundles, NDJSON or CSV.  Bad rows go to a rejects file beside the input."""
    _each(files, db, as_json, _encounters)


def acks(files: Files, db: Db = None, as_json: Json = False) -> None:
    """Acknowledgements of claim files (TA1, 999, 277CA), and what payers answer to a 276 (277)."""
    _each(files, db, as_json, _acks)


def remits(files: Files, db: Db = None, as_json: Json = False) -> None:
    """Remittances: 835 files, balanced at every level before anything is posted."""
    _each(files, db, as_json, _remits)


def deposits(files: Files, db: Db = None, as_json: Json = False) -> None:
    """Money at the bank: CSV with the columns date, amount, trace and, where known, payer and kind (EFT, check)."""
    _each(files, db, as_json, _deposits)


def answers(files: Files, db: Db = None, as_json: Json = False) -> None:
    """Answers of providers to queries: JSON or CSV with query, answer and, if known, kind, by, at."""
    _each(files, db, as_json, _answers)


def _each(files: Sequence[Path], db: str | None, as_json: bool, take: Callable[[Practice, Path], Outcome]) -> None:
    results: list[dict[str, Any]] = []
    complete = True
    with opened(db) as practice:
        for path in files:
            try:
                said, counts, whole = take(practice, path)
                results.append({"file": str(path), "said": said, **counts})
            except Refused as refused:
                said, whole = str(refused), False
                results.append({"file": str(path), "refused": str(refused)})
            complete = complete and whole
            if not as_json:
                say(said)
    if as_json:
        say_json(results)
    if not complete:
        raise typer.Exit(1)


def _encounters(practice: Practice, path: Path) -> Outcome:
    from store.jobs import TakeInEncounters

    done = practice.do(TakeInEncounters(path))
    counts = dict(done.result) if isinstance(done.result, dict) else {}
    return done.said, counts, not counts.get("rejected")


def _answers(practice: Practice, path: Path) -> Outcome:
    from store.jobs import TakeInAnswers

    done = practice.do(TakeInAnswers(path))
    return done.said, dict(done.result) if isinstance(done.result, dict) else {}, True


def _acks(practice: Practice, path: Path) -> Outcome:
    from store.claims.acks import ImportAcks
    from store.claims.status import ImportStatus
    from store.intake.plain_file import read_bytes
    from store.x12.kinds import kind_of

    content = read_bytes(path)
    command = ImportStatus if kind_of(content, path.name) == "277" else ImportAcks
    return _outcome(practice, command(path.name, content))


def _remits(practice: Practice, path: Path) -> Outcome:
    from store.intake.plain_file import read_bytes
    from store.jobs import TakeInRemittance

    return _outcome(practice, TakeInRemittance(path.name, read_bytes(path)))


def _deposits(practice: Practice, path: Path) -> Outcome:
    from store.intake.plain_file import read_bytes
    from store.remits.money import ImportDeposits

    return _outcome(practice, ImportDeposits(path.name, read_bytes(path)))


def _outcome(practice: Practice, command: Any) -> Outcome:
    done = practice.do(command)
    return done.said, dict(done.result) if isinstance(done.result, dict) else {}, True
