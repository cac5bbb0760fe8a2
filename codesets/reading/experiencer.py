"""Whom the words of a sentence are about: the patient, a blood relative, another person.

After the experiencer of ConText (Harkema 2009), with the grammatical subject looked at: "his wife has …" is the
wife's, "his wife reports …" the patient's, "breast cancer in her mother" reaches back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from codesets.reading.model import Assertion
from codesets.reading.tokens import Token, word_set
from codesets.tables import read_table

_PREPOSITIONS = word_set("with by to from for at than and like via per")
_BACK = frozenset(["in", "of"])
_DETERMINERS = word_set(
    "his her their my the a an our both another older younger oldest youngest your "
    "maternal paternal first second twin half great"
)
_SOME = word_set("both one two three all some each several most many either neither")
_GROUPS = {"family": Assertion.FAMILY, "other": Assertion.OTHER_PERSON}
_FAR = 12


@lru_cache(maxsize=1)
def groups() -> dict[str, str]:
    """What a word tells about the subject, by the word."""
    return {row["word"]: row["group"] for row in read_table("note_experiencers")}


def experiencers(tokens: Sequence[Token]) -> dict[int, tuple[Assertion, str]]:
    """The tokens that are about somebody else: (whom, the word that tells it) by their place."""
    known = groups()
    found: dict[int, tuple[Assertion, str]] = {}
    for place, token in enumerate(tokens):
        word, own, _ = token.lower.partition("'")
        group = _GROUPS.get(known.get(word, ""))
        if group is None:
            continue
        if own or (place + 1 < len(tokens) and tokens[place + 1].lower == "'"):
            _mark(found, range(place + 1, min(place + 5, len(tokens))), group, word)
            if any(token.lower == "side" for token in tokens[place + 1 : place + 3]):
                _mark(found, _back(tokens, place), group, word)
        elif _tells_about_patient(tokens, place):
            continue
        else:
            before = "" if _is_part_of_a_group(tokens, place) else _before(tokens, place)
            if before in _BACK or before in ("(", "-"):
                _mark(found, _back(tokens, place), group, word)
            told = place + 1 < len(tokens) and tokens[place + 1].lower in ("who", "whose")
            if told or (before not in _PREPOSITIONS and before not in _BACK):
                _mark(found, _forward(tokens, place), group, word)
    return found


def _mark(found: dict[int, tuple[Assertion, str]], places: range, group: Assertion, word: str) -> None:
    for place in places:
        found.setdefault(place, (group, word))


def _tells_about_patient(tokens: Sequence[Token], place: int) -> bool:
    known = groups()
    return any(known.get(token.lower) == "reports" for token in tokens[place + 1 : place + 4] if token.is_word)


def _before(tokens: Sequence[Token], place: int) -> str:
    """The word before the person's, determiners left out."""
    place -= 1
    while place >= 0 and tokens[place].lower in _DETERMINERS:
        place -= 1
    return tokens[place].lower if place >= 0 else ""


def _is_part_of_a_group(tokens: Sequence[Token], place: int) -> bool:
    """Are they the subject as "both of his parents", "one of her sisters"?"""
    place -= 1
    while place >= 0 and tokens[place].lower in _DETERMINERS:
        place -= 1
    return place > 0 and tokens[place].lower == "of" and tokens[place - 1].lower in _SOME


def _back(tokens: Sequence[Token], place: int) -> range:
    low = place
    while low > 0 and place - low < _FAR and tokens[low - 1].raw not in ",:;":
        low -= 1
    return range(low, place)


def _forward(tokens: Sequence[Token], place: int) -> range:
    """To the end of the sentence, or to where the patient is the subject again."""
    known = groups()
    verb = any(token.lower in _VERBS for token in tokens[place + 1 : place + 4])
    high = place + 1
    while high < len(tokens):
        token, before = tokens[high], tokens[high - 1]
        if (
            known.get(token.lower) == "patient"
            and high > place + 1
            and before.lower in ("and", ",", "but", "while", "so")
        ):
            break
        if token.lower in ("but", "patient", "however", "while") or (
            not verb and token.raw in ")" and high > place + 1
        ):
            break
        if known.get(token.lower) in _GROUPS and before.raw in ",(" and high > place + 1:
            break
        high += 1
    return range(place + 1, high)


_VERBS = word_set(
    "has had have was is were with died diagnosed suffers who also recently currently got tested "
    "developed passed deceased are takes took"
)
