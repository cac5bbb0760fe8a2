"""The money that stands beside the amount due and is never in it, with the words for it: one list for page and text."""

from __future__ import annotations

from store.statements.values import Line, Statement
from store.statements.words import Words

Told = tuple[str, int]
"""Words, in which `{amount}` is to be filled in, and cents above zero."""


def on_line(line: Line, words: Words) -> list[Told]:
    """What waits for an insurance, is with an agency or is held for the guarantor, of one service."""
    parts = ((words.line_pending, line.pending), (words.line_placed, line.placed), (words.line_credit, line.credit))
    return [part for part in parts if part[1]]


def in_all(statement: Statement, words: Words) -> list[Told]:
    """The same of the whole statement, to stand under the amount due."""
    parts = (
        (words.total_pending, statement.pending),
        (words.total_placed, statement.placed),
        (words.total_credit, statement.credit),
    )
    return [part for part in parts if part[1]]
