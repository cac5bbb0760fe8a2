"""The grid of a claim form: ten characters to the inch, six rows to the inch, letter paper.

Rows count from 1 at the top edge, columns from 1 at the left margin.  A mark is one text at one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from store.x12.writing import optional_words

PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
PITCH = 7.2
LEADING = 12.0
LEFT_MARGIN = 21.6
FONT, SIZE = "Courier", 12.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A text that begins at `row` and `column`."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a printer is off, in points: positive `right` and `down` move what is printed there."""

    right: float = 0.0
    down: float = 0.0


def x_of(column: float) -> float:
    """Points from the left edge to the left side of a column."""
    return LEFT_MARGIN + (column - 1) * PITCH


def y_of(row: float) -> float:
    """Points from the foot of the page to the base line of a row."""
    return PAGE_HEIGHT - row * LEADING


class Marks:
    """Collects marks; every text is in capitals of the basic set and cut where its box ends."""

    def __init__(self) -> None:
        self.all: list[Mark] = []

    def put(self, row: int, column: int, width: int, text: str) -> None:
        """A text at the left of its box."""
        told = optional_words(text, 10_000, "form")[:width].rstrip()
        if told:
            self.all.append(Mark(row, column, told))

    def right(self, row: int, column: int, width: int, text: str) -> None:
        """A number at the right of its box; one that does not fit is never cut, but begins further left."""
        self.all.append(Mark(row, column + width - len(text), text))

    def cross(self, row: int, column: int, when: bool = True) -> None:
        """A cross where something is so."""
        if when:
            self.all.append(Mark(row, column, "X"))

    def day(self, row: int, columns: tuple[int, int, int], when: date | None, *, long_year: bool = False) -> None:
        """Month, day and year in their three places."""
        if when is None:
            return
        year = f"{when.year:04d}"
        parts = f"{when.month:02d}", f"{when.day:02d}", year if long_year else year[2:]
        self.all += [Mark(row, column, part) for column, part in zip(columns, parts, strict=True)]

    def money(self, row: int, column: int, width: int, cents: int) -> None:
        """Dollars and cents with a space between them and no point, as the boxes are parted."""
        self.right(row, column, width, f"{cents // 100} {cents % 100:02d}")
