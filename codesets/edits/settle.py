"""One thing is said once: which findings give way to others about the same codes."""

from __future__ import annotations

from codesets.edits.model import Finding

#: For the same pair of codes the first is kept and the others go.
_PAIRS = (
    ("DX.EX1", ("DX.SYMPTOM", "DX.EX2")),
    ("DX.HTN_COMBO", ("DX.CODE_FIRST", "DX.USE_ADDL", "DX.CODE_ALSO")),
    ("DX.SEQUELA", ("DX.CODE_FIRST",)),
    ("DX.POISON_ORDER", ("DX.CODE_FIRST", "DX.USE_ADDL")),
    ("DX.MANIF_FIRST", ("DX.CODE_FIRST",)),
    ("DX.CODE_FIRST", ("DX.USE_ADDL", "DX.CODE_ALSO")),
    ("DX.OB_ORDER", ("DX.CODE_FIRST",)),
    ("DX.DUP", ("DX.LATERALITY",)),
    ("DX.LATERALITY", ("DX.UNSPEC",)),
    ("DX.BMI", ("DX.USE_ADDL",)),
)


def settled(found: list[Finding]) -> list[Finding]:
    """The findings without repeats and without those that another one already explains."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        kept.setdefault((finding.edit, frozenset(finding.codes), finding.line, finding.source), finding)
    findings = list(kept.values())
    return [finding for finding in findings if not any(_explains(other, finding) for other in findings)]


def _explains(one: Finding, other: Finding) -> bool:
    """Does one finding say what another says, about all of its codes?"""
    lesser = next((names for name, names in _PAIRS if name == one.edit), ())
    return other.edit in lesser and set(other.codes) <= set(one.codes)
