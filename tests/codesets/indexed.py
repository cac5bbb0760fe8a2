"""A copy of the library with a small invented Alphabetic Index, read from the published layout by the real reader.

The search is not built anew for it, which takes half a minute: `test_load` does that once.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from codesets.library.build import silent
from codesets.library.collect import release_row
from codesets.library.fill import Writer, writing
from codesets.library.index_rows import index_rows
from codesets.library.kinds import KINDS
from codesets.library.load import releases_in
from codesets.library.place import LIBRARY_NAME
from codesets.releases.icd10cm_index import read_index

INDEX = """<?xml version="1.0"?><ICD10CM.index><version>2026</version><letter><title>B</title>
<mainTerm><title>Breathing badness<nemod>(nocturnal)</nemod></title><code>J45.9-</code></mainTerm></letter>
<letter><title>W</title><mainTerm><title>Wheezy chest</title><see>Windpipe, narrow, lasting</see></mainTerm>
<mainTerm><title>Windpipe</title><term level="1"><title>narrow</title><code>J45.909</code><term level="2">
<title>lasting</title><code>J45.30</code><term level="3"><title>with worsening (acute)</title><code>J45.31</code>
</term></term></term></mainTerm>{more}</letter></ICD10CM.index>"""
_MORE = "".join(f"<mainTerm><title>Invented {n}</title><code>A00.{n % 2}</code></mainTerm>" for n in range(50))


def library_with_index(built: Path, folder: Path) -> Path:
    """The folder of the copy."""
    folder.mkdir()
    source = folder / "icd10cm-index.xml"
    source.write_text(INDEX.format(more=_MORE), encoding="utf-8")
    target = folder / LIBRARY_NAME
    shutil.copyfile(built, target)
    (item,) = releases_in(KINDS["icd10cm-index"], source, date(2025, 10, 1), "2026-01-01")
    terms = list(read_index(item.members[0]))
    with writing(target) as connection:
        writer = Writer(connection, 1, silent)
        number = writer.next_id("release")
        writer.insert("release", [release_row(number, item) | {"lines": len(terms)}])
        writer.insert("indexterm", index_rows({item.part: [(number, terms)]}))
    return folder


def library_with_procedure(built: Path, folder: Path, code: str) -> Path:
    """The folder of a copy that has one procedure code more, of a set without a tree."""
    folder.mkdir()
    target = folder / LIBRARY_NAME
    shutil.copyfile(built, target)
    given = {"release": 1, "system": "HCPCS", "code": code, "key": code, "title": "Invented procedure"}
    with writing(target) as connection:
        writer = Writer(connection, 1, silent)
        row = given | {"billable": True, "node": 0, "seventh": None, "valid_from": "2025-10-01", "valid_to": None}
        writer.insert("code", [row | {"id": writer.next_id("code")}])
    return folder
