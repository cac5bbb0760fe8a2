"""One file from another system, whatever its format: told by its content, not by its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from store import clock
from store.errors import Refused
from store.intake.csv_rows import csv_header, has_csv_header, read_csv
from store.intake.fhir import read_fhir
from store.intake.plain_file import decode, read_bytes
from store.intake.values import Intake
from store.text import clean_line

_SIGNS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP or spreadsheet file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3", "a database"),
    (b"MSH|", "an HL7 v2 message"),
    (b"ISA", "an X12 file"),
    (b"<", "an XML or HTML file"),
)


def read_file(path: Path, *, today: date | None = None, strict_npi: bool = False, source: str = "") -> Intake:
    """The encounters of a FHIR R4 bundle, NDJSON of FHIR resources, or a CSV with our header; nothing is stored.

    `today` is the last plausible day (the clock's if None).  An NPI with a wrong check digit is a warning, or a
    reject when `strict_npi`.  `source` names the sending system where the file doesn't: encounters are told apart
    by source and identifier.  `Refused` for a file that can't be taken at all; then nothing of it is kept.
    """
    day = today or clock.today()
    name = clean_line(path.name)
    data = read_bytes(path)
    _refuse_known(data, name)
    text = decode(data, name)
    if text.lstrip()[:1] in {"{", "["}:
        return read_fhir(text, name, today=day, strict_npi=strict_npi, source=source or "fhir")
    if has_csv_header(text):
        return read_csv(text, path, today=day, strict_npi=strict_npi, source=source or "csv")
    what = "This is neither a FHIR bundle, nor NDJSON of FHIR resources, nor a CSV with the documented header."
    raise Refused(what, where=name, do=f"A CSV starts with the line {csv_header()}.")


def _refuse_known(data: bytes, name: str) -> None:
    """A plain word for what people pick by mistake."""
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for sign, what in _SIGNS:
        if start.startswith(sign):
            raise Refused(f"This is {what}; encounters come as FHIR JSON, NDJSON or CSV.", where=name)
