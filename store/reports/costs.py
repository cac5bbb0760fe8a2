"""Key figures of what it costs to bring money in, from what the practice tells of its costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session, select

from store.costs import Costs, parse_costs
from store.reports.measure import DAYS_OF_A_MONTH, Kpi, Line, Shape, Unit
from store.reports.money import cash
from store.reports.patients import brought, mailed
from store.reports.values import Period
from store.tables import Practice
from store.text import how_many

MONTH, STATEMENT = "billing_cost", "statement_cost"


def _told(session: Session, name: str) -> Costs:
    return parse_costs(str(getattr(session.exec(select(Practice)).one(), name)), name)


def _to_collect(session: Session, period: Period) -> list[Line]:
    """The cost of each month's days of the period, over the cash of the period."""
    costs = _told(session, MONTH)
    lines = []
    for month, days in _months(period):
        cents = round(sum(costs.on(day) for day in days) / DAYS_OF_A_MONTH)
        lines.append(Line(f"cost of {month}, {how_many(len(days), 'day')}", "", days[-1], cents, 0))
    return lines + [replace(line, numerator=0, denominator=line.numerator) for line in cash(session, period)]


def _months(period: Period) -> Iterator[tuple[str, list[date]]]:
    found: dict[str, list[date]] = defaultdict(list)
    for number in range(period.days):
        day = period.start + timedelta(days=number)
        found[f"{day:%Y-%m}"].append(day)
    yield from found.items()


def _of_statements(session: Session, period: Period) -> list[Line]:
    """What the statements of each run cost, over what they brought."""
    costs = _told(session, STATEMENT)
    count: dict[tuple[int, date], int] = defaultdict(int)
    for one in mailed(session, period):
        count[one.run_id, one.as_of] += 1
    spent = [
        Line(f"run of {as_of}, {how_many(number, 'statement')}", "", as_of, number * costs.on(as_of), 0)
        for (_, as_of), number in sorted(count.items(), key=lambda one: one[0][1])
    ]
    return spent + [
        replace(line, numerator=0, denominator=line.numerator) for line in brought(session, period) if line.numerator
    ]


COST_KPIS = (
    Kpi("cost", "Cost to collect", "what the revenue cycle cost",
        "cash of payers and patients, less refunds", "HFMA; the practice's own cost of a month (billing_cost)",
        lines=_to_collect, unit=Unit.CENTS, needs=MONTH, better="down", group="Collection",
        exclusions="what the practice left out of its cost"),
    Kpi("statement-cost", "Statements, cost of a dollar", "what the statements of the period cost",
        "what patients paid within 30 days of them", "the practice's own cost of a statement (statement_cost)",
        Shape.EACH, lines=_of_statements, unit=Unit.CENTS, needs=STATEMENT, better="down", group="Patients",
        exclusions="runs that were not sent; what was paid beyond the statement's amount"),
)  # fmt: skip
