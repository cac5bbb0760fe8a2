"""Worksheets: what a coder works out on paper, each a pure function of what was written down.

`timed_units`   units of timed procedures by Medicare's 8-minute rule or by the midpoint of each code
`anesthesia`    anaesthesia units: base, time kept to a decimal, modifying
`em_level`      the level of a visit by two of three elements or by total time, with the user's own thresholds
`query_wording` what a question to a provider must not say and has to offer

Nothing here looks a code up, reads the clock or keeps anything; licensed numbers come in as arguments.
"""

from __future__ import annotations

from codesets.worksheets.anesthesia import (
    AnesthesiaRule,
    AnesthesiaUnits,
    anesthesia_rule,
    anesthesia_units,
    is_anesthesia,
)
from codesets.worksheets.em_level import (
    EmResult,
    EmWorksheet,
    Level,
    Prolonged,
    Threshold,
    decision_level,
    em_level,
    prolonged_units,
)
from codesets.worksheets.query_wording import (
    OTHER,
    UNDETERMINED,
    QueryDraft,
    QueryForm,
    Wording,
    check_quote,
    check_wording,
    wording_rules,
)
from codesets.worksheets.timed_units import CodeUnits, TimedMinutes, UnitRule, UnitsResult, timed_units

__all__ = [
    "OTHER",
    "UNDETERMINED",
    "AnesthesiaRule",
    "AnesthesiaUnits",
    "CodeUnits",
    "EmResult",
    "EmWorksheet",
    "Level",
    "Prolonged",
    "QueryDraft",
    "QueryForm",
    "Threshold",
    "TimedMinutes",
    "UnitRule",
    "UnitsResult",
    "Wording",
    "anesthesia_rule",
    "anesthesia_units",
    "check_quote",
    "check_wording",
    "decision_level",
    "em_level",
    "is_anesthesia",
    "prolonged_units",
    "timed_units",
    "wording_rules",
]
