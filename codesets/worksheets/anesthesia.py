"""Anaesthesia units.  Medicare Claims Processing Manual, chapter 12, section 50: base units of the code plus minutes
by fifteen, kept to one decimal; no other units.  Other payers round otherwise or add units for the patient's state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from codesets.errors import Refused

_DAYS = 3 * 24 * 60


@dataclass(frozen=True, slots=True)
class AnesthesiaUnits:
    """`time` has the decimals asked for; `total` is the sum; `why` spells it out."""

    base: Decimal
    time: Decimal
    modifying: Decimal
    total: Decimal
    why: str


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
