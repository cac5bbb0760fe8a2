"""The records that many claims are made of, field by field: the practice, its providers, a patient, a payer.

What a scrub finds wrong in one of them is mended there, from the claim that shows it; every other claim that waits and
is made of the same record is looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, SQLModel, col, select

from store.claims.edit_work import OPEN, rescrub
from store.claims.payer_data import FREQUENCIES, KINDS
from store.claims.practice_data import PRACTICE_FIELDS, practice_values
from store.claims.states import QUEUE
from store.errors import NotAllowed, Refused, Taken
from store.people.roles import Actor, Permission
from store.tables import Claim, Coverage, Encounter, Patient, Payer, Practice, Provider
from store.text import clean_line
from store.work import items
from store.work.command import Change
from store.x12 import writing

MAX_NAME = 60
DESK = "credentialing"
"""The desk that is asked where the person at the keyboard may not change the record."""
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X", re.ASCII)


@dataclass(frozen=True, slots=True)
class OnFile:
    """One field: what a person calls it, an example, what makes a value of a text, and who may change it."""

    label: str
    example: str
    check: Callable[[str], object]
    permission: Permission = Permission.CLAIM


def _npi(text: str) -> str:
    return writing.npi(text, "")


def _taxonomy(text: str) -> str:
    if not _TAXONOMY.fullmatch(text.upper()):
        raise Refused(f"{text[:20]!r} is no taxonomy code: nine letters or digits and X are wanted.")
    return text.upper()


def _name(text: str) -> str:
    writing.words(text, MAX_NAME, "")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text[:20]!r} is no date.", do="Write 1980-05-17.") from None


def _sex(text: str) -> str:
    return writing.one_of(text.upper(), frozenset("FMU"), "")


def _some(known: tuple[str, ...]) -> Callable[[str], str]:
    def check(text: str) -> str:
        told = text.lower().replace(",", " ").split()
        if not told or not {*told} <= {*known}:
            raise Refused(f"{text[:30]!r} is not among them.", do=f"Write some of {', '.join(known)}.")
        return ",".join(told)

    return check


_ADMIN = Permission.ADMIN

ON_FILE = {
    **{f"practice.{name}": OnFile(f"practice: {one.label}", one.example, one.check, _ADMIN)
       for name, one in PRACTICE_FIELDS.items() if one.on_claims},
    "provider.npi": OnFile("NPI of the provider", "1999999984", _npi, _ADMIN),
    "provider.taxonomy": OnFile("taxonomy of the provider", "207Q00000X", _taxonomy, _ADMIN),
    "provider.last": OnFile("last name of the provider", "Hollis", _name, _ADMIN),
    "provider.first": OnFile("first name of the provider", "Marian", _name, _ADMIN),
    "payer.claim_kinds": OnFile("kinds of claims that the payer takes", "professional", _some(KINDS), _ADMIN),
    "payer.frequencies": OnFile("frequencies that the payer takes", "1,7,8", _some(FREQUENCIES), _ADMIN),
    "patient.last": OnFile("patient's last name", "Doe", _name),
    "patient.first": OnFile("patient's first name", "Jane", _name),
    "patient.birth": OnFile("patient's birth", "1980-05-17", _day),
    "patient.sex": OnFile("patient's sex", "F", _sex),
    "subscriber.last": OnFile("subscriber's last name", "Doe", _name),
    "subscriber.first": OnFile("subscriber's first name", "John", _name),
    "subscriber.birth": OnFile("subscriber's birth", "1978-01-09", _day),
    "subscriber.sex": OnFile("subscriber's sex", "M", _sex),
}  # fmt: skip
"""By name: the record, a dot, its column."""


def fields_on_file(session: Session, claim: Claim) -> list[str]:
    """The names of the fields that a claim is made of: a subscriber's only where that is somebody else."""
    other = bool(session.get_one(Coverage, claim.coverage_id).subscriber_last)
    return [name for name in ON_FILE if other or not name.startswith("subscriber.")]


def may_change(name: str, actor: Actor) -> bool:
    """Whether a person may change a field; else the desk `DESK` is asked."""
    return actor.may(ON_FILE[name].permission)


def may_not_change(actor: Actor) -> frozenset[str]:
    """The fields that a person may not change."""
    return frozenset(name for name in ON_FILE if not may_change(name, actor))


def text_of(session: Session, claim: Claim, name: str) -> str:
    """What the field says now."""
    if name.startswith("practice."):
        return practice_values(session)[_column(name)]
    value = getattr(_record(session, claim, name), _column(name))
    return "" if value is None else str(value)


def put_on_file(change: Change, claim: Claim, name: str, text: str) -> None:
    """Mend the record, and look again at the other claims that wait and are made of it.

    `NotAllowed` where the person may not change that record; `Refused` names the field that is wrong.
    """
    field = ON_FILE[name]
    if not may_change(name, change.actor):
        what = f"Your role ({change.actor.role}) lacks the permission '{field.permission}' for the {field.label}."
        raise NotAllowed(what, do=f"Ask {DESK} (r).")
    record = _record(change.session, claim, name)
    set_column(record, name, text)
    change.add(record)
    _look_at_others(change, claim, name)


def set_column(record: SQLModel, name: str, text: str) -> None:
    """Set the column that a field names, checked."""
    field = ON_FILE[name]
    try:
        value = field.check(clean_line(text))
    except Refused as wrong:
        raise Refused(wrong.what, where=field.label, do=wrong.do or f"Write it like {field.example}") from None
    columns = value if isinstance(value, Mapping) else {_column(name): value}
    for column, told in columns.items():
        setattr(record, column, told)


def _column(name: str) -> str:
    kind, _, column = name.partition(".")
    return f"subscriber_{column}" if kind == "subscriber" else column


def _record(session: Session, claim: Claim, name: str) -> SQLModel:
    kind = name.partition(".")[0]
    if kind == "practice":
        return session.exec(select(Practice)).one()
    if kind == "provider":
        return session.get_one(Provider, session.get_one(Encounter, claim.encounter_id).provider_id)
    if kind == "payer":
        return session.get_one(Payer, claim.payer_id)
    if kind == "patient":
        return session.get_one(Patient, claim.patient_id)
    return session.get_one(Coverage, claim.coverage_id)


def _look_at_others(change: Change, claim: Claim, name: str) -> None:
    """Waiting claims of the same record, but for those that somebody else holds: they look for themselves (b)."""
    kind = name.partition(".")[0]
    query = select(Claim).where(col(Claim.state).in_(OPEN), Claim.id != claim.id)
    if kind == "provider":
        encounter = change.get(Encounter, claim.encounter_id)
        query = query.join(Encounter, col(Encounter.id) == col(Claim.encounter_id))
        query = query.where(Encounter.provider_id == encounter.provider_id)
    elif kind == "payer":
        query = query.where(Claim.payer_id == claim.payer_id)
    elif kind != "practice":
        query = query.where(Claim.patient_id == claim.patient_id)
    for other in change.session.exec(query.order_by(col(Claim.id))).all():
        try:
            items.require_free(change, QUEUE, other.id)
        except Taken:
            continue
        rescrub(change, other)
