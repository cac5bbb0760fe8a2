"""A statement as JSON to be kept, and back: the page of years ago is written again from it, byte for byte."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from store.errors import Refused
from store.statements.values import Ageing, Guarantor, Line, Practice, Statement, Visit

FORMAT = 1
"""Raised when the shape below changes; older shapes must stay readable."""


def to_json(statement: Statement) -> str:
    """The statement as one line of JSON with sorted keys, so that equal statements are equal text."""
    kept = {"format": FORMAT, **asdict(statement)}
    return json.dumps(kept, default=date.isoformat, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Statement:
    """The statement that `to_json` kept; `Refused` when it is not one."""
    try:
        kept = json.loads(text)
        if kept.pop("format") != FORMAT:
            raise Refused("The kept statement has a format that this version does not know.")
        return _statement(kept)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("The kept statement can't be read.", do="Restore it from a backup.") from None


def _statement(kept: dict[str, Any]) -> Statement:
    kept["practice"] = Practice(**_lists_as_tuples(kept["practice"]))
    kept["guarantor"] = Guarantor(**_lists_as_tuples(kept["guarantor"]))
    kept["statement_date"] = date.fromisoformat(kept["statement_date"])
    kept["due_date"] = date.fromisoformat(kept["due_date"])
    kept["visits"] = tuple(_visit(visit) for visit in kept["visits"])
    kept["ageing"] = Ageing(**kept["ageing"])
    return Statement(**kept)


def _visit(kept: dict[str, Any]) -> Visit:
    kept["service_date"] = date.fromisoformat(kept["service_date"])
    kept["lines"] = tuple(Line(**line) for line in kept["lines"])
    return Visit(**kept)


def _lists_as_tuples(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
