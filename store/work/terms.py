"""A filter as a person types it, taken apart: what each of its words asks of which column."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from store.errors import Refused
from store.money import parse_cents
from store.work.values import Column, Kind

MAX_LENGTH = 500
_MAX_NUMBER = 10**15
_MAX_DAYS = 100_000
SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
"""How each sign compares a cell, at hand or as a column of the database, with what is wanted."""
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that is to stand in the cell; or a number, cents, days or a date that it is compared with by `sign`."""

    value: str | int | date
    sign: str = "="


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter: any of `wanted` in the column of this key, or without a key in any text column."""

    key: str
    wanted: tuple[Wanted, ...]


def parse_terms(text: str, columns: Mapping[str, Column]) -> tuple[Term, ...]:
    """The terms of a filter, all of which must hold.

    `payer:acme,zenith` is any of these in the column, by its key or its title; `den:>100` or `dos:<2026-10-01` compares
    numbers, money, days and dates; a bare word may stand in any text column.  Refused for a column that isn't there
    and for what is no number or date where one is asked for.
    """
    if len(text) > MAX_LENGTH:
        raise Refused(f"The filter is longer than {MAX_LENGTH} characters.", do="Shorten it.")
    titles = {column.title.casefold(): key for key, column in columns.items()}
    return tuple(_term(word, columns, titles) for word in text.split())


def _term(word: str, columns: Mapping[str, Column], titles: Mapping[str, str]) -> Term:
    name, colon, values = word.partition(":")
    key = name.lower() if name.lower() in columns else titles.get(name.casefold(), "")
    if colon and key:
        return Term(key, tuple(_wanted(columns[key], value) for value in values.split(",") if value))
    if colon and name.isalpha() and values:
        raise Refused(f"There is no column '{name}' to filter by.", do=f"There are: {', '.join(columns)}.")
    return Term("", (Wanted(word),))


def _wanted(column: Column, value: str) -> Wanted:
    if column.kind in {Kind.TEXT, Kind.FIGURE}:
        return Wanted(value)
    found = _COMPARED.fullmatch(value)
    sign, number = (found[1] or "=", found[2]) if found else ("=", value)
    return Wanted(_value(column, number), sign)


def _value(column: Column, text: str) -> int | date:
    if column.kind is Kind.CENTS:
        return parse_cents(text, where=f"filter {column.key}")
    try:
        if column.kind is Kind.DATE:
            return date.fromisoformat(text)
        number = int(text)
        if column.kind in {Kind.DAYS, Kind.AGE} and abs(number) > _MAX_DAYS:
            raise ValueError
        return min(max(number, -_MAX_NUMBER), _MAX_NUMBER)
    except ValueError:
        wanted = "a date like 2026-10-31" if column.kind is Kind.DATE else "a whole number"
        raise Refused(f"{text[:20]!r} is not {wanted}.", where=f"filter {column.key}") from None
