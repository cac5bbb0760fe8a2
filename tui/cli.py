"""The `superbill` command: the same engine as the screens, without one.

Exits 0 on success, 1 when something was refused or found wrong, 2 on wrong usage; never a traceback for bad input.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from codesets.errors import Refused

app = typer.Typer(
    name="superbill",
    help="The work queues of medical coders and billers in one terminal.",
    no_args_is_help=False,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Db = Annotated[str | None, typer.Option("--db", help="Database URL; else SUPERBILL_DB, else your own practice.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def main() -> None:
    """Run the command line; a refusal is one plain sentence and exit code 1."""
    from store.text import clean_note
    from tui import commands, hygiene, start

    start.hurry()
    hygiene.begin()
    if sys.argv[1:2] == ["codes"]:
        hygiene.for_everybody()
    commands.register(app)
    if sys.stdin.isatty():
        from store import keys

        keys.asked_by(lambda question: str(typer.prompt(question, hide_input=True, err=True)))
    try:
        app()
    except Refused as refused:
        print(f"superbill: {clean_note(str(refused))}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
    except Exception as error:
        if os.environ.get("SUPERBILL_TRACEBACK"):  # it may show what stands in the records
            raise
        print(hygiene.crash_sentence(error), file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("superbill: stopped", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None


@app.callback(invoke_without_command=True)
def open_queues(context: typer.Context, db: Db = None) -> None:
    """Open the queues."""
    if db is not None:
        os.environ["SUPERBILL_DB"] = db  # for the verb that follows
    if context.invoked_subcommand is None:
        from tui.commands.queues import open_app

        open_app(db)
    else:
        from tui import start

        start.settle()


if __name__ == "__main__":
    main()
