"""What the library answers with.  Plain frozen values; nothing here touches the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path


class ValidityStatus(StrEnum):
    """How a code stands on a date."""

    OK = "ok"
    UNKNOWN = "unknown"
    HEADER = "header"
    SEVENTH = "seventh"
    NOT_IN_FORCE = "not_in_force"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One loaded release of one code system or rule set; `effective_to` None means until further notice.

    `billable` counts the codes in force on its first day (of rule sets: its rows), `kind` is what it
    was loaded as, `part` which file of the release it is, `notice` the licence notice it came with.
    """

    id: int
    system: str
    label: str
    effective_from: date
    effective_to: date | None
    source: str
    billable: int
    kind: str = ""
    part: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code in one validity interval.  `title` is complete, the seventh character spelled out."""

    code: str
    title: str
    system: str
    billable: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a code's title and standing were the same.

    `change` says how it differs from the stretch before ("added", "title changed", "became a
    heading", "deleted" when nothing follows); `replaced_by` are the codes that took its place.
    """

    valid_from: date
    valid_to: date | None
    title: str
    billable: bool
    change: str
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the way from chapter to code; `kind` is chapter, block, category, subcategory or code."""

    kind: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of an instructional note and the level it comes from.

    `kind` is one of includes, inclusionTerm, excludes1, excludes2, codeFirst, useAdditionalCode,
    codeAlso, notes, sevenChrNote, sevenChrDef.  `depth` 1 marks an item under the heading line
    (ending in a colon) that stands before it in the same note.
    """

    kind: str
    text: str
    depth: int
    level: str
    node: str
    node_title: str


@dataclass(frozen=True, slots=True)
class SeventhOption:
    """One seventh character that a code takes, and the complete code it makes."""

    char: str
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Validity:
    """The answer to "may this code be billed on that date", with a sentence for a person.

    `choices` are codes that would do instead (children of a header, completed seventh characters).
    """

    status: ValidityStatus
    code: str
    message: str
    choices: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when the code may be billed on the date."""
        return self.status is ValidityStatus.OK

    @property
    def wrong(self) -> bool:
        """True when the code may not be billed on the date; what is not known is not wrong."""
        return self.status not in (ValidityStatus.OK, ValidityStatus.NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search result.

    `matched` are (start, end) spans of `title`; `via` says what matched: "code", "title",
    "inclusion term", "index", or the wording of an abbreviation ("htn = hypertension").
    `phrase` is the text that matched when it is not the title.
    """

    code: str
    title: str
    system: str
    score: float
    matched: tuple[tuple[int, int], ...]
    billable: bool
    via: str
    phrase: str = ""
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class ChangedCode:
    """A code that a release changed; `before` is its former title when that was revised."""

    code: str
    title: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did: the changes are those of the release's first day beside the day before.

    `rows` counts what the files gave (codes in force, terms, pairs, …), `labels` names the
    releases; `already` is True when the same files were loaded before and nothing was changed.
    """

    path: Path
    kind: str
    system: str
    effective: date
    labels: tuple[str, ...]
    source: str
    rows: int
    already: bool
    added: tuple[ChangedCode, ...]
    deleted: tuple[ChangedCode, ...]
    revised: tuple[ChangedCode, ...]
    notice: str
    seconds: float

    @property
    def changed(self) -> frozenset[str]:
        """Every code that open work may have to be looked at for: deleted and revised ones."""
        return frozenset(c.code for c in (*self.deleted, *self.revised))


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `built` is False when the library at `path` was already the one wanted."""

    path: Path
    built: bool
    chapters: int
    blocks: int
    categories: int
    billable: int
    notes: int
    seconds: float
