"""A record's blocks as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from store.work.record import Block, Facts, Lines, Tab, Table
from store.work.values import Kind
from tui.widgets.columns import say
from tui.widgets.look import BOLD, DIM, PLAIN
from tui.widgets.plain import Line, Part, fit, fold, several_lines, width_of
from tui.widgets.table import table_lines

_MOST_LABEL = 22
_TWO_FROM = 6


def tab_lines(tab: Tab, width: int) -> list[Line]:
    """A tab's blocks, one after the other with a blank line between."""
    lines: list[Line] = []
    for block in tab.blocks:
        if lines:
            lines.append(())
        if block.title:
            lines.append(((fit(block.title, min(width, width_of(block.title))), BOLD),))
        lines += block_lines(block, width)
    return lines or [(("Nothing here.", DIM),)]


def block_lines(block: Block, width: int) -> list[Line]:
    """One block without its title."""
    if isinstance(block, Facts):
        return facts_lines(block, width)
    if isinstance(block, Table):
        return table_lines(block, width)
    return lines_lines(block, width)


def facts_lines(facts: Facts, width: int) -> list[Line]:
    """Labels and values; in two columns when there are many and they are short."""
    pairs = [(label, say(value, Kind.NUMBER)) for label, value in facts.pairs]
    label_width = min(max((width_of(label) for label, _ in pairs), default=0), _MOST_LABEL)
    half = (width - 2) // 2
    room = half - label_width - 2
    if len(pairs) >= _TWO_FROM and all(width_of(value) <= room for _, value in pairs):
        return _two_columns(pairs, label_width, half)
    lines: list[Line] = []
    for label, value in pairs:
        folded = fold(value, width - label_width - 2)
        lines.append((_label(label, label_width), (folded[0], PLAIN)))
        lines += [((" " * (label_width + 2), PLAIN), (more, PLAIN)) for more in folded[1:]]
    return lines


def lines_lines(block: Lines, width: int) -> list[Line]:
    """Plain text, folded at spaces."""
    return [((part, PLAIN),) for line in block.lines for one in several_lines(line) for part in fold(one, width)]


def _two_columns(pairs: Sequence[tuple[str, str]], label_width: int, half: int) -> list[Line]:
    rows = (len(pairs) + 1) // 2
    lines: list[Line] = []
    for left, right in zip(pairs[:rows], [*pairs[rows:], ("", "")], strict=False):
        line: Line = (_label(left[0], label_width), (fit(left[1], half - label_width - 2), PLAIN), ("  ", PLAIN))
        if right[0]:
            line = (*line, _label(right[0], label_width), (right[1], PLAIN))
        lines.append(line)
    return lines


def _label(label: str, width: int) -> Part:
    return (fit(label, width) + "  ", DIM)
