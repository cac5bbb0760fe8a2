"""Limits and fields that claims of both kinds share: numbers, frequency, diagnoses, the payer's own number."""

from __future__ import annotations

import re

from store.errors import Refused
from store.x12.writing import identifier, matching, one_of, own_number, segment

MAX_CONTROL_NUMBER = 20
"""CLM01 comes back whole in the 835 only up to this length."""

_FREQUENCIES = frozenset("178")
_INSTITUTIONAL_FREQUENCIES = frozenset("012345789")
_ASSIGNMENTS = frozenset("ABC")
_BENEFITS = frozenset("NWY")
_RELEASES = frozenset("IY")
_DELAYS = frozenset({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"})
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")


def control_number(text: str) -> str:
    """CLM01, which must come back exactly as it went."""
    return own_number(text, MAX_CONTROL_NUMBER, "CLM01")


def frequency_of(text: str, *, institutional: bool = False) -> str:
    """CLM05-3; an institutional claim may also be an interim one."""
    return one_of(text, _INSTITUTIONAL_FREQUENCIES if institutional else _FREQUENCIES, "frequency")


def agreement(assignment: str, benefits: str, release: str) -> str:
    """CLM07 to CLM09; benefits are the provider's unless assignment is not accepted."""
    accepted = one_of(assignment, _ASSIGNMENTS, "assignment")
    own = one_of(benefits, _BENEFITS, "benefits") if benefits else usual_benefits(accepted)
    return f"{accepted}*{own}*{one_of(release, _RELEASES, 'release of information')}"


def usual_benefits(assignment: str) -> str:
    """CLM08 that follows from CLM07."""
    return "N" if assignment == "C" else "Y"


def delay(reason: str) -> str:
    """CLM20, why the claim is late."""
    return one_of(reason, _DELAYS, "delay reason") if reason else ""


def payer_control_segment(frequency: str, payer_control: str) -> str:
    """REF*F8: the payer's number of the claim that is replaced or voided (RFI 1538)."""
    if frequency not in {"7", "8"}:
        return ""
    if not payer_control:
        what = f"A claim with frequency {frequency} needs the payer's claim number (REF*F8)."
        raise Refused(what, where="payer control", do="Take it from the remittance of the first claim.")
    return segment("REF", "F8", identifier(payer_control, 50, "payer control"))


def diagnosis_codes(written: tuple[str, ...], limit: int, *, where: str = "diagnosis") -> list[str]:
    """Codes without dots, each once; `where` and the number from 1 name the one that is wrong."""
    codes: list[str] = []
    if len(written) > limit:
        raise Refused(f"There are {len(written)}; at most {limit} may be told.", where=where)
    for number, text in enumerate(written, 1):
        place = f"{where} {number}"
        code = matching(_DIAGNOSIS, text.replace(".", "").strip().upper(), place)
        if code in codes:
            raise Refused(f"{text!r} is there twice.", where=place, do="Take one away and rewrite the pointers.")
        codes.append(code)
    return codes
