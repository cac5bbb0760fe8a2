"""Key figures of labour: what an hour of work brings, and how long work takes."""

from __future__ import annotations

import json

from sqlmodel import Session, col

from store.reports.activity import HOW, activity, by_day
from store.reports.coding import coded
from store.reports.denials import appealed
from store.reports.measure import Kpi, Line, Shape, Unit, day_of, during, in_db, pick
from store.reports.values import Period
from store.tables import Action, Appeal, CodingStep, Encounter, WorkItem

NO_KIND = "no kind"


def _charts(session: Session, period: Period) -> list[Line]:
    """Visits first coded, and the minutes of the actions on visits' codes, by kind of visit."""
    steps = (
        pick(CodingStep.action_id, Encounter.kind)
        .join_from(CodingStep, Encounter, col(Encounter.id) == col(CodingStep.encounter_id))
        .join(Action, col(Action.id) == col(CodingStep.action_id))
        .where(during(Action.at, period), col(Action.command).like("coding.%"))
    )
    kinds = {action: kind or NO_KIND for action, kind in in_db(session, steps)}
    did = [(one, kinds[one.action_id]) for one in activity(session, period) if one.action_id in kinds]
    return [
        Line(f"visit {one.number}  {one.who}", one.kind or NO_KIND, day_of(one.at), 1, 0, encounter_id=one.id)
        for one in coded(session, period)
    ] + by_day(did, below=True)


def _appeals(session: Session, period: Period) -> list[Line]:
    """Dollars of appeals that were won, and the minutes of what was done with denials that were appealed."""
    theirs = {number for (number,) in in_db(session, pick(Appeal.denial_id).distinct())}
    query = pick(Action.id, Action.args).where(during(Action.at, period), col(Action.command).like("denials.%"))
    on_appeals = {action for action, args in in_db(session, query) if json.loads(args).get("denial_id") in theirs}
    did = ((one, "") for one in activity(session, period) if one.action_id in on_appeals)
    won = [line for line in appealed(session, period, money=True) if line.numerator]
    return [Line(one.what, one.whose, one.on, one.numerator, 0, one.claim_id) for one in won] + by_day(did, below=True)


def _closed(session: Session, period: Period) -> list[Line]:
    """Items closed in the period, with the times that they were taken to work."""
    query = (
        pick(WorkItem.queue, WorkItem.subject_id, WorkItem.closed_on, WorkItem.attempts)
        .where(col(WorkItem.closed_on).between(period.start, period.end))
        .order_by(col(WorkItem.closed_on).desc(), col(WorkItem.id))
    )
    return [
        Line(f"{queue} {subject}", queue, on, times, 1, record=(queue, subject))
        for queue, subject, on, times in in_db(session, query)
    ]


def _in_time(session: Session, period: Period) -> list[Line]:
    """Items closed in the period that had a day by which they should be, and whether they were."""
    query = (
        pick(WorkItem.queue, WorkItem.subject_id, WorkItem.closed_on, WorkItem.due)
        .where(col(WorkItem.closed_on).between(period.start, period.end), col(WorkItem.due).is_not(None))
        .order_by(col(WorkItem.closed_on).desc(), col(WorkItem.id))
    )
    return [
        Line(f"{queue} {subject}  due {due}", queue, on, int(on <= due), 1, record=(queue, subject))
        for queue, subject, on, due in in_db(session, query)
    ]


def _to_resolve(session: Session, period: Period) -> list[Line]:
    work = by_day(((one, "") for one in activity(session, period)), below=False)
    return work + [Line(one.what, one.whose, one.on, 0, 1, record=one.record) for one in _closed(session, period)]


LABOUR_KPIS = (
    Kpi("touches", "Touches to resolve", "times that closed items were taken to work", "items closed",
        "from the leases of the queues", Shape.EACH, lines=_closed, by="queue", better="down", group="Work"),
    Kpi("in-time", "Closed in time", "items closed by the day by which they were due",
        "items closed that had such a day", "no published formula: the deadlines of the queues",
        lines=_in_time, by="queue", group="Work",
        exclusions="items that are still open, items without a day"),
    Kpi("chart-hours", "Charts an hour", "visits first coded", "minutes of work on their codes",
        f"volume alone says little: see it by kind of visit, beside the accuracy; {HOW}", Shape.HOURLY, lines=_charts,
        per=Unit.MINUTES, by="kind of visit", group="Coding", exclusions="reviewing, questions to providers"),
    Kpi("appeal-hours", "Appeal yield an hour", "dollars of appealed denials that were paid after all",
        "minutes of work on denials that were appealed", f"no published formula: recovered over labour; {HOW}",
        Shape.HOURLY, lines=_appeals, unit=Unit.CENTS, per=Unit.MINUTES, group="Denials",
        exclusions="appeals that are not decided"),
    Kpi("minutes", "Minutes to resolve", "minutes of work of everybody", "items closed in any queue",
        f"no published formula; {HOW}", Shape.EACH,
        lines=_to_resolve, unit=Unit.MINUTES, better="down", group="Work",
        exclusions="pauses of ten minutes and more"),
)  # fmt: skip
