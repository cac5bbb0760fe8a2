"""What a person types into the filter line, as a condition.  Nothing in it is ever SQL or a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, String, and_, cast, false, literal, or_

from store import clock
from store.work.terms import SIGNS, Term, Wanted, parse_terms
from store.work.values import Column, Kind

Columns = Mapping[str, tuple[Column, SQLColumnExpression[Any]]]

_TURNED = str.maketrans("<>", "><")
"""The higher an age, the earlier its date."""


def condition(text: str, columns: Columns, hidden: Columns = MappingProxyType({})) -> ColumnElement[bool]:
    """All terms must hold.  `hidden` columns are found by their key only."""
    known = {**columns, **{key: one for key, one in hidden.items() if key not in columns}}
    terms = parse_terms(text, {key: column for key, (column, _) in known.items()})
    return and_(*(_term(term, columns, known) for term in terms))


def check(columns: Columns, text: str, hidden: Columns = MappingProxyType({})) -> None:
    """Refuse a filter that these columns don't understand."""
    if text.strip():
        condition(text, columns, hidden)


def _term(term: Term, columns: Columns, known: Columns) -> ColumnElement[bool]:
    if term.key:
        return or_(false(), *(_one(*known[term.key], wanted) for wanted in term.wanted))
    texts = [sql for column, sql in columns.values() if column.kind is Kind.TEXT]
    return or_(*(_holds(sql, str(wanted.value)) for sql in texts for wanted in term.wanted))


def _one(column: Column, sql: SQLColumnExpression[Any], wanted: Wanted) -> ColumnElement[bool]:
    value, sign = wanted.value, wanted.sign
    if isinstance(value, str):
        return _holds(sql, value)
    if isinstance(value, int) and column.kind in {Kind.DAYS, Kind.AGE}:
        value = clock.today() + timedelta(days=value if column.kind is Kind.DAYS else -value)
        sign = sign if column.kind is Kind.DAYS else sign.translate(_TURNED)
    asked = value if isinstance(value, date) else literal(value, BigInteger())
    compared: ColumnElement[bool] = SIGNS[sign](sql, asked)
    return compared


def _holds(sql: SQLColumnExpression[Any], value: str) -> ColumnElement[bool]:
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return cast(sql, String).ilike(f"%{escaped}%", escape="\\")
