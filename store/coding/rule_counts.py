"""Which rules of the reader earn their place: what became of each one's suggestions, and what none of them saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from store.coding.suggestions import Outcome
from store.tables import Diagnosis, SuggestionChoice
from store.text import how_many
from store.work.record import Lines, Record, Tab, Table
from store.work.values import Column, Kind

MOST_MISSED = 50


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule's suggestions were accepted, coded by another way than Enter, edited and rejected."""

    rule: str
    accepted: int
    another_way: int
    edited: int
    rejected: int

    @property
    def total(self) -> int:
        """All decisions."""
        return self.accepted + self.another_way + self.edited + self.rejected

    @property
    def percent(self) -> int:
        """Coded as they were, by whatever way, of all decided."""
        return round(100 * (self.accepted + self.another_way) / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Missed:
    """A code that coders added and no rule had suggested, and how often."""

    code: str
    title: str
    times: int


def rule_counts(session: Session) -> Sequence[RuleCount]:
    """Every rule that was decided on, the busiest first."""
    query = (
        select(SuggestionChoice.rule, SuggestionChoice.outcome, func.count(col(SuggestionChoice.id)))
        .where(SuggestionChoice.outcome != Outcome.MISSED)
        .group_by(SuggestionChoice.rule, SuggestionChoice.outcome)
    )
    counts: dict[str, Counter[str]] = {}
    for rule, outcome, number in session.exec(query):
        counts.setdefault(rule, Counter())[outcome] = number
    decided = (Outcome.ACCEPTED, Outcome.ANOTHER_WAY, Outcome.EDITED, Outcome.REJECTED)
    rows = [RuleCount(rule, *(found[one.value] for one in decided)) for rule, found in counts.items()]
    return sorted(rows, key=lambda row: (-row.total, row.rule))


def missed(session: Session) -> Sequence[Missed]:
    """The codes that no rule saw, the most frequent first, at most `MOST_MISSED`."""
    times = func.count(col(SuggestionChoice.id))
    query = (
        select(SuggestionChoice.chosen, times)
        .where(SuggestionChoice.outcome == Outcome.MISSED)
        .group_by(SuggestionChoice.chosen)
        .order_by(times.desc(), SuggestionChoice.chosen)
        .limit(MOST_MISSED)
    )
    found = session.exec(query).all()
    known = select(Diagnosis.code, func.max(Diagnosis.title)).where(
        col(Diagnosis.code).in_([code for code, _ in found])
    )
    titles = dict(session.exec(known.group_by(col(Diagnosis.code))).all())
    return [Missed(code, titles.get(code, ""), number) for code, number in found]


def rules_record(session: Session) -> Record:
    """The counts of every rule and the codes that none saw, ready to read."""
    rows = rule_counts(session)
    columns = (
        Column("rule", "Rule", 28),
        Column("accepted", "Accepted", 8, Kind.NUMBER),
        Column("another_way", "Other way", 9, Kind.NUMBER),
        Column("edited", "Edited", 6, Kind.NUMBER),
        Column("rejected", "Rejected", 8, Kind.NUMBER),
        Column("percent", "Acc. %", 6, Kind.NUMBER),
    )
    cells = tuple((row.rule, row.accepted, row.another_way, row.edited, row.rejected, row.percent) for row in rows)
    words = (
        "Accepted as it was; coded by another way (search, at hand, book, macro) although it was suggested; another "
        "code taken for the same words; or rejected.  Percent: coded as suggested, of all decided."
    )
    headline = f"{how_many(sum(row.total for row in rows), 'decision')} on {how_many(len(rows), 'rule')}"
    tabs = (Tab("Rules", (Table(columns, cells), Lines((words,)))), Tab("Missed", _missed(session)))
    return Record("Suggestions by rule", headline, "", tabs)


def _missed(session: Session) -> tuple[Table, Lines]:
    columns = (Column("code", "Code", 9), Column("times", "Times", 5, Kind.NUMBER), Column("title", "Title", 60))
    rows = tuple((one.code, one.times, one.title) for one in missed(session))
    return Table(columns, rows), Lines(("Codes that coders added while nothing of the note had suggested them.",))
