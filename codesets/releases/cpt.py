"""The user's own licensed CPT files, as their owner delivers them; no text of theirs is in the program.

LONGULT, LONGUT, MEDT: code, tab, text.  LONGULF, LONGUF: 1-5 code, 6-7 line, 9-80 text, joined.
MEDU: 1-5 code, 7-106 text.  SHORTU: 1-5 code, 7-34 text.  MODUL: modifiers.  Consumer and clinician
descriptors: tab-separated tables with a heading.  Lines above the codes are the licence notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, read_records
from codesets.releases.files import Member

CODE = r"[0-9][0-9A-Z]{3}[0-9A-Z]"
_TABBED = re.compile(rf"({CODE})\t+(\S.*)")
_LINED = re.compile(rf"({CODE})(\d\d) (\S.*)")
_PLAIN = re.compile(rf"({CODE}) (\S.*)")
_MODIFIER = re.compile(r"([0-9A-Z]{2})[ \t]+(\S.*)")
DESCRIPTORS: Columns = {
    "code": ("cptcode",),
    "consumer": ("consumerfriendlydescriptor", "consumerdescriptor"),
    "clinician": ("cliniciandescriptor",),
}
_NOTICE_LINES, _MOST_NOTICE = 12, 2_000
#: Which delivery file a name belongs to; the longest text is the title.
_FILES = (
    ("modifier", re.compile(r"mod", re.I)),
    ("consumer", re.compile(r"consumer", re.I)),
    ("clinician", re.compile(r"clinician", re.I)),
    ("long", re.compile(r"long", re.I)),
    ("medium", re.compile(r"med", re.I)),
    ("short", re.compile(r"short", re.I)),
)


@dataclass(slots=True)
class CptFiles:
    """Titles by code; further wordings (kind, code, text); modifiers."""

    titles: dict[str, str] = field(default_factory=dict)
    further: list[tuple[str, str, str]] = field(default_factory=list)
    modifiers: dict[str, str] = field(default_factory=dict)


def file_of(name: str) -> str | None:
    """Which delivery file a name says it is."""
    return next((what for what, pattern in _FILES if pattern.search(name)), None)


def is_cpt(head: bytes, name: str) -> bool:
    """Does a file look like one of the delivery?"""
    what = file_of(name)
    if what is None:
        return False
    if what in ("consumer", "clinician"):
        return header_of(head, DESCRIPTORS, ("code", what)) is not None
    lines = head.decode("cp1252", errors="replace").splitlines()[:200]
    pattern = _MODIFIER if what == "modifier" else re.compile(f"{_TABBED.pattern}|{_LINED.pattern}|{_PLAIN.pattern}")
    return b"CPT" in head[:_MOST_NOTICE] and any(pattern.fullmatch(line.rstrip()) for line in lines)


def notice_of(members: Iterable[Member]) -> str:
    """The licence notice that stands above the codes of the first file that has one."""
    for member in members:
        lines: list[str] = []
        for number, line in member.lines():
            if number > _NOTICE_LINES or re.match(rf"{CODE}[\t \d]", line) or "\t" in line:
                break
            lines.append(line.strip())
        text = " ".join(" ".join(lines).split())
        if text:
            return text[:_MOST_NOTICE]
    return ""


def year_of(name: str) -> date | None:
    """The calendar year that a name or a heading tells."""
    found = re.search(r"(20\d\d)", name)
    return date(int(found[1]), 1, 1) if found else None


def read_cpt(members: Iterable[Member]) -> CptFiles:
    """All files of a delivery together; the longest description of a code is its title."""
    texts: dict[str, dict[str, str]] = {}
    told = CptFiles()
    for member in members:
        what = file_of(member.name) or ""
        if what in ("consumer", "clinician"):
            for record in read_records(member, DESCRIPTORS, ("code", what)):
                told.further.append((f"{what} descriptor", record["code"], record[what]))
        elif what == "modifier":
            told.modifiers |= dict(_modifiers(member))
        else:
            texts[what] = dict(_codes(member))
    for what in ("long", "medium", "short"):
        for code, text in texts.get(what, {}).items():
            if told.titles.setdefault(code, text) != text:
                told.further.append((f"{what} descriptor", code, text))
    if not told.titles:
        raise Refused("No file with the codes' descriptions is among them.", do="Load LONGULT, MEDU or SHORTU too.")
    told.further = [entry for entry in told.further if entry[1] in told.titles]
    return told


def _codes(member: Member) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for number, line in member.lines():
        lined = _LINED.fullmatch(line.rstrip())
        match = lined or _TABBED.fullmatch(line.rstrip()) or _PLAIN.fullmatch(line.rstrip())
        if match is None:
            if found and line.strip():
                raise Refused("This is not a line of a CPT file.", where=f"{member.name}, line {number}")
            continue
        code, text = match[1], match[match.lastindex or 2].strip()
        if lined:
            text = f"{found.get(code, '')} {text}".strip()
        elif code in found:
            raise Refused(f"The code {code} stands in the file twice.", where=f"{member.name}, line {number}")
        found[code] = text
    if not found:
        raise Refused("The file has no code.", where=member.name)
    yield from found.items()


def _modifiers(member: Member) -> Iterator[tuple[str, str]]:
    for _, line in member.lines():
        match = _MODIFIER.fullmatch(line.rstrip())
        if match:
            yield match[1], match[2].strip()
