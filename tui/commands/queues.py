"""Opening the screens."""

from __future__ import annotations

from tui.commands.common import ensure_codes


def open_app(db: str | None, *, tour: bool = False) -> None:
    """Run the program on the screen until it is left."""
    ensure_codes()
    from tui.app import run
    from tui.calls import PracticeApi

    def open_practice() -> PracticeApi:
        from store.practice import Practice

        return Practice.open(db)

    raise SystemExit(run(open_practice, tour=tour))
