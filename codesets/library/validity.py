"""Whether a code may be billed on a date.  Guidelines I.A.2-5: to the last character, placeholder X included."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from codesets.library.earlier import judge_earlier
from codesets.library.model import Validity, ValidityStatus

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary, CodeRow

_MANY = 12


def judge(library: CodeLibrary, code: str, on: date, system: str | None = None) -> Validity:
    """The answer of `CodeLibrary.validity`."""
    from codesets.library.reader import key_of

    key = key_of(code)
    rows = library.code_rows("".join(code.split()), system)
    if not rows:
        return _absent(library, code, key, on)
    row = next((r for r in rows if r.in_force(on)), None)
    held = library.held(on)
    if row is None and held > on and rows[0].system == "ICD10CM":
        first = next((r for r in rows if r.in_force(held)), None)
        return (
            judge_earlier(library, first, judge(library, code, held, system), on)
            if first
            else (_out_of_force(library, rows, on))
        )
    if row is None:
        return _out_of_force(library, rows, on)
    if row.billable:
        return Validity(ValidityStatus.OK, row.code, f"{row.code} is in force on {on.isoformat()}.")
    return _header(library, row, on)


def _header(library: CodeLibrary, row: CodeRow, on: date) -> Validity:
    made = _sevenths(library, row, on)
    if made:
        letters = ", ".join(dict.fromkeys(r.seventh or "" for r in made))
        short = 6 - len(row.key)
        filler = f" after {short} placeholder{'s' if short > 1 else ''} X" if short else ""
        text = f"{row.code} needs a 7th character{filler}: one of {letters}."
        return Validity(ValidityStatus.SEVENTH, row.code, text, tuple(r.code for r in made[:_MANY]))
    below = [level.name for level in library.children(row.code, on=on)]
    shown = ", ".join(below[:_MANY]) + (", …" if len(below) > _MANY else "")
    text = f"{row.code} is a heading, not a code to bill; choose below it: {shown}."
    return Validity(ValidityStatus.HEADER, row.code, text, tuple(below[:_MANY]))


def _out_of_force(library: CodeLibrary, rows: list[CodeRow], on: date) -> Validity:
    code, day = rows[0].code, on.isoformat()
    if following := _followers(library, rows, on):
        text = f"{code} is not in force on {day}; it was replaced by {', '.join(following[:_MANY])}."
        return Validity(ValidityStatus.NOT_IN_FORCE, code, text, following[:_MANY])
    spans = "; ".join(f"from {r.valid_from}" + (f" to {r.valid_to}" if r.valid_to else "") for r in reversed(rows))
    return Validity(ValidityStatus.NOT_IN_FORCE, code, f"{code} is not in force on {day}; it is {spans}.")


def _followers(library: CodeLibrary, rows: list[CodeRow], on: date) -> tuple[str, ...]:
    """What replaced a code that ended before the day, where the library knows it."""
    if not any(row.valid_to and row.valid_to < on.isoformat() for row in rows):
        return ()
    life = library.history(rows[0].code, system=rows[0].system)
    return tuple(code for stretch in life for code in stretch.replaced_by)


def _sevenths(library: CodeLibrary, row: CodeRow, on: date) -> list[CodeRow]:
    return library.sevenths_of(row.node, on.isoformat()) if row.node else []


def _absent(library: CodeLibrary, code: str, key: str, on: date) -> Validity:
    """No such code: is it the right base with its seventh character missing, misplaced or wrong?"""
    shown = "".join(c for c in " ".join(code.split()) if c.isprintable())[:24] or "An empty code"
    meant = _with_placeholders(library, key, on)
    if meant:
        text = f"{shown}: the placeholder X is missing or in the wrong place; write {meant[0]}."
        return Validity(ValidityStatus.SEVENTH, shown, text, meant)
    for length in range(min(len(key) - 1, 6), 2, -1):
        rows = library.code_rows(key[:length])
        if not rows:
            continue
        made = _sevenths(library, rows[0], on) if not rows[0].seventh else []
        rest = key[length:].lstrip("X")
        if made and len(rest) <= 1:
            return _wrong_seventh(shown, rows[0], made, rest)
        break
    return Validity(ValidityStatus.UNKNOWN, shown, f"{shown} is not in the loaded code sets.")


def _with_placeholders(library: CodeLibrary, key: str, on: date) -> tuple[str, ...]:
    """The complete codes that have the same characters but their placeholders X in the right places."""
    head, body = key[:3], key[3:].replace("X", "")
    if not 4 <= len(key) <= 9 or not 1 <= len(body) <= 3:
        return ()
    found: list[str] = []
    for places in combinations(range(3), 4 - len(body)):  # the 7th character itself is never X
        letters = iter(body)
        made = "".join("X" if place in places else next(letters) for place in range(4))
        found += [row.code for row in library.code_rows(head + made) if row.seventh and row.in_force(on)]
    return tuple(dict.fromkeys(found))


def _wrong_seventh(shown: str, base: CodeRow, made: list[CodeRow], char: str) -> Validity:
    fitting = [row.code for row in made if row.seventh == char]
    letters = ", ".join(row.seventh or "" for row in made)
    if fitting:
        text = f"{shown}: the 7th character {char} stands in the wrong place; write {fitting[0]}."
        return Validity(ValidityStatus.SEVENTH, shown, text, tuple(fitting))
    wrong = f"{char} is not a 7th character of {base.code}" if char else "the 7th character is missing"
    text = f"{shown}: {wrong}; one of {letters}."
    return Validity(ValidityStatus.SEVENTH, shown, text, tuple(row.code for row in made[:_MANY]))
