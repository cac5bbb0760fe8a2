"""Open work that holds codes which a new release deleted or revised: it goes back to the coders by itself.

Only encounters whose date decides for the new release are touched (the discharge date of an inpatient, else the date
of service).  What a payer has already is left alone: it was right on the day it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.claims.parts import of_encounter, with_payer
from store.claims.states import STILL_OURS
from store.coding.access import charges
from store.coding.recall import give_back
from store.coding.states import WITH_CODERS, CodingState
from store.people.roles import Permission
from store.tables import Claim, Diagnosis, Encounter, ServiceLine
from store.text import how_many
from store.work.command import Change, Command, Said, bulk

if TYPE_CHECKING:
    from codesets import LoadReport

_MANY = 400


@dataclass(frozen=True, slots=True)
class Touched:
    """One encounter that holds changed codes; `claim` is the claim made of it, None where it is with the coders."""

    encounter_id: int
    number: str
    on: date
    state: str
    codes: tuple[str, ...]
    claim: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnTouched(Command):
    """Send what holds deleted or revised codes back to coding; what is there already says why."""

    effective: date
    deleted: tuple[str, ...] = bulk()
    revised: tuple[str, ...] = bulk()
    name: ClassVar[str] = "coding.return_touched"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Nothing is refused: an encounter that somebody holds says the same when it is looked at again."""
        told = dict.fromkeys(self.deleted, "deleted") | dict.fromkeys(self.revised, "revised")
        found = touched(change.session, tuple(told), self.effective)
        for one in found:
            encounter = change.get(Encounter, one.encounter_id, lock=True)
            cents = charges(change, encounter.id) if one.claim is not None else 0
            give_back(change, encounter, _reason(one.codes, told, self.effective), cents)
        back = sum(one.claim is not None for one in found)
        return Said(
            f"{told_of(len(found), back)}.",
            [[one.number, one.on.isoformat(), one.state, list(one.codes), one.claim] for one in found],
        )


def told_of(held: int, back: int) -> str:
    """How many encounters hold changed codes and how many of them went back, in words."""
    verb = "holds" if held == 1 else "hold"
    return f"{how_many(held, 'open encounter')} {verb} deleted or revised codes; {back} of them went back to coding"


def of_report(report: LoadReport) -> ReturnTouched:
    """The command for what a load changed."""
    deleted, revised = (tuple(c.code for c in codes) for codes in (report.deleted, report.revised))
    return ReturnTouched(report.effective, deleted, revised)


def touched(session: Session, codes: tuple[str, ...], effective: date) -> tuple[Touched, ...]:
    """The open encounters from `effective` on that hold any of the codes, oldest first."""
    held: dict[int, list[str]] = {}
    for start in range(0, len(codes), _MANY):
        some = codes[start : start + _MANY]
        for table in (Diagnosis, ServiceLine):
            query = select(table.encounter_id, table.code).where(col(table.code).in_(some))
            for encounter_id, code in session.exec(query):
                held.setdefault(encounter_id, []).append(code)
    found: list[Touched] = []
    for encounter in _open(session, held, effective):
        claim = None if encounter.state in WITH_CODERS else _claim_of(session, encounter.id)
        if encounter.state in WITH_CODERS or claim is not None:
            day = encounter.discharge_date or encounter.service_date
            own = tuple(dict.fromkeys(held[encounter.id]))
            found.append(Touched(encounter.id, encounter.number, day, encounter.state, own, claim))
    return tuple(sorted(found, key=lambda one: (one.on, one.encounter_id)))


def _open(session: Session, held: Mapping[int, list[str]], effective: date) -> list[Encounter]:
    wanted = sorted(held)
    found: list[Encounter] = []
    for start in range(0, len(wanted), _MANY):
        day = func.coalesce(col(Encounter.discharge_date), col(Encounter.service_date))
        query = select(Encounter).where(col(Encounter.id).in_(wanted[start : start + _MANY]), day >= effective)
        found += session.exec(query.where(col(Encounter.state).in_([*WITH_CODERS, CodingState.RELEASED])))
    return found


def _claim_of(session: Session, encounter_id: int) -> int | None:
    if with_payer(session, encounter_id):
        return None
    query = select(Claim.id).where(of_encounter(encounter_id), col(Claim.state).in_(STILL_OURS))
    return session.exec(query.order_by(col(Claim.id))).first()


def _reason(codes: tuple[str, ...], told: Mapping[str, str], effective: date) -> str:
    parts = [f"{code} {told[code]}" for code in codes[:4]]
    more = f" and {len(codes) - 4} more" if len(codes) > 4 else ""
    return f"codes of {effective}: {', '.join(parts)}{more}"
