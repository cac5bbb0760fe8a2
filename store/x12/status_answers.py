"""Reads claim status answers: 277 in version 005010X212, and 004010X093 where its segments say the same.

file = read_status_answers(data, "june.277")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from store.errors import Refused
from store.x12.ack_values import ClaimStatus
from store.x12.fields import Fields
from store.x12.kinds import kind_of_set
from store.x12.segments import Reader, TransactionSet, place
from store.x12.status_values import StatusAnswer, StatusFile, StatusLine, StatusRefusal

_STATUSES = (1, 10, 11)
_SOURCE, _CLAIM_LEVELS, _LEVELS = "20", frozenset({"22", "23"}), frozenset({"19", "20", "21", "22", "23"})


def read_status_answers(data: bytes, name: str = "") -> StatusFile:
    """Every answer of a file; `Refused` telling what the file is where it is none."""
    reader = Reader(data, name)
    answers: list[StatusAnswer] = []
    refusals: list[StatusRefusal] = []
    for whole in reader.sets():
        kind = kind_of_set(whole)
        if kind != "277":
            where = place(name, whole.segment, "ST")
            raise Refused(f"This is no claim status answer: it is a {kind[:10]}.", where=where)
        told = _Reader(whole)
        told.read()
        answers += told.answers
        refusals += told.refusals
    if not (answers or refusals):
        raise Refused("The file holds no claim status answer.", where=name or "file")
    controls = tuple(one.control for one in reader.interchanges)
    sender = reader.interchanges[0].sender
    return StatusFile(sender, controls, tuple(answers), tuple(refusals), tuple(reader.notices))


@dataclass(slots=True)
class _Line:
    code: str
    charge: int
    paid: int | None
    control: str = ""
    effective: date | None = None
    statuses: list[ClaimStatus] = field(default_factory=list)

    def value(self) -> StatusLine:
        return StatusLine(self.control, self.code, self.charge, self.paid, tuple(self.statuses), self.effective)


@dataclass(slots=True)
class _Traced:
    """One TRN with what follows it."""

    trace: str
    statuses: list[ClaimStatus] = field(default_factory=list)
    effective: date | None = None
    charge: int | None = None
    paid: int | None = None
    adjudicated: date | None = None
    paid_on: date | None = None
    check_number: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    lines: list[_Line] = field(default_factory=list)


class _Reader:
    def __init__(self, whole: TransactionSet) -> None:
        self.answers: list[StatusAnswer] = []
        self.refusals: list[StatusRefusal] = []
        self._fields = Fields(whole)
        self._level = self._source = self._name = self._member = ""
        self._open: _Traced | None = None
        self._takers: dict[str, Callable[[], None]] = {
            "HL": self._hl, "NM1": self._nm1, "TRN": self._trn, "STC": self._stc, "REF": self._ref, "SVC": self._svc,
        }  # fmt: skip

    def read(self) -> None:
        """Walks the set: HL opens a level, TRN an answer."""
        for found in self._fields:
            if found in self._takers:
                self._takers[found]()
        self._close()

    def _hl(self) -> None:
        self._close()
        self._level = self._fields.needed(3)
        if self._level not in _LEVELS:
            raise self._fields.refuse(f"HL03 is {self._level[:20]!r}, which no claim status answer has.")

    def _nm1(self) -> None:
        fields = self._fields
        name = ", ".join(part for part in (fields.text(3), fields.text(4)) if part)
        if self._level == _SOURCE:
            self._source = name
        elif self._level in _CLAIM_LEVELS:
            self._name = name
            if fields.text(1) == "IL":
                self._member = fields.text(9)

    def _trn(self) -> None:
        self._close()
        self._open = _Traced(self._fields.needed(2))

    def _stc(self) -> None:
        fields, one = self._fields, self._open
        statuses = [self._status(n) for n in _STATUSES if fields.text(n)]
        if not statuses:
            raise fields.refuse("STC01 is empty.")
        if one is None:
            raise fields.refuse("STC stands without the number that it answers (TRN).")
        if one.lines:
            line = one.lines[-1]
            line.statuses += statuses
            line.effective = line.effective or fields.day_or_none(2)
            return
        if not one.statuses:  # the first one tells the money
            self._money(one)
        one.statuses += statuses

    def _money(self, one: _Traced) -> None:
        fields = self._fields
        one.effective, one.adjudicated, one.paid_on = (fields.day_or_none(n) for n in (2, 6, 8))
        one.charge, one.paid = fields.cents_or(4, None), fields.cents_or(5, None)
        one.check_number = fields.text(9)

    def _status(self, n: int) -> ClaimStatus:
        category, status, entity = (*self._fields.parts(n), "", "")[:3]
        if not category.isalnum():
            raise self._fields.refuse(f"{self._fields.name(n)} is {category[:20]!r}, which begins with no category.")
        return ClaimStatus(category, status, entity)

    def _ref(self) -> None:
        kind, value, one = self._fields.text(1), self._fields.text(2), self._open
        if one and one.lines and kind == "FJ":
            one.lines[-1].control = value
        elif one and not one.lines:
            one.numbers[kind] = value

    def _svc(self) -> None:
        fields, one = self._fields, self._open
        if one is None or self._level not in _CLAIM_LEVELS:
            raise fields.refuse("SVC stands outside a claim.")
        code = (*fields.parts(1), "")[1]
        one.lines.append(_Line(code, fields.cents(2), fields.cents_or(3, None)))

    def _close(self) -> None:
        one, self._open = self._open, None
        if one is None:
            return
        if self._level not in _CLAIM_LEVELS:
            if one.statuses:  # a trace that merely comes back says nothing
                self.refusals.append(StatusRefusal(self._level, one.trace, tuple(one.statuses)))
            return
        if not one.statuses:
            raise self._fields.refuse(f"The request {one.trace[:50]} before this has no status (STC).")
        self.answers.append(
            StatusAnswer(
                one.trace, tuple(one.statuses), one.effective, one.charge, one.paid, one.adjudicated, one.paid_on,
                one.check_number, one.numbers.get("EJ", ""), one.numbers.get("1K", ""), self._name, self._member,
                tuple(line.value() for line in one.lines), self._source,
            )
        )  # fmt: skip
