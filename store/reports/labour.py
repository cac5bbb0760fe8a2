"""Key figures of labour: what an hour of work brings, and how long work takes."""

from __future__ import annotations

import json

from sqlmodel import Session, col

from store.reports.activity import HOW, activity, by_day
from store.reports.coding import coded
from store.reports.denials import appealed
from store.reports.measure import Kpi, Line, Shape, Unit, day_of, during, in_db, pick
from store.reports.patients import closed_items
from store.reports.values import Period
from store.tables import Action, Appeal, CodingStep, Encounter

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


def _to_resolve(session: Session, period: Period) -> list[Line]:
    work = by_day(((one, "") for one in activity(session, period)), below=False)
    return work + [Line(one.what, one.whose, one.on, 0, 1, record=one.record) for one in closed_items(session, period)]


LABOUR_KPIS = (
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
