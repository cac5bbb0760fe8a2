"""A coded encounter as the edits see it, and what they say about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codesets.edits.case import Case


class Severity(StrEnum):
    """`error` stops finishing, `warn` asks, `info` tells."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis code, in claim order; `text` is the words of the note, if known."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One service line; `pointers` count the encounter's diagnoses from 1, the main one first."""

    line: int
    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal | int = 1
    pointers: tuple[int, ...] = ()
    pos: str = ""
    dos: date | None = None


@dataclass(frozen=True, slots=True)
class CodedEncounter:
    """An encounter as coded.

    `dos` is the date of service (inpatients: of admission), `through` the last day or discharge,
    if another: it decides which codes are in force.  `setting` is outpatient or inpatient.  `ctx`
    is what else the note tells, all of it optional; `refdata` are reference rows for this encounter
    alone, used instead of what is loaded.  Among them `elsewhere` are the procedures that the same provider did for
    the patient on the same day and that stand on other encounters (code, dos, modifiers, units).
    """

    dos: date
    sex: str = ""
    birth: date | None = None
    setting: str = "outpatient"
    dx: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    id: str = ""
    through: date | None = None
    ctx: Mapping[str, Any] = field(default_factory=dict)
    refdata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def coded_on(self) -> date:
        """The day whose code set holds."""
        return self.through or self.dos


@dataclass(frozen=True, slots=True)
class Finding:
    """What an edit found: `line` is a service line's number, `source` the rule it rests on.

    An `overridable` one may be set aside by a person who says why.
    """

    edit: str
    severity: Severity
    codes: tuple[str, ...]
    line: int | None
    message: str
    source: str
    clears_when: str
    overridable: bool = False

    @property
    def key(self) -> str:
        """The same for the same finding until its codes change, so that an override stays."""
        parts = (self.edit, *sorted(self.codes), str(self.line or ""), self.source)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its name in the shared vocabulary, the function that runs it, and what it looks for in a few words.

    `alone` edits judge a code by itself, whatever stands beside it.
    """

    name: str
    run: Callable[[Case], Iterable[Finding]]
    about: str
    severity: Severity = Severity.WARN
    alone: bool = False
