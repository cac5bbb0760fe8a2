"""`superbill init`, `practice`, `upgrade`, `check`, and what is done with the database as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, pairs_of, progress, say, say_json, say_table

Encrypt = Annotated[bool, typer.Option("--encrypt", help="Encrypt the new SQLite file; its key is asked for.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("init")(init)
    app.command("upgrade")(upgrade)
    app.command("check")(check)
    app.command("doctor")(doctor)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("copy")(copy)
    app.command("key")(key)
    own = typer.Typer(help="What claims say of the practice, and what billing costs it.", no_args_is_help=True)
    own.command("show")(show)
    own.command("set")(set_values)
    app.add_typer(own, name="practice")


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
    owner: Annotated[str, typer.Option(help="Whose practice it is, where somebody else sets it up.")] = "",
    production: Annotated[bool, typer.Option("--production", help="Mark claim files as real, not as a test.")] = False,
    encrypt: Encrypt = False,
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
    if encrypt:
        _encrypted(path)
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
    login = owner or login_name()
    found_practice(open_engine(url), row, login, _uid_of(login))
    say(f"{name} is set up in {path or url}; {login} is its owner.")


def show(db: Db = None, as_json: Json = False) -> None:
    """The practice as it stands on claims and statements, and what billing costs, field by field."""
    from store.claims.practice_data import PRACTICE_FIELDS, practice_values

    with opened(db) as practice, practice.reading() as session:
        values = practice_values(session)
    if as_json:
        say_json(values)
    else:
        say_table(("field", "what it is", "says"), [(n, PRACTICE_FIELDS[n].label, text) for n, text in values.items()])


def set_values(
    values: Annotated[list[str], typer.Argument(help="FIELD=VALUE; an empty pay_to= takes that address away.")],
    db: Db = None,
) -> None:
    """Change the practice: superbill practice set "pay_to=PO BOX 7; LARKFIELD; KS; 668990007"."""
    from store.claims.practice_data import SetPractice

    with opened(db) as practice:
        say(practice.do(SetPractice(pairs_of(values))).said)


def _uid_of(login: str) -> int | None:
    import pwd

    try:
        return pwd.getpwnam(login).pw_uid
    except KeyError:
        return None


Keep = Annotated[Path | None, typer.Option(help="PostgreSQL: the folder for the copy of what was; else this one.")]


def upgrade(keep: Keep = None, db: Db = None) -> None:
    """Bring an older database to this version, after a proved copy of it as it was."""
    from store.db import default_url
    from store.older import bring_up_to_date

    with progress() as show:
        kept = bring_up_to_date(db or default_url(), keep, show)
    say("The database is of this version." + (f" As it was before: {kept}" if kept else ""))


def doctor(db: Db = None, as_json: Json = False) -> None:
    """Look for what is not safe about the database, its server and this machine; exits 1 when anything is found."""
    from store.db import default_url, open_engine
    from store.doctor import examine
    from store.migrations import require_current

    engine = open_engine(db or default_url())
    require_current(engine)
    found = examine(engine)
    if as_json:
        say_json([{"what": finding.what, "do": finding.do} for finding in found])
    else:
        for finding in found:
            say(f"- {finding.what} {finding.do}")
        if not found:
            say("Nothing unsafe was found.")
    if found:
        raise typer.Exit(1)


def backup(file: Annotated[Path, typer.Argument(help="A new file.")], encrypt: Encrypt = False, db: Db = None) -> None:
    """Copy the practice into a new file while people work, and prove the copy; of an encrypted file it is encrypted."""
    from store.copying import backup as make
    from store.db import default_url

    if encrypt:
        _encrypted(file)
    with progress() as show:
        rows = make(db or default_url(), file, show)
    say(f"The backup in {file} holds: {rows:,} rows were proved.")


def restore(file: Annotated[Path, typer.Argument(help="A backup.")], db: Db = None) -> None:
    """Put a backup into an empty database."""
    from store.copying import restore as put
    from store.db import default_url

    url = db or default_url()
    with progress() as show:
        rows = put(file, url, show)
    say(f"The practice is back: {rows:,} rows were proved.")


def copy(
    source: Annotated[str, typer.Option("--from", help="URL of the database that is there.")],
    target: Annotated[str, typer.Option("--to", help="URL of an empty database.")],
    encrypt: Encrypt = False,
) -> None:
    """Move a practice to another database, SQLite or PostgreSQL, and prove that every value is the same."""
    from store.copying import copy as carry
    from store.db import sqlite_path

    if encrypt:
        _encrypted(sqlite_path(target))
    with progress() as show:
        counts = carry(source, target, show)
    say(f"{sum(counts.values()):,} rows of {len(counts)} tables were copied and are equal.")


def key(db: Db = None) -> None:
    """Encrypt the SQLite file, or change its key, while nobody is in the program; the key is asked for."""
    from store.db import default_url
    from store.encrypting import set_key

    say(set_key(db or default_url(), _new_key()))


def _encrypted(path: Path | None) -> None:
    """A new file is to be encrypted; the key comes from where it always does, or is asked for twice."""
    from store import keys
    from store.errors import Refused

    if path is None:
        raise Refused("Only a SQLite file is encrypted here.", do="On PostgreSQL encrypt the server's disk.")
    keys.give(path, keys.require_good(keys.given() or _new_key()))


def _new_key() -> str:
    return str(typer.prompt("New key", hide_input=True, confirmation_prompt="Once more", err=True))


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
