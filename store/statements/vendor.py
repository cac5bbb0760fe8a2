"""The file for a company that prints and mails, in two shapes with the same content.

JSON lines (`write_json_lines`), UTF-8, one object per line:

* first line: `{"record": "header", "format": "superbill-statements", "version": 2}`
* one line per statement: `{"record": "statement", ...}` with
  `account`, `statement`, `statement_date`, `due_date` (YYYY-MM-DD), `language`, `dunning_level`, `message`,
  `amount_due`, `insurance_pending`, `with_agency`, `credit`, `scan_line`,
  `ageing` (`days_0_30`, `days_31_60`, `days_61_90`, `over_90`),
  `practice` (`name`, `address` as a list of lines, `phone`, `pay_url`, `hours`, `tax_id`, `remit_address`),
  `guarantor` (`name`, `address` as a list of lines),
  `visits`: `patient`, `date`, `provider`, `owes`, `insurance_pending`, and
  `lines`: `description`, `charge`, `insurance_paid`, `insurance_adjusted`, `discount`, `patient_paid`,
  `insurance_pending`, `with_agency`, `credit`, `owes`, `reason`
* last line: the trailer `{"record": "trailer", "statements": n, "visits": n, "lines": n, "total_cents": n}`

CSV (`write_csv`), UTF-8, RFC 4180 (CRLF, every cell quoted): a header row with `CSV_COLUMNS`, then one row per
visit line with `record` = `line` and the columns of its statement and visit repeated (a statement without visits has
one row whose visit columns are empty), and last a row with `record` = `trailer`, the counts in `trailer_statements`,
`trailer_visits`, `trailer_lines` and the sum in `trailer_total_cents`.  Add `amount_due` once per `statement`, never
over the rows.

Amounts are decimal strings of dollars without thousands separators (`84.20`); `total_cents` is the integer sum of all
`amount_due`.  A file without its trailer is not whole and must not be printed.  Text is one line per value; in the
CSV a value that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from store.errors import Refused
from store.new_file import new_file
from store.spreadsheet import Sheet
from store.statements.scan import scan_line
from store.statements.values import Line, Statement, Visit
from store.statements.words import WORDS, Words, words_for
from store.text import clean_line

FORMAT = "superbill-statements"
VERSION = 2
"""2 tells apart what is with a collection agency."""

_STATEMENT_COLUMNS = (
    "account", "statement", "statement_date", "due_date", "language", "dunning_level", "message", "amount_due",
    "insurance_pending", "with_agency", "credit", "scan_line", "days_0_30", "days_31_60", "days_61_90", "over_90",
    "practice_name", "practice_address", "practice_phone", "practice_pay_url", "practice_hours", "practice_tax_id",
    "remit_address", "guarantor_name", "guarantor_1", "guarantor_2", "guarantor_3", "guarantor_4",
    "guarantor_5", "guarantor_6",
)  # fmt: skip
_LINE_COLUMNS = (
    "visit", "patient", "date", "provider", "description", "charge", "insurance_paid", "insurance_adjusted",
    "discount", "patient_paid", "line_insurance_pending", "line_with_agency", "line_credit", "owes", "reason",
)  # fmt: skip
_TRAILER_COLUMNS = ("trailer_statements", "trailer_visits", "trailer_lines", "trailer_total_cents")
CSV_COLUMNS = ("record", *_STATEMENT_COLUMNS, *_LINE_COLUMNS, *_TRAILER_COLUMNS)
"""The columns of the CSV; addresses of the practice are one cell with ' | ' between lines."""


@dataclass(slots=True)
class Totals:
    """What a file holds, as its trailer says it."""

    statements: int = 0
    visits: int = 0
    lines: int = 0
    total_cents: int = 0

    def add(self, statement: Statement) -> None:
        """Count one more statement."""
        self.statements += 1
        self.visits += len(statement.visits)
        self.lines += sum(len(visit.lines) for visit in statement.visits)
        self.total_cents += statement.amount_due


def write_json_lines(statements: Iterable[Statement], path: Path, *, words: Mapping[str, Words] = WORDS) -> Totals:
    """Write the JSON lines to a new file, mode 0600, and return what its trailer says.

    `Refused` when `path` exists, when there is no statement or when one's sums do not hold; then no file is left.
    """
    totals = Totals()
    with new_file(path) as file:
        _put(file, {"record": "header", "format": FORMAT, "version": VERSION})
        for statement in _counted(statements, totals):
            _put(file, _record(statement, words_for(statement.guarantor.language, words)))
        _put(file, {"record": "trailer", **_trailer(totals)})
    return totals


def write_csv(statements: Iterable[Statement], path: Path, *, words: Mapping[str, Words] = WORDS) -> Totals:
    """Write the CSV to a new file, as `write_json_lines` does."""
    totals = Totals()
    with new_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        sheet = Sheet(text, quoted=True)
        sheet.row(CSV_COLUMNS)
        for statement in _counted(statements, totals):
            sheet.rows(_rows(statement, words_for(statement.guarantor.language, words)))
        before = [""] * (len(_STATEMENT_COLUMNS) + len(_LINE_COLUMNS))
        sheet.row(["trailer", *before, *_trailer(totals).values()])
        text.detach()
    return totals


def _counted(statements: Iterable[Statement], totals: Totals) -> Iterator[Statement]:
    for statement in statements:
        statement.check()
        totals.add(statement)
        yield statement
    if not totals.statements:
        raise Refused("There is no statement to write.")


def _trailer(totals: Totals) -> dict[str, int]:
    return {
        "statements": totals.statements,
        "visits": totals.visits,
        "lines": totals.lines,
        "total_cents": totals.total_cents,
    }


def _put(file: BinaryIO, record: dict[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _record(statement: Statement, words: Words) -> dict[str, Any]:
    practice, guarantor, ageing = statement.practice, statement.guarantor, statement.ageing
    return {
        "record": "statement",
        **_common(statement, words),
        "ageing": {
            "days_0_30": _amount(ageing.current),
            "days_31_60": _amount(ageing.days_31),
            "days_61_90": _amount(ageing.days_61),
            "over_90": _amount(ageing.over_90),
        },
        "practice": {
            "name": clean_line(practice.name),
            "address": [clean_line(line) for line in practice.address],
            "phone": clean_line(practice.phone),
            "pay_url": clean_line(practice.pay_url),
            "hours": clean_line(practice.hours),
            "tax_id": clean_line(practice.tax_id),
            "remit_address": [clean_line(line) for line in practice.remit_address or practice.address],
        },
        "guarantor": {"name": clean_line(guarantor.name), "address": [clean_line(line) for line in guarantor.address]},
        "visits": [_visit(visit) for visit in statement.visits],
    }


def _common(statement: Statement, words: Words) -> dict[str, Any]:
    return {
        "account": statement.account,
        "statement": statement.number,
        "statement_date": statement.statement_date.isoformat(),
        "due_date": statement.due_date.isoformat(),
        "language": words.language,
        "dunning_level": statement.level,
        "message": _message(statement, words),
        "amount_due": _amount(statement.amount_due),
        "insurance_pending": _amount(statement.pending),
        "with_agency": _amount(statement.placed),
        "credit": _amount(statement.credit),
        "scan_line": scan_line(statement),
    }


def _message(statement: Statement, words: Words) -> str:
    if not (statement.message or statement.amount_due):
        return words.for_information
    phone = statement.practice.phone
    return clean_line(words.message(statement.level, phone, statement.due_date, statement.message))


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "patient": clean_line(visit.patient),
        "date": visit.service_date.isoformat(),
        "provider": clean_line(visit.provider),
        "owes": _amount(visit.owes),
        "insurance_pending": _amount(visit.pending),
        "lines": [_line(line) for line in visit.lines],
    }


def _line(line: Line) -> dict[str, str]:
    return {
        "description": clean_line(line.description),
        "charge": _amount(line.charge),
        "insurance_paid": _amount(line.insurance_paid),
        "insurance_adjusted": _amount(line.insurance_adjusted),
        "discount": _amount(line.discount),
        "patient_paid": _amount(line.patient_paid),
        "insurance_pending": _amount(line.pending),
        "with_agency": _amount(line.placed),
        "credit": _amount(line.credit),
        "owes": _amount(line.owes),
        "reason": clean_line(line.reason),
    }


def _rows(statement: Statement, words: Words) -> Iterator[list[str]]:
    practice, guarantor, ageing = statement.practice, statement.guarantor, statement.ageing
    buckets = (ageing.current, ageing.days_31, ageing.days_61, ageing.over_90)
    address = [*guarantor.address, *[""] * (6 - len(guarantor.address))]
    repeated = [
        *(clean_line(str(value)) for value in _common(statement, words).values()),
        *(_amount(cents) for cents in buckets),
        clean_line(practice.name),
        clean_line(" | ".join(practice.address)),
        clean_line(practice.phone),
        clean_line(practice.pay_url),
        clean_line(practice.hours),
        clean_line(practice.tax_id),
        clean_line(" | ".join(practice.remit_address or practice.address)),
        clean_line(guarantor.name),
        *(clean_line(line) for line in address),
    ]
    after = [""] * len(_TRAILER_COLUMNS)
    for number, visit in enumerate(statement.visits, 1):
        start = [str(number), clean_line(visit.patient), visit.service_date.isoformat(), clean_line(visit.provider)]
        for line in visit.lines:
            description, *amounts, reason = _line(line).values()
            yield ["line", *repeated, *start, clean_line(description), *amounts, clean_line(reason), *after]
    if not statement.visits:
        yield ["line", *repeated, *[""] * len(_LINE_COLUMNS), *after]


def _amount(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
