"""The component separator that a set really uses, where ISA16 lies.

Some systems leave ':' in ISA16 and write 'HC>A0425>LT'.  Where every composite that must have parts shows one and the
same other character, and none shows the declared one, that character is the separator.  A set that uses both is left
as declared, and its readers refuse the composites that they can't take apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from store.x12.separators import Separators

_COMPOSITES = {"CLM": 5, "HI": 1, "STC": 1, "SV1": 1, "SV2": 2, "SVC": 1}
_KINDS = frozenset({"277", "835", "837"})
_LIKELY = frozenset(":<>^|\\!&+;@#%")
_PLACES = frozenset({2, 3})  # a composite begins with a code of two or three characters


def component_of(kind: str, texts: Iterable[str], declared: Separators) -> str:
    """The component separator of a set of this `kind` (ST01)."""
    if kind not in _KINDS:
        return declared.component
    seen = ""
    for text in texts:
        name = text[:4].partition(declared.element)[0]
        place = _COMPOSITES.get(name.upper(), 0)
        if not place:
            continue
        elements = text.split(declared.element, place + 1)
        composite = elements[place] if len(elements) > place else ""
        if declared.component in composite:
            return declared.component
        mark = _mark(composite)
        if mark and seen and mark != seen:
            return declared.component
        seen = mark or seen
    return seen or declared.component


def _mark(composite: str) -> str:
    """The first character that is no letter or digit, where it can be a separator."""
    for n, letter in enumerate(composite):
        if not letter.isalnum():
            return letter if n in _PLACES and letter in _LIKELY else ""
    return ""
