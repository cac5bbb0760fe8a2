"""What each cell of the terminal shows, and the shortest way from there to the next frame."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import get_character_cell_size

from tui.terminal.sgr import combined

Cell = tuple[str, str]
"""The character (with any that combine with it) and its style; the second half of a wide one has no character."""

UNKNOWN: Cell = ("\0", "\0")
BLANK: Cell = (" ", "")

BRIDGE = 4
"""Cells that are sent again rather than jumped over: a jump costs about as many bytes."""
CLEAR_FROM = 8
"""Blank cells at the end of a line from which on clearing the line is shorter."""

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x1b\n]+)|(\x1b)")


class Memory:
    """The cells of a terminal of `width` by `height`; at first nothing is known of them."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows = [[UNKNOWN] * width for _ in range(height)]

    def forget(self) -> None:
        """The terminal may show anything: the next frame is sent whole."""
        self._rows = [[UNKNOWN] * self.width for _ in range(self.height)]

    def changes(self, frame: str) -> str | None:
        """What to send so that the terminal shows this frame; '' for nothing, None for a frame not understood.

        A frame is moves, styles and text, and ends with the move to where the cursor is to be.
        """
        wanted: dict[int, dict[int, Cell]] = {}
        cursor = self._read(frame, wanted)
        if cursor is None:
            return None
        sent = "".join(self._send(wanted))
        return f"{sent}\x1b[{cursor[1] + 1};{cursor[0] + 1}H" if sent else ""

    def _read(self, frame: str, wanted: dict[int, dict[int, Cell]]) -> tuple[int, int] | None:
        """Collects the cells that a frame writes; the place of its cursor at the end."""
        x = y = 0
        style = ""
        for down, across, sgr, newline, text, other in _TOKEN.findall(frame):
            if text:
                x = self._write(wanted.setdefault(y, {}), x, y, text, style)
            elif across:
                y, x = int(down) - 1, int(across) - 1
            elif newline:
                continue  # a move follows
            elif other:
                return None
            else:
                style = combined(style, sgr)
        return x, y

    def _write(self, row: dict[int, Cell], x: int, y: int, text: str, style: str) -> int:
        if y >= self.height:
            return x
        for character in text:
            size = 1 if character.isascii() else get_character_cell_size(character)
            if size == 0:
                if (before := row.get(x - 1)) is not None:
                    row[x - 1] = (before[0] + character, before[1])
                continue
            if x + size <= self.width:
                row[x] = (character, style)
                if size == 2:
                    row[x + 1] = ("", style)
            x += size
        return x

    def _send(self, wanted: dict[int, dict[int, Cell]]) -> Iterator[str]:
        pen = _Pen(self.width)
        for y in sorted(wanted):
            row, cells = self._rows[y], wanted[y]
            changed = sorted(x for x, cell in cells.items() if row[x] != cell)
            if not changed:
                continue
            changed = self._with_halves(row, cells, changed)
            row_after = row.copy()
            for x in changed:
                row_after[x] = cells.get(x, row[x])
            clear = self._clear_from(row_after)
            yield from pen.line(y, row_after, [x for x in changed if x < clear])
            if any(x >= clear for x in changed):
                yield from pen.clear(y, clear, row_after)
            self._rows[y] = row_after
        yield from pen.done()

    def _with_halves(self, row: list[Cell], cells: dict[int, Cell], changed: list[int]) -> list[int]:
        """A wide character that loses a half, or gets one, is sent whole."""
        more = set(changed)
        for x in changed:
            for known in (row, cells):
                if self._is_half(known, x):
                    more.add(x - 1)
                if self._is_half(known, x + 1):
                    more.add(x + 1)
        return sorted(x for x in more if 0 <= x < self.width)

    def _is_half(self, known: list[Cell] | dict[int, Cell], x: int) -> bool:
        if not 0 < x < self.width:
            return False
        cell = known.get(x, UNKNOWN) if isinstance(known, dict) else known[x]
        return cell[0] == ""

    def _clear_from(self, row: list[Cell]) -> int:
        """Where the blank rest of a line begins, if clearing it pays."""
        end = self.width
        while end > 0 and row[end - 1] == BLANK:
            end -= 1
        return end if self.width - end >= CLEAR_FROM else self.width


class _Pen:
    """Where the terminal's cursor is and in which style it writes; each frame begins and ends without a style."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.place: tuple[int, int] | None = None
        self.style = ""

    def line(self, y: int, row: list[Cell], changed: list[int]) -> Iterator[str]:
        """The changed cells of a line."""
        for x in changed:
            if row[x][0] == "":
                continue  # went with its first half
            yield from self._go(x, y, row)
            yield from self._put(x, y, row)

    def clear(self, y: int, x: int, row: list[Cell]) -> Iterator[str]:
        """The rest of a line as blanks."""
        yield from self._go(x, y, row)
        yield from self._dress("")
        yield "\x1b[K"

    def done(self) -> Iterator[str]:
        """Leaves no style behind."""
        yield from self._dress("")

    def _go(self, x: int, y: int, row: list[Cell]) -> Iterator[str]:
        if self.place == (x, y):
            return
        if self.place is not None and self.place[1] == y and 0 < x - self.place[0] <= BRIDGE:
            gap = row[self.place[0] : x]
            if all(cell[1] == self.style and len(cell[0]) == 1 and cell != UNKNOWN for cell in gap):
                self.place = (x, y)
                yield "".join(cell[0] for cell in gap)
                return
        self.place = (x, y)
        yield f"\x1b[{y + 1};{x + 1}H"

    def _put(self, x: int, y: int, row: list[Cell]) -> Iterator[str]:
        character, style = row[x]
        yield from self._dress(style)
        yield character
        after = x + (2 if x + 1 < self.width and row[x + 1][0] == "" else 1)
        # A combining character may be one that this terminal draws in a cell of its own, and the last column wraps.
        sure = len(character) == 1 and after < self.width and (character.isascii() or "─" <= character <= "╿")
        self.place = (after, y) if sure else None

    def _dress(self, style: str) -> Iterator[str]:
        if style != self.style:
            self.style = style
            yield f"\x1b[0;{style}m" if style else "\x1b[m"
