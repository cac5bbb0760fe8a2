"""`superbill underpaid` and `superbill credits`: what payers paid too little and too much."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say
from tui.commands.lists import Filter, say_queue


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    underpaid = typer.Typer(help="Lines that a payer allowed less for than its contract.", no_args_is_help=True)
    underpaid.command("list")(list_underpaid)
    underpaid.command("rates")(load_rates)
    app.add_typer(underpaid, name="underpaid")
    credits = typer.Typer(help="Too much money: a payer's on a claim, a patient's on an account.", no_args_is_help=True)
    credits.command("list")(list_credits)
    credits.command("find")(find_credits)
    app.add_typer(credits, name="credits")


def list_underpaid(filter_text: Filter = "", db: Db = None, as_json: Json = False) -> None:
    """The rows of the underpayment queue."""
    say_queue("underpaid", filter_text, db, as_json)


def load_rates(
    file: Annotated[Path, typer.Argument(help="CSV: payer,code,modifiers,rate,from,to,term")], db: Db = None
) -> None:
    """Take in contract rates; from then on what is posted is priced by them."""
    from store.intake.plain_file import read_bytes
    from store.variance.rates import LoadRates

    with opened(db) as practice:
        say(practice.do(LoadRates(file.name, read_bytes(file))).said)


def list_credits(filter_text: Filter = "", db: Db = None, as_json: Json = False) -> None:
    """The rows of the credit balance queue."""
    say_queue("credits", filter_text, db, as_json)


def find_credits(db: Db = None) -> None:
    """Look at every claim and every account for too much money."""
    from store.variance.credits import FindCredits

    with opened(db) as practice:
        say(practice.do(FindCredits()).said)
