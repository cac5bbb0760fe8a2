"""Opening the screens."""

from __future__ import annotations

from pathlib import Path

from tui.commands.common import ensure_codes


def open_app(db: str | None, *, tour: bool = False) -> None:
    """Run the program on the screen until it is left; refused where there is no terminal to show it on."""
    import os
    import sys

    from codesets.errors import Refused

    if not os.environ.get("TEXTUAL_DRIVER") and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused("The screens need a terminal.", do="superbill -h names what works without one.")
    ensure_codes()
    _ask_for_key(db)
    from tui.app import run
    from tui.calls import PracticeApi

    def open_practice() -> PracticeApi:
        from store.practice import Practice

        return Practice.open(db)

    raise SystemExit(run(open_practice, tour=tour))


def _ask_for_key(db: str | None) -> None:
    """The key of an encrypted file, before the screen is the program's."""
    import os

    from store import keys

    url = db or os.environ.get("SUPERBILL_DB", "")
    if url.startswith("sqlite:///"):
        keys.of(Path(url.removeprefix("sqlite:///")))
    elif not url:
        from store.places import home

        keys.of(home() / "practice.db")
