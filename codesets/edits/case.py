"""An encounter made ready for the edits: every diagnosis looked up once, the reference data chosen once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from codesets.edits.book import Book, Facts, book_of
from codesets.edits.model import CodedEncounter, CodedLine
from codesets.edits.reference_data import ReferenceData, day_of, reference_data

if TYPE_CHECKING:
    from codesets.library.model import Validity
    from codesets.library.reader import CodeLibrary


@dataclass(frozen=True, slots=True)
class Coded:
    """A diagnosis that stands on the day.  `position` counts from 1."""

    position: int
    text: str
    facts: Facts

    @property
    def code(self) -> str:
        """The code as the code set writes it."""
        return self.facts.code

    @property
    def key(self) -> str:
        """The code without its dot."""
        return self.facts.key

    @property
    def title(self) -> str:
        """The complete title."""
        return self.facts.title

    def begins(self, *prefixes: str) -> bool:
        """Does the code begin with one of these, dots left out?"""
        return self.facts.key.startswith(prefixes)


class Case:
    """What an edit works on.  `dx` are the diagnoses that may be billed that day; others have their own edits."""

    def __init__(self, encounter: CodedEncounter, library: CodeLibrary) -> None:
        self.encounter = encounter
        self.library = library
        self.book: Book = book_of(library)
        self._validity: dict[str, Validity] = {}

    @property
    def on(self) -> date:
        """The day whose code set holds; before the first loaded one, the first day of that."""
        return self.library.held(self.encounter.coded_on)

    @cached_property
    def dx(self) -> tuple[Coded, ...]:
        """The diagnoses in claim order, each once."""
        found: dict[str, Coded] = {}
        for position, dx in enumerate(self.encounter.dx, start=1):
            facts = self.book.facts(dx.code, self.on)
            if facts is not None and facts.billable:
                found.setdefault(facts.key, Coded(position, dx.text, facts))
        return tuple(found.values())

    @cached_property
    def data(self) -> ReferenceData:
        """Pairs, limits and lists: the encounter's own, else the loaded ones."""
        return reference_data(self.encounter.refdata, self.library)

    def editor_loaded(self, part: str) -> bool:
        """Did the user load the Medicare Code Editor's list of ages ("age") or sexes ("sex"), or its table of both?"""
        loaded = self.library.rules.loaded
        other = {"age": "sex", "sex": "age"}[part]
        return loaded("MCE", self.on, part) or (loaded("MCE", self.on) and not loaded("MCE", self.on, other))

    @property
    def first(self) -> Coded | None:
        """The first-listed diagnosis, if it may be billed."""
        return self.dx[0] if self.dx and self.dx[0].position == 1 else None

    @property
    def outpatient(self) -> bool:
        """Do the outpatient rules hold (guideline section IV)?"""
        return self.encounter.setting != "inpatient"

    def having(self, *prefixes: str) -> list[Coded]:
        """The diagnoses that begin with one of these, dots left out."""
        return [dx for dx in self.dx if dx.begins(*prefixes)]

    @cached_property
    def elsewhere(self) -> tuple[CodedLine, ...]:
        """Procedures of the same patient and provider on other encounters, as lines without a number."""
        return tuple(
            CodedLine(
                line=0,
                code=str(row["code"]).upper(),
                modifiers=tuple(row.get("modifiers") or ()),
                units=row.get("units") or 1,
                dos=day_of(row["dos"]),
            )
            for row in self.data.rows("elsewhere")
        )

    def day_of(self, line: CodedLine) -> date:
        """The date of service of a line."""
        return line.dos or self.encounter.dos

    def age(self) -> int | None:
        """The patient's age in whole years on the day of service."""
        birth, day = self.encounter.birth, self.encounter.dos
        if birth is None or birth > day:
            return None
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

    def validity(self, code: str) -> Validity:
        """Whether a code may be billed on the day, asked once."""
        if code not in self._validity:
            self._validity[code] = self.library.validity(code, self.encounter.coded_on)
        return self._validity[code]

    def words(self) -> str:
        """All that the note tells beside the codes, in lower case."""
        texts = [dx.text for dx in self.encounter.dx]
        texts += [value for value in self.encounter.ctx.values() if isinstance(value, str)]
        return " ".join(texts).lower()


#: Symptoms, external causes and reasons for contact are what is coded instead of an uncertain diagnosis.
_NOT_DIAGNOSES = ("R", "V", "W", "X", "Y", "Z")
_CONFIRMED_ONLY = ("U071", "B20", "J09", "A925", "U070")  # in any setting: I.C.1.a.1, I.C.1.f, I.C.1.g, I.C.10.c, .e


def is_for_certain(case: Case, dx: Coded) -> bool:
    """May a diagnosis be coded only where it is documented as certain?"""
    return not dx.begins(*_NOT_DIAGNOSES) and (case.outpatient or dx.begins(*_CONFIRMED_ONLY))
