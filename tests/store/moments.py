"""What many tests begin with is made once in a run: a practice as some first steps left it is kept and put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, make_url

from store import clock
from tests.databases import PostgresDatabases, Rows, SqliteDatabases

Result = TypeVar("Result")
MOST_KEPT = 12
"""Databases that are kept at a time, about 4 MB each; the one that was not used longest goes."""


class Shelf(Protocol):
    """Where the databases are kept that take the place of the one that the tests have open."""

    def begin(self, template: str) -> None:
        """Make it what the template is."""
        ...

    def keep(self) -> Any:
        """A copy of it as it is now."""
        ...

    def put(self, kept: Any) -> None:
        """Make it what was kept."""
        ...

    def forget(self, kept: Any) -> None:
        """What was kept is needed no more."""
        ...

    def written(self) -> Hashable:
        """What is another value after any write."""
        ...


class SqliteShelf:
    """Files."""

    def __init__(self, databases: SqliteDatabases, engine: Engine) -> None:
        self._databases, self._engine = databases, engine
        self._url = engine.url.render_as_string(hide_password=False)
        self._path = Path(str(make_url(self._url).database))

    def begin(self, template: str) -> None:
        """Copy the template's file."""
        self.put(template)

    def keep(self) -> str:
        """Copy the file; the URL of the copy."""
        self._engine.dispose()
        return self._databases.copied(self._url)

    def put(self, kept: str) -> None:
        """Copy it back."""
        self._engine.dispose()
        self._databases.put(kept, self._url)

    def forget(self, kept: str) -> None:
        """Delete it."""
        Path(str(make_url(kept).database)).unlink()

    def written(self) -> Hashable:
        """The file's time and size, and how much its write-ahead log holds."""
        told = self._path.stat()
        log = self._path.with_name(f"{self._path.name}-wal")
        return told.st_mtime_ns, told.st_size, log.stat().st_size if log.exists() else 0


class PostgresShelf:
    """The rows alone; who is connected stays so."""

    def __init__(self, databases: PostgresDatabases, engine: Engine) -> None:
        self._databases = databases
        self._url = engine.url.render_as_string(hide_password=False)

    def begin(self, template: str) -> None:
        """The template's rows, or a new copy of it."""
        self._databases.put(template, self._url)

    def keep(self) -> Rows:
        """All rows."""
        return self._databases.rows(self._url)

    def put(self, kept: Rows) -> None:
        """These rows and no others."""
        self._databases.put_rows(kept, self._url)

    def forget(self, kept: Rows) -> None:
        """Nothing to do."""

    def written(self) -> int:
        """How many transactions of this server have written."""
        return self._databases.written(self._url)


class Moments:
    """The moments of one run, each known by the steps that led there from the template and the time of each.

    Only a practice to which nothing was written since it was put there is exchanged for a kept one; a moment is kept
    when it is asked for a second time.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._asked: Counter[Hashable] = Counter()
        self._kept: dict[Hashable, tuple[Any, Any]] = {}
        self._steps: tuple[Hashable, ...] = ()
        self._stamp: Hashable = None
        self._inside = False

    def begin(self, template: str) -> None:
        """Start from the template."""
        self._template = template
        self.again()

    def again(self) -> None:
        """Go back to the template."""
        self._shelf.begin(self._template)
        self._stands(())

    def reach(self, step: Hashable, make: Callable[[], Result], *, at_once: bool = False) -> Result:
        """What `make` answers, with the practice as it leaves it; made anew where anything else was written before.

        `at_once` keeps the moment though it is asked for the first time.
        """
        if self._inside or self._stamp != self._shelf.written():
            return make()
        steps = (*self._steps, (step, clock.now()))
        if steps in self._kept:
            kept, result = self._kept[steps] = self._kept.pop(steps)  # the one used last stands last
            self._shelf.put(kept)
            self._stands(steps)
            return result  # type: ignore[no-any-return]
        self._inside = True
        try:
            result = make()
        finally:
            self._inside = False
        self._asked[steps] += 1
        if self._asked[steps] > 1 or at_once:
            self._kept[steps] = self._shelf.keep(), result
            if len(self._kept) > MOST_KEPT:
                self._shelf.forget(self._kept.pop(next(iter(self._kept)))[0])
        self._stands(steps)
        return result

    def _stands(self, steps: tuple[Hashable, ...]) -> None:
        self._steps, self._stamp = steps, self._shelf.written()
