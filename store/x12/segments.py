"""Bytes in, envelopes and transaction sets out.

A file holds interchanges (ISA-IEA), these hold functional groups (GS-GE), these hold transaction sets (ST-SE).
Every count and control number of the envelopes is checked, so that a file that was cut, shortened or glued together
is refused.  Segments are numbered from 1 over the whole file; `Refused.where` says "file, segment N (ID)".

    reader = Reader(data, "june.835")
    for one in reader.sets():          # one transaction set in memory at a time
        for number, elements in one.segments():
            ...                        # elements[0] is the id in upper case, elements[n] is element n as it stands

What a set says may be used only after the whole file was read, since the fault may come last.

One cut can't be seen: a file of several interchanges that ends just after one of them is a whole file of fewer
interchanges.  Nothing in X12 counts interchanges, so whoever compares file sizes or control numbers must find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import overload

from store.errors import Refused
from store.text import clean_line
from store.x12.component import component_of
from store.x12.separators import Separators

__all__ = ["Group", "Interchange", "Reader", "Separators", "Texts", "TransactionSet", "decode", "place"]

MAX_BYTES = 256 * 2**20
"""Larger files are refused: no remittance or acknowledgement comes near."""

ISA_LENGTH = 106
_ISA_BREAKS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_FIRST_REPETITION_VERSION = "00402"  # before it ISA11 was a standards id and no separator
_BLANK = " \t\r\n\0\x1a"
_COUNT = re.compile(r"[0-9]{1,10}")
_AGAIN = "Ask the sender for the whole file again."


@dataclass(frozen=True, slots=True)
class Interchange:
    """An ISA: its elements trimmed, its place, and the TA1 segments that came with it as (place, elements)."""

    segment: int
    elements: tuple[str, ...]
    separators: Separators
    notices: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def sender(self) -> str:
        """ISA06."""
        return self.elements[6]

    @property
    def receiver(self) -> str:
        """ISA08."""
        return self.elements[8]

    @property
    def control(self) -> str:
        """ISA13."""
        return self.elements[13]

    @property
    def usage(self) -> str:
        """ISA15: P production, T test."""
        return self.elements[15]


@dataclass(frozen=True, slots=True)
class Group:
    """A GS: its elements trimmed (at least GS01-GS06) and its place."""

    segment: int
    elements: tuple[str, ...]

    @property
    def control(self) -> str:
        """GS06."""
        return self.elements[6]

    @property
    def version(self) -> str:
        """GS08, '' where it is missing."""
        return self.elements[8] if len(self.elements) > 8 else ""


class Texts(Sequence[str]):
    """The segments of a set, cut from the file's text as they are asked for: a set of any size takes no room."""

    def __init__(self, text: str, start: int, end: int, mark: str, count: int, first: str) -> None:
        self._text, self._start, self._end, self._mark = text, start, end, mark
        self._count, self._first = count, first

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        text, at, mark, size = self._text, self._start, self._mark, self._end
        yield self._first
        while at < size:
            end = text.find(mark, at, size)
            end = size if end < 0 else end
            found = text[at:end].strip(_BLANK)
            at = end + 1
            if found:
                yield found.replace("\r", "").replace("\n", "") if "\n" in found or "\r" in found else found

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """A segment or several, by walking there."""
        if isinstance(place, int):
            return next(islice(self, range(self._count)[place], None))
        return [text for n, text in enumerate(self) if n in range(self._count)[place]]


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE: `texts` are the segments without terminator, the first at place `segment` of the file `name`."""

    name: str
    interchange: Interchange
    group: Group
    segment: int
    kind: str
    control: str
    version: str
    texts: Texts

    def segments(self) -> Iterator[tuple[int, list[str]]]:
        """(place, elements) of each segment from ST to SE; ids in upper case, hostile characters replaced."""
        mark, inner = self.interchange.separators.element, self.interchange.separators.component
        for number, text in enumerate(self.texts, self.segment):
            elements = text.split(mark)
            if not (text.isascii() and text.isprintable()):  # a separator may itself be unprintable
                elements = [inner.join(clean_line(part) for part in element.split(inner)) for element in elements]
            elements[0] = elements[0].strip().upper()
            yield number, elements


class Reader:
    """Reads one file; `interchanges` grows while `sets` is walked and is complete when the walk ends.

    `notices` tell what was read although it was not as it should be.
    """

    def __init__(self, data: bytes, name: str = "") -> None:
        self.name = name
        self.interchanges: list[Interchange] = []
        self.notices: list[str] = []
        self._text = decode(data, name)
        self._at = 0
        self._number = 0

    def sets(self) -> Iterator[TransactionSet]:
        """Each transaction set in order; `Refused` at the first break in an envelope."""
        while self._skip_blank():
            interchange = self._open()
            self.interchanges.append(interchange)
            yield from self._groups(interchange)

    def _skip_blank(self) -> bool:
        text, at = self._text, self._at
        idle = _BLANK + (self.interchanges[-1].separators.segment if self.interchanges else "")
        while at < len(text) and text[at] in idle:
            at += 1
        self._at = at
        return at < len(text)

    def _open(self) -> Interchange:
        self._number += 1
        head = self._text[self._at : self._at + ISA_LENGTH]
        if head[:3].upper() != "ISA":
            raise self._no_isa()
        where = place(self.name, self._number, "ISA")
        if len(head) < ISA_LENGTH or any(head[n] != head[3] for n in _ISA_BREAKS) or head.count(head[3]) != 16:
            raise Refused("The ISA segment is not 106 characters long.", where=where, do=_AGAIN)
        self._at += ISA_LENGTH
        elements = tuple(clean_line(element) for element in head[:-1].split(head[3]))
        return Interchange(self._number, elements, _separators(head, where))

    def _no_isa(self) -> Refused:
        if self.interchanges:
            where = place(self.name, self._number - 1, "IEA")
            return Refused("Something other than another ISA follows the end of the interchange.", where=where)
        found = re.search(r"ISA[^A-Za-z0-9 ]", self._text)
        what = "There is text before the ISA segment." if found else "This is no X12 file: it does not begin with ISA."
        return Refused(what, where=self.name or "file", do="Give the file just as it was received.")

    def _groups(self, interchange: Interchange) -> Iterator[TransactionSet]:
        groups = 0
        while True:
            text = self._next(interchange, f"interchange {interchange.control}", "IEA")
            elements = _elements(text, interchange)
            if elements[0] == "GS":
                groups += 1
                yield from self._sets(interchange, elements)
            elif elements[0] == "TA1":
                interchange.notices.append((self._number, list(elements)))
            elif elements[0] == "IEA":
                self._close_interchange(interchange, elements, groups)
                return
            else:
                raise self._astray(elements[0], "IEA", f"interchange {interchange.control}")

    def _close_interchange(self, interchange: Interchange, elements: tuple[str, ...], groups: int) -> None:
        alone = groups == 0 and interchange.notices  # TA1 with no group: senders count it as 0 or as 1
        found = _count(elements, 1)
        if found != groups and not (alone and found in {0, 1}):
            raise self._miscount("IEA", "IEA01", elements, groups, "groups")
        if not groups and not alone:
            raise self._refuse("IEA", f"Interchange {interchange.control} holds nothing.")
        self._same("IEA", "ISA13", interchange.control, "IEA02", elements)

    def _sets(self, interchange: Interchange, elements: tuple[str, ...]) -> Iterator[TransactionSet]:
        group = Group(self._number, elements)
        if len(elements) < 7:
            raise self._refuse("GS", "The GS segment is too short.")
        sets = 0
        while True:
            text = self._next(interchange, f"group {group.control}", "GE")
            elements = _elements(text, interchange)
            if elements[0] == "ST":
                sets += 1
                yield self._set(interchange, group, text, elements)
            elif elements[0] == "GE":
                if _count(elements, 1) != sets:
                    raise self._miscount("GE", "GE01", elements, sets, "transaction sets")
                self._same("GE", "GS06", group.control, "GE02", elements)
                return
            else:
                raise self._astray(elements[0], "GE", f"group {group.control}")

    def _set(self, inside: Interchange, group: Group, first: str, elements: tuple[str, ...]) -> TransactionSet:
        number = self._number
        if len(elements) < 3:
            raise self._refuse("ST", "The ST segment is too short.")
        kind, control = elements[1:3]
        texts, ending = self._body(inside, control, first)
        last = _elements(ending, inside)
        if _count(last, 1) != len(texts):
            raise self._miscount("SE", "SE01", last, len(texts), "segments")
        self._same("SE", "ST02", control, "SE02", last)
        version = elements[3] if len(elements) > 3 and elements[3] else group.version
        inside = self._honest(inside, kind, texts)
        return TransactionSet(self.name, inside, group, number, kind, control, version, texts)

    def _honest(self, inside: Interchange, kind: str, texts: Texts) -> Interchange:
        """The interchange with the component separator that the set uses, with a notice where ISA16 names another."""
        found = component_of(kind, texts, inside.separators)
        if found == inside.separators.component:
            return inside
        where = place(self.name, inside.segment, "ISA")
        notice = f"{where}: ISA16 declares {inside.separators.component!r}, but {found!r} separates components."
        if notice not in self.notices:
            self.notices.append(notice)
        return replace(inside, separators=replace(inside.separators, component=found))

    def _body(self, inside: Interchange, control: str, first: str) -> tuple[Texts, str]:
        """The segments from ST through SE, and SE.  This loop sees every byte of a file: it calls nothing of ours."""
        text, at, mark, size = self._text, self._at, inside.separators.segment, len(self._text)
        envelope = _envelope(inside.separators.element)
        start, count = at, 0
        name = found = ""
        while at < size and not name:
            end = text.find(mark, at)
            end = size if end < 0 else end
            found = text[at:end].strip(_BLANK)
            at = end + 1
            if found:
                count += 1
                name = envelope.get(found[:3], "") or ("\n" in found[:6] and _wrapped(found, envelope)) or ""
        self._at = at
        self._number += count
        if name == "SE":
            return Texts(text, start, min(at, size), mark, count + 1, first), found.replace("\r", "").replace("\n", "")
        owner = f"transaction set {control}"
        raise self._astray(name, "SE", owner) if name else self._cut(owner, "SE")

    def _next(self, inside: Interchange, owner: str, wanted: str) -> str:
        """The next segment that is not empty, without its terminator, line ends and indentation."""
        text, at, mark = self._text, self._at, inside.separators.segment
        while at < len(text):
            end = text.find(mark, at)
            end = len(text) if end < 0 else end
            found = text[at:end].strip(_BLANK)
            at = end + 1
            if found:
                self._at = at
                self._number += 1
                return found.replace("\r", "").replace("\n", "")
        raise self._cut(owner, wanted)

    def _cut(self, owner: str, wanted: str) -> Refused:
        what = f"The file ends inside {owner}: {wanted} is missing."
        return Refused(what, where=place(self.name, self._number, "the last"), do=_AGAIN)

    def _astray(self, found: str, wanted: str, owner: str) -> Refused:
        if found == "ST":
            return self._refuse(found, "ST stands outside a GS group.")
        return self._refuse(found, f"{found[:10]!r} can't stand here: {wanted} of {owner} is missing before it.")

    def _miscount(self, name: str, field_: str, elements: tuple[str, ...], counted: int, of: str) -> Refused:
        said = elements[1] if len(elements) > 1 else ""
        return self._refuse(name, f"{field_} says {said[:20]!r}, but there are {counted} {of}.")

    def _same(self, name: str, opening: str, control: str, closing: str, elements: tuple[str, ...]) -> None:
        found = elements[2] if len(elements) > 2 else ""
        if not control or found != control:
            raise self._refuse(name, f"Control numbers differ: {opening} is {control!r}, {closing} is {found[:20]!r}.")

    def _refuse(self, name: str, what: str) -> Refused:
        return Refused(what, where=place(self.name, self._number, name[:10]), do=_AGAIN)


def place(name: str, number: int, segment_id: str) -> str:
    """'june.835, segment 12 (CLP)', the form of every `Refused.where` of this package."""
    return f"{name}, segment {number} ({segment_id})" if name else f"segment {number} ({segment_id})"


def decode(data: bytes, name: str = "") -> str:
    """Text of a file: UTF-8 with or without mark, else Latin-1; empty, huge and UTF-16 files are `Refused`."""
    where = name or "file"
    if len(data) > MAX_BYTES:
        raise Refused(f"The file is larger than {MAX_BYTES // 2**20} MB.", where=where)
    head = data[:4]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head in {b"I\0S\0", b"\0I\0S"}:
        raise Refused("The file is UTF-16 text.", where=where, do="Save it as plain text (ASCII).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if not text.strip(_BLANK):
        raise Refused("The file is empty.", where=where)
    return text


def _separators(head: str, where: str) -> Separators:
    repetition = head[82] if head[84:89] >= _FIRST_REPETITION_VERSION else ""
    if repetition.isalnum() or repetition == " ":
        repetition = ""  # 'U' of older versions left in a newer header
    used = head[3], head[104], head[105], repetition
    for name, mark in zip(("element", "component", "segment"), used, strict=False):
        if mark.isalnum() or mark == " ":
            raise Refused(f"The {name} separator {mark!r} is a letter, a digit or a space.", where=where, do=_AGAIN)
    if any(mark in "\r\n" for mark in used[:2]):
        raise Refused("A line end separates elements or components.", where=where, do=_AGAIN)
    if len({*used} - {""}) < len([mark for mark in used if mark]):
        raise Refused("Two separators of the ISA segment are the same character.", where=where, do=_AGAIN)
    return Separators(head[3], head[104], head[105], repetition)


def _envelope(mark: str) -> dict[str, str]:
    """The first three characters of each segment that belongs to an envelope, with its id."""
    heads = {f"{name}{mark}": name for name in ("SE", "ST", "GS", "GE")} | {"ISA": "ISA", "IEA": "IEA"}
    return heads | {head.lower(): name for head, name in heads.items()}


def _wrapped(found: str, envelope: dict[str, str]) -> str:
    """The envelope's name of a segment that a file wrapped at a fixed width has broken within its first letters."""
    return envelope.get(found.replace("\r", "").replace("\n", "")[:3], "")


def _elements(text: str, inside: Interchange) -> tuple[str, ...]:
    first, *rest = text.split(inside.separators.element)
    return (first.strip().upper(), *(clean_line(element) for element in rest))


def _count(elements: tuple[str, ...], n: int) -> int:
    """The number that an envelope states, -1 where it is none."""
    return int(elements[n]) if len(elements) > n and _COUNT.fullmatch(elements[n]) else -1
