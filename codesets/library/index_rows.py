"""The rows of the Alphabetic Index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codesets.library.folding import folded
from codesets.releases.icd10cm_index import Term

Row = dict[str, Any]
COLUMNS = 6


def index_rows(indexes: Mapping[str, list[tuple[int, list[Term]]]]) -> Iterator[Row]:
    """Rows of `indexterm` for every release of every index file, in book order."""
    number = 0
    for kind, releases in indexes.items():
        for release, terms in releases:
            open_: list[int] = []
            for term in terms:
                number += 1
                del open_[term.level :]
                yield _row(number, release, kind, open_[-1] if open_ else None, term)
                open_.append(number)


def _row(number: int, release: int, kind: str, parent: int | None, term: Term) -> Row:
    cells = "|".join(term.cells.get(column, "") for column in range(2, 2 + COLUMNS)) if term.cells else ""
    return {
        "id": number, "release": release, "kind": kind, "parent": parent, "level": term.level, "title": term.title,
        "words": folded(term.title), "nemod": term.nemod, "code": term.code, "manifestation": term.manifestation,
        "see": term.see, "see_also": term.see_also, "cells": cells,
    }  # fmt: skip
