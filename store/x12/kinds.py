"""What an X12 file is, told by its first envelope."""

from __future__ import annotations

from store.errors import Refused
from store.x12.segments import Reader, TransactionSet

_BY_GUIDE = {
    "837": {"X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D"},
    "277": {"X214": "277CA", "X167": "277CA"},
}


def kind_of_set(whole: TransactionSet) -> str:
    """'837P', '837I', '837D', '277CA', else ST01 itself: '835', '999', '997', '277', '270', '837', ...

    Claim files and claim acknowledgements share their ST01 with others; the guide's number in ST03 or GS08 tells.
    """
    for version in (whole.version, whole.group.version):
        for guide, kind in _BY_GUIDE.get(whole.kind, {}).items():
            if guide in version.upper():
                return kind
    return whole.kind


def kind_of(data: bytes, name: str = "") -> str:
    """The kind of the first transaction set, 'TA1' for a file with nothing else; `Refused` where it is no whole X12.

    Only the envelopes up to the end of the first set are checked here.
    """
    reader = Reader(data, name)
    for whole in reader.sets():
        return kind_of_set(whole)
    if any(one.notices for one in reader.interchanges):
        return "TA1"
    raise Refused("The file holds no transaction set.", where=name or "file")
