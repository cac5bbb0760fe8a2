"""A key figure in words: its value with the unit, what it is made of, and how its authority defines it."""

from __future__ import annotations

from store.money import show_cents
from store.reports.measure import Figure, Kpi, Shape, Unit
from store.text import how_many

_MEANS = {
    Shape.SHARE: "in percent",
    Shape.DAYS: "per average day of the period",
    Shape.MONTHLY: "in percent, both as an average month, the denominator of the three months before",
    Shape.MEDIAN: "the median of the rows, and what nine of ten stay within (p90)",
    Shape.OLDEST: "of the oldest alone",
    Shape.EACH: "on average",
    Shape.HOURLY: "for each hour",
}
_MEASURED_IN = {
    Shape.SHARE: "%",
    Shape.DAYS: "days",
    Shape.MONTHLY: "%",
    Shape.MEDIAN: "days, median",
    Shape.OLDEST: "days, oldest",
}


def shown_value(figure: Figure) -> str:
    """A figure with its unit; a dash where there was nothing to measure, n/a where something has to be told first."""
    value, unit = figure.value, figure.kpi.units[0]
    if value is None:
        return "n/a" if figure.missing else "-"
    shape = figure.kpi.shape
    if shape is Shape.SUM:
        return amount(figure.numerator, unit)
    if shape is Shape.MEDIAN:
        return f"{value:.0f} d, p90 {figure.p90:.0f} d"
    if shape in {Shape.DAYS, Shape.OLDEST}:
        return f"{value:.1f} d" if shape is Shape.DAYS else f"{value:.0f} d"
    if shape in {Shape.SHARE, Shape.MONTHLY}:
        return f"{value:.1f}%"
    if unit is Unit.CENTS:
        shown = f"${value:,.2f}"
    else:
        shown = f"{value:,.2f}" if unit is Unit.COUNT and shape is Shape.EACH else f"{value:,.1f}"
    after = {Unit.DAYS: " d", Unit.MINUTES: " min"}.get(unit, "")
    return f"{shown}{after}{'/h' if shape is Shape.HOURLY else ''}"


def measured_in(kpi: Kpi) -> str:
    """The unit of a figure's value."""
    unit, shape = kpi.units[0], kpi.shape
    if shape in _MEASURED_IN:
        return _MEASURED_IN[shape]
    name = {Unit.CENTS: "dollars", Unit.DAYS: "days", Unit.MINUTES: "minutes"}.get(unit, "count")
    return f"{name} an hour" if shape is Shape.HOURLY else name


def amount(number: int, unit: Unit) -> str:
    """A numerator or denominator as it is written."""
    if unit is Unit.CENTS:
        return show_cents(number, sign="$")
    return f"{number:,} {unit}".rstrip()


def formula(kpi: Kpi) -> str:
    """What is counted, over what, and how the two make the value."""
    over = f" over {kpi.denominator}" if kpi.denominator else ""
    means = _MEANS.get(kpi.shape, "")
    text = f"{kpi.numerator}{over}{', ' + means if means else ''}."
    return text[0].upper() + text[1:]


def _source(kpi: Kpi) -> str:
    return f"Left out: {kpi.exclusions}. Source: {kpi.source}. {'More' if kpi.better == 'up' else 'Less'} is better."


def defined(kpi: Kpi) -> str:
    """A figure's definition: formula, what is left out, source, which way is better."""
    return f"{formula(kpi)} {_source(kpi)}"


def about(figure: Figure) -> tuple[str, ...]:
    """What a figure means, in lines."""
    one, (above, below) = figure.kpi, figure.kpi.units
    if figure.missing:
        return (formula(one), f"n/a: an administrator sets what it needs with: {figure.missing}", _source(one))
    over = f" over {amount(figure.denominator, below)}" if one.denominator else ""
    made_of = f"{amount(figure.numerator, above)}{over}, {figure.period}, {how_many(figure.rows, 'row')}."
    return (formula(one), made_of, _source(one))
