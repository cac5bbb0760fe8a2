"""The form itself, drawn by us for blank paper: rules, numbers of boxes and short words of our own."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from store.forms.cms1500_lines import FIRST_ROW, LINES_PER_PAGE
from store.forms.grid import PITCH, x_of, y_of

_LEFT, _MIDDLE, _RIGHT, _END = 0.5, 30.5, 49.5, 79.5
_SHADED_END = 63.0  # columns up to here share the shaded row
_FOOT = 3.2  # points from the base line of a row to the rule under it
_LABEL = 4.6
_INK = (0.25, 0.25, 0.25)
_SHADE = (0.91, 0.91, 0.91)


@dataclass(frozen=True, slots=True)
class Cell:
    """A box from `left` to `right` (columns) whose last row is `row`; `high` rows with the one for its label."""

    row: int
    left: float
    right: float
    label: str
    high: int = 2


CELLS = (
    Cell(8, _LEFT, _RIGHT, "1  Program"),
    Cell(8, _RIGHT, _END, "1a  Insured's number"),
    Cell(10, _LEFT, _MIDDLE, "2  Patient"),
    Cell(10, _MIDDLE, _RIGHT, "3  Born, sex"),
    Cell(10, _RIGHT, _END, "4  Insured"),
    Cell(12, _LEFT, _MIDDLE, "5  Patient's street"),
    Cell(12, _MIDDLE, _RIGHT, "6  Patient is insured's"),
    Cell(12, _RIGHT, _END, "7  Insured's street"),
    Cell(14, _LEFT, 25.5, "City"),
    Cell(14, 25.5, _MIDDLE, "State"),
    Cell(14, _MIDDLE, _RIGHT, "8", high=2),
    Cell(14, _RIGHT, 74.5, "City"),
    Cell(14, 74.5, _END, "State"),
    Cell(16, _LEFT, 14.5, "ZIP"),
    Cell(16, 14.5, _MIDDLE, "Telephone"),
    Cell(16, _MIDDLE, _RIGHT, ""),
    Cell(16, _RIGHT, 64.5, "ZIP"),
    Cell(16, 64.5, _END, "Telephone"),
    Cell(18, _LEFT, _MIDDLE, "9  Other insured"),
    Cell(18, _MIDDLE, _RIGHT, "10  Related to"),
    Cell(18, _RIGHT, _END, "11  Insured's group"),
    Cell(20, _LEFT, _MIDDLE, "9a  Other number"),
    Cell(20, _MIDDLE, _RIGHT, "10a  Work"),
    Cell(20, _RIGHT, _END, "11a  Insured born, sex"),
    Cell(22, _LEFT, _MIDDLE, "9b"),
    Cell(22, _MIDDLE, _RIGHT, "10b  Car, state"),
    Cell(22, _RIGHT, _END, "11b  Other claim number"),
    Cell(24, _LEFT, _MIDDLE, "9c"),
    Cell(24, _MIDDLE, _RIGHT, "10c  Other accident"),
    Cell(24, _RIGHT, _END, "11c  Plan"),
    Cell(26, _LEFT, _MIDDLE, "9d  Other plan"),
    Cell(26, _MIDDLE, _RIGHT, "10d  Codes"),
    Cell(26, _RIGHT, _END, "11d  Another plan"),
    Cell(29, _LEFT, _RIGHT, "12  Patient's consent", high=3),
    Cell(29, _RIGHT, _END, "13  Insured's consent", high=3),
    Cell(32, _LEFT, _MIDDLE, "14  Began (date, qualifier)", high=3),
    Cell(32, _MIDDLE, _RIGHT, "15  Other date", high=3),
    Cell(32, _RIGHT, _END, "16  No work from, to", high=3),
    Cell(34, _LEFT, 28.5, "17  Source"),
    Cell(34, 28.5, _RIGHT, "17a, 17b  Source's number, NPI"),
    Cell(34, _RIGHT, _END, "18  In hospital from, to"),
    Cell(36, _LEFT, _RIGHT, "19  Note"),
    Cell(36, _RIGHT, 60.5, "20  Outside lab"),
    Cell(36, 60.5, _END, "Charges"),
    Cell(40, _LEFT, _RIGHT, "21  Diagnoses (A-L), ICD indicator", high=4),
    Cell(38, _RIGHT, 61.5, "22  Frequency"),
    Cell(38, 61.5, _END, "Payer's claim number"),
    Cell(40, _RIGHT, _END, "23  Authorization"),
    Cell(56, _LEFT, 22.5, "25  Tax number (SSN, EIN)"),
    Cell(56, 22.5, 37.5, "26  Account"),
    Cell(56, 37.5, _RIGHT, "27  Assignment"),
    Cell(56, _RIGHT, 60.5, "28  Total"),
    Cell(56, 60.5, 70.5, "29  Paid"),
    Cell(56, 70.5, _END, "30"),
    Cell(61, _LEFT, 22.5, "31  Signed by", high=5),
    Cell(61, 22.5, _RIGHT, "32  Place of service (32a NPI)", high=5),
    Cell(61, _RIGHT, _END, "33  Billing provider (33a NPI)", high=5),
)

_LINE_COLUMNS = (
    (_LEFT, "24A  From"), (9.5, "To"), (18.5, "B"), (21.5, "C"), (24.5, "D  Procedure, modifiers"), (44.5, "E"),
    (_RIGHT, "F  Charge"), (58.5, "G"), (62.8, "H"), (64.6, "I"), (67.5, "J  Rendering NPI"),
)  # fmt: skip

_CHOICES = (
    (8, ((2.3, "Medicare"), (9.3, "Medicaid"), (16.3, "Tricare"), (25.3, "Champva"), (32.3, "Group"), (40.3, "FECA"),
         (46.3, "Other"))),
    (10, ((43.2, "M"), (48.2, "F"))),
    (12, ((34.2, "self"), (39.2, "sp"), (43.2, "ch"), (48.2, "ot"))),
    (20, ((36.2, "yes"), (42.2, "no"), (69.2, "M"), (76.2, "F"))),
    (22, ((36.2, "yes"), (42.2, "no"))),
    (24, ((36.2, "yes"), (42.2, "no"))),
    (26, ((53.2, "yes"), (58.2, "no"))),
    (36, ((53.2, "yes"), (58.2, "no"))),
    (56, ((18.0, "S"), (20.2, "E"), (39.2, "yes"), (44.2, "no"))),
)  # fmt: skip
_DIAGNOSES = ((2, "A", "E", "I"), (15, "B", "F", "J"), (28, "C", "G", "K"), (41, "D", "H", "L"))


def draw_sheet(canvas: Canvas) -> None:
    """All rules and words of the form."""
    canvas.setStrokeColorRGB(*_INK)
    canvas.setFillColorRGB(*_INK)
    canvas.setLineWidth(0.4)
    for cell in CELLS:
        _cell(canvas, cell)
    _service_lines(canvas)
    canvas.setFont("Helvetica", _LABEL)
    for row, choices in _CHOICES:
        for column, word in choices:
            canvas.drawString(x_of(column), y_of(row) + 1, word)
    for column, *letters in _DIAGNOSES:
        for n, letter in enumerate(letters):
            canvas.drawString(x_of(float(column)) + 2, y_of(38 + n) + 1, str(letter))
    canvas.setFont("Helvetica-Bold", 8)
    canvas.drawString(x_of(_LEFT), y_of(3), "Professional claim on paper")
    canvas.setFont("Helvetica", 6)
    canvas.drawString(x_of(_LEFT), y_of(4), "boxes numbered as on the CMS-1500 (02/12)")
    canvas.drawString(x_of(41), y_of(1) - 1, "Payer")


def _cell(canvas: Canvas, cell: Cell) -> None:
    foot = y_of(cell.row) - _FOOT
    high = cell.high * 12.0
    left, right = x_of(cell.left), x_of(cell.right)
    canvas.rect(left, foot, right - left, high)
    canvas.setFont("Helvetica", _LABEL)
    canvas.drawString(left + 2, foot + high - _LABEL - 0.6, cell.label)


def _upright(canvas: Canvas, column: float, foot: float, top: float) -> None:
    """One rule between columns; those left of the charge's end stop at shaded rows, whose text runs over them."""
    x = x_of(column)
    if column > _SHADED_END:
        canvas.line(x, foot, x, top + 12)
        return
    canvas.line(x, top, x, top + 12)
    for n in range(LINES_PER_PAGE):
        base = y_of(FIRST_ROW + 2 * n) - _FOOT
        canvas.line(x, base, x, base + 12)


def _service_lines(canvas: Canvas) -> None:
    top = y_of(FIRST_ROW - 2) - _FOOT
    last = FIRST_ROW + 2 * (LINES_PER_PAGE - 1)
    foot = y_of(last) - _FOOT
    canvas.saveState()
    canvas.setFillColorRGB(*_SHADE)
    for n in range(LINES_PER_PAGE):
        base = y_of(FIRST_ROW - 1 + 2 * n) - _FOOT
        canvas.rect(x_of(_LEFT), base, x_of(_END) - x_of(_LEFT), 12.0, stroke=0, fill=1)
    canvas.restoreState()
    canvas.setFont("Helvetica", _LABEL)
    for column, word in _LINE_COLUMNS:
        _upright(canvas, column, foot, top)
        canvas.drawString(x_of(column) + 1.5, top + 4, word)
    canvas.rect(x_of(_LEFT), foot, x_of(_END) - x_of(_LEFT), top + 12 - foot)
    for n in range(LINES_PER_PAGE):
        y = y_of(FIRST_ROW + 2 * n) - _FOOT
        canvas.line(x_of(_LEFT), y, x_of(_END), y)
        canvas.drawRightString(x_of(_LEFT) - 1, y + PITCH, str(n + 1))
