"""Money is integer cents everywhere; this is the one way in and the one way out."""

from __future__ import annotations

import re

from store.errors import Refused

MAX_CENTS = 10**12
"""No single amount may reach ten thousand million dollars, so that no sum can overflow 64 bits."""

_AMOUNT = re.compile(r"(-?)(\d{0,10})(?:\.(\d{0,2})0*)?", re.ASCII)


def parse_cents(text: str, *, where: str = "") -> int:
    """Integer cents of a decimal amount: '12.5' is 1250, '-.07' is -7.

    Only ASCII digits, one optional leading minus and at most two significant decimals are an amount;
    anything else (exponents, thousands separators, NaN, other scripts' digits) is `Refused`.
    """
    found = _AMOUNT.fullmatch(text)
    if not found or not (found[2] or found[3]):
        raise Refused(f"{text[:40]!r} is not an amount of money.", where=where, do="Write it like 1234.56.")
    cents = int(found[2] or 0) * 100 + int((found[3] or "").ljust(2, "0"))
    if cents >= MAX_CENTS:
        raise Refused(f"{text[:40]!r} is too large an amount.", where=where)
    return -cents if found[1] else cents


def show_cents(cents: int, *, sign: str = "") -> str:
    """'1,234.56' of 123456; a minus goes first; `sign` such as '$' stands before the digits."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{sign}{whole:,}.{rest:02d}"


def x12_amount(cents: int) -> str:
    """The shortest X12 R form: 1250 is '12.5', 100 is '1', -7 is '-.07' written '-0.07'."""
    whole, rest = divmod(abs(cents), 100)
    decimals = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{'-' if cents < 0 else ''}{whole}{decimals}"
