"""Past and relatives' conditions as codes: table `note_history` (guideline I.C.21.c.4)."""

from __future__ import annotations

from functools import lru_cache

from codesets.tables import Row, read_table

#: Words by which a condition is told to be over.
_OVER = frozenset(("as a child", "childhood", "in childhood", "in the past", "used to have"))


@lru_cache(maxsize=1)
def _rows() -> dict[str, Row]:
    return {row["code"].replace(".", ""): row for row in read_table("note_history")}


def _row(key: str) -> Row | None:
    rows = _rows()
    return next((rows[key[:size]] for size in range(len(key), 0, -1) if key[:size] in rows), None)


def stays(key: str, trigger: str = "") -> bool:
    """Whether "history of" the condition usually means that the patient has it still; "as a child" means none."""
    row = _row(key)
    return row is not None and row["stays"] == "yes" and trigger not in _OVER


def personal(key: str) -> str:
    """The Z85-Z87 (or I25.2) code for a condition that is over; "" when none is usual."""
    row = _row(key)
    return row["personal"] if row else ""


def of_family(key: str) -> str:
    """The Z80-Z84 code for a relative's condition; "" when none is usual."""
    row = _row(key)
    return row["family"] if row else ""
