"""What a sentence asserts of each of its words: scopes of trigger words, check boxes, answers, experiencers.

After NegEx (Chapman 2001) and ConText (Harkema 2009).  A trigger reaches a number of words forward or back;
a scope ends at a stop word, at a new subject, and at a comma unless the trigger runs through lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesets.reading.experiencer import experiencers, groups
from codesets.reading.layout import Sentence, is_dash
from codesets.reading.model import Assertion, SectionKind
from codesets.reading.tokens import Token, fillers, word_set
from codesets.reading.triggers import Hit, hits_of

#: Which assertion wins where several scopes meet.
_ORDER = {
    Assertion.FAMILY: 7,
    Assertion.OTHER_PERSON: 7,
    Assertion.NEGATED: 6,
    Assertion.HYPOTHETICAL: 5,
    Assertion.PLANNED: 4,
    Assertion.UNCERTAIN: 3,
    Assertion.HISTORICAL: 2,
    Assertion.PRESENT: 0,
}
_NEW_CLAUSE = word_set(
    "has have had is was are were does did do continue continued start started stop will would can could "
    "take takes use uses using reports states positive increase decrease stable improved worse he she "
    "they patient pt we normal intact clear"
)
_NO = word_set("no none denies denied negative neg absent never n")
_IS_NOT = word_set("met present found seen noted suspected evident")
_YES = frozenset(["yes", "positive", "pos", "present", "y"])
_UNTICKED = frozenset(("[ ]", "[]", "\u2610", "(-)"))
_TICKED = frozenset(("[x]", "\u2611", "\u2612", "\u2713", "(+)", "+"))


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion over a token, and the trigger words that make it: tokens `start` to `end`."""

    assertion: Assertion
    trigger: str
    start: int
    end: int


class Assertions:
    """The claims on each token of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self._tokens = sentence.tokens
        self._section = sentence.section
        self._claims: list[list[Claim]] = [[] for _ in sentence.tokens]
        hits = hits_of(sentence.tokens)
        self._stops = {hit.start for hit in hits if hit.trigger.category == "stop"}
        for hit in hits:
            if hit.trigger.category not in ("stop", "pseudo"):
                self._cover(hit)
        for place, (whose, word) in experiencers(sentence.tokens).items():
            self._claims[place].append(Claim(whose, word, -1, -1))
        self._boxes()
        self._question()
        self._verdict()

    def of(self, places: Sequence[int]) -> tuple[Assertion, str]:
        """What is asserted of the tokens at `places`, and by which words; triggers among them don't count."""
        answer = self._answer(places[-1] + 1)
        if answer is not None:
            return answer
        own = {*places, *(p for p in range(places[0], places[-1]) if self._tokens[p].word in fillers())}
        claims = [
            claim
            for place in (places[0], places[-1])
            for claim in self._claims[place]
            if claim.start < 0 or not own.issuperset(range(claim.start, claim.end)) or claim.start == claim.end
        ]
        if self._section is SectionKind.FAMILY:
            negated = [c for c in claims if c.assertion is Assertion.NEGATED]
            return (Assertion.NEGATED, negated[0].trigger) if negated else (Assertion.FAMILY, "Family history")
        best = max(claims, key=lambda claim: _ORDER[claim.assertion], default=None)
        return (best.assertion, best.trigger) if best else (Assertion.PRESENT, "")

    def claims_on(self, places: Sequence[int]) -> list[Claim]:
        """All that is claimed of some tokens, in the order of the triggers."""
        return [claim for place in places for claim in self._claims[place]]

    def _cover(self, hit: Hit) -> None:
        claim = Claim(Assertion(hit.trigger.category), hit.trigger.text, hit.start, hit.end)
        if hit.trigger.reach in ("after", "both"):
            for place in _after(self._tokens, hit, self._stops):
                self._claims[place].append(claim)
        if hit.trigger.reach in ("before", "both"):
            for place in _before(self._tokens, hit, self._stops):
                self._claims[place].append(claim)

    def _question(self) -> None:
        """A mark at the end of a few words: "Sleep apnea?"."""
        last = len(self._tokens) - 1
        if self._tokens[last].raw == "?":
            for place in range(max(0, last - 4), last):
                self._claims[place].append(Claim(Assertion.UNCERTAIN, "?", last, last + 1))

    def _verdict(self) -> None:
        """A "no" behind the last colon is said of all before it: "COVID-19 and influenza swabs: negative"."""
        tokens = self._tokens
        colon = next((place for place in range(len(tokens) - 1, 0, -1) if tokens[place].raw == ":"), 0)
        if not colon or colon + 1 >= len(tokens) or tokens[colon + 1].lower not in _NO:
            return
        if colon + 2 < len(tokens) and tokens[colon + 2].is_word:
            return
        for place in range(colon):
            self._claims[place].append(Claim(Assertion.NEGATED, tokens[colon + 1].raw, colon + 1, colon + 2))

    def _boxes(self) -> None:
        """`[ ] asthma`, `(-) fever`, and a minus straight before a word in a review of systems."""
        box = ""
        for place, token in enumerate(self._tokens):
            if token.raw in _UNTICKED or token.lower in _TICKED:
                box = token.raw
            elif token.raw in ",;" and box in ("(-)", "(+)", "+"):
                box = ""
            elif self._minus(place):
                self._claims[place + 1].append(Claim(Assertion.NEGATED, "-", place, place + 1))
            if token.is_word and box in _UNTICKED:
                self._claims[place].append(Claim(Assertion.NEGATED, box, place, place))

    def _minus(self, place: int) -> bool:
        tokens = self._tokens
        if tokens[place].raw != "-" or place + 1 >= len(tokens) or tokens[place + 1].start != tokens[place].end:
            return False
        apart = place == 0 or tokens[place - 1].end < tokens[place].start
        return apart and self._section in (SectionKind.ROS, SectionKind.EXAM, SectionKind.HPI)

    def _answer(self, end: int) -> tuple[Assertion, str] | None:
        """The answer in "Asthma: No" or "DM - none": it comes before every scope."""
        tokens = self._tokens
        if end + 1 >= len(tokens) or not (tokens[end].raw in (":", "?") or is_dash(tokens, end)):
            return None
        last = len(tokens) <= end + 4 or not tokens[end + 2].is_word
        not_so = tokens[end + 1].lower == "not" and end + 2 < len(tokens) and tokens[end + 2].lower in _IS_NOT
        if last and (not_so or tokens[end + 1].lower in _NO):
            return Assertion.NEGATED, tokens[end + 1].raw
        if last and tokens[end + 1].lower in _YES and self._section is not SectionKind.FAMILY:
            return Assertion.PRESENT, ""
        return None


def _after(tokens: Sequence[Token], hit: Hit, stops: set[int]) -> range:
    trigger = hit.trigger
    words, place = 0, hit.end
    while place < len(tokens) and place not in stops:
        token = tokens[place]
        if token.raw == "," and not _runs_on(tokens, place, trigger.comma):
            break
        if token.raw == ",":
            words = 0
        if token.raw in ("(+)", "+", "[x]", "[X]") or _new_subject(tokens, place, hit.end):
            break
        if token.is_word:
            words += 1
            if trigger.scope and words > trigger.scope:
                break
        place += 1
    return range(hit.end, place)


def _new_subject(tokens: Sequence[Token], place: int, start: int) -> bool:
    joined = place > start and tokens[place - 1].lower in ("and", "then")
    return joined and groups().get(tokens[place].lower) == "patient"


def _runs_on(tokens: Sequence[Token], comma: int, policy: str) -> bool:
    """Whether a scope goes on behind a comma: in a list, until a new clause begins."""
    if policy == "no" or comma + 1 >= len(tokens):
        return False
    following = [token.lower for token in tokens[comma + 1 : comma + 8]]
    first = following[1] if following[0] in ("and", "or", "but") and len(following) > 1 else following[0]
    if first in _NEW_CLAUSE or following[0] == "but":
        return False
    return policy == "yes" or "or" in following or "nor" in following


def _before(tokens: Sequence[Token], hit: Hit, stops: set[int]) -> range:
    scope = hit.trigger.scope
    words, place = 0, hit.start
    while place > 0:
        token = tokens[place - 1]
        if place - 1 in stops and place - 1 != hit.start - 1:
            break
        if token.raw in (",", ":") and scope:
            break
        if token.is_word:
            words += 1
            if scope and words > scope:
                break
        place -= 1
    return range(place, hit.start)
