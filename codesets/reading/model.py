"""What the reading of a note answers with.  Plain frozen values; offsets are places in the text as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Assertion(StrEnum):
    """What a mention says of the condition: the statuses of ConText (Harkema 2009) and guideline IV.H."""

    PRESENT = "present"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"
    FAMILY = "family"
    OTHER_PERSON = "other person"
    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"


class SectionKind(StrEnum):
    """Where in a note something stands."""

    COMPLAINT = "complaint"
    HPI = "hpi"
    PAST = "past"
    PROBLEMS = "problems"
    SURGICAL = "surgical"
    FAMILY = "family"
    SOCIAL = "social"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    ROS = "ros"
    EXAM = "exam"
    VITALS = "vitals"
    RESULTS = "results"
    PROCEDURE = "procedure"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    INSTRUCTIONS = "instructions"
    IMMUNIZATIONS = "immunizations"
    OTHER = "other"


#: The section names as a person reads them.
SECTION_NAMES = {
    SectionKind.COMPLAINT: "Chief complaint",
    SectionKind.HPI: "HPI",
    SectionKind.PAST: "Past history",
    SectionKind.PROBLEMS: "Problem list",
    SectionKind.SURGICAL: "Surgical history",
    SectionKind.FAMILY: "Family history",
    SectionKind.SOCIAL: "Social history",
    SectionKind.MEDICATIONS: "Medications",
    SectionKind.ALLERGIES: "Allergies",
    SectionKind.ROS: "Review of systems",
    SectionKind.EXAM: "Exam",
    SectionKind.VITALS: "Vitals",
    SectionKind.RESULTS: "Results",
    SectionKind.PROCEDURE: "Procedure",
    SectionKind.ASSESSMENT: "Assessment",
    SectionKind.PLAN: "Plan",
    SectionKind.INSTRUCTIONS: "Instructions",
    SectionKind.IMMUNIZATIONS: "Immunizations",
    SectionKind.OTHER: "the note",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A section; `start` is where its heading begins, `end` where its text ends.  `title` "" has no heading."""

    kind: SectionKind
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A condition named in the note: `note[start:end]` is `text`, `phrase` the dictionary wording that it matches.

    `codes` are keys (codes or headings, no dot) that the wording stands for, likeliest first; `trigger` is
    the word that decided the assertion.  `headed` is True in the name of an assessment item.
    """

    text: str
    start: int
    end: int
    phrase: str
    codes: tuple[str, ...]
    assertion: Assertion
    section: SectionKind
    trigger: str = ""
    headed: bool = False
    laterality: str = ""
    severity: str = ""
    acuity: str = ""
    stage: str = ""
    trimester: str = ""

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the note."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another code for the same words."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A billable code in force on the date of service, with the words of the note that are its evidence.

    `rule` names what proposed it and stays the same from version to version; `missing` tells what the
    note would have to say for a more specific code ("side", "stage").
    """

    code: str
    title: str
    start: int
    end: int
    assertion: Assertion
    rule: str
    why: str
    score: float
    alternatives: tuple[Alternative, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the note."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class NoteReading:
    """A note, read: sections and mentions in their order in the text, suggestions best first."""

    sections: tuple[Section, ...]
    mentions: tuple[Mention, ...]
    suggestions: tuple[Suggestion, ...]
