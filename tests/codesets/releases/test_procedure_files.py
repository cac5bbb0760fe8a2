"""Files about procedures: HCPCS Level II, CPT as licensed, edits, fees, coverage, plain lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codesets import Refused
from codesets.library.kinds import KINDS
from codesets.releases import cpt, hcpcs, ncci_ptp, pfs_values
from codesets.releases.files import members_of

from .conftest import Write


def hcpcs_record(code: str, kind: int, long: str, tail: str = "2010010120100101        N") -> str:
    return (f"{code:>5}00100{kind}{long:80}{'short':28}".ljust(268) + tail).ljust(320)


def test_a_fixed_width_file_joins_continuations_and_keeps_dates(write: Write) -> None:
    text = "\r\n".join(
        (
            "*** Disclaimers",
            hcpcs_record("   LT", 7, "Left side"),
            hcpcs_record("G0101", 3, "Cervical or vaginal cancer screening;"),
            hcpcs_record("G0101", 4, "pelvic and clinical breast examination", ""),
            hcpcs_record("J0001", 3, "Invented", "201001012010010120251231D"),
        )
    )
    member = write("HCPC2026_APR_ANWEB.txt", text + "\r\n")
    assert hcpcs.is_fixed(member.head())
    modifier, screening, ended = hcpcs.read_hcpcs(member)
    assert (modifier.code, modifier.modifier) == ("LT", True)
    assert screening.long == "Cervical or vaginal cancer screening; pelvic and clinical breast examination"
    assert (screening.added, screening.ended, ended.ended) == ("2010-01-01", None, "2025-12-31")
    assert hcpcs.effective_of(member.name) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (hcpcs_record("G0102", 4, "no record before", ""), "line 2, columns 1-11"),
        ("G010", "line 2"),
        (hcpcs_record("G0102", 3, "x", "2010134520100101        N"), "columns 269-276"),
        (hcpcs_record("G0102", 3, "x")[:200], "cut off"),
    ],
)
def test_a_damaged_record_is_refused_with_line_and_columns(write: Write, record: str, says: str) -> None:
    text = "\r\n".join((hcpcs_record("G0101", 3, "Screening"), record)) + "\r\n"
    with pytest.raises(Refused, match=says):
        list(hcpcs.read_hcpcs(write("HCPC2026_ANWEB.txt", text)))


def test_the_genuine_hcpcs_release_is_found_in_its_archive_and_read_whole(genuine: Path) -> None:
    members = members_of(genuine / "codesets/hcpcs/2019-Alpha-Numeric-HCPCS-File.zip")
    (member,) = [m for m in members if KINDS["hcpcs"].fits(m.head(), m.name)]
    lines = list(hcpcs.read_hcpcs(member))
    assert sum(not line.modifier for line in lines) == 6_440
    assert sum(line.modifier for line in lines) == 360
    assert all(line.added for line in lines)
    assert sum(line.ended == "2018-12-31" for line in lines) == 44


def test_the_genuine_tables_of_codes_and_names_are_read(genuine: Path) -> None:
    (codes,) = members_of(genuine / "hcpcs/hcpcs_level2_2025_10.tsv.gz")
    (names,) = members_of(genuine / "hcpcs/hcpcs_aliases_2019.tsv")
    assert len(list(hcpcs.read_hcpcs(codes))) == 9_066
    assert len(list(hcpcs.read_aliases(names))) == 2_320


def test_licensed_files_give_titles_further_wordings_and_their_notice(tmp_path: Path) -> None:
    head = "CPT(R) sample header, copyright notice\r\n"
    files = {
        "LONGULT.txt": head + "0XXX1\tInvented long one\r\n0XXX2\tInvented long two\r\n",
        "MEDU.txt": head + "0XXX1 INVENTED MEDIUM ONE\r\n",
        "SHORTU.txt": head + "0XXX1 INVENTED SHORT\r\n0XXX3 ONLY SHORT\r\n",
        "MODUL.txt": head + "22 INVENTED MODIFIER\r\n",
        "ConsumerDescriptor.txt": "Concept Id\tCPT Code\tConsumer Friendly Descriptor\r\n1\t0XXX1\tInvented plain\r\n",
        "ClinicianDescriptor.txt": "Concept Id\tCPT Code\tClinician Descriptor Id\tClinician Descriptor\r\n"
        "1\t0XXX1\t5\tInvented A\r\n1\t0XXX1\t6\tInvented B\r\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    members = [m for m in members_of(tmp_path) if cpt.is_cpt(m.head(), m.name)]
    assert len(members) == 6
    told = cpt.read_cpt(members)
    assert told.titles == {"0XXX1": "Invented long one", "0XXX2": "Invented long two", "0XXX3": "ONLY SHORT"}
    assert ("consumer descriptor", "0XXX1", "Invented plain") in told.further
    assert ("clinician descriptor", "0XXX1", "Invented B") in told.further
    assert told.modifiers == {"22": "INVENTED MODIFIER"}
    assert "copyright notice" in cpt.notice_of(members)


def test_lines_of_a_long_licensed_text_are_joined(write: Write) -> None:
    text = "CPT notice\r\n0XXX101 Invented text that\r\n0XXX102 goes on\r\n"
    assert cpt.read_cpt([write("LONGULF.txt", text)]).titles == {"0XXX1": "Invented text that goes on"}


@pytest.mark.parametrize(
    ("kind", "name", "text", "rows"),
    [
        ("carc", "carc.csv", "Code,Description,Start Date\n45,Invented words,01/01/1995\nB7,Other words,\n", 2),
        ("rarc", "rarc.tsv", "Code\tDescription\nN130\tInvented\nMA01\tInvented too\n", 2),
        ("claim-status", "status.csv", "Code,Description\n20,Invented\n", 1),
        ("claim-status-category", "cat.csv", "Code,Description\nA2,Invented\n", 1),
        ("taxonomy", "nucc.csv", 'Code,Grouping,Classification,Display Name\n207Q00000X,a,b,"Doctor, invented"\n', 1),
        ("revenue", "rev.csv", "Revenue Code|Description\n0450|Invented\n", 1),
        ("pos", "pos.tsv", "code\ttext\n11\tOffice\n", 1),
        ("ncci-addon", "AOC.csv", "Add_On_Code,AOC_Edit_Type,Primary_Code\nG2211,1,G0463\n", 1),
        (
            "gpci",
            "GPCI2026.csv",
            "ADDENDUM,,,,,,\nMedicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
            "2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI\n10112,AL,00,ALABAMA,1.000,0.869,0.575\n",
            1,
        ),
        ("mce", "AGE.TXT", "A34\t2 maternity (age 12-55)\r\nC9150\t3 adult (age 14+)\r\n", 2),
        ("lcd", "article_x_icd10_covered.csv", "article_id,icd10_code_id,icd10_covered_group\n5,E11.9,1\n", 1),
    ],
)
def test_each_table_is_recognised_by_content_and_read(write: Write, kind: str, name: str, text: str, rows: int) -> None:
    member = write(name, text)
    chosen = KINDS[kind]
    assert chosen.fits(member.head(), member.name)
    assert chosen.rows is not None
    assert len(list(chosen.rows(member))) == rows


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("carc", "Code,Description\n45,Words\nN130,Words\n", "line 3, field code"),
        ("carc", "Code,Description\n45,Words\n45,Words\n", "twice"),
        ("carc", "Code,Description\n45,\n", "line 2, field title"),
        ("ncci-addon", "Add_On_Code,AOC_Edit_Type,Primary_Code\nG2211,7,G0463\n", "line 2, field type"),
        ("pos", "code,text,start date\n11,Office,yesterday\n", "line 2, field start"),
    ],
)
def test_a_wrong_cell_is_refused_with_line_and_field(write: Write, kind: str, text: str, says: str) -> None:
    chosen = KINDS[kind]
    assert chosen.rows is not None
    with pytest.raises(Refused, match=says):
        list(chosen.rows(write("table.csv", text)))


def test_relative_values_are_exact_and_take_no_description(write: Write) -> None:
    head = "preamble\n\nHCPCS,MOD,DESCRIPTION" + ",X" * 28 + "\n"
    cells = ["G2211", "", "not taken", "A", "", "0.33", "0.14", "", "0.14", "", "0.02", "0.49", "0.49", "0", "ZZZ"]
    cells += ["0.00"] * 3 + ["0", "0", "0", "0", "0", "", "32.3465"] + [""] * 6
    member = write("PPRRVU26_JUL.csv", head + ",".join(cells) + "\n")
    assert pfs_values.is_values(member.head())
    ((table, row),) = pfs_values.read_values(member)
    assert (table, row["work"], row["conversion"], row["global_days"]) == ("fee", 33, 323_465, "ZZZ")
    assert "not taken" not in row.values()
    assert pfs_values.effective_of(b"", member.name) == date(2026, 7, 1)


def test_the_quarter_of_pairs_is_read_from_the_version() -> None:
    assert ncci_ptp.effective_of(b"", "ccipra-v322r0-f1.txt") == date(2026, 7, 1)
    assert ncci_ptp.part_of(b"", "ccioph-v322r0-f2.txt") == "hospital f2"
    assert ncci_ptp.effective_of(b"", "pairs.txt") is None


def test_the_genuine_flags_of_diagnoses_are_read(genuine: Path) -> None:
    counts = {}
    for name in ("mce_v43_dx_flags_FY2026.tsv", "H0519F3_ICD10_MCE_AGE.TXT", "H0519F3_ICD10_MCE_SEX.TXT"):
        (member,) = members_of(genuine / "codesets/mce" / name)
        assert KINDS["mce"].fits(member.head(), name)
        rows = KINDS["mce"].rows
        assert rows is not None
        counts[name] = len(list(rows(member)))
    assert list(counts.values()) == [18_599, 797, 694]
