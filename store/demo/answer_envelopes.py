"""The envelopes of the answers: who sends them, to whom, under which numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from store.x12.claim_values import FileControl
from store.x12.writing import day, segment

CLEARINGHOUSE_ID = "PRAIRIECH"
CLEARINGHOUSE_NAME = "PRAIRIE CLEARINGHOUSE"

Body = Sequence[str]
"""The segments of one transaction set between ST and SE, each with its terminator."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One kind of answer: GS01, ST01, the guide's version, and whether ST03 repeats the version."""

    group: str
    set_id: str
    version: str
    in_set: bool = True


SYNTAX = Guide("FA", "999", "005010X231A1")
CLAIMS = Guide("HN", "277", "005010X214")
REMITTANCE = Guide("HP", "835", "005010X221A1", in_set=False)


def interchange(
    guide: Guide, control: FileControl, submitter_id: str, on: date, place: int, sets: Sequence[Body]
) -> str:
    """One interchange of one group; `place` tells apart the answers to one claim file, whose number they start from."""
    number = (control.interchange * 100 + place) % 999_999_999 + 1
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{CLEARINGHOUSE_ID:15}*ZZ*{submitter_id:15}*{day(on)[2:]}*0800*^*00501*"
        f"{number:09d}*0*{control.usage}*:~"
    )
    gs = segment("GS", guide.group, CLEARINGHOUSE_ID, submitter_id, day(on), "0800", str(number), "X", guide.version)
    parts = [isa, gs]
    for n, body in enumerate(sets, 1):
        own = f"{n:04d}"
        parts.append(segment("ST", guide.set_id, own, guide.version if guide.in_set else ""))
        parts += body
        parts.append(segment("SE", str(len(body) + 2), own))
    parts += [segment("GE", str(len(sets)), str(number)), segment("IEA", "1", f"{number:09d}")]
    return "".join(parts)
