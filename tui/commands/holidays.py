"""`superbill holidays`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_table

Day = Annotated[str, typer.Argument(help="Like 2026-11-26.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    holidays = typer.Typer(help="Days that no timer of business days counts.", no_args_is_help=True)
    holidays.command("list")(list_holidays)
    holidays.command("add")(add)
    holidays.command("drop")(drop)
    holidays.command("federal")(federal)
    app.add_typer(holidays, name="holidays")


def list_holidays(db: Db = None, as_json: Json = False) -> None:
    """The holidays on file."""
    from store.claims.holidays import listed

    with opened(db) as practice, practice.reading() as session:
        found = [(str(day), name) for day, name in listed(session)]
    if as_json:
        say_json([{"day": day, "name": name} for day, name in found])
    else:
        say_table(("day", "name"), found)


def add(day: Day, name: str, db: Db = None) -> None:
    """Put a day on file on which nobody works."""
    from store.claims.holidays import SaveHoliday

    with opened(db) as practice:
        say(practice.do(SaveHoliday(_day(day), name)).said)


def drop(day: Day, db: Db = None) -> None:
    """Take a day off the list."""
    from store.claims.holidays import ForgetHoliday

    with opened(db) as practice:
        say(practice.do(ForgetHoliday(_day(day))).said)


def federal(year: int, db: Db = None) -> None:
    """Put the federal holidays of a year on file, on the days on which they are observed."""
    from store.claims.holidays import SaveFederalHolidays

    with opened(db) as practice:
        say(practice.do(SaveFederalHolidays(year)).said)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no day like 2026-11-26.") from None
