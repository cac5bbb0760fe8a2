"""Invented notes with their codes marked in the text, for the tests and the bench.

    [[I10|Hypertension]]                 a required code and its evidence; several that will do are parted by commas
    [[?R01.1|murmur]]                    a code that may be given
    [[-R07.9 negated|no chest pain]]     a distractor: negated, family_history, other_person, uncertain

What is missed in the notes 97 to 102 was not looked at while the reading was made, but who wrote them wrote tables too:
two wordings of the 100th came into the tables with others of their kind.  The others were looked at.  Those from 87 on
are of visits in FY2027, and their codes are that year's; those from 103 on have more codes than five, so that not
all of them can be among the first five.

    python -m tests.codesets.reading.annotated {all,seen,held,wide} > NOTES.jsonl
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

_MARK = re.compile(r"\[\[(-|\?)?([^\]|]+)\|([^\]]*)\]\]")
_HELD_OUT = range(97, 103)
_FIRST_WIDE = 103
_FIRST_OF_FY2027, _DAY_OF_FY2027 = 87, "2026-11-12"
FOLDER = Path(__file__).with_name("notes")


def parse(name: str, marked: str) -> dict[str, Any]:
    """A note in the form of the bench."""
    text, at = "", 0
    gold: list[dict[str, Any]] = []
    distractors: list[dict[str, Any]] = []
    for found in _MARK.finditer(marked):
        text += marked[at : found.start()]
        at = found.end()
        span = {"start": len(text), "end": len(text) + len(found[3]), "text": found[3]}
        if found[1] == "-":
            code, why = found[2].split()
            distractors.append({"code": code, "why": why, **span})
        else:
            gold.append({"codes": found[2].split(","), "required": found[1] is None, **span})
        text += found[3]
    note: dict[str, Any] = {"id": name, "text": text + marked[at:], "gold": gold, "distractors": distractors}
    return note | ({"on": _DAY_OF_FY2027} if _number(name) >= _FIRST_OF_FY2027 else {})


def notes(which: str = "all") -> list[dict[str, Any]]:
    """The notes: all, seen, held or wide."""
    chosen = [f for f in sorted(FOLDER.glob("*.txt")) if which in ("all", _set_of(_number(f.stem)))]
    return [parse(f.stem, f.read_text(encoding="utf-8")) for f in chosen]


def _set_of(number: int) -> str:
    return "held" if number in _HELD_OUT else "wide" if number >= _FIRST_WIDE else "seen"


def _number(name: str) -> int:
    return int(name.partition("_")[0])


if __name__ == "__main__":
    for note in notes(sys.argv[1] if len(sys.argv) > 1 else "all"):
        print(json.dumps(note))
