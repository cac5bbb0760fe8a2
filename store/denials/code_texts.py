"""The texts of adjustment reasons and remarks from the lists that the practice is licensed for and has loaded."""

from __future__ import annotations

from collections.abc import Sequence

from store import clock
from store.errors import Refused


def code_texts(wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """For each (CARC or RARC, code) that is loaded its name and text (`superbill codes load carc FILE`)."""
    from codesets import open_library

    try:
        with open_library() as library:
            found = [(f"{system} {code}", library.rules.listed(system, code, clock.today())) for system, code in wanted]
    except Refused:
        return []
    return [(name, listed.title) for name, listed in found if listed is not None]
