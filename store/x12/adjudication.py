"""MIA and MOA: what a payer reckoned of a stay or a visit as a whole, in remittances and claims to the next payer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from store.errors import Refused
from store.x12.writing import segment

_REMARKS = {"MIA": frozenset({5, 20, 21, 22, 23}), "MOA": frozenset({3, 4, 5, 6, 7})}
_MOST = {"MIA": 24, "MOA": 9}
_NOT_TOLD = 2  # MIA02 has no place in a claim
_REMARK = re.compile(r"[0-9A-Z]{1,10}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,4})?|\.\d{1,4}", re.ASCII)


def outcome(adjudication: str) -> dict[str, Any]:
    """The fields of `OtherPayer` that 'MIA*2~MOA***MA18' tells; what a claim could not say is left out."""
    found: dict[str, Any] = {}
    for told in filter(None, adjudication.split("~")):
        name, *elements = told.split("*")
        sound = [one if _fits(name, n, one) else "" for n, one in enumerate(elements[: _MOST[name]], 1)]
        if name == "MOA" or (sound and sound[0]):
            found |= of_elements(name, sound)
    return found


def of_elements(name: str, elements: Sequence[str]) -> dict[str, Any]:
    """The field of `OtherPayer` that one MIA or MOA tells."""
    if name == "MIA":
        return {"inpatient": _short("" if n == _NOT_TOLD else one for n, one in enumerate(elements, 1))}
    numbers = [one for n, one in enumerate(elements, 1) if n not in _REMARKS["MOA"]]
    if any(numbers):
        return {"outpatient": _short(elements)}
    return {"remarks": tuple(one for one in elements if one)}


def outcome_segment(name: str, elements: Sequence[str], where: str) -> str:
    """The segment; `Refused` where an element is no number or no remark, or there are too many."""
    if not any(elements):
        return ""
    if len(elements) > _MOST[name]:
        raise Refused(f"{name} has {len(elements)} elements; at most {_MOST[name]} may be told.", where=where)
    for n, one in enumerate(elements, 1):
        if not _fits(name, n, one):
            raise Refused(f"{name}{n:02d} can't be {one[:20]!r}.", where=where, do="Take it from its remittance.")
    if name == "MIA" and not elements[0]:
        raise Refused("MIA01, the days covered, is missing.", where=where, do="Take it from its remittance.")
    return segment(name, *elements)


def _fits(name: str, n: int, text: str) -> bool:
    form = _REMARK if n in _REMARKS[name] else _NUMBER
    return not text or form.fullmatch(text) is not None


def _short(elements: Any) -> tuple[str, ...]:
    """Without the empty ones at the end."""
    found = list(elements)
    while found and not found[-1]:
        found.pop()
    return tuple(found)
