"""What a text of ours names that the record does not: for questions to a provider, which bring in no diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesets.reading.layout import lay_out
from codesets.reading.lexicon import lexicon_of
from codesets.reading.mentions import mentions_of
from codesets.reading.model import Assertion, Mention

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

_CATEGORY = 3
_SIGNS = ("R", "Z")  # findings and circumstances are no diagnoses
_NOT_SAID = (Assertion.NEGATED, Assertion.FAMILY, Assertion.OTHER_PERSON)


def introduced(text: str, note: str, library: CodeLibrary) -> tuple[str, ...]:
    """The conditions that `text` names and `note` does not say of the patient, in the words of `text`.

    Two wordings are the same condition when they share a category of codes, or when the note has all the words of the
    other.  Signs and circumstances (chapters 18 and 21) are not counted; what the note only denies, or says of
    somebody else, is not said.
    """
    said = [m for m in _named(note, library) if m.assertion not in _NOT_SAID]
    categories = {code[:_CATEGORY] for mention in said for code in mention.codes}
    words = {word for mention in said for word in mention.phrase.split()}
    return tuple(
        dict.fromkeys(
            mention.text
            for mention in _named(text, library)
            if not all(code.startswith(_SIGNS) for code in mention.codes)
            and not any(code[:_CATEGORY] in categories for code in mention.codes)
            and not set(mention.phrase.split()) <= words
        )
    )


def _named(text: str, library: CodeLibrary) -> list[Mention]:
    return [named.mention for named in mentions_of(text, lay_out(text), lexicon_of(library))]
