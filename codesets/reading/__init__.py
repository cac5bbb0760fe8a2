"""Reading a clinical note: what it says, and the codes that it supports, each with its evidence.

* `layout` finds sections, list items and sentences; `tokens` and `shorthand` the words and abbreviations.
* `lexicon` holds the wordings of the code sets, `matching` finds them in the note.
* `assertion` and `experiencer` tell what is negated, uncertain, past, or somebody else's.
* `specific`, `combine`, `history`, `drugs` and `visits` choose codes; `suggest` ranks them.

Everything that is a list of words is a table (`note_*`, `drug_classes`).  Suggestions are never codes by
themselves: a coder accepts each.
"""

from __future__ import annotations

from codesets.reading.evidence import evidence_of
from codesets.reading.introduced import introduced
from codesets.reading.lexicon_build import prepare
from codesets.reading.model import Alternative, Assertion, Mention, NoteReading, Section, SectionKind, Suggestion
from codesets.reading.note import read_note

__all__ = [
    "Alternative",
    "Assertion",
    "Mention",
    "NoteReading",
    "Section",
    "SectionKind",
    "Suggestion",
    "evidence_of",
    "introduced",
    "prepare",
    "read_note",
]
