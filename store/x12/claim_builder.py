"""One claim while it is read: what claims of both kinds have in loops 2300 to 2430."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from store.money import show_cents
from store.x12.adjudication import of_elements
from store.x12.cas import adjustments_of
from store.x12.claim_values import Attachment, BillingProvider, Drug, Person, ProfessionalClaim, Subscription
from store.x12.coordination_builder import OtherBuilder, PaymentBuilder
from store.x12.fields import Fields, day_of
from store.x12.institutional_values import InstitutionalClaim
from store.x12.party_reading import Party, city, street

Values = dict[str, Any]
AnyClaim = ProfessionalClaim | InstitutionalClaim
_DRUG_CODE = "N4"
_SERVICE_DATES = frozenset({"472", "150"})


@dataclass(frozen=True, slots=True)
class Head:
    """The levels above a claim."""

    billing: BillingProvider
    coverage: Subscription
    patient: Person | None


@dataclass(slots=True)
class LineBuilder:
    """Loop 2400: values by the field's name; `payments` are the 2430 loops."""

    values: Values
    attachments: list[Attachment] = field(default_factory=list)
    payments: list[PaymentBuilder] = field(default_factory=list)

    def fields(self) -> Values:
        """What the value of a line is made of."""
        values = self.values
        if self.attachments:
            values["attachments"] = tuple(self.attachments)
        if self.payments:
            values["prior"] = tuple(one.value(values["code"], values["modifiers"]) for one in self.payments)
        return values


class ClaimBuilder:
    """Takes the segments after CLM; what is open last, a line payment, a line or another payer, owns a segment.

    A kind of claim tells which references and parties it knows, by qualifier, and its own amount of the patient.
    """

    references: Mapping[str, str] = {}
    line_references: Mapping[str, str] = {}
    parties: Mapping[str, str] = {}
    line_parties: Mapping[str, str] = {}
    patient_amount = ("", "")
    line_note = ""

    def __init__(self, fields: Fields, head: Head) -> None:
        self.fields = fields
        self.head = head
        self.values: Values = {"control_number": fields.needed(1)}
        self.charge, self.where = fields.cents(2), fields.where()
        self.attachments: list[Attachment] = []
        self.others: list[OtherBuilder] = []
        self.lines: list[LineBuilder] = []
        self._party: Party | None = None
        self._takers: dict[str, Callable[[], None]] = {
            "AMT": self._amt, "CAS": self._cas, "CTP": self._ctp, "DTP": self._dtp, "HI": self.codes, "LIN": self._lin,
            "LX": self._lx, "MIA": self._outcome, "MOA": self._outcome, "N3": self._n3, "N4": self._n4,
            "NM1": self._nm1, "NTE": self._nte,
            "OI": self._oi, "PRV": self._prv, "PWK": self._pwk, "REF": self._ref, "SBR": self._sbr, "SVD": self._svd,
            "SV1": self.service, "SV2": self.service, "CL1": self.other_segment, "CRC": self.other_segment,
        }  # fmt: skip
        self.start()

    def take(self, found: str) -> None:
        """The segment on which the fields stand; one that means nothing here is passed over."""
        taker = self._takers.get(found)
        if taker:
            taker()

    def start(self) -> None:
        """Reads the rest of CLM."""
        raise NotImplementedError

    def codes(self) -> None:
        """Reads HI."""
        raise NotImplementedError

    def service(self) -> None:
        """Reads SV1 or SV2."""
        raise NotImplementedError

    def claim_date(self, kind: str) -> None:
        """Reads a DTP of loop 2300."""
        raise NotImplementedError

    def claim_note(self, kind: str) -> None:
        """Reads an NTE of loop 2300."""
        raise NotImplementedError

    def other_segment(self) -> None:
        """Reads what one kind of claim alone has."""
        raise NotImplementedError

    def value(self) -> AnyClaim:
        """The claim; its lines are complete."""
        raise NotImplementedError

    def finish(self) -> AnyClaim:
        """The claim, `Refused` where its lines are not its charge."""
        self._close_party()
        claim = self.value()
        if claim.charge != self.charge:
            what = f"CLM02 is {show_cents(self.charge)}, but the lines are {show_cents(claim.charge)} together."
            refusal = self.fields.refuse(what, "Ask the sender for a correct file.")
            refusal.where = self.where
            raise refusal
        return claim

    def common(self) -> Values:
        """Fields that both kinds of claims have."""
        return self.values | {
            "billing": self.head.billing, "subscription": self.head.coverage, "patient": self.head.patient,
            "attachments": tuple(self.attachments),
            "others": tuple(other.value(self._last_day(other.coverage["payer_id"])) for other in self.others),
        }  # fmt: skip

    def _last_day(self, payer_id: str) -> date | None:
        days = [one.day for line in self.lines for one in line.payments if one.payer_id == payer_id and one.day]
        return max(days, default=None)

    def open_line(self) -> LineBuilder:
        """The line that is open, `Refused` where none is."""
        if not self.lines:
            raise self.fields.refuse(f"{self.fields.id} stands outside a line (LX).")
        return self.lines[-1]

    def complete(self, number: int, line: LineBuilder, needed: Mapping[str, str]) -> Values:
        """The fields of a line; `needed` are those that it must have, with what tells them."""
        for name, called in needed.items():
            if name not in line.values:
                raise self.fields.refuse(f"Line {number} of claim {self._called()} has no {called}.")
        return line.fields()

    def _called(self) -> str:
        return str(self.values["control_number"])[:40]

    def days(self, n: int) -> tuple[date, date | None]:
        """A day, or a range of which the last day is another; what follows the eight digits of a day is its time."""
        first, mark, last = self.fields.needed(n).partition("-")
        start, end = day_of(first[:8]), day_of(last[:8]) if mark else None
        if start is None or (mark and end is None):
            raise self.fields.refuse(f"{self.fields.name(n)} is {first[:20]!r}, which is no date or range of dates.")
        return start, end if end != start else None

    def quantity(self, n: int) -> tuple[int, str]:
        """Units and their decimals: (1, '5') of 1.5."""
        whole, _, rest = (self.fields.text(n) or "1").partition(".")
        digits = f"{whole}{rest}"
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise self.fields.refuse(f"{self.fields.name(n)} is {digits[:20]!r}, which is no quantity.")
        return int(whole or 0), rest.rstrip("0")

    def procedure(self, n: int) -> tuple[str, tuple[str, ...], str]:
        """Code, modifiers and description of a composite whose first part tells the kind of code."""
        parts = (*self.fields.parts(n), *[""] * 7)
        if parts[0] and not parts[0].isalnum():
            raise self.fields.refuse(f"{self.fields.name(n)} is {parts[0][:20]!r}, which has no known separator.")
        return parts[1], tuple(one for one in parts[2:6] if one), parts[6]

    @property
    def _payment(self) -> PaymentBuilder | None:
        return self.lines[-1].payments[-1] if self.lines and self.lines[-1].payments else None

    def _lx(self) -> None:
        self._close_party()
        self.lines.append(LineBuilder({"control": ""}))

    def _sbr(self) -> None:
        self._close_party()
        self.others.append(OtherBuilder(self.fields))

    def _svd(self) -> None:
        self._close_party()
        line = self.open_line()
        code, modifiers, _ = self.procedure(3)
        line.payments.append(PaymentBuilder(self.fields, code, modifiers, self.quantity(5)[0]))

    def _cas(self) -> None:
        found = adjustments_of(self.fields)
        if self._payment:
            self._payment.adjustments += found
        elif self.others and not self.lines:
            self.others[-1].adjustments += found
        else:
            raise self.fields.refuse("CAS stands outside what another payer decided.")

    def _amt(self) -> None:
        kind, fields = self.fields.text(1), self.fields
        if self._payment:
            if kind == "EAF":
                self._payment.remaining = fields.cents(2)
        elif self.lines:
            return
        elif self.others:
            self.others[-1].amount(kind)
        elif kind == self.patient_amount[0]:
            self.values[self.patient_amount[1]] = fields.cents(2)

    def _oi(self) -> None:
        if self.others:
            told = {"benefits": self.fields.text(3) or "Y", "release": self.fields.text(6) or "Y"}
            self.others[-1].values |= told

    def _outcome(self) -> None:
        """MIA and MOA."""
        if self.others:
            fields = self.fields
            told = of_elements(fields.id, [fields.text(n) for n in range(1, len(fields.elements))])
            self.others[-1].values |= told

    def _dtp(self) -> None:
        kind = self.fields.text(1)
        if self._payment:
            if kind == "573":
                self._payment.day = self.days(3)[0]
        elif self.lines:
            if kind in _SERVICE_DATES:
                values = self.lines[-1].values
                values["service_date"], values["end_date"] = self.days(3)
        elif self.others:
            if kind == "573":
                self.others[-1].values["adjudicated"] = self.days(3)[0]
        else:
            self.claim_date(kind)

    def _nte(self) -> None:
        if not self.lines:
            self.claim_note(self.fields.text(1))
        elif self.line_note and self.fields.text(1) != "TPO":
            self.lines[-1].values[self.line_note] = self.fields.text(2)

    def _pwk(self) -> None:
        fields = self.fields
        if self.lines and fields.text(1) == "CT":
            return  # the certificate of a piece of equipment is no attachment
        owner = self.lines[-1].attachments if self.lines else self.attachments
        owner.append(Attachment(fields.text(1), fields.text(2), fields.text(6)))

    def _lin(self) -> None:
        line = self.open_line()
        if self.fields.text(2) == _DRUG_CODE:
            line.values["drug"] = Drug(self.fields.text(3), "", "")

    def _ctp(self) -> None:
        values = self.open_line().values
        drug: Drug | None = values.get("drug")
        if drug:
            values["drug"] = Drug(drug.ndc, self.fields.text(4), self.fields.parts(5)[0], drug.prescription)

    def _ref(self) -> None:
        kind, value = self.fields.text(1), self.fields.text(2)
        entity = self._party.entity if self._party else ""
        if self.lines:
            if not (self._payment or entity):
                self._line_ref(self.lines[-1].values, kind, value)
        elif self.others:
            if kind == "F8" and entity == "PR":
                self.others[-1].values["payer_control"] = value
        elif kind in self.references and not entity:  # within a party it is that party's second number
            self.values[self.references[kind]] = value

    def _line_ref(self, values: Values, kind: str, value: str) -> None:
        drug: Drug | None = values.get("drug")
        if kind == "XZ" and drug:
            values["drug"] = Drug(drug.ndc, drug.quantity, drug.unit, value)
        elif kind in self.line_references:
            values[self.line_references[kind]] = value

    def _nm1(self) -> None:
        self._close_party()
        self._party = Party(self.fields)

    def _prv(self) -> None:
        if self._party:
            self._party.taxonomy = self.fields.text(3)

    def _n3(self) -> None:
        if self._party:
            self._party.address = street(self.fields)

    def _n4(self) -> None:
        if self._party:
            self._party.address = city(self.fields, self._party.address)

    def _close_party(self) -> None:
        party, self._party = self._party, None
        if party is None:
            return
        if self.lines:
            if party.entity in self.line_parties:
                self.lines[-1].values[self.line_parties[party.entity]] = party.clinician()
        elif self.others:
            self.others[-1].party(party)
        elif party.entity == "77":  # a place without a number of its own belongs to the billing provider
            self.values["facility"] = party.facility(self.head.billing.npi)
        elif party.entity in self.parties:
            self.values[self.parties[party.entity]] = party.clinician()
