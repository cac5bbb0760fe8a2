"""The preview of a statement on a screen of 80 columns."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from store.errors import Refused
from store.statements.plain_text import text_lines
from store.statements.values import Ageing, Guarantor, Line, Statement
from tests.store.statements.samples import PRACTICE, credit_visit, pending_visit, statement, visit


def columns(line: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in line
    )


def crowded() -> Statement:
    line = Line("W" * 300, 10**9, owes=10**9 - 1, patient_paid=1, reason="李" * 500)
    return replace(
        statement(visit(5, line, patient="W" * 60, provider="W" * 100)),
        practice=replace(PRACTICE, name="W" * 80, address=("W" * 60,) * 6, pay_url="w" * 80),
        guarantor=Guarantor("M" * 80, ("李" * 60,) * 6),
        message="\x1b[31m[bold]W" * 30,
    )


@pytest.mark.parametrize(
    "shown",
    [
        statement(),
        statement(language="es", level=4),
        statement(pending_visit(), credit=1),
        crowded(),
        replace(statement(credit=900), visits=(), amount_due=0, ageing=Ageing()),
    ],
)
def test_no_line_is_wider_than_the_screen_or_ends_in_blanks(shown: Statement) -> None:
    lines = text_lines(shown)
    assert max(columns(line) for line in lines) <= 80
    assert all(line == line.rstrip() and line.isprintable() for line in lines)


def test_the_preview_tells_what_the_page_tells() -> None:
    text = "\n".join(text_lines(statement(visit(), pending_visit(), credit_visit(), credit=4500, level=3)))
    for fact in (
        "José Núñez", "Account: A1004521", "Amount due: $84.20", "Due date: December 15, 2026", "past due", "Núria",
        "Charge $180.00", "Insurance paid -$65.80", "Discounts -$30.00", "Your plan's deductible: $84.20",
        "Waiting for your insurance: $140.00", "Over 90 days", "PO Box 4410", "HARD TO PAY?", "SOMETHING LOOK WRONG?",
    ):  # fmt: skip
        assert fact in text, fact


def test_nothing_of_a_long_text_is_lost() -> None:
    text = "".join(text_lines(crowded()))
    assert text.count("李") == 500 + 360
    assert text.count("M") >= 80


def test_wrong_sums_are_not_shown() -> None:
    with pytest.raises(Refused):
        text_lines(replace(statement(), ageing=Ageing()))
