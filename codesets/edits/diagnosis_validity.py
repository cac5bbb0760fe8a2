"""Is every diagnosis a code that may be billed on the day?  Guidelines I.A.2-5, I.B.2, I.B.12."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from codesets.edits.model import CodedEncounter, Edit, Finding, Severity
from codesets.library.model import ValidityStatus
from codesets.library.reader import key_of

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

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


def _by_status(name: str) -> Callable[[CodedEncounter, CodeLibrary], Iterator[Finding]]:
    status, source, clears = _BY_STATUS[name]

    def run(encounter: CodedEncounter, library: CodeLibrary) -> Iterator[Finding]:
        for code in dict.fromkeys(dx.code for dx in encounter.dx):
            answer = library.validity(code, encounter.coded_on)
            if answer.status is status:
                yield Finding(name, Severity.ERROR, (answer.code,), None, answer.message, source, clears)

    return run


def _duplicates(encounter: CodedEncounter, library: CodeLibrary) -> Iterator[Finding]:
    for key, count in Counter(key_of(dx.code) for dx in encounter.dx).items():
        if count > 1 and key:
            entry = library.lookup(key)
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


FAMILY = (*(Edit(name, _by_status(name)) for name in _BY_STATUS), Edit("DX.DUP", _duplicates))
