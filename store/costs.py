"""What something costs the practice, which changes with the years: one line of text with the days of its changes.

12000.00                                  always
12000.00, 13500.00 from 2026-07-01        until June, and from July on
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from store.errors import Refused
from store.money import parse_cents, show_cents

_LATER = re.compile(r"(\S+) from (\S+)")
_HOW = "Write 12000.00, or 12000.00, 13500.00 from 2026-07-01."


@dataclass(frozen=True, slots=True)
class Costs:
    """Cents with the day from which they hold, in the order of those days; the first hold from ever."""

    steps: tuple[tuple[date, int], ...]

    def on(self, day: date) -> int:
        """What it cost on a day, in cents."""
        return [cents for since, cents in self.steps if since <= day][-1]

    def __str__(self) -> str:
        """As it is kept."""
        amounts = ((since, show_cents(cents).replace(",", "")) for since, cents in self.steps)
        return ", ".join(amount if since == date.min else f"{amount} from {since}" for since, amount in amounts)


def parse_costs(text: str, where: str) -> Costs:
    """What a person wrote; `Refused` where an amount is none, or its day is none or not after the one before."""
    first, *later = (part.strip() for part in text.split(","))
    steps = [(date.min, _cents(first, where))]
    for part in later:
        found = _LATER.fullmatch(part)
        if found is None:
            raise Refused(f"{part[:30]!r} says no amount and day.", where=where, do=_HOW)
        day = _day(found[2], where)
        if day <= steps[-1][0]:
            raise Refused(f"{day} is not after the change before it.", where=where, do="Write the changes in order.")
        steps.append((day, _cents(found[1], where)))
    return Costs(tuple(steps))


def _cents(text: str, where: str) -> int:
    cents = parse_cents(text, where=where)
    if cents <= 0:
        raise Refused(f"{text[:30]!r} is no cost.", where=where, do=_HOW)
    return cents


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text[:20]!r} is no date.", where=where, do=_HOW) from None
