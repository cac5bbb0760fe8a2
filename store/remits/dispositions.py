"""What posting does with an adjustment: give up, move to the patient, or leave open and open a denial.

The group says who bears it, the reason says why; neither says what to do.  The table does, with the numbers of the
codes and our own wording; an unknown code is left open and flagged, and never written off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from codesets.tables import read_table


class Disposition(StrEnum):
    """What happens to the money of one reason."""

    CONTRACTUAL = "contractual"
    PATIENT = "patient"
    PRIOR_PAYER = "prior payer"
    PROTECTED = "protected"
    """Cost share of a qualified Medicare beneficiary (QMB): Medicaid's or ours, never the patient's."""
    DENIAL = "denial"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the disposition, the denial category and a hint in our own words; `known` False for no row."""

    disposition: Disposition
    category: str
    hint: str
    known: bool = True


UNKNOWN = Rule(Disposition.DENIAL, "other", "a reason that is not in the table", known=False)


def disposition(group: str, reason: str) -> Rule:
    """The rule of a group and a reason; a row of the group itself goes before one of any group (`*`)."""
    rules = _rules()
    return rules.get((group, reason)) or rules.get(("*", reason)) or UNKNOWN


@cache
def _rules() -> dict[tuple[str, str], Rule]:
    return {
        (row["group"], row["reason"]): Rule(Disposition(row["disposition"]), row["category"], row["hint"])
        for row in read_table("dispositions")
    }
