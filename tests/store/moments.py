"""What many tests begin with is made once in a run: a practice as some first steps left it is kept and put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, make_url

from store import clock
from tests.databases import SqliteDatabases

Result = TypeVar("Result")
MOST_KEPT = 12
"""Databases that are kept at a time, about 4 MB each; the one that was not used longest goes."""
_Stamp = tuple[int, int, int]


class Moments:
    """The moments of one run, each known by the steps that led there from the template and the time of each.

    Only a file to which nothing was written since it was put there is exchanged for a kept one; a moment is kept when
    it is asked for a second time.
    """

    def __init__(self, databases: SqliteDatabases, engine: Engine) -> None:
        self._databases, self._engine = databases, engine
        self._url = engine.url.render_as_string(hide_password=False)
        self._path = Path(str(make_url(self._url).database))
        self._asked: Counter[Hashable] = Counter()
        self._kept: dict[Hashable, tuple[str, Any]] = {}
        self._steps: tuple[Hashable, ...] = ()
        self._stamp: _Stamp | None = None
        self._inside = False

    def begin(self, template: str) -> None:
        """Start from the template."""
        self._template = template
        self.again()

    def again(self) -> None:
        """Go back to the template."""
        self._put(self._template, ())

    def reach(self, step: Hashable, make: Callable[[], Result], *, at_once: bool = False) -> Result:
        """What `make` answers, with the practice as it leaves it; made anew where anything else was written before.

        `at_once` keeps the moment though it is asked for the first time.
        """
        if self._inside or self._stamp != self._now():
            return make()
        steps = (*self._steps, (step, clock.now()))
        if steps in self._kept:
            url, result = self._kept[steps] = self._kept.pop(steps)  # the one used last stands last
            self._put(url, steps)
            return result  # type: ignore[no-any-return]
        self._inside = True
        try:
            result = make()
        finally:
            self._inside = False
        self._asked[steps] += 1
        if self._asked[steps] > 1 or at_once:
            self._engine.dispose()
            self._kept[steps] = self._databases.copied(self._url), result
            if len(self._kept) > MOST_KEPT:
                url, _ = self._kept.pop(next(iter(self._kept)))
                Path(str(make_url(url).database)).unlink()
        self._steps, self._stamp = steps, self._now()
        return result

    def _put(self, source: str, steps: tuple[Hashable, ...]) -> None:
        self._engine.dispose()
        self._databases.put(source, self._url)
        self._steps, self._stamp = steps, self._now()

    def _now(self) -> _Stamp:
        """What differs after any write: the file's time and size, and how much its write-ahead log holds."""
        told = self._path.stat()
        log = self._path.with_name(f"{self._path.name}-wal")
        return told.st_mtime_ns, told.st_size, log.stat().st_size if log.exists() else 0
