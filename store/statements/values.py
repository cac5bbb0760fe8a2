"""One statement as plain values, with the proof that its sums hold.  All money is integer cents.

A statement keeps four kinds of money apart: what the guarantor owes (`owes`, the only part of `amount_due`), what
an insurance has not answered yet (`pending`), what a collection agency collects (`placed`), and what the practice holds
for the guarantor (`credit`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from store.errors import Refused
from store.money import show_cents

MAX_DUE = 10**10
"""An amount due stays below this, for it has ten digits on the scan line."""

MAX_ADDRESS_LINES = 6
MAX_LEVEL = 4

_ACCOUNT = re.compile(r"(?=.*[0-9A-Za-z])[0-9A-Za-z-]{1,12}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Practice:
    """Who sends the statement.  `tax_id` is nine digits; payments go to `remit_address`, else to `address`."""

    name: str
    address: tuple[str, ...]
    phone: str
    pay_url: str = ""
    hours: str = ""
    tax_id: str = ""
    remit_address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guarantor:
    """Who gets it: the name and mailing address as the envelope shows them, and the language ('en', 'es')."""

    name: str
    address: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Line:
    """One service of a visit in the practice's own short words.

    `charge + credit` equals everything else together: what insurance paid and took off, what the practice took off
    (`discount`), what the patient paid, what insurance has not answered yet (`pending`), what is with a collection
    agency (`placed`) and what the patient owes.
    `credit` is money above the charge; it never lowers another line.  Only `insurance_adjusted` may be below zero
    (a payer that pays more than the charge).  `reason` says in plain words why `owes` is the patient's.
    """

    description: str
    charge: int
    insurance_paid: int = 0
    insurance_adjusted: int = 0
    patient_paid: int = 0
    owes: int = 0
    reason: str = ""
    discount: int = 0
    pending: int = 0
    credit: int = 0
    placed: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One patient's visit.  `patient` is the first name alone: the page travels through many hands."""

    patient: str
    service_date: date
    provider: str
    lines: tuple[Line, ...]

    @property
    def owes(self) -> int:
        """Cents that are the guarantor's to pay."""
        return sum(line.owes for line in self.lines)

    @property
    def pending(self) -> int:
        """Cents that an insurance has not answered yet; never part of the amount due."""
        return sum(line.pending for line in self.lines)


@dataclass(frozen=True, slots=True)
class Ageing:
    """The amount due by its age in days: to 30, 31 to 60, 61 to 90, over 90."""

    current: int = 0
    days_31: int = 0
    days_61: int = 0
    over_90: int = 0

    @property
    def total(self) -> int:
        """Cents of the four buckets together."""
        return self.current + self.days_31 + self.days_61 + self.over_90


@dataclass(frozen=True, slots=True)
class Statement:
    """All that is printed for one guarantor.

    `level` is the dunning level, 0 to 4; an empty `message` means the usual words of that level.  `credit` is the
    whole credit of the account, with that of the lines; it is told and never netted.
    """

    practice: Practice
    guarantor: Guarantor
    account: str
    number: str
    statement_date: date
    due_date: date
    visits: tuple[Visit, ...]
    ageing: Ageing
    amount_due: int
    credit: int = 0
    level: int = 1
    message: str = ""

    @property
    def pending(self) -> int:
        """Cents that insurances have not answered yet."""
        return sum(visit.pending for visit in self.visits)

    @property
    def placed(self) -> int:
        """Cents that a collection agency collects; never part of the amount due."""
        return sum(line.placed for visit in self.visits for line in visit.lines)

    def check(self) -> None:
        """Prove the sums and that everything fits on the page; `Refused` names the first thing that does not."""
        where = f"statement {self.number[:20]}, account {self.account[:12]}"
        _check_names(self, where)
        for count, visit in enumerate(self.visits, 1):
            _check_visit(visit, f"{where}, visit {count}")
        _check_sums(self, where)


def _check_names(statement: Statement, where: str) -> None:
    if not _ACCOUNT.fullmatch(statement.account):
        raise Refused(
            "The account number does not fit the scan line.", where=where, do="Use 1 to 12 letters or digits."
        )
    if not _NUMBER.fullmatch(statement.number):
        raise Refused("The statement number is not 1 to 20 letters, digits or hyphens.", where=where)
    if not 0 <= statement.level <= MAX_LEVEL:
        raise Refused(f"There is no dunning level {statement.level}.", where=where)
    if statement.due_date < statement.statement_date:
        raise Refused("The due date is before the statement date.", where=where)
    practice, guarantor = statement.practice, statement.guarantor
    _check_text(practice.name, "practice's name", 80, where)
    _check_text(practice.phone, "practice's phone", 40, where)
    _check_text(guarantor.name, "guarantor's name", 80, where)
    _check_address(practice.address, "practice's address", where)
    _check_address(guarantor.address, "guarantor's mailing address", where)
    if practice.remit_address:
        _check_address(practice.remit_address, "remit address", where)
    for text, what, most in (
        (practice.pay_url, "pay address", 80),
        (practice.hours, "office hours", 80),
        (practice.tax_id, "tax id", 20),
        (statement.message, "message", 400),
    ):
        _check_length(text, what, most, where)


def _check_visit(visit: Visit, where: str) -> None:
    _check_text(visit.patient, "patient's first name", 60, where)
    _check_text(visit.provider, "provider", 100, where)
    if not visit.lines:
        raise Refused("The visit has no line.", where=where)
    for count, line in enumerate(visit.lines, 1):
        _check_line(line, f"{where}, line {count}")


def _check_line(line: Line, where: str) -> None:
    _check_text(line.description, "description", 300, where)
    _check_length(line.reason, "reason", 500, where)
    parts = (line.insurance_paid, line.discount, line.patient_paid, line.pending, line.placed, line.owes)
    if min(line.charge, line.credit, *parts) < 0:
        raise Refused("An amount is below zero.", where=where, do="Money that is too much is a credit.")
    explained = line.insurance_adjusted + sum(parts)
    if line.charge + line.credit != explained:
        raise Refused(
            f"The line does not add up: {_sum('charge and credit', line.charge + line.credit)}, "
            f"{_sum('explained', explained)}.",
            where=where,
        )
    if line.owes and not line.reason.strip():
        raise Refused("The line is owed without a reason.", where=where, do="Say why it is the patient's to pay.")


def _check_sums(statement: Statement, where: str) -> None:
    ageing, due = statement.ageing, statement.amount_due
    if min(ageing.current, ageing.days_31, ageing.days_61, ageing.over_90, statement.credit) < 0:
        raise Refused("An ageing bucket or the credit is below zero.", where=where)
    owed = sum(visit.owes for visit in statement.visits)
    if due != owed:
        raise Refused(
            f"The amount due is not what the visits owe: {_sum('due', due)}, {_sum('visits', owed)}.", where=where
        )
    if ageing.total != due:
        raise Refused(
            f"The ageing is not the amount due: {_sum('due', due)}, {_sum('ageing', ageing.total)}.", where=where
        )
    if due >= MAX_DUE:
        raise Refused("The amount due is too large for the scan line.", where=where)
    on_lines = sum(line.credit for visit in statement.visits for line in visit.lines)
    if on_lines > statement.credit:
        raise Refused(
            f"The lines hold more credit than the account: {_sum('lines', on_lines)}, "
            f"{_sum('account', statement.credit)}.",
            where=where,
        )


def _check_address(lines: Sequence[str], what: str, where: str) -> None:
    if not 1 <= len(lines) <= MAX_ADDRESS_LINES:
        raise Refused(f"The {what} has {len(lines)} lines.", where=where, do=f"Use 1 to {MAX_ADDRESS_LINES}.")
    for line in lines:
        _check_text(line, what, 60, where)


def _check_text(text: str, what: str, most: int, where: str) -> None:
    if not text.strip():
        raise Refused(f"The {what} is empty.", where=where)
    _check_length(text, what, most, where)


def _check_length(text: str, what: str, most: int, where: str) -> None:
    if len(text) > most:
        raise Refused(f"The {what} is longer than {most} characters.", where=where, do="Shorten it.")


def _sum(name: str, cents: int) -> str:
    return f"{name} {show_cents(cents, sign='$')}"
