"""The HI segments of an 837I: diagnoses with their marks, procedures, occurrences, values and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from store.errors import Refused
from store.x12.claim_limits import diagnosis_codes
from store.x12.institutional_values import Condition, InstitutionalClaim, Occurrence, Procedure
from store.x12.writing import amount, day, matching, one_of

INPATIENT = frozenset({"11", "12", "18", "21", "22", "28", "41", "65", "66", "86"})
"""First two digits of the types of bill of inpatient stays; only these have an admission day by need."""

MAX_OTHER_DIAGNOSES = 24
MAX_REASONS = 3
MAX_EXTERNAL = 12
MAX_CODES = 24
PER_SEGMENT = 12

_VISITS, _URGENT, _UNSCHEDULED = frozenset({"13", "78", "85"}), frozenset("125"), frozenset({"0516", "0762"})
_MARKS = frozenset({"", "N", "U", "W", "Y"})
_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_NUBC = re.compile(r"[0-9A-Z]{2}")
_DRG = re.compile(r"[0-9A-Z]{1,4}")


def code_segments(claim: InstitutionalClaim) -> str:
    """HI segments in the order of the guide; `Refused` where there are too many of one kind."""
    if not claim.diagnoses:
        raise Refused("The principal diagnosis is missing.", where="diagnoses")
    written = tuple(one.code for one in claim.diagnoses)
    principal, *others = diagnosis_codes(written, MAX_OTHER_DIAGNOSES + 1)
    marks = [_mark(one, f"diagnosis {number}") for number, one in enumerate(claim.diagnoses, 1)]
    text = "".join(
        (
            _one("ABK", [principal + marks[0]]),
            _one("ABJ", diagnosis_codes((claim.admitting,), 1, where="admitting diagnosis") if claim.admitting else []),
            _one("APR", diagnosis_codes(claim.reasons, MAX_REASONS, where="reason for visit")),
            _one("ABN", _external(claim.external)),
            _one("DR", [matching(_DRG, claim.drg, "diagnosis related group")] if claim.drg else []),
            _one("ABF", [code + mark for code, mark in zip(others, marks[1:], strict=True)]),
            _procedures(claim.procedures),
            _one("BI", _occurrences(claim.spans, span=True)),
            _one("BH", _occurrences(claim.occurrences, span=False)),
            _one("BE", _values(claim)),
            _one("BG", _conditions(claim.conditions)),
        )
    )
    _check_setting(claim)
    return text


def _check_setting(claim: InstitutionalClaim) -> None:
    """Codes that belong to a stay or to a visit alone (CMS, Claims Processing Manual, ch. 25, 75.6)."""
    if claim.procedures and claim.facility_type not in INPATIENT:
        raise Refused("Only a stay has ICD-10-PCS procedures; a visit has HCPCS codes.", where="procedures")
    if claim.facility_type == "11" and not claim.admitting:
        raise Refused("A stay needs the diagnosis at admission.", where="admitting diagnosis")
    revenue = any(line.revenue[:3] == "045" or line.revenue in _UNSCHEDULED for line in claim.lines)
    if claim.facility_type in _VISITS and claim.admission.type in _URGENT and revenue and not claim.reasons:
        what = "An unscheduled visit (emergency room, urgent care, observation) needs the patient's reason for it."
        raise Refused(what, where="reason for visit")


def _one(qualifier: str, values: Sequence[str]) -> str:
    """HI segments of one kind, twelve values in each."""
    return "".join(
        "*".join(["HI", *(f"{qualifier}:{value}" for value in values[n : n + PER_SEGMENT])]) + "~"
        for n in range(0, len(values), PER_SEGMENT)
    )


def _mark(condition: Condition, where: str) -> str:
    """The present-on-admission mark stands ninth in the composite."""
    mark = one_of(condition.present, _MARKS, f"{where} present on admission")
    return f"{':' * 7}{mark}" if mark else ""


def _external(causes: Sequence[Condition]) -> list[str]:
    codes = diagnosis_codes(tuple(one.code for one in causes), MAX_EXTERNAL, where="external cause")
    return [code + _mark(one, "external cause") for code, one in zip(codes, causes, strict=True)]


def _procedures(procedures: Sequence[Procedure]) -> str:
    _at_most(procedures, MAX_CODES + 1, "procedures")
    told = [
        f"{matching(_PROCEDURE, one.code.upper(), f'procedure {n}')}:D8:{day(one.day)}"
        for n, one in enumerate(procedures, 1)
    ]
    return _one("BBR", told[:1]) + _one("BBQ", told[1:])


def _occurrences(occurrences: Sequence[Occurrence], *, span: bool) -> list[str]:
    where = "occurrence span" if span else "occurrence"
    _at_most(occurrences, MAX_CODES, where)
    return [_occurrence(one, where, span=span) for one in occurrences]


def _occurrence(one: Occurrence, where: str, *, span: bool) -> str:
    code = matching(_NUBC, one.code.upper(), where)
    if not span:
        if one.until is not None:
            raise Refused(f"Occurrence {code} has a last day; then it is a span.", where=where)
        return f"{code}:D8:{day(one.day)}"
    if one.until is None or one.until < one.day:
        raise Refused(f"Occurrence span {code} needs a last day from its first day on.", where=where)
    return f"{code}:RD8:{day(one.day)}-{day(one.until)}"


def _values(claim: InstitutionalClaim) -> list[str]:
    _at_most(claim.values, MAX_CODES, "value code")
    return [
        f"{matching(_NUBC, one.code.upper(), 'value code')}:::{amount(one.cents, f'value code {one.code}')}"
        for one in claim.values
    ]


def _conditions(codes: Sequence[str]) -> list[str]:
    _at_most(codes, MAX_CODES, "condition code")
    return [matching(_NUBC, code.upper(), "condition code") for code in codes]


def _at_most(found: Iterable[object], limit: int, where: str) -> None:
    count = len(list(found))
    if count > limit:
        raise Refused(f"There are {count}; at most {limit} may be told.", where=where)
