"""How far long work has come, told to whoever waits for it; they may stop it.

Nothing of a command that is stopped is kept.  A job of several commands keeps those that are done, and says so with
`resumable`: doing it again goes on where it stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from store.errors import Refused

T = TypeVar("T")

Listener = Callable[[int, int, str], None]
"""Takes how many of how many were done, and of what; raises `Stopped` to stop the work."""

EVERY = 20
"""Rows between two tellings."""


class Stopped(Refused):
    """The person who waits stopped the work; its transaction is rolled back."""

    def __init__(self, do: str = "Nothing of it was kept.") -> None:
        super().__init__("Stopped.", do=do)


class _Local(threading.local):
    listener: Listener | None = None


_local = _Local()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell this listener of all work that this thread does inside."""
    before, _local.listener = _local.listener, listener
    try:
        yield
    finally:
        _local.listener = before


def tell(done: int, total: int, what: str) -> None:
    """So much is done; nothing happens where nobody listens."""
    if _local.listener is not None:
        _local.listener(done, total, what)


@contextmanager
def resumable(again: str) -> Iterator[None]:
    """Work inside is made of parts that are kept when it is stopped; `again` says how to go on."""
    try:
        yield
    except Stopped:
        raise Stopped(f"What was done is kept. {again}") from None


def steps(rows: Sequence[T], what: str) -> Iterator[T]:
    """The rows one by one, telling how many came."""
    return counted(rows, len(rows), what)


def counted(rows: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The rows one by one, of which there are `total`, telling how many came."""
    for number, row in enumerate(rows):
        if number % EVERY == 0:
            tell(number, total, what)
        yield row
    tell(total, total, what)
