"""What `superbill codes` knows of a practice: what its search learned, and open work that a release touches."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.common import Db, Json, opened, say, say_json, say_table

if TYPE_CHECKING:
    from codesets import LoadReport
    from codesets.search.memory import Preferences
    from store.practice import Practice

_SHOWN = 12


def register_site(codes: typer.Typer) -> None:
    """Add the verbs."""
    codes.command("learned")(learned)
    codes.command("forget")(forget)
    codes.command("favourite")(favourite)


def at_hand(db: str | None) -> Practice | None:
    """The practice that is named, or one's own where there is one whose codes one may change."""
    from store.db import at_hand as has_own

    if db is None and not has_own():
        return None
    from store.errors import Refused
    from store.people.roles import Permission
    from store.practice import Practice

    try:
        practice = Practice.open(db)
    except Refused:
        if db is not None:
            raise
        return None
    return practice if db is not None or practice.actor.may(Permission.CODE) else None


def learned_preferences(db: str | None, day: date, specialty: str = "") -> Preferences | None:
    """What the practice at hand learned, and what a specialty of it codes."""
    from store.errors import Refused

    practice = at_hand(db)
    if practice is None:
        if specialty:
            raise Refused("There is no practice that has specialties.", do="Name one with --db.")
        return None
    from store.coding.learned import preferences, specialties

    if specialty:
        with practice.reading() as session:
            known = {name.casefold(): name for name in specialties(session)}
        if specialty.casefold() not in known:
            names = ", ".join(known.values()) or "none is known"
            raise Refused(f"No provider has the specialty {specialty[:40]!r}.", do=f"The specialties are: {names}.")
        specialty = known[specialty.casefold()]
    return preferences(practice.engine, practice.actor, day, specialty)


def give_back(report: LoadReport, db: str | None) -> list[dict[str, object]] | None:
    """The open work that holds changed codes, given back to the coders; None without a practice at hand."""
    if not report.changed or (practice := at_hand(db)) is None:
        return None
    from store.coding.changed_codes import of_report

    rows = practice.do(of_report(report)).result
    names = ("encounter", "date", "state", "codes", "claim")
    return [dict(zip(names, row, strict=True)) for row in rows] if isinstance(rows, list) else []


def say_given_back(work: list[dict[str, object]]) -> None:
    """The open work, for people."""
    if not work:
        say("No open work of your practice holds a deleted or revised code.")
        return
    from store.coding.changed_codes import told_of

    say(f"{told_of(len(work), sum(row['claim'] is not None for row in work))}:")
    for row in work[:_SHOWN]:
        codes = row["codes"] if isinstance(row["codes"], list) else []
        was = "back from claims" if row["claim"] is not None else row["state"]
        say(f"  {row['encounter']}  {row['date']}  {was}  {', '.join(map(str, codes))}")
    if len(work) > _SHOWN:
        say(f"  … and {len(work) - _SHOWN:,} more; --json lists all")


def learned(db: Db = None, as_json: Json = False) -> None:
    """What the search learned here: the codes that were picked for a phrase, and favourites."""
    from store.coding.learned import entries, favourites_of_all

    with opened(db) as practice, practice.reading() as session:
        picks, favoured = entries(session), favourites_of_all(session)
    if as_json:
        say_json({"picks": [asdict(entry) for entry in picks], "favourites": [list(entry) for entry in favoured]})
        return
    if not picks and not favoured:
        say("Nothing was learned yet.")
    if picks:
        rows = [(e.phrase, e.code, str(e.picks), str(e.people), e.last.isoformat()) for e in picks]
        say_table(("phrase", "code", "picks", "people", "last"), rows, right=(2, 3))
    for name, code in favoured:
        say(f"favourite of {name}: {code}")


def forget(
    text: Annotated[list[str] | None, typer.Argument(help="The phrase, its words in any order.")] = None,
    code: Annotated[str, typer.Option("--code", help="Only the picks of this code.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All phrases.")] = False,
    db: Db = None,
) -> None:
    """Forget what was picked for a phrase; `superbill codes learned` lists the phrases."""
    from store.coding.learned import ForgetPicks

    if not text and not everything:
        raise typer.BadParameter("name a phrase, or --all")
    with opened(db) as practice:
        say(practice.do(ForgetPicks(" ".join(text or ()), code, everything)).said)


def favourite(code: Annotated[str, typer.Argument(help="With its dot.")], db: Db = None) -> None:
    """Make a code a favourite of yours, which moves it up, or no longer."""
    from store.coding.learned import ToggleFavourite

    with opened(db) as practice:
        say(practice.do(ToggleFavourite(code)).said)
