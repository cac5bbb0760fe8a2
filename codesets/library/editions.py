"""The editions of ICD-10-CM side by side: one state of all codes for each effective date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from codesets.errors import Refused
from codesets.library import icd10cm
from codesets.library.book import Book, State
from codesets.library.changes import apply, changes_between
from codesets.library.icd10cm import dotted
from codesets.releases.icd10cm_addenda import Addenda, Change
from codesets.releases.icd10cm_order import OrderLine
from codesets.releases.icd10cm_tabular import TabularNode

Row = dict[str, Any]


@dataclass(slots=True)
class Published:
    """What is known of one effective date: a tabular list, a list of all codes, an order file, changes."""

    effective: date
    release: int
    source: str
    nodes: list[TabularNode] | None = None
    listed: set[str] | None = None
    order: list[OrderLine] | None = None
    addenda: Addenda | None = None


@dataclass(slots=True)
class Edition:
    """The codes in force from a date on, and the tabular list that they hang on."""

    effective: date
    release: int
    book: Book
    state: State


def editions_of(published: Iterable[Published]) -> list[Edition]:
    """All editions by date.  The earliest tabular list also carries the lists before it."""
    waiting = sorted(published, key=lambda p: p.effective)
    start = next((n for n, p in enumerate(waiting) if p.nodes is not None), None)
    if start is None:
        raise Refused("No tabular list of ICD-10-CM is there.", do="Install superbill again.")
    editions = [_edition(waiting[start], None)]
    for item in waiting[start + 1 :]:
        editions.append(_edition(item, editions[-1]))
    for item in reversed(waiting[:start]):
        if item.order is None:
            raise Refused(
                "Changes alone say nothing without the release before them.",
                where=item.source,
                do="Load the order file of that year.",
            )
        editions.insert(0, _listed(item, editions[0], item.order))
    return editions


def _edition(item: Published, before: Edition | None) -> Edition:
    if item.nodes is not None:
        return _whole(item, item.nodes, before)
    assert before is not None
    if item.order is not None:
        return _listed(item, before, item.order)
    addenda = item.addenda
    assert addenda is not None
    _counted(before.state, addenda.before, item.source)
    state = apply(before.book, before.state, addenda.changes, item.source)
    _counted(state, addenda.after, item.source)
    return Edition(item.effective, item.release, before.book, state)


def _listed(item: Published, beside: Edition, order: list[OrderLine]) -> Edition:
    state = apply(beside.book, beside.state, changes_between(beside.state, order, item.source), item.source)
    _counted(state, sum(line.billable for line in order), item.source)
    return Edition(item.effective, item.release, beside.book, state)


def _counted(state: State, expected: int, source: str) -> None:
    count = sum(s.billable for s in state.values())
    if count != expected:
        raise Refused(
            f"There are {count:,} billable codes where the file counts {expected:,}.",
            where=source,
            do="The file belongs to another release, or is damaged; nothing was changed.",
        )


def _whole(item: Published, nodes: list[TabularNode], before: Edition | None) -> Edition:
    listed = item.listed
    if listed is None and item.order is not None:
        listed = {line.key for line in item.order}
    if listed is None:
        listed = _codes_known(item, nodes, before)
    codes = list(icd10cm.codes_of(nodes, listed))
    if item.order is not None:
        same_codes({c.key for c in codes}, listed, item.source)
    book = Book(item.release, nodes)
    return Edition(item.effective, item.release, book, book.state(codes))


def _codes_known(item: Published, nodes: list[TabularNode], before: Edition | None) -> set[str]:
    """The codes of seven characters for a tabular list that comes without a list of its codes.

    Those of the edition before, with the changes of the year; a base that had none takes all of
    its characters.
    """
    known = set(before.state) if before else set()
    if item.addenda is not None:
        known -= {c.key for c in item.addenda.changes if c.action == "delete"}
        known |= {c.key for c in item.addenda.changes if c.action == "add"}
    bases = {key[:6] for key in known if len(key) == 7}
    for index, node in enumerate(nodes):
        if node.kind in ("chapter", "block") or node.has_children or len(node.key) == 7:
            continue
        six = node.key.ljust(6, "X")
        if six not in bases:
            known |= {six + char for char, _, _ in icd10cm.seventh_table(nodes, index)}
    return known | {node.key for node in nodes}


def same_codes(made: set[str], listed: set[str], source: str) -> None:
    """The tabular list and the list of codes must name the same codes, to the last one."""
    odd = sorted(made ^ listed)
    if odd:
        raise Refused(
            f"The tabular list and the list of codes differ in {len(odd):,} codes, {odd[0]} first.",
            where=source,
            do="One of the files is damaged or of another release; nothing was changed.",
        )


def code_rows(editions: list[Edition], first: int = 1) -> Iterator[Row]:
    """Rows of `code`: one for each stretch of time in which a code's title and standing stay the same."""
    spans: dict[str, list[Row]] = {}
    last: State = {}
    for edition in editions:
        start = edition.effective.isoformat()
        end = (edition.effective - timedelta(days=1)).isoformat()
        for key, state in edition.state.items():
            old = last.get(key)
            if old is state or (old is not None and old.told == state.told):
                continue
            if old is not None:
                spans[key][-1]["valid_to"] = end
            row = {
                "release": edition.release, "system": icd10cm.SYSTEM, "code": dotted(key), "key": key,
                "title": state.title, "billable": state.billable, "node": edition.book.row_id(state.node),
                "seventh": state.seventh[0] if state.seventh else None, "valid_from": start, "valid_to": None,
            }  # fmt: skip
            spans.setdefault(key, []).append(row)
        for key in last.keys() - edition.state.keys():
            spans[key][-1]["valid_to"] = end
        last = edition.state
    order = _tabular_order(editions)
    rows = [row for key in sorted(spans, key=lambda k: order.get(k, (0, 0))) for row in spans[key]]
    return ({"id": number} | row for number, row in enumerate(rows, start=first))


def _tabular_order(editions: list[Edition]) -> dict[str, tuple[int, int]]:
    """Where a code stands: behind its node, in the order of the seventh characters."""
    order: dict[str, tuple[int, int]] = {}
    for edition in editions:
        book = edition.book
        for place, (key, state) in enumerate(edition.state.items()):
            at = book.row_id(state.node) - book.first
            order.setdefault(key, (at, place if state.seventh else -1))
    return order


def shipped_addenda(rows: Iterable[dict[str, str]], year: int, before: int, after: int) -> Addenda:
    """The changes in a table of our own (action, code, title)."""
    changes = tuple(Change(row["action"], row["code"].replace(".", ""), row["title"]) for row in rows)
    return Addenda(changes, before, after, year)
