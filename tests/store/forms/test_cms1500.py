"""The CMS-1500: every text in its place, on drawn and on pre-printed forms."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PageObject, PdfReader

from store.errors import Refused
from store.forms.cms1500 import pages_of, write_cms1500
from store.forms.grid import LEADING, LEFT_MARGIN, PAGE_HEIGHT, PITCH, Offset
from store.x12.claim_values import ProfessionalClaim
from tests.store.x12.rich_samples import accident, lines_of_all_kinds, secondary
from tests.store.x12.samples import CLAIM, LINE


def printed(*claims: ProfessionalClaim, preprinted: bool = True, offset: Offset | None = None) -> PdfReader:
    file = io.BytesIO()
    write_cms1500(claims, file, preprinted=preprinted, offset=offset)
    return PdfReader(file)


def places(page: PageObject) -> dict[tuple[float, float], str]:
    """Each text of a page by row and column, whole numbers where it stands on the grid."""
    found: dict[tuple[float, float], str] = {}

    def visit(text: str, _: object, matrix: list[float], *_rest: object) -> None:
        if text.strip():
            row = round((PAGE_HEIGHT - matrix[5]) / LEADING, 3)
            found[row, round((matrix[4] - LEFT_MARGIN) / PITCH + 1, 3)] = text.strip()

    page.extract_text(visitor_text=visit)
    return found


def long_claim(count: int) -> ProfessionalClaim:
    return replace(CLAIM, lines=tuple(replace(LINE, control=f"L{n}", charge=1000 + n) for n in range(count)))


def test_data_stand_on_the_grid_of_the_pre_printed_form() -> None:
    (page,) = printed(accident()).pages
    found = places(page)
    wanted = {
        (2, 41): "ACME HEALTH", (8, 45): "X", (8, 50): "W123456789", (10, 1): "DOE, JANE, Q", (10, 31): "02",
        (10, 34): "03", (10, 37): "1961", (10, 47): "X", (12, 1): "7 OAK LANE APT 2", (12, 33): "X", (14, 26): "OH",
        (20, 35): "X", (22, 35): "X", (22, 45): "OH", (24, 41): "X", (22, 50): "Y4", (22, 53): "WC-55", (26, 57): "X",
        (32, 2): "01", (32, 5): "02", (32, 8): "26", (32, 16): "431", (32, 31): "454", (32, 54): "01", (34, 1): "DN",
        (34, 4): "SAM WHITE", (34, 33): "1666666668", (34, 54): "01", (36, 1): "BROUGHT BY FRIENDS", (37, 42): "0",
        (38, 3): "E119", (38, 16): "I10", (40, 50): "A-1", (44, 1): "02", (44, 4): "27", (44, 7): "26", (44, 19): "11",
        (44, 25): "ZZ101", (44, 45): "A", (44, 52): "125 50", (44, 59): "1", (43, 65): "ZZ", (43, 68): "207Q00000X",
        (44, 68): "1555555550", (56, 1): "123456789", (56, 19): "X", (56, 23): "2003", (56, 38): "X",
        (56, 54): "125 50", (56, 65): "20 00", (57, 66): "614", (58, 23): "RIVER HOSPITAL",
        (58, 50): "MAPLE FAMILY PRACTICE", (60, 50): "ANYTOWN OH 43004-1234", (61, 24): "1777777776",
        (61, 51): "1234567893", (59, 1): "ALEX BROWN",
    }  # fmt: skip
    assert {place: found.get(place) for place in wanted} == wanted


def test_a_printer_that_is_off_is_put_right() -> None:
    plain = places(printed(CLAIM).pages[0])
    moved = places(printed(CLAIM, offset=Offset(right=PITCH, down=-LEADING)).pages[0])
    assert moved == {(row - 1, column + 1): text for (row, column), text in plain.items()}


def test_on_blank_paper_the_same_data_stand_in_numbered_boxes() -> None:
    data = places(printed(accident()).pages[0])
    form = places(printed(accident(), preprinted=False).pages[0])
    assert data.items() <= form.items()
    words = " ".join(form.values())
    assert all(f"{number}  " in words for number in ("1a", "2", "9a", "11d", "17", "21", "24A", "33"))


def test_a_seventh_line_begins_a_second_page_with_its_own_total() -> None:
    pages = [places(page) for page in printed(long_claim(8)).pages]
    assert [page[56, 55] for page in pages] == ["60 15", "20 13"]
    assert [sum(1 for (row, column) in page if column == 25 and row >= 44) for page in pages] == [6, 2]
    assert all(page[8, 50] == "W123456789" for page in pages)


def test_a_claim_over_several_pages_may_bear_one_total() -> None:
    first, last = pages_of(long_claim(8), each_page_alone=False)
    assert "CONTINUED" in {mark.text for mark in first}
    assert "80 28" in {mark.text for mark in last}


def test_another_payer_its_money_and_a_replaced_claim_are_told() -> None:
    claim = replace(secondary(), frequency="7", payer_control="PC 1", patient_paid=500)
    found = places(printed(claim).pages[0])
    assert (found[18, 1], found[20, 1], found[26, 1], found[26, 52]) == ("DOE, JANE, Q", "F1234", "FIRST HEALTH", "X")
    assert (found[38, 50], found[38, 62], found[56, 65]) == ("7", "PC 1", "85 00")


def test_drugs_notes_minutes_ranges_and_marks_have_their_places() -> None:
    found = places(printed(lines_of_all_kinds()).pages[0])
    assert found[40, 50] == "A-2"
    assert (found[45, 1], found[45, 23]) == ("N400011122233 ML2.5", "ZZNEW DRUG 5 MG")
    assert found[49, 1] == "ZZHALF A CAST"
    assert (found[44, 59], found[46, 59], found[48, 10], found[54, 22], found[54, 63]) == ("75", "1.5", "03", "Y", "Y")
    assert (found[10, 1], found[10, 50], found[12, 42]) == ("DOE, KIM", "DOE, JANE, Q", "X")


def test_twelve_diagnoses_fill_three_rows() -> None:
    claim = replace(CLAIM, diagnoses=tuple(f"E11.{n:02d}" for n in range(12)))
    found = places(printed(claim).pages[0])
    assert [found[38 + n // 4, (3, 16, 29, 42)[n % 4]] for n in range(12)] == [f"E11{n:02d}" for n in range(12)]


def test_long_names_are_cut_where_their_box_ends_and_letters_are_plain() -> None:
    coverage = CLAIM.subscription
    person = replace(coverage.subscriber, last="Müller" * 9)
    found = places(printed(replace(CLAIM, subscription=replace(coverage, subscriber=person))).pages[0])
    assert found[10, 1] == ("MULLER" * 9)[:28]


def test_the_same_claims_make_the_same_bytes() -> None:
    files = [io.BytesIO(), io.BytesIO()]
    assert [write_cms1500([accident(), CLAIM], file) for file in files] == [2, 2]
    assert files[0].getvalue() == files[1].getvalue()


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ([], "no claim to print"),
        ([replace(CLAIM, lines=())], "no line to print"),
        ([replace(CLAIM, diagnoses=tuple(f"E11{n:02d}" for n in range(13)))], "room for 12"),
        ([replace(CLAIM, lines=(replace(LINE, units=12345),))], "no room on the form"),
    ],
)
def test_what_no_form_can_hold_is_refused(claims: list[ProfessionalClaim], told: str) -> None:
    with pytest.raises(Refused, match=told):
        write_cms1500(claims, io.BytesIO())
