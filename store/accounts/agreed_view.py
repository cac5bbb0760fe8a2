"""What was agreed with a guarantor, as a tab: plan with its schedule, promises, payments, holds, assistance, calls."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store import clock
from store.accounts.agreements import payments_of, plans, promise_standing
from store.accounts.assistance import standing
from store.accounts.policy import policy_of
from store.money import show_cents
from store.tables import (
    AccountHold,
    Assistance,
    Estimate,
    Patient,
    PatientPayment,
    PaymentPlan,
    Placement,
    PlanInstalment,
    Promise,
    Refund,
)
from store.work.record import Block, Facts, Tab, Table
from store.work.values import Cell, Column, Kind

Rows = list[tuple[Cell, ...]]


def agreed_tab(session: Session, guarantor_id: int) -> Tab:
    """Blocks that are empty are left out."""
    blocks: list[Block] = [_facts(session, guarantor_id)]
    for block in (
        _payments(session, guarantor_id),
        _schedule(session, guarantor_id),
        _promises(session, guarantor_id),
        _history(session, guarantor_id),
    ):
        if block.rows:
            blocks.append(block)
    return Tab("Payments, plan", tuple(blocks))


def _facts(session: Session, guarantor_id: int) -> Facts:
    today = clock.today()
    plan = plans(session, policy_of(session), [guarantor_id], today).get(guarantor_id)
    help_ = standing(session, guarantor_id, today)
    placed = session.exec(
        select(Placement).where(Placement.guarantor_id == guarantor_id, col(Placement.recalled_on).is_(None))
    ).first()
    refund = session.exec(
        select(Refund).where(Refund.guarantor_id == guarantor_id).order_by(col(Refund.id).desc())
    ).first()
    agreed = "none"
    if plan is not None:
        agreed = f"{show_cents(plan.paid, sign='$')} of {show_cents(plan.total, sign='$')} paid, {plan.missed} missed"
    return Facts(
        (
            ("Plan", agreed),
            ("Assistance", f"{help_.percent}% off until {help_.valid_until}" if help_ else "none"),
            ("Agency", f"{placed.agency} since {placed.placed_on}" if placed else "none"),
            ("Refund", f"{show_cents(refund.cents, sign='$')} {refund.state.lower()}" if refund else "none"),
        )
    )


def _payments(session: Session, guarantor_id: int) -> Table:
    query = select(PatientPayment).where(PatientPayment.guarantor_id == guarantor_id)
    rows: Rows = [
        (one.number, one.paid_on, one.method, one.cents, one.reference or one.reason)
        for one in session.exec(query.order_by(col(PatientPayment.id).desc())).all()
    ]
    columns = (
        Column("receipt", "Receipt", 9),
        Column("on", "Paid on", 10, Kind.DATE),
        Column("how", "How", 7),
        Column("amount", "Amount", 10, Kind.CENTS),
        Column("ref", "Reference", 30),
    )
    return Table(columns, tuple(rows), "Payments")


def _schedule(session: Session, guarantor_id: int) -> Table:
    running = session.exec(
        select(PaymentPlan).where(PaymentPlan.guarantor_id == guarantor_id, col(PaymentPlan.ended_on).is_(None))
    ).first()
    rows: Rows = []
    if running is not None:
        paid = sum(
            cents
            for number, _, cents in payments_of(session, [guarantor_id])[guarantor_id]
            if number > running.after_payment
        )
        query = select(PlanInstalment).where(PlanInstalment.plan_id == running.id)
        owed = 0
        for part in session.exec(query.order_by(col(PlanInstalment.number))).all():
            owed += part.cents
            state = "paid" if paid >= owed else "missed" if part.due_on < clock.today() else "open"
            rows.append((part.number, part.due_on, part.cents, state))
    columns = (
        Column("n", "No.", 3, Kind.NUMBER),
        Column("due", "Due", 10, Kind.DATE),
        Column("amount", "Amount", 10, Kind.CENTS),
        Column("state", "State", 7),
    )
    return Table(columns, tuple(rows), "Plan")


def _promises(session: Session, guarantor_id: int) -> Table:
    policy, paid = policy_of(session), payments_of(session, [guarantor_id])[guarantor_id]
    query = select(Promise).where(Promise.guarantor_id == guarantor_id).order_by(col(Promise.id).desc())
    rows: Rows = []
    for one in session.exec(query).all():
        standing_now = promise_standing(one, paid, policy, clock.today())
        rows.append((one.made_on, one.due_on, one.cents, standing_now.paid, str(standing_now.state)))
    columns = (
        Column("made", "Made", 10, Kind.DATE),
        Column("due", "By", 10, Kind.DATE),
        Column("amount", "Promised", 10, Kind.CENTS),
        Column("paid", "Came", 10, Kind.CENTS),
        Column("state", "State", 7),
    )
    return Table(columns, tuple(rows), "Promises")


def _history(session: Session, guarantor_id: int) -> Table:
    rows: Rows = []
    for hold in session.exec(select(AccountHold).where(AccountHold.guarantor_id == guarantor_id)).all():
        rows.append((hold.since, f"hold: {hold.kind} {hold.reason}".strip(), hold.lifted_on or hold.until))
    for one in session.exec(select(Assistance).where(Assistance.guarantor_id == guarantor_id)).all():
        decided = "waits" if one.granted is None else f"{one.percent}% off" if one.granted else "not granted"
        rows.append((one.asked_on, f"assistance ({one.kind}): {decided} {one.reason}".strip(), one.valid_until))
    for placed in session.exec(select(Placement).where(Placement.guarantor_id == guarantor_id)).all():
        rows.append((placed.placed_on, f"agency: {placed.agency}", placed.recalled_on))
    query = (
        select(Estimate)
        .join(Patient, col(Patient.id) == col(Estimate.patient_id))
        .where(Patient.guarantor_id == guarantor_id)
    )
    for given in session.exec(query).all():
        rows.append((given.given_on, f"estimate: {show_cents(given.cents, sign='$')}", given.service_to))
    rows.sort(key=lambda row: str(row[0]), reverse=True)
    columns = (
        Column("on", "Since", 10, Kind.DATE),
        Column("what", "What", 45),
        Column("until", "Until", 10, Kind.DATE),
    )
    return Table(columns, tuple(rows), "Holds, assistance, agencies, estimates")
