"""The statement as lines of text for a screen of 80 columns: the same facts as the page, in the same order."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping

from store.money import show_cents
from store.statements.apart import in_all, on_line
from store.statements.values import Line, Statement, Visit
from store.statements.words import WORDS, Words, fill, words_for
from store.text import clean_line

WIDTH = 76
_AMOUNT = 12
_SIDE = 39


def text_lines(statement: Statement, *, words: Mapping[str, Words] = WORDS) -> list[str]:
    """The statement in lines of at most 80 columns, without trailing blanks; `Refused` when its sums do not hold."""
    statement.check()
    table = words_for(statement.guarantor.language, words)
    lines = [
        *_head(statement, table),
        *_message(statement, table),
        *_details(statement, table),
        *_foot(statement, table),
    ]
    return [line.rstrip() for line in lines]


def _head(statement: Statement, words: Words) -> Iterator[str]:
    practice, guarantor = statement.practice, statement.guarantor
    facts = [
        (words.statement_date, words.day(statement.statement_date)),
        (words.account, statement.account),
        (words.number, statement.number),
        ("", ""),
        (words.amount_due, show_cents(statement.amount_due, sign="$")),
        (words.due_date, words.day(statement.due_date)) if statement.amount_due else ("", words.nothing_due),
    ]
    sender = [practice.name, *practice.address, "  ".join(filter(None, (practice.phone, practice.hours)))]
    yield from _ends(words.title.upper(), "")
    for place in range(max(len(sender), len(facts))):
        left = sender[place] if place < len(sender) else ""
        label, value = facts[place] if place < len(facts) else ("", "")
        yield from _beside(left, f"{label}: {value}" if label else value)
    yield ""
    for line in (guarantor.name, *guarantor.address):
        yield from _wrapped(line, 2)
    yield ""


def _message(statement: Statement, words: Words) -> Iterator[str]:
    if statement.message or statement.amount_due:
        phone, due = statement.practice.phone, statement.due_date
        yield from _wrapped(words.message(statement.level, phone, due, statement.message), 0)
    else:
        yield words.for_information
    yield ""


def _details(statement: Statement, words: Words) -> Iterator[str]:
    yield words.details.upper()
    for visit in statement.visits:
        yield "-" * WIDTH
        yield from _visit(visit, words)
    yield "=" * WIDTH
    yield from _ends(words.amount_due.upper(), show_cents(statement.amount_due, sign="$"))
    for text, cents in in_all(statement, words):
        yield from _ends(text, show_cents(cents, sign="$"))
    yield ""


def _visit(visit: Visit, words: Words) -> Iterator[str]:
    who = fill(words.with_provider, provider=visit.provider)
    heading = f"{visit.patient}, {words.day(visit.service_date)}, {who}"
    yield from _ends(heading, show_cents(visit.owes, sign="$"))
    for line in visit.lines:
        yield from _line(line, words)


def _line(line: Line, words: Words) -> Iterator[str]:
    yield from _wrapped(line.description, 2)
    _, charge, paid, discounts, you_paid, owe = words.columns
    amounts = (
        (charge, line.charge),
        (paid, -line.insurance_paid),
        (discounts, -(line.insurance_adjusted + line.discount)),
        (you_paid, -line.patient_paid),
    )
    shown = "  ".join(f"{name} {show_cents(cents, sign='$')}" for name, cents in amounts if cents)
    yield from _wrapped(shown, 4)
    for template, cents in on_line(line, words):
        yield from _wrapped(fill(template, amount=show_cents(cents, sign="$")), 4)
    yield from _wrapped(line.reason, 4)
    yield from _ends(f"    {owe}", show_cents(line.owes, sign="$"))


def _foot(statement: Statement, words: Words) -> Iterator[str]:
    practice, ageing = statement.practice, statement.ageing
    if statement.amount_due:
        buckets = (ageing.current, ageing.days_31, ageing.days_61, ageing.over_90)
        yield "".join(_right(label, 20) for label in words.ageing)
        yield "".join(_right(show_cents(cents, sign="$"), 20) for cents in buckets)
        yield ""
        yield words.pay_title.upper()
        if practice.pay_url:
            yield from _wrapped(fill(words.pay_online, url=practice.pay_url), 2)
        yield from _wrapped(fill(words.pay_phone, phone=practice.phone), 2)
        yield from _wrapped(fill(words.check_to, practice=practice.name), 2)
        for line in practice.remit_address or practice.address:
            yield from _wrapped(line, 4)
        yield ""
    for title, text in ((words.help_title, words.help_text), (words.wrong_title, words.wrong_text)):
        yield title.upper()
        yield from _wrapped(fill(text, phone=practice.phone), 2)


def _ends(left: str, right: str) -> Iterator[str]:
    """The one at the left edge, wrapped, and the other at the right edge of its first line."""
    indent = len(left) - len(left.lstrip(" "))
    first, *rest = [*_wrapped(left, indent, WIDTH - _AMOUNT - 6), ""][:-1] or [""]
    yield first + _right(right, WIDTH - _columns(first))
    yield from rest


def _beside(left: str, right: str) -> Iterator[str]:
    lefts = list(_wrapped(left, 0, WIDTH - _SIDE - 2)) or [""]
    rights = list(_wrapped(right, 0, _SIDE)) or [""]
    for place in range(max(len(lefts), len(rights))):
        one = lefts[place] if place < len(lefts) else ""
        other = rights[place] if place < len(rights) else ""
        yield one + _right(other, WIDTH - _columns(one))


def _wrapped(text: str, indent: int, wide: int = WIDTH) -> list[str]:
    """The cleaned text in lines of at most `wide` columns; wide characters take two."""
    blank = " " * indent
    room = wide - indent
    lines: list[str] = []
    for line in textwrap.wrap(clean_line(text), room, break_on_hyphens=False):
        lines += _halved(line, room)
    return [blank + line for line in lines]


def _halved(line: str, room: int) -> list[str]:
    if _columns(line) <= room:
        return [line]
    middle = len(line) // 2
    return [*_halved(line[:middle], room), *_halved(line[middle:], room)]


def _right(text: str, wide: int) -> str:
    return " " * max(wide - _columns(text), 0) + text


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
