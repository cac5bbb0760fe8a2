"""Encounters from a table: comma, semicolon or tab between the cells, one row per encounter, a fixed header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from store.claims.arriving import OF_LINE, arriving, fault_of, lacks
from store.errors import Refused
from store.intake import checks
from store.intake.checks import Doubts, FieldError, Gathered, a_line, needed
from store.intake.note_file import read_note_file
from store.intake.values import CoverageIn, EncounterIn, Intake, PersonIn, ProviderIn
from store.text import clean_line

NEEDED = ("source_id", "patient_id", "last", "first", "birth", "provider_npi", "provider_last", "service_date")
"""Columns that the header must have; all of them but `first` must be filled in each row."""

OPTIONAL = (
    "sex", "address", "city", "state", "zip", "phone", "email",
    "payer", "payer_id", "member_id", "group_number",
    "relationship", "subscriber_last", "subscriber_first", "subscriber_birth", "subscriber_sex",
    "payer2", "payer2_id", "member2_id",
    "provider_first", "specialty", "place", "kind", "facility", "note", "note_file",
)  # fmt: skip
"""Columns that may be left out."""

OF_CLAIM = tuple(name if name.startswith(OF_LINE) else f"claim.{name}" for name in arriving())
"""Further columns that may be left out: what the claim tells, each written as `superbill claims fields` shows it.

Those of lines (`line.ndc`) name the procedure before it: CODE=text, with | between several.
"""

_COLUMNS = frozenset(NEEDED + OPTIONAL + OF_CLAIM)
_DELIMITERS = (",", ";", "\t")
_PLACE = re.compile(r"[0-9]{2}")
_INPATIENT = frozenset({"21", "51", "61"})
_RELATIONSHIPS = {
    "": "18", "18": "18", "self": "18", "01": "01", "1": "01", "spouse": "01", "19": "19", "child": "19",
    "g8": "G8", "other": "G8",
}  # fmt: skip


def csv_header() -> str:
    """The header line with every column that is understood, but for those of the claim, for the help text."""
    return ",".join(NEEDED + OPTIONAL)


def has_csv_header(text: str) -> bool:
    """Whether the first line names columns of ours, well enough to tell what else is wrong with it."""
    return len(_COLUMNS.intersection(_split(_first_line(text))[1])) >= 3


def read_csv(text: str, path: Path, *, today: date, strict_npi: bool = False, source: str = "csv") -> Intake:
    """Every row of the table as an encounter or a reject.

    Refused whole: a header with a missing, unknown or repeated column, and quoting that doesn't close, for then
    no later row can be trusted to be one row.
    """
    delimiter, names = _split(_first_line(text))
    file = clean_line(path.name)
    _check_header(names, file)
    gathered = Gathered(file, Doubts("line"))
    maker = _Maker(path, today, strict_npi, source, gathered.doubts)
    for row in _rows(text, delimiter, file):
        if row.line == 1 or not any(cell.strip() for cell in row.cells):
            continue
        try:
            if len(row.cells) != len(names):
                raise FieldError("", f"has {len(row.cells)} cells where the header has {len(names)}")
            encounter = maker.encounter(dict(zip(names, row.cells, strict=True)), row.line)
        except FieldError as fault:
            gathered.refuse(row.line, fault.field, fault.reason, row.original)
        else:
            gathered.take(encounter, row.original)
    if not text.endswith(("\n", "\r")):
        last = text.count("\n") + 1
        gathered.doubts.add("The file doesn't end with a line end, so it may have been cut off.", last)
    return gathered.intake()


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]
    original: str


def _first_line(text: str) -> str:
    return re.split(r"[\r\n]", text[:20_000], maxsplit=1)[0]


def _split(line: str) -> tuple[str, list[str]]:
    """The delimiter under which the header line shows most columns of ours, and its names."""
    best: tuple[str, list[str]] = (",", [])
    known = -1
    for delimiter in _DELIMITERS:
        names = [name.strip().strip('"').strip().lower() for name in line.split(delimiter)]
        score = len(_COLUMNS.intersection(names))
        if score > known:
            best, known = (delimiter, names), score
    return best


def _check_header(names: list[str], file: str) -> None:
    where = f"{file}, line 1"
    unknown = [name for name in names if name not in _COLUMNS]
    missing = [name for name in NEEDED if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems = [
        f"{what} {', '.join(repr(clean_line(name)[:40]) for name in found)}"
        for what, found in (("unknown:", unknown), ("missing:", missing), ("more than once:", twice))
        if found
    ]
    if problems:
        do = f"The columns are {csv_header()}, and claim.NAME and line.NAME as superbill claims fields lists them."
        raise Refused(f"The header's columns are not as documented; {'; '.join(problems)}.", where=where, do=do)


def _rows(text: str, delimiter: str, file: str) -> Iterator[_Row]:
    """Rows with the line they start on.  The lines handed to the reader are kept to tell a row as it came."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(str(error), file, start) from None
        yield _Row(start, cells, "".join(taken).rstrip("\r\n"))


def _broken(error: str, file: str, line: int) -> Refused:
    where = f"{file}, line {line}"
    if "field larger" in error:
        limit = csv.field_size_limit()
        do = "Close the quote, or put a long note into a file of its own and name it in note_file."
        return Refused(f"A cell of the row that starts here is longer than {limit:,} characters.", where=where, do=do)
    do = 'Close the quote; inside quotes, write a quote as "".'
    return Refused("A quote of the row that starts here is not closed as it should be.", where=where, do=do)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes encounters of rows; `path` is the table, in whose folder the note files lie."""

    path: Path
    today: date
    strict_npi: bool
    source: str
    doubts: Doubts

    def encounter(self, row: dict[str, str], line: int) -> EncounterIn:
        patient = self._patient(row, line)
        service = checks.a_date(row["service_date"], "service_date")
        checks.in_order(patient.birth, service, self.today, birth_field="birth", service_field="service_date")
        place = clean_line(row.get("place", "")) or "11"
        if not _PLACE.fullmatch(place):
            raise FieldError("place", f"{place[:20]!r} is not a place-of-service code of two digits")
        return EncounterIn(
            source=self.source,
            source_id=needed(a_line(row["source_id"], "source_id", "source_id"), "source_id"),
            line=line,
            patient=patient,
            provider=self._provider(row, line),
            service_date=service,
            note=self._note(row, line),
            coverages=self._coverages(row, patient, line),
            facility=_cell(row, "facility", "facility"),
            place=place,
            setting="inpatient" if place in _INPATIENT else "outpatient",
            kind=_cell(row, "kind", "kind"),
            claim=_of_claim(row),
        )

    def _patient(self, row: dict[str, str], line: int) -> PersonIn:
        return PersonIn(
            source_id=needed(a_line(row["patient_id"], "source_id", "patient_id"), "patient_id"),
            last=needed(_cell(row, "last", "last"), "last"),
            first=_cell(row, "first", "first"),
            birth=checks.a_date(row["birth"], "birth"),
            sex=checks.a_sex(row.get("sex", ""), "sex"),
            line1=_cell(row, "address", "line1"),
            city=_cell(row, "city", "city"),
            state=checks.a_state(row.get("state", ""), "state", self.doubts, line),
            zip=checks.a_zip(row.get("zip", ""), "zip", self.doubts, line),
            phone=_cell(row, "phone", "phone"),
            email=_cell(row, "email", "email"),
        )

    def _provider(self, row: dict[str, str], line: int) -> ProviderIn:
        return ProviderIn(
            npi=checks.an_npi(row["provider_npi"], "provider_npi", self.doubts, line, strict=self.strict_npi),
            last=needed(_cell(row, "provider_last", "last"), "provider_last"),
            first=_cell(row, "provider_first", "first"),
            specialty=_cell(row, "specialty", "specialty"),
        )

    def _note(self, row: dict[str, str], line: int) -> str:
        name = row.get("note_file", "").strip()
        if name and row.get("note", "").strip():
            raise FieldError("note_file", "is given beside a note; give one of the two")
        text = read_note_file(self.path.parent, name) if name else row.get("note", "")
        if not text.strip():
            self.doubts.add("The encounter has no note, so it waits for its documents.", line)
        return checks.a_note(text, "note_file" if name else "note")

    def _coverages(self, row: dict[str, str], patient: PersonIn, line: int) -> tuple[CoverageIn, ...]:
        found = []
        first = self._coverage(row, ("payer", "payer_id", "member_id"), 1, line)
        if first:
            relationship = _relationship(row)
            subscriber = None if relationship == "18" else self._subscriber(row, patient)
            group = _cell(row, "group_number", "group_number")
            found.append(
                CoverageIn(*first, order=1, group_number=group, relationship=relationship, subscriber=subscriber)
            )
        second = self._coverage(row, ("payer2", "payer2_id", "member2_id"), 2, line)
        if second and not first:
            raise FieldError("payer", "is missing, though payer2 is given")
        if second:
            found.append(CoverageIn(*second, order=2))
        return tuple(found)

    def _coverage(
        self, row: dict[str, str], names: tuple[str, str, str], order: int, line: int
    ) -> tuple[str, str, str] | None:
        payer, payer_id, member = names
        name = _cell(row, payer, "payer")
        identity = _cell(row, payer_id, "payer_id")
        member_id = _cell(row, member, "member_id")
        if not (name or identity):
            if member_id:
                raise FieldError(payer, f"is missing, though {member} is given")
            return None
        if not member_id:
            rank = "primary" if order == 1 else "secondary"
            self.doubts.add(f"The {rank} coverage has no member id; a claim can't go out without it.", line)
        return name or identity, identity, member_id

    def _subscriber(self, row: dict[str, str], patient: PersonIn) -> PersonIn:
        last = needed(_cell(row, "subscriber_last", "last"), "subscriber_last")
        birth = checks.a_date(row.get("subscriber_birth", ""), "subscriber_birth")
        person = PersonIn(
            source_id=f"{patient.source_id}/subscriber/{birth}",
            last=last,
            first=_cell(row, "subscriber_first", "first"),
            birth=birth,
            sex=checks.a_sex(row.get("subscriber_sex", ""), "subscriber_sex"),
        )
        checks.no_later(person, self.today, "subscriber_birth")
        return person


def _of_claim(row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    told = {column: clean_line(row[column]) for column in OF_CLAIM if row.get(column, "").strip()}
    for column, text in told.items():
        fault = fault_of(column.removeprefix("claim."), text)
        if fault:
            raise FieldError(column, fault)
    fields = tuple((column.removeprefix("claim."), text) for column, text in told.items())
    lacking = lacks(fields)
    if lacking:
        raise FieldError(f"claim.{lacking}", "is missing, though other fields of a hospital's bill are given")
    return fields


def _cell(row: dict[str, str], column: str, kind: str) -> str:
    return a_line(row.get(column, ""), kind, column)


def _relationship(row: dict[str, str]) -> str:
    """The patient's relationship to the subscriber: 18 self, 01 spouse, 19 child, G8 other."""
    text = clean_line(row.get("relationship", ""))
    code = _RELATIONSHIPS.get(text.lower())
    if code is None:
        raise FieldError("relationship", f"{text[:20]!r} is none of self, spouse, child, other")
    return code
