"""What stands behind a key figure: its rows, its parts by payer, person or reason, and its trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session

from store.errors import Refused
from store.reports.measure import Figure, Kpi, Line, Shape, Unit, measured, of_lines
from store.reports.told import about, measured_in, shown_value
from store.reports.values import Opens, Period, Point, Report, ReportRow, Series, Way
from store.work.values import Column, Kind

TREND_PERIODS = 6
"""Periods of a trend, the one asked for and those before it."""

BY = "by"
_NOBODY = "none"


def behind_report(session: Session, kpi: Kpi, period: Period, which: str = "") -> Report:
    """The rows behind a figure and its trend; `which` is "by" for its parts, "by:whose" for the rows of one part."""
    word, _, whose = which.partition(":")
    if word not in {"", BY} or (word and not kpi.by):
        others = f" or {kpi.key}:{BY} for it by {kpi.by}" if kpi.by else ""
        raise Refused(f"The key figure '{kpi.key}' has no {which[:30]!r}.", do=f"Ask for {kpi.key}{others}.")
    if word and not whose:
        return _parts_report(session, kpi, period)
    return _rows_report(session, kpi, period, whose)


def _rows_report(session: Session, kpi: Kpi, period: Period, whose: str) -> Report:
    figure, lines = _part(session, kpi, period, whose)
    above, below = _kinds(kpi)
    columns = (
        Column("what", "What", 24, help="The record."),
        Column("whose", (kpi.by or "whose").capitalize(), 15, help="Payer, person or reason."),
        Column("on", "Date", 10, Kind.DATE),
        Column("numerator", "Numerator", 11, above, help=kpi.numerator),
        Column("denominator", "Denominator", 11, below, help=kpi.denominator),
    )
    rows = tuple(
        ReportRow((line.what, line.whose, line.on, line.numerator, line.denominator), opens=_behind(line))
        for line in lines
    )
    of_whom = f" of {whose}" if whose else ""
    title = f"{kpi.title}{of_whom}: {shown_value(figure)}, {period}"
    series = () if figure.missing else (_trend(session, kpi, period, whose),)
    return Report("kpi", title, columns, rows, about(figure), series, ways=_ways(kpi, whose))


def _parts_report(session: Session, kpi: Kpi, period: Period) -> Report:
    whole, every = measured(session, kpi, period)
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in every:
        if line.numerator or not kpi.over_all:
            parts[line.whose or _NOBODY].append(line)
    found = [(name, _over(kpi, period, lines, whole)) for name, lines in parts.items()]
    found.sort(key=lambda one: (-one[1].rows if kpi.shape in _OF_ROWS else -one[1].numerator, one[0]))
    above, below = _kinds(kpi)
    columns = (
        Column("whose", kpi.by.capitalize(), 26, help="Enter shows the rows."),
        Column("value", "Value", 16, Kind.FIGURE),
        Column("numerator", "Numerator", 14, above, help=kpi.numerator),
        Column("denominator", "Denominator", 14, below, help=kpi.denominator),
        Column("rows", "Rows", 6, Kind.NUMBER, wide=True),
    )
    rows = tuple(
        ReportRow(
            (name, shown_value(one), one.numerator, one.denominator, one.rows),
            about(one), Opens(report="kpi", argument=f"{kpi.key}:{BY}:{name}"),
        )
        for name, one in found
    )  # fmt: skip
    return Report(
        "kpi", f"{kpi.title} by {kpi.by}: {shown_value(whole)}, {period}", columns, rows, about(whole),
        bars=tuple((name, one.value) for name, one in found),
        bar_titles=(kpi.by.capitalize(), measured_in(kpi).capitalize()), ways=(_every(kpi),),
    )  # fmt: skip


_OF_ROWS = frozenset({Shape.MEDIAN, Shape.OLDEST})


def _part(session: Session, kpi: Kpi, period: Period, whose: str) -> tuple[Figure, Sequence[Line]]:
    """The figure and its lines, as far as they are somebody's."""
    whole, lines = measured(session, kpi, period)
    if not whose:
        return whole, lines
    mine = [line for line in lines if (line.whose or _NOBODY) == whose and (line.numerator or not kpi.over_all)]
    return _over(kpi, period, mine, whole), mine


def _over(kpi: Kpi, period: Period, lines: Sequence[Line], whole: Figure) -> Figure:
    return of_lines(kpi, period, lines, over=whole.denominator if kpi.over_all else None)


def _trend(session: Session, kpi: Kpi, period: Period, whose: str) -> Series:
    """A figure over the period asked for and those of the same length before it."""
    periods = [period.before(number) for number in reversed(range(TREND_PERIODS))]
    found = [_part(session, kpi, one, whose)[0] for one in periods]
    points = tuple(Point(one.period.start, one.period.end, one.value, one.numerator, one.denominator) for one in found)
    return Series(f"{kpi.title}{' of ' + whose if whose else ''}", points, measured_in(kpi), _kinds(kpi))


def _kinds(kpi: Kpi) -> tuple[Kind, Kind]:
    above, below = (Kind.CENTS if unit is Unit.CENTS else Kind.NUMBER for unit in kpi.units)
    return above, below


def _behind(line: Line) -> Opens | None:
    record = ("coding", line.encounter_id) if line.encounter_id else line.record
    if line.claim_id or record or line.account_id:
        return Opens(claim_id=line.claim_id, record=record, account_id=line.account_id)
    return None


def _every(kpi: Kpi) -> Way:
    return Way("every", "every row", "the rows that the figure is made of", kpi.key)


def _ways(kpi: Kpi, whose: str) -> tuple[Way, ...]:
    """The others than the one that is seen."""
    parts = (Way(BY, f"by {kpi.by}", f"the figure of each {kpi.by}", f"{kpi.key}:{BY}"),) if kpi.by else ()
    return (_every(kpi), *parts) if whose else parts
