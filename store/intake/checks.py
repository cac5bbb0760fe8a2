"""What a field of an encounter from outside must be like; the same for every format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from store.intake.npi import is_npi, looks_like_npi
from store.intake.values import EncounterIn, Intake, PersonIn, Reject
from store.text import clean_line, clean_note

MAX_NOTE = 1_000_000
"""Characters of one encounter's note; the longest hospital course is a tenth of it."""

MAX_ORIGINAL = 30_000
"""Characters of a refused row that are kept: a spreadsheet's cell holds 32,767."""

EARLIEST = date(1900, 1, 1)

# Lengths are those of the claim's elements (NM103, NM104, N301, N401, NM109, SBR03), so that nothing is cut later.
_LENGTHS = {
    "last": 60, "first": 35, "line1": 55, "city": 30, "state": 30, "zip": 15, "phone": 25, "email": 120,
    "payer": 60, "payer_id": 80, "member_id": 80, "group_number": 50, "facility": 60, "kind": 80,
    "specialty": 60, "source": 200, "source_id": 100,
}  # fmt: skip

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SEXES = {"f": "F", "female": "F", "m": "M", "male": "M", "u": "U", "unknown": "U", "other": "U", "x": "U", "": "U"}
_STATE = re.compile(r"[A-Za-z]{2}")
_ZIP = re.compile(r"([0-9]{5})(?:[- ]?([0-9]{4}))?")


class FieldError(Exception):
    """One encounter can't be taken: the field at fault, as the sender names it, and the reason."""

    def __init__(self, field_: str, reason: str) -> None:
        super().__init__(field_, reason)
        self.field = field_
        self.reason = reason


@dataclass(slots=True)
class Doubts:
    """Warnings as they gather: the same sentence is said once, with every place where it holds."""

    unit: str
    _places: dict[str, list[int]] = field(default_factory=dict)

    def add(self, sentence: str, line: int) -> None:
        """`sentence` holds at row or entry `line`."""
        places = self._places.setdefault(sentence, [])
        if places[-1:] != [line]:
            places.append(line)

    def sentences(self) -> tuple[str, ...]:
        """Each sentence with up to six of its places."""
        return tuple(f"{said} ({self._where(sorted(places))})" for said, places in self._places.items())

    def _where(self, places: list[int]) -> str:
        name = {"entry": "entries"}.get(self.unit, f"{self.unit}s") if len(places) > 1 else self.unit
        more = f" and {len(places) - 6} more" if len(places) > 6 else ""
        return f"{name} {', '.join(map(str, places[:6]))}{more}"


def a_line(text: str, kind: str, name: str) -> str:
    """`text` cleaned to one line; `FieldError` for field `name` if it is longer than a `kind` may be."""
    line = clean_line(text)
    if len(line) > _LENGTHS[kind]:
        raise FieldError(name, f"is longer than {_LENGTHS[kind]} characters")
    return line


def needed(text: str, name: str) -> str:
    """`text` itself; `FieldError` if there is none."""
    if not text:
        raise FieldError(name, "is missing")
    return text


def a_date(text: str, name: str) -> date:
    """The date of 'YYYY-MM-DD' and of nothing else; `FieldError` says what is wrong with it."""
    found = _DATE.fullmatch(needed(clean_line(text), name))
    if not found:
        raise FieldError(name, f"{clean_line(text)[:40]!r} is not a date like 2026-01-31")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise FieldError(name, f"{found[0]} is not in the calendar") from None
    if day < EARLIEST:
        raise FieldError(name, f"{found[0]} is before 1900")
    return day


def a_sex(text: str, name: str) -> str:
    """F, M or U."""
    sex = _SEXES.get(clean_line(text).lower())
    if sex is None:
        raise FieldError(name, f"{clean_line(text)[:20]!r} is none of F, M, U")
    return sex


def a_state(text: str, name: str, doubts: Doubts, line: int) -> str:
    """Two capital letters; anything else is kept as it came, with a doubt."""
    state = a_line(text, "state", name)
    if _STATE.fullmatch(state):
        return state.upper()
    if state:
        doubts.add(f"The {name} {state!r} is not two letters.", line)
    return state


def a_zip(text: str, name: str, doubts: Doubts, line: int) -> str:
    """Five or nine digits without the hyphen; anything else is kept as it came, with a doubt."""
    code = a_line(text, "zip", name)
    found = _ZIP.fullmatch(code)
    if found:
        return found[1] + (found[2] or "")
    if code:
        doubts.add(f"The {name} {code!r} is not a ZIP code of 5 or 9 digits.", line)
    return code


def a_note(text: str, name: str) -> str:
    """The note cleaned; `FieldError` if it is longer than any real note."""
    if len(text) > MAX_NOTE:
        raise FieldError(name, f"is longer than {MAX_NOTE:,} characters")
    return clean_note(text)


def an_npi(text: str, name: str, doubts: Doubts, line: int, *, strict: bool) -> str:
    """Ten digits.  A wrong check digit is a doubt, or a `FieldError` when `strict`."""
    npi = needed(clean_line(text), name)
    if not looks_like_npi(npi):
        raise FieldError(name, f"{npi[:20]!r} is not an NPI of ten digits")
    if not is_npi(npi):
        if strict:
            raise FieldError(name, f"the check digit of {npi} is wrong")
        doubts.add(f"The check digit of the NPI {npi} is wrong; a payer will refuse it.", line)
    return npi


def in_order(birth: date, service: date, today: date, *, birth_field: str, service_field: str) -> None:
    """`FieldError` unless born on or before the date of service, and served no later than tomorrow.

    Tomorrow is let through: the sender may stand in an earlier time zone's next day.
    """
    if service > today + timedelta(days=1):
        raise FieldError(service_field, f"{service} is in the future")
    if birth > service:
        raise FieldError(birth_field, f"{birth} is after the date of service {service}")


def no_later(person: PersonIn, today: date, name: str) -> None:
    """`FieldError` if somebody (a subscriber) is not born yet."""
    if person.birth > today:
        raise FieldError(name, f"{person.birth} is in the future")


@dataclass(slots=True)
class Gathered:
    """The encounters and refusals of one file as they are read."""

    file: str
    doubts: Doubts
    encounters: dict[tuple[str, str], EncounterIn] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, encounter: EncounterIn, original: str) -> None:
        """Keep the encounter, unless the file told of it before.

        The same again is kept once; the same identifier with other content is refused, for nobody can say which
        of the two is right.
        """
        key = (encounter.source, encounter.source_id)
        first = self.encounters.setdefault(key, encounter)
        if first is encounter:
            return
        if _without_line(first) == _without_line(encounter):
            self.doubts.add(f"The same encounter stands already at {self.doubts.unit} {first.line}.", encounter.line)
            return
        reason = f"{encounter.source_id!r} stands already at {self.doubts.unit} {first.line}, with other content"
        self.refuse(encounter.line, "source_id", reason, original)

    def refuse(self, line: int, field_: str, reason: str, original: str) -> None:
        """Keep the refused row with its reason."""
        self.rejects.append(Reject(self.file, line, field_, reason, clean_note(original[:MAX_ORIGINAL])))

    def intake(self) -> Intake:
        """What came of the file, in its order."""
        return Intake(tuple(self.encounters.values()), tuple(self.rejects), self.doubts.sentences())


def _without_line(encounter: EncounterIn) -> tuple[object, ...]:
    return tuple(getattr(encounter, name) for name in _names() if name != "line")


def _names() -> Iterable[str]:
    return EncounterIn.__slots__
