"""Coverage articles of Medicare contractors: the comma-separated tables of the coverage database.

`article.csv` has the articles, `article_x_hcpc_code.csv` the procedures each is about,
`article_x_icd10_covered.csv` and `article_x_icd10_noncovered.csv` its diagnoses by group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codesets.releases.delimited import Columns, Record, header_of, iso_date, read_records
from codesets.releases.files import Member

Row = dict[str, Any]
_ARTICLE: Columns = {
    "article": ("articleid",), "title": ("title",), "start": ("articleeffdate", "effectivedate"),
    "end": ("articleenddate", "retirementdate", "dateretired"),
}  # fmt: skip
_PROCEDURE: Columns = {"article": ("articleid",), "code": ("hcpccodeid", "hcpcscodeid")}
_DIAGNOSIS: Columns = {
    "article": ("articleid",), "code": ("icd10codeid",), "part": ("icd10coveredgroup", "icd10noncoveredgroup"),
}  # fmt: skip
_TABLES = (
    ("diagnosis", _DIAGNOSIS, ("article", "code", "part")),
    ("procedure", _PROCEDURE, ("article", "code")),
    ("article", _ARTICLE, ("article", "title")),
)


def _table_of(head: bytes) -> str | None:
    return next((name for name, columns, required in _TABLES if header_of(head, columns, required)), None)


def is_lcd(head: bytes, name: str) -> bool:
    """Does a file hold one of the four tables?"""
    return name.lower().endswith((".csv", ".txt")) and _table_of(head) is not None


def read_lcd(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `policy`, `policyprocedure` or `policydiagnosis`."""
    table = _table_of(member.head())
    if table == "article":
        for record in read_records(member, _ARTICLE, ("article", "title")):
            yield "policy", _article(record, f"{member.name}, line {record.line}")
    elif table == "procedure":
        for record in read_records(member, _PROCEDURE, ("article", "code")):
            yield "policyprocedure", {"article": record["article"], "code": record["code"]}
    elif table == "diagnosis":
        covered = "noncovered" not in member.name.lower()
        for record in read_records(member, _DIAGNOSIS, ("article", "code")):
            part = int(record["part"]) if record["part"].isdecimal() else 0
            row = {"article": record["article"], "part": part, "covered": covered}
            yield "policydiagnosis", row | {"code": record["code"].replace(".", "")}


def _article(record: Record, where: str) -> Row:
    return {
        "article": record["article"],
        "title": record["title"],
        "valid_from": iso_date(record["start"][:10], f"{where}, field start"),
        "valid_to": iso_date(record["end"][:10], f"{where}, field end"),
    }
