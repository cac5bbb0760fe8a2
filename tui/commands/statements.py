"""`superbill statements`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_table

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Date of the run; else today.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    statements = typer.Typer(help="Statement runs.", no_args_is_help=True)
    statements.command("preview")(preview)
    statements.command("run")(run)
    statements.command("unsend")(unsend)
    app.add_typer(statements, name="statements")


def preview(as_of: AsOf = None, db: Db = None, as_json: Json = False) -> None:
    """Which accounts a run would take, and why each one is in or out; nothing is kept."""
    from store import clock
    from store.money import show_cents
    from store.statements.preview import preview as judged

    day = as_of.date() if as_of else clock.today()
    with opened(db) as practice, practice.reading() as session:
        rows = judged(session, day)
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


def run(
    out: Annotated[Path, typer.Option("--out", help="Folder for the PDF and the print vendor's file.")],
    as_of: AsOf = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Select, generate and send a run; the same date again is the same run and sends nothing twice."""
    from store import clock
    from store.jobs import SendStatements

    day = as_of.date() if as_of else clock.today()
    with opened(db) as practice:
        done = practice.do(SendStatements(day, out))
    if as_json:
        say_json({"said": done.said, "result": done.result})
    else:
        say(done.said)


def unsend(run_id: Annotated[int, typer.Argument(help="The run's number.")], db: Db = None) -> None:
    """Take a run back that was not mailed: dunning levels and dates are what they were."""
    from store.statements.runs import UnsendRun

    with opened(db) as practice:
        say(practice.do(UnsendRun(run_id)).said)
