"""Finding a procedure in the fee schedule by what a person types."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from store.coding.desk import Procedure

CLOSE_ENOUGH = 75


def find_procedures(known: Sequence[Procedure], text: str, limit: int = 20) -> list[Procedure]:
    """Procedures whose code or title fits, best first: prefixes of all words, then near misses; ties by code."""
    wanted = text.casefold().split()
    if not wanted:
        return list(known[:limit])
    scored = [(_score(procedure, wanted), procedure) for procedure in known]
    fitting = [(score, procedure) for score, procedure in scored if score >= CLOSE_ENOUGH]
    fitting.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [procedure for _, procedure in fitting[:limit]]


def _score(procedure: Procedure, wanted: Sequence[str]) -> float:
    words = [procedure.code.casefold(), *procedure.title.casefold().replace(",", " ").replace("/", " ").split()]
    return sum(_best(words, one) for one in wanted) / len(wanted)


def _best(words: Sequence[str], one: str) -> float:
    if words[0].startswith(one):
        return 101.0
    if any(word.startswith(one) for word in words):
        return 100.0
    return max(fuzz.ratio(word, one) for word in words) if len(one) > 3 else 0.0
