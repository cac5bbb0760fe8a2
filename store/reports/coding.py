"""Key figures of coding and of the way from visit to claim: lags, queries, what waits uncoded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from store.claims.states import ClaimState
from store.coding.fees import fee_on
from store.coding.states import CodingState
from store.coding.suggestions import Outcome
from store.errors import Refused
from store.queries.states import AnswerKind
from store.reports.measure import (
    Kpi,
    Line,
    Shape,
    Unit,
    day_of,
    during,
    first_steps,
    in_db,
    moments,
    once,
    pick,
    stands,
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


class Coded(NamedTuple):
    """A visit that was first coded: `at` is when, `on` the date of service."""

    number: str
    who: str
    on: date
    at: datetime
    id: int
    kind: str


def coded(session: Session, period: Period) -> list[Coded]:
    """Visits first coded in the period."""
    return once(session, ("coded", period), lambda: _coded(session, period))


def _coded(session: Session, period: Period) -> list[Coded]:
    query = (
        pick(
            Encounter.number, User.name, col(Encounter.service_date), col(Action.at), col(Encounter.id),
            Encounter.kind,
        )
        .join_from(Transition, Action, col(Action.id) == col(Transition.action_id))
        .join(Encounter, col(Encounter.id) == col(Transition.subject_id))
        .join(User, col(User.id) == col(Action.user_id))
        .where(col(Transition.id).in_(first_steps("encounter", (_S.CODED,))), during(Action.at, period))
        .order_by(col(Action.at).desc(), col(Encounter.id))
    )  # fmt: skip
    return [Coded(*row) for row in in_db(session, query)]


def _charge_lag(session: Session, period: Period) -> list[Line]:
    return [
        Line(f"visit {one.number}", one.who, day_of(one.at), (one.at.date() - one.on).days, 1, encounter_id=one.id)
        for one in coded(session, period)
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
             **{f"{machine}_id": subject})
        for subject, begin, end in in_db(session, query)
    ]  # fmt: skip


def _names(session: Session, machine: str) -> dict[int, str]:
    query = pick(Claim.id, Claim.control_number) if machine == "claim" else pick(Encounter.id, Encounter.number)
    return {number: name for number, name in in_db(session, query)}  # noqa: C416 - rows are no pairs for mypy


def _coding_lag(session: Session, period: Period) -> list[Line]:
    return _lag("encounter", (_S.READY,), (_S.CODED,), session, period)


def _bill_lag(session: Session, period: Period) -> list[Line]:
    return _lag("claim", (ClaimState.BUILT,), (ClaimState.SENT,), session, period)


class _Asked(NamedTuple):
    """A question to a provider: about which visit, who asked, when, and when it was answered."""

    number: str
    who: str
    at: datetime
    end: datetime | None
    id: int


def _queries(session: Session, period: Period) -> list[_Asked]:
    """Questions to providers asked in the period."""
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
    asked: list[_Asked] = []
    open_: dict[int, int] = {}
    for subject, state, _, at, who, number in in_db(session, query):
        if state == _S.QUERY_HOLD:
            if at < after:
                open_[subject] = len(asked)
                asked.append(_Asked(number, who, at, None, subject))
        elif subject in open_:
            place = open_.pop(subject)
            asked[place] = asked[place]._replace(end=at)
    return asked


def _query_rate(session: Session, period: Period) -> list[Line]:
    asked = [
        Line(f"visit {one.number}  asked", one.who, day_of(one.at), 1, 0, encounter_id=one.id)
        for one in _queries(session, period)
    ]
    return asked + [
        Line(f"visit {one.number}  coded", one.who, day_of(one.at), 0, 1, encounter_id=one.id)
        for one in coded(session, period)
    ]


def _answered(session: Session, period: Period) -> list[Line]:
    return [
        Line(f"visit {one.number}", one.who, day_of(one.at), int(_in_time(one)), 1, encounter_id=one.id)
        for one in _queries(session, period)
    ]


def _in_time(one: _Asked) -> bool:
    return one.end is not None and one.end - one.at <= _ANSWER_WITHIN


def _agreed(session: Session, period: Period) -> list[Line]:
    query = (
        pick(
            ProviderQuery.number, Provider.last, ProviderQuery.answered_at, ProviderQuery.answer_kind,
            ProviderQuery.encounter_id,
        )
        .join_from(ProviderQuery, Provider, col(Provider.id) == col(ProviderQuery.provider_id))
        .where(col(ProviderQuery.answered_at).is_not(None), during(ProviderQuery.answered_at, period))
        .order_by(col(ProviderQuery.answered_at).desc(), col(ProviderQuery.id))
    )  # fmt: skip
    return [
        Line(f"question {number}  {kind}", provider, day_of(at), int(kind == AnswerKind.AGREE), 1, encounter_id=id_)
        for number, provider, at, kind, id_ in in_db(session, query)
    ]


_AS_SUGGESTED = {Outcome.ACCEPTED, Outcome.ANOTHER_WAY}


def _choices(session: Session, period: Period, outcomes: Collection[Outcome]) -> list[Line]:
    """What coders decided of suggestions, as far as it came out one of these ways; taken as suggested adds one."""
    query = (
        pick(
            SuggestionChoice.code, SuggestionChoice.outcome, SuggestionChoice.at, User.name, Encounter.number,
            Encounter.id,
        )
        .join_from(SuggestionChoice, User, col(User.id) == col(SuggestionChoice.user_id))
        .join(Encounter, col(Encounter.id) == col(SuggestionChoice.encounter_id))
        .where(during(SuggestionChoice.at, period), col(SuggestionChoice.outcome).in_(outcomes))
        .order_by(col(SuggestionChoice.at).desc(), col(SuggestionChoice.id))
    )  # fmt: skip
    return [
        Line(f"visit {number}  {code}  {outcome}", who, day_of(at), int(outcome in _AS_SUGGESTED), 1,
             encounter_id=id_)
        for code, outcome, at, who, number, id_ in in_db(session, query)
    ]  # fmt: skip


def _suggested(session: Session, period: Period) -> list[Line]:
    return _choices(session, period, [one for one in Outcome if one is not Outcome.MISSED])


def _found(session: Session, period: Period) -> list[Line]:
    return _choices(session, period, [*_AS_SUGGESTED, Outcome.MISSED])


def _charges_right(session: Session, period: Period) -> list[Line]:
    """The charges of procedures that a reviewer left, over those of every procedure of either coding."""
    prices: dict[tuple[str, date], int] = {}

    def worth(lines: Collection[str], on: date) -> int:
        total = 0
        for _, code, _, units in (line.split() for line in lines):
            if (code, on) not in prices:
                prices[code, on] = _price(session, code, on)
            total += prices[code, on] * int(units[1:])
        return total

    query = _decided(period, Encounter.service_date, CodingReview.codes_before, CodingReview.codes_after)
    lines = []
    for id_, number, who, at, on, *codes in in_db(session, query):
        before, after = ({line for line in text.split("\n") if line.startswith("px ")} for text in codes)
        right, every = worth(before & after, on), worth(before | after, on)
        lines.append(Line(f"visit {number}", who, day_of(at), right, every, encounter_id=id_))
    return lines


def _price(session: Session, code: str, on: date) -> int:
    """What the practice charges for one unit; nothing where its fee schedule has no such code."""
    try:
        return fee_on(session, code, on).cents
    except Refused:
        return 0


def _without_fault(session: Session, period: Period) -> list[Line]:
    return [
        replace(line, numerator=int(line.numerator == line.denominator), denominator=1)
        for line in _reviewed(session, period)
    ]


def _reviewed(session: Session, period: Period) -> list[Line]:
    query = _decided(period, CodingReview.matched, CodingReview.total)
    return [
        Line(f"visit {number}", who, day_of(at), matched, total, encounter_id=id_)
        for id_, number, who, at, matched, total in in_db(session, query)
    ]


def _decided(period: Period, *more: Any) -> Any:
    """Reviews decided in the period that were scored: (encounter, number, coder, moment, more)."""
    return (
        pick(Encounter.id, Encounter.number, User.name, CodingReview.decided_at, *more)
        .join_from(CodingReview, Encounter, col(Encounter.id) == col(CodingReview.encounter_id))
        .join(User, col(User.id) == col(CodingReview.coder_id))
        .where(col(CodingReview.decided_at).is_not(None), during(CodingReview.decided_at, period))
        .where(col(CodingReview.total) > 0)
        .order_by(col(CodingReview.decided_at).desc(), col(CodingReview.id))
    )


CODING_KPIS = (
    Kpi("charge-lag", "Charge lag", "days from the visit to its charges", "visits first coded",
        "date of service to coded", Shape.MEDIAN, lines=_charge_lag, by="coder",
        better="down", group="Coding"),
    Kpi("coding-lag", "Coding lag", "days from a complete record to coded", "visits first coded", "calendar days",
        Shape.MEDIAN, lines=_coding_lag, better="down", group="Coding"),
    Kpi("bill-lag", "Bill lag", "days from coded to sent", "claims first sent", "calendar days", Shape.MEDIAN,
        lines=_bill_lag, better="down", group="Claims"),
    Kpi("query-rate", "Query rate", "questions to providers", "visits first coded", "ACDIS", lines=_query_rate,
        by="coder", better="down", group="Coding"),
    Kpi("query-answer", "Queries answered in 72 hours", "questions answered within 72 hours", "questions asked",
        "ACDIS", lines=_answered, by="coder", group="Coding"),
    Kpi("query-agree", "Queries agreed with", "answers that took an option of the question", "answers", "ACDIS",
        lines=_agreed, by="provider", group="Coding"),
    Kpi("accuracy", "Coding accuracy", "codes of reviewed encounters that the reviewer left",
        "correct, wrong, missed and extra codes", "95% is usual; by date of the decision", lines=_reviewed, by="coder",
        exclusions="encounters that were returned uncoded", group="Coding"),
    Kpi("accuracy-money", "Coding accuracy, dollars", "fees of reviewed procedures that the reviewer left",
        "fees of correct, wrong, missed and extra procedures", "the practice's fees; by date of the decision",
        lines=_charges_right, unit=Unit.CENTS, by="coder", group="Coding",
        exclusions="encounters that were returned uncoded; diagnoses, which have no fee"),
    Kpi("accuracy-visits", "Reviewed without a fault", "reviewed encounters that the reviewer left as they were",
        "encounters reviewed", "by date of the decision", lines=_without_fault, by="coder",
        exclusions="encounters that were returned uncoded", group="Coding"),
    Kpi("suggestions", "Suggestion acceptance", "suggestions taken as they were", "suggestions decided",
        "taken, coded by another way, edited or rejected by a coder", lines=_suggested, by="coder",
        exclusions="suggestions that nobody decided; codes that nothing suggested",
        group="Coding"),
    Kpi("suggested-codes", "Codes that were suggested", "codes that a suggestion had named", "codes added by coders",
        "taken or coded by another way, and codes that nothing suggested", lines=_found, by="coder",
        exclusions="codes put in place of a suggestion; visits coded without the desk", group="Coding"),
)  # fmt: skip
