"""`superbill report`: the reports of the screens, as text, JSON or CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.text import how_many
from tui.commands.common import Db, Json, opened, say, say_json, say_table

if TYPE_CHECKING:
    from store.reports.values import Report, ReportRow

Day = Annotated[str, typer.Option(help="YYYY-MM-DD.")]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("report")(report)


def report(
    name: Annotated[
        str, typer.Argument(help="kpi, board, health, ageing, reasons, productivity, approvals, close, glass.")
    ],
    argument: Annotated[
        str,
        typer.Argument(
            help="What is behind one row: a key figure (kpi denied, by payer kpi denied:by), an anchor (ageing billed)."
        ),
    ] = "",
    start: Annotated[str, typer.Option("--from", help="First day; else 90 days before the last.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day; else today.")] = "",
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the rows to this new file, with --plot what is drawn.")
    ] = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the trend, or the rows as bars.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """A report over a period, each number with the rows behind it."""
    with opened(db) as practice:
        found = practice.report(name, _day(start), _day(end), argument)
        if csv is not None:
            from tui.export import write_report

            table = found.drawn() if plot else found
            path = write_report(practice, str(csv), table)
            say(f"{how_many(len(table.rows), 'row')} in {path}")
            return
    if as_json:
        say_json(_plain(found))
        return
    _say(found, plot=plot)


def _day(text: str) -> date | None:
    from codesets.errors import Refused

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(f"{text[:20]!r} is not a day.", do="Write it as 2026-11-30.") from None


def _plain(found: Report) -> dict[str, object]:
    keys = [column.key for column in found.columns]
    return {
        "report": found.key,
        "title": found.title,
        "rows": [_row(keys, row) for row in found.rows],
        "notes": found.notes,
        "series": [
            {"label": one.label, "unit": one.unit, "points": [point._asdict() for point in one.points]}
            for one in found.series
        ],
        "bars": [{"label": label, "value": value} for label, value in found.bars],
        "ways": {way.name: way.argument for way in found.ways},
    }


def _row(keys: list[str], row: ReportRow) -> dict[str, object]:
    cells: dict[str, object] = dict(zip(keys, row.cells, strict=False))
    return cells | ({"about": row.about} if row.about else {})


def _say(found: Report, *, plot: bool) -> None:
    from tui.commands.text import cell_text

    say(found.title)
    rows = [
        [cell_text(cell, column.kind) for cell, column in zip(row.cells, found.columns, strict=False)]
        for row in found.rows
    ]
    right = [
        number
        for number, column in enumerate(found.columns)
        if column.kind.value in {"cents", "number", "days", "figure"}
    ]
    if rows:
        say_table([column.title for column in found.columns], rows, right=right)
    else:
        say("There is nothing in it.")
    for note in found.notes:
        say(note)
    if plot:
        from tui.widgets.bars import bars_of

        for line in bars_of(found, 78):
            typer.echo("".join(text for text, _ in line))
