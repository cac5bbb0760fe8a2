"""`superbill payers` and `superbill partners`: what is on file about whom claims go to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_table

File = Annotated[Path, typer.Argument(help="A TOML file as `show` prints it; what it leaves out stays.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    payers = typer.Typer(help="Payers: what they take, want and allow.", no_args_is_help=True)
    payers.command("list")(list_payers)
    payers.command("show")(show)
    payers.command("set")(set_value)
    payers.command("load")(load)
    app.add_typer(payers, name="payers")
    partners = typer.Typer(help="Trading partners: where claim files go.", no_args_is_help=True)
    partners.command("list")(list_partners)
    partners.command("load")(load_partner)
    app.add_typer(partners, name="partners")


def list_payers(db: Db = None, as_json: Json = False) -> None:
    """Every payer with its filing limit."""
    from store.claims.payers import list_payers as listed

    with opened(db) as practice, practice.reading() as session:
        found = listed(session)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            one["payer_id"],
            one["name"],
            one["filing"],
            "electronic" if one["electronic"] else "paper",
            ",".join(one["frequencies"]),
            next((f"{x['limit']} {x.get('unit', 'days')}" for x in one["limits"] if x["what"] == "initial"), "not set"),
            one["partner"] or "own clearinghouse",
        )
        for one in found
    ]
    say_table(("payer", "name", "filing", "sent", "takes", "filing limit", "partner"), rows)


def show(payer_id: str, db: Db = None) -> None:
    """One payer as TOML, ready to be changed and loaded again."""
    from store.claims.payers import payer_text

    with opened(db) as practice, practice.reading() as session:
        typer.echo(payer_text(session, payer_id), nl=False)


def set_value(
    payer_id: str,
    values: Annotated[list[str], typer.Argument(help="name=value as in TOML: electronic=false")],
    db: Db = None,
) -> None:
    """Change a payer's fields: superbill payers set PRMUT electronic=false 'required=["referral"]'."""
    from store.claims.payers import SavePayer, payer_named

    with opened(db) as practice:
        with practice.reading() as session:
            known = payer_named(session, payer_id).payer_id
        text = "\n".join([f'payer_id = "{known}"', *(_line(value) for value in values)])
        say(practice.do(SavePayer(text)).said)


def _line(text: str) -> str:
    """'name=value' as a line of TOML; plain words need no quotes."""
    import json

    from store.errors import Refused
    from store.plain_tables import toml_of

    name, _, value = text.partition("=")
    try:
        toml_of(f"value = {value}")
    except Refused:
        value = json.dumps(value)
    return f"{name} = {value}"


def load(file: File, db: Db = None) -> None:
    """Put a payer on file, or change it, from TOML."""
    from store.claims.payers import SavePayer

    with opened(db) as practice, told_of(file) as text:
        say(practice.do(SavePayer(text)).said)


def list_partners(db: Db = None) -> None:
    """Every trading partner as TOML."""
    from store.claims.payers import partner_texts

    with opened(db) as practice, practice.reading() as session:
        found = partner_texts(session)
    say("Payers without a partner go to the practice's own clearinghouse.")
    typer.echo("\n".join(found), nl=False)


def load_partner(file: File, db: Db = None) -> None:
    """Put a trading partner on file, or change it, from TOML."""
    from store.claims.payers import SavePartner

    with opened(db) as practice, told_of(file) as text:
        say(practice.do(SavePartner(text)).said)


@contextmanager
def told_of(file: Path) -> Iterator[str]:
    """The text of a small file; what is refused of it names the file."""
    from codesets.errors import Refused

    text = file_text(file)
    try:
        yield text
    except Refused as refused:
        where = ", ".join(filter(None, (str(file), refused.where)))
        raise Refused(refused.what, where=where, do=refused.do) from None


def file_text(file: Path) -> str:
    """The UTF-8 text of a small file."""
    from codesets.errors import Refused
    from store.intake.plain_file import read_bytes

    try:
        return read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("This is not UTF-8 text.", where=str(file)) from None
