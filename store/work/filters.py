"""What a person types into the filter line, as a condition.  Nothing in it is ever SQL or a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, String, and_, cast, false, literal, or_

from store import clock
from store.errors import Refused
from store.money import parse_cents
from store.work.values import Column, Kind

Columns = Mapping[str, tuple[Column, SQLColumnExpression[Any]]]

MAX_LENGTH = 500
_MAX_NUMBER = 10**15
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.+)", re.DOTALL)


_TURNED = str.maketrans("<>", "><")
"""The higher an age, the earlier its date."""


def condition(text: str, columns: Columns, hidden: Columns = MappingProxyType({})) -> ColumnElement[bool]:
    """All terms must hold.

    `payer:acme,zenith` any of these in the column; `den:>100` or `dos:<2026-10-01` compares numbers, money and dates;
    a bare word may stand in any text column.  `hidden` columns are found by their key only.
    """
    if len(text) > MAX_LENGTH:
        raise Refused(f"The filter is longer than {MAX_LENGTH} characters.", do="Shorten it.")
    return and_(*(_term(term, columns, hidden) for term in text.split()))


def check(columns: Columns, text: str, hidden: Columns = MappingProxyType({})) -> None:
    """Refuse a filter that these columns don't understand."""
    if text.strip():
        condition(text, columns, hidden)


def _term(term: str, columns: Columns, hidden: Columns) -> ColumnElement[bool]:
    key, colon, values = term.partition(":")
    if colon and (known := columns.get(key.lower()) or hidden.get(key.lower())):
        column, sql = known
        return or_(*(_one(column, sql, value) for value in values.split(",") if value), *([] if values else [false()]))
    if colon and key.isalpha() and values:
        raise Refused(f"There is no column '{key}' to filter by.", do=f"There are: {', '.join([*columns, *hidden])}.")
    texts = [sql for column, sql in columns.values() if column.kind is Kind.TEXT]
    return or_(*(_holds(sql, term) for sql in texts))


def _one(column: Column, sql: SQLColumnExpression[Any], value: str) -> ColumnElement[bool]:
    if column.kind is Kind.TEXT:
        return _holds(sql, value)
    found = _COMPARED.fullmatch(value)
    sign, number = (found[1] or "=", found[2]) if found else ("=", value)
    if column.kind is Kind.AGE:
        sign = sign.translate(_TURNED)
    found_value = _value(column, number)
    wanted = found_value if isinstance(found_value, date) else literal(found_value, BigInteger())
    if sign == ">=":
        return sql >= wanted
    if sign == "<=":
        return sql <= wanted
    if sign == ">":
        return sql > wanted
    return sql < wanted if sign == "<" else sql == wanted


def _value(column: Column, text: str) -> int | date:
    if column.kind is Kind.CENTS:
        return parse_cents(text, where=f"filter {column.key}")
    try:
        if column.kind in {Kind.DAYS, Kind.AGE}:
            return clock.today() + timedelta(days=int(text) * (1 if column.kind is Kind.DAYS else -1))
        if column.kind is Kind.DATE:
            return date.fromisoformat(text)
        return min(max(int(text), -_MAX_NUMBER), _MAX_NUMBER)
    except (ValueError, OverflowError):
        wanted = "a date like 2026-10-31" if column.kind is Kind.DATE else "a whole number"
        raise Refused(f"{text[:20]!r} is not {wanted}.", where=f"filter {column.key}") from None


def _holds(sql: SQLColumnExpression[Any], value: str) -> ColumnElement[bool]:
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return cast(sql, String).ilike(f"%{escaped}%", escape="\\")
