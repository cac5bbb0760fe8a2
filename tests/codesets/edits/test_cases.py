"""The documented cases: every rule where it has to speak and where it has to be silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codesets import CodeLibrary
from codesets.edits import check, edits
from codesets.edits.exchange import read_encounter

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]
#: Counted by themselves: what fits on the claim.
COUNTED = {"FORM.DX", "FORM.LINES", "FORM.MODIFIERS"}


def told(case: dict[str, Any]) -> str:
    codes = "+".join(dx["code"] for dx in case["encounter"]["dx"])
    return f"{case['rule']}-{'fires' if case['fires'] else 'silent'}-{codes}"


@pytest.mark.parametrize("case", CASES, ids=told)
def test_a_rule_speaks_where_it_must_and_nowhere_else(library: CodeLibrary, case: dict[str, Any]) -> None:
    found = [f for f in check(read_encounter(case["encounter"]), library) if f.edit == case["rule"]]
    assert bool(found) is case["fires"], [f.message for f in found]
    if "severity" in case:
        assert {str(f.severity) for f in found} == {case["severity"]}


def test_every_rule_has_a_case_of_both_kinds() -> None:
    for fires in (True, False):
        seen = {case["rule"] for case in CASES if case["fires"] is fires}
        assert set(edits()) - seen <= COUNTED


def test_excludes1_is_found_and_raises_no_false_alarm(library: CodeLibrary) -> None:
    results = [
        (case["fires"], any(f.edit == "DX.EX1" for f in check(read_encounter(case["encounter"]), library)))
        for case in CASES
        if case["rule"] == "DX.EX1"
    ]
    due, silent = [got for fires, got in results if fires], [got for fires, got in results if not fires]
    assert sum(due) / len(due) >= 0.97
    assert sum(silent) / len(silent) <= 0.01
