"""Use disorders: mild is abuse, moderate and severe are dependence; in remission each has its own code.

The notes and terms at F10 to F19 (ICD-10-CM tabular list), guideline I.C.5.b.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_PLAIN = re.compile(r"(F1[0-689])([129])0")
_NICOTINE = re.compile(r"(F172[0129])0")
_REMISSION = "remission"
_ABUSE, _DEPENDENCE = "1", "2"


def of_use(key: str, said: Collection[str]) -> str:
    """The key of a use disorder by the severity and the remission that are said; any other key as it is."""
    if (nicotine := _NICOTINE.fullmatch(key)) and _REMISSION in said:
        return f"{nicotine[1]}1"
    plain = _PLAIN.fullmatch(key)
    if plain is None:
        return key
    kind = plain[2]
    if "disorder" in said:
        severe = not {"moderate", "severe"}.isdisjoint(said)
        kind = _DEPENDENCE if severe else _ABUSE if "mild" in said else kind
    ends = "1" if _REMISSION in said and kind in (_ABUSE, _DEPENDENCE) else "0"
    return f"{plain[1]}{kind}{ends}"
