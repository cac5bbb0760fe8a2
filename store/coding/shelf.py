"""What a coder has at hand: favourites, codes used lately, macros; and what a patient was coded with before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlmodel import Session, col, func, select

from codesets import CodeLibrary
from store.coding import access
from store.coding.diagnoses import AddDiagnosis
from store.coding.learned import favourites
from store.coding.lines import AddLine
from store.coding.states import CodingState
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import CodeMacro, Diagnosis, Encounter, Fee, Provider, ServiceLine
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said
from store.work.record import Lines, Record, Tab, Table
from store.work.values import Column, Kind

RECENT, PAST_MONTHS = 20, 24
PROCEDURE_SYSTEMS = ("HCPCS", "CPT")


@dataclass(frozen=True, slots=True)
class Handy:
    """One thing to add by two keys: `kind` is favourite, recent or macro; `value` the code, or the macro's id.

    A `procedure` is added as a line, other codes as diagnoses.
    """

    kind: str
    value: str
    label: str
    procedure: bool = False


def handy(session: Session, user_id: int, codes: CodeLibrary) -> tuple[Handy, ...]:
    """Macros, favourites and the codes that a person used last, each once."""
    macros = session.exec(select(CodeMacro).where(CodeMacro.user_id == user_id).order_by(col(CodeMacro.name))).all()
    found = [Handy("macro", str(row.id), f"{row.name}: {macro_words(row)}") for row in macros]
    known = sorted(favourites(session, user_id))
    found += [_favourite(session, codes, code) for code in known]
    return (*found, *(Handy("recent", code, title) for code, title in _recent(session, user_id) if code not in known))


def _recent(session: Session, user_id: int) -> list[tuple[str, str]]:
    last = func.max(Diagnosis.id)
    query = (
        select(col(Diagnosis.code), func.max(Diagnosis.title))
        .join(Encounter, col(Encounter.id) == col(Diagnosis.encounter_id))
        .where(Encounter.coded_by == user_id)
        .group_by(col(Diagnosis.code))
        .order_by(last.desc())
        .limit(RECENT)
    )
    return [(code, title) for code, title in session.exec(query)]


def _favourite(session: Session, codes: CodeLibrary, code: str) -> Handy:
    """With its title here, else that of the fee schedule, else of the code sets."""
    coded = session.exec(select(Diagnosis.title).where(Diagnosis.code == code).limit(1)).first()
    if coded is not None:
        return Handy("favourite", code, coded)
    fee = session.exec(select(Fee.title).where(Fee.code == code).order_by(col(Fee.valid_from).desc()).limit(1)).first()
    if fee is not None:
        return Handy("favourite", code, fee, procedure=True)
    entry = codes.lookup(code)
    return Handy("favourite", code, entry.title, is_procedure(entry.system)) if entry else Handy("favourite", code, "")


def is_procedure(system: str) -> bool:
    """Whether codes of a code set stand on a line, with the charge of the fee schedule."""
    return system in PROCEDURE_SYSTEMS


def adding(
    encounter_id: int, code: str, span: tuple[int, int] | tuple[None, None], typed: str = "", *, procedure: bool
) -> Command:
    """The command that puts a code on an encounter: a line, or a diagnosis with the words of the note for it."""
    if procedure:
        return AddLine(encounter_id, code, typed=typed)
    return AddDiagnosis(encounter_id, code, span[0], span[1], typed=typed)


@dataclass(frozen=True, slots=True)
class KeepMacro(Command):
    """Keep the encounter's codes under a name, to be added together again."""

    encounter_id: int
    label: str
    name: ClassVar[str] = "coding.keep_macro"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """A macro of the same name is replaced."""
        encounter = change.get(Encounter, self.encounter_id)
        label = clean_line(self.label)[:40]
        rows, lines = access.diagnoses(change, encounter.id), access.lines(change, encounter.id)
        if not label or not (rows or lines):
            raise Refused("A macro has a name and codes.", do="Code the encounter first, then keep it.")
        place = {row.id: row.position for row in rows}
        content = {
            "dx": [row.code for row in rows],
            "lines": [
                [line.code, line.modifiers, line.units, [place[one] for one in access.pointer_ids(line)]]
                for line in lines
            ],
        }
        query = select(CodeMacro).where(CodeMacro.user_id == change.actor.user_id, CodeMacro.name == label)
        row = change.session.exec(query).first() or CodeMacro(user_id=change.actor.user_id, name=label, content="")
        row.content = json.dumps(content, separators=(",", ":"))
        change.add(row)
        return Said(f"Macro {label}: {macro_words(row)}.", row.id)


@dataclass(frozen=True, slots=True)
class UseMacro(Command):
    """Add a macro's codes that are not there yet; its lines point to its diagnoses."""

    encounter_id: int
    macro_id: int
    name: ClassVar[str] = "coding.use_macro"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The same checks as code by code; the first refusal leaves everything as it was."""
        macro = _own(change, self.macro_id)
        content = json.loads(macro.content)
        there = {row.code: row.id for row in access.diagnoses(change, self.encounter_id)}
        for code in content["dx"]:
            if code not in there:
                there[code] = change.get(Diagnosis, AddDiagnosis(self.encounter_id, code).apply(change).result).id
        lines = {line.code for line in access.lines(change, self.encounter_id)}
        for code, modifiers, units, pointers in content["lines"]:
            if code not in lines:
                pointed = tuple(there[content["dx"][place - 1]] for place in pointers)
                marks = tuple(filter(None, modifiers.split(",")))
                AddLine(self.encounter_id, code, marks, units, pointed).apply(change)
        return Said(f"Added {macro.name}: {macro_words(macro)}.", self.encounter_id)


@dataclass(frozen=True, slots=True)
class DropMacro(Command):
    """Forget a macro of one's own."""

    macro_id: int
    name: ClassVar[str] = "coding.drop_macro"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Encounters that it was used on keep their codes."""
        macro = _own(change, self.macro_id)
        change.session.delete(macro)
        return Said(f"Macro {macro.name} is forgotten.", self.macro_id)


def _own(change: Change, macro_id: int) -> CodeMacro:
    macro = change.get(CodeMacro, macro_id)
    if macro.user_id != change.actor.user_id:
        raise NotFound("There is no such macro of yours.")
    return macro


def macro_words(macro: CodeMacro) -> str:
    """A macro's codes."""
    content = json.loads(macro.content)
    return " ".join([*content["dx"], *(line[0] for line in content["lines"])])


def past_codes(session: Session, encounter_id: int) -> Record:
    """What the patient was coded with in the 24 months before, to read; no contact data."""
    encounter = session.get(Encounter, encounter_id)
    if encounter is None:
        raise NotFound(f"There is no encounter {encounter_id}.")
    since = encounter.service_date - timedelta(days=round(PAST_MONTHS * 30.4375))
    query = (
        select(col(Encounter.id), col(Encounter.service_date), col(Provider.specialty), col(Encounter.kind))
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
        .where(Encounter.patient_id == encounter.patient_id, Encounter.id != encounter.id)
        .where(Encounter.state != CodingState.VOID)
        .where(Encounter.service_date >= since, Encounter.service_date <= encounter.service_date)
        .order_by(col(Encounter.service_date).desc(), col(Encounter.id).desc())
    )
    visits = session.exec(query).all()
    columns = (
        Column("dos", "DOS", 10, Kind.DATE),
        Column("spec", "Specialty", 16),
        Column("dx", "Diagnoses", 34),
        Column("px", "Procedures", 24),
    )
    rows = tuple((day, spec, *_codes(session, number)) for number, day, spec, _ in visits)
    tabs = (Tab("Visits", (Table(columns, rows),)), Tab("Codes", (_summary(session, [v[0] for v in visits]),)))
    headline = f"{how_many(len(rows), 'visit')} in the {PAST_MONTHS} months before {encounter.service_date}"
    empty = (Tab("Visits", (Lines(("No visit before this one is known here.",)),)),)
    return Record(f"Earlier codes of the patient of {encounter.number}", headline, "", tabs if rows else empty)


def _codes(session: Session, encounter_id: int) -> tuple[str, str]:
    rows = select(Diagnosis.code).where(Diagnosis.encounter_id == encounter_id).order_by(col(Diagnosis.position))
    lines = select(ServiceLine).where(ServiceLine.encounter_id == encounter_id).order_by(col(ServiceLine.position))
    told = [f"{row.code}{' ' + row.modifiers if row.modifiers else ''} x{row.units}" for row in session.exec(lines)]
    return " ".join(session.exec(rows).all()), ", ".join(told)


def _summary(session: Session, visits: list[int]) -> Table:
    last: dict[str, tuple[date, str, int]] = {}
    query = (
        select(Diagnosis, col(Encounter.service_date))
        .join(Encounter, col(Encounter.id) == col(Diagnosis.encounter_id))
        .where(col(Diagnosis.encounter_id).in_(visits))
    )
    for row, day in session.exec(query):
        before = last.get(row.code, (day, row.title, 0))
        last[row.code] = (max(day, before[0]), row.title, before[2] + 1)
    columns = (
        Column("code", "Code", 9),
        Column("times", "Times", 5, Kind.NUMBER),
        Column("last", "Last", 10, Kind.DATE),
        Column("title", "Title", 60),
    )
    ordered = sorted(last.items(), key=lambda item: (-item[1][2], item[0]))
    return Table(columns, tuple((code, times, day, title) for code, (day, title, times) in ordered))
