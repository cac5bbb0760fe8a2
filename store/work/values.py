"""What a queue shows, as plain values: the same for every queue, for a screen or for the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | date | None
"""What stands in a cell: text, a count or cents (the column says which), a date, or nothing."""


class Kind(StrEnum):
    """How a column's cells are written and sorted."""

    TEXT = "text"
    NUMBER = "number"
    CENTS = "cents"
    DATE = "date"
    DAYS = "days"
    AGE = "age"
    FIGURE = "figure"
    """A number with its unit, as text: it is filtered as text and sorted by the number."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `width` in cells; `wide` columns appear only from 100 columns of terminal on.

    `letter` names it in a sort, where a queue has such letters.
    """

    key: str
    title: str
    width: int
    kind: Kind = Kind.TEXT
    wide: bool = False
    help: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One level of a sort."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What part of a queue is asked for, and in which order (at most three levels; empty is the queue's own order).

    `filter` is what a person types: words that any text column must hold, and `column:value,value` terms.
    Deferred items are left out unless `deferred`; `mine` keeps the items assigned to or leased by the person.
    """

    filter: str = ""
    sort: tuple[SortKey, ...] = ()
    mine: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view that was kept under a name; `shared` ones are everybody's."""

    id: int
    name: str
    view: View
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a queue.

    `flag` is one letter of D: X past deadline, ! due within 5 business days, $ high value, * being worked, ? query
    open, N new, or blank.  `cells` go with the queue's columns; `owner` is who holds the lease now.
    """

    item_id: int
    subject_id: int
    flag: str
    cells: tuple[Cell, ...]
    owner: str = ""
    preview: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `start` to `start + len(rows)` of a view, with figures over the whole view."""

    rows: tuple[Row, ...]
    start: int
    total: int
    cents: int
    past_due: int
    due_soon: int


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One queue on the home board.  `oldest` is the age in days of the oldest open item."""

    queue: str
    title: str
    count: int
    cents: int
    oldest: int | None
    past_due: int
    deferred: int
    mine: int


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on an item until `until` (renewed by a heartbeat).

    `token` grows by one with each lease of the item; every save is made with it, so that a session whose lease ran
    out can't overwrite the next one's work.  `taken_from` is the login whose hold had run out, if it was somebody's;
    `cents` is the item's amount.
    """

    item_id: int
    subject_id: int
    token: int
    until: datetime
    taken_from: str = ""
    cents: int = 0

    @property
    def row(self) -> Row:
        """The item as a row of its queue, of which no more is read yet."""
        return Row(self.item_id, self.subject_id, "", ())


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to "why is this here, why is it blocked, why is it owed": sentences with the rule's source."""

    title: str
    lines: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: a sentence for the status line, its result, and whether `u` can take it back."""

    action_id: int
    said: str
    result: object = None
    undoable: bool = False
    repeated: bool = False
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueInfo:
    """What a screen has to know of a queue before it shows it."""

    name: str
    title: str
    columns: tuple[Column, ...]
