"""The adjustments of one CAS segment, wherever it stands: in remittances and in claims to a second payer."""

from __future__ import annotations

from store.x12.fields import Fields
from store.x12.remittance_values import Adjustment

_GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})  # CR is of 4010 alone (RFI 1147)
_END = 20  # six triples of reason, amount and quantity from element 2 on


def adjustments_of(fields: Fields) -> list[Adjustment]:
    """One to six adjustments of one group; `Refused` where there is none, or an amount without a reason."""
    group = fields.text(1)
    if group not in _GROUPS:
        raise fields.refuse(f"CAS01 is {group[:20]!r}, which is no adjustment group.")
    end = len(fields.elements)
    if end > _END and any(fields.elements[_END:]):
        raise fields.refuse("The CAS segment holds more than six adjustments.")
    found: list[Adjustment] = []
    for n in range(2, min(end, _END), 3):
        reason = fields.text(n)
        if reason:
            quantity = fields.text(n + 2) if n + 2 < end else ""
            found.append(Adjustment(group, reason, fields.cents(n + 1), quantity))
        elif fields.text(n + 1):
            raise fields.refuse(f"{fields.name(n + 1)}: an amount has no reason.")
    if not found:
        raise fields.refuse("The CAS segment holds no adjustment.")
    return found
