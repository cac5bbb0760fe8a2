"""The words of a note that stand for a code, with what is asserted of them: "possible pneumonia" for "pneumonia"."""

from __future__ import annotations

from codesets.reading.assertion import Assertions
from codesets.reading.layout import Sentence, lay_out
from codesets.reading.model import Assertion

_AROUND = 400  # characters on either side that are looked at: more than any sentence of a note
_UNSURE = (Assertion.UNCERTAIN, Assertion.HYPOTHETICAL)


def evidence_of(note: str, start: int | None, end: int | None) -> str:
    """The words from `start` to `end`, and with them what makes them uncertain in their sentence, if anything does.

    "" when there are none.
    """
    if start is None or end is None or not 0 <= start < end <= len(note):
        return ""
    low = max(note.rfind("\n\n", 0, start) + 1, start - _AROUND, 0)
    stop = note.find("\n\n", end)
    around = note[low : min(len(note) if stop < 0 else stop, end + _AROUND)]
    for sentence in lay_out(around).sentences:
        places = [p for p, t in enumerate(sentence.tokens) if t.start < end - low and start - low < t.end]
        if places:
            return _with_trigger(around, sentence, places, start - low, end - low)
    return note[start:end]


def _with_trigger(text: str, sentence: Sentence, places: list[int], start: int, end: int) -> str:
    claims = Assertions(sentence).claims_on((places[0], places[-1]))
    for claim in claims:
        if claim.assertion in _UNSURE and claim.start >= 0:
            tokens = sentence.tokens[claim.start : claim.end]
            return text[min(start, tokens[0].start) : max(end, tokens[-1].end)]
    return text[start:end]
