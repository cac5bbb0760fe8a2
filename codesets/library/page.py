"""One opened page of the code book: where a code stands, what stands around it, and every note that holds for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from codesets.library.crosswalk import crossings, told
from codesets.library.model import Level, NoteLine, SeventhOption

if TYPE_CHECKING:
    from codesets.library.alphabetic import IndexEntry
    from codesets.library.reader import CodeLibrary

CHAPTERS = 22
_INDEX_LINES = 12
_PRIMARIES = 8
_RULE_SETS = {"PFS": "fee schedule", "NCCI MUE": "NCCI unit limits", "NCCI add-on": "NCCI add-on codes"}


@dataclass(frozen=True, slots=True)
class BookPage:
    """A chapter, block or code on a day; an empty `name` is the list of the chapters.

    A procedure has a page of its own, with no level above it.

    `way` are the levels above, `below` those directly below, `before` and `after` its neighbours under the same level.
    `notes` come from the chapter down to the code; `index` are lines of the Alphabetic Index that lead here;
    `elsewhere` says in words what the loaded crosswalks name for the code, `known` what the loaded rule sets say of a
    procedure, and which of them are not loaded; `book` is what the page is a page of.
    """

    name: str
    title: str
    billable: bool
    standing: str
    way: tuple[Level, ...] = ()
    below: tuple[Level, ...] = ()
    before: str = ""
    after: str = ""
    notes: tuple[NoteLine, ...] = ()
    sevenths: tuple[SeventhOption, ...] = ()
    index: tuple[IndexEntry, ...] = ()
    elsewhere: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    book: str = "ICD-10-CM, tabular list"


def open_page(library: CodeLibrary, name: str, on: date) -> BookPage | None:
    """The page of a chapter (by its number), a block or a code; None when there is none of that name on the day."""
    if not name:
        return BookPage("", "ICD-10-CM", False, "", below=_chapters(library, on))
    way = library.place(name, on=on)
    if not way:
        return _alone(library, name, on)
    own, above = way[-1], way[:-1]
    sisters = [level.name for level in (library.children(above[-1].name, on=on) if above else _chapters(library, on))]
    place = sisters.index(own.name) if own.name in sisters else -1
    is_code = own.kind not in ("chapter", "block")
    validity = library.validity(own.name, on) if is_code else None
    return BookPage(
        name=own.name,
        title=own.title,
        billable=validity is not None and validity.ok,
        standing=validity.message if validity is not None and not validity.ok else "",
        way=above,
        below=library.children(own.name, on=on),
        before=sisters[place - 1] if place > 0 else "",
        after=sisters[place + 1] if 0 <= place < len(sisters) - 1 else "",
        notes=library.notes(own.name, on=on),
        sevenths=library.seventh(own.name, on=on) if is_code else (),
        index=library.index_of(own.name, on=on, limit=_INDEX_LINES) if is_code else (),
        elsewhere=told(crossings(library, own.name)) if is_code else (),
    )


def _alone(library: CodeLibrary, name: str, on: date) -> BookPage | None:
    """The page of a code of a set without a tree, a procedure: nothing above it, below it or beside it."""
    entry = library.lookup(name, on=on) or library.lookup(name)
    if entry is None:
        return None
    validity = library.validity(entry.code, on)
    standing = "" if validity.ok else validity.message
    elsewhere, known = told(crossings(library, entry.code)), _known(library, entry.code, on)
    return BookPage(
        entry.code, entry.title, validity.ok, standing, elsewhere=elsewhere, known=known, book=f"{entry.system} codes"
    )


def _known(library: CodeLibrary, code: str, on: date) -> tuple[str, ...]:
    """What is loaded of a procedure on a day: global days, units, what an add-on goes with; and what is not loaded."""
    rules = library.rules
    fee, limit = rules.fee(code, on), rules.unit_limit(code, on)
    lines = []
    if fee is not None:
        lines.append(f"Fee schedule: {_global_days(fee.global_days)}.")
    if limit is not None:
        lines.append(f"NCCI unit limit: {limit.units} {'on a line' if limit.adjudication == '1' else 'a day'}.")
    if primaries := rules.primaries(code, on):
        more = " …" if len(primaries) > _PRIMARIES else ""
        lines.append(f"Add-on code, goes with: {', '.join(one.code for one in primaries[:_PRIMARIES])}{more}.")
    absent = [words for system, words in _RULE_SETS.items() if not rules.loaded(system, on)]
    return (*lines, *([f"Not loaded for {on}: {', '.join(absent)}."] if absent else []))


def _global_days(indicator: str) -> str:
    if indicator.isdigit():
        days = int(indicator)
        return f"{days} global days" if days else "no global days after the day itself"
    return {"XXX": "no global period", "ZZZ": "the global days of its primary code"}.get(
        indicator, f"global days by {indicator}"
    )


def _chapters(library: CodeLibrary, on: date) -> tuple[Level, ...]:
    found = (library.place(str(number), on=on) for number in range(1, CHAPTERS + 1))
    return tuple(way[-1] for way in found if way)
