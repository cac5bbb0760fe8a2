"""A claim of an 837I while it is read."""

from __future__ import annotations

from datetime import date
from typing import Any

from store.x12.claim_builder import ClaimBuilder
from store.x12.institutional_values import (
    Admission,
    Condition,
    InstitutionalClaim,
    InstitutionalLine,
    Occurrence,
    Procedure,
    ValueCode,
)

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_EXTERNAL = frozenset({"ABN", "BN"})
_PROCEDURES = frozenset({"BBR", "BBQ", "BR", "BQ"})
_NEEDED = {"charge": "service (SV2)"}


class InstitutionalBuilder(ClaimBuilder):
    """CLM to the last service line of loop 2400."""

    references = {
        "9F": "referral", "G1": "authorization", "F8": "payer_control", "LU": "accident_state", "EA": "medical_record",
    }  # fmt: skip
    line_references = {"6R": "control"}
    parties = {
        "71": "attending", "72": "operating", "ZZ": "other_operating", "82": "rendering", "DN": "referring",
    }  # fmt: skip
    patient_amount = ("F3", "patient_share")

    def start(self) -> None:
        """Type of bill, agreements and delay; lists that HI fills."""
        fields = self.fields
        kind, _, frequency = (*fields.parts(5), "", "")[:3]
        self._admission: dict[str, Any] = {"status": ""}
        self._codes: dict[str, list[object]] = {"diagnoses": []}
        self._period: tuple[date, date] | None = None
        self.values |= {
            "facility_type": kind, "frequency": frequency or "1", "assignment": fields.text(7) or "A",
            "release": fields.text(9) or "Y", "delay_reason": fields.text(20),
        }  # fmt: skip

    def codes(self) -> None:
        """HI of any kind, one composite after the other."""
        for n in range(1, len(self.fields.elements)):
            parts = (*self.fields.parts(n), *[""] * 9)
            if parts[1] and not self._condition(parts):
                self._event(n, parts)

    def _condition(self, parts: tuple[str, ...]) -> bool:
        """Diagnoses and bare codes."""
        kind, code = parts[:2]
        if kind in _DIAGNOSES:
            self._add("diagnoses", Condition(code, parts[8]))
        elif kind in _EXTERNAL:
            self._add("external", Condition(code, parts[8]))
        elif kind in {"APR", "PR"}:
            self._add("reasons", code)
        elif kind == "BG":
            self._add("conditions", code)
        elif kind in {"ABJ", "BJ"}:
            self.values["admitting"] = code
        elif kind == "DR":
            self.values["drg"] = code
        else:
            return False
        return True

    def _event(self, n: int, parts: tuple[str, ...]) -> None:
        """Codes with a day or an amount."""
        kind, code, _, when, cents = parts[:5]
        first, _, last = when.partition("-")
        if kind in _PROCEDURES:
            self._add("procedures", Procedure(code, self.fields.a_day(first, n)))
        elif kind == "BH":
            self._add("occurrences", Occurrence(code, self.fields.a_day(first, n)))
        elif kind == "BI":
            self._add("spans", Occurrence(code, self.fields.a_day(first, n), self.fields.a_day(last, n)))
        elif kind == "BE":
            self._add("values", ValueCode(code, self.fields.amount(cents, n)))

    def _add(self, name: str, one: object) -> None:
        self._codes.setdefault(name, []).append(one)

    def claim_date(self, kind: str) -> None:
        """DTP of loop 2300: hours, statement period, admission."""
        text = self.fields.text(3)
        if kind == "434":
            first, last = self.days(3)
            self._period = first, last or first
        elif kind == "435":
            self._admission["day"] = self.days(3)[0]
            if len(text) > 8:
                self._admission["hour"] = self._hour(text[8:10])
        elif kind == "096":
            self._admission["discharge_hour"] = self._hour(text[:2])

    def _hour(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) <= 23):
            raise self.fields.refuse(f"{self.fields.name(3)} has {text!r}, which is no hour of the day.")
        return int(text)

    def claim_note(self, kind: str) -> None:
        """NTE of loop 2300; notes of certain programs are passed over."""
        if kind == "ADD":
            self.values["note"] = self.fields.text(2)

    def other_segment(self) -> None:
        """CL1."""
        fields = self.fields
        if fields.id == "CL1":
            told = {"type": fields.text(1) or "9", "source": fields.text(2), "status": fields.text(3)}
            self._admission |= told

    def service(self) -> None:
        """SV2."""
        fields = self.fields
        if fields.id != "SV2":
            raise fields.refuse(f"{fields.id} can't stand in the line of an institutional claim.")
        code, modifiers, description = self.procedure(2)
        units, fraction = self.quantity(5)
        self.open_line().values |= {
            "revenue": fields.text(1), "code": code, "modifiers": modifiers, "description": description,
            "charge": fields.cents(3), "basis": fields.text(4) or "UN", "units": units, "fraction": fraction,
            "noncovered": fields.cents_or(7, 0),
        }  # fmt: skip

    def value(self) -> InstitutionalClaim:
        """The claim."""
        if self._period is None:
            raise self.fields.refuse(f"Claim {self._called()} has no statement period (DTP*434).")
        codes: dict[str, Any] = {name: tuple(found) for name, found in self._codes.items()}
        lines = tuple(InstitutionalLine(**self.complete(n, one, _NEEDED)) for n, one in enumerate(self.lines, 1))
        return InstitutionalClaim(
            statement_from=self._period[0], statement_to=self._period[1], admission=Admission(**self._admission),
            lines=lines, **self.common(), **codes,
        )  # fmt: skip
