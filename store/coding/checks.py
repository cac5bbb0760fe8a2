"""What is checked before a code is taken and again before the encounter is finished."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codesets import CodeEntry
from codesets.edits import Finding, Severity, check, check_code
from codesets.edits.form import most_diagnoses
from store.coding import access
from store.coding.case import coded, whole_case
from store.errors import Refused
from store.tables import Encounter, Patient
from store.work.command import Change

_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)


def findings(change: Change, encounter: Encounter) -> tuple[Finding, ...]:
    """Every finding on the encounter as it stands."""
    return check(whole_case(change.session, change.codes, encounter), change.codes)


def accept_diagnosis(change: Change, encounter: Encounter, code: str) -> CodeEntry:
    """The code as the library writes it, refused if it alone could not stand on this encounter."""
    present = access.diagnoses(change, encounter.id)
    most = most_diagnoses(encounter.setting)
    if len(present) >= most:
        raise Refused(f"A claim has at most {most} diagnoses.")
    patient = change.get(Patient, encounter.patient_id)
    stops = [found for found in check_code(code, coded(encounter, patient, [], []), change.codes) if _stops(found)]
    if stops:
        raise Refused(stops[0].message, do=stops[0].clears_when)
    entry = change.codes.lookup(code, on=encounter.discharge_date or encounter.service_date)
    if entry is None:
        raise Refused(f"{code[:20]!r} is not an ICD-10-CM code.")
    if any(row.code == entry.code for row in present):
        raise Refused(f"{entry.code} is already on the encounter.")
    return entry


def accept_modifiers(modifiers: Sequence[str]) -> str:
    """At most four different two-character modifiers, joined by commas."""
    cleaned = [modifier.strip().upper() for modifier in modifiers if modifier.strip()]
    for modifier in cleaned:
        if not _MODIFIER.fullmatch(modifier):
            raise Refused(f"{modifier[:10]!r} is not a modifier: two letters or digits.")
    if len(cleaned) > 4:
        raise Refused("A line has at most 4 modifiers.")
    if len(set(cleaned)) != len(cleaned):
        raise Refused("A modifier stands only once on a line.")
    return ",".join(cleaned)


def require_finishable(
    change: Change, encounter: Encounter, override: str = "", settled: frozenset[str] = frozenset()
) -> None:
    """Refuse to finish with the first thing that stops it.

    A reason in `override` passes what may be overridden: conditions that exclude each other may be unrelated
    (guideline I.A.12.a); nothing else.  Between `settled` codes that was reasoned before.
    """
    if not access.diagnoses(change, encounter.id):
        raise Refused("There is no diagnosis yet.", do="Press i to search one.")
    if not access.lines(change, encounter.id):
        raise Refused("There is no procedure line yet.", do="Press h to search one.")
    stops = [found for found in findings(change, encounter) if _stops(found)]
    if override:
        stops = [found for found in stops if not found.overridable]
    stops = [found for found in stops if not (found.overridable and settled.issuperset(found.codes))]
    if stops:
        more = f" ({len(stops) - 1} more)" if len(stops) > 1 else ""
        help_ = "O overrides it with a reason. " if stops[0].overridable else ""
        raise Refused(f"{stops[0].message}{more}", do=f"{help_}Cleared when {stops[0].clears_when}.")


def _stops(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR
