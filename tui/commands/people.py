"""`superbill users`, `superbill audit`, `superbill sessions` and `superbill note open`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_table


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    users = typer.Typer(help="The people who work here.", no_args_is_help=True)
    users.command("add")(add_user)
    users.command("list")(list_users)
    users.command("role")(set_role)
    users.command("name")(set_name)
    users.command("disable")(disable)
    users.command("enable")(enable)
    users.command("trust")(trust)
    users.command("sessions")(sessions)
    users.command("end")(end_session)
    users.command("lock")(lock)
    users.command("pin")(set_pin)
    app.add_typer(users, name="users")
    audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
    audit.command("verify")(verify)
    audit.command("show")(show)
    audit.command("anchor")(anchor)
    app.add_typer(audit, name="audit")


def add_user(
    login: Annotated[str, typer.Argument(help="The operating system's login name.")],
    role: Annotated[str, typer.Option(help="coder, reviewer, biller, poster, collector, supervisor, admin or owner.")],
    name: Annotated[str, typer.Option(help="What they are called; else what this machine calls them.")] = "",
    db: Db = None,
) -> None:
    """Let a person of this machine work in the practice; on PostgreSQL, with a login and its grants."""
    import pwd

    from codesets.errors import Refused
    from store.people.identity import machine_s_name
    from store.people.users import AddUser

    try:
        known = pwd.getpwnam(login)
    except KeyError:
        raise Refused(f"This machine has no user {login[:40]!r}.") from None
    with opened(db) as practice:
        say(practice.do(AddUser(login, known.pw_uid, role, name or machine_s_name(login))).said)


def list_users(db: Db = None, as_json: Json = False) -> None:
    """Who works here."""
    from store.people.users import list_users as known

    with opened(db) as practice, practice.reading() as session:
        rows = known(session)
    if as_json:
        say_json(rows)
    else:
        table = [(r["name"], r["full_name"], r["role"], "yes" if r["active"] else "no") for r in rows]
        say_table(("login", "name", "role", "active"), table)


def set_role(login: str, role: str, db: Db = None) -> None:
    """Give a person another role."""
    from store.people.users import SetUser

    with opened(db) as practice:
        say(practice.do(SetUser(login, role)).said)


def set_name(
    login: str, name: Annotated[str, typer.Argument(help="As it is said on the telephone.")], db: Db = None
) -> None:
    """Say what a person is called: in the script of a call and under letters."""
    from store.people.users import NameUser

    with opened(db) as practice:
        say(practice.do(NameUser(login, name)).said)


def disable(login: str, db: Db = None) -> None:
    """Let a person in no more; what they did stays theirs."""
    from store.people.users import SetUser

    with opened(db) as practice:
        say(practice.do(SetUser(login, active=False)).said)


def enable(login: str, db: Db = None) -> None:
    """Let a person in again, in the role that they had."""
    from store.people.users import SetUser

    with opened(db) as practice:
        say(practice.do(SetUser(login)).said)


def trust(
    no_more: Annotated[bool, typer.Option("--no-more", help="Take it back: the file is its owner's alone.")] = False,
    db: Db = None,
) -> None:
    """Say that all who can open the SQLite file may see everything in it: roles only guide there."""
    from store.people.users import TrustFile

    with opened(db) as practice:
        say(practice.do(TrustFile(not no_more)).said)


def sessions(db: Db = None, as_json: Json = False) -> None:
    """Who is in the program now."""
    with opened(db) as practice:
        rows = practice.sessions()
    if as_json:
        say_json(rows)
        return
    table = [
        (str(r["session"]), r["login"], r["from"], f"{r['since']:%m-%d %H:%M}", "cut off" if r["cut off"] else "here")
        for r in rows
    ]
    say_table(("session", "login", "from", "since", ""), table)


def end_session(session: int, db: Db = None) -> None:
    """Show somebody out; what they hold is given back."""
    from store.work.seats import EndSession

    with opened(db) as practice:
        say(practice.do(EndSession(session)).said)


def lock(
    minutes: Annotated[int, typer.Argument(help="Minutes without a key press; 0 for never.")], db: Db = None
) -> None:
    """After how long everybody's screen locks; their own settings.toml may make it shorter."""
    from store.people.pin import SetLock

    with opened(db) as practice:
        say(practice.do(SetLock(minutes)).said)


def set_pin(
    forget: Annotated[str, typer.Option("--forget", help="Take away what this person forgot (administrators).")] = "",
    db: Db = None,
) -> None:
    """Set what opens your locked screen again; it is asked for, never given on the command line."""
    from store.people.pin import ForgetPin

    with opened(db) as practice:
        if forget:
            say(practice.do(ForgetPin(forget)).said)
            return
        old = typer.prompt("The PIN until now", hide_input=True) if practice.has_pin() else ""
        practice.set_pin(typer.prompt("New PIN", hide_input=True, confirmation_prompt="Once more"), old)
    say("Your PIN is set. A locked screen asks for it, and so does the next start after one that was left locked.")


def verify(
    anchors: Annotated[
        Path | None, typer.Option("--anchor", help="The file of anchors that was kept elsewhere.")
    ] = None,
    db: Db = None,
) -> None:
    """Prove the trail and say how far back it goes; exits 1 and names the first broken link.

    On PostgreSQL a role proves as much of what was done as it is shown, and is told how much that is.
    """
    from store.people.roles import Permission
    from store.people.trail import Seen, faults, kept_told, newest

    seen = Seen()
    with opened(db) as practice:
        practice.require(Permission.AUDIT)
        with practice.reading() as session:
            found = next(iter(faults(session, anchors, seen)), None)
            if found is None:
                (seq, digest), kept = newest(session), kept_told(session)
    if found is not None:
        say(f"WRONG  entry {found[0]}: {found[1]}")
        raise typer.Exit(1)
    say(f"ok  {seq} entries, the last is {digest[:16]}…")
    if seen.proved < seen.hashed:
        say(f"Proved {seen.proved} of {seen.hashed} changes and reasons: your role is not shown the others.")
        say("A supervisor's or an owner's login proves all of them.")
    say(kept)


def show(
    patient: Annotated[str, typer.Option(help="A patient's number.")] = "",
    user: Annotated[str, typer.Option(help="A person's login.")] = "",
    what: Annotated[str, typer.Option(help="A kind of entry, like note.break_glass, export, people.refused.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest.")] = 200,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Who did and saw what, when, from where and why; with --json also what it was before and after."""
    from store.people.roles import Permission
    from store.people.trail import Asked, before_and_after, entries

    asked = Asked(patient, user, since and since.date(), until and until.date(), limit, what)
    with opened(db) as practice:
        practice.require(Permission.AUDIT)
        with practice.reading() as session:
            rows = entries(session, asked)
            if as_json:
                say_json([{**row, "changed": before_and_after(session, row["detail"])} for row in rows])
                return
    table = [
        (
            str(r["seq"]), f"{r['at']:%Y-%m-%d %H:%M:%S}", r["user_name"], r["role"], r["host"], r["action"],
            r["subject"], r["why"],
        )
        for r in rows
    ]  # fmt: skip
    say_table(("seq", "time (UTC)", "who", "role", "from", "what", "of", "why"), table, right=(0,))


def anchor(file: Path, db: Db = None) -> None:
    """Write the trail's newest number and hash to a file to keep elsewhere."""
    from store.people.roles import Permission
    from store.people.trail import anchor as write

    with opened(db) as practice:
        practice.require(Permission.AUDIT)
        with practice.reading() as session:
            seq = write(session, file, practice.now())
    say(f"Entry {seq} is anchored in {file}.")
