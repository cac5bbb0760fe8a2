"""Key figures of what has yet to be billed or sent, and of what was not in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, not_, or_, true
from sqlmodel import Session, col

from store.claims.pressing import files_within
from store.claims.states import ClaimState
from store.coding.expected import ExpectedCharges
from store.coding.states import CodingState
from store.reports.measure import (
    Kpi,
    Line,
    Shape,
    Unit,
    day_of,
    first_steps,
    in_db,
    moments,
    once,
    pick,
    stands,
    states_at_end,
)
from store.reports.money import charges, late_write_offs, net_charges
from store.reports.values import Period
from store.tables import Action, Claim, ClaimVersion, Encounter, Payer, Provider, ServiceLine, Transition

_S = CodingState
_C = ClaimState
_UNCODED = (_S.NEW, _S.READY, _S.IN_PROGRESS, _S.HOLD, _S.QUERY_HOLD, _S.REVIEW, _S.RECODE)


class _Visit(NamedTuple):
    """A visit as it stood at the end of a period; `reason` is why it is held now."""

    id: int
    number: str
    on: date
    state: str
    now: str
    reason: str
    kind: str
    specialty: str

    @property
    def waits_for(self) -> str:
        """Why it was held, as far as it still stands where it did, else its state."""
        if self.state == _S.QUERY_HOLD:
            return "question to a provider"
        return (self.reason if self.state == self.now else "") or self.state


def _visits(session: Session, period: Period, which: ColumnElement[bool], *states: str) -> list[_Visit]:
    """Visits that stood in one of these states at the end; one whose record came in later was new."""
    at_end = states_at_end("encounter", period)
    stood = func.coalesce(at_end.c.after, _S.NEW.value)
    query = (
        pick(
            Encounter.id, Encounter.number, Encounter.service_date, stood, Encounter.state, Encounter.hold_reason,
            Encounter.kind, Provider.specialty,
        )
        .select_from(Encounter)
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
        .outerjoin(at_end, at_end.c.subject_id == col(Encounter.id))
        .where(stood.in_(states), which)
        .order_by(col(Encounter.service_date), col(Encounter.id))
    )  # fmt: skip
    return [_Visit(*row) for row in in_db(session, query)]


def _uncoded(session: Session, period: Period) -> list[Line]:
    """Visits that waited for codes at the end, over the visits of an average day."""
    waiting = _visits(session, period, col(Encounter.service_date) <= period.end, *_UNCODED)
    during = col(Encounter.service_date).between(period.start, period.end)
    seen = _visits(session, period, during, *(state for state in _S if state is not _S.VOID))
    return [Line(f"visit {one.number}", one.waits_for, one.on, 1, 0, encounter_id=one.id) for one in waiting] + [
        Line(f"visit {one.number}", "seen", one.on, 0, 1, encounter_id=one.id) for one in seen
    ]


def _unbilled(session: Session, period: Period, which: ColumnElement[bool]) -> list[tuple[_Visit, int]]:
    """Visits over by the end that no bill was made of by then, with their charges; expected ones where uncoded."""
    _, after = moments(period)
    billed = (
        pick(Transition.subject_id)
        .join(Action, col(Action.id) == col(Transition.action_id))
        .where(col(Transition.machine) == "encounter", col(Transition.after) == _S.RELEASED, stands())
        .where(col(Action.at) < after)
    )
    over = func.coalesce(col(Encounter.discharge_date), col(Encounter.service_date)) <= period.end
    waiting = _visits(session, period, and_(over, col(Encounter.id).not_in(billed), which), *_UNCODED, _S.CODED.value)
    coded = [one.id for one in waiting if one.state == _S.CODED]
    lines = pick(ServiceLine.encounter_id, func.sum(ServiceLine.charge)).group_by(col(ServiceLine.encounter_id))
    known = {
        number: int(cents) for number, cents in in_db(session, lines.where(col(ServiceLine.encounter_id).in_(coded)))
    }
    expected = ExpectedCharges(session, period.end)
    return [
        (one, known.get(one.id, 0) if one.state == _S.CODED else expected.of(one.specialty, one.kind))
        for one in waiting
    ]


def _not_billed(session: Session, period: Period) -> list[Line]:
    found = once(session, ("not billed", period), lambda: _unbilled(session, period, true()))
    return [Line(f"visit {one.number}", one.waits_for, one.on, cents, 0, encounter_id=one.id) for one, cents in found]


def _not_sent(session: Session, period: Period) -> list[Line]:
    """Claims that were built and not sent at the end of the period."""
    at_end = states_at_end("claim", period)
    asked = and_(at_end.c.after == _C.ROUTED, at_end.c.before == _C.EDIT_FAIL)  # not what came back rejected
    query = (
        pick(Claim.control_number, at_end.c.after, Claim.state, Claim.hold_reason, at_end.c.at, Claim.charge, Claim.id)
        .join(at_end, at_end.c.subject_id == col(Claim.id))
        .where(or_(at_end.c.after.in_((_C.BUILT, _C.EDIT_FAIL, _C.READY, _C.HELD)), asked))
        .order_by(at_end.c.at, col(Claim.id))
    )
    return [
        Line(number, (reason if state == now == _C.HELD else "") or state, day_of(at), charge, 0, claim)
        for number, state, now, reason, at, charge, claim in in_db(session, query)
    ]


def _not_billed_days(session: Session, period: Period) -> list[Line]:
    return _not_billed(session, period) + charges(session, period)


def _not_sent_days(session: Session, period: Period) -> list[Line]:
    return _not_sent(session, period) + charges(session, period)


def _not_submitted_days(session: Session, period: Period) -> list[Line]:
    return _not_billed(session, period) + _not_sent_days(session, period)


def _expired(session: Session, period: Period) -> list[Line]:
    """Claims whose last day for filing fell in the period, and that were not sent by its end nor given up before."""
    sent = _before_end(period, _C.SENT).with_only_columns(col(Transition.subject_id))
    given_up = _before_end(period, _C.CANCELLED).subquery()
    query = (
        pick(Claim.control_number, Payer.name, Claim.filing_limit, ClaimVersion.charge, Claim.id, given_up.c.at)
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .join(
            ClaimVersion,
            and_(col(ClaimVersion.claim_id) == col(Claim.id), col(ClaimVersion.number) == col(Claim.current)),
        )
        .outerjoin(given_up, given_up.c.subject_id == col(Claim.id))
        .where(col(Claim.filing_limit).between(period.start, period.end), col(Claim.id).not_in(sent))
        .order_by(col(Claim.filing_limit), col(Claim.id))
    )
    return [
        Line(f"{number}  {payer}", "not sent", limit, cents, 0, claim)
        for number, payer, limit, cents, claim, ended in in_db(session, query)
        if ended is None or ended.date() > limit
    ]


def _before_end(period: Period, state: str) -> Any:
    """(subject, moment) of each claim's first step into a state, where it came by the end of the period."""
    _, after = moments(period)
    return (
        pick(Transition.subject_id, Action.at)
        .join(Action, col(Action.id) == col(Transition.action_id))
        .where(col(Transition.id).in_(first_steps("claim", (state,))), col(Action.at) < after)
    )


def _never_billed(session: Session, period: Period) -> list[Line]:
    """Visits without a bill whose last day for filing fell in the period."""
    by_end = files_within(session, period.end, 1)
    before = files_within(session, period.start, 0)
    return [
        Line(f"visit {one.number}  {one.waits_for}", "not billed", one.on, cents, 0, encounter_id=one.id)
        for one, cents in _unbilled(session, period, and_(by_end, not_(before)))
    ]


def _late(session: Session, period: Period) -> Sequence[Line]:
    lost = late_write_offs(session, period) + _expired(session, period) + _never_billed(session, period)
    return lost + net_charges(session, period)


UNBILLED_KPIS = (
    Kpi("uncoded", "Discharged, not coded", "visits that waited for codes at the end", "visits of the period",
        "HFMA DNFB, in visits", Shape.DAYS, lines=_uncoded, exclusions="void visits", better="down", group="Coding",
        by="hold reason", over_all=True),
    Kpi("not-billed", "Discharged, not billed", "charges of visits without a bill at the end",
        "charges of the period", "HFMA DNFB; an uncoded visit counts the mean charge of its specialty and kind",
        Shape.DAYS, lines=_not_billed_days, unit=Unit.CENTS, better="down", group="Claims", by="hold reason",
        over_all=True, exclusions="void visits, stays that go on, what was billed and came back to the coder"),
    Kpi("not-sent", "Final billed, not sent", "charges of claims built and not sent at the end",
        "charges of the period", "HFMA FBNS", Shape.DAYS, lines=_not_sent_days, unit=Unit.CENTS, better="down",
        group="Claims", by="hold reason", over_all=True, exclusions="what was sent and came back rejected"),
    Kpi("not-submitted", "Discharged, not sent", "charges of visits without a bill and of claims not sent",
        "charges of the period", "HFMA DNSP: DNFB and FBNS", Shape.DAYS, lines=_not_submitted_days, unit=Unit.CENTS,
        better="down", group="Claims", by="hold reason", over_all=True, exclusions="as of the two that it is made of"),
    Kpi("late", "Lost to timely filing",
        "written off as filed too late (CO-29), or not sent by the last day for filing",
        "charges less contractual adjustments", "target 0; the limits of the payers' contracts", lines=_late,
        unit=Unit.CENTS, better="down", group="Denials", by="way", over_all=True,
        exclusions="payers whose limit is not on file; claims sent too late, until their denial is written off"),
)  # fmt: skip
