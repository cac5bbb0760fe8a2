"""Which symptoms are part of which diagnoses (guideline I.B.5): table `note_integral`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from codesets.tables import read_table


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((_keys(row["symptom"]), _keys(row["diagnosis"])) for row in read_table("note_integral"))


def _keys(text: str) -> tuple[str, ...]:
    return tuple(code.replace(".", "") for code in text.split())


def is_part(symptom: str, diagnoses: Iterable[str]) -> bool:
    """Whether a symptom is part of one of the diagnoses (keys)."""
    known = tuple(diagnoses)
    return any(
        symptom.startswith(symptoms) and any(key.startswith(wide) for key in known) for symptoms, wide in _pairs()
    )
