"""What a file holds of one claim: the segments around its number, as they stand there.

An 837 tells a claim from the level of its subscriber on; a 277CA or 277 by its level, an 835 by its CLP, a 999 by the
segments that have a fault, beside its verdicts on group and set.
"""

from __future__ import annotations

from collections.abc import Iterator

from store.x12.segments import Reader, TransactionSet

_BEGINS = {
    "837": frozenset({"HL", "CLM"}),
    "277": frozenset({"HL"}),
    "835": frozenset({"CLP"}),
    "999": frozenset({"IK3"}),
    "997": frozenset({"AK3"}),
}
_ENDS = frozenset({"SE", "PLB", "IK5", "AK5"})
_VERDICTS = frozenset({"AK1", "AK2", "IK5", "AK5", "AK9", "TA1"})
_PEOPLE = frozenset({"22", "23"})


def excerpt(data: bytes, name: str, number: str) -> list[str]:
    """The segments that speak of the claim with this CLM01, `*` between their elements; `Refused` as by `Reader`."""
    reader = Reader(data, name)
    found: list[str] = []
    for whole in reader.sets():
        found += _of_set(whole, number)
    for interchange in reader.interchanges:
        found += ["*".join(elements) for _, elements in interchange.notices]
    return found


def _of_set(whole: TransactionSet, number: str) -> list[str]:
    found: list[str] = []
    people: list[list[str]] = []  # the levels of subscriber and patient, for whichever of their claims it is
    inner = whole.interchange.separators.component
    for block in _blocks(whole):
        first = block[0]
        if whole.kind == "837" and first[0] == "HL":
            if (len(first) > 3 and first[3] == "22") or (people and len(first) > 3 and first[3] not in _PEOPLE):
                people = []
            people += block
        elif _names(block, number, inner):
            found += ["*".join(one) for one in (*people, *block)]
        elif first[0] in _VERDICTS:
            found += ["*".join(one) for one in block]
    return found


def _blocks(whole: TransactionSet) -> Iterator[list[list[str]]]:
    """The set cut where something new begins; a verdict stands alone."""
    begins = _BEGINS.get(whole.kind, frozenset({"HL"}))
    block: list[list[str]] = []
    for _, elements in whole.segments():
        if elements[0] in begins or elements[0] in _ENDS or elements[0] in _VERDICTS:
            if block:
                yield block
            block = []
        block.append(elements)
        if elements[0] in _VERDICTS:
            yield block
            block = []
    if block:
        yield block


def _names(block: list[list[str]], number: str, inner: str) -> bool:
    return any(number == part.strip() for one in block for element in one[1:] for part in element.split(inner))
