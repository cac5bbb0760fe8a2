"""What the coding desk shows: everything of one encounter that a coder works with, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from codesets import CodeLibrary
from codesets.edits import CodedEncounter, Finding, Severity, check, not_checked
from codesets.edits.visits import PriorGlobal, prior_global
from codesets.worksheets import is_anesthesia
from store.claims.coverages import payer_on
from store.claims.facts import AUTHORIZATION, Facts
from store.coding import access
from store.coding.case import earlier_procedures, whole_case
from store.coding.fees import fees_on
from store.coding.recall import asked_of
from store.coding.suggestions import decided
from store.errors import NotFound
from store.people.identity import may_see
from store.people.roles import Permission
from store.tables import (
    CodingReview,
    Diagnosis,
    Encounter,
    Note,
    Patient,
    Payer,
    Provider,
    ProviderQuery,
    ServiceLine,
    User,
    WorkItem,
)


@dataclass(frozen=True, slots=True)
class DeskDiagnosis:
    """One code, with the span of the note that it rests on."""

    id: int
    position: int
    code: str
    title: str
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One procedure line; `pointers` are positions of diagnoses, from 1, first the line's primary.

    `anesthesia` are the minutes of a line that is counted so.
    """

    id: int
    position: int
    code: str
    title: str
    modifiers: tuple[str, ...]
    units: int
    pointers: tuple[int, ...]
    charge: int
    anesthesia: int | None = None


@dataclass(frozen=True, slots=True)
class DeskQuery:
    """A question that is not sent yet."""

    id: int
    number: str
    question: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure of the fee schedule in force on the date of service; `fee` in cents for one unit."""

    code: str
    title: str
    fee: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One encounter on the desk.  `on` is the date by which codes are judged.

    `not_checked` says what no edit could look at for want of data; `decided` are code and span of each suggestion
    that was taken or rejected; `queries` is what was said of it: by its last review while that waits or after it was
    returned, and each question that was sent with its answer.  `asked` is why the
    encounter came back to its coder, and `asked_line` the position of the line that this is about, 0 where it is none.
    `prior_global` is the surgery in whose global days the visit falls, as far as the practice's records know.
    """

    encounter_id: int
    item_id: int | None
    number: str
    patient: str
    age: int
    sex: str
    service_date: date
    on: date
    place: str
    kind: str
    provider: str
    specialty: str
    payer: str
    state: str
    note: str
    diagnoses: tuple[DeskDiagnosis, ...]
    lines: tuple[DeskLine, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    setting: str
    decided: frozenset[tuple[str, int, int]]
    drafts: tuple[DeskQuery, ...]
    queries: tuple[str, ...]
    asked: str = ""
    asked_line: int = 0
    authorization: str = ""
    prior_global: PriorGlobal | None = None

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that it may be finished with, but not without a look; none while another one stops it."""
        if any(found.severity is Severity.ERROR for found in self.findings):
            return ()
        return tuple(found for found in self.findings if found.severity is Severity.WARN)


def age_on(birth: date, day: date) -> int:
    """Age in whole years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def read_desk(session: Session, codes: CodeLibrary, encounter_id: int) -> Desk:
    """The encounter as it stands, with every finding of the coding edits."""
    encounter = session.get(Encounter, encounter_id)
    if encounter is None:
        raise NotFound(f"There is no encounter {encounter_id}.")
    patient = session.get_one(Patient, encounter.patient_id)
    provider = session.get_one(Provider, encounter.provider_id)
    note = session.get(Note, encounter_id)
    rows = session.exec(
        select(Diagnosis).where(Diagnosis.encounter_id == encounter_id).order_by(col(Diagnosis.position))
    ).all()
    lines = session.exec(
        select(ServiceLine).where(ServiceLine.encounter_id == encounter_id).order_by(col(ServiceLine.position))
    ).all()
    case = whole_case(session, codes, encounter)
    positions = {row.id: row.position for row in rows}
    item = _item(session, encounter_id)
    asked, asked_line = asked_of(item.reason if item is not None and item.open else "")
    return Desk(
        encounter_id=encounter_id,
        item_id=item.id if item else None,
        number=encounter.number,
        patient=f"{patient.last}, {patient.first}",
        age=age_on(patient.birth, encounter.service_date),
        sex=patient.sex,
        service_date=encounter.service_date,
        on=case.coded_on,
        place=encounter.place,
        kind=encounter.kind,
        provider=f"{provider.last}, {provider.first}",
        specialty=provider.specialty,
        payer=_payer(session, encounter),
        state=encounter.state,
        note=note.text if note else "",
        diagnoses=tuple(_diagnosis(row) for row in rows),
        lines=tuple(_line(line, positions) for line in lines),
        findings=check(case, codes),
        not_checked=not_checked(case, codes),
        setting=encounter.setting,
        decided=decided(session, encounter_id),
        drafts=drafts(session, encounter_id),
        queries=(*review_words(session, encounter_id), *query_words(session, encounter_id)),
        asked=asked,
        asked_line=asked_line,
        authorization=_authorization(session, encounter_id),
        prior_global=_prior_global(session, codes, encounter, case),
    )


def _authorization(session: Session, encounter_id: int) -> str:
    """For whoever may read a claim's fields: what patients paid is among them, which those who only code don't see."""
    if not may_see(session, Permission.MONEY):
        return ""
    return Facts(session, [encounter_id]).texts.get((None, AUTHORIZATION.name), "")


def _prior_global(
    session: Session, codes: CodeLibrary, encounter: Encounter, case: CodedEncounter
) -> PriorGlobal | None:
    """Also where the records are too young for the edit to vouch that there is none."""
    if "history" not in case.refdata:
        case = replace(case, refdata={**case.refdata, "history": earlier_procedures(session, codes, encounter)})
    return prior_global(case, codes)


def drafts(session: Session, encounter_id: int) -> tuple[DeskQuery, ...]:
    """The encounter's questions that are not sent yet."""
    query = select(ProviderQuery).where(ProviderQuery.encounter_id == encounter_id, ProviderQuery.state == "DRAFT")
    return tuple(DeskQuery(row.id, row.number, row.question) for row in session.exec(query))


def query_words(session: Session, encounter_id: int) -> tuple[str, ...]:
    """Each question that was sent and what was answered, the last one first."""
    query = select(ProviderQuery).where(ProviderQuery.encounter_id == encounter_id, ProviderQuery.state != "DRAFT")
    rows = session.exec(query.order_by(col(ProviderQuery.id).desc())).all()
    return tuple(f"{row.number} {row.state}: {row.answer or row.question}" for row in rows)


def review_words(session: Session, encounter_id: int) -> tuple[str, ...]:
    """What the reviewer is to look at, or what the coder is to do about what came back; nothing once it is decided."""
    query = select(CodingReview).where(CodingReview.encounter_id == encounter_id).order_by(col(CodingReview.id).desc())
    last = session.exec(query).first()
    if last is not None and not last.outcome:
        told = f"REVIEW of {session.get_one(User, last.coder_id).name}, {last.chosen}: {last.reason}"
        return (told, f"CODER says that both stand: {last.override}") if last.override else (told,)
    if last is not None and last.outcome == "returned" and last.reviewer_id is not None:
        return (f"RETURNED by {session.get_one(User, last.reviewer_id).name}: {last.reasons}",)
    return ()


def procedures(session: Session, on: date) -> tuple[Procedure, ...]:
    """What the practice can charge on a date."""
    return tuple(Procedure(fee.code, fee.title, fee.cents) for fee in fees_on(session, on))


def _diagnosis(row: Diagnosis) -> DeskDiagnosis:
    span = (row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None
    return DeskDiagnosis(row.id, row.position, row.code, row.title, span)


def _line(line: ServiceLine, positions: dict[int, int]) -> DeskLine:
    pointers = tuple(positions[pointer] for pointer in access.pointer_ids(line) if pointer in positions)
    modifiers = tuple(filter(None, line.modifiers.split(",")))
    minutes = line.minutes if is_anesthesia(line.code) else None
    return DeskLine(
        line.id, line.position, line.code, line.title, modifiers, line.units, pointers, line.charge, minutes
    )


def _payer(session: Session, encounter: Encounter) -> str:
    payer_id = payer_on(session, encounter.patient_id, encounter.service_date)
    return session.get_one(Payer, payer_id).name if payer_id is not None else "self-pay"


def _item(session: Session, encounter_id: int) -> WorkItem | None:
    query = select(WorkItem).where(WorkItem.queue == access.QUEUE, WorkItem.subject_id == encounter_id)
    return session.exec(query).first()
