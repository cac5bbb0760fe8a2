"""Key figures of denials: how long until an appeal and an end, what was won."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, func, or_
from sqlmodel import Session, col

from store.denials.states import WON, DenialState
from store.reports.measure import Kpi, Line, Shape, Unit, in_db, pick
from store.reports.values import Period
from store.tables import Appeal, Claim, Denial, Payer

_S = DenialState
_ENDED = (*sorted(WON), _S.TRANSFERRED, _S.CLOSED_WO)


def _what() -> Any:
    return col(Claim.control_number) + "  " + col(Denial.group) + "-" + col(Denial.reason)


def _to_appeal(session: Session, period: Period) -> list[Line]:
    first = func.min(Appeal.filed_on)
    query = (
        pick(_what(), col(Payer.name), col(Denial.opened_on), first, col(Claim.id))
        .select_from(Denial)
        .join(Appeal, col(Appeal.denial_id) == col(Denial.id))
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .group_by(col(Denial.id), col(Claim.id), col(Payer.name))
        .having(first.between(period.start, period.end))
        .order_by(first.desc())
    )
    return [
        Line(what, payer, filed, (filed - opened).days, 1, claim)
        for what, payer, opened, filed, claim in in_db(session, query)
    ]


def _to_end(session: Session, period: Period) -> list[Line]:
    query = _closed(period).where(col(Denial.state).in_(_ENDED))
    return [
        Line(f"{what}  {state}", payer, closed, (closed - opened).days, 1, claim)
        for what, payer, opened, closed, state, _, claim in in_db(session, query)
    ]


def _closed(period: Period) -> Any:
    return (
        pick(
            _what(), col(Payer.name), col(Denial.opened_on), col(Denial.closed_on), col(Denial.state),
            col(Denial.cents), col(Claim.id),
        )
        .select_from(Denial)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(col(Denial.closed_on).between(period.start, period.end))
        .order_by(col(Denial.closed_on).desc(), col(Denial.id))
    )  # fmt: skip


def appealed(session: Session, period: Period, *, money: bool) -> list[Line]:
    """Denials that were appealed and were decided: paid after all, given up, or upheld by a notice."""
    appeal = exists().where(col(Appeal.denial_id) == col(Denial.id))
    upheld = (
        pick(func.max(Appeal.upheld_on))
        .where(col(Appeal.denial_id) == col(Denial.id))
        .correlate(Denial)
        .scalar_subquery()
    )
    query = (
        pick(
            _what(), col(Payer.name), func.coalesce(col(Denial.closed_on), upheld), col(Denial.state),
            col(Denial.cents), col(Claim.id),
        )
        .select_from(Denial)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(appeal, func.coalesce(col(Denial.closed_on), upheld).between(period.start, period.end))
        .where(or_(col(Denial.state) != _S.REVERSED))
        .order_by(col(Denial.id))
    )  # fmt: skip
    return [
        Line(f"{what}  {state}", payer, on, (cents if money else 1) * (state in WON), cents if money else 1, claim)
        for what, payer, on, state, cents, claim in in_db(session, query)
    ]


def _worked(session: Session, period: Period) -> list[Line]:
    query = _closed(period).where(col(Denial.state).in_(_ENDED))
    return [
        Line(f"{what}  {state}", payer, closed, cents * (state in WON), cents, claim)
        for what, payer, _, closed, state, cents, claim in in_db(session, query)
    ]


DENIAL_KPIS = (
    Kpi("to-appeal", "Denial to appeal", "days from the denial to its first appeal", "denials first appealed",
        "HFMA Claim Integrity Task Force", Shape.MEDIAN, lines=_to_appeal, better="down", by="payer", group="Denials"),
    Kpi("to-end", "Denial to resolution", "days from the denial to its end", "denials that ended",
        "HFMA Claim Integrity Task Force", Shape.MEDIAN, lines=_to_end, exclusions="reversed by the payer",
        better="down", by="payer", group="Denials"),
    Kpi("to-appeal-mean", "Denial to appeal, mean", "days from the denial to its first appeal",
        "denials first appealed", "HFMA Claim Integrity Task Force", Shape.EACH, lines=_to_appeal, unit=Unit.DAYS,
        better="down", by="payer", group="Denials"),
    Kpi("to-end-mean", "Denial to resolution, mean", "days from the denial to its end", "denials that ended",
        "HFMA Claim Integrity Task Force", Shape.EACH, lines=_to_end, unit=Unit.DAYS,
        exclusions="reversed by the payer", better="down", by="payer", group="Denials"),
    Kpi("overturned", "Overturn rate of appeals", "appealed denials that were paid after all",
        "appealed denials that were decided", "HFMA Claim Integrity Task Force",
        lines=lambda s, p: appealed(s, p, money=False), by="payer", group="Denials"),
    Kpi("appeal-yield", "Appeal yield", "dollars of appealed denials that were paid after all",
        "dollars of appealed denials that were decided", "no published formula: recovered over appealed",
        lines=lambda s, p: appealed(s, p, money=True), unit=Unit.CENTS, by="payer", group="Denials"),
    Kpi("recovered", "Denied dollars recovered", "dollars of denials that were paid after all",
        "dollars of denials that ended",
        "no published formula: every way of working them, by correction, appeal or records", lines=_worked,
        exclusions="reversed by the payer", unit=Unit.CENTS, by="payer", group="Denials"),
)  # fmt: skip
