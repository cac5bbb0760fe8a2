"""Every table of the library.  The build side creates them; `sql` reads them.

Dates are ISO text (`YYYY-MM-DD`), which SQLite compares rightly.  `key` is a code without its dot.
A code has one row per validity interval; an interval without end has `valid_to` NULL.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_REGISTRY = registry()
#: The library's own tables: apart from the practice database's, whose names may be the same.
METADATA: MetaData = _REGISTRY.metadata


class LibraryTable(SQLModel, registry=_REGISTRY):
    """Keeps the library's tables out of the metadata of every other SQLModel table."""


class Meta(LibraryTable, table=True):
    """Facts of the file itself: schema version, fingerprint of the sources, counts."""

    name: str = Field(primary_key=True)
    value: str


class Release(LibraryTable, table=True):
    """One published release of one code system or rule set.

    `kind` is what it was loaded as, `part` tells files of one release apart (a service type, one of
    the index files), `notice` is the licence notice that came with it, `lines` the rows it gave.
    `effective_to` is the day before the next release of the same system and part.
    """

    id: int = Field(primary_key=True)
    system: str
    label: str
    effective_from: str
    effective_to: str | None = None
    source: str
    sha256: str
    kind: str
    part: str = ""
    notice: str = ""
    lines: int = 0


class Node(LibraryTable, table=True):
    """A chapter, block, category, subcategory or code of a tabular list, in tabular order.

    `release` is the release whose tabular list it stands in.  A node is in force while a code row
    of its key is; later releases that only list changes add nodes to the tabular list before them.
    """

    __table_args__ = (Index("node_key", "key"), Index("node_parent", "parent"), Index("node_release", "release"))
    id: int = Field(primary_key=True)
    release: int
    kind: str
    name: str
    key: str
    parent: int | None = None
    title: str


class Code(LibraryTable, table=True):
    """A code in one validity interval; `seventh` is set on codes made from a node and an extension.

    `node` is its node in the tabular list of the release that opened the interval; 0 for systems
    without a tree.
    """

    __table_args__ = (Index("code_key", "key", "system", "valid_from", unique=True), Index("code_node", "node"))
    id: int = Field(primary_key=True)
    release: int
    system: str
    code: str
    key: str
    title: str
    billable: bool
    node: int
    seventh: str | None = None
    valid_from: str
    valid_to: str | None = None


class Note(LibraryTable, table=True):
    """One line of a note, where it stands; what holds below is found by walking up."""

    __table_args__ = (Index("note_node", "node"),)
    id: int = Field(primary_key=True)
    node: int
    kind: str
    depth: int
    text: str


class Seven(LibraryTable, table=True):
    """One extension of a node's seventh-character table."""

    __table_args__ = (Index("seven_node", "node"),)
    id: int = Field(primary_key=True)
    node: int
    char: str
    text: str


class Word(LibraryTable, table=True):
    """One normalised word; ids run in alphabetical order, so a prefix is a range of ids.

    `own` marks the phrases that hold the word, `wide` also those that have it in their
    surroundings (other wordings of the code, titles above it, seventh characters).
    Bit sets are packed by `codesets.search.bits`.
    """

    id: int = Field(primary_key=True)
    text: str
    weight: float
    own: bytes
    wide: bytes


class Prefix(LibraryTable, table=True):
    """The phrases under a short prefix that begins many words."""

    text: str = Field(primary_key=True)
    own: bytes


class Gram(LibraryTable, table=True):
    """The words (bit = word id) that hold three letters in a row, edges marked."""

    text: str = Field(primary_key=True)
    words: bytes


class Phrase(LibraryTable, table=True):
    """One searchable wording of a code; ids run from likely to unlikely, ties in tabular order.

    `standing`: 2 billable as it is, 1 billable with a seventh character, 0 header.
    `target` is the key shown for the phrase: its own, or the general code under a header.
    `held` is the weight of its words; `words` and `around` are arrays of word ids (unsigned 32 bits, little endian).
    """

    __table_args__ = (Index("phrase_key", "key"),)
    id: int = Field(primary_key=True)
    system: str
    key: str
    target: str
    kind: str
    standing: int
    family: int
    prior: float
    held: float
    text: str
    words: bytes
    around: bytes


class Extension(LibraryTable, table=True):
    """The words of one seventh character in one family of extensions."""

    id: int = Field(primary_key=True)
    family: int
    char: str
    text: str
    words: bytes


class SystemSet(LibraryTable, table=True):
    """The phrases of one code system."""

    system: str = Field(primary_key=True)
    phrases: bytes
