"""The key figures: each with its numerator, denominator, period and exclusions, and the rows that it is made of."""

from __future__ import annotations

from sqlmodel import Session

from store.errors import NotFound
from store.people.roles import Actor
from store.reports.behind import behind_report
from store.reports.claims import CLAIM_KPIS
from store.reports.coding import CODING_KPIS
from store.reports.costs import COST_KPIS
from store.reports.denials import DENIAL_KPIS
from store.reports.labour import LABOUR_KPIS
from store.reports.measure import Figure, Kpi, measure
from store.reports.money import MONEY_KPIS
from store.reports.patients import PATIENT_KPIS
from store.reports.payers import PAYER_KPIS
from store.reports.told import about, amount, defined, shown_value
from store.reports.unbilled import UNBILLED_KPIS
from store.reports.values import Asked, Opens, Report, ReportRow
from store.work.values import Column, Kind

GROUPS = ("Claims", "Remittances", "Denials", "Receivables", "Collection", "Coding", "Patients", "Work")

KPIS: dict[str, Kpi] = {
    kpi.key: kpi
    for kpi in sorted(
        (
            *CLAIM_KPIS, *UNBILLED_KPIS, *PAYER_KPIS, *DENIAL_KPIS, *MONEY_KPIS, *COST_KPIS, *CODING_KPIS,
            *PATIENT_KPIS, *LABOUR_KPIS,
        ),
        key=lambda one: GROUPS.index(one.group),
    )
}  # fmt: skip


def kpi(key: str) -> Kpi:
    """A key figure by its key."""
    if key not in KPIS:
        raise NotFound(f"There is no key figure '{key[:30]}'.", do=f"There are: {', '.join(KPIS)}.")
    return KPIS[key]


def figures(session: Session, asked: Asked) -> list[Figure]:
    """Every key figure over the period."""
    return [measure(session, one, asked.period) for one in KPIS.values()]


def kpi_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001 - who may see it sees all
    """All key figures; of "key" its rows, of "key:by" its parts, of "key:by:whose" the rows of one part."""
    if asked.argument:
        key, _, rest = asked.argument.partition(":")
        return behind_report(session, kpi(key), asked.period, rest)
    rows, notes = [], []
    for figure in figures(session, asked):
        one, (above, below) = figure.kpi, figure.kpi.units
        cells = (
            one.group, one.title, shown_value(figure),
            "" if figure.missing else amount(figure.numerator, above),
            "" if figure.missing or not one.denominator else amount(figure.denominator, below),
            figure.rows,
        )  # fmt: skip
        if figure.missing:
            notes.append(f"{one.title} is n/a until an administrator runs: {figure.missing}")
        rows.append(ReportRow(cells, about(figure), None if figure.missing else Opens(report="kpi", argument=one.key)))
    columns = (
        Column("group", "About", 11, wide=True, help="The part of the work."),
        Column("title", "Key figure", 28, help="Enter shows the rows that it is made of, and there v its trend."),
        Column(
            "value",
            "Value",
            16,
            Kind.FIGURE,
            help="A dash where there was nothing to measure, n/a until the practice tells it.",
        ),
        Column("numerator", "Numerator", 14, Kind.FIGURE, help="What is counted."),
        Column("denominator", "Denominator", 14, Kind.FIGURE, help="What it is counted of."),
        Column("rows", "Rows", 6, Kind.NUMBER, wide=True, help="How many rows it is made of."),
    )
    terms = tuple((one.title, defined(one)) for one in KPIS.values())
    return Report("kpi", f"Key figures, {asked.period}", columns, tuple(rows), tuple(notes), terms=terms)
