"""Elements and segments as they may be written: basic character set, upper case, no separator inside data.

Every function raises `Refused` with the field's name in `where`; the caller puts the claim before it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from store.errors import Refused
from store.intake.npi import is_npi
from store.money import x12_amount
from store.x12.separators import Separators

SEPARATORS = Separators(element="*", component=":", segment="~", repetition="^")
MAX_CHARGE = 10**10
"""Cents; amounts of a claim have at most ten digits."""

_BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()+,-./;?=")
_FOLDED = str.maketrans({
    "ß": "SS", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ø": "O", "ø": "O", "Ł": "L", "ł": "L", "Đ": "D", "đ": "D",
    "Ð": "D", "ð": "D", "Þ": "TH", "þ": "TH", "\u0131": "I",
    **dict.fromkeys("\u2018\u2019\u00b4`", "'"), **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u2010\u2011\u2013\u2014_", "-"),
})  # fmt: skip
_POSTAL_BOX = re.compile(r"\bP\s*\.?\s*O\s*\.?\s*BOX\b")
_STATE = re.compile(r"[A-Z]{2}")
_ZIP = re.compile(r"[0-9]{5}(?:[0-9]{4})?")
_TAX_ID = re.compile(r"[0-9]{9}")
_TAXONOMY = re.compile(r"[0-9A-Z]{10}")
_DECIMALS = re.compile(r"[0-9]{1,3}")
_NO_DIGIT = re.compile(r"[^0-9]")


def segment(*elements: str) -> str:
    """'REF*EI*123' with its terminator; empty elements at the end are left out."""
    return "*".join(elements).rstrip("*") + "~"


@lru_cache(maxsize=65_536)
def words(text: str, limit: int, where: str) -> str:
    """A name or free text in the basic character set: accents dropped, other characters as spaces.

    `Refused` where nothing is left or more than `limit` characters are.
    """
    found = optional_words(text, limit, where)
    if not found:
        raise Refused("This is needed.", where=where)
    return found


@lru_cache(maxsize=65_536)
def optional_words(text: str, limit: int, where: str) -> str:
    """Like `words`, but may be empty."""
    found = text.translate(_FOLDED)
    if not found.isascii():
        decomposed = unicodedata.normalize("NFKD", found)
        found = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    found = found.upper()
    if not _BASIC.issuperset(found):
        found = "".join(letter if letter in _BASIC else " " for letter in found)
    found = " ".join(found.split())
    if len(found) > limit:
        raise Refused(f"{found!r} is longer than {limit} characters.", where=where, do="Shorten it.")
    return found


@lru_cache(maxsize=65_536)
def identifier(text: str, limit: int, where: str) -> str:
    """A number that others gave (member, payer's claim, authorization): upper case, never with a character changed."""
    found = text.strip().upper()
    if not found:
        raise Refused("This is needed.", where=where)
    if len(found) > limit:
        raise Refused(f"{text!r} is longer than {limit} characters.", where=where)
    if not _BASIC.issuperset(found):
        raise Refused(f"{text!r} has a character that a claim file can't hold.", where=where)
    return found


def own_number(text: str, limit: int, where: str) -> str:
    """A number that we gave and wait to see again (CLM01, REF*6R): it must travel exactly as it is."""
    if identifier(text, limit, where) != text:
        raise Refused(f"{text!r} must be upper case without spaces around it.", where=where)
    return text


@lru_cache(maxsize=8192)
def npi(text: str, where: str) -> str:
    """A National Provider Identifier whose check digit is right."""
    if not is_npi(text):
        raise Refused(f"{text!r} is no NPI: ten digits with a check digit are wanted.", where=where)
    return text


@lru_cache(maxsize=8192)
def place_of(line1: str, line2: str, city: str, state: str, zip_: str, where: str, *, practice: bool) -> str:
    """N3 and N4 of an address; `practice` asks for a street and nine digits of ZIP, as billing and facility need."""
    first = words(line1, 55, f"{where} address")
    second = optional_words(line2, 55, f"{where} address")
    if practice and (_POSTAL_BOX.search(first) or _POSTAL_BOX.search(second)):
        raise Refused("A post office box is no place of business.", where=f"{where} address", do="Give the street.")
    region = state.strip().upper()
    if not _STATE.fullmatch(region):
        raise Refused(f"{state!r} is no state: two letters are wanted.", where=f"{where} state")
    if not _ZIP.fullmatch(zip_) or (practice and len(zip_) != 9):
        wanted = "nine digits" if practice else "five or nine digits"
        raise Refused(f"{zip_!r} is no ZIP code here: {wanted} are wanted.", where=f"{where} ZIP")
    return segment("N3", first, second) + segment("N4", words(city, 30, f"{where} city"), region, zip_)


@lru_cache(maxsize=1024)
def phone(text: str, where: str) -> str:
    """Ten digits of a telephone number written in any way."""
    digits = _NO_DIGIT.sub("", text)
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(digits) != 10:
        raise Refused(f"{text!r} is no telephone number: ten digits are wanted.", where=where)
    return digits


def tax_id(text: str, where: str) -> str:
    """Nine digits of an EIN or SSN, hyphens dropped."""
    digits = text.replace("-", "")
    if not _TAX_ID.fullmatch(digits):
        raise Refused("The tax number must have nine digits.", where=where)
    return digits


@lru_cache(maxsize=1024)
def taxonomy(text: str, where: str) -> str:
    """A provider taxonomy code."""
    if not _TAXONOMY.fullmatch(text):
        raise Refused(f"{text!r} is no taxonomy code: ten letters and digits are wanted.", where=where)
    return text


@lru_cache(maxsize=65_536)
def amount(cents: int, where: str) -> str:
    """An amount from 0 of at most ten digits."""
    if not 0 <= cents < MAX_CHARGE:
        raise Refused(f"{x12_amount(cents)} can't be charged: 0 to 99999999.99 is wanted.", where=where)
    return x12_amount(cents)


def signed_amount(cents: int, where: str) -> str:
    """An amount of either sign of at most ten digits: adjustments that give something back are negative (RFI 2320)."""
    if abs(cents) >= MAX_CHARGE:
        raise Refused(f"{x12_amount(cents)} is too large an amount.", where=where)
    return x12_amount(cents)


def matching(form: re.Pattern[str], text: str, where: str) -> str:
    """`text` if it has this form from end to end."""
    if not form.fullmatch(text):
        raise Refused(f"{text!r} can't stand here." if text else "This is needed.", where=where)
    return text


def quantity(units: int, fraction: str, limit: int, where: str) -> str:
    """'12', or '1.5' of 1 and '5'; more than nothing and at most `limit`."""
    decimals = fraction.rstrip("0")
    if not (0 <= units <= limit and (units or decimals)):
        raise Refused(f"{units} units can't be billed; 1 to {limit} can.", where=where)
    if decimals and not _DECIMALS.fullmatch(decimals):
        raise Refused(f"{fraction!r} are no decimals: one to three digits are wanted.", where=where)
    return f"{units}.{decimals}" if decimals else str(units)


@lru_cache(maxsize=8192)
def day(when: date) -> str:
    """CCYYMMDD."""
    return f"{when.year:04d}{when.month:02d}{when.day:02d}"


def dated(qualifier: str, first: date, last: date | None = None) -> str:
    """DTP with one day (D8) or, where `last` is another, with a range (RD8)."""
    return ranged(qualifier, first, last) if last and last != first else f"DTP*{qualifier}*D8*{day(first)}~"


def ranged(qualifier: str, first: date, last: date) -> str:
    """DTP with a range (RD8), be it of one day."""
    if last < first:
        raise Refused(f"{last.isoformat()} is before {first.isoformat()}.", where=f"DTP*{qualifier}")
    return f"DTP*{qualifier}*RD8*{day(first)}-{day(last)}~"


def one_of(text: str, allowed: frozenset[str], where: str) -> str:
    """`text` if it is one of the codes that may stand there."""
    if text not in allowed:
        raise Refused(f"{text!r} can't stand here; {', '.join(sorted(allowed))} can.", where=where)
    return text
