"""Long-term drugs as codes (Z79): table `drug_classes`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from codesets.reading.assertion import Assertions
from codesets.reading.draft import Draft, because
from codesets.reading.layout import Sentence, lay_out
from codesets.reading.model import Assertion, Mention, SectionKind
from codesets.reading.specific import Codes
from codesets.reading.tokens import word_set
from codesets.tables import Row, read_table

_SECTIONS = frozenset(
    (
        SectionKind.MEDICATIONS,
        SectionKind.HPI,
        SectionKind.ASSESSMENT,
        SectionKind.PLAN,
        SectionKind.PAST,
        SectionKind.OTHER,
        SectionKind.PROBLEMS,
    )
)
_STOPPED = word_set(
    "stop stopped discontinue discontinued hold held holding off start starting begin initiate trial "
    "consider considering decline declined declines refuses refused discussed discuss allergic allergy "
    "avoid failed instead if option options injection injections injected"
)


@lru_cache(maxsize=1)
def _drugs() -> dict[str, Row]:
    return {row["drug"]: row for row in read_table("drug_classes")}


def drug_drafts(text: str, sentences: Sequence[Sentence], codes: Codes, keys: Collection[str]) -> list[Draft]:
    """One draft for each class of drugs that is taken; `keys` are the codes that the note supports otherwise."""
    made: dict[str, Draft] = {}
    for mention, row in _taken(text, sentences):
        needed = tuple(code.replace(".", "") for code in row["with"].split())
        if needed and not any(key.startswith(needed) for key in keys):
            continue
        choice = codes.specific(row["code"].replace(".", ""), ())
        if choice is not None:
            why = because(mention, "taken long term (Z79)")
            draft = Draft(choice, mention, f"drug.{row['code']}", why)
            known = made.setdefault(choice.key, draft)
            known.weights.append(0.9 * float(row["weight"]))
    return list(made.values())


def drugs_taken(text: str) -> tuple[str, ...]:
    """The drugs of the table that a note says are taken, as it writes them, each once."""
    return tuple(dict.fromkeys(mention.text for mention, _ in _taken(text, lay_out(text).sentences)))


def _taken(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[Mention, Row]]:
    drugs = _drugs()
    for sentence in sentences:
        if sentence.section not in _SECTIONS:
            continue
        claims: Assertions | None = None
        words = {token.lower for token in sentence.tokens}
        for place, token in enumerate(sentence.tokens):
            row = drugs.get(token.lower)
            if row is None or words & _STOPPED:
                continue
            claims = claims or Assertions(sentence)
            said, trigger = claims.of((place,))
            if said is Assertion.PRESENT:
                span = text[token.start : token.end]
                codes = (row["code"].replace(".", ""),)
                yield (Mention(span, token.start, token.end, row["drug"], codes, said, sentence.section, trigger), row)
