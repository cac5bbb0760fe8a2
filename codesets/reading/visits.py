"""Numbers that are codes: weeks of a pregnancy (Z3A), body mass index (Z68)."""

from __future__ import annotations

import re
from collections.abc import Collection

from codesets.reading.draft import Draft, because
from codesets.reading.model import Assertion, Mention, Section, SectionKind
from codesets.reading.specific import Codes

_WEEKS = re.compile(
    r"\b(\d{1,2})(?:\s+\d/7)?\s*[- ]?(?:weeks?|wks?|w)(?:\b|(?=\d))(?:\s*\d\s*d\w*)?"
    r"(?=[^.\n]{0,30}\b(?:gest|pregnan|GA\b|IUP|EGA))"
    r"|\b(?:IUP|EGA|GA|gestation|pregnan\w+)\b[^.\n\d]{0,20}(\d{1,2})(?:\s+\d/7)?\s*[- ]?(?:weeks?|wks?|w)\b",
    re.IGNORECASE,
)
#: Not those at which a scan was made.
_ANY_WEEKS = re.compile(
    r"\b(\d{1,2})(?:\s+\d/7)?\s*[- ]?(?:weeks?|wks?|w)(?:\b|(?=\d\s*d))(?!\s*(?:US\b|u/s|ultraso|scan|sono))",
    re.IGNORECASE,
)
_BMI = re.compile(r"\bBMI\b[^\d\n]{0,12}(\d{2}(?:\.\d)?)", re.IGNORECASE)
_RANGE = re.compile(
    r"\b(?:(\d[\d.]*)-(\d[\d.]*)|(\d[\d.]*) or less|(\d[\d.]*) or (?:greater|more)), adult", re.IGNORECASE
)
#: The adult codes are from 20 years; they go with a diagnosis of weight, and none is given in a pregnancy (I.C.21.c.3).
_ADULT = 20
_OF_WEIGHT = ("E40", "E41", "E42", "E43", "E44", "E45", "E46", "E66", "F500", "R634", "R635", "R636")
_PREGNANT = re.compile(
    r"\b(?:pregnan(?:t|cy)|prenatal|antenatal|gestation\w*|trimester|G\dP\d|IUP|fundal height|fetal)\b", re.IGNORECASE
)
_NOT_PREGNANT = re.compile(
    r"\b(?:not|no|non|denies|negative|post|wants|planning|history of|future)\W+(?:\w+\W+){0,2}pregnan|pregnancy test|"
    r"postpartum|prior pregnanc|previous pregnanc",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(\d{1,3})[- ]?(?:year|yr|y)s?[- ]?(?:old|o)\b|\b(\d{1,3}) ?yo\b", re.IGNORECASE)
_MONTHS = re.compile(r"\b\d{1,2}[- ]?(?:month|mo|week|day)s?[- ]old\b|\bnewborn\b", re.IGNORECASE)


def is_pregnant(text: str, sex: str) -> bool:
    """Whether the note is about a pregnancy; never for a man."""
    if sex.upper() == "M":
        return False
    said = len(_PREGNANT.findall(text))
    return said > 1 and said > len(_NOT_PREGNANT.findall(text))


def age_in(text: str) -> int | None:
    """The age in whole years that a note gives first; 0 for months and days."""
    months, years = _MONTHS.search(text), _AGE.search(text)
    if years and (not months or years.start() < months.start()):
        return int(years[1] or years[2])
    return 0 if months else None


def trimester(weeks: int) -> str:
    """The trimester of a week: before 14 weeks, before 28, from 28 (chapter 15 of the tabular list)."""
    return "first" if weeks < 14 else "second" if weeks < 28 else "third"


def weeks_in(text: str) -> tuple[int, int, int] | None:
    """The weeks of gestation: (weeks, start, end)."""
    found = _WEEKS.search(text) or _ANY_WEEKS.search(text)
    if not found:
        return None
    weeks = int(next(group for group in found.groups() if group))
    return (weeks, found.start(), found.end()) if 4 <= weeks <= 42 else None


def number_drafts(
    text: str, sections: Collection[Section], codes: Codes, keys: Collection[str], pregnant: bool, age: int | None
) -> list[Draft]:
    """Weeks of gestation and body mass index as drafts; `age` in years."""
    made: list[Draft] = []
    weeks = weeks_in(text) if pregnant else None
    if weeks and (choice := codes.billable(f"Z3A{max(8, weeks[0]):02d}" if weeks[0] >= 8 else "Z3A01")):
        mention = _mention(text, weeks[1], weeks[2], sections, choice.key)
        made.append(Draft(choice, mention, "weeks.Z3A", because(mention, "weeks of gestation"), [5.0]))
    if not pregnant and (age is None or age >= _ADULT) and any(key.startswith(_OF_WEIGHT) for key in keys):
        made += _body_mass(text, sections, codes)
    return made


def _body_mass(text: str, sections: Collection[Section], codes: Codes) -> list[Draft]:
    """The first index that the note gives, as the adult code of the day in whose range it lies."""
    told = _BMI.search(text)
    choice = next((one for one in codes.under("Z68") if _is_within(float(told[1]), one.title)), None) if told else None
    if told is None or choice is None:
        return []
    mention = _mention(text, told.start(), told.end(), sections, choice.key)
    return [Draft(choice, mention, "number.Z68", because(mention, "body mass index"), [2.2])]


def _is_within(index: float, title: str) -> bool:
    """Whether an index lies in the range that a title names: to 19.9, 33.0-33.9, from 70."""
    found = _RANGE.search(title)
    if found is None:
        return False
    low, high, most, least = (float(part) if part else None for part in found.groups())
    return (low or least or 0) <= round(index, 1) <= (high or most or 999)


def _mention(text: str, start: int, end: int, sections: Collection[Section], key: str) -> Mention:
    kind = next((s.kind for s in sections if s.start <= start < s.end), SectionKind.OTHER)
    return Mention(text[start:end], start, end, "", (key,), Assertion.PRESENT, kind)
