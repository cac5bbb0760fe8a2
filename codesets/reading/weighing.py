"""How much a mention counts: where it stands, what kind of code it is, how surely the words mean it.

The numbers are ours, chosen on notes of our own (`tests/codesets/reading`); the order is that of coding practice:
what is assessed at the visit first, then its reason, then what is carried along.
"""

from __future__ import annotations

from codesets.reading.mentions import Named
from codesets.reading.model import SectionKind
from codesets.reading.tokens import fillers, word_set

_SECTIONS = {
    SectionKind.ASSESSMENT: 3.2,
    SectionKind.PLAN: 1.6,
    SectionKind.PROBLEMS: 3.0,
    SectionKind.COMPLAINT: 2.4,
    SectionKind.HPI: 1.8,
    SectionKind.OTHER: 1.8,
    SectionKind.PAST: 1.7,
    SectionKind.SURGICAL: 1.4,
    SectionKind.SOCIAL: 1.5,
    SectionKind.RESULTS: 1.0,
    SectionKind.PROCEDURE: 0.8,
    SectionKind.EXAM: 0.9,
    SectionKind.ROS: 0.6,
    SectionKind.VITALS: 0.3,
    SectionKind.MEDICATIONS: 0.5,
    SectionKind.ALLERGIES: 1.0,
    SectionKind.IMMUNIZATIONS: 0.3,
    SectionKind.INSTRUCTIONS: 0.2,
    SectionKind.FAMILY: 0.0,
}
_HEAD = {SectionKind.ASSESSMENT: 10.0, SectionKind.PLAN: 8.0, SectionKind.PROBLEMS: 4.0}
#: Codes of signs, symptoms and pain: chapter 18 and what is like it.
SYMPTOMS = (
    "R",
    "M254",
    "M255",
    "M256",
    "M542",
    "M545",
    "M546",
    "M549",
    "H531",
    "H538",
    "H539",
    "M796",
    "M791",
    "H920",
    "L299",
    "N644",
    "H571",
    "H042",
    "N949",
)
#: Reasons for a visit: they are first-listed when they are said (guideline I.C.21.c.16).
_VISITS = ("Z00", "Z01", "Z02", "Z34", "Z39", "Z30", "Z09", "Z48", "Z11", "Z12", "Z13")
_COMES = word_set("presents presented presenting here seen comes came brought visit returns returning today")
_OPEN = (SectionKind.HPI, SectionKind.OTHER)
#: Results of an examination that are coded although no diagnosis explains them.
_FOUND_AT_EXAM = ("R011", "R160", "R161", "R162", "R590", "R591")


def is_symptom(key: str) -> bool:
    """Whether a key is a sign or a symptom, which a confirmed diagnosis may explain (guideline I.B.4-5)."""
    return key.startswith(SYMPTOMS)


def weight_of(named: Named, key: str, prior: float) -> float:
    """The weight of one mention for one code."""
    mention = named.mention
    base = _HEAD.get(mention.section, 0.0) if mention.headed else 0.0
    base = base or _SECTIONS[mention.section]
    if key.startswith(_VISITS) and not mention.headed:
        base *= _visit_share(named)
    if is_symptom(key) and not mention.headed:
        base *= 0.8 if key.startswith(_FOUND_AT_EXAM) else 0.45
    sure = 1.0 if mention.headed and _is_whole_name(named) else 0.55 + 0.45 * min(1.0, prior / 0.8)
    return base * sure


def _is_whole_name(named: Named) -> bool:
    """Whether an item is named by the mention's words and nothing else: such a name leaves little doubt."""
    little, mention = fillers(), named.mention
    for token in named.sentence.tokens:
        if token.raw in ",(" and token.start > mention.start:
            return True
        if token.is_word and token.word not in little and not mention.start <= token.start < mention.end:
            return False
    return True


def _visit_share(named: Named) -> float:
    """The reason that is said to have brought the patient counts thrice; an examination that is told of, little."""
    section = named.mention.section
    said = section in _OPEN and any(token.lower in _COMES for token in named.sentence.tokens)
    if section is SectionKind.COMPLAINT or said:
        return 3.0
    return 1.0 if section in (SectionKind.ASSESSMENT, SectionKind.PLAN) else 0.4


def together(weights: list[float]) -> float:
    """Several mentions of one code: the best in full, others a little each."""
    ordered = sorted(weights, reverse=True)
    return ordered[0] + min(1.5, 0.25 * sum(ordered[1:6]))
