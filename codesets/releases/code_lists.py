"""Plain tables of codes and descriptions that a user is licensed for: reasons, remarks, status, taxonomy, …"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, iso_date, read_records
from codesets.releases.files import Member, decoded

Row = dict[str, Any]
COLUMNS: Columns = {
    "code": (
        "code", "carc", "rarc", "reasoncode", "remarkcode", "statuscode", "categorycode", "taxonomycode",
        "revenuecode", "placeofservicecode", "pos", "hcpcs", "cpt",
    ),
    "title": (
        "displayname", "description", "desc", "title", "name", "definition", "text", "classification",
        "shortdescriptor", "longdescriptor", "minutes", "totaltime", "baseunit", "baseunits",
    ),
    "note": ("notes", "note"),
    "start": ("startdate", "start", "effectivedate", "effective"),
    "end": ("stopdate", "stop", "enddate", "deactivationdate", "terminationdate", "todate"),
}  # fmt: skip
#: The form of each list's codes.
FORMS = {
    "CARC": r"\d{1,3}|[ABDPWY]\d{1,2}",
    "RARC": r"[MN]\d{1,3}|MA\d{1,3}",
    "claim status": r"\d{1,4}",
    "claim status category": r"[A-Z]\d{1,2}|DR\d\d",
    "taxonomy": r"[0-9A-Z]{9}X",
    "revenue": r"\d{3,4}",
    "place of service": r"\d{2}",
    "telehealth": r"\d{4}[0-9A-Z]|[A-V]\d{4}",
    "E/M minutes": r"\d{5}|[A-V]\d{4}",
    "anesthesia base units": r"0[01]\d{3}",
}
#: Lists whose second column is a whole number.
NUMBERS = {"E/M minutes": "minutes", "anesthesia base units": "units"}


def fits(system: str) -> Callable[[bytes, str], bool]:
    """A check whether a file is a table of a list: its heading, and the form of its first codes."""
    form = re.compile(FORMS[system])

    def is_list(head: bytes, _name: str = "") -> bool:
        found = header_of(head, COLUMNS, ("code", "title"))
        if found is None:
            return False
        delimiter, heading = found
        cells = [line.split(delimiter) for line in decoded(head).splitlines()[heading : heading + 6]]
        return any(form.fullmatch(cell.strip().strip('"')) for row in cells for cell in row[:2])

    return is_list


def reader(system: str) -> Callable[[Member], Iterator[tuple[str, Row]]]:
    """A reader of a list's table: rows of `listed`."""
    form = re.compile(FORMS[system])

    def read(member: Member) -> Iterator[tuple[str, Row]]:
        known: set[str] = set()
        for record in read_records(member, COLUMNS, ("code", "title")):
            where, code = f"{member.name}, line {record.line}", record["code"].upper()
            if not form.fullmatch(code):
                raise Refused(f"{code[:12]!r} is not a {system} code.", where=f"{where}, field code")
            if code in known:
                raise Refused(f"The code {code} stands in the file twice.", where=f"{where}, field code")
            if system in NUMBERS and not record["title"].strip().isdecimal():
                number = NUMBERS[system]
                raise Refused(f"The {number} are a whole number.", where=f"{where}, field {number}")
            known.add(code)
            yield (
                "listed",
                {
                    "system": system,
                    "code": code,
                    "title": record["title"],
                    "note": record["note"],
                    "valid_from": iso_date(record["start"], f"{where}, field start"),
                    "valid_to": iso_date(record["end"], f"{where}, field end"),
                },
            )

    return read
