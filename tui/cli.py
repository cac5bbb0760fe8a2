"""The `superbill` command: the same engine as the screens, without one.

Exits 0 on success, 1 when something was refused or found wrong, 2 on wrong usage; never a traceback for bad input.
"""

from __future__ import annotations

import errno
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
    if sys.stdin.isatty():
        from store import keys

        keys.asked_by(lambda question: str(typer.prompt(question, hide_input=True, err=True)))
    try:
        if (db := _screens_alone(sys.argv[1:])) is not None:
            open_queues(None, db or None)
        commands.register(app)
        app()
    except Refused as refused:
        print(f"superbill: {clean_note(str(refused))}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
    except Exception as error:
        if os.environ.get("SUPERBILL_TRACEBACK"):  # it may show what stands in the records
            raise
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        said = "superbill: There is no room left for what was to be written." if full else hygiene.crash_sentence(error)
        print(said, file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("superbill: stopped", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None


def _screens_alone(arguments: list[str]) -> str | None:
    """The database, or nothing for one's own, where the screens are all that is asked for: `superbill [--db URL]`.

    Reading a hundred verbs to find none of them named is a tenth of the start.
    """
    if "_SUPERBILL_COMPLETE" in os.environ:
        return None
    match arguments:
        case []:
            return ""
        case ["--db", url] if url and not url.startswith("-"):
            return url
    return None


@app.callback(invoke_without_command=True)
def _entered(context: typer.Context, db: Db = None) -> None:
    """Open the queues."""
    open_queues(context.invoked_subcommand, db)


def open_queues(verb: str | None, db: str | None) -> None:
    """Opens the screens unless a verb follows, which may be for this database."""
    if db is not None:
        os.environ["SUPERBILL_DB"] = db
    if verb is None:
        from tui.commands.queues import open_app

        open_app(db)
    else:
        from tui import start

        start.settle()


if __name__ == "__main__":
    main()
