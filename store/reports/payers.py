"""Key figures of payers' money: what they allow less than their contract says, and payments that nothing matches."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_
from sqlmodel import Session, col

from store.money import show_cents
from store.remits import matters
from store.remits.dispositions import Disposition
from store.remits.states import AnswerState
from store.reports.measure import Kpi, Line, Shape, Unit, day_of, during, in_db, pick
from store.reports.values import Period
from store.tables import (
    Claim,
    ClaimLine,
    CreditBalance,
    Payer,
    PaymentMatter,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    Underpayment,
    WorkItem,
)
from store.variance.credits import GOVERNMENT
from store.variance.rates import Rates
from store.variance.states import UnderpaymentState

_APART = (matters.NO_EFT, matters.NO_ERA, matters.EFT_DIFF)
_DENIED = ("2", "3", "4", "20", "21", "22", "23", "25")
"""CLP02 of answers that price nothing: another payer's turn, denied, forwarded, reversed, not ours."""


def _underpaid(session: Session, period: Period) -> list[Line]:
    """Every answered line that a contract prices; short is what was flagged of it and not found false."""
    refused = pick(RemitAdjustment.remit_line_id).where(
        col(RemitAdjustment.remit_line_id).is_not(None),
        col(RemitAdjustment.disposition) == Disposition.DENIAL,
        col(RemitAdjustment.cents) > 0,
    )
    query = (
        pick(Claim, ClaimLine, Payer.name, Remittance.posted_at, RemitClaim.id)
        .join(RemitClaim, col(RemitClaim.id) == col(RemitLine.remit_claim_id))
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .join(ClaimLine, col(ClaimLine.id) == col(RemitLine.claim_line_id))
        .join(Claim, col(Claim.id) == col(RemitClaim.claim_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(during(Remittance.posted_at, period), col(RemitClaim.state) == AnswerState.MATCHED)
        .where(col(RemitClaim.status).not_in(_DENIED), col(RemitLine.id).not_in(refused))
        .order_by(col(Remittance.posted_at).desc(), col(RemitLine.id))
    )
    rows = in_db(session, query.select_from(RemitLine))
    rates = Rates(session, {claim.payer_id for claim, *_ in rows})
    short = _short(session)
    lines = []
    for claim, line, payer, at, answer in rows:
        priced = rates.price(claim.payer_id, line.code, line.modifiers, max(1, line.units), line.service_date)
        if priced is not None:
            missing = short.get((line.id, answer), 0)
            what = f"{claim.control_number} {line.code}"
            lines.append(Line(what, payer, day_of(at), missing, priced.cents, claim.id))
    return lines


def _short(session: Session) -> dict[tuple[int, int], int]:
    query = pick(
        Underpayment.claim_line_id, Underpayment.remit_claim_id, Underpayment.expected, Underpayment.allowed
    ).where(col(Underpayment.state) != UnderpaymentState.FALSE)
    return {(line, answer): expected - allowed for line, answer, expected, allowed in in_db(session, query)}


def _apart(session: Session, end: date) -> list[tuple[PaymentMatter, int]]:
    """What waited at the end of a day for its other half, and since how many days."""
    query = (
        pick(PaymentMatter)
        .join(WorkItem, and_(col(WorkItem.queue) == matters.QUEUE, col(WorkItem.subject_id) == col(PaymentMatter.id)))
        .where(col(PaymentMatter.reason).in_(_APART), col(WorkItem.opened_on) <= end)
        .where(or_(col(WorkItem.open), col(WorkItem.closed_on) > end))
        .order_by(col(PaymentMatter.on), col(PaymentMatter.id))
    )
    return [(one, max(0, (end - one.on).days)) for (one,) in in_db(session, query)]


def _age(session: Session, period: Period) -> list[Line]:
    return [
        Line(
            f"{one.trace}  {show_cents(one.amount, sign='$')}  {one.reason}",
            one.payer_name,
            one.on,
            days,
            1,
            record=(matters.QUEUE, one.id),
        )
        for one, days in _apart(session, period.end)
    ]


def _money(session: Session, period: Period) -> list[Line]:
    return [
        Line(
            f"{one.trace}  {days} d  {one.reason}",
            one.payer_name,
            one.on,
            abs(one.amount),
            0,
            record=(matters.QUEUE, one.id),
        )
        for one, days in _apart(session, period.end)
    ]


def _unbalanced(session: Session, period: Period) -> list[Line]:
    """Payments that came in the period: taken in, or not, because their remittance did not add up."""
    kept = (
        pick(PaymentMatter.trace, PaymentMatter.payer_name, PaymentMatter.reason, WorkItem.opened_on, PaymentMatter.id)
        .join_from(
            PaymentMatter,
            WorkItem,
            and_(col(WorkItem.queue) == matters.QUEUE, col(WorkItem.subject_id) == col(PaymentMatter.id)),
        )
        .where(col(PaymentMatter.reason).in_(matters.UNBALANCED.values()))
        .where(col(WorkItem.opened_on).between(period.start, period.end))
        .order_by(col(WorkItem.opened_on).desc(), col(PaymentMatter.id))
    )
    posted = (
        pick(Remittance.trace, Remittance.payer_name, Remittance.posted_at)
        .where(during(Remittance.posted_at, period))
        .order_by(col(Remittance.posted_at).desc(), col(Remittance.id))
    )
    wrong = [
        Line(f"{trace}  {reason}", payer, on, 1, 1, record=(matters.QUEUE, id_))
        for trace, payer, reason, on, id_ in in_db(session, kept)
    ]
    return wrong + [Line(trace, payer, day_of(at), 0, 1) for trace, payer, at in in_db(session, posted)]


def _government(session: Session, period: Period) -> list[Line]:
    """Credits of government payers that stood at the end, with the days since they were identified."""
    still = or_(col(CreditBalance.closed_on).is_(None), col(CreditBalance.closed_on) > period.end)
    not_sent = or_(col(CreditBalance.issued_on).is_(None), col(CreditBalance.issued_on) > period.end)
    query = (
        pick(Claim.control_number, Payer.name, CreditBalance.identified_on, CreditBalance.due, Claim.id)
        .join_from(CreditBalance, Claim, col(Claim.id) == col(CreditBalance.claim_id))
        .join(Payer, col(Payer.id) == col(CreditBalance.payer_id))
        .where(col(Payer.filing).in_(GOVERNMENT), col(CreditBalance.identified_on) <= period.end, still, not_sent)
        .order_by(col(CreditBalance.identified_on), col(CreditBalance.id))
    )
    return [
        Line(f"{number}  due {due}", payer, on, (period.end - on).days, 1, claim)
        for number, payer, on, due, claim in in_db(session, query)
    ]


PAYER_KPIS = (
    Kpi("underpaid", "Underpayment rate", "allowed less than the contract says, where that was flagged",
        "what the contract says for every line that was answered", "expected less allowed, from $5 and 2 % on",
        lines=_underpaid, unit=Unit.CENTS, better="down", by="payer", group="Remittances",
        exclusions="denied lines, codes that no contract on file prices, underpayments found false"),
    Kpi("unmatched-age", "Unmatched payments, age", "days since the payment's date",
        "payments whose money or remittance is missing or differs at the end", "CORE 370: three business days",
        Shape.MEDIAN, lines=_age, better="down", by="payer", group="Remittances",
        exclusions="what was matched or settled by then"),
    Kpi("unmatched-money", "Unmatched payments, money", "payments whose money or remittance is missing at the end", "",
        "CORE 370: three business days", Shape.SUM, lines=_money, unit=Unit.CENTS, better="down", by="payer",
        group="Remittances", exclusions="what was matched or settled by then"),
    Kpi("unbalanced", "Unbalanced remittances", "payments whose remittance did not add up", "payments that came",
        "X12 835: line, claim and transaction balance", lines=_unbalanced, better="down", by="payer",
        group="Remittances", exclusions="second arrivals of what was taken in"),
    Kpi("government-credits", "Oldest government credit", "days since a government payer's overpayment was identified",
        "overpayments of government payers that stand at the end", "42 CFR 401.305: 60 days, 180 more investigated",
        Shape.OLDEST, lines=_government, better="down", by="payer", group="Receivables",
        exclusions="what was given back, taken back or settled by then"),
)  # fmt: skip
