"""What an action asks before it acts: each ask is one prompt that turns typed text into one answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from store.errors import Refused
from store.money import parse_cents
from store.text import how_many, whole_number
from store.work.record import Record
from store.work.values import Lease, Row, View

if TYPE_CHECKING:
    from tui.calls import PracticeApi

Answer = str | int | date
"""Text or the value of a choice; days, cents or a count; a date."""

_DAYS = re.compile(r"(\d{1,4})\s*([dw]?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an action acts on: the marked rows or the focused one, the answers, and the record and lease if open.

    `cents` is the sum of the rows' amounts; `view` is what a list shows; `stood` has, by question, what the store said
    of it (`Ask.suggest`) when the person began to type over it.
    """

    queue: str
    rows: tuple[Row, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    count: int | None = None
    record: Record | None = None
    lease: Lease | None = None
    cents: int = 0
    view: View | None = None
    stood: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The answer to a `Words` or `Pick`."""
        return str(self.answers.get(name, ""))

    def several(self, thing: str) -> str:
        """How many rows, as a thing: '1 denial', '3 denials'."""
        return how_many(len(self.rows), thing)

    def number(self, name: str) -> int:
        """The answer to an `Amount`, or the count."""
        answer = self.answers[name]
        if not isinstance(answer, int):
            raise TypeError(f"{name} is not a number")
        return answer


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to pick, its label, a word more about it and a key to remind of.

    Choices of a `group` stand under its name until it is picked, or something is typed.
    """

    value: str
    label: str
    more: str = ""
    key: str = ""
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A question.  `name` is where the answer goes; `first` is what stands in the prompt at the start.

    `suggest` reads from the store what stands there instead, `tell` what is told beside the question, and `titled` what
    is asked in the place of `question`.  `stands`: the answer takes the place of what `suggest` read.
    """

    name: str
    question: str
    hint: str = ""
    first: str = ""
    suggest: Callable[[PracticeApi, Chosen], str] | None = None
    tell: Callable[[PracticeApi, Chosen], str] | None = None
    titled: Callable[[PracticeApi, Chosen], str] | None = None
    stands: bool = False

    @property
    def takes_count(self) -> bool:
        """Whether a count typed before the key is the answer."""
        return False

    @property
    def typed_over(self) -> bool:
        """Whether what is typed takes the place of what stands there at the start; else it goes on after it."""
        return False

    def parse(self, text: str) -> Answer:
        """The answer that a text means, or `Refused`."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(Ask):
    """Free text of one line."""

    required: bool = True
    longest: int = 1000

    def parse(self, text: str) -> Answer:
        """The trimmed text."""
        words = text.strip()
        if self.required and not words:
            raise Refused("Nothing was written.", do="Write a few words, or Esc.")
        if len(words) > self.longest:
            raise Refused(f"That is {len(words)} characters.", do=f"{self.longest} fit.")
        return words


@dataclass(frozen=True, kw_only=True, slots=True)
class Days(Ask):
    """A number of days ('14', '14d', '2w'), at least `least`, or a date ('2026-11-20')."""

    least: int = 1

    @property
    def takes_count(self) -> bool:
        """`14d` answers with fourteen days."""
        return True

    @property
    def typed_over(self) -> bool:
        """Another number is typed, not more digits."""
        return True

    def parse(self, text: str) -> Answer:
        """Days from today as an int, or the date itself."""
        words = text.strip().lower()
        found = _DAYS.fullmatch(words)
        if found and (days := int(found[1]) * (7 if found[2] == "w" else 1)) >= self.least:
            return days
        try:
            return date.fromisoformat(words)
        except ValueError:
            raise Refused(f"{text[:20]!r} is no time.", do="Write 14d, 2w or 2026-11-20.") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount(Ask):
    """An amount of money; the answer is in cents."""

    least: int = 1
    most: int | None = None

    @property
    def typed_over(self) -> bool:
        """Another number is typed, not more digits."""
        return True

    def parse(self, text: str) -> Answer:
        """Cents; a dollar sign and thousands separators are forgiven."""
        cents = parse_cents(text.strip().lstrip("$").replace(",", ""))
        if cents < self.least or (self.most is not None and cents > self.most):
            raise Refused("That amount is outside what is possible here.")
        return cents


@dataclass(frozen=True, kw_only=True, slots=True)
class Count(Ask):
    """A whole number from `least` to `most`."""

    least: int = 1
    most: int = 99

    @property
    def typed_over(self) -> bool:
        """Another number is typed, not more digits."""
        return True

    def parse(self, text: str) -> Answer:
        """The number."""
        return whole_number(text.strip(), self.least, self.most)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick(Ask):
    """One of a few: by digit, by typing a part of it, or with the arrows.

    `load` reads the choices from the store when they aren't known beforehand.  Without `digits` they are only typed.
    `line` may take the whole of what was typed as the answer, in the place of a choice.
    With `sole` nobody is asked when there is one choice alone; where there is none, `none` says so.
    """

    choices: tuple[Choice, ...] = ()
    load: Callable[[PracticeApi, Chosen], Sequence[Choice]] | None = None
    digits: bool = True
    line: Callable[[str], str | None] | None = None
    sole: bool = False
    none: str = "There is nothing to choose from."

    def parse(self, text: str) -> Answer:
        """The text itself: the prompt hands in the value of the choice."""
        return text
