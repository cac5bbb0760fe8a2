"""Encounters: the note, the diagnoses and the procedure lines that a coder gives it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, moment


class Encounter(Versioned, table=True):
    """One visit.  `state` is a `store.coding.states.CodingState`; `source` + `source_id` make imports idempotent."""

    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: int = key()
    number: str = Field(unique=True)
    source: str
    source_id: str
    patient_id: int = Field(foreign_key="patient.id", index=True)
    provider_id: int = Field(foreign_key="provider.id")
    service_date: date
    discharge_date: date | None = None
    place: str = "11"
    setting: str = "outpatient"
    kind: str = ""
    facility: str = ""
    state: str = Field(index=True)
    hold_reason: str = ""
    hold_until: date | None = None
    coded_by: int | None = Field(default=None, foreign_key="app_user.id")
    coded_at: datetime | None = moment(optional=True)


class Note(SQLModel, table=True):
    """The text that the provider signed.  Offsets of evidence count its characters from 0."""

    encounter_id: int = Field(primary_key=True, foreign_key="encounter.id")
    text: str
    sha256: str


class Diagnosis(SQLModel, table=True):
    """One diagnosis, in order from 1, with the span of the note that is its evidence (both None where none)."""

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    position: int
    code: str
    title: str
    span_start: int | None = None
    span_end: int | None = None


class ServiceLine(SQLModel, table=True):
    """One procedure line.

    `modifiers` are separated by commas (at most 4); `pointers` are ids of diagnoses in order (at most 4), so that
    reordering diagnoses cannot make a line point elsewhere.  `charge` is cents for all units; `minutes` are
    those of a timed procedure, None where units were given.
    """

    __tablename__ = "service_line"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    position: int
    code: str
    title: str
    modifiers: str = ""
    units: int = 1
    pointers: str = ""
    charge: int = cents()
    minutes: int | None = None


class FacilityBill(SQLModel, table=True):
    """What an institutional claim tells beside the encounter: `content` is a `store.claims.facility.Bill` as JSON."""

    __tablename__ = "facility_bill"

    encounter_id: int = Field(primary_key=True, foreign_key="encounter.id")
    content: str
