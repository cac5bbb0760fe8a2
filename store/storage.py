"""What a database does to a transaction from outside: it is busy, full, gone or refuses, told as a sentence or retried.

A retried command is always the whole command again, under the same key: when the first try was kept after all (the
answer was lost on the way), the second one finds it and changes nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from store.errors import Away, NotAllowed, Refused

TRIES = 5
_AGAIN = frozenset({"40001", "40P01"})
"""Two transactions that can't both be kept: serialization failure, deadlock."""
_LOST = frozenset({"57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006"})
"""The server went away or is starting."""
_FULL = frozenset({"53100", "58030"})
_BUSY = frozenset({"55P03", "57014", "53300"})

T = TypeVar("T")


def retried(work: Callable[[], T], *, pause: Callable[[float], None] = time.sleep) -> T:
    """Do `work`, again when the database says that another transaction came between, or was gone for a moment."""
    for attempt in range(1, TRIES + 1):
        try:
            with storage_told():
                return work()
        except _Again as again:
            if attempt == TRIES:
                if isinstance(again.__cause__, IntegrityError):
                    raise again.__cause__ from None  # every time: no race, but a mistake of ours
                raise again.refusal from again.__cause__
            pause(random.uniform(0.01, 0.05) * 2**attempt)
    raise AssertionError("unreachable")


@contextmanager
def storage_told() -> Iterator[None]:
    """A failure of the database as a sentence."""
    try:
        yield
    except DBAPIError as failure:
        refusal = _refusal(failure)
        if refusal is None:
            raise
        raise refusal from failure


def outside(engine: Engine, *statements: tuple[str, tuple[str, ...]]) -> None:
    """Carry out statements of SQLite that no transaction may hold, on one connection; they fail as others do."""
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        for statement, values in statements:
            driver.execute(statement, values).fetchall()
    except engine.dialect.loaded_dbapi.Error as failure:
        raise OperationalError("", None, failure) from failure  # a statement may hold a key
    finally:
        raw.close()


class _Again(Away):
    """Worth another try of the whole; `refusal` is what to say when that fails too."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.what, do=refusal.do)
        self.refusal = refusal


def _refusal(failure: DBAPIError) -> Refused | None:
    state = str(getattr(failure.orig, "sqlstate", None) or "")
    text = str(failure.orig)
    if state == "42501":
        return NotAllowed(f"The database refuses it to your login: {text.splitlines()[0]}.")
    if isinstance(failure, IntegrityError):
        return _Again(Refused("Somebody else did the same at this moment.", do="Look again.")) if state else None
    if state in _AGAIN:
        return _Again(Refused("Others are changing the same records.", do="Nothing was saved; try again."))
    if state in _LOST or failure.connection_invalidated:
        return _Again(Away("The database is away.", do="Nothing more was saved; it is tried again when it is back."))
    if state in _BUSY or "locked" in text:
        return Away("The database is busy.", do="Nothing was saved; try again.")
    return _unwritable(failure, state, text)


def _unwritable(failure: DBAPIError, state: str, text: str) -> Refused | None:
    """What the disk, the file or the way to the server does."""
    if state == "25006" or "readonly database" in text:
        return Away("The database can only be read now.", do="Nothing was saved; its owner can say why.")
    if not state and "unable to open" in text:
        return Away("The database's file can't be opened.", do="Nothing was saved; try again when it is back.")
    if state in _FULL or (not state and ("disk" in text or "full" in text)):
        return Away("The disk is full or can't be written.", do="Nothing was saved; make room and try again.")
    if not state and type(failure).__name__ == "OperationalError":
        first = (text.splitlines() or ["it gave no reason"])[0]
        if "connect" in first or "server closed" in first:
            return _Again(Away("The database is away.", do="Nothing more was saved; try again when it is back."))
        return Away(f"The database failed: {first}.", do="Nothing was saved.")
    return None
