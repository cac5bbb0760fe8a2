"""The mask for a screen that is shared with others: what tells who a patient is becomes asterisks, on every screen.

It works on the text as it is about to be shown, so that no screen has to know of it: words of names and addresses that
stand in the practice's records with a capital, numbers of patients and insured, dates of birth, phones and e-mail.
What is not a patient's but reads the same is masked too; what a person types is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from store.people.identities import Identities

Part = tuple[str, Style]

SIGN = "*"
_YOUNG = timedelta(days=400)
_TOKEN = re.compile(
    r"(?P<mail>\S+@\S+\.\S+)"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})|(?P<us>\d{1,2}/\d{1,2}/\d{4})"
    r"|(?P<phone>\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b)"
    r"|(?P<word>[^\W_]+(?:['\u2019][^\W_]+)*…?)"
)


class Mask:
    """Masks what is in `known`; `today` tells dates of birth from dates of service."""

    def __init__(self, known: Identities, today: date) -> None:
        self.known = known
        self._today = today
        self._sorted = sorted(known.words)

    def text(self, text: str) -> str:
        """The text, as long as before."""
        return _TOKEN.sub(lambda found: self._shown(found, text), text)

    def _shown(self, found: re.Match[str], text: str) -> str:
        token = found.group()
        kind, before = found.lastgroup, text[: found.start()]
        if kind == "word":
            hidden = self._is_name(token)
        elif kind in {"iso", "us"}:
            hidden = self._is_birth(_iso(token) if kind == "iso" else _us(token), before)
        else:
            hidden = True
        return SIGN * len(token) if hidden else token

    def _is_name(self, token: str) -> bool:
        folded = token.casefold()
        if folded in self.known.numbers:
            return True
        if not token[0].isupper():
            return False
        if folded.endswith("…"):
            start = folded[:-1]
            at = bisect_left(self._sorted, start)
            return len(start) > 1 and at < len(self._sorted) and self._sorted[at].startswith(start)
        return folded in self.known.words or folded.removesuffix("'s") in self.known.words

    def _is_birth(self, day: date | None, before: str) -> bool:
        if day is None:
            return False
        said = before.casefold().rstrip(" :").endswith(("born", "birth", "dob"))
        return said or (day in self.known.births and day < self._today - _YOUNG)


_worn: list[Mask] = []


def wear(mask: Mask | None) -> None:
    """Put a mask on everything that is shown from now on, or take it off."""
    _worn[:] = [mask] if mask else []


def worn() -> Mask | None:
    """The mask that is on."""
    return _worn[0] if _worn else None


def masked(line: Iterable[Part]) -> Iterable[Part]:
    """A line as it may be shown; a name is found across changes of style too."""
    return _split(line, _worn[0]) if _worn else line


def _split(line: Iterable[Part], mask: Mask) -> Iterator[Part]:
    parts = list(line)
    whole = mask.text("".join(text for text, _ in parts))
    at = 0
    for text, style in parts:
        yield whole[at : at + len(text)], style
        at += len(text)


def _iso(token: str) -> date | None:
    try:
        return date.fromisoformat(token)
    except ValueError:
        return None


def _us(token: str) -> date | None:
    month, day, year = (int(part) for part in token.split("/"))
    try:
        return date(year, month, day)
    except ValueError:
        return None
