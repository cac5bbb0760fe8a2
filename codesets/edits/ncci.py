"""National Correct Coding Initiative: pairs, unit limits, add-on codes (CMS NCCI policy manual, chapter 1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from codesets.edits.case import Case
from codesets.edits.model import CodedLine, Edit, Finding, Severity
from codesets.library.rules import Pair
from codesets.tables import read_table

_CONTRACTOR = "CCCCC"
_ADD_ON_DAYS = "ZZZ"
_NEVER, _WITH_MODIFIER = "0", "1"


@lru_cache(maxsize=1)
def ncci_modifiers() -> frozenset[str]:
    """The modifiers that NCCI accepts on a pair."""
    return frozenset(code for row in read_table("edit_ncci_modifiers") for code in row["codes"].split())


def _pairs(case: Case) -> Iterator[Finding]:
    for one, other in combinations((*case.encounter.lines, *case.elsewhere), 2):
        if not one.line:
            continue  # both stand elsewhere
        day = case.day_of(one)
        if day != case.day_of(other) or one.code == other.code:
            continue
        pair = case.data.pair(one.code, other.code, day)
        if pair:
            yield from _pair_finding(pair, one, other)


def _pair_finding(pair: Pair, one: CodedLine, other: CodedLine) -> Iterator[Finding]:
    denied, paid = (one, other) if one.code.upper() == pair.denied else (other, one)
    excused = ncci_modifiers() & {*one.modifiers, *other.modifiers}
    if pair.indicator == _NEVER or (pair.indicator == _WITH_MODIFIER and not excused):
        never = pair.indicator == _NEVER
        apart = "" if one.line and other.line else " (of another encounter)"
        unless = "no modifier changes that" if never else "unless a modifier says why"
        yield Finding(
            "PX.PTP",
            Severity.ERROR if never else Severity.WARN,
            (paid.code, denied.code),
            denied.line or paid.line,
            f"{denied.code} is not paid beside {paid.code} on the same day{apart}, {unless}.",
            f"NCCI pair {pair.paid}/{pair.denied}, modifier indicator {pair.indicator}. {pair.rationale}".strip(),
            f"{denied.code} is removed"
            + ("" if never else ", or a modifier that the record supports is added to either"),
            overridable=not never,
        )


def _unit_limits(case: Case) -> Iterator[Finding]:
    days: dict[tuple[str, date], list[CodedLine]] = defaultdict(list)
    for line in case.encounter.lines:
        days[line.code.upper(), case.day_of(line)].append(line)
    for (code, day), lines in days.items():
        limit = case.data.unit_limit(code, day)
        if limit is None:
            continue
        per_line = limit.adjudication == "1"
        counted = [(line, Decimal(line.units)) for line in lines]
        if not per_line:
            other = [Decimal(line.units) for line in case.elsewhere if (line.code, line.dos) == (code, day)]
            counted = [(lines[-1], sum((*other, *(units for _, units in counted)), Decimal(0)))]
        for line, units in counted:
            if units > limit.units:
                yield _limit_finding(code, line, units, limit.units, limit.adjudication)


def _limit_finding(code: str, line: CodedLine, units: Decimal, most: int, adjudication: str) -> Finding:
    absolute = adjudication == "2"
    span = "on a line" if adjudication == "1" else "on one day"
    return Finding(
        "PX.MUE",
        Severity.ERROR if absolute else Severity.WARN,
        (code,),
        line.line,
        f"{code} has {units} units; {most} at most are paid {span}.",
        f"NCCI unit limit {most}, adjudication indicator {adjudication}",
        f"at most {most} units are billed {span}" + ("" if absolute else ", or the record supports more"),
        overridable=not absolute,
    )


def _add_ons(case: Case) -> Iterator[Finding]:
    for line in case.encounter.lines:
        day = case.day_of(line)
        others = [o for o in (*case.encounter.lines, *case.elsewhere) if o is not line]
        beside = {o.code.upper() for o in others if case.day_of(o) == day}
        primaries = case.data.primaries(line.code, day)
        flags = case.data.flags(line.code, day)
        if primaries and not beside & {primary.code for primary in primaries}:
            open_list = any(p.edit_type == "2" or p.code == _CONTRACTOR for p in primaries)
            yield _add_on_finding(line, Severity.INFO if open_list else Severity.WARN, "NCCI add-on code edits")
        elif not primaries and flags and flags.global_days == _ADD_ON_DAYS and not beside:
            yield _add_on_finding(line, Severity.WARN, "Medicare fee schedule, global days ZZZ: an add-on code")


def _add_on_finding(line: CodedLine, severity: Severity, source: str) -> Finding:
    message = f"{line.code} adds to another procedure; none that it goes with is billed that day."
    clears = "the primary procedure is billed on the same day, or the line is removed"
    return Finding("PX.ADDON", severity, (line.code,), line.line, message, source, clears, overridable=True)


FAMILY = (
    Edit("PX.PTP", _pairs, "two procedures that are not paid together", Severity.ERROR),
    Edit("PX.MUE", _unit_limits, "more units than are paid on a line or a day"),
    Edit("PX.ADDON", _add_ons, "an add-on code without its primary procedure"),
)
