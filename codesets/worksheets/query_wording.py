"""Is a question to a provider asked fairly?  Rules of the practice brief on compliant queries (ACDIS, AHIMA, 2022).

Indicators come from this record and are quoted; nothing in title, question or options leads to an answer or speaks of
payment or quality, and nothing quoted speaks of payment; a choice has at least two supported options beside "other" and
"unable to determine"; yes or no is asked only about what is already documented, about a cause, or about presence on
admission.  Phrases that lead are data (codesets/tables/query_wording.csv).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from codesets.tables import read_table

SOURCE = "Guidelines for Achieving a Compliant Query Practice, ACDIS and AHIMA, 2022"
#: The two options that every choice offers, in the words that the composer starts with.
OTHER = "Other (please specify)"
UNDETERMINED = "Unable to determine"
#: What a question to be answered by yes or no may be about.
YES_NO_PURPOSES = ("documented", "cause", "present on admission")

_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_UNDETERMINED = re.compile(
    r"\b(unable to (determine|say)|undetermined|cannot (be )?determined?|can't (be )?determined?|"
    r"clinically undetermined|unknown|not able to determine)\b",
    re.IGNORECASE,
)
_FEWEST = 2
_SHORTEST_QUOTE = 5  # characters: shorter ones are parts of other words
_NAMED = 60  # characters of a quote that a message repeats
#: The field of the quoted words of the record; a rule that names it holds for them wherever they stand.
QUOTED = "indicators"
_SPACE = re.compile(r"\s+")


class QueryForm(StrEnum):
    """How the answer is given."""

    OPEN = "open"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class QueryDraft:
    """A question before it is sent.

    `indicators` are the words quoted from the record.  `purpose` is needed for yes or no (`YES_NO_PURPOSES`).
    `options` are what a choice offers, "other" and "unable to determine" among them.
    """

    title: str
    question: str
    form: QueryForm = QueryForm.CHOICE
    indicators: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is wrong with a draft.

    `severity` is stop (it is not sent) or warn.  `field` is title, question, option, indicators or form; `number`
    counts options and indicators from 1, else 0; `start` and `end` mark the words in that field, both 0 for all of it.
    """

    rule: str
    severity: str
    field: str
    message: str
    do: str
    words: str = ""
    number: int = 0
    start: int = 0
    end: int = 0
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class _Rule:
    rule: str
    severity: str
    fields: tuple[str, ...]
    pattern: re.Pattern[str]
    message: str
    do: str


@lru_cache(maxsize=1)
def wording_rules() -> tuple[_Rule, ...]:
    """The table of phrases."""
    return tuple(
        _Rule(r["rule"], r["severity"], tuple(r["fields"].split()), re.compile(r["pattern"]), r["message"], r["do"])
        for r in read_table("query_wording")
    )


def check_wording(draft: QueryDraft, note: str | None = None, introduced: tuple[str, ...] = ()) -> tuple[Wording, ...]:
    """Everything wrong with a draft, stops first.  Empty means that it may be sent.

    With the `note` at hand each indicator has to be found in it, word for word.  `introduced` are conditions that the
    title or question names and the record does not: the caller finds them (`codesets.reading.introduced`).
    """
    found = [*_form(draft), *_indicators(draft, note), *_phrases(draft), *_introduced(draft, introduced)]
    return tuple(sorted(found, key=lambda one: one.severity != "stop"))


def _form(draft: QueryDraft) -> Iterator[Wording]:
    if not draft.question.strip():
        yield Wording("question", "stop", "question", "There is no question.", "Ask what the findings mean.")
    if draft.form is QueryForm.YES_NO and draft.purpose not in YES_NO_PURPOSES:
        yield Wording(
            "yes_no",
            "stop",
            "form",
            "Yes or no is asked only about a documented condition, a cause, or presence on admission.",
            "Ask openly or offer options.",
        )
    if draft.form is QueryForm.CHOICE:
        yield from _choice([option for option in draft.options if option.strip()])


def _choice(options: list[str]) -> Iterator[Wording]:
    own = [o for o in options if not _OTHER.search(o) and not _UNDETERMINED.search(o)]
    if len({_plain(option) for option in own}) < _FEWEST:
        message = f"{len(own)} option is offered." if len(own) == 1 else "Fewer than two options are offered."
        do = "Offer every option that the indicators support, two at least, or ask openly."
        yield Wording("options", "stop", "option", message, do)
    if not any(_OTHER.search(option) for option in options):
        yield Wording("options", "stop", "option", "“Other” is not offered.", f"Add “{OTHER}”.")
    if not any(_UNDETERMINED.search(option) for option in options):
        message = "“Unable to determine” is not offered."
        yield Wording("options", "stop", "option", message, f"Add “{UNDETERMINED}”.")


def _indicators(draft: QueryDraft, note: str | None) -> Iterator[Wording]:
    quoted = [(number, words) for number, words in enumerate(draft.indicators, start=1) if words.strip()]
    if not quoted:
        do = "Select the words of the note that give rise to the question."
        yield Wording("indicators", "stop", "indicators", "Nothing of the record is quoted.", do)
    if note is None:
        return
    record = _plain(note)
    for number, words in quoted:
        if _plain(words) not in record:
            do = "Quote the words as they stand in this record."
            yield Wording(
                "indicators", "stop", "indicators", "This is not in the record.", do, words, number, 0, len(words)
            )


def _phrases(draft: QueryDraft) -> Iterator[Wording]:
    """Quoted words are the provider's own and are not judged, but by rules on indicators: no money goes out at all."""
    fields = [("title", 0, draft.title), ("question", 0, draft.question)]
    fields += [("option", number, text) for number, text in enumerate(draft.options, start=1)]
    for field, number, text in fields:
        seen: set[tuple[str, str]] = set()
        whole = _lowered(text)
        own = _without_quotes(whole, draft.indicators)
        for rule in wording_rules():
            if field not in rule.fields or (rule.rule, rule.message) in seen:
                continue
            hit = rule.pattern.search(whole if QUOTED in rule.fields else own)
            if hit:
                seen.add((rule.rule, rule.message))
                start, end = hit.span()
                yield Wording(
                    rule.rule, rule.severity, field, rule.message, rule.do, text[start:end], number, start, end
                )
    for number, words in enumerate(draft.indicators, start=1):
        yield from check_quote(words, number)


def check_quote(words: str, number: int = 1) -> Iterator[Wording]:
    """What must not be quoted of a record, even though it stands there; `number` counts the quotes from 1."""
    for rule in wording_rules():
        hit = rule.pattern.search(_lowered(words)) if QUOTED in rule.fields else None
        if hit:
            start, end = hit.span()
            found = words[start:end]
            message = f"{rule.message.rstrip('.')} in the quote “{_cut(words)}”."
            do = f"Ask with a shorter quote, one without “{found}”."
            yield Wording(rule.rule, rule.severity, QUOTED, message, do, found, number, start, end)


def _cut(words: str) -> str:
    return words if len(words) <= _NAMED else words[: _NAMED - 1].rstrip() + "…"


def _lowered(text: str) -> str:
    """In lower case, of the same length: the few characters that would grow stay as they are."""
    return "".join(low if len(low := one.lower()) == 1 else one for one in text)


def _without_quotes(judged: str, indicators: tuple[str, ...]) -> str:
    """A text in lower case, of the same length, with what is quoted from the record blanked out."""
    for words in indicators:
        quoted = _lowered(words.strip())
        at = judged.find(quoted) if len(quoted) >= _SHORTEST_QUOTE else -1
        while at >= 0:
            judged = judged[:at] + "\0" * len(quoted) + judged[at + len(quoted) :]
            at = judged.find(quoted)
    return judged


def _introduced(draft: QueryDraft, introduced: tuple[str, ...]) -> Iterator[Wording]:
    for condition in introduced:
        for field, text in (("title", draft.title), ("question", draft.question)):
            at = text.lower().find(condition.lower())
            if at >= 0:
                yield Wording(
                    "introduced",
                    "stop",
                    field,
                    f"The {field} names a condition that the record does not.",
                    "Quote the findings and leave the diagnosis to the provider.",
                    text[at : at + len(condition)],
                    0,
                    at,
                    at + len(condition),
                )


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" .,;:“”\"'").lower()
