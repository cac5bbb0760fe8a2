"""`superbill demo`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import ensure_codes, progress, say


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)


def demo(
    encounters: Annotated[int, typer.Option(min=20, max=20_000, help="How many encounters to invent.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same practice.")] = 7,
    folder: Annotated[Path | None, typer.Option("--dir", help="Where to put it; else a temporary folder.")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only make it.")] = False,
) -> None:
    """Make an invented practice and open it: patients, claims, denials and statements, none of them real."""
    from store import clock
    from store.demo.make import Plan, make_demo

    ensure_codes()
    where = folder or Path(tempfile.mkdtemp(prefix="superbill-demo-"))
    with progress() as show:
        url = make_demo(where, Plan(encounters, seed, clock.today()), show)
    say(f"The demo practice is in {where}. Open it {'' if no_open else 'again '}with:")
    say(f"    superbill --db {url}")
    if no_open:
        return
    from tui.commands.queues import open_app

    open_app(url, tour=True)
