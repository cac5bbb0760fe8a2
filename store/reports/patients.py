"""Key figures of patients' money: statements that bring something, promises that are kept, money at the desk."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import case, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.accounts.agreements import Kept, PlanStanding, payments_of, plan_standing, promise_standing
from store.accounts.policy import policy_of
from store.coding.states import CodingState
from store.reports.measure import Kpi, Line, Shape, Unit, during, in_db, pick
from store.reports.values import Period
from store.statements.states import AccountState, RunState
from store.tables import (
    Encounter,
    Guarantor,
    Patient,
    PatientPayment,
    PaymentPlan,
    PlanInstalment,
    Promise,
    StatementAccount,
    StatementRun,
)
from store.text import how_many

YIELD_DAYS = 30


class Mailed(NamedTuple):
    """A statement of a run that was sent: whose, of which run, and what it asked for in cents."""

    account_id: int
    number: str
    run_id: int
    as_of: date
    asked: int


def mailed(session: Session, period: Period) -> list[Mailed]:
    """Every statement of the runs of the period that were sent."""
    query = (
        pick(
            StatementAccount.guarantor_id, Guarantor.number, StatementRun.id, StatementRun.as_of,
            StatementAccount.amount,
        )
        .join(StatementRun, col(StatementRun.id) == col(StatementAccount.run_id))
        .join(Guarantor, col(Guarantor.id) == col(StatementAccount.guarantor_id))
        .where(col(StatementRun.state).in_((RunState.SENT, RunState.RECONCILED)), col(StatementAccount.included))
        .where(col(StatementRun.as_of).between(period.start, period.end))
        .order_by(col(StatementRun.as_of), col(Guarantor.number))
    )  # fmt: skip
    return [Mailed(*row) for row in in_db(session, query)]


def brought(session: Session, period: Period) -> list[Line]:
    """What each statement brought in the thirty days after it, at most what it asked for."""
    rows = mailed(session, period)
    paid = payments_of(session, sorted({one.account_id for one in rows})) if rows else {}
    lines = []
    for one in rows:
        until = one.as_of + timedelta(days=YIELD_DAYS)
        came = sum(cents for _, on, cents in paid.get(one.account_id, ()) if one.as_of <= on <= until)
        got = max(0, min(came, one.asked))
        lines.append(Line(f"account {one.number}", "", one.as_of, got, one.asked, account_id=one.account_id))
    return lines


def _promises(session: Session, period: Period, *, money: bool = False) -> list[Line]:
    query = (
        pick(Promise, Guarantor.number)
        .join(Guarantor, col(Guarantor.id) == col(Promise.guarantor_id))
        .where(col(Promise.due_on).between(period.start, period.end))
        .order_by(col(Promise.due_on), col(Promise.id))
    )
    rows = in_db(session, query)
    policy = policy_of(session)
    paid = payments_of(session, sorted({one.guarantor_id for one, _ in rows})) if rows else {}
    lines = []
    for one, number in rows:
        stood = promise_standing(one, paid.get(one.guarantor_id, []), policy, period.end)
        if stood.state is not Kept.OPEN:
            worth = one.cents if money else 1
            kept = worth * (stood.state is Kept.KEPT)
            what = f"account {number}  {stood.state}"
            lines.append(Line(what, "", one.due_on, kept, worth, account_id=one.guarantor_id))
    return lines


def _plans(session: Session, period: Period) -> list[Line]:
    """Every plan that ran in the period; broken when too many parts were missed by its end or the period's."""
    query = (
        pick(PaymentPlan, Guarantor.number)
        .join(Guarantor, col(Guarantor.id) == col(PaymentPlan.guarantor_id))
        .where(col(PaymentPlan.made_on) <= period.end)
        .where(or_(col(PaymentPlan.ended_on).is_(None), col(PaymentPlan.ended_on) >= period.start))
        .order_by(col(PaymentPlan.made_on), col(PaymentPlan.id))
    )
    rows = in_db(session, query)
    parts: dict[int, list[PlanInstalment]] = defaultdict(list)
    mine = pick(PlanInstalment).where(col(PlanInstalment.plan_id).in_([plan.id for plan, _ in rows]))
    for (part,) in in_db(session, mine):
        parts[part.plan_id].append(part)
    policy = policy_of(session)
    paid = payments_of(session, sorted({plan.guarantor_id for plan, _ in rows})) if rows else {}

    def stood(plan: PaymentPlan, on: date) -> PlanStanding:
        came = sum(
            cents for number, day, cents in paid.get(plan.guarantor_id, []) if number > plan.after_payment and day <= on
        )
        return plan_standing(plan, parts[plan.id], came, policy, on)

    lines = []
    for plan, number in rows:
        if stood(plan, period.start - timedelta(days=1)).done:
            continue  # it was paid off before
        missed = stood(plan, min(plan.ended_on or period.end, period.end)).missed
        what = f"account {number}  {missed} missed"
        lines.append(Line(what, plan.ended_why, plan.made_on, int(missed >= policy.plan_missed), 1,
                          account_id=plan.guarantor_id))  # fmt: skip
    return lines


def _returned(session: Session, period: Period) -> list[Line]:
    """Every statement of the runs that were sent in the period; counted when it came back."""
    went = (AccountState.SENT, AccountState.DELIVERED, AccountState.RETURNED)
    query = (
        pick(
            Guarantor.number,
            StatementRun.id,
            StatementRun.as_of,
            StatementAccount.state,
            StatementAccount.result,
            Guarantor.id,
        )
        .join(StatementRun, col(StatementRun.id) == col(StatementAccount.run_id))
        .join(Guarantor, col(Guarantor.id) == col(StatementAccount.guarantor_id))
        .where(col(StatementRun.state).in_((RunState.SENT, RunState.RECONCILED)))
        .where(col(StatementAccount.state).in_(went), col(StatementRun.as_of).between(period.start, period.end))
        .order_by(col(StatementRun.as_of), col(Guarantor.number))
    )
    return [
        Line(f"statement {run}-{number}", result, on, int(state == AccountState.RETURNED), 1, account_id=id_)
        for number, run, on, state, result, id_ in in_db(session, query)
    ]


def _at_service(session: Session, period: Period) -> list[Line]:
    """Patients' money; at the desk when it was paid while somebody of the account was seen."""
    voided = aliased(PatientPayment)
    day = func.coalesce(voided.paid_on, col(PatientPayment.paid_on))  # what is taken back counts as it did
    visit = (
        exists()
        .where(col(Patient.guarantor_id) == col(PatientPayment.guarantor_id))
        .where(col(Encounter.patient_id) == col(Patient.id), col(Encounter.state) != CodingState.VOID)
        .where(day >= col(Encounter.service_date))
        .where(day <= func.coalesce(col(Encounter.discharge_date), col(Encounter.service_date)))
        .correlate(PatientPayment, voided)
    )
    query = (
        pick(
            PatientPayment.number, PatientPayment.method, PatientPayment.paid_on, PatientPayment.cents,
            case((visit, 1), else_=0), PatientPayment.guarantor_id,
        )
        .outerjoin(voided, voided.id == col(PatientPayment.voids_id))
        .where(col(PatientPayment.paid_on).between(period.start, period.end))
        .order_by(col(PatientPayment.paid_on), col(PatientPayment.id))
    )  # fmt: skip
    return [
        Line(f"receipt {number}", method, on, cents * there, cents, account_id=account)
        for number, method, on, cents, there, account in in_db(session, query)
    ]


def _statements(session: Session, period: Period) -> list[Line]:
    query = (
        pick(StatementRun.as_of, func.count(), func.sum(StatementAccount.amount))
        .join(StatementAccount, col(StatementAccount.run_id) == col(StatementRun.id))
        .where(col(StatementAccount.included), during(StatementRun.made_at, period))
        .group_by(col(StatementRun.as_of))
        .order_by(col(StatementRun.as_of))
    )
    return [
        Line(f"run of {on}, {how_many(count, 'statement')}", "", on, int(cents), 0)
        for on, count, cents in in_db(session, query)
    ]


PATIENT_KPIS = (
    Kpi("statement-yield", "Statement yield", "what patients paid within 30 days of their statement",
        "what those statements asked for", "by date of the run", lines=brought, unit=Unit.CENTS, group="Patients",
        exclusions="what was paid beyond the statement's amount"),
    Kpi("statements", "Asked on statements", "dollars on the statements of the period", "", "by run", Shape.SUM,
        lines=_statements, unit=Unit.CENTS, group="Patients"),
    Kpi("promises", "Promises kept", "promises kept", "promises due", "kept or broken by the payments that came",
        lines=_promises, exclusions="promises that are still open", group="Patients"),
    Kpi("promises-money", "Promises kept, dollars", "dollars of promises kept", "dollars of promises due",
        "kept or broken by the payments that came", lines=lambda s, p: _promises(s, p, money=True), unit=Unit.CENTS,
        exclusions="promises that are still open", group="Patients"),
    Kpi("plan-default", "Plans in default", "plans that missed as many parts as the practice allows (plan_missed)",
        "plans that ran in the period", "missed by the payments that came, with the grace", lines=_plans, better="down",
        group="Patients", exclusions="plans that were paid off before the period"),
    Kpi("returned-mail", "Returned mail", "statements that came back", "statements that were mailed",
        "by date of the run; the vendor's results", lines=_returned, better="down", group="Patients",
        exclusions="runs that were unsent, statements that were voided"),
    Kpi("at-service", "Cash at the time of service", "patients' money paid on the day of a visit, or while in hospital",
        "patients' money", "HFMA POS cash", lines=_at_service, unit=Unit.CENTS, by="method", group="Patients",
        exclusions="deposits on earlier days count as other money: they name no visit"),
)  # fmt: skip
