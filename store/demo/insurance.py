"""Who pays for an invented patient: Medicare, Medicaid, an employer's plan, a relative's plan, or nobody."""

from __future__ import annotations

from datetime import date
from random import Random

from store.demo.people import a_birth, a_relative, age
from store.demo.practice import DemoPayer, payers
from store.intake.values import CoverageIn, PersonIn

SELF_PAY = 0.06
"""Share of the patients without insurance; one over 65 always has Medicare, so others are a little more often."""

_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
_DIGITS = "0123456789"
# A Medicare number as CMS writes it: C a digit from 1, A a letter (without S L O I B Z), N a digit, X either.
_MBI = "CAXNAXNAANN"


def coverages(rng: Random, patient: PersonIn, on: date) -> tuple[CoverageIn, ...]:
    """The patient's insurance in order; none for one who pays alone."""
    years = age(patient.birth, on)
    if years >= 65:
        return _medicare(rng)
    if rng.random() < SELF_PAY * 1.5:
        return ()
    if rng.random() < (0.38 if years < 18 else 0.1):
        return (_own(rng, _by_kind("medicaid"), 1),)
    if years < 19 or (years < 26 and rng.random() < 0.6):
        return _family(rng, patient, on, relationship="19")
    if rng.random() < 0.16:
        return _family(rng, patient, on, relationship="01")
    plan = _commercial(rng)
    second = (_own(rng, _commercial(rng, but=plan), 2),) if rng.random() < 0.03 else ()
    return (_own(rng, plan, 1), *second)


def _medicare(rng: Random) -> tuple[CoverageIn, ...]:
    first = _own(rng, _by_kind("medicare"), 1)
    if rng.random() < 0.2:
        return first, _own(rng, _commercial(rng), 2)
    if rng.random() < 0.06:
        return first, _own(rng, _by_kind("medicaid"), 2)
    return (first,)


def _family(rng: Random, patient: PersonIn, on: date, *, relationship: str) -> tuple[CoverageIn, ...]:
    """A plan whose subscriber is a parent (19) or the spouse (01); children sometimes have both parents' plans."""
    plan = _commercial(rng)
    subscriber = _subscriber(rng, patient, on, relationship, 1)
    first = CoverageIn(plan.name, plan.payer_id, _member_id(rng, plan), 1, _group(rng, plan), relationship, subscriber)
    if relationship != "19" or rng.random() >= 0.12:
        return (first,)
    other = _commercial(rng, but=plan)
    parent = _subscriber(rng, patient, on, relationship, 2)
    second = CoverageIn(other.name, other.payer_id, _member_id(rng, other), 2, _group(rng, other), relationship, parent)
    return first, second


def _subscriber(rng: Random, patient: PersonIn, on: date, relationship: str, number: int) -> PersonIn:
    years = age(patient.birth, on)
    if relationship == "19":
        return a_relative(
            rng, patient, number=number, sex=rng.choice("FM"), birth=a_birth(rng, on, years + 21, years + 39)
        )
    sex = {"F": "M", "M": "F"}.get(patient.sex, "U") if rng.random() < 0.95 else patient.sex
    return a_relative(
        rng, patient, number=number, sex=sex, birth=a_birth(rng, on, max(19, years - 6), min(64, years + 6))
    )


def _own(rng: Random, payer: DemoPayer, order: int) -> CoverageIn:
    """A coverage whose subscriber is the patient."""
    return CoverageIn(payer.name, payer.payer_id, _member_id(rng, payer), order, _group(rng, payer))


def _by_kind(kind: str) -> DemoPayer:
    return next(payer for payer in payers() if payer.kind == kind)


def _commercial(rng: Random, but: DemoPayer | None = None) -> DemoPayer:
    found = [payer for payer in payers() if payer.kind == "commercial" and payer != but]
    return rng.choices(found, [payer.weight for payer in found])[0]


def _group(rng: Random, payer: DemoPayer) -> str:
    return f"G{rng.randrange(10_000, 99_999)}" if payer.kind == "commercial" else ""


def _member_id(rng: Random, payer: DemoPayer) -> str:
    if payer.kind == "medicare":
        sets = {"C": _DIGITS[1:], "A": _MBI_LETTERS, "N": _DIGITS, "X": _MBI_LETTERS + _DIGITS}
        return "".join(rng.choice(sets[place]) for place in _MBI)
    digits = "".join(rng.choice(_DIGITS) for _ in range(9))
    return f"00{digits}" if payer.kind == "medicaid" else payer.payer_id[:3] + digits
