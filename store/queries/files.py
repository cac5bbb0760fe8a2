"""Files of answers: JSON or CSV from the providers' own system; `giving` is the way out.

An answer has `query` (its number) and `answer`; it may have `kind` (agree, other, disagree, undetermined), `by` and
`at` (ISO 8601).  JSON is a list of such objects, or an object with a list `answers`; CSV has these as its header.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.errors import Refused
from store.intake.plain_file import decode, read_bytes
from store.queries.answer import Answer

MOST = 10_000
_NEEDED = ("query", "answer")
_MAY = ("kind", "by", "at")


def read_answers(path: Path) -> tuple[Answer, ...]:
    """The answers of a file; `Refused` names the line and the field, and nothing of the file is taken."""
    text = decode(read_bytes(path), path.name)
    rows = list(_json(text, path.name) if text.lstrip()[:1] in {"[", "{"} else _csv(text, path.name))
    if not rows or len(rows) > MOST:
        raise Refused(f"There are {len(rows)} answers in it.", where=path.name, do=f"A file has 1 to {MOST}.")
    return tuple(_answer(row, f"{path.name}, {where}", line) for line, where, row in rows)


def _json(text: str, name: str) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"{name}, line {getattr(error, 'lineno', 1)}"
        raise Refused("This is not whole JSON.", where=place, do="Send the file again.") from None
    rows = found.get("answers") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("Answers are a list of objects.", where=name, do="Each has query and answer.")
    yield from ((number, f"answer {number}", row) for number, row in enumerate(rows, 1))


def _csv(text: str, name: str) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    if not text.endswith(("\n", "\r")):
        raise Refused("The last line has no end: the file may be cut off.", where=name, do="Send it again.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    header = tuple(reader.fieldnames or ())
    if not set(_NEEDED) <= set(header):
        raise Refused("The header is not that of answers.", where=f"{name}, line 1", do="It has: query,answer.")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise Refused("The line has not as many fields as the header.", where=f"{name}, line {reader.line_num}")
            yield reader.line_num, f"line {reader.line_num}", row
    except csv.Error as error:
        raise Refused(f"This is not CSV: {error}.", where=f"{name}, line {reader.line_num}") from None


def _answer(row: Mapping[str, Any], where: str, line: int) -> Answer:
    given: dict[str, str] = {}
    for field in (*_NEEDED, *_MAY):
        value = row.get(field) or ""
        if not isinstance(value, str):
            raise Refused(f"{field} is a text.", where=where)
        given[field] = value.strip()
    for field in _NEEDED:
        if not given[field]:
            raise Refused(f"{field} is empty.", where=where, do="Leave an unanswered query out.")
    return Answer(given["query"], given["answer"], given["kind"], given["by"], _moment(given["at"], where), line)


def _moment(text: str, where: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"at is no moment: {text[:30]!r}.", where=where, do="Write 2026-05-15T10:12:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
