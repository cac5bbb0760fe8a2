"""The verbs of the command line, one file a subject; what they need is imported when they run."""

from __future__ import annotations

from functools import cache

import typer


@cache
def register(app: typer.Typer) -> None:
    """Add every verb to the command, once."""
    from tui.commands import (
        accounts,
        claims,
        codes,
        demo,
        denials,
        edits,
        holidays,
        imports,
        lists,
        notes,
        on_file,
        payers,
        people,
        practice,
        queries,
        reference,
        reports,
        reviews,
        serve,
        statements,
        variance,
    )

    for module in (
        demo,
        practice,
        people,
        codes,
        edits,
        imports,
        claims,
        payers,
        on_file,
        holidays,
        lists,
        denials,
        variance,
        queries,
        reviews,
        reference,
        reports,
        serve,
        statements,
        accounts,
        notes,
    ):
        module.register(app)
