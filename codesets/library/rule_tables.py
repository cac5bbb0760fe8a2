"""The tables of what a user loads beside the codes: the Alphabetic Index, edits, fees, coverage, lists.

Every row names its `release`.  Dates are ISO text; code columns hold keys, without dots.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from codesets.library.tables import LibraryTable


class IndexTerm(LibraryTable, table=True):
    """One line of the Alphabetic Index, in book order; `code` is as printed ("C79.8-").

    `words` is the folded title by which a main term is found.  `cells` are the columns of the
    neoplasm and drug tables, parted by |, empty ones kept.
    """

    __table_args__ = (
        Index("indexterm_parent", "parent"),
        Index("indexterm_words", "words"),
        Index("indexterm_code", "code"),
    )
    id: int = Field(primary_key=True)
    release: int
    kind: str
    parent: int | None = None
    level: int
    title: str
    words: str
    nemod: str = ""
    code: str = ""
    manifestation: str = ""
    see: str = ""
    see_also: str = ""
    cells: str = ""


class Listed(LibraryTable, table=True):
    """One code of a plain list (adjustment reasons, taxonomy, revenue codes, modifiers, …)."""

    __table_args__ = (Index("listed_code", "system", "code"),)
    id: int = Field(primary_key=True)
    release: int
    system: str
    code: str
    title: str
    note: str = ""
    valid_from: str | None = None
    valid_to: str | None = None


class Crosswalk(LibraryTable, table=True):
    """One code that stands for another; codes without dots, an empty target where there is none.

    `since` is the day of the change of a conversion table; `flags` are the five of a mapping: approximate,
    no map, combination, scenario, choice list.
    """

    __table_args__ = (
        Index("crosswalk_source", "source_system", "source"),
        Index("crosswalk_target", "target_system", "target"),
    )
    id: int = Field(primary_key=True)
    release: int
    source_system: str
    source: str
    target_system: str
    target: str
    flags: str = ""
    since: str | None = None


class PtpPair(LibraryTable, table=True):
    """One NCCI procedure-to-procedure pair: with `column1` on the claim, `column2` is denied."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    column1: str = Field(primary_key=True)
    column2: str = Field(primary_key=True)
    effective: str = Field(primary_key=True)
    deletion: str | None = None
    indicator: str
    rationale: int


class PtpRationale(LibraryTable, table=True):
    """The reasons given for pairs, each kept once."""

    release: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    text: str


class Mue(LibraryTable, table=True):
    """The most units of a code that are paid; `adjudication` 1 per line, 2 and 3 per date of service."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    units: int
    adjudication: str
    rationale: str = ""


class AddOn(LibraryTable, table=True):
    """An add-on code with one primary code it may go with (CCCCC: the contractor decides)."""

    __table_args__ = (Index("addon_code", "code"),)
    id: int = Field(primary_key=True)
    release: int
    code: str
    primary: str
    edit_type: str
    valid_from: str | None = None
    valid_to: str | None = None
    note: str = ""


class DxFlag(LibraryTable, table=True):
    """What the Medicare Code Editor says of a diagnosis: age category, sex list, flags."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    age: str = ""
    sex: str = ""
    flags: str = ""


class Fee(LibraryTable, table=True):
    """One line of the physician fee schedule's relative values; values are in hundredths of a unit."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    modifier: str = Field(primary_key=True, default="")
    status: str
    work: int
    practice_office: int
    practice_facility: int
    malpractice: int
    professional_technical: str
    global_days: str
    multiple: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    conversion: int


class Locality(LibraryTable, table=True):
    """The geographic cost indices of one payment locality, in thousandths."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    carrier: str = Field(primary_key=True)
    locality: str = Field(primary_key=True)
    state: str
    name: str
    work: int
    practice: int
    malpractice: int


class Policy(LibraryTable, table=True):
    """A coverage article with the procedures it is about, parted by blanks."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    article: str = Field(primary_key=True)
    title: str
    valid_from: str | None = None
    valid_to: str | None = None


class PolicyProcedure(LibraryTable, table=True):
    """A procedure code that a coverage article is about."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    article: str = Field(primary_key=True)


class PolicyDiagnosis(LibraryTable, table=True):
    """A diagnosis that an article covers, or doesn't; `part` numbers the article's groups."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    release: int = Field(primary_key=True)
    article: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    covered: bool = Field(primary_key=True)
