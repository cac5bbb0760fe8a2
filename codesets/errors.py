"""The one exception that stands for "this can't be done, and here is why"."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - the word the whole program uses
    """What a person asked for can't be done.

    `what` is one plain sentence; `where` names the place (file, line or segment, field);
    `do` says what would help.  The command line prints it and exits 1, a screen shows it in its
    status line; neither ever shows a traceback for it.
    """

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        super().__init__(what, where, do)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        help_ = f" {self.do}" if self.do else ""
        return f"{place}{self.what}{help_}"
