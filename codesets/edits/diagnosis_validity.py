"""Is every diagnosis a code that may be billed on the day?  Guidelines I.A.2-5, I.B.2, I.B.12."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from codesets.edits.case import Case
from codesets.edits.model import Edit, Finding, Severity
from codesets.library.model import ValidityStatus
from codesets.library.reader import key_of

_BY_STATUS = {
    "DX.INVALID": (ValidityStatus.UNKNOWN, "ICD-10-CM code set", "the code is replaced by one of the code set"),
    "DX.NOT_BILLABLE": (
        ValidityStatus.HEADER,
        "ICD-10-CM Guidelines I.B.2: code to the highest number of characters",
        "the code is replaced by a complete one below it",
    ),
    "DX.7TH": (
        ValidityStatus.SEVENTH,
        "ICD-10-CM Guidelines I.A.4 (placeholder X) and I.A.5 (7th characters)",
        "the 7th character stands in the 7th place and is one the code takes",
    ),
    "DX.DATE": (
        ValidityStatus.NOT_IN_FORCE,
        "ICD-10-CM release dates: codes go by the date of service, for inpatients the discharge",
        "the code is replaced by one in force on the date",
    ),
}


def _by_status(name: str) -> Callable[[Case], Iterator[Finding]]:
    status, source, clears = _BY_STATUS[name]

    def run(case: Case) -> Iterator[Finding]:
        for code in dict.fromkeys(dx.code for dx in case.encounter.dx):
            answer = case.validity(code)
            if answer.status is status:
                yield Finding(name, Severity.ERROR, (answer.code,), None, answer.message, source, clears)

    return run


def _out_of_force(case: Case) -> Iterator[Finding]:
    """Codes that are not in force on the day, and headings of the day that were codes before it."""
    yield from _by_status("DX.DATE")(case)
    _, source, clears = _BY_STATUS["DX.DATE"]
    for code in dict.fromkeys(dx.code for dx in case.encounter.dx):
        if case.validity(code).status is ValidityStatus.HEADER:
            earlier = [row.entry() for row in case.library.code_rows(code, "ICD10CM") if row.billable]
            if earlier:
                message = f"{earlier[0].code} was a code until {earlier[0].valid_to}; since then it has codes below it."
                yield Finding("DX.DATE", Severity.ERROR, (earlier[0].code,), None, message, source, clears)


def _duplicates(case: Case) -> Iterator[Finding]:
    for key, count in Counter(key_of(dx.code) for dx in case.encounter.dx).items():
        if count > 1 and key:
            entry = case.library.lookup(key)
            code = entry.code if entry else key
            yield Finding(
                "DX.DUP",
                Severity.ERROR,
                (code,),
                None,
                f"{code} is listed {count} times.",
                "ICD-10-CM Guidelines I.B.12: a code is reported once for an encounter",
                "the code is listed once",
            )


_ABOUT = {
    "DX.INVALID": "a code that the code set does not have",
    "DX.NOT_BILLABLE": "a heading where a complete code is needed",
    "DX.7TH": "a 7th character or placeholder that is missing, misplaced or not allowed",
    "DX.DATE": "a code that is not in force on the date",
}
FAMILY = (
    *(
        Edit(name, _by_status(name), _ABOUT[name], Severity.ERROR, alone=True)
        for name in _BY_STATUS
        if name != "DX.DATE"
    ),
    Edit("DX.DATE", _out_of_force, _ABOUT["DX.DATE"], Severity.ERROR, alone=True),
    Edit("DX.DUP", _duplicates, "the same code twice", Severity.ERROR, alone=True),
)
