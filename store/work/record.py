"""One record as tabs of plain values: what the record screen shows and `superbill ... show` prints."""

from __future__ import annotations

from dataclasses import dataclass

from store.work.values import Cell, Column


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a label and a value."""

    pairs: tuple[tuple[str, Cell], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Plain text, one string a line (a note, a raw segment, a history)."""

    lines: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; cells go with the columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""


Block = Facts | Lines | Table


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab, reached by its digit."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A claim, a denial, a remittance or an account, ready to read.

    `headline` is one line that says the most; `why` is the title of the tab that tells why it is as it is, if one does.
    """

    title: str
    headline: str
    state: str
    tabs: tuple[Tab, ...]
    claim_id: int | None = None
    account_id: int | None = None
    version: int = 0
    why: str = ""
