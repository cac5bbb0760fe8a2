"""`superbill reviews`: which encounters get a second look, and how far both codings agree."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from tui.commands.common import Db, Json, day_or_today, opened, say, say_json, say_table

On = Annotated[str, typer.Option("--from", help="From this day on, like 2026-07-01; today without it.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    reviews = typer.Typer(help="Second looks at coded encounters.", no_args_is_help=True)
    for verb in (rules, add, end, agreement):
        reviews.command(verb.__name__)(verb)
    app.add_typer(reviews, name="reviews")


def rules(db: Db = None, as_json: Json = False) -> None:
    """The rules that hold today."""
    from store import clock
    from store.coding.reviews import rule_words, rules_on

    with opened(db) as practice, practice.reading() as session:
        rows = [
            (str(rule.id), rule_words(rule), rule.valid_from.isoformat()) for rule in rules_on(session, clock.today())
        ]
    if as_json:
        say_json([dict(zip(("id", "rule", "from"), row, strict=True)) for row in rows])
    elif rows:
        say_table(("id", "rule", "from"), rows)
    else:
        say("No rule sends anything to review.")


def add(
    kind: Annotated[str, typer.Argument(help="random, new coder, amount, modifier or code.")],
    value: Annotated[str, typer.Argument(help="Percent, encounters, dollars, or a list with commas.")],
    since: On = "",
    db: Db = None,
) -> None:
    """Send encounters to review."""
    from store.coding.reviews import AddReviewRule

    with opened(db) as practice:
        say(practice.do(AddReviewRule(kind, value, _day(since))).said)


def end(
    rule: Annotated[int, typer.Argument(help="The rule's id.")],
    until: Annotated[str, typer.Option(help="The last day, like 2026-07-01; today without it.")] = "",
    db: Db = None,
) -> None:
    """Let a rule end."""
    from store.coding.reviews import EndReviewRule

    with opened(db) as practice:
        say(practice.do(EndReviewRule(rule, _day(until))).said)


def agreement(db: Db = None, as_json: Json = False) -> None:
    """How reviews ended and how far the codings agree, by coder."""
    from store.coding.reviewing import agreement as of_all

    with opened(db) as practice, practice.reading() as session:
        found = of_all(session)
    if as_json:
        say_json([{**asdict(one), "percent": one.percent} for one in found])
        return
    header = ("coder", "agreed", "changed", "returned", "codes", "of", "percent")
    rows = [
        (one.coder, *map(str, (one.agreed, one.changed, one.returned, one.matched, one.total)), str(one.percent or "-"))
        for one in found
    ]
    if rows:
        say_table(header, rows, right=(1, 2, 3, 4, 5, 6))
    else:
        say("Nothing was reviewed yet.")


def _day(text: str) -> date:
    return day_or_today(text, "2026-07-01")
