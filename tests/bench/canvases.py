"""The few canvas calls that statement pages are drawn with, on two other PDF libraries.

Neither library has a drawing that is defined once and referred to by each page with so few words, so what pages share
is kept as a list of calls and drawn on each page.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

HIGH = 792.0
_FONTS = {
    "Helvetica": ("helvetica", "", "helv"),
    "Helvetica-Bold": ("helvetica", "B", "hebo"),
    "Helvetica-Oblique": ("helvetica", "I", "heit"),
    "Courier-Bold": ("courier", "B", "cobo"),
}


class Text:
    """A text object: collects lines with their font and colour."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, float, str, str, float, tuple[float, float, float]]] = []
        self._font, self._size, self._colour = "Helvetica", 9.0, (0.0, 0.0, 0.0)
        self._at = (0.0, 0.0)

    def setFont(self, font: str, size: float) -> None:  # noqa: N802 - the other library's name
        self._font, self._size = font, size

    def setFillColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        self._colour = (red, green, blue)

    def setTextOrigin(self, x: float, y: float) -> None:  # noqa: N802
        self._at = (x, y)

    def textOut(self, text: str) -> None:  # noqa: N802
        self.lines.append((*self._at, text, self._font, self._size, self._colour))


class Recorded:
    """What both canvases share: the state of the pen, and forms as lists of calls."""

    def __init__(self) -> None:
        self._fill = self._stroke = (0.0, 0.0, 0.0)
        self._width, self._dash = 1.0, False
        self._form: list[Callable[[], None]] | None = None
        self._forms: dict[str, list[Callable[[], None]]] = {}

    def _do(self, work: Callable[[], None]) -> None:
        if self._form is not None:
            self._form.append(work)
        else:
            work()

    def beginForm(self, name: str, *_box: float) -> None:  # noqa: N802
        self._form = self._forms[name] = []

    def endForm(self) -> None:  # noqa: N802
        self._form = None

    def doForm(self, name: str) -> None:  # noqa: N802
        for work in self._forms[name]:
            work()

    def beginText(self) -> Text:  # noqa: N802
        return Text()

    def setFillColorRGB(self, *colour: float) -> None:  # noqa: N802
        self._fill = colour  # type: ignore[assignment]

    def setStrokeColorRGB(self, *colour: float) -> None:  # noqa: N802
        self._stroke = colour  # type: ignore[assignment]

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._width = width

    def setDash(self, *dash: int) -> None:  # noqa: N802
        self._dash = bool(dash)


class FpdfPaper(Recorded):
    """The pages by fpdf2."""

    def __init__(self) -> None:
        super().__init__()
        self._pdf: Any = import_module("fpdf").FPDF(unit="pt", format="letter")
        self._pdf.set_auto_page_break(False)
        self._pdf.add_page()
        self._open = True

    def _page(self) -> Any:
        if not self._open:
            self._pdf.add_page()
            self._open = True
        return self._pdf

    def drawText(self, text: Text) -> None:  # noqa: N802
        self._do(lambda: self._text(text))

    def _text(self, text: Text) -> None:
        page = self._page()
        for x, y, words, font, size, (red, green, blue) in text.lines:
            page.set_font(_FONTS[font][0], _FONTS[font][1], size)
            page.set_text_color(int(red * 255), int(green * 255), int(blue * 255))
            page.text(x, HIGH - y, words.encode("latin-1", "replace").decode("latin-1"))

    def rect(self, x: float, y: float, w: float, h: float, stroke: int = 1, fill: int = 0) -> None:
        colour, pen, width = self._fill, self._stroke, self._width

        def draw() -> None:
            page = self._page()
            page.set_fill_color(*(int(part * 255) for part in colour))
            page.set_draw_color(*(int(part * 255) for part in pen))
            page.set_line_width(width)
            page.rect(x, HIGH - y - h, w, h, style="DF" if stroke and fill else "F" if fill else "D")

        self._do(draw)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        pen, width, dash = self._stroke, self._width, self._dash

        def draw() -> None:
            page = self._page()
            page.set_draw_color(*(int(part * 255) for part in pen))
            page.set_line_width(width)
            page.set_dash_pattern(dash=3 if dash else 0, gap=3 if dash else 0)
            page.line(x0, HIGH - y0, x1, HIGH - y1)

        self._do(draw)

    def showPage(self) -> None:  # noqa: N802
        self._open = False

    def save(self, path: Path) -> None:
        self._pdf.output(str(path))


class MuPaper(Recorded):
    """The pages by PyMuPDF."""

    def __init__(self) -> None:
        super().__init__()
        self._library: Any = import_module("pymupdf")
        self._pdf: Any = self._library.open()
        self._sheet: Any = None
        self._shape: Any = None

    def _page(self) -> Any:
        if self._shape is None:
            self._sheet = self._pdf.new_page(width=612, height=HIGH)
            self._shape = self._sheet.new_shape()
        return self._shape

    def drawText(self, text: Text) -> None:  # noqa: N802
        self._do(lambda: self._text(text))

    def _text(self, text: Text) -> None:
        shape = self._page()
        for x, y, words, font, size, colour in text.lines:
            shape.insert_text((x, HIGH - y), words, fontname=_FONTS[font][2], fontsize=size, color=colour)

    def rect(self, x: float, y: float, w: float, h: float, stroke: int = 1, fill: int = 0) -> None:
        colour, pen, width = self._fill, self._stroke, self._width

        def draw() -> None:
            shape = self._page()
            shape.draw_rect(self._library.Rect(x, HIGH - y - h, x + w, HIGH - y))
            shape.finish(color=pen if stroke else None, fill=colour if fill else None, width=width)

        self._do(draw)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        pen, width, dash = self._stroke, self._width, self._dash

        def draw() -> None:
            shape = self._page()
            shape.draw_line((x0, HIGH - y0), (x1, HIGH - y1))
            shape.finish(color=pen, width=width, dashes="[3 3] 0" if dash else None)

        self._do(draw)

    def showPage(self) -> None:  # noqa: N802
        self._shape.commit()
        self._shape = self._sheet = None

    def save(self, path: Path) -> None:
        self._pdf.save(str(path), deflate=True)
