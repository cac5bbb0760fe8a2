"""Invented people: names put together at random, telephone numbers of the range kept for fiction (555-01xx)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random

from store.demo.practice import rows
from store.intake.values import PersonIn

_STREET_KINDS = ("St", "Ave", "Rd", "Ln", "Ct", "Dr")
_TOWNS = (("Larkfield", "66899"), ("Cedar Hollow", "66897"), ("Eldermere", "67899"), ("Wheaton Falls", "67898"))
_AREAS = ("316", "620", "785")


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(row["name"] for row in rows("names.csv") if row["kind"] == kind)


def a_first_name(rng: Random, sex: str) -> str:
    """A given name for F or M; either for U."""
    return rng.choice({"F": _names("woman"), "M": _names("man")}.get(sex, _names("woman") + _names("man")))


def a_phone(rng: Random) -> str:
    """Ten digits of the range that is kept for fiction."""
    return f"{rng.choice(_AREAS)}55501{rng.randrange(100):02d}"


def a_person(rng: Random, source_id: str, *, sex: str, birth: date) -> PersonIn:
    """Somebody new with an address of their own."""
    last, first = rng.choice(_names("surname")), a_first_name(rng, sex)
    town, code = rng.choice(_TOWNS)
    flat = f" Apt {rng.randint(1, 40)}" if rng.random() < 0.2 else ""
    street = f"{rng.randint(10, 2999)} {rng.choice(_names('street'))} {rng.choice(_STREET_KINDS)}{flat}"
    email = f"{first}.{last}{rng.randrange(100):02d}@example.com".lower() if rng.random() < 0.4 else ""
    return PersonIn(
        source_id=source_id,
        last=last,
        first=first,
        birth=birth,
        sex=sex,
        line1=street,
        city=town,
        state="KS",
        zip=code,
        phone=a_phone(rng),
        email=email,
        language=rng.choices(("en", "es", "vi"), (88, 10, 2))[0],
    )


def a_relative(rng: Random, patient: PersonIn, *, number: int, sex: str, birth: date) -> PersonIn:
    """Somebody of the patient's household: same surname, address and telephone; `number` tells relatives apart."""
    return PersonIn(
        source_id=f"{patient.source_id}-S{number}",
        last=patient.last,
        first=a_first_name(rng, sex),
        birth=birth,
        sex=sex,
        line1=patient.line1,
        city=patient.city,
        state=patient.state,
        zip=patient.zip,
        phone=patient.phone,
        language=patient.language,
    )


def a_birth(rng: Random, on: date, youngest: int, oldest: int, *, months: bool = False) -> date:
    """A birth date of somebody who has from `youngest` to `oldest` whole years (or months) on that day."""
    unit = 30.4375 if months else 365.25
    # A day within both ends, so that rounding never makes anybody a year older or younger than asked for.
    return on - timedelta(days=rng.randint(int(youngest * unit) + 2, int((oldest + 1) * unit) - 2))


def age(birth: date, on: date) -> int:
    """Whole years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age_in_months(birth: date, on: date) -> int:
    """Whole months."""
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
