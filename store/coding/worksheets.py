"""Worksheets on the desk: the level of a visit, and units from minutes by the payer's rule; both keep their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from sqlmodel import Session

from codesets.edits.reference_data import reference_data
from codesets.worksheets import (
    AnesthesiaRule,
    EmResult,
    EmWorksheet,
    Level,
    Threshold,
    TimedMinutes,
    UnitRule,
    anesthesia_rule,
    em_level,
    is_anesthesia,
    timed_units,
)
from codesets.worksheets.anesthesia import MEDICARE
from store.claims.coverages import payer_on
from store.claims.payer_data import MEDICARE_FILINGS
from store.coding import access
from store.coding.fees import fee_on
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Encounter, Payer, ServiceLine, VisitSheet
from store.work.command import Change, Command, Said

if TYPE_CHECKING:
    from codesets import CodeLibrary


MAX_BASE = 99


@dataclass(frozen=True, slots=True)
class KeepVisitSheet(Command):
    """Judge a visit's level: elements as words ("" not judged), minutes None when they are not recorded."""

    encounter_id: int
    new_patient: bool
    problems: str = ""
    data: str = ""
    risk: str = ""
    minutes: int | None = None
    name: ClassVar[str] = "coding.visit_sheet"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The level, how it came about and what could not be judged are kept; the edits compare the line with it."""
        encounter = access.editable(change, self.encounter_id)
        words = {"problems": self.problems, "data": self.data, "risk": self.risk}
        levels = {name: _level(name, word) for name, word in words.items()}
        minutes = reference_data({}, change.codes).minutes(encounter.service_date)
        result = em_level(
            EmWorksheet(self.new_patient, **levels, minutes=self.minutes),
            [Threshold(code, least) for code, least in minutes.items()],
        )
        row = change.session.get(VisitSheet, encounter.id) or VisitSheet(
            encounter_id=encounter.id, new_patient=self.new_patient, user_id=change.actor.user_id, at=change.now
        )
        row.new_patient, row.minutes = self.new_patient, self.minutes
        for name, level in levels.items():
            setattr(row, name, level.word if level else "")
        row.code, row.basis, row.why = result.code, result.basis, _why(result)
        row.user_id, row.at = change.actor.user_id, change.now
        change.add(row)
        return Said(f"Level: {result.code or 'none carried'}. {row.why}", result.code)


def _level(name: str, word: str) -> Level | None:
    level = Level.of(word) if word else None
    if word and level is None:
        raise Refused(f"{word[:20]!r} is no level of {name}.", do="Say straightforward, low, moderate or high.")
    return level


def _why(result: EmResult) -> str:
    return f"{result.why}. {result.not_checked}".strip(" .") + "."


@dataclass(frozen=True, slots=True)
class SetMinutes(Command):
    """Count a line by its minutes: the units of all timed lines of the encounter follow the payer's rule."""

    encounter_id: int
    line_id: int
    minutes: int
    name: ClassVar[str] = "coding.set_minutes"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused where the payer's rule is not on file, and when a line would have no unit."""
        encounter = access.editable(change, self.encounter_id)
        line = access.one_line(change, encounter, self.line_id)
        line.minutes = self.minutes
        if is_anesthesia(line.code):
            raise Refused(
                f"{line.code} is anaesthesia: it needs its base units too.", do="U on the line asks for them."
            )
        counted_by_time = [one for one in access.lines(change, encounter.id) if one.minutes is not None]
        timed = [one for one in counted_by_time if not is_anesthesia(one.code)]
        _require_once(timed)
        rule = _rule(change, encounter)
        result = timed_units([TimedMinutes(one.code, one.minutes or 0) for one in timed], rule)
        by_code = {one.code: one for one in result.lines}
        for one in timed:
            counted = by_code[one.code]
            if counted.units < 1:
                raise Refused(
                    f"{one.code} has no unit: {counted.why} ({result.why}).", do="Take the line off, or mend minutes."
                )
            one.units = counted.units
            one.charge = fee_on(change.session, one.code, encounter.service_date).cents * one.units
        own = by_code[line.code]
        return Said(f"{line.code} x{own.units}: {own.why}; {rule.value}: {result.why}.", line.id)


@dataclass(frozen=True, slots=True)
class SetAnesthesia(Command):
    """Count a line of anaesthesia: base units and those for the patient's state, and the minutes from start to end."""

    encounter_id: int
    line_id: int
    minutes: int
    base: int
    modifying: int = 0
    name: ClassVar[str] = "coding.set_anesthesia"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The charge is the fee for each unit; the claim tells the minutes.  How it was counted stays as a remark.

        Refused where the payer's rule is not on file, and for a code that is no anaesthesia.
        """
        encounter = access.editable(change, self.encounter_id)
        line = access.one_line(change, encounter, self.line_id)
        if not is_anesthesia(line.code):
            raise Refused(f"{line.code} is not anaesthesia.", do="Enter its units, or its minutes.")
        if self.minutes < 1:
            raise Refused("Anaesthesia has at least a minute.")
        if not (0 <= self.base <= MAX_BASE and 0 <= self.modifying <= MAX_BASE):
            raise Refused(f"Base units and those for the patient's state are from 0 to {MAX_BASE}.")
        payer = _first_payer(change, encounter)
        counted = _anesthesia_rule(payer).units(self.base, self.minutes, self.modifying)
        fee = fee_on(change.session, line.code, encounter.service_date).cents
        line.minutes, line.units = self.minutes, 1
        line.charge = int((fee * counted.total).quantize(Decimal(1), ROUND_HALF_UP))
        told = f"{line.code} {self.minutes} min: {counted.why} units; {payer.name}'s rule"
        access.keep_remark(change, encounter, told)
        return Said(f"{told}.", line.id)


def _anesthesia_rule(payer: Payer) -> AnesthesiaRule:
    if payer.anesthesia:
        return anesthesia_rule(payer.anesthesia)
    if payer.filing in MEDICARE_FILINGS:
        return anesthesia_rule(MEDICARE)
    raise Refused(
        f"How {payer.name} counts anaesthesia is not on file.",
        do="Enter the units, or have anesthesia set: superbill payers.",
    )


def base_units(session: Session, codes: CodeLibrary, encounter_id: int, code: str) -> int | None:
    """The base units of an anaesthesia code by the practice's own list, on the encounter's date."""
    encounter = session.get(Encounter, encounter_id)
    return codes.rules.base_units(code, encounter.service_date) if encounter is not None else None


def _require_once(timed: Sequence[ServiceLine]) -> None:
    codes = [one.code for one in timed]
    double = next((code for code in codes if codes.count(code) > 1), None)
    if double is not None:
        raise Refused(f"{double} has minutes on two lines.", do="Put its minutes on one line.")


def _rule(change: Change, encounter: Encounter) -> UnitRule:
    payer = _first_payer(change, encounter)
    if payer.timed_units:
        return UnitRule(payer.timed_units)
    if payer.filing in MEDICARE_FILINGS:
        return UnitRule.MEDICARE
    raise Refused(
        f"How {payer.name} counts timed units is not on file.",
        do="Enter the units, or have timed_units set: superbill payers.",
    )


def _first_payer(change: Change, encounter: Encounter) -> Payer:
    payer_id = payer_on(change.session, encounter.patient_id, encounter.service_date)
    if payer_id is None:
        raise Refused("There is no payer whose rule could be asked.", do="Enter the units themselves.")
    return change.get(Payer, payer_id)
