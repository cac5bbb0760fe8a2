"""Opening the screens."""

from __future__ import annotations


def open_app(db: str | None) -> None:
    """Run the program on the screen until it is left."""
    from tui.app import SuperbillApp
    from tui.calls import PracticeApi

    def open_practice() -> PracticeApi:
        from store.practice import Practice

        return Practice.open(db)

    code = SuperbillApp(open_practice).run(mouse=False)
    raise SystemExit(code or 0)
