"""The coding queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import clock
from store.claims.coverages import PAYER_OF_VISIT
from store.coding.expected import charged
from store.coding.priority import EXPECTED, PRESSED_CENTS, SHORT_DAYS, priority, rank, scores, with_encounter
from store.coding.states import CodingState
from store.errors import NotFound
from store.people.roles import Permission
from store.queries.open_on import asked_about
from store.tables import CodingReview, Diagnosis, Encounter, Note, Patient, Provider, ServiceLine, User, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Column, Kind, Why

CODER = select(col(User.id).label("id"), col(User.name).label("name")).subquery("coder")

_REVIEWED = (
    select(col(CodingReview.outcome))
    .where(col(CodingReview.encounter_id) == col(Encounter.id))
    .order_by(col(CodingReview.id).desc())
    .limit(1)
    .correlate(Encounter)
    .scalar_subquery()
)


def _join(query: AnySelect) -> AnySelect:
    return (
        query.join(Encounter, col(Encounter.id) == col(WorkItem.subject_id))
        .join(Patient, col(Patient.id) == col(Encounter.patient_id))
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
        .outerjoin(CODER, CODER.c.id == col(Encounter.coded_by))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    points = scores(session, subjects, clock.today())
    rows = session.exec(select(Encounter, Note.text).join(Note).where(col(Encounter.id).in_(subjects))).all()
    found = {}
    for encounter, text in rows:
        first = [line.strip() for line in text.splitlines() if line.strip()][:2]
        held = f"  on hold until {encounter.hold_until}: {encounter.hold_reason}" if encounter.hold_until else ""
        score = f"  score {points[encounter.id]}" if encounter.id in points else ""
        found[encounter.id] = (f"{encounter.number}  {encounter.kind}  {encounter.state}{held}{score}", *first)
    return found


def _why(session: Session, item: WorkItem) -> Why:
    encounter = session.get(Encounter, item.subject_id)
    if encounter is None:
        raise NotFound("The encounter is gone.")
    found = priority(session, encounter, charged(session, encounter.id) or item.cents, clock.today())
    lines = [
        f"Encounter {encounter.number} of {encounter.service_date} is {encounter.state}: {item.reason}.",
        f"It is {found.age} days old{f'; it should be coded by {item.due}' if item.due else ''}.",
        *found.told(),
        "Late ones come first, then those due in 5 business days; escalated before the rest.",
        "It leaves the queue when it is finished (F), held (H) or not billable (V).",
    ]
    if encounter.state == CodingState.HOLD:
        lines.append(f"On hold until {encounter.hold_until}: {encounter.hold_reason}.")
    return Why(
        "Why is this here?",
        tuple(lines),
        "due: visit or discharge + target in business days; score: expected charge (own lines, or the mean of a"
        f" year's visits of its kind) x (1 + age / target), + {PRESSED_CENTS // 100:,} with less than {SHORT_DAYS} days"
        " to the filing limit.",
    )


def encounter_record(session: Session, encounter_id: int) -> Record:
    """The encounter with its codes and its note, to read."""
    from store.coding.desk import age_on

    encounter = session.get(Encounter, encounter_id)
    if encounter is None:
        raise NotFound(f"There is no encounter {encounter_id}.")
    patient = session.get(Patient, encounter.patient_id)
    note = session.get(Note, encounter_id)
    age = age_on(patient.birth, encounter.service_date) if patient else 0
    facts = Facts(
        (
            ("Date of service", encounter.service_date),
            ("Patient", f"{patient.last}, {patient.first}  {age} {patient.sex}" if patient else ""),
            ("Place", encounter.place),
            ("Kind", encounter.kind),
            ("State", encounter.state),
        )
    )
    tabs = (
        Tab("Codes", (facts, _diagnoses(session, encounter_id), _lines(session, encounter_id))),
        Tab("Note", (Lines(tuple((note.text if note else "").splitlines())),)),
    )
    return Record(
        f"Encounter {encounter.number}",
        encounter.kind,
        encounter.state,
        tabs,
        version=encounter.version,
        account_id=patient.guarantor_id if patient else None,
    )


def _diagnoses(session: Session, encounter_id: int) -> Table:
    query = select(Diagnosis).where(Diagnosis.encounter_id == encounter_id).order_by(col(Diagnosis.position))
    columns = (Column("n", "#", 2, Kind.NUMBER), Column("code", "Code", 9), Column("title", "Title", 60))
    return Table(columns, tuple((row.position, row.code, row.title) for row in session.exec(query)), "Diagnoses")


def _lines(session: Session, encounter_id: int) -> Table:
    query = select(ServiceLine).where(ServiceLine.encounter_id == encounter_id).order_by(col(ServiceLine.position))
    columns = (
        Column("n", "#", 2, Kind.NUMBER),
        Column("code", "Code", 8),
        Column("mods", "Mods", 11),
        Column("units", "Units", 5, Kind.NUMBER),
        Column("charge", "Charge", 10, Kind.CENTS),
        Column("title", "Title", 36),
    )
    rows = tuple(
        (row.position, row.code, row.modifiers, row.units, row.charge, row.title) for row in session.exec(query)
    )
    return Table(columns, rows, "Procedures")


CODING = Queue(
    name="coding",
    title="Coding",
    permission=Permission.CODE,
    shown=(
        Shown(Column("dos", "DOS", 10, Kind.DATE, help="date of service"), col(Encounter.service_date)),
        Shown(Column("enc", "Enc", 6, help="encounter"), col(Encounter.number)),
        Shown(Column("patient", "Patient", 15), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("kind", "Kind", 12), col(Encounter.kind)),
        Shown(Column("prov", "Provider", 8), col(Provider.last)),
        Shown(
            Column("est", "Est$", 8, Kind.CENTS, help="expected charge: its own lines, or the mean of visits like it"),
            EXPECTED,
        ),
        Shown(Column("state", "Stage", 11), col(Encounter.state)),
        Shown(Column("payer", "Payer", 6, wide=True, help="who pays first"), func.coalesce(PAYER_OF_VISIT, "")),
        Shown(Column("spec", "Specialty", 12, wide=True), col(Provider.specialty)),
        Shown(Column("why", "Why", 16, wide=True), func.coalesce(col(WorkItem.reason), "")),
        Shown(Column("sex", "Sex", 3, wide=True), col(Patient.sex)),
        Shown(
            Column("mrn", "MRN", 10, wide=True, help="the patient's number where it was seen"), col(Patient.source_id)
        ),
        Shown(Column("coder", "Coder", 8, wide=True, help="who coded it last"), func.coalesce(CODER.c.name, "")),
        Shown(Column("review", "Review", 8, wide=True, help="how its last review ended"), func.coalesce(_REVIEWED, "")),
        Shown(Column("held", "Held to", 10, Kind.DATE, wide=True, help="on hold until"), col(Encounter.hold_until)),
        Shown(Column("facility", "Facility", 10, wide=True), col(Encounter.facility)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=encounter_record,
    asked=asked_about,
    rank=rank,
    reach=with_encounter,
)
