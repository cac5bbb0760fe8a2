"""Anaesthesia units.  Medicare Claims Processing Manual, chapter 12, section 50: base units of the code plus minutes
by fifteen, kept to one decimal; no other units.  Other payers round otherwise or add units for the patient's state.

How a payer counts is written as minutes and what becomes of the rest: `15 tenths`, `15 whole` (to the nearest unit) or
`15 started`; `status` behind it says that units for the patient's state and the circumstances are added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from codesets.errors import Refused

_DAYS = 3 * 24 * 60
RULE = r"[1-9]\d? (tenths|whole|started)( status)?"
"""The form of a payer's rule."""
MEDICARE = "15 tenths"
_FIRST, _LAST = "00100", "01999"


def is_anesthesia(code: str) -> bool:
    """Is a procedure counted in minutes of anaesthesia: 00100 to 01999?"""
    return bool(re.fullmatch(r"\d{5}", code, re.ASCII)) and _FIRST <= code <= _LAST


@dataclass(frozen=True, slots=True)
class AnesthesiaUnits:
    """`time` has the decimals asked for; `total` is the sum; `why` spells it out."""

    base: Decimal
    time: Decimal
    modifying: Decimal
    total: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class AnesthesiaRule:
    """How a payer counts: minutes of a time unit, decimals kept, and whether modifying units are added."""

    per: int
    decimals: int
    round_up: bool
    status: bool

    def units(self, base: Decimal | int, minutes: int, modifying: Decimal | int = 0) -> AnesthesiaUnits:
        """The units by this rule; modifying ones are refused where the payer adds none."""
        if modifying and not self.status:
            raise Refused(
                "This payer adds no units for the patient's state or the circumstances.", do="Leave them out."
            )
        return anesthesia_units(
            base, minutes, per=self.per, decimals=self.decimals, round_up=self.round_up, modifying=modifying
        )


def anesthesia_rule(text: str) -> AnesthesiaRule:
    """A payer's rule from its words; `Refused` when they are none."""
    if not re.fullmatch(RULE, text):
        raise Refused(f"{text[:20]!r} is no rule of anaesthesia.", do="Write 15 tenths, 15 whole or 15 started.")
    per, rest, *status = text.split()
    return AnesthesiaRule(int(per), 1 if rest == "tenths" else 0, rest == "started", bool(status))


def anesthesia_units(
    base: Decimal | int,
    minutes: int,
    *,
    per: int = 15,
    decimals: int = 1,
    round_up: bool = False,
    modifying: Decimal | int = 0,
) -> AnesthesiaUnits:
    """Base units, minutes by `per` and modifying units (physical status, circumstances), as the payer counts them.

    `base` comes from the user's own base unit file.  `decimals` 0 with `round_up` is "every started unit".
    `Refused` names what can't be.
    """
    if base < 0 or modifying < 0:
        raise Refused("Units are not less than 0.")
    if not 0 <= minutes <= _DAYS:
        raise Refused(f"{minutes} minutes of anaesthesia can't be.", do="Enter the minutes from start to end.")
    if per <= 0 or not 0 <= decimals <= 4:
        raise Refused("A time unit has at least a minute, and at most 4 decimals are kept.")
    step = Decimal(1).scaleb(-decimals)
    time = (Decimal(minutes) / per).quantize(step, ROUND_CEILING if round_up else ROUND_HALF_UP)
    total = Decimal(base) + time + Decimal(modifying)
    further = f" + {modifying} modifying" if modifying else ""
    why = f"{base} base + {minutes} min / {per} = {time} time{further} = {total}"
    return AnesthesiaUnits(Decimal(base), time, Decimal(modifying), total, why)
