"""The yearly changes of ICD-10-CM codes: `icd10cm_codes_addenda_YYYY.txt`.

    Add:         I4200   Dilated cardiomyopathy, unspecified
    Delete:      I420    Dilated cardiomyopathy
    Revise from: Z2914   …
    Revise to:   Z2914   …

The label stands in columns 1-13, the code in 14-20, the description from 22.  After a blank line a
trailer counts the codes before and after and the changes; the file is refused unless it agrees.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from codesets.errors import Refused
from codesets.releases.files import Member

_LABELS = {"Add:": "add", "Delete:": "delete", "Revise from:": "from", "Revise to:": "to"}
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_TOTAL = re.compile(r"\s*([\d,]+) codes in \S*?(\d{4})\S*\s*$")
_COUNT = re.compile(r"\s*([\d,]+) (addition|deletion|revision)s?\s*$")
_AGAIN = "Get the file again from its publisher; nothing was changed."


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `action` is add, delete or revise; `key` has no dot; `line` is where it stands."""

    action: str
    key: str
    title: str
    line: int = 0
    billable: bool = True


@dataclass(frozen=True, slots=True)
class Addenda:
    """The changes of one fiscal year and the number of billable codes before and after."""

    changes: tuple[Change, ...]
    before: int
    after: int
    year: int

    @property
    def effective(self) -> date:
        """The first day of the fiscal year."""
        return date(self.year - 1, 10, 1)


def is_addenda(head: bytes) -> bool:
    """Does a file begin like an addenda file?"""
    first = head.lstrip().split(b"\n", 1)[0]
    return re.match(rb"(Add:|Delete:|Revise from:)\s+[A-Z][0-9A-Z]{2,6}\s", first) is not None


def effective_of(head: bytes) -> date | None:
    """The first day of the fiscal year, if the trailer stands in the first bytes of a file."""
    totals = [_TOTAL.match(line) for line in head.decode("cp1252", errors="replace").splitlines()]
    years = [int(found[2]) for found in totals if found]
    return date(max(years) - 1, 10, 1) if years else None


def read_addenda(member: Member) -> Addenda:
    """The changes of the file, checked against its own trailer."""
    reader = _Reader(member.name)
    for number, line in member.lines():
        reader.take(number, line)
    return reader.result()


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.changes: list[Change] = []
        self.revised: Change | None = None
        self.totals: list[tuple[int, int]] = []
        self.counts: dict[str, int] = {}
        self.trailer = False

    def take(self, number: int, line: str) -> None:
        if not line.strip():
            return
        if line.strip() == "Codes":
            self.trailer = True
        elif self.trailer:
            self._count(number, line)
        else:
            self._change(number, line)

    def _change(self, number: int, line: str) -> None:
        label = _LABELS.get(line[:13].strip())
        key, title = line[13:21].strip(), " ".join(line[21:].split())
        if label is None or not _CODE.fullmatch(key) or not title:
            raise Refused("This is not a line of an addenda file.", where=f"{self.name}, line {number}", do=_AGAIN)
        if (label == "to") != (self.revised is not None) or (self.revised and self.revised.key != key):
            raise Refused("Revise from and Revise to don't pair.", where=f"{self.name}, line {number}", do=_AGAIN)
        change = Change("revise" if label in ("from", "to") else label, key, title, number)
        self.revised = change if label == "from" else None
        if label != "from":
            self.changes.append(change)

    def _count(self, number: int, line: str) -> None:
        if total := _TOTAL.match(line):
            self.totals.append((int(total[2]), int(total[1].replace(",", ""))))
        elif count := _COUNT.match(line):
            self.counts[count[2]] = int(count[1].replace(",", ""))
        else:
            raise Refused("The trailer of the file can't be read.", where=f"{self.name}, line {number}", do=_AGAIN)

    def result(self) -> Addenda:
        if len(self.totals) != 2 or self.revised:
            raise Refused("The file ends before its trailer.", where=self.name, do=_AGAIN)
        made = Counter(change.action for change in self.changes)
        for word, action in (("addition", "add"), ("deletion", "delete"), ("revision", "revise")):
            if made[action] != self.counts.get(word, 0):
                raise Refused(
                    f"The file has {made[action]} {word}s where its trailer counts {self.counts.get(word, 0)}.",
                    where=self.name,
                    do=_AGAIN,
                )
        (_, before), (year, after) = sorted(self.totals)
        if before + made["add"] - made["delete"] != after:
            raise Refused("The totals of the trailer don't agree with its changes.", where=self.name, do=_AGAIN)
        return Addenda(tuple(self.changes), before, after, year)
