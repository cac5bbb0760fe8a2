"""Where text goes on a page and how it looks: the house style, and a pen that writes many texts as one."""

from __future__ import annotations

from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

from store.statements.pdf.letters import fit_size, latin, width, wrap_to

Colour = tuple[float, float, float]

NAVY: Colour = (0.106, 0.227, 0.361)
INK: Colour = (0.11, 0.13, 0.16)
GREY: Colour = (0.34, 0.39, 0.44)
TINT: Colour = (0.933, 0.949, 0.969)
RULE: Colour = (0.77, 0.81, 0.86)
WARM: Colour = (0.604, 0.204, 0.071)

LEFT, RIGHT = 54.0, 558.0
"""The margins, three quarters of an inch."""


class Style(NamedTuple):
    """A font of the standard fourteen, its size in points and its colour."""

    font: str
    size: float
    colour: Colour = INK

    def sized(self, size: float) -> Style:
        """The same style in another size."""
        return Style(self.font, size, self.colour)


PLAIN, BOLD, ITALIC, MONO = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Courier-Bold"
BODY = Style(PLAIN, 9)
STRONG = Style(BOLD, 9)
SMALL = Style(PLAIN, 8, GREY)
NOTE = Style(PLAIN, 8.5, GREY)
LABEL = Style(PLAIN, 8.5, GREY)
HEAD = Style(BOLD, 8, GREY)
SECTION = Style(BOLD, 11.5, NAVY)


class Pen:
    """Collects texts in reading order and writes them in one go, which is several times faster than one by one."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._texts: list[tuple[float, float, str, Style]] = []

    def left(self, x: float, y: float, text: str, style: Style, room: float = 0) -> None:
        """Write from `x` on; with `room`, smaller when it would be wider."""
        text = latin(text)
        self._texts.append((x, y, text, _fitted(text, style, room)))

    def right(self, x: float, y: float, text: str, style: Style, room: float = 0) -> None:
        """Write so that the text ends at `x`."""
        text = latin(text)
        style = _fitted(text, style, room)
        self._texts.append((x - width(text, style.font, style.size), y, text, style))

    def block(self, x: float, y: float, text: str, style: Style, room: float, most: int, lead: float) -> None:
        """Write a paragraph of at most `most` lines, smaller when it needs more."""
        size, lines = wrap_to(text, style.font, style.size, room, most)
        for place, line in enumerate(lines):
            self._texts.append((x, y - place * lead, line, style.sized(size)))

    def flush(self) -> None:
        """Put what was collected on the page."""
        block = self.canvas.beginText()
        last: Style | None = None
        for x, y, text, style in self._texts:
            if style != last:
                block.setFont(style.font, style.size)
                block.setFillColorRGB(*style.colour)
                last = style
            block.setTextOrigin(x, y)
            block.textOut(text)
        self.canvas.drawText(block)
        self._texts.clear()


def _fitted(text: str, style: Style, room: float) -> Style:
    return style.sized(fit_size(text, style.font, style.size, room)) if room else style


def box(canvas: Canvas, x: float, y: float, wide: float, high: float, fill: Colour) -> None:
    """A filled rectangle with its lower left corner at `x`, `y`."""
    canvas.setFillColorRGB(*fill)
    canvas.rect(x, y, wide, high, stroke=0, fill=1)


def rule(canvas: Canvas, y: float, colour: Colour = RULE, x0: float = LEFT, x1: float = RIGHT, w: float = 0.6) -> None:
    """A horizontal line."""
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(w)
    canvas.line(x0, y, x1, y)
