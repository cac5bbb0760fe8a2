"""Every reader of files from outside, with good files to begin with, and what nobody's file may do to it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from codesets import Refused as CodesRefused
from codesets.library.kinds import KINDS
from codesets.library.load import releases_in
from codesets.releases import cpt, hcpcs, lcd
from codesets.releases.files import Member, members_of
from codesets.releases.icd10cm_addenda import read_addenda
from codesets.releases.icd10cm_index import read_index
from codesets.releases.icd10cm_order import read_order_file
from codesets.releases.icd10cm_tabular import read_tabular
from store.claims.facility import SetFacilityBill
from store.claims.payers import SavePartner, SavePayer
from store.claims.rule_work import SaveRule
from store.errors import Refused
from store.intake.read import read_file
from store.queries.files import read_answers
from store.remits.money import ImportDeposits
from store.remits.rule_table import LoadDispositions
from store.statements.results import read_results
from store.variance.rates import LoadRates
from store.x12.acks import read_acks
from store.x12.claim_reading import read_claims
from store.x12.kinds import kind_of
from store.x12.remittance import read_remittance
from store.x12.status_answers import read_status_answers
from tests.codesets.releases import test_icd10cm_files as icd10cm
from tests.payer import answer
from tests.store.intake import samples
from tests.store.work.claims import PARTNER, RULE
from tests.store.x12 import remit_samples, test_status
from tests.store.x12 import test_answer_properties as test_answers
from tests.store.x12.remit_text import remittance_text
from tui.queues import load_specs
from tui.settings.keymap import read_keymap
from tui.settings.values import read_settings

Read = Callable[[bytes, Path], Any]
GOLDEN = Path(__file__).parents[1] / "store" / "x12" / "golden"
HOSTILE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Reader:
    """A reader and good files of its kind; `cleans` says that what it returns may be shown as it is."""

    name: str
    seeds: tuple[bytes, ...]
    read: Read
    cleans: bool = False


def survives(reader: Reader, data: bytes, folder: Path) -> None:
    """The file is read or refused; anything else is a fault.  What is read holds nothing that a terminal obeys."""
    try:
        found = reader.read(data, folder)
    except (Refused, CodesRefused):
        return
    if reader.cleans:
        assert [text for text in texts(found) if HOSTILE.search(text)] == []


def texts(value: Any) -> Iterator[str]:
    """Every text in plain values, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        for pair in value.items():
            yield from texts(pair)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from texts(one)


def _at(name: str, read: Callable[[Path], Any]) -> Read:
    """A reader that wants a file."""

    def through(data: bytes, folder: Path) -> Any:
        path = folder / name
        path.write_bytes(data)
        return read(path)

    return through


def _in(name: str, read: Callable[[Path], Any]) -> Read:
    """A reader that wants the folder of its file."""
    return _at(name, lambda path: read(path.parent))


def _claims() -> tuple[bytes, ...]:
    return tuple((GOLDEN / name).read_bytes() for name in ("secondary.837p", "inpatient.837i", "accident.837p"))


def _answers(part: str) -> bytes:
    told = answer((GOLDEN / "lines.837p").read_text(), fates={})
    return str(getattr(told, part)).encode()


def _codes(kind: str) -> Read:
    """A release file, told by its head and read to the last row."""
    rows = KINDS[kind].rows
    assert rows is not None

    def read(path: Path) -> Any:
        found = releases_in(KINDS[kind], path, date(2026, 1, 1), "2026-01-01")
        return [list(rows(member)) for item in found for member in item.members]

    return _at("release.txt", read)


def _member(name: str, read: Callable[[Member], Any]) -> Read:
    """A reader of one file of a release; everything that it gives is asked for."""

    def read_all(path: Path) -> Any:
        found = [read(member) for member in members_of(path)]
        return [list(one) if isinstance(one, Iterator) else one for one in found]

    return _at(name, read_all)


def _record(code: str, kind: int) -> str:
    return (f"{code:>5}00100{kind}{'Invented':80}{'short':28}".ljust(268) + "2010010120100101        N").ljust(320)


TABULAR = (
    b'<?xml version="1.0"?><ICD10CM.tabular><version>2027</version><chapter><name>1</name><desc>Invented</desc>'
    b'<section id="A00-A09"><desc>Invented</desc><diag><name>A00</name><desc>Cholera</desc><excludes1><note>typhoid '
    b"(A01.0-)</note></excludes1><diag><name>A00.0</name><desc>Cholera one</desc></diag></diag></section></chapter>"
    b"</ICD10CM.tabular>"
)
BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "' + b"x" * 100 + b'">' + b"".join(
    b'<!ENTITY a%d "' % n + (b"&a%d;" % (n - 1) if n else b"&a;") * 50 + b'">' for n in range(9)
) + b"]><ICD10CM.tabular><version>&a8;</version></ICD10CM.tabular>"  # fmt: skip
LCD = b"article_id,article_version,title\n100,1,Invented article\n100,2,Invented article\n"
INDEX = icd10cm.index_text(icd10cm.TERMS).encode()
CODE_FILES = (
    Reader("tabular list", (TABULAR, BOMB), _member("tabular.xml", read_tabular)),
    Reader("index", (INDEX, BOMB), _member("index.xml", read_index)),
    Reader("order file", (icd10cm.ORDER.encode(),), _member("icd10cm_order_2026.txt", read_order_file)),
    Reader("addenda", (icd10cm.ADDENDA.encode(),), _member("icd10cm_codes_addenda_2027.txt", read_addenda)),
    Reader("HCPCS", ("\r\n".join((_record("G0101", 3), _record("J0001", 3))).encode(),),
           _member("HCPC2026_APR_ANWEB.txt", hcpcs.read_hcpcs)),
    Reader("HCPCS names", (b"term\tcodes\ninvented\tG0101\n",), _member("names.tsv", hcpcs.read_aliases)),
    Reader("CPT", (b"CPT notice\r\n0XXX1\tInvented long one\r\n0XXX2\tInvented two\r\n",),
           _member("LONGULT.txt", lambda member: cpt.read_cpt([member]))),
    Reader("coverage", (LCD,), _member("article.csv", lcd.read_lcd)),
)  # fmt: skip

PTP = (
    b"CPT only copyright AMA.\t\t\t\t\t\t\r\n"
    b"Column 1\tColumn 2\t* = in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    b"G0438\tG0439\t\t20110101\t*\t0\tMore extensive procedure\r\n"
)
MUE = (
    b'"Invented rows",,,\n'
    b"HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
    b"G0101,1,2 Date of Service Edit: Policy,Code Descriptor\n"
)
ANSWERS = (
    b"query,answer,kind,by,at\r\nQ10001,White coat hypertension.,other,Dr. Hollis,2026-05-15T10:12:00Z\r\n",
    b'{"answers": [{"query": "Q10001", "answer": "Not known.", "at": "2026-05-15"}]}',
)
TA1 = test_answers.TEXTS["TA1"][0].encode()
READERS = (
    Reader("encounters", (
        samples.table(dict(samples.ROW)).encode(), json.dumps(samples.whole()).encode(),
        samples.table(samples.ROW | samples.COLUMNS, more=tuple(samples.COLUMNS)).encode(),
        json.dumps(samples.billed()).encode(),
        "\n".join(json.dumps(one["resource"]) for one in samples.whole()["entry"]).encode(),
    ), _at("rows.csv", lambda path: read_file(path, today=samples.TODAY)), cleans=True),
    Reader("835", (remittance_text(remit_samples.FILE).encode(), _answers("remittance")),
           lambda d, _: read_remittance(d, "f")),
    Reader("837", _claims(), lambda d, _: read_claims(d, "f")),
    Reader("acknowledgements", (_answers("syntax"), _answers("claims"), TA1), lambda d, _: read_acks(d, "f")),
    Reader("277", (test_status.wrap(),), lambda d, _: read_status_answers(d, "f")),
    Reader("kind", (*_claims(), _answers("syntax")), lambda d, _: kind_of(d, "f")),
    Reader("answers", ANSWERS, _at("answers.csv", read_answers)),
    Reader("results", (b"statement,result,detail\n12-A10004,returned,no such number\n",),
           _at("r.csv", read_results), cleans=True),
    Reader("settings", (b'theme = "light"\nmouse = true\ncopy = "osc52"\n',), _in("settings.toml", read_settings)),
    Reader("keys", (b'[keys]\n"denials.write_off" = ["W", "ctrl+w"]\nmoves.down = "j"\n',),
           _in("keys.toml", lambda folder: read_keymap(folder, load_specs()))),
    *CODE_FILES,
    Reader("edit pairs", (PTP,), _codes("ncci-ptp")),
    Reader("unit limits", (MUE,), _codes("ncci-mue")),
)  # fmt: skip

Make = Callable[[bytes], Any]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


COMMANDS: tuple[tuple[str, tuple[bytes, ...], Make], ...] = (
    ("rates", (b"payer,code,rate,from,to,modifiers,term\nPRMUT,G0438,150.00,2026-01-01,,25,annex A\n",),
     lambda d: LoadRates("f", d)),
    ("dispositions", (b"reason,disposition,category,group,remark,payer\n16,denial,records,CO,N290,PRMUT\n",),
     lambda d: LoadDispositions("f", d)),
    ("deposits", (b"amount,trace,payer,date\n100.00,T1,PRMUT,2026-03-09\n",), lambda d: ImportDeposits("f", d)),
    ("site rules", (RULE.encode(),), lambda d: SaveRule(_text(d))),
    ("payers", (b'payer_id = "PRMUT"\nname = "P"\nelectronic = false\nmember_pattern = "[A-Z]+"\n'
                b'[[appeals]]\nname = "first"\nlevel = 1\nfile_days = 60\n',), lambda d: SavePayer(_text(d))),
    ("partners", (PARTNER.encode(),), lambda d: SavePartner(_text(d))),
    ("facility bill", (b'bill_type = "131"\nrevenue = ["0510"]\n',), lambda d: SetFacilityBill("E10001", _text(d))),
)  # fmt: skip
"""Files that become a command: what is not refused is kept."""
