"""Other payers while a claim is read: loops 2320, 2330 and 2430."""

from __future__ import annotations

from datetime import date
from typing import Any

from store.x12.claim_values import LinePayment, OtherPayer, Person, Subscription
from store.x12.fields import Fields
from store.x12.party_reading import NOWHERE, Party
from store.x12.remittance_values import Adjustment

_AMOUNTS = {"D": "paid", "A8": "noncovered", "EAF": "remaining"}


def coverage_of(fields: Fields) -> dict[str, Any]:
    """SBR as fields of a `Subscription`; member and payer come later."""
    return {
        "sequence": fields.text(1), "relationship": fields.text(2), "group_number": fields.text(3),
        "group_name": fields.text(4), "insurance_type": fields.text(5), "filing": fields.text(9),
        "member_id": "", "payer_name": "", "payer_id": "",
    }  # fmt: skip


class OtherBuilder:
    """One 2320 loop; stands on its SBR when it is made."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._who: Party | None = None
        self.adjustments: list[Adjustment] = []
        self.coverage = coverage_of(fields)
        self.values: dict[str, Any] = {"adjudicated": None}

    def amount(self, kind: str) -> None:
        """AMT."""
        if kind in _AMOUNTS:
            self.values[_AMOUNTS[kind]] = self._fields.cents(2)

    def party(self, party: Party) -> None:
        """The insured or the payer, complete with address."""
        if party.entity == "IL":
            self._who = party
            self.coverage["member_id"] = party.number
        elif party.entity == "PR":
            self.coverage |= {"payer_name": party.last, "payer_id": party.number, "payer_address": party.address}

    def value(self, last_day: date | None) -> OtherPayer:
        """The payer; the day of its decision is that of its lines (`last_day`) where it has none of its own."""
        who = self._who
        person = Person("", "", None, "", NOWHERE)
        if who:
            person = Person(who.last, who.first, None, "", who.address or NOWHERE, who.middle)
        self.values["adjudicated"] = self.values["adjudicated"] or last_day
        coverage = Subscription(subscriber=person, **self.coverage)
        return OtherPayer(coverage, adjustments=tuple(self.adjustments), **self.values)


class PaymentBuilder:
    """One 2430 loop; stands on its SVD when it is made."""

    def __init__(self, fields: Fields, code: str, modifiers: tuple[str, ...], units: int) -> None:
        self._missing = fields.refuse(f"The prior payment of {fields.text(1)[:20]!r} has no day (DTP*573).")
        self.payer_id, self.paid = fields.text(1), fields.cents(2)
        self._code, self._modifiers, self._units = code, modifiers, units
        self._revenue = fields.text(4)
        self._bundled = fields.count(6) if fields.text(6) else 0
        self.day: date | None = None
        self.remaining: int | None = None
        self.adjustments: list[Adjustment] = []

    def value(self, code: str, modifiers: tuple[str, ...]) -> LinePayment:
        """The payment; code and modifiers only where they are not the line's."""
        if self.day is None:
            raise self._missing
        same = (self._code, self._modifiers) == (code, modifiers)
        return LinePayment(
            self.payer_id, self.paid, self.day, self._units, tuple(self.adjustments), "" if same else self._code,
            () if same else self._modifiers, self._bundled, self.remaining, self._revenue,
        )  # fmt: skip
