"""`superbill providers` and `superbill fees`."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.commands.common import Db, Json, day_or_today, opened, pairs_of, say, say_json, say_table


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    providers = typer.Typer(help="Providers: their NPI, name and taxonomy as claims say them.", no_args_is_help=True)
    providers.command("list")(list_providers)
    providers.command("set")(set_provider)
    app.add_typer(providers, name="providers")
    fees = typer.Typer(help="What the practice charges for a procedure.", no_args_is_help=True)
    fees.command("list")(list_fees)
    fees.command("set")(set_fee)
    app.add_typer(fees, name="fees")


def list_providers(db: Db = None, as_json: Json = False) -> None:
    """Every provider on file."""
    from store.claims.on_file_work import PROVIDER_FIELDS
    from store.claims.on_file_work import list_providers as listed

    with opened(db) as practice, practice.reading() as session:
        found = listed(session)
    if as_json:
        say_json(found)
    else:
        say_table(PROVIDER_FIELDS, [tuple(one[name] for name in PROVIDER_FIELDS) for one in found])


def set_provider(
    npi: Annotated[str, typer.Argument(help="The NPI on file, or that of a new provider.")],
    values: Annotated[list[str], typer.Argument(help="FIELD=VALUE: npi, last, first, taxonomy, specialty.")],
    db: Db = None,
) -> None:
    """Change a provider, or put one on file: superbill providers set 2999900113 taxonomy=207Q00000X."""
    from store.claims.on_file_work import SetProvider

    with opened(db) as practice:
        say(practice.do(SetProvider(npi, pairs_of(values))).said)


def list_fees(
    code: Annotated[str, typer.Argument(help="Of this procedure alone.")] = "", db: Db = None, as_json: Json = False
) -> None:
    """The fee schedule; with --json in integer cents."""
    from store.claims.on_file_work import list_fees as listed
    from store.money import show_cents

    with opened(db) as practice, practice.reading() as session:
        found = listed(session, code)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            str(one["code"]),
            show_cents(int(str(one["cents"]))),
            str(one["from"]),
            str(one["to"] or ""),
            str(one["title"]),
        )
        for one in found
    ]
    say_table(("code", "fee", "from", "to", "title"), rows, right=(1,))


def set_fee(
    code: str,
    amount: Annotated[str, typer.Argument(help="For one unit: 35.00")],
    since: Annotated[str, typer.Option("--from", help="First day, like 2026-10-01; else today.")] = "",
    title: Annotated[str, typer.Option(help="What it is, where no code set tells it.")] = "",
    db: Db = None,
) -> None:
    """What a procedure costs from a day on; lines that are on an encounter keep their charge."""
    from store.claims.on_file_work import SetFee
    from store.money import parse_cents

    first = day_or_today(since, "2026-10-01", "--from")
    with opened(db) as practice:
        say(practice.do(SetFee(code, parse_cents(amount), first, title)).said)
