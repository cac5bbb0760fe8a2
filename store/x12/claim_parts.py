"""What claims of both kinds have: attachments, drugs, references, procedures and adjustments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from store.errors import Refused
from store.x12.claim_values import Attachment, Drug
from store.x12.remittance_values import Adjustment
from store.x12.writing import identifier, matching, one_of, optional_words, segment, signed_amount

MAX_MODIFIERS = 4
MAX_ATTACHMENTS = 10
MAX_CAS_SEGMENTS = 5
ADJUSTMENTS_PER_SEGMENT = 6

_ADJUSTMENT_GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
_TRANSMISSIONS = frozenset({"AA", "BM", "EL", "EM", "FT", "FX"})
_DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})
_REPORT = re.compile(r"[0-9A-Z]{2}")
_REASON = re.compile(r"[0-9A-Z]{1,5}")
_COUNT = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,3})?")
_NDC = re.compile(r"[0-9]{11}")
_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")


def attachment_segments(attachments: Sequence[Attachment], where: str) -> str:
    """PWK: at most ten; every way but 'available on request' (AA) needs the number that the paper bears."""
    if len(attachments) > MAX_ATTACHMENTS:
        raise Refused(f"There are {len(attachments)} attachments; at most {MAX_ATTACHMENTS} may be told.", where=where)
    text = ""
    for one in attachments:
        report = matching(_REPORT, one.report, f"{where} report type")
        way = one_of(one.transmission, _TRANSMISSIONS, f"{where} transmission")
        if way == "AA" and not one.control:
            text += segment("PWK", report, way)
        else:
            text += segment("PWK", report, way, "", "", "AC", identifier(one.control, 50, f"{where} control number"))
    return text


def drug_segments(drug: Drug | None, where: str) -> str:
    """Loop 2410: LIN, CTP and REF*XZ.  Hyphens of the code are dropped; it must have eleven digits (5-4-2)."""
    if drug is None:
        return ""
    ndc = matching(_NDC, drug.ndc.replace("-", ""), f"{where} drug code")
    amount = matching(_COUNT, drug.quantity, f"{where} drug quantity")
    unit = one_of(drug.unit, _DRUG_UNITS, f"{where} drug unit")
    return f"LIN**N4*{ndc}~CTP****{amount}*{unit}~" + reference("XZ", drug.prescription, f"{where} prescription")


def reference(qualifier: str, value: str, where: str) -> str:
    """REF with a number that others gave, nothing where there is none."""
    return segment("REF", qualifier, identifier(value, 50, where)) if value else ""


def procedure(code: str, modifiers: Sequence[str], description: str, where: str) -> str:
    """'HC:A0425:LT'; the description stands seventh, whatever modifiers there are."""
    if len(modifiers) > MAX_MODIFIERS:
        what = f"There are {len(modifiers)} modifiers; at most {MAX_MODIFIERS} are allowed."
        raise Refused(what, where=f"{where} modifiers")
    if len(set(modifiers)) < len(modifiers):
        raise Refused("A modifier is there twice.", where=f"{where} modifiers")
    parts = ["HC", matching(_PROCEDURE, code.upper(), f"{where} procedure")]
    parts += [matching(_MODIFIER, one.upper(), f"{where} modifier") for one in modifiers]
    told = optional_words(description, 80, f"{where} description") if description else ""
    if told:
        parts += [""] * (6 - len(parts)) + [told]
    return ":".join(parts)


def adjustment_segments(adjustments: Sequence[Adjustment], where: str) -> str:
    """CAS segments in the order given: one per run of a group, six adjustments in each, at most five segments."""
    segments: list[list[str]] = []
    for one in adjustments:
        group = one_of(one.group, _ADJUSTMENT_GROUPS, f"{where} adjustment group")
        reason = matching(_REASON, one.reason, f"{where} adjustment reason")
        count = matching(_COUNT, one.quantity, f"{where} adjustment quantity") if one.quantity else ""
        triple = [reason, signed_amount(one.cents, f"{where} adjustment"), count]
        if segments and segments[-1][1] == group and len(segments[-1]) < 2 + 3 * ADJUSTMENTS_PER_SEGMENT:
            segments[-1] += triple
        else:
            segments.append(["CAS", group, *triple])
    if len(segments) > MAX_CAS_SEGMENTS:
        what = f"There are {len(segments)} CAS segments; at most {MAX_CAS_SEGMENTS} may be told."
        raise Refused(what, where=where, do="Put adjustments of one group beside each other.")
    return "".join(segment(*one) for one in segments)
