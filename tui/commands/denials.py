"""`superbill denials`: letters, causes, dispositions; and what payers gave and took at provider level."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import DASH, Db, Json, opened, say, say_json, say_table, typed


def register(app: typer.Typer) -> None:
    """Add the verbs to the groups `denials` and `remits`, which exist already."""
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    denials, remits = groups["denials"], groups["remits"]
    assert denials is not None
    assert remits is not None
    denials.command("causes")(causes)
    denials.command("unknown")(unknown)
    denials.command("dispositions")(dispositions)
    denials.command("letters")(letters)
    denials.command("template")(template)
    remits.command("accounts")(accounts)
    remits.command("reverse")(reverse)


def causes(
    mine: Annotated[bool, typer.Option("--mine", help="Only what you coded.")] = False, db: Db = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """What denials go back to: counts for each coder, each feed, each department."""
    from store.denials.causes import causes as found_causes
    from store.money import show_cents

    with opened(db) as practice, practice.reading() as session:
        found = found_causes(session, practice.actor, mine=mine)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    rows = [
        (one.who, one.cause, one.category, one.reason, str(one.count), show_cents(one.cents), " ".join(one.claims))
        for one in found
    ]
    say_table(("who", "cause", "category", "reason", "count", "denied", "for example"), rows, right=(4, 5))


def unknown(db: Db = None, as_json: Json = False) -> None:
    """Adjustment reasons that came and are in no table: they post, stay open and wait for a category."""
    from store.money import show_cents
    from store.remits.rule_table import unknown_codes

    with opened(db) as practice, practice.reading() as session:
        found = unknown_codes(session)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    rows = [(f"{one.group}-{one.reason}", str(one.count), show_cents(one.cents)) for one in found]
    say_table(("reason", "count", "amount"), rows, right=(1, 2))


def dispositions(
    load: Annotated[
        Path | None, typer.Option("--load", help="CSV: payer,group,reason,remark,sequence,disposition,category,…")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """The practice's own table of what is done with a reason; --load takes a CSV in."""
    from store.remits.rule_table import LoadDispositions, own_rows

    with opened(db) as practice:
        if load is not None:
            from store.intake.plain_file import read_bytes

            done = practice.do(LoadDispositions(load.name, read_bytes(load)))
            say(done.said)
            return
        with practice.reading() as session:
            found = own_rows(session)
    if as_json:
        say_json(found)
        return
    keys = ("payer_id", "group", "reason", "remark", "sequence", "disposition", "category", "hint")
    say_table(keys, [[str(row[key]) for key in keys] for row in found])


def letters(db: Db = None, as_json: Json = False) -> None:
    """The letters that can be sent, and what a text of your own may name."""
    from store.denials.letter_texts import NAMES
    from store.denials.letters import templates

    with opened(db) as practice, practice.reading() as session:
        found = templates(session)
    if as_json:
        say_json([one._asdict() for one in found])
        return
    say_table(("letter", "subject"), [(one.name, one.title) for one in found])
    say(f"A text may name: {', '.join(sorted(NAMES))}")


def template(
    letter: Annotated[str, typer.Argument(help="The letter's name, of a shipped one or of a new one.")],
    load: Annotated[
        Path | None,
        typer.Option("--load", help="Keep this file as the letter: its first line is the subject, the rest the text."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Our own text goes; a shipped one of that name holds again.")]
    = False,
    db: Db = None,
) -> None:  # fmt: skip
    """A letter's text, ready to be changed and loaded again: superbill denials template appeal > appeal.txt."""
    from store.denials.letters import SaveTemplate, template_of
    from tui.commands.payers import file_text

    with opened(db) as practice:
        if drop:
            say(practice.do(SaveTemplate(letter)).said)
        elif load is not None:
            title, _, text = file_text(load).lstrip().partition("\n")
            say(practice.do(SaveTemplate(letter, title, text)).said)
        else:
            with practice.reading() as session:
                found = template_of(session, letter)
            typer.echo(f"{found.title}\n\n{found.text}")


def accounts(db: Db = None, as_json: Json = False) -> None:
    """What payers took and gave at provider level (PLB), by payer and account; positive was taken."""
    from store.money import show_cents
    from store.remits.provider import provider_accounts

    with opened(db) as practice, practice.reading() as session:
        found = provider_accounts(session)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    rows = [(one.payer, one.account, str(one.pairs), show_cents(one.cents)) for one in found]
    say_table(("payer", "account", "entries", "taken"), rows, right=(2, 3))


def reverse(
    trace: Annotated[str, typer.Argument(help="The payment's trace or check number.")],
    reason: Annotated[str, typer.Option("--reason", help=f"Why it is taken back; {DASH}.", callback=typed)],
    db: Db = None,
) -> None:
    """Take a whole posted payment back; its file may come in again afterwards."""
    from store.remits.take_back import ReverseRemittance, remittance_by_trace

    with opened(db) as practice:
        with practice.reading() as session:
            remittance_id = remittance_by_trace(session, trace).id
        say(practice.do(ReverseRemittance(remittance_id, reason)).said)
