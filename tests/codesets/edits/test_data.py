"""Where reference rows come from, and the demo's visits as a clean set."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from codesets import CodeLibrary
from codesets.edits import CodedEncounter, CodedLine, Diagnosis, Severity, check
from codesets.edits.reference_data import reference_data
from store.demo.templates import Template, templates

DAY = date(2026, 5, 12)


class LoadedRules:
    """Rules as a library with loaded files answers."""

    def loaded(self, system: str, on: date) -> bool:
        return system in ("NCCI PTP", "NCCI MUE", "PFS", "LCD", "NCCI add-on") and on == DAY

    def pair(self, one: str, other: str, _on: date) -> Any:
        return SimpleNamespace(paid=one, denied=other, indicator="0", rationale="invented")

    def unit_limit(self, _code: str, _on: date) -> Any:
        return SimpleNamespace(units=2, adjudication="3")

    def primaries(self, _code: str, _on: date) -> Any:
        return (SimpleNamespace(code="A1000", edit_type="1"),)

    def fee(self, _code: str, _on: date) -> Any:
        return SimpleNamespace(bilateral="1", global_days="010")

    def visit_minutes(self, _on: date) -> dict[str, int]:
        return {"99213": 11}

    def articles(self, _code: str, _on: date) -> Any:
        return (SimpleNamespace(article="A1", groups=(1,)),)

    def covered_groups(self, _article: str, diagnosis: str, _on: date) -> Any:
        return (1,) if diagnosis == "I10" else ()


def data(**given: Any) -> Any:
    library: Any = SimpleNamespace(rules=LoadedRules())
    return reference_data(given, library)


def test_loaded_rows_are_used_where_the_encounter_brings_none() -> None:
    loaded = data()
    assert loaded.has("ptp", DAY)
    assert not loaded.has("ptp", date(2020, 1, 1))
    assert not loaded.has("telehealth", DAY)
    assert loaded.pair("A1000", "A2000", DAY).denied == "A2000"
    assert loaded.unit_limit("A1000", DAY).units == 2
    assert loaded.primaries("A2000", DAY)[0].code == "A1000"
    assert loaded.flags("A1000", DAY).global_days == "010"
    assert (loaded.covered("A1000", ["I10"], DAY), loaded.covered("A1000", ["J189"], DAY)) == (True, False)


def test_the_encounters_own_rows_take_their_place() -> None:
    own = data(ptp=[], mue=[{"code": "a1000", "value": "5", "mai": "2 Date of Service Edit: Policy"}])
    assert own.pair("A1000", "A2000", DAY) is None
    assert (own.unit_limit("A1000", DAY).units, own.unit_limit("A1000", DAY).adjudication) == (5, "2")
    assert own.unit_limit("A2000", DAY) is None
    assert own.flags("A1000", DAY).bilateral == "1"


def visit(template: Template, side: str) -> CodedEncounter:
    """A demo visit as it is coded: the codes and lines of its header, for one side."""
    here = ("", side)
    mark = "RT" if side == "right" else "LT"
    lines = [
        CodedLine(
            number,
            one.code,
            tuple(m.replace("SIDE", mark) for m in one.modifiers.split("+") if m != "-"),
            int(one.units) if one.units.isdigit() else 1,
            tuple(map(int, one.pointers.split(","))),
            template.place,
        )
        for number, one in enumerate((s for s in template.services if s.only in here), start=1)
    ]
    age = 0 if template.in_months else (template.youngest + template.oldest) // 2
    return CodedEncounter(
        dos=DAY,
        birth=date(DAY.year - age, 1, 1),
        sex=template.sex if template.sex in ("F", "M") else "",
        dx=tuple(Diagnosis(one.code, one.phrase) for one in template.evidence if one.only in here),
        lines=tuple(lines),
    )


def test_the_demos_visits_stay_within_the_alert_budget(library: CodeLibrary) -> None:
    found = {
        (template.name, side): check(visit(template, side), library)
        for template in templates()
        for side in ("right", "left")
    }
    loud = {name: [f.edit for f in f] for name, f in found.items() if any(x.severity is not Severity.INFO for x in f)}
    told = sum(map(len, found.values()))
    print(f"{len(found)} demo visits: {len(loud)} with a warning, {told / len(found):.2f} findings each")
    assert len(loud) / len(found) <= 0.30, loud
    assert told / len(found) <= 0.5
