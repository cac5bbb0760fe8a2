"""How far a long job is, shown in the status line while it runs on the store's thread."""

from __future__ import annotations

from tui.calls import PracticeApi
from tui.widgets.status import StatusLine


class Progress:
    """Hears what a job tells, on its thread, and shows the last of it, on the screen's."""

    def __init__(self, practice: PracticeApi, status: StatusLine) -> None:
        self._status = status
        self._told: tuple[int, int, str] | None = None
        practice.listen(self._hear)

    def _hear(self, done: int, total: int, what: str) -> None:
        self._told = (done, total, what)

    def show(self) -> None:
        """Says it, if something was told."""
        if self._told is not None:
            done, total, what = self._told
            filled = 20 * done // max(1, total)
            self._status.wait(f"{what} [{'#' * filled}{'.' * (20 - filled)}] {done:,} of {total:,}")
