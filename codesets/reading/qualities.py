"""What a note says more of a condition: side, severity, acuity, stage, trimester."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codesets.reading.tokens import Token

_SIDES = {
    "right": "right", "rt": "right", "r": "right", "left": "left", "lt": "left", "l": "left",
    "bilateral": "bilateral", "bilaterally": "bilateral", "both": "bilateral", "b/l": "bilateral",
}  # fmt: skip
SIDES = frozenset(("right", "left", "bilateral"))
_SEVERITIES = frozenset(["mild", "moderate", "severe"])
_ACUITIES = frozenset(["acute", "chronic", "subacute", "recurrent", "exacerbation"])
COUNTED = frozenset(["stage", "class", "grade", "type"])
_TRIMESTERS = {"first": "first", "second": "second", "third": "third", "1": "first", "2": "second", "3": "third"}


def side_of(tokens: Iterable[Token]) -> str:
    """The one side that some tokens name; "" for none or for several."""
    found = {_SIDES[t.lower] for t in tokens if t.lower in _SIDES and (len(t.raw) > 1 or t.raw.isupper())}
    if found >= {"right", "left"}:
        return "bilateral"
    return found.pop() if len(found) == 1 else ""


def severity_of(tokens: Iterable[Token]) -> str:
    """Mild, moderate or severe."""
    return next((t.lower for t in tokens if t.lower in _SEVERITIES), "")


def acuity_of(tokens: Iterable[Token]) -> str:
    """Acute, chronic, subacute, recurrent; "acute on chronic" when both are said."""
    said = {t.word for t in tokens if t.word in _ACUITIES}
    if said >= {"acute", "chronic"}:
        return "acute on chronic"
    return min(said, default="")


def stage_of(tokens: Sequence[Token]) -> str:
    """The stage, class or grade with its number: "stage 3b"."""
    for place, token in enumerate(tokens[:-1]):
        if token.lower in COUNTED and tokens[place + 1].word[:1].isdigit():
            return f"{token.lower} {tokens[place + 1].word}"
    return ""


def trimester_of(tokens: Sequence[Token]) -> str:
    """First, second or third, where a trimester is named."""
    for place, token in enumerate(tokens):
        if token.lower == "trimester" and place:
            return _TRIMESTERS.get(tokens[place - 1].word, "")
    return ""
