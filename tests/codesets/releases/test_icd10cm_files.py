"""The published files of ICD-10-CM: addenda, order file, Alphabetic Index."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from codesets import Refused
from codesets.releases.files import members_of
from codesets.releases.icd10cm_addenda import effective_of, is_addenda, read_addenda
from codesets.releases.icd10cm_index import index_kind, index_year, read_index
from codesets.releases.icd10cm_order import is_order_file, read_order_file

from .conftest import Write

ADDENDA = (
    "Add:         I4200   Dilated cardiomyopathy, unspecified\r\n"
    "Add:         I4209   Other dilated cardiomyopathy\r\n"
    "Delete:      I420    Dilated cardiomyopathy\r\n"
    "Revise from: Z2914   Encounter for rabies globin\r\n"
    "Revise to:   Z2914   Encounter for rabies globulin\r\n"
    "\r\nCodes\r\n  10 codes in icd10cm_order_2026.txt\r\n  11 codes in icd10cm_order_2027.txt\r\n"
    "    2 additions\r\n    1 deletion\r\n    1 revision\r\n"
)
ORDER = "".join(
    f"{n:05} {key:7} {billable} {title:60} {title}\r\n"
    for n, (key, billable, title) in enumerate(
        (("A00", 0, "Cholera"), ("A000", 1, "Cholera due to Vibrio cholerae 01"), ("A009", 1, "Cholera, unspecified")),
        1,
    )
)


def test_addenda_are_read_and_agree_with_their_own_trailer(write: Write) -> None:
    addenda = read_addenda(write("icd10cm_codes_addenda_2027.txt", ADDENDA))
    assert [(c.action, c.key) for c in addenda.changes] == [
        ("add", "I4200"),
        ("add", "I4209"),
        ("delete", "I420"),
        ("revise", "Z2914"),
    ]
    assert (addenda.before, addenda.after, addenda.effective) == (10, 11, date(2026, 10, 1))
    assert addenda.changes[-1].title == "Encounter for rabies globulin"
    assert effective_of(ADDENDA.encode()) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2 additions", "3 additions", "2 additions where its trailer counts 3"),
        ("  11 codes", "  12 codes", "don't agree"),
        ("Delete: ", "Remove: ", "line 3"),
        ("Revise to:   Z2914", "Revise to:   Z2915", "line 5"),
        ("I4209 ", "I420-9", "line 2"),
        ("\r\nCodes\r\n", "\r\n", "line 7"),
        ("    1 revision\r\n", "    one revision\r\n", "trailer"),
    ],
)
def test_damaged_addenda_are_refused_with_the_line(write: Write, old: str, new: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_addenda(write("addenda.txt", ADDENDA.replace(old, new)))


def test_addenda_that_are_cut_off_are_refused(write: Write) -> None:
    with pytest.raises(Refused, match="ends before its trailer"):
        read_addenda(write("addenda.txt", ADDENDA[:200].rpartition("\r\n")[0]))


def test_the_genuine_addenda_of_fy2027_hold_190_30_and_4_changes(genuine: Path) -> None:
    (member,) = members_of(genuine / "codesets/icd10cm/icd10cm_codes_addenda_2027.txt")
    assert is_addenda(member.head())
    addenda = read_addenda(member)
    assert Counter(c.action for c in addenda.changes) == {"add": 190, "delete": 30, "revise": 4}
    assert (addenda.before, addenda.after) == (74_719, 74_879)


def test_an_order_file_is_read_line_by_line(write: Write) -> None:
    member = write("icd10cm_order_2026.txt", ORDER)
    assert is_order_file(member.head())
    lines = list(read_order_file(member))
    assert [(line.key, line.billable) for line in lines] == [("A00", False), ("A000", True), ("A009", True)]
    assert lines[2].title == "Cholera, unspecified"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ORDER.replace("00002", "00003"), "line 2, columns 1-5"),
        (ORDER.replace("A009", "A000"), "line 3, columns 7-13"),
        (ORDER.replace("00003 A009    1", "00003 a009    1"), "line 3"),
        (ORDER + "00004 A01", "line 4"),
        ("", "empty"),
    ],
)
def test_a_damaged_order_file_is_refused_with_the_line(write: Write, text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        list(read_order_file(write("order.txt", text)))


def test_a_genuine_order_file_is_read(genuine: Path) -> None:
    (member,) = members_of(genuine / "codesets/icd10cm/icd10cm-order-Jan-2021.first2000.txt")
    lines = list(read_order_file(member))
    assert len(lines) == 2000
    assert lines[1].title == "Cholera due to Vibrio cholerae 01, biovar cholerae"


def index_text(terms: str) -> str:
    more = "".join(f"<mainTerm><title>Term {n}</title><code>A00.{n % 10}</code></mainTerm>" for n in range(60))
    return (
        '<?xml version="1.0" encoding="utf-8"?><ICD10CM.index><version>2027</version><letter><title>A</title>'
        f"{terms}{more}</letter></ICD10CM.index>"
    )


TERMS = """<mainTerm><title>Pain<nemod>(acute)</nemod> NEC</title><code>R52</code>
<term level="1"><title>abdominal</title><code>R10.-</code><manif>H36</manif>
<term level="2"><title>colic</title><see>Colic</see></term></term>
<term level="1"><title>chest</title><seeAlso>Angina</seeAlso></term></mainTerm>"""


def test_an_index_keeps_paths_modifiers_references_and_incomplete_codes(write: Write) -> None:
    member = write("index.xml", index_text(TERMS))
    assert (index_kind(member.head()), index_year(member.head())) == ("disease", 2027)
    terms = list(read_index(member))
    pain, abdominal, colic, chest = terms[:4]
    assert (pain.title, pain.nemod, pain.code, pain.level) == ("Pain NEC", "(acute)", "R52", 0)
    assert (abdominal.path, abdominal.code, abdominal.manifestation) == (("Pain NEC",), "R10.-", "H36")
    assert (colic.path, colic.see, colic.code) == (("Pain NEC", "abdominal"), "Colic", "")
    assert (chest.path, chest.see_also) == (("Pain NEC",), "Angina")


@pytest.mark.parametrize("text", [index_text(TERMS)[:-40], index_text("").replace("mainTerm", "other")])
def test_an_index_that_is_cut_off_or_empty_is_refused(write: Write, text: str) -> None:
    with pytest.raises(Refused):
        list(read_index(write("index.xml", text)))


@pytest.mark.parametrize(
    ("name", "kind", "count", "cells"),
    [
        ("icd10cm/icd10cm-index-2025.xml.gz", "disease", 81_024, 0),
        ("codesets/icd10cm/icd10cm-eindex-April-1-2026.xml", "external cause", 8_090, 0),
        ("codesets/icd10cm/icd10cm-neoplasm-April-1-2026.xml", "neoplasm", 1_940, 9_020),
        ("codesets/icd10cm/icd10cm-drug-April-1-2026.xml", "drug", 7_430, 40_036),
    ],
)
def test_the_genuine_index_files_are_read_whole(genuine: Path, name: str, kind: str, count: int, cells: int) -> None:
    (member,) = members_of(genuine / name)
    assert index_kind(member.head()) == kind
    terms = list(read_index(member))
    assert len(terms) == count
    assert sum(len(term.cells) for term in terms) == cells
