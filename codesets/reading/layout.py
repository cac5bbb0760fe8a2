"""Sections, list items and sentences of a note.

Headings come from the table `note_sections`.  In an assessment or a plan the name of each item is told from
the text under it, because most codes of a visit are named there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codesets.reading.model import Section, SectionKind
from codesets.reading.tokens import Token, tokens_of, word_set
from codesets.tables import read_table

_HEADING = re.compile(
    r"(?P<lead>^[ \t]*(?:[#*\u2022=-]+[ \t]*)?|(?<=[.;)])[ \t]+)"
    r"(?P<name>[A-Za-z][A-Za-z&/,\- ]{0,44}?)[ \t]*(?P<end>:|(?=[ \t]*(?:\n|\Z)))",
    re.MULTILINE,
)
#: How the assessment of a letter begins, which has no headings.
_SUMMING_UP = re.compile(
    r"^(?:in (?:summary|conclusion)|to (?:summari[sz]e|conclude)|(?:overall, )?my (?:overall )?impression is)\b,?",
    re.IGNORECASE | re.MULTILINE,
)
_ITEM = re.compile(
    r"[ \t]*(?:(?P<number>\(?\d{1,2}[.)](?=\s|[A-Z])|#\d*[.:)]?)|(?P<dot>[\u2022*\u2013-](?=\s|[A-Z])))[ \t]*"
)
_JOINED = re.compile(r"[/&,]| and ")
_NO_END = word_set("dr mr mrs ms vs st approx no pt e.g i.e etc fig")
_ENDS = frozenset(".;!?")
_WRAPPED = 60
_SHORT_HEAD = 9
_DETAIL, _SYSTEM = "detail", "system"
#: A word after a colon that says yes or no.
ANSWERS = word_set("no none denies denied negative neg absent never n not yes positive pos present y ruled")
_ITEMISED = frozenset((SectionKind.ASSESSMENT, SectionKind.PLAN, SectionKind.PROBLEMS))
_BULLETS = "*\u2022-"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The tokens of a sentence; `head` names an assessment item, `item` counts the items of the note."""

    tokens: tuple[Token, ...]
    section: SectionKind
    head: bool
    item: int

    @property
    def start(self) -> int:
        """Where it begins in the note."""
        return self.tokens[0].start


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a note."""

    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]


@lru_cache(maxsize=1)
def headings() -> dict[str, str]:
    """The kind of section that a heading opens, by its words."""
    return {row["heading"]: row["kind"] for row in read_table("note_sections")}


def lay_out(text: str) -> Layout:
    """The sections and sentences of a note of any kind of text."""
    sections, bodies = _sections(text)
    sentences: list[Sentence] = []
    item = 0
    for section, (start, end) in zip(sections, bodies, strict=True):
        found = _section_sentences(text, section.kind, start, end, item)
        item = max([item, *(one.item for one in found)]) + 1
        sentences += found
    return Layout(tuple(sections), tuple(sentences))


def _sections(text: str) -> tuple[list[Section], list[tuple[int, int]]]:
    marks: list[tuple[int, int, SectionKind, str]] = [(0, 0, SectionKind.OTHER, "")]
    known = headings()
    for match in _HEADING.finditer(text):
        name = " ".join(match["name"].lower().split())
        kind = known.get(name) or (_of_parts(name) if match["end"] else "")
        alone = not match["end"]
        inline = bool(match["lead"]) and match.start() > 0 and text[match.start() - 1] in ".;)"
        if not kind or kind in (_DETAIL, _SYSTEM) or (alone and (len(name) < 2 or inline)):
            continue
        if alone and len(name) < 3 and not match["name"].isupper():
            continue
        if _is_below_an_item(match, SectionKind(kind), marks[-1][2]):
            continue
        marks.append((match.start("name"), match.end(), SectionKind(kind), match["name"]))
    marks += [(m.start(), m.end(), SectionKind.ASSESSMENT, m[0].rstrip(",")) for m in _SUMMING_UP.finditer(text)]
    marks.sort()
    sections, bodies = [], []
    for place, (start, body, kind, title) in enumerate(marks):
        end = marks[place + 1][0] if place + 1 < len(marks) else len(text)
        if not title and not text[start:end].strip():
            continue
        sections.append(Section(SectionKind(kind), title, start, end))
        bodies.append((body, end))
    return sections, bodies


def _of_parts(name: str) -> str:
    """The kind of a heading that joins several: "MDM/Impression"; what is assessed comes before all else."""
    parts = [part.strip() for part in _JOINED.split(name)]
    kinds = [kind for part in parts if (kind := headings().get(part, "")) not in ("", _DETAIL, _SYSTEM)]
    if len(parts) < 2 or not kinds:
        return ""
    return SectionKind.ASSESSMENT.value if SectionKind.ASSESSMENT.value in kinds else kinds[0]


def _is_below_an_item(heading: re.Match[str], kind: SectionKind, within: SectionKind) -> bool:
    """Whether a heading is a label under an assessed item ("- Procedure: cryotherapy"), behind which items go on."""
    dotted = bool(heading["end"]) and any(bullet in heading["lead"] for bullet in _BULLETS)
    return dotted and within in _ITEMISED and kind not in _ITEMISED


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, or several that were wrapped: `kind` is number, dot, detail or plain."""

    start: int
    end: int
    kind: str


def _lines(text: str, start: int, end: int) -> list[_Line]:
    lines: list[_Line] = []
    place = start
    for raw in text[start:end].split("\n"):
        begin, place = place, place + len(raw) + 1
        if not raw.strip():
            lines.append(_Line(begin, begin, "blank"))
            continue
        item = _ITEM.match(raw)
        kind = ("number" if item["number"] else "dot") if item else "plain"
        body = begin + (item.end() if item else 0)
        if _label(text[body : begin + len(raw)]):
            kind = _DETAIL
        before = lines[-1] if lines else None
        if before and kind == "plain" and before.kind != "blank" and _wrapped(text, before, raw):
            lines[-1] = _Line(before.start, begin + len(raw), before.kind)
        else:
            lines.append(_Line(body, begin + len(raw), kind))
    return [line for line in lines if line.kind != "blank"]


def _label(line: str) -> bool:
    name, colon, _ = line.partition(":")
    if not colon or len(name) >= 45:
        return False
    kind = headings().get(" ".join(name.lower().split()), _SYSTEM)
    return kind != _SYSTEM and kind not in _ITEMISED


def _wrapped(text: str, before: _Line, raw: str) -> bool:
    last = text[before.start : before.end].rsplit("\n", 1)[-1].rstrip()
    first = raw.lstrip()[:1]
    long_enough = len(last) >= _WRAPPED
    return long_enough and (first.islower() or first.isdigit() or last[-1:] not in ".:;!?")


def _section_sentences(text: str, kind: SectionKind, start: int, end: int, item: int) -> list[Sentence]:
    lines = _lines(text, start, end)
    itemised = kind in _ITEMISED
    named = any(line.kind in ("number", "plain") and _could_name(text, line, kind) for line in lines)
    sentences: list[Sentence] = []
    for line in lines:
        head = itemised and _is_head(text, line, kind, named)
        if head or not itemised:
            item += 1
        parts = _split(tokens_of(text[line.start : line.end]), text[line.start : line.end], line.start)
        inline = kind is SectionKind.ASSESSMENT and line.kind == "plain" and len(lines) <= 2
        for place, part in enumerate(parts):
            named_here = (head and place == 0) or (inline and sum(t.is_word for t in part) <= 14)
            if named_here and place:
                item += 1
            sentences += _sentence(part, kind, named_here, item)
    return sentences


def _sentence(part: list[Token], kind: SectionKind, head: bool, item: int) -> list[Sentence]:
    """The sentence; the name of an item ends at a dash or a colon."""
    if head:
        for place, token in enumerate(part[:-1]):
            if place and (token.raw == ":" or is_dash(part, place)) and not _is_answer(part, place):
                rest = tuple(part[place + 1 :])
                first = Sentence(tuple(part[:place]), kind, True, item)
                return [first, Sentence(rest, kind, False, item)] if rest else [first]
    return [Sentence(tuple(part), kind, head, item)]


def is_dash(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a dash between words, with a space on both sides; `place` is not the last one."""
    if not place or tokens[place].raw not in "-\u2013\u2014":
        return False
    return tokens[place].start > tokens[place - 1].end and tokens[place + 1].start > tokens[place].end


def _is_answer(part: list[Token], colon: int) -> bool:
    """Whether what follows a colon or a dash only says yes or no: "Heart failure: no evidence"."""
    rest = part[colon + 1 :]
    return len(rest) <= 3 and rest[0].lower in ANSWERS


def _could_name(text: str, line: _Line, kind: SectionKind) -> bool:
    if line.kind == "number":
        return True
    told = text[line.start : line.end]
    words = (told.partition(". ")[0] if kind is SectionKind.ASSESSMENT else told).split()
    return line.kind == "plain" and len(words) <= _SHORT_HEAD and kind is not SectionKind.PROBLEMS


def _is_head(text: str, line: _Line, kind: SectionKind, named: bool) -> bool:
    if line.kind == _DETAIL:
        return False
    if kind is SectionKind.PROBLEMS:
        return True
    if line.kind == "number":
        return True
    if line.kind == "dot":
        return kind is SectionKind.ASSESSMENT and not named
    return _could_name(text, line, kind)


def _split(tokens: list[Token], text: str, offset: int) -> list[list[Token]]:
    """The sentences of a line, tokens placed in the note; line breaks inside are left out."""
    parts: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        if token.raw == "\n":
            continue
        ends = token.raw in _ENDS and _is_end(tokens, place, text)
        token.start += offset
        token.end += offset
        if not ends or (token.raw == "?" and parts[-1]):
            parts[-1].append(token)
            if ends:
                parts.append([])
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _is_end(tokens: list[Token], place: int, text: str) -> bool:
    token = tokens[place]
    following = text[token.end : token.end + 1]
    if token.raw == ".":
        initial = place and len(tokens[place - 1].raw) == 1 and tokens[place - 1].raw.isupper()
        goes_on = initial and text[token.end : token.end + 2].strip().islower()
        return not following.isalnum() and not goes_on and not (place and tokens[place - 1].lower in _NO_END)
    if token.raw == "?":
        return bool(place) and text[token.start - 1 : token.start].strip() != ""
    return True
