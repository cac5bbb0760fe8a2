"""Editions of ICD-10-CM from every mixture of tabular lists, order files and addenda."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from codesets import Refused
from codesets.library.editions import Published, code_rows, editions_of
from codesets.library.spans import Item, ListRelease, spans_of
from codesets.releases.icd10cm_addenda import Addenda, Change
from codesets.releases.icd10cm_order import OrderLine
from codesets.releases.icd10cm_tabular import TabularNode, read_tabular

from .conftest import Write

TABULAR = """<ICD10CM.tabular><version>{year}</version><chapter><name>9</name><desc>Heart</desc>
<section id="I30-I5A"><desc>Other forms (I30-I5A)</desc>
<diag><name>I42</name><desc>Cardiomyopathy</desc>
  <diag><name>I42.0</name><desc>Dilated cardiomyopathy</desc>{dilated}</diag>
  <diag><name>I42.9</name><desc>Cardiomyopathy, unspecified</desc></diag></diag>
<diag><name>I43</name><desc>{title}</desc></diag>
<diag><name>I44</name><desc>Invented injury</desc>
  <sevenChrDef><extension char="A">initial encounter</extension><extension char="S">sequela</extension></sevenChrDef>
</diag></section></chapter></ICD10CM.tabular>"""
LISTED = {"I42", "I420", "I429", "I43", "I44", "I44XXXA", "I44XXXS"}
FY2026, FY2027, FY2028 = date(2025, 10, 1), date(2026, 10, 1), date(2027, 10, 1)
ADDED = (
    Change("delete", "I420", "Dilated cardiomyopathy"),
    Change("add", "I4200", "Dilated cardiomyopathy, unspecified"),
    Change("add", "I4209", "Other dilated cardiomyopathy"),
    Change("revise", "I43", "Cardiomyopathy elsewhere"),
)


def nodes(
    write: Write, *, dilated: str = "", title: str = "Cardiomyopathy in diseases", year: int = 2026
) -> list[TabularNode]:
    return read_tabular(write(f"tabular{year}.xml", TABULAR.format(dilated=dilated, title=title, year=year)))


def base(write: Write) -> Published:
    return Published(FY2026, 1, "tabular", nodes(write), LISTED)


def addenda(changes: tuple[Change, ...] = ADDED, before: int = 5, after: int = 6) -> Published:
    return Published(FY2027, 2, "addenda", addenda=Addenda(changes, before, after, 2027))


def rows_of(*published: Published) -> dict[str, list[dict[str, Any]]]:
    editions = editions_of(published)
    first = 1
    for book in {id(e.book): e.book for e in editions}.values():
        first = book.number(first)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in code_rows(editions):
        found.setdefault(row["code"], []).append(row)
    return found


def spans(rows: list[dict[str, Any]]) -> list[tuple[str, str | None, bool]]:
    return [(row["valid_from"], row["valid_to"], row["billable"]) for row in rows]


def test_addenda_close_intervals_and_open_new_ones(write: Write) -> None:
    rows = rows_of(base(write), addenda())
    assert spans(rows["I42.0"]) == [("2025-10-01", "2026-09-30", True), ("2026-10-01", None, False)]
    assert spans(rows["I42.00"]) == [("2026-10-01", None, True)]
    assert [row["title"] for row in rows["I43"]] == ["Cardiomyopathy in diseases", "Cardiomyopathy elsewhere"]
    assert spans(rows["I42.9"]) == [("2025-10-01", None, True)]
    assert list(rows) == ["I42", "I42.0", "I42.00", "I42.09", "I42.9", "I43", "I44", "I44.XXXA", "I44.XXXS"]


@pytest.mark.parametrize(
    ("changes", "before", "after", "says"),
    [
        (ADDED, 4, 5, "5 billable codes where the file counts 4"),
        (ADDED, 5, 7, "6 billable codes where the file counts 7"),
        ((Change("delete", "I999", "x", 7),), 5, 4, "line 7: I999 is deleted but was no code"),
        ((Change("add", "I429", "x", 8),), 5, 6, "line 8: I429 is added but is a code already"),
        ((Change("revise", "I999", "x", 9),), 5, 5, "line 9: I999 is revised but is no code"),
    ],
)
def test_addenda_of_another_release_are_refused(
    write: Write, changes: tuple[Change, ...], before: int, after: int, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        rows_of(base(write), addenda(changes, before, after))


def order(*lines: tuple[str, bool, str]) -> list[OrderLine]:
    return [OrderLine(key, billable, "", title, n) for n, (key, billable, title) in enumerate(lines, start=1)]


WHOLE = (
    ("I42", False, "Cardiomyopathy"),
    ("I420", False, "Dilated cardiomyopathy"),
    ("I4200", True, "Dilated cardiomyopathy, unspecified"),
    ("I429", True, "Cardiomyopathy, unspecified"),
    ("I43", True, "Cardiomyopathy in diseases"),
    ("I44", False, "Invented injury"),
    ("I44XXXA", True, "Invented injury, initial encounter"),
    ("I44XXXS", True, "Invented injury, sequela"),
)


def test_an_order_file_gives_the_same_as_addenda_with_the_headings_own_words(write: Write) -> None:
    rows = rows_of(base(write), Published(FY2027, 2, "order", order=order(*WHOLE)))
    assert spans(rows["I42.0"]) == [("2025-10-01", "2026-09-30", True), ("2026-10-01", None, False)]
    assert spans(rows["I42.00"]) == [("2026-10-01", None, True)]


def test_an_order_file_of_an_earlier_year_stands_before_the_tabular_list(write: Write) -> None:
    earlier = Published(date(2020, 10, 1), 2, "order", order=order(*WHOLE))
    rows = rows_of(base(write), earlier)
    assert spans(rows["I42.00"]) == [("2020-10-01", "2025-09-30", True)]
    assert spans(rows["I42.0"]) == [("2020-10-01", "2025-09-30", False), ("2025-10-01", None, True)]


def test_an_order_file_that_is_cut_off_is_refused(write: Write) -> None:
    with pytest.raises(Refused, match="not a whole release"):
        rows_of(base(write), Published(FY2027, 2, "order", order=order(*WHOLE[:4])))


def test_a_tabular_list_of_another_year_has_a_tree_of_its_own_and_joins_what_did_not_change(write: Write) -> None:
    dilated = "<diag><name>I42.00</name><desc>Dilated cardiomyopathy, unspecified</desc></diag>"
    later = Published(FY2028, 3, "tabular", nodes(write, dilated=dilated, title="New words", year=2028))
    editions = editions_of([base(write), later])
    assert editions[0].book is not editions[1].book
    rows = rows_of(base(write), later)
    assert spans(rows["I42.9"]) == [("2025-10-01", None, True)]
    assert spans(rows["I44.XXXA"]) == [("2025-10-01", None, True)]  # its list of codes is that of the year before
    assert spans(rows["I42.00"]) == [("2027-10-01", None, True)]
    assert [row["title"] for row in rows["I43"]] == ["Cardiomyopathy in diseases", "New words"]


def test_a_tabular_list_and_its_order_file_must_name_the_same_codes(write: Write) -> None:
    with pytest.raises(Refused, match="differ in 1 codes, I4200 first"):
        rows_of(Published(FY2026, 1, "tabular", nodes(write), order=order(*WHOLE)))


def test_changes_before_every_whole_release_are_refused(write: Write) -> None:
    early = addenda()
    early.effective = date(2019, 10, 1)
    with pytest.raises(Refused, match="order file of that year"):
        rows_of(base(write), early)


def listed(effective: date, *items: Item) -> ListRelease:
    return ListRelease("HCPCS", 1, effective, items)


def test_a_list_that_no_longer_has_a_code_ends_it_and_a_new_title_opens_an_interval() -> None:
    found = spans_of(
        [
            listed(FY2027, Item("A1", "new words"), Item("A3", "back")),
            listed(
                FY2026, Item("A1", "words", "2019-01-01"), Item("A2", "gone"), Item("A3", "back", None, "2025-12-31")
            ),
        ]
    )
    told = {code: [(s.start, s.end, s.title) for s in spans] for code, spans in found.items()}
    assert told == {
        "A1": [("2019-01-01", "2026-09-30", "words"), ("2026-10-01", None, "new words")],
        "A2": [("2025-10-01", "2026-09-30", "gone")],
        "A3": [("2025-10-01", "2025-12-31", "back"), ("2026-10-01", None, "back")],
    }


def test_a_code_terminated_long_ago_keeps_its_interval() -> None:
    old = Item("A1", "words", "2000-01-01", "2010-12-31")
    found = spans_of([listed(FY2026, old), listed(FY2027, Item("A1", "words, told anew", "2000-01-01", "2010-12-31"))])
    assert [(s.start, s.end) for s in found["A1"]] == [("2000-01-01", "2010-12-31")]
