"""The key figures: each with its numerator, denominator, period and exclusions, and the rows that it is made of."""

from __future__ import annotations

from sqlmodel import Session

from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Actor
from store.reports.claims import CLAIM_KPIS
from store.reports.coding import CODING_KPIS
from store.reports.denials import DENIAL_KPIS
from store.reports.measure import Figure, Kpi, Shape, measure
from store.reports.money import MONEY_KPIS
from store.reports.patients import PATIENT_KPIS
from store.reports.payers import PAYER_KPIS
from store.reports.values import Asked, Opens, Report, ReportRow, Series
from store.text import how_many
from store.work.values import Column, Kind

TREND_PERIODS = 6
"""Periods of a trend, the one asked for and those before it."""

GROUPS = ("Claims", "Remittances", "Denials", "Receivables", "Collection", "Coding", "Patients", "Work")

KPIS: dict[str, Kpi] = {
    kpi.key: kpi
    for kpi in sorted(
        (*CLAIM_KPIS, *PAYER_KPIS, *DENIAL_KPIS, *MONEY_KPIS, *CODING_KPIS, *PATIENT_KPIS),
        key=lambda one: GROUPS.index(one.group),
    )
}


def kpi(key: str) -> Kpi:
    """A key figure by its key."""
    if key not in KPIS:
        raise NotFound(f"There is no key figure '{key[:30]}'.", do=f"There are: {', '.join(KPIS)}.")
    return KPIS[key]


def figures(session: Session, asked: Asked) -> list[Figure]:
    """Every key figure over the period."""
    return [measure(session, one, asked.period) for one in KPIS.values()]


def shown_value(figure: Figure) -> str:
    """A figure with its unit; a dash where there was nothing to measure."""
    if figure.value is None:
        return "n/a" if figure.kpi.missing else "-"
    shape = figure.kpi.shape
    if shape is Shape.SUM:
        return show_cents(figure.numerator, sign="$") if figure.kpi.money else f"{figure.numerator:,}"
    if shape is Shape.DAYS:
        return f"{figure.value:.1f} d"
    if shape is Shape.MEDIAN:
        return f"{figure.value:.0f} d, p90 {figure.p90:.0f} d"
    return f"{figure.value:.1f}%" if shape in {Shape.SHARE, Shape.MONTHLY} else f"{figure.value:.2f}"


def amount(figure: Figure, number: int) -> str:
    """A numerator or denominator as it is written."""
    return show_cents(number, sign="$") if figure.kpi.money else f"{number:,}"


def about(figure: Figure) -> tuple[str, ...]:
    """What a figure means, in lines."""
    one = figure.kpi
    if one.missing:
        return (one.title, f"Not measured: {one.missing}.", f"{one.numerator} over {one.denominator}. {one.source}.")
    below = f" over {one.denominator}" if one.denominator else ""
    means = {
        Shape.DAYS: "per average day of the period",
        Shape.MONTHLY: "both as an average month, the denominator of the three months before",
        Shape.MEDIAN: "as the median of the rows",
    }.get(one.shape, "")
    return (
        f"{one.numerator}{below}{', ' + means if means else ''}.",
        f"{amount(figure, figure.numerator)} over {amount(figure, figure.denominator)}, {figure.period}, "
        f"{how_many(figure.rows, 'row')}.",
        f"Left out: {one.exclusions}. Source: {one.source}. {'More' if one.better == 'up' else 'Less'} is better.",
    )


def kpi_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001 - everybody who may see it sees all
    """All key figures, or with a key the rows behind one."""
    if asked.argument:
        return rows_report(session, asked)
    rows = []
    for figure in figures(session, asked):
        one = figure.kpi
        cells = (
            one.group, one.title, shown_value(figure),
            "" if one.missing else amount(figure, figure.numerator),
            "" if one.missing or not one.denominator else amount(figure, figure.denominator),
            figure.rows,
        )  # fmt: skip
        opens = None if one.missing else Opens(report="kpi", argument=one.key)
        rows.append(ReportRow(cells, about(figure), opens))
    columns = (
        Column("group", "About", 11, help="The part of the work."),
        Column("title", "Key figure", 28, help="Enter shows the rows that it is made of."),
        Column("value", "Value", 16, help="A dash where there was nothing to measure, n/a where something is missing."),
        Column("numerator", "Numerator", 14, Kind.TEXT, help="What is counted."),
        Column("denominator", "Denominator", 14, Kind.TEXT, wide=True, help="What it is counted of."),
        Column("rows", "Rows", 6, Kind.NUMBER, wide=True, help="How many rows it is made of."),
    )
    return Report("kpi", f"Key figures, {asked.period}", columns, tuple(rows))


def rows_report(session: Session, asked: Asked) -> Report:
    """The rows behind a key figure, and its trend."""
    one = kpi(asked.argument)
    figure = measure(session, one, asked.period)
    lines = one.lines(session, asked.period) if one.lines else ()
    kind = Kind.CENTS if one.money else Kind.NUMBER
    columns = (
        Column("what", "What", 26, help="The record."),
        Column("whose", "Whose", 18, help="Payer, person or reason."),
        Column("on", "Date", 10, Kind.DATE),
        Column("numerator", "Numerator", 12, kind, help=one.numerator),
        Column("denominator", "Denominator", 12, kind, help=one.denominator),
    )
    rows = tuple(
        ReportRow(
            (line.what, line.whose, line.on, line.numerator, line.denominator),
            opens=Opens(claim_id=line.claim_id) if line.claim_id else None,
        )
        for line in lines
    )
    title = f"{one.title}: {shown_value(figure)}, {asked.period}"
    return Report("kpi", title, columns, rows, about(figure), (trend(session, one, asked),))


def trend(session: Session, one: Kpi, asked: Asked) -> Series:
    """A figure over the period asked for and those of the same length before it."""
    periods = [asked.period.before(number) for number in reversed(range(TREND_PERIODS))]
    points = tuple((period.end, measure(session, one, period).value) for period in periods)
    return Series(one.title, points, str(one.shape))
