"""Applies the changes of a new release to the codes of the one before it.  History is never rewritten."""

from __future__ import annotations

from collections.abc import Iterable

from codesets.errors import Refused
from codesets.library.book import Book, CodeState, State, below, derived_note, heading_of
from codesets.releases.icd10cm_addenda import Change
from codesets.releases.icd10cm_order import OrderLine

#: A list that drops more than this share of the codes before it is cut off or of another kind.
_MOST_DROPPED = 0.2


def changes_between(before: State, lines: Iterable[OrderLine], source: str) -> list[Change]:
    """What an order file changes; headers included."""
    changes: list[Change] = []
    seen: set[str] = set()
    for line in lines:
        seen.add(line.key)
        old = before.get(line.key)
        if old is None:
            changes.append(Change("add", line.key, line.title, line.line, line.billable))
        elif old.billable != line.billable:
            action = "add" if line.billable else "delete"
            changes.append(Change(action, line.key, line.title, line.line, line.billable))
        elif old.title != line.title and _words(old.title) != _words(line.title):
            changes.append(Change("revise", line.key, line.title, line.line, line.billable))
    gone = [key for key in before if key not in seen]
    if len(gone) > _MOST_DROPPED * len(before):
        raise Refused(
            f"The file has {len(seen):,} of the {len(before):,} headers and codes of the release beside it.",
            where=source,
            do="It is cut off or not a whole release; nothing was changed.",
        )
    return changes + [Change("delete", key, before[key].title) for key in gone]


def _words(title: str) -> str:
    return "".join(c for c in title.lower() if c.isalnum())


def apply(book: Book, before: State, changes: Iterable[Change], source: str) -> State:
    """The codes after the changes.  A code deleted that gained codes below it becomes a header.

    Refuses the deletion of what is no code, and the addition of what is one already.
    """
    changes = list(changes)
    state = dict(before)
    for change in changes:
        if change.action == "delete":
            _delete(state, before, change, source)
    added = [change for change in changes if change.action == "add"]
    for change in sorted(added, key=lambda c: (c.billable, c.key)):
        _add(book, state, before, change, source)
    for change in changes:
        if change.action == "revise":
            _revise(state, change, source)
    _make_headers(book, state, before, [c.key for c in added])
    _drop_empty_headers(state, [c.key for c in changes if c.action == "delete"])
    return state


def _place(change: Change, source: str) -> str:
    return f"{source}, line {change.line}" if change.line else source


def _delete(state: State, before: State, change: Change, source: str) -> None:
    if change.key not in before:
        raise Refused(f"{change.key} is deleted but was no code.", where=_place(change, source), do=_OTHER)
    state.pop(change.key, None)


def _revise(state: State, change: Change, source: str) -> None:
    old = state.get(change.key)
    if old is None:
        raise Refused(f"{change.key} is revised but is no code.", where=_place(change, source), do=_OTHER)
    state[change.key] = CodeState(old.key, change.title, old.billable, old.node, old.seventh)


_OTHER = "The file belongs to another release; load the one between first.  Nothing was changed."


def _add(book: Book, state: State, before: State, change: Change, source: str) -> None:
    key = change.key
    if key in state and state[key].billable and change.billable:
        raise Refused(f"{key} is added but is a code already.", where=_place(change, source), do=_OTHER)
    sevenths = {s[0]: s for s in book.sevenths_at(key[:6])} if len(key) == 7 else {}
    known = before.get(key)
    if known is not None:
        state[key] = CodeState(key, change.title, change.billable, known.node, known.seventh)
    elif len(key) == 7 and key[6] in sevenths and key not in book.by_key:
        seventh = sevenths[key[6]]
        title = change.title.removesuffix(f", {seventh[1]}")
        base = book.ensure(_base(book, key), title if title != change.title else change.title.rpartition(", ")[0])
        state[key] = CodeState(key, change.title, change.billable, base, seventh)
        state.setdefault(base.key, CodeState(base.key, base.title, False, base))
    else:
        state[key] = CodeState(key, change.title, change.billable, book.ensure(key, change.title))


def _base(book: Book, key: str) -> str:
    """What a seventh character extends: the first six characters without placeholders."""
    six = key[:6]
    return six if six in book.by_key else six.rstrip("X")


def _make_headers(book: Book, state: State, before: State, added: list[str]) -> None:
    """Everything above an added code is a header; one that no list names gets words from below it."""
    wanted = {key for key in added if key in state}
    roots = {state[key].node.key for key in wanted} | wanted
    above = {root[:n] for root in roots for n in range(3, len(root)) if root[:n] in book.by_key}
    keys = sorted(state)
    for key in sorted(above, key=len, reverse=True):
        known = state.get(key) or before.get(key)
        if known is None:
            node = book.by_key[key]
            titles = [state[k].title for k in below(keys, key) if state[k].billable and not state[k].seventh]
            titles = titles or [state[k].node.title for k in below(keys, key) if state[k].billable]
            node.title = heading_of(titles)
            node.notes.append(derived_note())
            state[key] = CodeState(key, node.title, False, node)
        elif key not in state or known.billable:
            state[key] = CodeState(key, known.title, False, known.node)


def _drop_empty_headers(state: State, deleted: list[str]) -> None:
    """A header goes when the last code below it went."""
    keys = sorted(state)
    candidates = {key[:n] for key in deleted for n in range(3, len(key))}
    for key in sorted(candidates, key=len, reverse=True):
        header = state.get(key)
        if header and not header.billable and not any(k in state for k in below(keys, key)):
            del state[key]
