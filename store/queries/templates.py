"""The questions that coders start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from codesets.tables import read_table
from store.errors import Refused


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of question; `{words}` and `{dos}` are filled in."""

    kind: str
    label: str
    title: str
    form: str
    purpose: str
    question: str
    options: tuple[str, ...]

    def ask(self, words: str, on: date) -> str:
        """The question about these words."""
        return self.question.replace("{dos}", on.isoformat()).replace("{words}", words)


@cache
def templates() -> tuple[Template, ...]:
    """All of them in their order."""
    return tuple(
        Template(
            row["kind"], row["label"], row["title"], row["form"], row["purpose"], row["question"],
            tuple(filter(None, row["options"].split(" / "))),
        )
        for row in read_table("query_templates")
    )  # fmt: skip


def template(kind: str) -> Template:
    """One of them; refused when there is none of that kind."""
    found = next((one for one in templates() if one.kind == kind), None)
    if found is None:
        raise Refused(f"There is no kind of question {kind[:20]!r}.", do="Take one of the list.")
    return found
