"""What some procedures need on the claim: a CLIA number, a referring or an ordering provider, the drug's own code.

Which procedures is data (`codesets/tables/claim_needs.csv`), and so is what a payer was said to want of them: for a
payer that requires it a lack stops the claim; for the payers that the law names it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from codesets.tables import read_table
from store.claims.payer_data import listed
from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.x12.claim_values import ProfessionalClaim, ServiceLine
from store.x12.institutional_values import InstitutionalLine


@dataclass(frozen=True, slots=True)
class Need:
    """Procedures from `first` to `last` need a field; `filings` (SBR09) are the payers that the source binds."""

    first: str
    last: str
    needs: str
    filings: frozenset[str]
    source: str


_TOLD = {
    "clia": ("N.CLIA", "a CLIA number", "2400 REF*X4", Fix.CLIA),
    "referring": ("N.REFERRING", "a referring provider", "2310A", Fix.REFERRING),
    "ordering": ("N.ORDERING", "an ordering provider", "2420E", Fix.ORDERING),
    "ndc": ("N.NDC", "the drug's code (NDC) and quantity", "2410", Fix.NDC),
}
BY_LINE = frozenset({"clia", "ordering", "ndc"})
"""Needs that only some procedures have: a payer that requires one wants it of these alone."""


@cache
def needs() -> tuple[Need, ...]:
    """The table."""
    return tuple(
        Need(row["first"], row["last"], row["needs"], frozenset(row["filings"].split()), row["source"])
        for row in read_table("claim_needs")
    )


def needed(facts: Facts) -> Iterator[Finding]:
    """One finding a line and need."""
    required, filing = listed(facts.payer.required), facts.payer.filing
    lines: tuple[ServiceLine | InstitutionalLine, ...] = facts.content.lines
    for number, line in enumerate(lines, 1):
        for need in needs():
            if not (need.first <= line.code <= need.last) or len(line.code) != 5 or _has(facts, line, need.needs):
                continue
            by_payer = need.needs in required
            if not by_payer and filing not in need.filings:
                continue
            code, what, place, fix = _TOLD[need.needs]
            name = facts.payer.name
            told = f"{name} wants {what} with {line.code}." if by_payer else f"{line.code} goes with {what}."
            yield Finding(
                code, f"line {number} {place}", told, "Write it (f).", Severity.STOP if by_payer else Severity.INFO,
                line.code, f"{need.needs} with {need.first} to {need.last}",
                "payer on file" if by_payer else need.source, fix,
            )  # fmt: skip


def _has(facts: Facts, line: ServiceLine | InstitutionalLine, name: str) -> bool:
    claim = facts.content
    if name == "ndc":
        return line.drug is not None
    if not isinstance(claim, ProfessionalClaim) or not isinstance(line, ServiceLine):
        return True
    if name == "clia":
        return bool(claim.clia or line.clia)
    if name == "ordering":
        return line.ordering is not None
    return claim.referring is not None or line.ordering is not None


RULES = (needed,)
