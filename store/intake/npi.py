"""The National Provider Identifier: ten digits, the last of them a check digit.

The check digit is Luhn's over the first nine digits with the card issuer prefix 80840 before them
(45 CFR 162.406; CMS, "NPI Check Digit").
"""

from __future__ import annotations

import re

_PREFIX = "80840"
_NINE = re.compile(r"[0-9]{9}")
_TEN = re.compile(r"[0-9]{10}")
_ISSUED = re.compile(r"[12][0-9]{9}")


def check_digit(nine: str) -> str:
    """The tenth digit of the NPI that starts with these nine; `ValueError` if they aren't nine digits."""
    if not _NINE.fullmatch(nine):
        raise ValueError("nine digits are wanted")
    total = 0
    for place, digit in enumerate(reversed(_PREFIX + nine)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def npi_of(nine: str) -> str:
    """The whole NPI that starts with these nine digits."""
    return nine + check_digit(nine)


def looks_like_npi(text: str) -> bool:
    """Ten ASCII digits, whatever the check digit."""
    return bool(_TEN.fullmatch(text))


def is_npi(text: str) -> bool:
    """Whether `text` could have been issued: ten digits, the first a 1 or 2, and the check digit right."""
    return bool(_ISSUED.fullmatch(text)) and check_digit(text[:9]) == text[9]
