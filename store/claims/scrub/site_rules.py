"""Rules of the practice's own, written as data.

    name = "Summit wants an authorisation for drugs"
    severity = "stop"                       # stop, warn, info
    message = "Summit pays for no drug without an authorisation."
    todo = "Ask for the authorisation."
    fix = "authorization"                   # where f leads; see store.claims.scrub.finding.Fix

    [[when]]                                # every condition has to hold
    field = "payer"
    in = ["SUMMT"]
    [[when]]
    field = "line.code"                     # conditions on lines have to hold on one line together
    starts = ["J"]
    [[when]]
    field = "authorization"
    empty = true

    [[cases]]                               # what it has to hit, and what not: one of each at least
    hit = true
    claim = { payer = "SUMMT", lines = [{ code = "J0696" }] }
    [[cases]]
    hit = false
    claim = { payer = "SUMMT", authorization = "A1", lines = [{ code = "J0696" }] }

Fields: payer, filing, sequence, kind, frequency, place, diagnosis, charge (cents), authorization, referral, member_id,
group_number, relationship, sex, age, rendering, and of lines line.code, line.modifier, line.units, line.charge (cents).
Tests: in, not_in, starts, matches (a regular expression), empty, above, below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.claims.snapshot import AnyClaim, diagnosis_codes
from store.errors import Refused
from store.plain_tables import toml_of

HOW_TO = (__doc__ or "").strip()
"""How a rule is written, for a person."""

LINE = "line."
CLAIM_FIELDS = (
    "payer", "filing", "sequence", "kind", "frequency", "place", "diagnosis", "charge", "authorization", "referral",
    "member_id", "group_number", "relationship", "sex", "age", "rendering",
)  # fmt: skip
LINE_FIELDS = ("code", "modifier", "units", "charge")

Flat = Mapping[str, Any]
"""A claim as rules see it: fields by name, `lines` a list of such."""


class Condition(BaseModel):
    """One field and one or more tests of it; of a field with several values one has to pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    in_: tuple[str, ...] = Field(default=(), alias="in")
    not_in: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    matches: str = ""
    empty: bool | None = None
    above: int | None = None
    below: int | None = None

    @property
    def of_line(self) -> bool:
        """Whether it looks at a line."""
        return self.field.startswith(LINE)

    def holds(self, flat: Flat) -> bool:
        """Whether one value of the field passes every test; `empty` looks at all of them."""
        found = flat.get(self.field.removeprefix(LINE), "")
        values = list(found) if isinstance(found, list | tuple) else [found]
        values = [value for value in values if value not in ("", None)]
        if self.empty is not None and self.empty != (not values):
            return False
        if self.not_in and any(str(value) in self.not_in for value in values):
            return False
        tests = (self.in_, self.starts, self.matches, self.above is not None, self.below is not None)
        return any(self._passes(value) for value in values) if any(tests) else True

    def _passes(self, value: Any) -> bool:
        text = str(value)
        if self.in_ and text not in self.in_:
            return False
        if self.starts and not text.startswith(self.starts):
            return False
        if self.matches and not re.search(self.matches, text):
            return False
        if self.above is not None and not (isinstance(value, int) and value > self.above):
            return False
        return self.below is None or (isinstance(value, int) and value < self.below)


class Case(BaseModel):
    """An example: fields of a claim, and whether the rule has to hit it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hit: bool
    claim: dict[str, Any]


class Rule(BaseModel):
    """A rule with its conditions and its cases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=3, max_length=60)
    severity: Literal["stop", "warn", "info"]
    message: str = Field(min_length=3, max_length=200)
    todo: str = "Mend it as the practice's rule says."
    source: str = "practice rule"
    fix: Fix = Fix.NOTHING
    when: tuple[Condition, ...] = Field(min_length=1)
    cases: tuple[Case, ...]

    def hit(self, flat: Flat) -> int | None:
        """0 where the claim is hit as a whole, the number of the first line that is hit, or None."""
        if not all(one.holds(flat) for one in self.when if not one.of_line):
            return None
        of_lines = [one for one in self.when if one.of_line]
        if not of_lines:
            return 0
        lines: Sequence[Flat] = flat.get("lines", ())
        return next((n for n, line in enumerate(lines, 1) if all(one.holds(line) for one in of_lines)), None)


@lru_cache(maxsize=512)
def read_rule(text: str) -> Rule:
    """The rule of a text, `Refused` where it is no rule, or where one of its own cases comes out otherwise."""
    try:
        rule = Rule.model_validate(toml_of(text))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Refused(f"{first['msg']}.", where=".".join(str(part) for part in first["loc"])) from None
    _check_conditions(rule)
    _check_cases(rule)
    return rule


def _check_conditions(rule: Rule) -> None:
    for number, one in enumerate(rule.when, 1):
        known = LINE_FIELDS if one.of_line else CLAIM_FIELDS
        if one.field.removeprefix(LINE) not in known:
            raise Refused(
                f"{one.field[:30]!r} is no field.", where=f"when {number}", do=f"Known are: {', '.join(known)}."
            )
        try:
            re.compile(one.matches)
        except re.error as wrong:
            raise Refused(f"This is no regular expression: {wrong}.", where=f"when {number}") from None


def _check_cases(rule: Rule) -> None:
    if {case.hit for case in rule.cases} != {True, False}:
        raise Refused("A rule has a case that it hits and one that it does not.", where="cases")
    for number, case in enumerate(rule.cases, 1):
        if (rule.hit(case.claim) is not None) != case.hit:
            said = "is not hit" if case.hit else "is hit"
            raise Refused(f"The case {said}, and should be otherwise.", where=f"case {number}", do="Mend rule or case.")


def flat_of(claim: AnyClaim, kind: str, age: int | None, sex: str) -> Flat:
    """A claim as rules see it."""
    return {
        "payer": claim.subscription.payer_id, "filing": claim.subscription.filing, "kind": kind,
        "sequence": claim.subscription.sequence, "frequency": claim.frequency, "place": getattr(claim, "place", ""),
        "diagnosis": diagnosis_codes(claim), "charge": claim.charge, "authorization": claim.authorization,
        "referral": claim.referral, "member_id": claim.subscription.member_id,
        "group_number": claim.subscription.group_number, "relationship": claim.subscription.relationship,
        "sex": sex, "age": age, "rendering": claim.rendering.npi if claim.rendering else "",
        "lines": [
            {"code": line.code, "modifier": list(line.modifiers), "units": line.units, "charge": line.charge}
            for line in claim.lines
        ],
    }  # fmt: skip


def finding_of(rule: Rule, flat: Flat) -> Finding | None:
    """What the rule says of a claim."""
    line = rule.hit(flat)
    if line is None:
        return None
    place = f"line {line}" if line else "claim"
    value = str(flat["lines"][line - 1]["code"]) if line else ""
    return Finding(
        "S.RULE", place, rule.message, rule.todo, Severity(rule.severity), value, rule.name, rule.source, rule.fix
    )  # fmt: skip


def site_rules(facts: Facts, rules: Sequence[Rule], flat: Flat) -> Iterator[Finding]:  # noqa: ARG001
    """Every finding of the active rules."""
    for rule in rules:
        found = finding_of(rule, flat)
        if found is not None:
            yield found
