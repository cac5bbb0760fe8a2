"""The claims of an 835: loops 2100 (CLP) and 2110 (SVC)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from store.x12.cas import adjustments_of
from store.x12.fields import Fields
from store.x12.remittance_values import Adjustment, RemitClaim, RemitLine

_MIA_REMARKS = (5, 20, 21, 22, 23)
_MOA_REMARKS = (3, 4, 5, 6, 7)
_SERVICE_DATES = frozenset({"472", "150"})  # one day, or the first of several


@dataclass(slots=True)
class _Line:
    segment: int
    code: str
    modifiers: tuple[str, ...]
    charge: int
    paid: int
    units: str
    submitted_code: str
    service_date: date | None = None
    control: str = ""
    allowed: int | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def value(self) -> RemitLine:
        return RemitLine(
            self.segment, self.code, self.charge, self.paid, self.modifiers, self.units, self.submitted_code,
            self.service_date, self.control, self.allowed, tuple(self.adjustments), tuple(self.remarks),
        )  # fmt: skip


@dataclass(slots=True)
class _Claim:
    segment: int
    control_number: str
    status: str
    charge: int
    paid: int
    patient_responsibility: int | None
    filing: str
    payer_control: str
    frequency: str
    patient_name: str = ""
    patient_id: str = ""
    insured_id: str = ""
    service_from: date | None = None
    service_to: date | None = None
    interest: int = 0
    adjustments: list[Adjustment] = field(default_factory=list)
    lines: list[RemitLine] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    adjudication: list[str] = field(default_factory=list)

    def value(self) -> RemitClaim:
        return RemitClaim(
            self.segment, self.control_number, self.status, self.charge, self.paid, self.patient_responsibility,
            self.filing, self.payer_control, self.frequency, self.patient_name, self.insured_id or self.patient_id,
            self.service_from, self.service_to, self.interest, tuple(self.adjustments), tuple(self.lines),
            tuple(self.remarks), "~".join(self.adjudication),
        )  # fmt: skip


class ClaimReader:
    """Takes the segments from the first LX or CLP on and makes claims of them.

    `takers` has a function for each id that means something here; it takes the segment that `fields` stands on.
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.done: list[RemitClaim] = []
        self._claim: _Claim | None = None
        self._line: _Line | None = None
        self._ended = False
        self.takers: dict[str, Callable[[], None]] = {
            "LX": self._close, "CLP": self._clp, "SVC": self._svc, "CAS": self._cas, "NM1": self._nm1,
            "DTM": self._dtm, "REF": self._ref, "AMT": self._amt, "LQ": self._lq, "MIA": self._mia, "MOA": self._moa,
        }  # fmt: skip

    def end(self) -> None:
        """No claim may follow: the adjustments of the provider (PLB) have begun."""
        self._close()
        self._ended = True

    def finish(self) -> None:
        """The set is over: the last claim is done."""
        self._close()

    def take(self) -> list[RemitClaim]:
        """The claims that are done and were not taken yet, in order."""
        if not self.done:
            return []
        taken, self.done = self.done, []
        return taken

    def _close(self) -> None:
        self._close_line()
        if self._claim:
            self.done.append(self._claim.value())
        self._claim = None

    def _close_line(self) -> None:
        if self._line and self._claim:
            self._claim.lines.append(self._line.value())
        self._line = None

    def _open_claim(self) -> _Claim:
        if self._claim is None:
            raise self._fields.refuse(f"{self._fields.id} stands outside a claim.")
        return self._claim

    def _clp(self) -> None:
        if self._ended:
            raise self._fields.refuse("A claim stands after the adjustments of the provider (PLB).")
        self._close()
        fields = self._fields
        self._claim = _Claim(
            fields.number, fields.text(1), fields.needed(2), fields.cents(3), fields.cents(4), fields.cents_or(5, None),
            fields.text(6), fields.text(7), fields.text(9),
        )  # fmt: skip

    def _svc(self) -> None:
        self._open_claim()
        self._close_line()
        fields = self._fields
        code, modifiers = self._procedure(1)
        submitted = self._procedure(6)[0] if fields.text(6) else ""
        self._line = _Line(
            fields.number, code, modifiers, fields.cents(2), fields.cents(3), fields.text(5), submitted
        )  # fmt: skip

    def _procedure(self, n: int) -> tuple[str, tuple[str, ...]]:
        """Code and modifiers of a composite 'HC:A0425:LT'; the qualifier is dropped."""
        fields = self._fields
        qualifier, *rest = fields.parts(n)
        if not rest:
            if len(qualifier) > 3 and not qualifier[2].isalnum():
                mark = f"{fields.component!r}, but {fields.name(n)} uses {qualifier[2]!r}"
                raise fields.refuse(f"The file declares its component separator as {mark}.")
            return qualifier, ()
        return rest[0], tuple(modifier for modifier in rest[1:5] if modifier)

    def _cas(self) -> None:
        adjustments = self._line.adjustments if self._line else self._open_claim().adjustments
        adjustments += adjustments_of(self._fields)

    def _nm1(self) -> None:
        claim, fields = self._open_claim(), self._fields
        kind = fields.text(1)
        if kind == "QC":
            if claim.patient_name:
                raise fields.refuse("There are two patients in one claim.")
            given = " ".join(part for part in (fields.text(4), fields.text(5)) if part)
            claim.patient_name = ", ".join(part for part in (fields.text(3), given) if part)
            claim.patient_id = fields.text(9)
        elif kind == "IL":
            claim.insured_id = fields.text(9)

    def _dtm(self) -> None:
        claim, fields, line = self._claim, self._fields, self._line
        kind = fields.text(1)
        if line and kind in _SERVICE_DATES:
            if line.service_date:
                raise fields.refuse("There are two service dates in one line.")
            line.service_date = fields.day(2)
        elif claim and kind == "232":
            claim.service_from = fields.day(2)
        elif claim and kind == "233":
            claim.service_to = fields.day(2)

    def _ref(self) -> None:
        if self._line and self._fields.text(1) == "6R":
            if self._line.control:
                raise self._fields.refuse("There are two line control numbers (REF*6R) in one line.")
            self._line.control = self._fields.text(2)

    def _amt(self) -> None:
        fields = self._fields
        kind = fields.text(1)
        if kind == "B6" and self._line:
            if self._line.allowed is not None:
                raise fields.refuse("There are two allowed amounts (AMT*B6) in one line.")
            self._line.allowed = fields.cents(2)
        elif kind == "I":
            self._open_claim().interest += fields.cents(2)

    def _lq(self) -> None:
        if self._fields.text(1) == "HE":
            remarks = self._line.remarks if self._line else self._open_claim().remarks
            remarks.append(self._fields.text(2))

    def _mia(self) -> None:
        self._remarks(_MIA_REMARKS)

    def _moa(self) -> None:
        self._remarks(_MOA_REMARKS)

    def _remarks(self, places: tuple[int, ...]) -> None:
        claim = self._open_claim()
        claim.remarks += [code for code in map(self._fields.text, places) if code]
        told = [self._fields.text(n) for n in range(len(self._fields.elements))]
        if not any(mark in one for one in told for mark in "*~"):  # no value has one; a file of other separators may
            claim.adjudication.append("*".join(told).rstrip("*"))
