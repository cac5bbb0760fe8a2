"""Key figures of claims on their way: clean, accepted, resolved at the first answer, posted untouched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, exists
from sqlmodel import Session, col

from store.claims.states import ADJUDICATED, ClaimState
from store.reports.measure import Kpi, Line, Shape, Unit, day_of, during, first_steps, in_db, pick
from store.reports.values import Period
from store.tables import Action, Claim, Denial, Payer, RemitClaim, Remittance, Transition

_S = ClaimState
_ANSWERS = tuple(state for state in ADJUDICATED if state is not _S.REVERSED)
_RESOLVED = (_S.PAID, _S.ALL_PATIENT)
_REFUSED = (_S.DENIED, _S.PARTIAL, _S.ZERO)


def steps(
    session: Session, period: Period, after: Sequence[str], good: Sequence[str], *, before: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Claims whose first step into one of `after` fell in the period: (number, payer, at, charge, id, state)."""
    del good
    query = (
        pick(
            col(Claim.control_number), col(Payer.name), col(Action.at), col(Claim.charge), col(Claim.id),
            col(Transition.after),
        )
        .join(Action, col(Action.id) == col(Transition.action_id))
        .join(Claim, col(Claim.id) == col(Transition.subject_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(col(Transition.id).in_(first_steps("claim", after, before=before)), during(Action.at, period))
        .order_by(col(Action.at).desc(), col(Claim.id))
    )  # fmt: skip
    return list(in_db(session, query))


def _shares(
    session: Session, period: Period, after: Sequence[str], good: Sequence[str], before: Sequence[str] = ()
) -> list[Line]:
    return [
        Line(f"{number}  {state}", payer, day_of(at), int(state in good), 1, claim)
        for number, payer, at, _, claim, state in steps(session, period, after, good, before=before)
    ]


def _clean(session: Session, period: Period) -> list[Line]:
    return _shares(session, period, (_S.READY, _S.EDIT_FAIL), (_S.READY,), (_S.BUILT,))


def _accepted(session: Session, period: Period) -> list[Line]:
    return _shares(session, period, (_S.ACCEPTED, _S.REJECTED), (_S.ACCEPTED,))


def _resolved(session: Session, period: Period) -> list[Line]:
    return _shares(session, period, _ANSWERS, _RESOLVED)


def _initially_denied(session: Session, period: Period, *, money: bool) -> list[Line]:
    """Denied at the first answer in the period, over what was first sent in the three months before it."""
    base = Period(period.start.replace(day=1), period.start)
    month = base.start.month - 3
    start = base.start.replace(year=base.start.year - (month < 1), month=(month - 1) % 12 + 1)
    earlier = Period(start, base.start.fromordinal(base.start.toordinal() - 1))
    denied = [
        Line(f"{number}  {state}", payer, day_of(at), charge if money else 1, 0, claim)
        for number, payer, at, charge, claim, state in steps(session, period, _ANSWERS, ())
        if state in _REFUSED
    ]
    sent = [
        Line(f"{number}  sent", payer, day_of(at), 0, charge if money else 1, claim)
        for number, payer, at, charge, claim, _ in steps(session, earlier, (_S.SENT,), ())
    ]
    return denied + sent


def _remitted(session: Session, period: Period, which: Any, good: Any) -> list[Line]:
    query = (
        pick(
            col(RemitClaim.control_number), col(Remittance.payer_name), col(Remittance.posted_at),
            col(RemitClaim.claim_id), case((good, 1), else_=0),
        )
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .where(during(Remittance.posted_at, period), which)
        .order_by(col(Remittance.posted_at).desc(), col(RemitClaim.id))
    )  # fmt: skip
    return [
        Line(number, payer, day_of(at), int(yes), 1, claim) for number, payer, at, claim, yes in in_db(session, query)
    ]


_NO_REVERSAL = col(RemitClaim.status) != "22"


def _remit_denied(session: Session, period: Period) -> list[Line]:
    denied = exists().where(col(Denial.remit_claim_id) == col(RemitClaim.id))
    return _remitted(session, period, _NO_REVERSAL, denied)


def _primary_denied(session: Session, period: Period) -> list[Line]:
    duplicate = exists().where(and_(col(Denial.remit_claim_id) == col(RemitClaim.id), col(Denial.reason) == "18"))
    primary = and_(col(RemitClaim.status).in_(("1", "4", "19")), ~duplicate)
    unpaid = and_(col(RemitClaim.paid) == 0, col(RemitClaim.patient_responsibility) < col(RemitClaim.charge))
    return _remitted(session, period, primary, unpaid)


def _auto_posted(session: Session, period: Period) -> list[Line]:
    untouched = and_(col(RemitClaim.state) == "matched", col(RemitClaim.reason) == "")
    return _remitted(session, period, and_(True, _NO_REVERSAL), untouched)


CLAIM_KPIS = (
    Kpi("clean", "Clean claim rate", "claims that passed every edit at their first scrub", "claims first scrubbed",
        "HFMA CL-1", lines=_clean, exclusions="later versions of the same claim", by="payer", group="Claims"),
    Kpi("accepted", "First-pass acceptance", "claims accepted at their first 277CA", "claims first answered by a 277CA",
        "277CA A2 against A3, A6, A7", lines=_accepted, exclusions="claims without a 277CA yet",
        by="payer", group="Claims"),
    Kpi("resolved", "First-pass resolution", "paid, or all the patient's, at the first answer",
        "claims first adjudicated", "by date of the first answer", lines=_resolved,
        exclusions="reversals; later answers", by="payer", group="Claims"),
    Kpi("denied", "Initial denial rate, claims", "claims denied or partly denied at the first answer",
        "claims first sent in the three months before", "HFMA Claim Integrity Task Force", Shape.MONTHLY,
        lines=lambda s, p: _initially_denied(s, p, money=False), better="down", by="payer", group="Denials"),
    Kpi("denied-money", "Initial denial rate, dollars", "charges of claims denied or partly denied at the first answer",
        "charges first sent in the three months before", "HFMA Claim Integrity Task Force", Shape.MONTHLY,
        lines=lambda s, p: _initially_denied(s, p, money=True), unit=Unit.CENTS, better="down",
        by="payer", group="Denials"),
    Kpi("remit-denied", "Remittance denial rate", "answers with a denied line", "answers of payers", "HFMA AR-5",
        lines=_remit_denied, exclusions="reversals (status 22)", better="down", by="payer", group="Denials"),
    Kpi("primary-denied", "Primary denial rate", "primary answers that paid nothing", "primary answers",
        "HFMA Claim Integrity Task Force; take a period of four weeks", lines=_primary_denied,
        exclusions="reversals, duplicates (CARC 18), all patient's share", better="down", by="payer", group="Denials"),
    Kpi("auto-posted", "Auto-post rate", "answers posted without a person", "answers of payers",
        "as VistA's APAR counts", lines=_auto_posted, exclusions="reversals", by="payer", group="Remittances"),
)  # fmt: skip
