"""What a one-page letter says, known without the library that prints it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph under a heading, with an amount at the heading's right (None for none)."""

    title: str
    lines: tuple[str, ...]
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says.  `facts` stand at the right of its head; `total` is its last line."""

    title: str
    on: date
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    opening: str = ""
    total: tuple[str, int] | None = None
    closing: tuple[str, ...] = ()
