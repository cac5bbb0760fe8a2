"""`superbill queries`: questions to providers, as they go out and as they stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from store.text import how_many
from tui.commands.common import Db, Json, opened, say, say_json
from tui.commands.lists import Filter, say_queue


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    queries = typer.Typer(help="Questions to providers.", no_args_is_help=True)
    queries.command("list")(list_queries)
    queries.command("send-out")(send_out)
    queries.command("due")(due)
    queries.command("timing")(timing)
    app.add_typer(queries, name="queries")


def list_queries(filter_text: Filter = "", db: Db = None, as_json: Json = False) -> None:
    """The rows of the queue of queries."""
    say_queue("queries", filter_text, db, as_json)


def send_out(
    out: Annotated[Path | None, typer.Option(help="A new file; without it the document is printed.")] = None,
    again: Annotated[bool, typer.Option("--again", help="All that wait, also those that were given out.")] = False,
    db: Db = None,
) -> None:
    """Each asking once, as one JSON document for the providers' system: new queries, reminders, what is escalated.

    It counts as given out once it is written: two send-outs at the same moment may both print the same asking.
    """
    from functools import partial

    from store.people.roles import Permission
    from store.queries.giving import NoteGivenOut, to_give_out

    with opened(db) as practice:
        found = practice.look("list", "queries", Permission.CODE, partial(to_give_out, again=again))
        practice.exported("queries for providers", len(found))
        _hand_out(found.rows, out)
        if found.notices:  # only once it is written: what was not goes out the next time
            practice.do(NoteGivenOut(found.notices))
    for line in found.kept_back:
        typer.echo(line, err=True)


def _hand_out(rows: list[dict[str, Any]], out: Path | None) -> None:
    import json

    from store.new_file import new_file

    if out is None:
        say_json(rows)
        return
    with new_file(out) as stream:
        stream.write(json.dumps(rows, ensure_ascii=False, indent=2).encode())
    say(f"{how_many(len(rows), 'query', 'queries')} in {out}")


def due(db: Db = None) -> None:
    """Do what is due today: holds that end, queries that are overdue, reminded of, escalated or closed."""
    with opened(db) as practice:
        say(practice.tend() or "Nothing is due.")


def timing(
    overdue: Annotated[int, typer.Argument(help="Days until a query is overdue.")],
    remind: Annotated[int, typer.Argument(help="Days until a reminder.")],
    escalate: Annotated[int, typer.Argument(help="Days until the advisor has it.")],
    close: Annotated[int, typer.Argument(help="Days until it is closed without an answer.")],
    since: Annotated[str, typer.Option("--from", help="From this day on, like 2026-07-01.")] = "",
    db: Db = None,
) -> None:
    """Set the days after sending, from a day on; queries that were sent keep theirs."""
    from codesets.errors import Refused
    from store import clock
    from store.queries.compose import SetQueryTiming

    try:
        day = date.fromisoformat(since) if since else clock.today()
    except ValueError:
        raise Refused(f"{since[:20]!r} is no date.", do="Write 2026-07-01.") from None
    with opened(db) as practice:
        say(practice.do(SetQueryTiming(day, overdue, remind, escalate, close)).said)
