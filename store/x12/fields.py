"""Reading the elements of a segment: text, money, dates and counts, refused with their place when they are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NoReturn

from store.errors import Refused
from store.money import parse_cents
from store.x12.segments import TransactionSet, place

EARLIEST_YEAR, LATEST_YEAR = 1900, 2099

_DAY = re.compile(r"[0-9]{8}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_cents = lru_cache(maxsize=65_536)(parse_cents)


class Fields:
    """Walks the segments of a set and reads elements of the one it stands on, by number from 1.

    `number` is the segment's place in the file, `elements` its elements, `id` its id.
    """

    def __init__(self, whole: TransactionSet) -> None:
        self.whole = whole
        self.component = whole.interchange.separators.component
        self.number = whole.segment
        self.elements: list[str] = [""]

    def __iter__(self) -> Iterator[str]:
        """The id of each segment in turn."""
        for self.number, self.elements in self.whole.segments():  # noqa: B020
            yield self.elements[0]

    @property
    def id(self) -> str:
        """The segment's id in upper case."""
        return self.elements[0]

    def text(self, n: int) -> str:
        """Element `n` trimmed, '' where it is missing."""
        elements = self.elements
        return elements[n].strip() if len(elements) > n else ""

    def needed(self, n: int) -> str:
        """Element `n`, `Refused` where it is empty."""
        return self.text(n) or self._raise(n, "is empty")

    def parts(self, n: int) -> list[str]:
        """The components of element `n`, trimmed; [''] where it is missing."""
        return [part.strip() for part in self.text(n).split(self.component)]

    def cents(self, n: int) -> int:
        """Money of element `n`; `Refused` where it is empty or no amount."""
        try:
            return _cents(self.elements[n])
        except (IndexError, Refused):  # padded, missing or no amount
            text = self.needed(n)
        try:
            return _cents(text)
        except Refused as why:
            raise self.refuse(f"{self.name(n)}: {why.what}", why.do) from None

    def amount(self, text: str, n: int) -> int:
        """Money of a component of element `n`."""
        try:
            return _cents(text)
        except Refused as why:
            raise self.refuse(f"{self.name(n)}: {why.what}", why.do) from None

    def a_day(self, text: str, n: int) -> date:
        """A date of a component of element `n`."""
        return day_of(text) or self._raise(n, f"has {text[:20]!r}, which is no date CCYYMMDD")

    def cents_or(self, n: int, otherwise: int | None) -> int | None:
        """Money of element `n`, `otherwise` where it is empty."""
        return self.cents(n) if self.text(n) else otherwise

    def day(self, n: int) -> date:
        """A date CCYYMMDD of element `n`: exactly eight ASCII digits and a day of the calendar from 1900 to 2099."""
        text = self.needed(n)
        return day_of(text) or self._raise(n, f"is {text[:20]!r}, which is no date CCYYMMDD")

    def day_or_none(self, n: int) -> date | None:
        """A date of element `n`, None where it is empty."""
        return self.day(n) if self.text(n) else None

    def count(self, n: int) -> int:
        """A whole number from 0 of element `n`."""
        text = self.needed(n)
        return int(text) if _NUMBER.fullmatch(text) else self._raise(n, f"is {text[:20]!r}, which is no count")

    def name(self, n: int) -> str:
        """'CLP04' of element 4 of a CLP."""
        return f"{self.id}{n:02d}"

    def where(self) -> str:
        """'june.835, segment 12 (CLP)'."""
        return place(self.whole.name, self.number, self.id[:10])

    def refuse(self, what: str, do: str = "") -> Refused:
        """The refusal of what stands here, to be raised."""
        return Refused(what, where=self.where(), do=do)

    def _raise(self, n: int, wrong: str) -> NoReturn:
        raise self.refuse(f"{self.name(n)} {wrong}.", "Ask the sender for a correct file.")


@lru_cache(maxsize=8192)
def day_of(text: str) -> date | None:
    """The day that eight ASCII digits CCYYMMDD name, None where they name none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None
