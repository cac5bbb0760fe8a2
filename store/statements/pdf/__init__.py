"""Statement pages as PDF: one file for a run or for one statement, written page by page.

Comes in: statements.  Goes out: the same bytes for the same statements, today and years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from store.errors import Refused
from store.new_file import new_file
from store.statements.pdf.common import Common, draw_common
from store.statements.pdf.page import draw_statement
from store.statements.pdf.paper import Paper
from store.statements.values import Practice, Statement
from store.statements.words import WORDS, Words, words_for

__all__ = ["write_one", "write_pdf"]


def write_pdf(statements: Iterable[Statement], file: BinaryIO, *, words: Mapping[str, Words] = WORDS) -> None:
    """Write all statements as one PDF to `file`, which need not be able to seek; each begins on a page of its own.

    Statements are taken one at a time and none is held.  `Refused` when there is none or when one's sums do not
    hold (`Statement.check`); what was written until then is not a whole PDF and must not be kept.
    """
    paper: Paper | None = None
    shared: dict[tuple[Practice, str, bool], Common] = {}
    for statement in statements:
        statement.check()
        table = words_for(statement.guarantor.language, words)
        paper = paper or _paper(file, statement, table)
        key = (statement.practice, table.language, statement.amount_due > 0)
        if key not in shared:
            shared[key] = draw_common(paper, statement.practice, table, f"first{len(shared)}", key[2])
        draw_statement(paper, statement, table, shared[key])
    if paper is None:
        raise Refused("There is no statement to print.")
    paper.close()


def write_one(statement: Statement, path: Path, *, words: Mapping[str, Words] = WORDS) -> None:
    """Write one statement as a new PDF file, mode 0600; `Refused` when `path` exists, nothing is left when it fails."""
    with new_file(path) as file:
        write_pdf([statement], file, words=words)


def _paper(file: BinaryIO, first: Statement, words: Words) -> Paper:
    return Paper(
        file, title=words.title, author=first.practice.name, language=words.language, made=first.statement_date
    )
