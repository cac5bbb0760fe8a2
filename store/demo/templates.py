"""Encounter notes with slots: the text of a visit, the codes that it supports and the services that were done.

A file has a header, a line of three hyphens, and the note.  Header lines are `key: value`:

    specialty, kind, place (11), weight (1)   as they say
    ages: 42-79  or  months: 2-11             whom the note fits, inclusive
    sex: any | F | M
    side: yes                                 right or left is drawn; `icd right:` and `line right:` hold for right only
    icd: E11.9 | phrase                       a code, and the words of the note that are its evidence (their last place)
    line: ZZ113 25+SIDE 1 1,2                 code, modifiers (- none, SIDE is RT or LT), units, diagnosis pointers

Slots are {name} {last} {mr} {aged} {man} {he} {He} {his} {His} {him} {side} {other_side} {visit_date} {provider},
a number {70-90} or {6.5-7.9}, a choice {pick:one|two}, and any of the last two kept under a name: {ldl=70-90}, {ldl}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from random import Random
from typing import NamedTuple

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"([0-9]+(?:\.[0-9])?)-([0-9]+(?:\.[0-9])?)")


class Evidence(NamedTuple):
    """An `icd` line of the header; `only` is right, left or '' for both."""

    only: str
    code: str
    phrase: str


class Service(NamedTuple):
    """A `line` of the header, its parts as they are written."""

    only: str
    code: str
    modifiers: str
    units: str
    pointers: str


class DemoCode(NamedTuple):
    """A diagnosis and its evidence: `note[start:end]`."""

    code: str
    start: int
    end: int


class DemoLine(NamedTuple):
    """A service: `pointers` count the diagnoses from 1."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    pointers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A note with nothing left to fill in."""

    note: str
    codes: tuple[DemoCode, ...]
    lines: tuple[DemoLine, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of visit.  `youngest` and `oldest` are years, or months where `in_months`."""

    name: str
    specialty: str
    kind: str
    youngest: int
    oldest: int
    in_months: bool
    sex: str
    place: str
    weight: int
    sided: bool
    evidence: tuple[Evidence, ...]
    services: tuple[Service, ...]
    body: str = field(repr=False)

    @property
    def new_patient(self) -> bool:
        """Whether the visit is billed as a patient's first."""
        return any(one.code.startswith("ZZ10") for one in self.services)

    def render(self, rng: Random, values: Mapping[str, str]) -> Rendered:
        """The note with its slots filled; `values` has the words that depend on the patient and the day."""
        known = dict(values)
        side = rng.choice(("right", "left"))
        if self.sided:
            known |= {"side": side, "other_side": "left" if side == "right" else "right"}
        note = _fill(self.body, known, rng)
        here = {"", side}
        codes = [_locate(note, one.code, _fill(one.phrase, known, rng)) for one in self.evidence if one.only in here]
        laterality = "RT" if side == "right" else "LT"
        lines = [_line(one, laterality, known, rng) for one in self.services if one.only in here]
        return Rendered(note, tuple(codes), tuple(lines))


@cache
def templates() -> tuple[Template, ...]:
    """All templates in the order of their names."""
    folder = files("store.demo").joinpath("notes")
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".txt")), key=lambda one: one.name)
    return tuple(parse_template(one.name[:-4], one.read_text(encoding="utf-8")) for one in found)


def parse_template(name: str, text: str) -> Template:
    """A template of its file's text; `ValueError` or `KeyError` if the header is not as told above."""
    header, _, body = text.partition("\n---\n")
    single: dict[str, str] = {}
    evidence: list[Evidence] = []
    services: list[Service] = []
    for line in header.splitlines():
        key, _, value = (part.strip() for part in line.partition(":"))
        kind, _, only = key.partition(" ")
        if kind == "icd":
            code, _, phrase = (part.strip() for part in value.partition("|"))
            evidence.append(Evidence(only, code, phrase))
        elif kind == "line":
            service, modifiers, units, pointers = value.split()
            services.append(Service(only, service, modifiers, units, pointers))
        else:
            single[key] = value
    youngest, oldest = (int(part) for part in (single.get("ages") or single["months"]).split("-"))
    return Template(
        name=name,
        specialty=single["specialty"],
        kind=single["kind"],
        youngest=youngest,
        oldest=oldest,
        in_months="months" in single,
        sex=single["sex"],
        place=single.get("place", "11"),
        weight=int(single.get("weight", "1")),
        sided=single.get("side") == "yes",
        evidence=tuple(evidence),
        services=tuple(services),
        body=body,
    )


def _fill(text: str, known: dict[str, str], rng: Random) -> str:
    def value(found: re.Match[str]) -> str:
        name, equals, drawn = found[1].partition("=")
        if not equals:
            return known[name] if name in known else _draw(name, rng)
        known[name] = _draw(drawn, rng)
        return known[name]

    return _SLOT.sub(value, text)


def _draw(spec: str, rng: Random) -> str:
    if spec.startswith("pick:"):
        return rng.choice(spec[5:].split("|"))
    bounds = _RANGE.fullmatch(spec)
    if not bounds:
        raise ValueError(f"unknown slot {spec!r}")
    if "." in spec:
        tenths = rng.randint(round(float(bounds[1]) * 10), round(float(bounds[2]) * 10))
        return f"{tenths // 10}.{tenths % 10}"
    return str(rng.randint(int(bounds[1]), int(bounds[2])))


def _locate(note: str, code: str, phrase: str) -> DemoCode:
    start = note.rfind(phrase)
    if start < 0:
        raise ValueError(f"the evidence {phrase!r} of {code} is not in the note")
    return DemoCode(code, start, start + len(phrase))


def _line(one: Service, side: str, known: dict[str, str], rng: Random) -> DemoLine:
    written = () if one.modifiers == "-" else tuple(one.modifiers.split("+"))
    marks = tuple(side if mark == "SIDE" else mark for mark in written)
    pointers = tuple(int(pointer) for pointer in one.pointers.split(","))
    return DemoLine(one.code, marks, int(_fill(one.units, known, rng)), pointers)
