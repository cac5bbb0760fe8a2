"""Writes professional claims as CMS-1500 (02/12) pages.

    write_cms1500(claims, file)                                    # blank paper: the form is drawn too
    write_cms1500(claims, file, preprinted=True, offset=Offset(right=2.0, down=-1.5))

On pre-printed forms only the data are printed, in ten-pitch letters at the places of the form.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas

from store.errors import Refused
from store.forms.cms1500_lines import LINES_PER_PAGE, line_marks
from store.forms.cms1500_marks import foot_marks, head_marks, middle_marks
from store.forms.cms1500_sheet import draw_sheet
from store.forms.grid import FONT, PAGE_HEIGHT, PAGE_WIDTH, SIZE, Mark, Marks, Offset, x_of, y_of
from store.x12.claim_values import ProfessionalClaim

MAX_DIAGNOSES = 12


def write_cms1500(
    claims: Iterable[ProfessionalClaim],
    file: BinaryIO,
    *,
    preprinted: bool = False,
    offset: Offset | None = None,
    each_page_alone: bool = True,
) -> int:
    """Write all pages of all claims to `file` and return how many; the same claims make the same bytes.

    `each_page_alone` gives each page of a long claim the total of its own lines; otherwise pages say that they go on
    and the last one bears the total of all.  `Refused` where there is no claim or one that no form can hold.
    """
    canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle("CMS-1500")
    moved = offset or Offset()
    count = 0
    for claim in claims:
        for marks in pages_of(claim, each_page_alone=each_page_alone):
            if not preprinted:
                draw_sheet(canvas)
            _print(canvas, marks, moved)
            canvas.showPage()
            count += 1
    if not count:
        raise Refused("There is no claim to print.", where="CMS-1500")
    canvas.save()
    return count


def pages_of(claim: ProfessionalClaim, *, each_page_alone: bool = True) -> list[list[Mark]]:
    """The marks of each page of one claim: six lines a page."""
    where = f"claim {claim.control_number}"
    if not claim.lines:
        raise Refused("There is no line to print.", where=f"{where}, lines")
    if len(claim.diagnoses) > MAX_DIAGNOSES:
        raise Refused(f"There are {len(claim.diagnoses)} diagnoses; the form has room for 12.", where=where)
    parts = [claim.lines[n : n + LINES_PER_PAGE] for n in range(0, len(claim.lines), LINES_PER_PAGE)]
    paid = claim.patient_paid + sum(other.paid or 0 for other in claim.others)
    pages = []
    for number, lines in enumerate(parts, 1):
        last = number == len(parts)
        total = sum(line.charge for line in lines) if each_page_alone else claim.charge
        marks = Marks()
        head_marks(marks, claim)
        middle_marks(marks, claim)
        line_marks(marks, claim, lines)
        foot_marks(marks, claim, total if last or each_page_alone else None, paid if last else 0)
        pages.append(marks.all)
    return pages


def _print(canvas: Canvas, marks: Iterable[Mark], offset: Offset) -> None:
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont(FONT, SIZE)
    for mark in marks:
        canvas.drawString(x_of(mark.column) + offset.right, y_of(mark.row) - offset.down, mark.text)
