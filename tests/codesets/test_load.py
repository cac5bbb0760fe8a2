"""Loading a release: whole, verified and told, or nothing at all."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codesets import CodeLibrary, Refused, ValidityStatus, build_library, load, open_library
from codesets.edits import CodedEncounter, CodedLine, Diagnosis, check, not_checked
from codesets.library.crosswalk import Crossing, told
from codesets.library.kept import folder_of, keep, settle
from codesets.library.kinds import KINDS
from codesets.library.load import releases_in
from codesets.library.page import open_page
from codesets.library.place import LIBRARY_NAME

DAY = date(2026, 7, 1)
PTP = (
    "CPT only copyright AMA.\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t* = in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "G0438\tG0439\t\t20110101\t*\t0\tMore extensive procedure\r\n"
    "G0101\tQ0091\t\t20000101\t20000101\t9\tMisuse of Column Two code with Column One code\r\n"
)
MUE = (
    '"Invented rows",,,\n'
    "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
    "G0101,{units},2 Date of Service Edit: Policy,Code Descriptor\n"
)


@pytest.fixture
def library_file(built_library_path: Path, tmp_path: Path) -> Path:
    target = tmp_path / "library" / LIBRARY_NAME
    target.parent.mkdir()
    shutil.copyfile(built_library_path, target)
    return target


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_loaded_rule_set_joins_the_library_and_leaves_the_codes_alone(library_file: Path, tmp_path: Path) -> None:
    report = load("ncci-ptp", written(tmp_path, "ccipra-v322r0-f1.txt", PTP), library=library_file)
    assert (report.rows, report.effective, report.already) == (2, DAY, False)
    assert "American Medical Association" in report.notice
    with open_library(library_file) as library:
        release = next(r for r in library.releases() if r.system == "NCCI PTP")
        assert (release.part, release.effective_from, release.billable) == ("practitioner f1", DAY, 2)
        assert library.validity("I10", DAY).ok


def test_the_same_file_again_changes_nothing_and_says_so(library_file: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", MUE.format(units=1))
    assert not load("ncci-mue", path, library=library_file).already
    before, inode = digest(library_file), library_file.stat().st_ino
    again = load("ncci-mue", path, library=library_file)
    assert (again.already, again.rows) == (True, 1)
    assert (digest(library_file), library_file.stat().st_ino) == (before, inode)


def test_a_corrected_file_of_the_same_release_replaces_the_first(library_file: Path, tmp_path: Path) -> None:
    name = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"
    load("ncci-mue", written(tmp_path, name, MUE.format(units=1)), library=library_file)
    load("ncci-mue", written(tmp_path, name, MUE.format(units=3)), library=library_file)
    with open_library(library_file) as library:
        assert library.rows("SELECT units FROM mue") == [(3,)]
        assert len([r for r in library.releases() if r.system == "NCCI MUE"]) == 1
    assert len(list(folder_of(library_file).iterdir())) == 1


READER = """
import sys
from pathlib import Path
from codesets import open_library
with open_library(Path(sys.argv[1])) as library:
    for _ in sys.stdin:
        systems = sorted({release.system for release in library.releases()})
        print(library.search("type 2 diabetes", limit=1)[0].code, *systems, flush=True)
"""


def test_who_reads_keeps_the_old_library_while_another_process_loads_and_a_new_reader_gets_the_new_one(
    library_file: Path, tmp_path: Path
) -> None:
    def reader() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", READER, str(library_file)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(process: subprocess.Popen[str]) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    first, second = reader(), reader()
    before = ask(first)
    assert before == ask(second) == "E11.9 ICD10CM"
    load("ncci-ptp", written(tmp_path, "ccipra-v322r0-f1.txt", PTP), library=library_file)
    late = reader()
    assert (ask(first), ask(second), ask(late)) == (before, before, "E11.9 ICD10CM NCCI PTP")
    for process in (first, second, late):
        process.communicate()
        assert process.returncode == 0


def test_releases_of_a_rule_set_follow_each_other_by_date(library_file: Path, tmp_path: Path) -> None:
    for month, units in ((4, 1), (7, 2)):
        path = written(tmp_path, f"MCR_MUE_PractitionerServices_Eff_0{month}-01-2026.csv", MUE.format(units=units))
        load("ncci-mue", path, library=library_file)
    with open_library(library_file) as library:
        spans = [(r.effective_from, r.effective_to) for r in library.releases() if r.system == "NCCI MUE"]
    assert spans == [(date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), None)]


@pytest.mark.parametrize(
    ("kind", "name", "text", "says"),
    [
        ("ncci-ptp", "ccipra-v322r0.txt", PTP.replace("\t9\t", "\t7\t"), r"line 4, field 6"),
        ("ncci-ptp", "ccipra-v322r0.txt", PTP.replace("20110101", "20111301"), r"line 3, field 4"),
        ("ncci-ptp", "ccipra-v322r0.txt", PTP + "cut of\r\n", r"line 5"),
        ("ncci-mue", "Eff_07-01-2026.csv", MUE.format(units="many"), r"line 3, field units"),
        ("ncci-mue", "anything.csv", MUE.format(units=1), "--effective"),
        ("ncci-mue", "Eff_07-01-2026.csv", PTP, "looks like ncci-ptp"),
        ("ncci-mue", "Eff_07-01-2026.csv", "", "empty"),
        ("nothing", "x.txt", PTP, "can't be loaded"),
    ],
)
def test_a_wrong_or_damaged_file_is_refused_and_changes_nothing(
    library_file: Path, tmp_path: Path, kind: str, name: str, text: str, says: str
) -> None:
    before = digest(library_file)
    with pytest.raises(Refused, match=says):
        load(kind, written(tmp_path, name, text), library=library_file)
    assert digest(library_file) == before
    assert sorted(p.name for p in library_file.parent.iterdir() if not p.name.endswith(".lock")) == [LIBRARY_NAME]


def test_what_is_not_there_is_refused(library_file: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read"):
        load("ncci-ptp", tmp_path / "nowhere.zip", library=library_file)


def test_an_archive_is_read_by_content_and_one_that_swells_is_refused(library_file: Path, tmp_path: Path) -> None:
    honest, bomb = tmp_path / "honest.zip", tmp_path / "bomb.zip"
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../readme.txt", "words")
        archive.writestr("folder/ccipra-v322r0-f1.txt", PTP)
    assert load("ncci-ptp", honest, library=library_file).rows == 2
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ccipra-v323r0-f1.txt", PTP + "G0438\tG0439\t\t20110101\t*\t0\tx\r\n" * 2_000_000)
    with pytest.raises(Refused, match="swells"):
        load("ncci-ptp", bomb, library=library_file)
    damaged = written(tmp_path, "damaged.zip", "")
    damaged.write_bytes(honest.read_bytes()[: honest.stat().st_size // 2])
    with pytest.raises(Refused, match="damaged"):
        load("ncci-ptp", damaged, library=library_file)


# -- codes: one library with everything, built once ------------------------------------------------


def hcpcs_record(code: str, kind: int, long: str, short: str = "", added: str = "20100101", ended: str = "") -> str:
    pad = f"{code:>5}00{'1' if kind in (3, 7) else '2'}00{kind}{long:80}{short:28}".ljust(268)
    return (pad + (added + added + ended.ljust(8) + "N" if kind in (3, 7) else "")).ljust(320)


def hcpcs_file(*records: str) -> str:
    return "***Disclaimers\t\r\n\r\n" + "\r\n".join(records) + "\r\n"


FIRST = hcpcs_file(
    hcpcs_record("   LT", 7, "Left side (used on paired organs)", "Left side"),
    hcpcs_record("G0439", 3, "Annual wellness visit, includes a personalized prevention plan,", "Ppps, subseq visit"),
    hcpcs_record("G0439", 4, "subsequent visit"),
    hcpcs_record("J9999", 3, "Invented injection of zorbamycin, per 5 mg", "Zorbamycin inj", ended="20251231"),
    hcpcs_record("A9998", 3, "Invented walking frame with basket", "Walking frame"),
)
SECOND = hcpcs_file(
    hcpcs_record("   LT", 7, "Left side (used on paired organs)", "Left side"),
    hcpcs_record("G0439", 3, "Annual wellness visit, subsequent visit, new words", "Ppps, subseq visit"),
    hcpcs_record("A9997", 3, "Invented frame with two baskets", "Frame", added="20260401"),
)


INDEX = """<?xml version="1.0"?><ICD10CM.index><version>2027</version><letter><title>P</title>
<mainTerm><title>Pain<nemod>(acute)</nemod></title><code>R52</code>
<term level="1"><title>abdominal</title><code>R10.9</code><term level="2"><title>lower</title><code>R10.3-</code></term>
</term></mainTerm>
<mainTerm><title>Zorbagony</title><see>Pain, abdominal</see></mainTerm>
<mainTerm><title>Quux disease</title><code>E11.22</code></mainTerm>{more}</letter></ICD10CM.index>"""
MORE = "".join(f"<mainTerm><title>Invented {n}</title><code>A00.{n % 2}</code></mainTerm>" for n in range(50))
RULES = (
    ("ncci-ptp", "ccipra-v322r0-f1.txt", PTP),
    ("ncci-mue", "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", MUE.format(units=2)),
    ("ncci-addon", "AOC_V2026Q3.csv", "Add_On_Code,AOC_Edit_Type,Primary_Code\nG2211,1,G0463\nG2211,1,G0402\n"),
    ("mce", "mce.tsv", "code\tage_category\tsex_list\tflags\nE1122\tadult15-124\t\tU\n"),
    ("telehealth", "telehealth.csv", "Code,Short Descriptor,Status\nG0439,Invented words,\n"),
    ("em-minutes", "minutes.csv", "Code,Minutes\n99213,11\n99214,21\n"),
    ("anesthesia-base", "base.csv", "Code,Base Units\n00840,6\n00100,5\n"),
    ("carc", "carc.csv", "Code,Description,Stop Date\n45,Invented words,\n46,Ended words,01/31/2026\n"),
)
CONVERSION = (
    "ICD-10-CM Conversion Table\nCurrent code assignment,Effective October 1,Previous Code(s) Assignment\n"
    'I42.00,2027,I42.0\nI42.01,2027,"I42.0, I42.8"\nE11.22,2025,None\n'
)
FORTH = "25000 E119    10000\n25040 E1122   10112\n25040 N189    10113\n69922 NoDx    11000\n"
BACK = "E119    25000 10000\nI10     4019  00000\n"
CROSSWALKS = (
    ("icd10cm-conversion", "conversion_2027.csv", CONVERSION),
    ("gem", "2018_I9gem.txt", FORTH),
    ("gem", "2018_I10gem.txt", BACK),
)
CODES = (("icd10cm-index", "index.xml", INDEX.format(more=MORE)), ("hcpcs", "HCPC2025_OCT_ANWEB.txt", FIRST))
COVERAGE = {
    "article.csv": "article_id,article_version,title\n100,1,Invented article\n100,2,Invented article\n",
    "article_x_hcpc_code.csv": "article_id,hcpc_code_id\n100,G0101\n",
    "article_x_icd10_covered.csv": "article_id,icd10_code_id,icd10_covered_group\n100,E11.22,1\n100,I10,2\n",
}


def wait(library: Path, kind: str, path: Path, effective: date | None = None) -> None:
    """Keep a file beside the library as a load does, for the next one that writes the library anew."""
    for item in releases_in(KINDS[kind], path, effective, "2026-07-01"):
        settle(library, keep(library, item), item)


@pytest.fixture(scope="module")
def loaded(built_library_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeLibrary]:
    """Everything that can be loaded, in invented files of the published layouts."""
    folder = tmp_path_factory.mktemp("loaded")
    target = folder / LIBRARY_NAME
    shutil.copyfile(built_library_path, target)
    (pairs, *rules), (conversion, forth, back) = RULES, CROSSWALKS
    load(pairs[0], written(folder, *pairs[1:]), effective=DAY, library=target)
    load(forth[0], written(folder, *forth[1:]), library=target)
    (folder / "coverage").mkdir()
    for name, text in COVERAGE.items():
        written(folder / "coverage", name, text)
    load("lcd", folder / "coverage", effective=DAY, library=target)
    for kind, name, text in rules:
        wait(target, kind, written(folder, name, text), DAY)
    for kind, name, text in (conversion, back, *CODES):
        wait(target, kind, written(folder, name, text))
    report = load("hcpcs", written(folder, "HCPC2026_APR_ANWEB.txt", SECOND), library=target)
    assert [c.code for c in report.added] == ["A9997"]
    assert [c.code for c in report.deleted] == ["A9998"]
    assert [(c.code, c.before.startswith("Annual")) for c in report.revised] == [("G0439", True)]
    assert report.changed == {"A9998", "G0439"}
    with open_library(target) as library:
        yield library


def test_the_index_is_browsed_followed_and_searched(loaded: CodeLibrary) -> None:
    (pain,) = loaded.index("pain")
    assert (pain.path, pain.nemod, pain.code, pain.has_below) == (("Pain",), "(acute)", "R52", True)
    (abdominal,) = loaded.index_below(pain.id)
    (lower,) = loaded.index_below(abdominal.id)
    assert (lower.path, lower.code) == (("Pain", "abdominal", "lower"), "R10.3-")
    (other,) = loaded.index("zorb")
    followed = loaded.index_at(other.see)
    assert followed is not None
    assert followed.code == "R10.9"
    assert [entry.title for entry in loaded.index_of("R10.31")] == ["lower"]
    assert [entry.title for entry in loaded.index_of("E11.22")] == ["Quux disease"]
    assert loaded.index("") == loaded.index("nothing like it") == ()
    hit = loaded.search("quux disease")[0]
    assert (hit.code, hit.via, hit.phrase) == ("E11.22", "index", "Quux disease")
    assert loaded.search("zorbagony")[0].code == "R10.9"


def test_crosswalks_name_the_code_before_after_and_in_another_edition(loaded: CodeLibrary) -> None:
    assert told(loaded.crosswalk("I42.01")) == ("Before 2026-10-01: I42.0, I42.8",)
    assert told(loaded.crosswalk("I42.0")) == ("From 2026-10-01: I42.00, I42.01",)
    assert loaded.crosswalk("E11.22") == (
        Crossing("equivalent", "ICD9CM", "250.40", "approximate, in combination: scenario 1, list 2, read backwards"),
    )
    assert told(loaded.crosswalk("E11.9")) == ("ICD-9-CM (approximate): 250.00",)
    assert told(loaded.crosswalk("401.9")) == ("ICD-10-CM (identical, read backwards): I10",)
    assert told(loaded.crosswalk("25040"))[-1].endswith("list 3): N18.9")
    assert told(loaded.crosswalk("699.22")) == ("ICD-10-CM: no equivalent",)
    assert loaded.crosswalk("A00.0") == ()
    (stretch, *_) = loaded.history("I42.0")
    assert stretch.replaced_by == ("I42.00", "I42.01")  # as the table says, not all that stands below
    page = open_page(loaded, "I42.01", DAY.replace(month=12))
    assert page is not None
    assert page.elsewhere == ("Before 2026-10-01: I42.0, I42.8",)


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("icd10cm-conversion", CONVERSION + "K1,2027,K2\n", "line 6, field current code"),
        ("icd10cm-conversion", CONVERSION + "K35.20,2027,see above\n", "line 6, field previous code"),
        ("icd10cm-conversion", CONVERSION + "K35.20,soon,K35.2\n", "line 6, field effective"),
        ("gem", FORTH * 5 + "25000 E119\n", "line 21"),
        ("gem", FORTH * 5 + "25000 NoDx    10000\n", "line 21"),
    ],
)
def test_a_damaged_crosswalk_is_refused_with_its_line(
    library_file: Path, tmp_path: Path, kind: str, text: str, says: str
) -> None:
    before = library_file.stat().st_mtime_ns
    with pytest.raises(Refused, match=says):
        load(kind, written(tmp_path, "table_2018.txt", text), library=library_file)
    assert library_file.stat().st_mtime_ns == before


def test_loaded_rules_answer_by_date_and_say_when_they_know_nothing(loaded: CodeLibrary) -> None:
    rules, early = loaded.rules, date(2026, 6, 30)
    pair = rules.pair("G0439", "G0438", DAY)
    assert pair is not None
    assert (pair.paid, pair.denied, pair.indicator) == ("G0438", "G0439", "0")
    assert rules.pair("G0101", "Q0091", DAY) is None  # deleted on the day it began
    assert (rules.loaded("NCCI PTP", DAY), rules.loaded("NCCI PTP", early)) == (True, False)
    limit = rules.unit_limit("G0101", DAY)
    assert limit is not None
    assert (limit.units, limit.adjudication) == (2, "2")
    assert rules.unit_limit("G0101", early) is None
    assert [primary.code for primary in rules.primaries("G2211", DAY)] == ["G0463", "G0402"]
    flags = rules.diagnosis_flags("E11.22", DAY)
    assert flags is not None
    assert (flags.age, flags.flags) == ("adult15-124", "U")
    assert rules.listed("CARC", "45", DAY) is not None
    assert rules.listed("CARC", "46", DAY) is None
    assert rules.listed("HCPCS modifier", "lt", DAY) is not None
    assert rules.listed("telehealth", "G0439", DAY) is not None
    assert [rules.base_units(code, DAY) for code in ("00840", "01999")] == [6, None]
    assert (rules.visit_minutes(DAY), rules.visit_minutes(early)) == ({"99213": 11, "99214": 21}, {})
    assert rules.fee("G0101", DAY) is None
    (article,) = rules.articles("G0101", DAY)
    assert (article.title, article.groups) == ("Invented article", (1, 2))
    assert rules.covered_groups(article.article, "E11.22", DAY) == (1,)
    assert rules.covered_groups(article.article, "E11.9", DAY) == ()


def not_dated(library: CodeLibrary, code: str, on: date = DAY) -> list[str]:
    """What is told of the dates of a code on a day where they can't be checked."""
    lines = (CodedLine(1, code, pointers=(1,), pos="11"),)
    words = not_checked(CodedEncounter(dos=on, dx=(Diagnosis("I10", "high"),), lines=lines), library)
    return [one for one in words if "PX.DATE" in one]


def test_without_cpt_its_codes_have_no_dates_and_that_is_told(loaded: CodeLibrary) -> None:
    assert not_dated(loaded, "G0439") == []
    assert not_dated(loaded, "99214") == ["Dates of CPT codes (PX.DATE) not checked: no CPT for 2026-07-01."]


def test_the_edits_use_what_is_loaded(loaded: CodeLibrary) -> None:
    def found(code: str, on: date = DAY, **other: Any) -> set[str]:
        lines = (CodedLine(1, code, pointers=(1,), pos="02"),)
        coded = CodedEncounter(dos=on, dx=(Diagnosis("E11.22"),), lines=lines, **other)
        return {f.edit for f in check(coded, loaded)} - {"DX.USE_ADDL", "DX.UNSPEC"}

    assert found("G0439") == set()
    assert found("A9997") == {"PX.TELEHEALTH"}
    assert found("A9997", date(2026, 3, 31)) == {"PX.DATE"}
    assert found("G9999") == {"PX.DATE", "PX.TELEHEALTH"}  # HCPCS has none
    assert found("G9999", refdata={"hcpcs": [], "telehealth": ["G9999"]}) == set()
    visit: dict[str, Any] = {"ctx": {"mdm": "low", "minutes": 25}, "refdata": {"telehealth": ["99214"]}}
    assert found("99214", **visit) == set()
    assert found("99214", date(2026, 6, 30), **visit) == {"PX.EM_LEVEL"}
    assert found("G0439", birth=date(2012, 5, 12)) == {"DX.AGE"}  # of the loaded editor; the bundled has no such age


def test_hcpcs_codes_go_by_date(loaded: CodeLibrary) -> None:
    assert loaded.validity("J9999", date(2025, 12, 31)).ok
    assert loaded.validity("J9999", date(2026, 1, 1)).status is ValidityStatus.NOT_IN_FORCE
    assert loaded.validity("A9998", date(2026, 3, 31)).ok
    assert not loaded.validity("A9998", date(2026, 4, 1)).ok
    assert not loaded.validity("A9997", date(2026, 3, 31)).ok
    assert loaded.validity("A9997", date(2026, 4, 1)).ok
    old = loaded.lookup("A9998")
    assert old is not None
    assert (old.valid_from, old.system) == (date(2010, 1, 1), "HCPCS")


def test_a_code_that_two_systems_have_is_told_apart(loaded: CodeLibrary) -> None:
    icd, visit = loaded.lookup("G0439"), loaded.lookup("G0439", system="HCPCS")
    assert icd is not None
    assert visit is not None
    assert (icd.code, icd.system) == ("G04.39", "ICD10CM")
    assert visit.title == "Annual wellness visit, subsequent visit, new words"
    life = loaded.history("G0439", system="HCPCS")
    assert [stretch.change for stretch in life] == ["added", "title changed"]
    assert life[0].title.startswith("Annual wellness visit, includes")
    hits = loaded.search("annual wellness visit subsequent", systems=["HCPCS"], on=DAY)
    assert [(hit.code, hit.system) for hit in hits[:1]] == [("G0439", "HCPCS")]


def test_loaded_codes_are_found_by_their_words(loaded: CodeLibrary) -> None:
    assert [hit.code for hit in loaded.search("zorbamycin", on=date(2025, 11, 1))] == ["J9999"]
    assert loaded.search("zorbamycin", on=DAY)[0].in_force is False
    assert loaded.children("A9998") == ()
    assert loaded.notes("A9998") == ()


def test_loaded_files_survive_a_build_with_a_new_schema_and_cpt_codes_are_dated_by_cpt(
    loaded: CodeLibrary, tmp_path: Path
) -> None:
    """CPT holds from a day on which there is no HCPCS yet."""
    target = loaded.path
    early = date(2025, 8, 1)
    wait(target, "cpt", written(tmp_path, "LONGULT.txt", "CPT notice, invented\r\n99214\tInvented text\r\n"), early)
    connection = sqlite3.connect(target)
    connection.execute("UPDATE meta SET value = '0' WHERE name IN ('fingerprint', 'schema')")
    connection.commit()
    connection.close()
    assert build_library(path=target).built
    with open_library(target) as again:
        assert again.lookup("A9997", system="HCPCS") is not None
        assert again.rules.pair("G0439", "G0438", DAY) is not None
        assert again.rules.articles("G0101", DAY)[0].groups == (1, 2)
        assert told(again.crosswalk("E11.9")) == ("ICD-9-CM (approximate): 250.00",)
        assert [entry.code for entry in again.index("pain")] == ["R52"]
        assert [r.label for r in again.releases() if r.system == "HCPCS"] == [
            "HCPCS Level II 2025-10-01",
            "HCPCS Level II 2026-04-01",
        ]
        assert not_dated(again, "99214") == not_dated(again, "G0439") == []
        assert not_dated(again, "99213") == ["Dates of 99213 (PX.DATE) not checked: not in the loaded CPT."]
        assert not_dated(again, "99214", early) == []
        (told_of,) = not_dated(again, "G0439", early)
        assert told_of == "Dates of procedure codes (PX.DATE) not checked: no HCPCS for 2025-08-01."
