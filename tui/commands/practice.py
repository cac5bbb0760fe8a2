"""`superbill init`, `upgrade`, `check` and `users`."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("init")(init)
    app.command("upgrade")(upgrade)
    app.command("check")(check)


def init(
    name: Annotated[str, typer.Option(prompt="Name of the practice", help="As it stands on claims.")],
    npi: Annotated[str, typer.Option(prompt="NPI", help="The group's NPI, ten digits.")],
    tax_id: Annotated[str, typer.Option(prompt="Tax id (digits)", help="Nine digits.")],
    taxonomy: Annotated[str, typer.Option(prompt="Taxonomy code", help="Like 193200000X.")],
    street: Annotated[str, typer.Option(prompt="Street", help="Not a post office box.")],
    city: Annotated[str, typer.Option(prompt="City")],
    state: Annotated[str, typer.Option(prompt="State (two letters)")],
    zip_code: Annotated[str, typer.Option("--zip", prompt="ZIP (nine digits)", help="ZIP+4, digits only.")],
    phone: Annotated[str, typer.Option(prompt="Phone (digits)")],
    submitter: Annotated[str, typer.Option(help="Your id at the clearinghouse.")] = "SUPERBILL",
    receiver: Annotated[str, typer.Option(help="The clearinghouse's id.")] = "CLEARING",
    receiver_name: Annotated[str, typer.Option(help="The clearinghouse's name.")] = "CLEARINGHOUSE",
    production: Annotated[bool, typer.Option("--production", help="Mark claim files as real, not as a test.")] = False,
    db: Db = None,
) -> None:
    """Set up a practice in an empty database; you become its owner."""
    from store.db import default_url, open_engine, sqlite_path
    from store.new_file import make_folder
    from store.people.identity import login_name
    from store.people.users import found_practice
    from store.tables import Practice

    url = db or default_url()
    path = sqlite_path(url)
    if path is not None:
        make_folder(path.parent)
    row = Practice(
        name=name,
        npi=npi,
        tax_id=tax_id,
        taxonomy=taxonomy,
        line1=street,
        city=city,
        state=state.upper(),
        zip="".join(filter(str.isdigit, zip_code)),
        phone="".join(filter(str.isdigit, phone)),
        submitter_id=submitter,
        receiver_id=receiver,
        receiver_name=receiver_name,
        usage="P" if production else "T",
    )
    found_practice(open_engine(url), row, login_name())
    say(f"{name} is set up in {path or url}; you are its owner.")


def upgrade(db: Db = None) -> None:
    """Bring an older database to this version."""
    from store.db import default_url, open_engine
    from store.migrations import upgrade as bring

    bring(open_engine(db or default_url()))
    say("The database is of this version.")


def check(db: Db = None, as_json: Json = False) -> None:
    """Prove the books, the records and the audit trail; exits 1 when anything is wrong."""
    from store.check import check as prove

    with opened(db) as practice, practice.reading() as session:
        proofs = prove(session)
    if as_json:
        say_json([{"proof": p.what, "rows": p.rows, "faults": p.faults} for p in proofs])
    else:
        for proof in proofs:
            say(f"{'ok  ' if not proof.faults else 'WRONG'} {proof.rows:>9,} {proof.what}")
            for fault in proof.faults[:20]:
                say(f"      {fault}")
    if any(proof.faults for proof in proofs):
        raise typer.Exit(1)
