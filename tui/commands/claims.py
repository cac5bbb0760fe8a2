"""`superbill claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_record, say_table


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    claims = typer.Typer(help="Claims and claim files.", no_args_is_help=True)
    claims.command("build")(build)
    claims.command("list")(list_claims)
    claims.command("show")(show)
    claims.command("explain")(explain)
    claims.command("batch")(batch)
    app.add_typer(claims, name="claims")


def build(db: Db = None, as_json: Json = False) -> None:
    """Make claims of what is coded, and look again at those that an edit stopped."""
    from store.claims.correct import BuildClaims

    with opened(db) as practice:
        done = practice.do(BuildClaims())
    if as_json:
        say_json(done.result)
    else:
        say(done.said)


def list_claims(
    state: Annotated[str | None, typer.Option(help="Only claims in this state.")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Every claim with its money; with --json all amounts are integer cents."""
    from store.claims.listing import list_claims as listed
    from store.money import show_cents

    with opened(db) as practice, practice.reading() as session:
        found = listed(session, state=state.upper() if state else None)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            c["control_number"],
            c["state"],
            c["payer"],
            show_cents(c["charge"]),
            show_cents(c["paid"]),
            show_cents(c["patient_responsibility"]),
        )
        for c in found
    ]
    say_table(("claim", "state", "payer", "charge", "paid", "patient"), rows, right=(3, 4, 5))


def show(control_number: str, db: Db = None) -> None:
    """One claim with its lines, versions, history, answers and postings."""
    from store.claims.listing import claim_id_of

    with opened(db) as practice:
        with practice.reading() as session:
            claim_id = claim_id_of(session, control_number)
        say_record(practice.claim(claim_id))


def explain(control_number: str, db: Db = None, as_json: Json = False) -> None:
    """Each cent of a claim: paid, given up, the patient's or still open, with file and segment; JSON in cents."""
    from dataclasses import asdict

    from store.accounts.explain import explain as explained
    from store.claims.listing import claim_id_of
    from store.money import show_cents

    with opened(db) as practice, practice.reading() as session:
        found = explained(session, claim_id_of(session, control_number))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.code or 'claim level'}: charge {show_cents(one.charge)}")
        rows = [(str(c.on), c.what, c.reason, c.payer, show_cents(c.cents), c.source) for c in one.causes]
        rows.append(("", "still open", "", "", show_cents(one.open), one.open_at))
        say_table(("since", "what", "reason", "payer", "amount", "where it is written"), rows, right=(4,))


def batch(
    out: Annotated[Path, typer.Option("--out", help="Folder for the claim file.")], db: Db = None, as_json: Json = False
) -> None:
    """Write every ready claim into one 837P file."""
    from store.jobs import SendBatch

    with opened(db) as practice:
        done = practice.do(SendBatch(out))
    if as_json:
        say_json({"said": done.said, "result": done.result})
    else:
        say(done.said)
