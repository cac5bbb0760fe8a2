"""Tables of columns parted by tab, comma, bar or semicolon, whose header may stand below a preamble."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from codesets.errors import Refused
from codesets.releases.files import Member, decoded

#: A field's name here, and the beginnings of header cells (in letters and digits only) that mean it.
Columns = Mapping[str, tuple[str, ...]]
_DELIMITERS = "\t,|;"
_PREAMBLE = 30


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its fields by name (absent columns are "") and the line it ends on."""

    line: int
    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def bare(cell: str) -> str:
    """A header cell reduced to lower-case letters and digits, a year before it left out."""
    return re.sub(r"[^a-z0-9]", "", cell.lower()).lstrip("0123456789")


def header_of(head: bytes, columns: Columns, required: tuple[str, ...]) -> tuple[str, int] | None:
    """The delimiter and the header's line number, if the file begins with such a table."""
    lines = decoded(head).lstrip("\ufeff").splitlines()[:_PREAMBLE]
    for number, line in enumerate(lines, start=1):
        for delimiter in _DELIMITERS:
            if delimiter in line:
                cells = next(csv.reader([line], delimiter=delimiter), [])
                places = _places(cells, columns)
                if all(name in places for name in required):
                    return delimiter, number
    return None


def _places(cells: list[str], columns: Columns) -> dict[str, int]:
    """Where each field stands; an exact heading goes before one that only begins alike."""
    names = [bare(cell) for cell in cells]
    places: dict[str, int] = {}
    for field, headings in columns.items():
        for heading in headings:
            found = [n for n, name in enumerate(names) if name == heading]
            found = found or [n for n, name in enumerate(names) if name.startswith(heading)]
            if found and field not in places:
                places[field] = found[0]
    return places


def read_records(member: Member, columns: Columns, required: tuple[str, ...]) -> Iterator[Record]:
    """Every row below the header; a row without its required fields is refused with line and field."""
    found = header_of(member.head(), columns, required)
    if found is None:
        raise Refused(f"The columns {', '.join(required)} were not found.", where=member.name)
    delimiter, header_line = found
    lines = (line for _, line in member.lines())
    for _ in range(header_line - 1):
        next(lines)
    quoted = delimiter != "\t"
    rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    places = _places(next(rows), columns)
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            line = header_line - 1 + rows.line_num
            fields = {name: " ".join(cells[n].split()) for name, n in places.items() if n < len(cells)}
            missing = [name for name in required if not fields.get(name)]
            if missing:
                raise Refused("The field is empty.", where=f"{member.name}, line {line}, field {missing[0]}")
            yield Record(line, fields)
    except csv.Error as error:
        raise Refused(f"The table is damaged: {error}.", where=member.name) from None


def iso_date(text: str, where: str) -> str | None:
    """A date as ISO text from YYYYMMDD, YYYY-MM-DD, MM/DD/YYYY or YYYYDDD; None for nothing or "*"."""
    found = _iso(text.strip())
    if found == "":
        raise Refused(f"{text[:20]!r} is not a date.", where=where)
    return found


@lru_cache(maxsize=4096)  # millions of rows share a few hundred dates
def _iso(text: str) -> str | None:
    """The date, None for none, "" for what is no date."""
    if text in ("", "*", "0", "00000000"):
        return None
    try:
        if re.fullmatch(r"\d{7}", text):
            return (date(int(text[:4]), 1, 1) + timedelta(days=int(text[4:]) - 1)).isoformat()
        for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"):
            try:
                return datetime.strptime(text[:10], form).date().isoformat()
            except ValueError:
                continue
    except (ValueError, OverflowError):
        pass
    return ""


def scaled(text: str, places: int, where: str) -> int:
    """A decimal number as an integer of 10^-places; nothing is 0."""
    text = text.replace(",", "").strip()
    if text in ("", "NA"):
        return 0
    found = re.fullmatch(r"(-?)(\d*)(?:\.(\d*))?", text)
    if not found or not (found[2] or found[3]):
        raise Refused(f"{text[:20]!r} is not a number.", where=where)
    kept = (found[3] or "").ljust(places + 1, "0")
    value = int((found[2] or "0") + kept[:places]) + (kept[places] >= "5")
    return -value if found[1] else value
