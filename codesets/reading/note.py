"""Reads a note: sections, mentions, suggestions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from codesets.errors import Refused
from codesets.reading.layout import lay_out
from codesets.reading.lexicon import lexicon_of
from codesets.reading.mentions import mentions_of
from codesets.reading.model import NoteReading
from codesets.reading.specific import codes_on
from codesets.reading.suggest import Circumstances, suggestions_of
from codesets.reading.unnamed import search_heads
from codesets.reading.visits import age_in, is_pregnant

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

#: A longer note is read up to here: some fifty pages.
MAX_LENGTH = 200_000
SETTINGS = ("outpatient", "inpatient")


def read_note(
    text: str, library: CodeLibrary, *, on: date, setting: str = "outpatient", age: int | None = None, sex: str = ""
) -> NoteReading:
    """The note's sections, what it mentions and the codes that it supports on the date of service.

    `setting` is outpatient or inpatient (of uncertain diagnoses only the latter codes, guidelines IV.H and
    II.H); `age` in years and `sex` (M, F or "") narrow where they are known.  Pure: the same text gives the same
    answer, from any thread, and nothing of it is kept or logged.  Raises `Refused` for another setting.
    """
    if setting not in SETTINGS:
        raise Refused(f"There is no setting {setting!r}.", do="Choose outpatient or inpatient.")
    read, on = text[:MAX_LENGTH], library.held(on)
    layout = lay_out(read)
    codes = codes_on(library, on)
    named = mentions_of(read, layout, lexicon_of(library), codes.absent)
    facts = Circumstances(
        inpatient=setting == "inpatient",
        age=age_in(read) if age is None else age,
        sex=sex,
        pregnant=is_pregnant(read, sex),
    )
    asked = search_heads(read, layout, named, library, on)
    suggestions = suggestions_of(read, layout, named, codes, facts, asked)
    mentions = sorted((*(one.mention for one in named), *(one[0] for one in asked)), key=lambda m: m.span)
    return NoteReading(layout.sections, tuple(mentions), suggestions)
