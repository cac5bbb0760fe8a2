"""A claim of an 837P while it is read."""

from __future__ import annotations

from datetime import date

from store.x12.claim_builder import ClaimBuilder
from store.x12.claim_limits import usual_benefits
from store.x12.claim_values import ClaimDates, ProfessionalClaim, ServiceLine
from store.x12.professional_claim import DATE_QUALIFIERS

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_NEEDED = {"charge": "service (SV1)", "service_date": "day of service (DTP*472)"}


class ProfessionalBuilder(ClaimBuilder):
    """CLM to the last service line of loop 2400."""

    references = {
        "9F": "referral", "G1": "authorization", "F8": "payer_control", "X4": "clia", "EA": "medical_record",
    }  # fmt: skip
    line_references = {"6R": "control", "G1": "authorization", "9F": "referral", "X4": "clia"}
    parties = {"DN": "referring", "82": "rendering", "DQ": "supervising"}
    line_parties = {"82": "rendering", "DK": "ordering"}
    patient_amount = ("F5", "patient_paid")
    line_note = "note"

    def start(self) -> None:
        """Place, frequency, agreements, causes and delay."""
        fields = self.fields
        place, _, frequency = (*fields.parts(5), "", "")[:3]
        causes = (*fields.parts(11), "", "", "")
        assignment, benefits = fields.text(7) or "A", fields.text(8)
        self._dates: dict[str, date] = {}
        self._diagnoses: list[str] = []
        self.values |= {
            "place": place, "frequency": frequency or "1", "signature": fields.text(6) != "N", "assignment": assignment,
            "benefits": "" if benefits == usual_benefits(assignment) else benefits, "release": fields.text(9) or "Y",
            "related": tuple(one for one in causes[:3] if one), "accident_state": causes[3],
            "delay_reason": fields.text(20),
        }  # fmt: skip

    def codes(self) -> None:
        """HI with diagnoses; other kinds of HI are passed over."""
        for n in range(1, len(self.fields.elements)):
            kind, code, *_ = (*self.fields.parts(n), "")
            if kind in _DIAGNOSES and code:
                self._diagnoses.append(code)

    def claim_date(self, kind: str) -> None:
        """DTP of loop 2300."""
        if kind in DATE_QUALIFIERS:
            self._dates[DATE_QUALIFIERS[kind]] = self.days(3)[0]
        elif kind in {"314", "360"}:
            first, last = self.days(3)
            self._dates["disabled_from"] = first
            if kind == "314":
                self._dates["disabled_to"] = last or first
        elif kind == "361":
            self._dates["disabled_to"] = self.days(3)[0]

    def claim_note(self, kind: str) -> None:
        """NTE of loop 2300."""
        self.values |= {"note_kind": kind or "ADD", "note": self.fields.text(2)}

    def other_segment(self) -> None:
        """CRC*75: the patient can't leave home."""
        if self.fields.id == "CRC" and not self.lines and self.fields.text(1) == "75":
            self.values["homebound"] = self.fields.text(2) == "Y"

    def service(self) -> None:
        """SV1."""
        fields = self.fields
        if fields.id != "SV1":
            raise fields.refuse(f"{fields.id} can't stand in the line of a professional claim.")
        code, modifiers, description = self.procedure(1)
        units, fraction = self.quantity(4)
        pointers = tuple(int(one) for one in fields.parts(7) if one.isascii() and one.isdigit())
        self.open_line().values |= {
            "code": code, "modifiers": modifiers, "description": description, "charge": fields.cents(2),
            "basis": fields.text(3) or "UN", "units": units, "fraction": fraction, "place": fields.text(5),
            "pointers": pointers, "emergency": fields.text(9) == "Y", "epsdt": fields.text(11) == "Y",
            "family_planning": fields.text(12) == "Y",
        }  # fmt: skip

    def value(self) -> ProfessionalClaim:
        """The claim."""
        lines = tuple(ServiceLine(**self.complete(n, one, _NEEDED)) for n, one in enumerate(self.lines, 1))
        return ProfessionalClaim(
            diagnoses=tuple(self._diagnoses), lines=lines, dates=ClaimDates(**self._dates), **self.common()
        )
