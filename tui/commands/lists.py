"""`superbill denials list`, `remits list`, `ledger show`: the rows that the queues show."""

from __future__ import annotations

from typing import Annotated

import typer

from store.text import how_many
from tui.commands.common import DASH, Db, Json, opened, say, say_json, say_record, say_table, typed

Filter = Annotated[
    str, typer.Option("--filter", help=f"As in the queue: payer:acme den:>100 words; {DASH}.", callback=typed)
]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    for name, verb in (("denials", list_denials), ("remits", list_remits)):
        group = typer.Typer(help=f"The {name} queue.", no_args_is_help=True)
        group.command("list")(verb)
        app.add_typer(group, name=name)
    ledger = typer.Typer(help="Accounts and their postings.", no_args_is_help=True)
    ledger.command("show")(show_ledger)
    app.add_typer(ledger, name="ledger")


def show_ledger(account: Annotated[str, typer.Argument(help="Account number, like A10001.")], db: Db = None) -> None:
    """An account: its balances, its visits and every posting."""
    from store.accounts.view import account_id_of

    with opened(db) as practice:
        with practice.reading() as session:
            account_id = account_id_of(session, account)
        say_record(practice.ledger(account_id))


def list_denials(filter_text: Filter = "", db: Db = None, as_json: Json = False) -> None:
    """The rows of the denials queue."""
    say_queue("denials", filter_text, db, as_json)


def list_remits(filter_text: Filter = "", db: Db = None, as_json: Json = False) -> None:
    """The rows of the remittance exceptions queue."""
    say_queue("remits", filter_text, db, as_json)


def say_queue(queue: str, filter_text: str, db: str | None, as_json: bool) -> None:
    """The rows of a queue that a filter keeps, as a table or as JSON."""
    from store.work.values import View
    from tui.commands.text import cell_text

    with opened(db) as practice:
        columns = practice.queue(queue).columns
        page = practice.page(queue, View(filter=filter_text), limit=100_000)
    if as_json:
        keys = [column.key for column in columns]
        say_json([dict(zip(keys, row.cells, strict=True)) for row in page.rows])
        return
    rows = [
        [cell_text(cell, column.kind) for cell, column in zip(row.cells, columns, strict=True)] for row in page.rows
    ]
    right = [number for number, column in enumerate(columns) if column.kind.value in {"cents", "number", "days"}]
    say_table([column.title for column in columns], rows, right=right)
    say(how_many(page.total, "row"))
