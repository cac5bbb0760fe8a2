"""`superbill statements`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_record, say_table

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Date of the run; else today.")]
Run = Annotated[int, typer.Argument(help="The run's number.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    statements = typer.Typer(help="Statement runs.", no_args_is_help=True)
    for verb in (preview, run, select, approve, send, show, reconcile, unsend, cancel, template):
        statements.command(verb.__name__)(verb)
    statements.command("list")(list_runs)
    statements.command("print")(print_pages)
    app.add_typer(statements, name="statements")


def preview(as_of: AsOf = None, db: Db = None, as_json: Json = False) -> None:
    """Which accounts a run would take, and why each one is in or out; nothing is kept."""
    from store import clock
    from store.money import show_cents
    from store.people.roles import Permission
    from store.statements.preview import preview as judged

    day = as_of.date() if as_of else clock.today()
    with opened(db) as practice:
        rows = practice.look("list", "statements preview", Permission.STATEMENT, lambda session: judged(session, day))
    if as_json:
        say_json(rows)
        return
    table = [
        ("in" if row["included"] else "out", row["account"], row["guarantor"], show_cents(row["due"]), row["reason"])
        for row in rows
    ]
    say_table(("", "account", "guarantor", "due", "why"), table, right=(3,))
    inside = [row for row in rows if row["included"]]
    cents = sum(row["due"] for row in inside)
    say(f"{len(inside)} in, {show_cents(cents, sign='$')}; {len(rows) - len(inside)} out")


def run(out: Out, as_of: AsOf = None, db: Db = None, as_json: Json = False) -> None:
    """Select, approve, generate and send a run in one go; the same date again is the same run, nothing goes twice.

    Ctrl-C stops it; the same command again goes on where it stopped.
    """
    from store import clock
    from store.jobs import SendStatements

    day = as_of.date() if as_of else clock.today()
    with opened(db) as practice:
        done = practice.do(SendStatements(day, out))
    if as_json:
        say_json({"said": done.said, "result": done.result})
    else:
        say(done.said)


def list_runs(db: Db = None, as_json: Json = False) -> None:
    """Every run: date, state, how many in and out, money, the hash of what it was selected by."""
    from store.money import show_cents
    from store.statements.run_queue import run_list

    with opened(db) as practice:
        practice.require_money()
        with practice.reading() as session:
            rows = run_list(session)
    if as_json:
        say_json(rows)
        return
    table: list[Sequence[str]] = [
        (str(row["run"]), str(row["as_of"]), row["state"], str(row["in"]), str(row["out"]), show_cents(row["cents"]),
         row["criteria"])
        for row in rows
    ]  # fmt: skip
    say_table(("run", "as of", "state", "in", "out", "money", "criteria"), table, right=(0, 3, 4, 5))


def select(as_of: AsOf = None, db: Db = None) -> None:
    """Begin a run: every account in or out with one reason; the same date again is the same run."""
    from store import clock
    from store.statements.runs import SelectRun

    with opened(db) as practice:
        say(practice.do(SelectRun(as_of.date() if as_of else clock.today())).said)


def approve(run_id: Run, db: Db = None) -> None:
    """Approve a run that was selected."""
    from store.statements.runs import ApproveRun

    with opened(db) as practice:
        say(practice.do(ApproveRun(run_id)).said)


def send(run_id: Run, out: Out, db: Db = None) -> None:
    """Generate and send an approved run and write its files; one that was killed goes on where it stopped."""
    from store.jobs import SendStatementRun

    with opened(db) as practice:
        say(practice.do(SendStatementRun(run_id, out)).said)


def show(run_id: Run, db: Db = None) -> None:
    """A run with each account in it and each one out of it."""
    from store.people.roles import Permission
    from store.statements.run_queue import run_record

    with opened(db) as practice:
        say_record(practice.look("run", run_id, Permission.STATEMENT, lambda session: run_record(session, run_id)))


def reconcile(
    run_id: Run,
    file: Annotated[Path | None, typer.Argument(help="The vendor's CSV: statement, result, detail.")] = None,
    db: Db = None,
) -> None:
    """Take in what became of a run's statements; without a file all that did not come back was delivered."""
    from store.jobs import ReconcileFile

    with opened(db) as practice:
        say(practice.do(ReconcileFile(run_id, file)).said)


def print_pages(
    run_id: Run,
    out: Out,
    account: Annotated[str, typer.Option("--account", help="One account's page; else every account's.")] = "",
    db: Db = None,
) -> None:
    """Write pages of a run again from what is kept: one file an account, the same picture as was mailed."""
    from store.statements.files import write_account, write_each

    with opened(db) as practice:
        practice.require_money()
        if account:
            say(str(write_account(practice, run_id, account, out)[0]))
        else:
            say(f"{write_each(practice, run_id, out)} pages in {out}")


def unsend(run_id: Run, db: Db = None) -> None:
    """Take a run back that was not mailed: dunning levels and dates are what they were."""
    from store.statements.runs import UnsendRun

    with opened(db) as practice:
        say(practice.do(UnsendRun(run_id)).said)


def cancel(run_id: Run, db: Db = None) -> None:
    """Drop a run that was not sent."""
    from store.statements.runs import CancelRun

    with opened(db) as practice:
        say(practice.do(CancelRun(run_id)).said)


def template(
    field: Annotated[str, typer.Argument(help="Which text; without one they are listed.")] = "",
    text: Annotated[str, typer.Argument(help="Your words; empty brings the usual ones back.")] = "",
    language: Annotated[str, typer.Option("--language", help="en or es")] = "en",
    db: Db = None,
) -> None:
    """Say texts of the statements in the practice's own words; {phone}, {date} and the like are filled in."""
    from store.statements.wording import SetTemplate, text_fields, text_of, words_of

    with opened(db) as practice:
        if field:
            say(practice.do(SetTemplate(language, field, text)).said)
            return
        practice.require_money()
        with practice.reading() as session:
            words = words_of(session)[language]
        say_table(("text", "says"), [(name, text_of(words, name)) for name in text_fields()])
