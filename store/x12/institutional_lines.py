"""The service lines of an 837I: loops 2400, 2410 and 2430."""

from __future__ import annotations

import re
from collections.abc import Sequence

from store.errors import Refused
from store.x12.claim_parts import attachment_segments, drug_segments, procedure
from store.x12.coordination import line_payment_segments
from store.x12.institutional_values import InstitutionalLine
from store.x12.writing import amount, dated, matching, one_of, own_number, quantity

MAX_LINES = 999
MAX_UNITS = 9_999_999

_BASES = frozenset({"DA", "UN"})
_REVENUE = re.compile(r"[0-9]{4}")


def line_segments(lines: Sequence[InstitutionalLine]) -> str:
    """LX to the last segment of the last line."""
    if not 1 <= len(lines) <= MAX_LINES:
        raise Refused(f"There are {len(lines)} lines; 1 to {MAX_LINES} are wanted.", where="lines")
    if len({line.control for line in lines}) < len(lines):
        raise Refused("Two lines have the same control number (REF*6R).", where="lines")
    return "".join(_line(number, line) for number, line in enumerate(lines, 1))


def _line(number: int, line: InstitutionalLine) -> str:
    where = f"line {number}"
    parts = [
        f"LX*{number}~",
        _service(line, where),
        attachment_segments(line.attachments, f"{where} attachments"),
        dated("472", line.service_date, line.end_date) if line.service_date else "",
        f"REF*6R*{own_number(line.control, 30, f'{where} control')}~",
        drug_segments(line.drug, where),
        line_payment_segments(line, number, institutional=True),
    ]
    return "".join(parts)


def _service(line: InstitutionalLine, where: str) -> str:
    """SV2: revenue code, procedure where there is one, charge, units or days, and what is not covered."""
    revenue = matching(_REVENUE, line.revenue, f"{where} revenue code")
    if (line.modifiers or line.description) and not line.code:
        raise Refused("There are modifiers or a description, but no procedure code.", where=f"{where} procedure")
    what = procedure(line.code, line.modifiers, line.description, where) if line.code else ""
    charge = amount(line.charge, f"{where} charge")
    basis = one_of(line.basis, _BASES, f"{where} unit")
    units = quantity(line.units, line.fraction, MAX_UNITS, f"{where} units")
    if line.noncovered > line.charge:
        raise Refused("More is not covered than is charged.", where=f"{where} not covered")
    bare = f"**{amount(line.noncovered, f'{where} not covered')}" if line.noncovered else ""
    return f"SV2*{revenue}*{what}*{charge}*{basis}*{units}{bare}~"
