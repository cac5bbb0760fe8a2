"""A copy of the library with pairs, unit limits, add-on codes and a fee schedule, in invented files of the published
layouts, loaded by the real loader."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from codesets import load
from codesets.library.place import LIBRARY_NAME

LOADED_ON = date(2026, 1, 1)
_HEAD = "HCPCS,MOD," + ",".join(f"C{number}" for number in range(3, 32))


def _fee(code: str, days: str, bilateral: str = "0") -> str:
    cells = [code, "", "Invented", "A", "", *["1.00"] * 8, "0", days, "0", "0", "0", "0", bilateral, "0", "0", "0", "",
             "32.3465", "09", "0", "99", "0", "0", "0"]  # fmt: skip
    return ",".join(cells)


FILES = (
    ("ncci-ptp", "ccipra-v322r0-f1.txt",
     "CPT only copyright AMA.\t\t\t\t\t\t\r\n"
     "Column 1\tColumn 2\t* = in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
     "G0438\tG0008\t\t20110101\t*\t0\tInvented\r\nJ0696\tG0008\t\t20110101\t*\t1\tInvented\r\n"),
    ("ncci-mue", "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv",
     '"Invented rows",,,\n'
     "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
     "J0696,4,3 Date of Service Edit: Clinical,Invented\nG0438,1,2 Date of Service Edit: Policy,Invented\n"),
    ("ncci-addon", "AOC_V2026Q1.csv", "Add_On_Code,AOC_Edit_Type,Primary_Code\nG2211,1,G0438\n"),
    ("pfs", "PPRRVU26_JAN.csv", "Invented\n" + _HEAD + "\n"
     + "\n".join(_fee(code, days) for code, days in (("G0438", "XXX"), ("G0008", "010"), ("J0696", "090"))) + "\n"),
)  # fmt: skip


def library_with_rules(built: Path) -> Path:
    """The library file, made once for the built library that it stands beside; a parallel run waits for the first."""
    digest = hashlib.sha256(repr((FILES, LOADED_ON)).encode()).hexdigest()[:16]
    target = built.parent / f"rules-{digest}" / LIBRARY_NAME
    target.parent.mkdir(exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with TemporaryDirectory(dir=target.parent) as folder:
                _load(built, Path(folder)).rename(target)
    return target


def _load(built: Path, folder: Path) -> Path:
    target = folder / LIBRARY_NAME
    shutil.copyfile(built, target)
    for kind, name, text in FILES:
        (folder / name).write_text(text, encoding="utf-8", newline="")
        load(kind, folder / name, effective=LOADED_ON, library=target)
    return target
