"""Key figures of coding and of the way from visit to claim: lags, queries, what waits uncoded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.claims.states import ClaimState
from store.coding.states import CodingState
from store.coding.suggestions import Outcome
from store.queries.states import AnswerKind
from store.reports.measure import (
    Kpi,
    Line,
    Shape,
    day_of,
    during,
    first_steps,
    in_db,
    moments,
    pick,
    stands,
    states_at_end,
)
from store.reports.values import Period
from store.tables import (
    Action,
    Claim,
    CodingReview,
    Encounter,
    Provider,
    ProviderQuery,
    SuggestionChoice,
    Transition,
    User,
)

_S = CodingState
_ANSWER_WITHIN = timedelta(hours=72)
_WAITING = (_S.NEW, _S.READY, _S.IN_PROGRESS, _S.HOLD, _S.QUERY_HOLD, _S.REVIEW, _S.RECODE)


def coded(session: Session, period: Period) -> Sequence[tuple[str, str, date, datetime, int]]:
    """Encounters first coded in the period: (number, who, date of service, moment, id)."""
    query = (
        pick(Encounter.number, User.name, col(Encounter.service_date), col(Action.at), col(Encounter.id))
        .join_from(Transition, Action, col(Action.id) == col(Transition.action_id))
        .join(Encounter, col(Encounter.id) == col(Transition.subject_id))
        .join(User, col(User.id) == col(Action.user_id))
        .where(col(Transition.id).in_(first_steps("encounter", (_S.CODED,))), during(Action.at, period))
        .order_by(col(Action.at).desc(), col(Encounter.id))
    )
    return [(number, who, on, at, id_) for number, who, on, at, id_ in in_db(session, query)]


def _charge_lag(session: Session, period: Period) -> list[Line]:
    return [
        Line(f"visit {number}", who, day_of(at), (at.date() - on).days, 1)
        for number, who, on, at, _ in coded(session, period)
    ]


def _lag(machine: str, first: Sequence[str], then: Sequence[str], session: Session, period: Period) -> list[Line]:
    """Days from a record's first step into `first` to its first step into `then`, which fell in the period."""
    one, two = aliased(Transition), aliased(Transition)
    act_one, act_two = aliased(Action), aliased(Action)
    query = (
        pick(two.subject_id, act_one.at, act_two.at)
        .select_from(two)
        .join(act_two, act_two.id == two.action_id)
        .join(one, (one.subject_id == two.subject_id) & (one.machine == two.machine))
        .join(act_one, act_one.id == one.action_id)
        .where(col(two.id).in_(first_steps(machine, then)), col(one.id).in_(first_steps(machine, first)))
        .where(during(act_two.at, period))
        .order_by(col(act_two.at).desc(), two.subject_id)
    )
    names = _names(session, machine)
    return [
        Line(names.get(subject, str(subject)), machine, day_of(end), (end.date() - begin.date()).days, 1,
             subject if machine == "claim" else None)
        for subject, begin, end in in_db(session, query)
    ]  # fmt: skip


def _names(session: Session, machine: str) -> dict[int, str]:
    query = pick(Claim.id, Claim.control_number) if machine == "claim" else pick(Encounter.id, Encounter.number)
    return {number: name for number, name in in_db(session, query)}  # noqa: C416 - rows are no pairs for mypy


def _coding_lag(session: Session, period: Period) -> list[Line]:
    return _lag("encounter", (_S.READY,), (_S.CODED,), session, period)


def _bill_lag(session: Session, period: Period) -> list[Line]:
    return _lag("claim", (ClaimState.BUILT,), (ClaimState.SENT,), session, period)


def _uncoded(session: Session, period: Period) -> list[Line]:
    """Visits that waited for codes at the end, over the visits of an average day.

    A visit waits from its day on, also where its record came in later.
    """
    at_end = states_at_end("encounter", period)
    stood = func.coalesce(at_end.c.after, _S.NEW.value)
    visits = (
        pick(Encounter.number, Encounter.service_date, stood, Encounter.state, Encounter.hold_reason)
        .outerjoin(at_end, at_end.c.subject_id == col(Encounter.id))
        .order_by(col(Encounter.service_date), col(Encounter.id))
    )
    waiting = visits.where(stood.in_(_WAITING), col(Encounter.service_date) <= period.end)
    seen = visits.where(stood != _S.VOID, col(Encounter.service_date).between(period.start, period.end))
    return [
        Line(f"visit {number}", (reason if state == now else "") or state, on, 1, 0)
        for number, on, state, now, reason in in_db(session, waiting)
    ] + [Line(f"visit {number}", "seen", on, 0, 1) for number, on, *_ in in_db(session, seen)]


def _queries(session: Session, period: Period) -> list[tuple[str, str, datetime, datetime | None]]:
    """Questions to providers asked in the period: (encounter, who asked, asked, answered or None)."""
    first, after = moments(period)
    query = (
        pick(Transition.subject_id, Transition.after, Transition.before, Action.at, User.name, Encounter.number)
        .join(Action, col(Action.id) == col(Transition.action_id))
        .join(User, col(User.id) == col(Action.user_id))
        .join(Encounter, col(Encounter.id) == col(Transition.subject_id))
        .where(col(Transition.machine) == "encounter", stands(), col(Action.at) >= first)
        .where((col(Transition.after) == _S.QUERY_HOLD) | (col(Transition.before) == _S.QUERY_HOLD))
        .order_by(col(Transition.subject_id), col(Transition.id))
    )
    asked: list[tuple[str, str, datetime, datetime | None]] = []
    open_: dict[int, int] = {}
    for subject, state, _, at, who, number in in_db(session, query):
        if state == _S.QUERY_HOLD:
            if at < after:
                open_[subject] = len(asked)
                asked.append((number, who, at, None))
        elif subject in open_:
            place = open_.pop(subject)
            asked[place] = (*asked[place][:3], at)
    return asked


def _query_rate(session: Session, period: Period) -> list[Line]:
    asked = [Line(f"visit {number}  asked", who, day_of(at), 1, 0) for number, who, at, _ in _queries(session, period)]
    return asked + [Line(f"visit {n}  coded", w, day_of(at), 0, 1) for n, w, _, at, _ in coded(session, period)]


def _answered(session: Session, period: Period) -> list[Line]:
    return [
        Line(f"visit {number}", who, day_of(at), int(end is not None and end - at <= _ANSWER_WITHIN), 1)
        for number, who, at, end in _queries(session, period)
    ]


def _agreed(session: Session, period: Period) -> list[Line]:
    query = (
        pick(ProviderQuery.number, Provider.last, ProviderQuery.answered_at, ProviderQuery.answer_kind)
        .join_from(ProviderQuery, Provider, col(Provider.id) == col(ProviderQuery.provider_id))
        .where(col(ProviderQuery.answered_at).is_not(None), during(ProviderQuery.answered_at, period))
        .order_by(col(ProviderQuery.answered_at).desc(), col(ProviderQuery.id))
    )
    return [
        Line(f"question {number}  {kind}", provider, day_of(at), int(kind == AnswerKind.AGREE), 1)
        for number, provider, at, kind in in_db(session, query)
    ]


_AS_SUGGESTED = {Outcome.ACCEPTED, Outcome.ANOTHER_WAY}


def _choices(session: Session, period: Period, outcomes: Collection[Outcome]) -> list[Line]:
    """What coders decided of suggestions, as far as it came out one of these ways; taken as suggested adds one."""
    query = (
        pick(SuggestionChoice.code, SuggestionChoice.outcome, SuggestionChoice.at, User.name, Encounter.number)
        .join_from(SuggestionChoice, User, col(User.id) == col(SuggestionChoice.user_id))
        .join(Encounter, col(Encounter.id) == col(SuggestionChoice.encounter_id))
        .where(during(SuggestionChoice.at, period), col(SuggestionChoice.outcome).in_(outcomes))
        .order_by(col(SuggestionChoice.at).desc(), col(SuggestionChoice.id))
    )
    return [
        Line(f"visit {number}  {code}  {outcome}", who, day_of(at), int(outcome in _AS_SUGGESTED), 1)
        for code, outcome, at, who, number in in_db(session, query)
    ]


def _suggested(session: Session, period: Period) -> list[Line]:
    return _choices(session, period, [one for one in Outcome if one is not Outcome.MISSED])


def _found(session: Session, period: Period) -> list[Line]:
    return _choices(session, period, [*_AS_SUGGESTED, Outcome.MISSED])


def _without_fault(session: Session, period: Period) -> list[Line]:
    return [
        Line(line.what, line.whose, line.on, int(line.numerator == line.denominator), 1)
        for line in _reviewed(session, period)
    ]


def _reviewed(session: Session, period: Period) -> list[Line]:
    query = (
        pick(Encounter.number, User.name, CodingReview.decided_at, CodingReview.matched, CodingReview.total)
        .join_from(CodingReview, Encounter, col(Encounter.id) == col(CodingReview.encounter_id))
        .join(User, col(User.id) == col(CodingReview.coder_id))
        .where(col(CodingReview.decided_at).is_not(None), during(CodingReview.decided_at, period))
        .where(col(CodingReview.total) > 0)
        .order_by(col(CodingReview.decided_at).desc(), col(CodingReview.id))
    )
    return [
        Line(f"visit {number}", who, day_of(at), matched, total)
        for number, who, at, matched, total in in_db(session, query)
    ]


CODING_KPIS = (
    Kpi("charge-lag", "Charge lag", "days from the visit to its charges", "visits first coded",
        "date of service to coded", Shape.MEDIAN, lines=_charge_lag, better="down", group="Coding"),
    Kpi("coding-lag", "Coding lag", "days from a complete record to coded", "visits first coded", "calendar days",
        Shape.MEDIAN, lines=_coding_lag, better="down", group="Coding"),
    Kpi("bill-lag", "Bill lag", "days from coded to sent", "claims first sent", "calendar days", Shape.MEDIAN,
        lines=_bill_lag, better="down", group="Claims"),
    Kpi("uncoded", "Discharged, not coded (days)", "visits that waited for codes at the end", "visits of the period",
        "HFMA DNFB, in visits: an uncoded visit has no charge yet", Shape.DAYS, lines=_uncoded,
        exclusions="void visits", better="down", group="Coding"),
    Kpi("query-rate", "Query rate", "questions to providers", "visits first coded", "ACDIS", lines=_query_rate,
        better="down", group="Coding"),
    Kpi("query-answer", "Queries answered in 72 hours", "questions answered within 72 hours", "questions asked",
        "ACDIS", lines=_answered, group="Coding"),
    Kpi("accuracy", "Coding accuracy", "codes of reviewed encounters that the reviewer left",
        "correct, wrong, missed and extra codes", "95% is usual; by date of the decision", lines=_reviewed,
        exclusions="encounters that were returned uncoded", group="Coding"),
    Kpi("accuracy-visits", "Reviewed without a fault", "reviewed encounters that the reviewer left as they were",
        "encounters reviewed", "by date of the decision", lines=_without_fault,
        exclusions="encounters that were returned uncoded", group="Coding"),
    Kpi("query-agree", "Queries agreed with", "answers that took an option of the question", "answers", "ACDIS",
        lines=_agreed, group="Coding"),
    Kpi("chart-hours", "Charts an hour", "visits first coded", "hours of coding", "by kind of visit, not mixed",
        Shape.EACH, group="Coding",
        missing="hours of work are not on file; the report of productivity shows minutes between actions"),
    Kpi("suggestions", "Suggestion acceptance", "suggestions taken as they were", "suggestions decided",
        "taken, coded by another way, edited or rejected by a coder", lines=_suggested,
        exclusions="suggestions that nobody decided; codes that nothing suggested",
        group="Coding"),
    Kpi("suggested-codes", "Codes that were suggested", "codes that a suggestion had named", "codes added by coders",
        "taken or coded by another way, and codes that nothing suggested", lines=_found,
        exclusions="codes put in place of a suggestion; visits coded without the desk", group="Coding"),
)  # fmt: skip
