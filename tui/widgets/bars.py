"""Numbers as bars, each with its value beside it: they read without colour, in ASCII and aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.widgets.look import BOLD, DIM, PLAIN
from tui.widgets.plain import Line, fit, one_line, width_of

if TYPE_CHECKING:
    from store.reports.values import Report

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_LONGEST_LABEL = 24


def bars_of(report: Report, width: int) -> list[Line]:
    """Everything of a report that can be drawn: its trends, then its rows."""
    lines: list[Line] = []
    for series in report.series:
        lines.append(((f"{one_line(series.label)}, {series.unit}, each period by its last day", BOLD),))
        lines += bars([(str(point.end), point.value) for point in series.points], width)
        lines.append(())
    if report.bars:
        row, value = map(one_line, report.bar_titles)
        lines.append(((f"{value} by {row.lower()}", BOLD),))
        lines += bars(report.bars, width)
    return lines


def bars(values: Sequence[tuple[str, float | None]], width: int) -> list[Line]:
    """One line a value: the label, the number, the bar; a missing value has a dash and no bar."""
    labels = min(_LONGEST_LABEL, max((width_of(label) for label, _ in values), default=0))
    numbers = ["-" if value is None else written(value) for _, value in values]
    room = max(map(len, numbers), default=0)
    most = max((abs(value) for _, value in values if value is not None), default=0.0)
    space = max(4, width - labels - room - 4)
    return [
        (
            (fit(one_line(label), labels) + "  ", PLAIN),
            (number.rjust(room) + " ", BOLD),
            (_bar(abs(value or 0.0) / most if most else 0.0, space), DIM if (value or 0.0) < 0 else PLAIN),
        )
        for (label, value), number in zip(values, numbers, strict=True)
    ]


def written(value: float) -> str:
    """A number as short as it may be."""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.1f}"


def _bar(share: float, space: int) -> str:
    eighths = round(share * space * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
