"""Fewer rounds of Python's collector of cycles while thousands of rows are made at once.

A file of claims makes hundreds of objects a claim, a code-set library millions, hardly any of them in a cycle, and
the collector looks at all that are alive again and again: a quarter of the time of posting, a seventh of that of a
build.  Nothing is collected later than the threshold says, so that memory stays flat in the size of the file.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000
"""So many new objects more than before are made before the collector looks, instead of the usual 700."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """While it lasts the collector looks seldom; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(max(SELDOM, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
