"""Validity intervals of a code system that is a plain list, from its releases by date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A code as one release has it; dates are ISO, None when the release tells none."""

    code: str
    title: str
    added: str | None = None
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class ListRelease:
    """All codes of one release of one list."""

    system: str
    release: int
    effective: date
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Span:
    release: int
    title: str
    start: str
    end: str | None


def spans_of(releases: Iterable[ListRelease]) -> dict[str, list[_Span]]:
    """The intervals of every code, earliest first, from the releases of one system.

    A code is in force from the day it was added (else from its first release) until it was
    terminated or a whole release no longer has it; a new title opens a new interval.
    """
    spans: dict[str, list[_Span]] = {}
    for release in sorted(releases, key=lambda r: r.effective):
        start = release.effective.isoformat()
        before = (release.effective - timedelta(days=1)).isoformat()
        present = set()
        for item in release.items:
            present.add(item.code)
            _take(spans.setdefault(item.code, []), item, release.release, start, before)
        for code, known in spans.items():
            if code not in present and known[-1].end is None:
                known[-1].end = before
    return spans


def _take(known: list[_Span], item: Item, release: int, start: str, before: str) -> None:
    last = known[-1] if known else None
    if last is None:
        first = item.added or start
        known.append(_Span(release, item.title, min(first, item.ended or first), item.ended))
    elif _goes_on(last, item, before):
        last.end = item.ended
    else:
        last.end = min(last.end or before, before)
        opened = max(start, item.added or start)
        if item.ended is None or item.ended >= opened:
            known.append(_Span(release, item.title, opened, item.ended))


def _goes_on(last: _Span, item: Item, before: str) -> bool:
    """Does a later release tell of the same stretch?  A code long ended needs no new one for a new title."""
    if last.title == item.title:
        return last.end is None or last.end >= before or last.end == item.ended
    return last.end is not None and item.ended is not None and item.ended <= last.end


def list_code_rows(system: str, releases: Iterable[ListRelease], first: int) -> Iterator[Row]:
    """Rows of `code` for a system without a tree."""
    number = first
    for code, known in sorted(spans_of(releases).items()):
        for span in known:
            yield {
                "id": number, "release": span.release, "system": system, "code": code, "key": code,
                "title": span.title, "billable": True, "node": 0, "seventh": None,
                "valid_from": span.start, "valid_to": span.end,
            }  # fmt: skip
            number += 1
