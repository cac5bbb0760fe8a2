"""From mentions to ranked codes.

Negated words, relatives, other persons, conditions that may come and tests are never codes; uncertain
diagnoses are none in an outpatient note, where the sign or symptom stands for them (guideline IV.H), and
are coded like the rest in an inpatient one (guideline II.H).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codesets.reading import history
from codesets.reading.combine import combine
from codesets.reading.draft import Draft, because
from codesets.reading.drugs import drug_drafts
from codesets.reading.give_way import give_way
from codesets.reading.integral import is_part
from codesets.reading.joined import join
from codesets.reading.layout import Layout
from codesets.reading.mentions import Named
from codesets.reading.model import Alternative, Assertion, SectionKind, Suggestion
from codesets.reading.pregnancy import with_pregnancy
from codesets.reading.qualities import SIDES
from codesets.reading.specific import PRESUMED, Choice, Codes, title_words
from codesets.reading.tokens import word_set
from codesets.reading.unnamed import Asked
from codesets.reading.use_disorders import of_use
from codesets.reading.visits import number_drafts, trimester, weeks_in
from codesets.reading.weighing import is_symptom, together, weight_of
from codesets.tables import read_table

_MOST = 12
_LEAST, _LEAST_SHARE = 0.7, 0.09
_INTEGRAL, _BESIDE_DIAGNOSIS = 0.2, 0.55
_HISTORY, _FAMILY = 0.75, 0.5
_STAND_IN, _STAND_IN_MOST = 2.5, 8.0
_HEALING = frozenset(["healing", "healed", "aftercare", "followup", "subsequent", "recheck"])
#: What was done to the patient, and words that tell that it is still to be done.
_STATUS = ("Z89", "Z90", "Z94", "Z95", "Z96", "Z98")
_INTENDED = word_set(
    "scheduled schedule considered donor list listed discussed discuss consider considering recommend recommended "
    "undergo candidate need needs option options planned planning before refer referred elective upcoming future if "
    "eventually proceed like wants wishes referrals referral surgery evaluation"
)
#: Osteoarthritis of a joint is primary unless told otherwise (Coding Clinic, fourth quarter of 2016).
_PRIMARY, _NO_SITE = ("M16", "M17", "M18", "M19"), "M199"
_DONE = word_set("status s/p post history hx had has underwent previous prior placed replaced after since ago recent")
#: What has its stage behind its name without the word: "CKD 3b".
_STAGED, _OF_STAGES = "N18", frozenset(("stage", "mild", "severe"))
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIABETES = ("E08", "E09", "E10", "E11", "E13")
_KIDNEY = "22"
_OF_THE_EYE = re.compile(r"E(08|09|10|11|13)3[2-57]")
_GLAUCOMA = re.compile(r"H40(1[0-4]|[3-6])")
_STAGES_OF_GLAUCOMA = {"mild": "1", "moderate": "2", "severe": "3", "indeterminate": "4"}
_EYES = {"right": "1", "left": "2", "bilateral": "3"}
#: Growths and infections of the skin, whose codes go by regions of the body.
_OF_SKIN = ("C43", "C44", "C4A", "D03", "D04", "D17", "D22", "D23", "L02", "L03")
#: Conditions that tell of a pregnancy by themselves.
_OF_PREGNANCY = ("O00", "O02", "O03", "O13", "O14", "O15", "O20", "O21", "O244", "O72")
_FIRST_PREGNANCY = "Z340"
_FIRST_ONLY_CHILD = {"Z0000": "Z00129", "Z0001": "Z00121"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the visit: `age` in years (None unknown), `pregnant` as the note tells it."""

    inpatient: bool
    age: int | None
    sex: str
    pregnant: bool


def suggestions_of(
    text: str, layout: Layout, named: Sequence[Named], codes: Codes, facts: Circumstances, asked: Sequence[Asked] = ()
) -> tuple[Suggestion, ...]:
    """The suggestions, best first; `asked` are items that only the code search could name."""
    maker = _Maker(text, layout, named, codes, facts)
    maker.add_asked(asked)
    return tuple(_finished(draft, codes) for draft in maker.ranked())


def _is_of_pregnancy(draft: Draft) -> bool:
    """Whether a code of chapter 15 is named by an item: these go before the other chapters' (guideline I.C.15.a.1)."""
    return draft.key[0] == "O" and draft.headed


class _Maker:
    def __init__(self, text: str, layout: Layout, named: Sequence[Named], codes: Codes, facts: Circumstances) -> None:
        self._text, self._layout, self._named = text, layout, named
        self._codes, self._facts = codes, facts
        self._drafts: dict[str, Draft] = {}
        self._uncertain: list[str] = []
        self._sides = self._sides_by_category()
        self._items = self._words_by_item()
        kinds = {key[:3] for one in named for key, _, _ in one.codes[:1] if key in ("E109", "E119")}
        self._has_type_1 = kinds == {"E10"}

    def ranked(self) -> list[Draft]:
        for one in self._named:
            self._consider(one)
        for draft in self._drafts.values():
            draft.score = together(draft.weights)
        kept = [draft for draft in self._drafts.values() if draft.headed or not draft.key.startswith(self._ruled_out())]
        drafts = give_way(join(combine(kept, self._codes), self._codes))
        if self._facts.pregnant:
            drafts = with_pregnancy(drafts, self._codes, self._trimester())
        keys = {d.key for d in drafts if d.score > _LEAST}
        more = drug_drafts(self._text, self._layout.sentences, self._codes, keys)
        facts = self._facts
        more += number_drafts(self._text, self._layout.sections, self._codes, keys, facts.pregnant, facts.age)
        for draft in more:
            draft.score = together(draft.weights)
            if all(draft.key != other.key for other in drafts):
                drafts.append(draft)
        self._lower_symptoms(drafts)
        drafts.sort(key=lambda d: (not _is_of_pregnancy(d), -round(d.score, 4), d.mention.start, d.key))
        least = max(_LEAST, _LEAST_SHARE * max(draft.score for draft in drafts)) if drafts else 0.0
        return [d for d in _without_vaguer(drafts) if d.score >= least][:_MOST]

    def add_asked(self, asked: Sequence[Asked]) -> None:
        """The codes that the code search gave for the names of items."""
        for mention, key, score, words in asked:
            choice = self._codes.specific(key, words)
            if choice is not None and choice.key not in self._drafts:
                why = because(mention, "by the code search")
                self._drafts[choice.key] = Draft(choice, mention, "search.head", why, [7.0 * min(score, 1.0)])
                self._drafts[choice.key].headed = True

    def _ruled_out(self) -> tuple[str, ...]:
        """The likeliest keys of what an item says is ruled out: elsewhere in the note it counts no more."""
        items = [one for one in self._named if one.mention.headed and one.mention.assertion is Assertion.NEGATED]
        return tuple(one.codes[0][0] for one in items if one.mention.trigger.endswith(("ruled out", "excluded")))

    # -- one mention ----------------------------------------------------------------------------

    def _consider(self, one: Named) -> None:
        mention = one.mention
        code = self._code_of(one)
        if code is None:
            return
        key, prior = code
        said = mention.assertion
        if said is Assertion.PRESENT and self._is_over(one, key):
            said = Assertion.HISTORICAL
        if said is Assertion.UNCERTAIN and not self._facts.inpatient:
            self._uncertain.append(key)
        elif said is Assertion.FAMILY:
            self._status(one, key, history.of_family(key), "family", _FAMILY)
        elif said is Assertion.HISTORICAL and not (
            key[0] == "Z" or history.stays(key, mention.trigger) or is_symptom(key)
        ):
            self._status(one, key, history.personal(key), "history", _HISTORY)
        elif said in (Assertion.PRESENT, Assertion.HISTORICAL, Assertion.UNCERTAIN):
            if said is Assertion.HISTORICAL and is_symptom(key):
                return
            self._present(one, key, prior)

    def _is_over(self, one: Named, key: str) -> bool:
        """Whether a condition is told of as past.

        An acute event outside a hospital, unless it is assessed (I.C.9.d, I.C.9.e); a cancer that stands with its
        year among what the patient had (I.C.2.m).
        """
        if key[0] == "C" and one.mention.section is SectionKind.PAST:
            return any(_YEAR.fullmatch(token.raw) for token in one.near)
        return key.startswith(("I63", "I21")) and not (self._facts.inpatient or one.mention.headed)

    def _code_of(self, one: Named) -> tuple[str, float] | None:
        """The likeliest code of a wording that fits the patient and the section."""
        section = one.mention.section
        for key, prior, _ in one.codes:
            if key[0] == "P" and (self._facts.age is None or self._facts.age > 0):
                continue
            if key[0] == "O" and not (self._facts.pregnant or self._tells_pregnancy(key)):
                continue
            if section is SectionKind.SURGICAL and key[0] != "Z":
                continue
            if section is SectionKind.ALLERGIES and not key.startswith(("Z88", "Z91", "J30")):
                continue
            return key, prior
        return None

    def _tells_pregnancy(self, key: str) -> bool:
        return self._facts.sex.upper() != "M" and key.startswith(_OF_PREGNANCY)

    def _present(self, one: Named, key: str, prior: float) -> None:
        if key.startswith(_STATUS) and _is_to_come(one):
            return
        if key.startswith(("Z48", "Z09")) and {"day", "week", "month"} & {token.word for token in one.sentence.tokens}:
            return  # it is to come
        said, char = self._said(one, key), self._encounter(one, key)
        choice = self._codes.specific(of_use(self._for_patient(key), said), said, char, self._denied(one))
        if choice is None:
            return
        rule = f"mention.{'head' if one.mention.headed else one.mention.section}"
        for each in self._both_sides(choice, key, said, char):
            self._add(each, one, rule, because(one.mention), weight_of(one, each.key, prior))
        if choice.key[:3] in _DIABETES and choice.key[3:] == _KIDNEY:
            self._add_stage(one, said, rule, prior)

    def _add_stage(self, one: Named, said: set[str], rule: str, prior: float) -> None:
        """The stage of the kidney disease beside diabetes with it, as the note at the code asks."""
        choice = self._codes.specific("N189", said | {"stage"})
        if choice is not None and choice.key != "N189":
            why = because(one.mention, "the stage of the kidney disease beside the diabetes")
            self._add(choice, one, rule, why, weight_of(one, choice.key, prior))

    def _both_sides(self, choice: Choice, key: str, said: set[str], char: str) -> list[Choice]:
        """Right and left, where both are told and no one code says so (guideline I.B.13)."""
        if "bilateral" not in said or "side" not in choice.missing:
            return [choice]
        bare = said - {"bilateral"}
        sides = [self._codes.specific(key, {*bare, side, "unilateral"}, char) for side in ("right", "left")]
        found = [side for side in sides if side is not None and side.answered > choice.answered]
        return found if len(found) == 2 else [choice]

    def _status(self, one: Named, key: str, code: str, rule: str, share: float) -> None:
        """A past or a relative's condition as its status code."""
        choice = self._codes.specific(code.replace(".", ""), self._said(one, key)) if code else None
        if choice is None:
            return
        assessed = one.mention.section in (SectionKind.ASSESSMENT, SectionKind.PLAN)
        weight = share * (1.5 if rule == "family" and not assessed else weight_of(one, choice.key, 1.0))
        self._add(choice, one, f"{rule}.{choice.code[:3]}", because(one.mention), weight)

    def _add(self, choice: Choice, one: Named, rule: str, why: str, weight: float) -> None:
        draft = self._drafts.get(choice.key)
        if draft is None:
            draft = self._drafts[choice.key] = Draft(choice, one.mention, rule, why)
        elif weight > max(draft.weights):
            draft.choice, draft.mention, draft.rule, draft.why = choice, one.mention, rule, why
        draft.weights.append(weight)
        draft.headed = draft.headed or one.mention.headed

    # -- what is said around --------------------------------------------------------------------

    def _sides_by_category(self) -> dict[str, set[str]]:
        """The sides that the note gives for codes of a category."""
        sides: dict[str, set[str]] = defaultdict(set)
        for one in self._named:
            if one.mention.laterality:
                for key, _, _ in one.codes[:2]:
                    sides[key[:4]].add(one.mention.laterality)
        return sides

    def _words_by_item(self) -> dict[int, set[str]]:
        items: dict[int, set[str]] = defaultdict(set)
        for sentence in self._layout.sentences:
            if sentence.section in (SectionKind.ASSESSMENT, SectionKind.PLAN):
                items[sentence.item] |= {t.word for t in sentence.tokens if t.is_word}
        return items

    def _said(self, one: Named, key: str) -> set[str]:
        """The words that may make a code specific: near the mention, in its item, its side from elsewhere."""
        words = {word for token in one.near for word in (token.word, *token.also)} | set(one.words)
        side = one.mention.laterality
        if not side:
            elsewhere = self._sides.get(key[:4], set()) or self._complaint_sides(key)
            side = next(iter(elsewhere)) if len(elsewhere) == 1 else ""
        words -= SIDES
        if side:
            words.add(side)
            words.add("bilateral" if side == "bilateral" else "unilateral")
        if key[0] == "S" and "nondisplaced" not in words:
            words |= PRESUMED
        if key.startswith(_STAGED):
            words |= _OF_STAGES
        if key.startswith(_PRIMARY) and not key.startswith(_NO_SITE) and not words & {"secondary", "posttraumatic"}:
            words.add("primary")
        if key.startswith(_OF_SKIN):
            words |= {row["means"] for row in read_table("note_sites") if row["word"] in words}
        return words | (self._trimester() if self._facts.pregnant else set())

    def _trimester(self) -> set[str]:
        weeks = weeks_in(self._text)
        return {trimester(weeks[0]), "trimester"} if weeks else set()

    def _complaint_sides(self, key: str) -> set[str]:
        """The side of the complaint, for injuries and joints whose name gives none."""
        if key[0] not in "SMH":
            return set()
        return {
            one.mention.laterality
            for one in self._named
            if one.mention.section in (SectionKind.COMPLAINT, SectionKind.HPI)
            and one.mention.laterality
            and one.codes[0][0][0] in "SMH"
        }

    def _encounter(self, one: Named, key: str) -> str:
        """The seventh character: A while treatment is active, D when healing is followed (guideline I.C.19.a).

        Of the eye in diabetes it is the side, of glaucoma the stage.
        """
        if _OF_THE_EYE.match(key):
            return _EYES.get(one.mention.laterality, "9")
        if _GLAUCOMA.match(key):
            return _STAGES_OF_GLAUCOMA.get(one.mention.severity, "0")
        words = {token.word for token in one.sentence.tokens}
        return "D" if words & _HEALING else "S" if "sequela" in words else "A"

    def _denied(self, one: Named) -> frozenset[str]:
        """The words near a mention that stand behind a "without"."""
        words = [token.lower for token in one.near]
        if "without" not in words:
            return frozenset()
        behind = one.near[words.index("without") + 1 :]
        end = next((place for place, token in enumerate(behind) if token.raw in ",;:()"), len(behind))
        return frozenset(token.word for token in behind[:end] if token.is_word)

    def _for_patient(self, key: str) -> str:
        """The code for a child, or for the type of diabetes that the note tells."""
        if key.startswith("E11") and key != "E119" and self._has_type_1:
            key = f"E10{key[3:]}"
        if key.startswith(_FIRST_PREGNANCY) and self._facts.pregnant and "first" in self._trimester():
            return f"{_FIRST_PREGNANCY}1"  # its title says "first" twice
        age = self._facts.age
        return _FIRST_ONLY_CHILD.get(key, key) if age is not None and age < 18 else key

    # -- all together ---------------------------------------------------------------------------

    def _lower_symptoms(self, drafts: list[Draft]) -> None:
        """Symptoms of a suggested diagnosis rank low; those of an uncertain one stand in for it."""
        sure = [d for d in drafts if not is_symptom(d.key) and d.key[0] != "Z" and d.score > 1.0]
        headed = [d for d in sure if d.headed]
        for draft in drafts:
            if not is_symptom(draft.key):
                continue
            if is_part(draft.key, (d.key for d in sure if d.score >= 0.5 * draft.score or d.headed)):
                draft.score *= _INTEGRAL if not draft.headed else 0.5
            elif is_part(draft.key, self._uncertain):
                draft.score = max(draft.score, 3.0, min(draft.score * _STAND_IN, _STAND_IN_MOST))
                draft.rule = "uncertain.symptom"
                draft.why += "; the diagnosis is uncertain, so the symptom (guideline IV.H)"
            elif headed and not draft.headed:
                draft.score *= _BESIDE_DIAGNOSIS


def _without_vaguer(drafts: list[Draft]) -> Iterable[Draft]:
    """Of codes of one thing in a category, a vague one gives way to a specific one that ranks near it."""
    special = any(draft.key.startswith(("Z0141", "Z0012", "Z018")) for draft in drafts)
    for draft in drafts:
        if special and draft.key.startswith("Z000"):
            continue
        if not _is_vague(draft):
            yield draft
            continue
        better = any(
            other is not draft
            and _kind(other.key) == _kind(draft.key)
            and title_words(other.choice.title) & title_words(draft.choice.title)
            and not _is_vague(other)
            and other.score >= 0.5 * draft.score
            and (other.headed or not draft.headed)
            for other in drafts
        )
        if not better:
            yield draft


def _is_vague(draft: Draft) -> bool:
    return "unspecified" in draft.choice.title.lower()


def _is_to_come(one: Named) -> bool:
    """Is an operation still to be done?  Under an assessed item it is, unless something tells that it is past."""
    words = {token.lower for token in one.sentence.tokens}
    if words & _INTENDED:
        return True
    planned = one.mention.section in (SectionKind.ASSESSMENT, SectionKind.PLAN) and not one.mention.headed
    return planned and not (words & _DONE or any(_YEAR.fullmatch(word) for word in words))


def _kind(key: str) -> str:
    """What a code is of: its category, in diabetes the kind of complication."""
    return key[:4] if key.startswith(_DIABETES) else key[:3]


def _finished(draft: Draft, codes: Codes) -> Suggestion:
    beside = tuple(Alternative(c.code, c.title) for c in codes.siblings(draft.key))
    return Suggestion(
        code=draft.choice.code,
        title=draft.choice.title,
        start=draft.mention.start,
        end=draft.mention.end,
        assertion=draft.mention.assertion,
        rule=draft.rule,
        why=draft.why,
        score=round(draft.score, 3),
        alternatives=beside,
        missing=draft.choice.missing,
    )
