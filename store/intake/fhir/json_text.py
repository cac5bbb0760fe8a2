"""JSON from outside: strict, bounded in depth, and nothing in it that two readers could take differently."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from store.errors import Refused
from store.text import clean_line

MAX_DEPTH = 64
"""Levels of lists and objects; a real bundle has about twenty."""

_MAX_DIGITS = 30
_BLANK = re.compile(r"\s*")


def parse_documents(text: str, file: str) -> tuple[list[tuple[int, Any]], bool]:
    """The JSON documents of a file, each with its line, and whether they are NDJSON.

    One document may span lines; several stand one on each line.  `Refused` for the whole file, with the line, if
    any of them is broken, so that a file that was cut is never taken in part.
    """
    try:
        value, end = _decoder().raw_decode(text, _skip(text, 0))
    except (ValueError, RecursionError) as error:
        raise _broken(error, file, 0) from None
    if _skip(text, end) == len(text):
        _check_depth(value, file)
        return [(1, value)], False
    return _parse_lines(text, file), True


def _parse_lines(text: str, file: str) -> list[tuple[int, Any]]:
    found = []
    decoder = _decoder()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = decoder.decode(line)
        except (ValueError, RecursionError) as error:
            raise _broken(error, file, number) from None
        _check_depth(value, f"{file}, line {number}")
        found.append((number, value))
    return found


def _skip(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice is refused, for readers differ in which of the two they take."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {clean_line(twice)[:40]!r} stands twice in one object")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(digits)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _broken(error: Exception, file: str, line: int) -> Refused:
    if isinstance(error, RecursionError):
        return _too_deep(f"{file}, line {line}" if line else file)
    if isinstance(error, json.JSONDecodeError):
        where = f"{file}, line {line or error.lineno}, column {error.colno}"
        do = "If the file was cut off, export it again."
        return Refused(f"The JSON is broken here ({error.msg.lower()}).", where=where, do=do)
    return Refused(f"The JSON can't be read: {error}.", where=f"{file}, line {line}" if line else file)


def _too_deep(where: str) -> Refused:
    return Refused(f"The JSON is nested deeper than {MAX_DEPTH} levels.", where=where)


def _check_depth(value: Any, where: str) -> None:
    """`Refused` if lists and objects are nested too deep; walks without recursion."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        inner, depth = waiting.pop()
        children = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
        if depth > MAX_DEPTH and isinstance(inner, dict | list):
            raise _too_deep(where)
        waiting.extend((child, depth + 1) for child in children if isinstance(child, dict | list))
