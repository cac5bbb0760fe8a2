"""A reader of professional claim files for tests alone: it shares nothing with the product's reader and writer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ReadClaim:
    """What a claim file says of one claim, as written; money in cents."""

    number: str
    charge: int
    place: str
    frequency: str
    billing_npi: str
    subscriber: tuple[str, ...]
    patient: tuple[str, ...]
    member: str
    payer: tuple[str, str]
    sequence: str
    relationship: str
    diagnoses: list[str] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, object]] = field(default_factory=list)


def cents(text: str) -> int:
    """Cents of '12.5'."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def read_claims(text: str) -> list[ReadClaim]:
    """The claims of a file in order; relies on the separators * : ~ and on correct envelopes."""
    claims: list[ReadClaim] = []
    state: dict[str, tuple[str, ...]] = {}
    for elements in (part.split("*") for part in text.split("~") if part):
        padded = (*elements, *[""] * 12)
        if elements[0] in {"HL", "ST"}:
            state.pop("QC", None)
            state.pop("CLM", None)
        elif elements[0] in {"SBR", "PAT"}:
            state[elements[0]] = padded
        elif elements[0] == "NM1" and elements[1] in {"85", "IL", "PR", "QC"}:
            state[elements[1]] = padded
        elif elements[0] == "CLM":
            state["CLM"] = padded
            claims.append(_claim(padded, state))
        elif "CLM" in state:
            _more(claims[-1], padded)
    return claims


def _claim(clm: tuple[str, ...], state: dict[str, tuple[str, ...]]) -> ReadClaim:
    place, _, frequency = clm[5].split(":")
    insured = state["IL"]
    patient = state.get("QC", insured)
    relationship = state["SBR"][2] or state["PAT"][1]
    return ReadClaim(
        clm[1], cents(clm[2]), place, frequency, state["85"][9], insured[3:6], patient[3:6], insured[9],
        (state["PR"][3], state["PR"][9]), state["SBR"][1], relationship,
    )  # fmt: skip


def _more(claim: ReadClaim, e: tuple[str, ...]) -> None:
    if e[0] == "HI":
        claim.diagnoses = [part.split(":")[1] for part in e[1:] if part]
    elif e[0] == "NM1":
        claim.parties[e[1]] = e[9]
    elif e[0] == "LX":
        claim.lines.append({})
    elif e[0] == "SV1":
        _, code, *rest = (*e[1].split(":"), *[""] * 5)
        claim.lines[-1] |= {
            "code": code, "modifiers": tuple(one for one in rest[:4] if one), "charge": cents(e[2]), "units": int(e[4]),
            "place": e[5], "pointers": tuple(map(int, e[7].split(":"))),
        }  # fmt: skip
    elif e[0] == "DTP":
        claim.lines[-1]["day"] = e[3]
    elif e[0] == "REF" and e[1] == "6R":
        claim.lines[-1]["control"] = e[2]
    elif e[0] == "REF":
        claim.references[e[1]] = e[2]
