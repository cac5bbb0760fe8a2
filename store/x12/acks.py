"""Reads acknowledgement files: TA1 (interchange), 999 (005010X231A1) and 997 (syntax), 277CA (005010X214, claims).

    for interchange, told in walk_acks(Reader(data, "june.999")):   # one claim or fault in memory at a time
    file = read_acks(data, "june.999")                              # all of it

What is told may be used only when the whole file was walked, since the fault may come last.  One file may hold several
of them.  An acceptance is read only from a code that says so: an unknown status is refused, never taken for yes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from store.errors import Refused
from store.x12.ack_claims import walk_claim_acks
from store.x12.ack_values import (
    Ack,
    AckFile,
    BatchClaim,
    ClaimAck,
    ClaimAckSet,
    GroupAck,
    InterchangeAck,
    SetAck,
    SetFault,
    SyntaxFault,
)
from store.x12.fields import Fields
from store.x12.kinds import kind_of_set
from store.x12.segments import Interchange, Reader, TransactionSet, place

_INTERCHANGE_STATUSES = frozenset("AER")
_SET_STATUSES = frozenset("AEMRWX")
_GROUP_STATUSES = frozenset("AEMPRWX")
_CLOSES_A_FAULT = frozenset({"AK2", "IK3", "AK3", "IK5", "AK5", "AK9", "SE"})
_OURS = "CLM01"  # the name of the unit of business that a 999 for claims repeats


def walk_acks(reader: Reader) -> Iterator[tuple[Interchange, Ack]]:
    """What a file says, bit by bit, each with the interchange that it came in; the TA1 last.

    Faults come before the `GroupAck` of their group, claims before the `ClaimAckSet` of their batch; neither of these
    holds them.  `Refused` telling what the file is where it is none.
    """
    for whole in reader.sets():
        kind = kind_of_set(whole)
        if kind in {"999", "997"}:
            told: Iterator[Ack] = _SyntaxReader(whole).walk()
        elif kind == "277CA":
            told = walk_claim_acks(whole)
        else:
            where = place(reader.name, whole.segment, "ST")
            raise Refused(f"This is no acknowledgement: it is a {kind[:10]}.", where=where, do=_advice(kind))
        for one in told:
            yield whole.interchange, one
    for interchange in reader.interchanges:
        for ack in _interchange_acks(interchange, reader.name):
            yield interchange, ack


def read_acks(data: bytes, name: str = "") -> AckFile:
    """Everything that an acknowledgement file says; `Refused` telling what the file is where it is none."""
    reader = Reader(data, name)
    interchanges: list[InterchangeAck] = []
    groups: list[GroupAck] = []
    claim_sets: list[ClaimAckSet] = []
    faults: dict[int, list[SyntaxFault]] = defaultdict(list)
    claims: list[ClaimAck] = []
    for _, told in walk_acks(reader):
        if isinstance(told, SetFault):
            faults[told.place].append(told.fault)
        elif isinstance(told, GroupAck):
            sets = (replace(one, errors=tuple(faults[n])) for n, one in enumerate(told.sets))
            groups.append(replace(told, sets=tuple(sets)))
            faults.clear()
        elif isinstance(told, BatchClaim):
            claims.append(told.claim)
        elif isinstance(told, ClaimAckSet):
            claim_sets.append(replace(told, claims=tuple(claims)))
            claims.clear()
        else:
            interchanges.append(told)
    return AckFile(
        sender=reader.interchanges[0].sender,
        interchange_controls=tuple(one.control for one in reader.interchanges),
        interchanges=tuple(interchanges),
        groups=tuple(groups),
        claim_sets=tuple(claim_sets),
        notices=tuple(reader.notices),
    )


def _advice(kind: str) -> str:
    return "Read it as a remittance." if kind == "835" else ""


def _interchange_acks(interchange: Interchange, name: str) -> list[InterchangeAck]:
    acks = []
    for number, elements in interchange.notices:
        control, status, note = (elements[n] if len(elements) > n else "" for n in (1, 4, 5))
        if not control or status not in _INTERCHANGE_STATUSES:
            where = place(name, number, "TA1")
            raise Refused(f"TA104 is {status[:20]!r}; A, E or R is wanted with a control number.", where=where)
        acks.append(InterchangeAck(control, status, note))
    return acks


@dataclass(slots=True)
class _Fault:
    """IK3 with its CTX and IK4 segments."""

    segment_id: str
    position: int
    loop: str
    code: str
    claim: str = ""
    elements: list[tuple[str, str, str]] = field(default_factory=list)

    def values(self) -> list[SyntaxFault]:
        return [
            SyntaxFault(self.segment_id, self.position, self.loop, self.code, *element, self.claim)
            for element in self.elements or [("", "", "")]
        ]


class _SyntaxReader:
    """One 999 or 997: AK1, then per set AK2, faults, IK5 (AK5), then AK9."""

    def __init__(self, whole: TransactionSet) -> None:
        self._fields = Fields(whole)
        self._group = ""
        self._sets: list[SetAck] = []
        self._open: str | None = None
        self._fault: _Fault | None = None
        self._takers: dict[str, Callable[[], None]] = {
            "AK1": self._ak1, "AK2": self._ak2, "IK3": self._ik3, "AK3": self._ik3, "IK4": self._ik4,
            "AK4": self._ik4, "CTX": self._ctx, "IK5": self._ik5, "AK5": self._ik5,
        }  # fmt: skip

    def walk(self) -> Iterator[Ack]:
        """The faults, then the group that is acknowledged; `Refused` where its verdict or that of a set is missing."""
        done: GroupAck | None = None
        for found in self._fields:
            if done and found != "SE":
                raise self._fields.refuse(f"{found[:10]} stands after the verdict on the group (AK9).")
            if found in _CLOSES_A_FAULT:
                yield from self._close()
            if found == "AK9":
                done = self._ak9()
            elif found in self._takers:
                self._takers[found]()
        if done is None:
            raise self._fields.refuse("The verdict on the group (AK9) is missing.")
        yield done

    def _close(self) -> Iterator[SetFault]:
        fault, self._fault = self._fault, None
        if fault is not None:
            for value in fault.values():
                yield SetFault(self._group, self._open or "", len(self._sets), value)

    def _ak1(self) -> None:
        self._group = self._fields.needed(2)

    def _ak2(self) -> None:
        self._no_open_set()
        self._open = self._fields.needed(2)

    def _ik3(self) -> None:
        fields = self._fields
        self._needs_open_set()
        self._fault = _Fault(fields.text(1), fields.count(2), fields.text(3), fields.text(4))

    def _ik4(self) -> None:
        fields = self._fields
        if self._fault is None:
            raise fields.refuse(f"{fields.id} stands without a segment that it belongs to.")
        # The bad value is the sender's: it may hold the component separator, so it is not taken apart.
        self._fault.elements.append((fields.text(1), fields.text(3), fields.text(4)))

    def _ctx(self) -> None:
        unit, *value = self._fields.parts(1)
        if self._fault and unit.upper() == _OURS and value:
            self._fault.claim = value[0]

    def _ik5(self) -> None:
        self._needs_open_set()
        status = self._status(_SET_STATUSES)
        self._sets.append(SetAck(self._open or "", status, codes=self._codes(2, 7)))
        self._open = None

    def _ak9(self) -> GroupAck:
        fields = self._fields
        self._no_open_set()
        if not self._group:
            raise fields.refuse("The group that is answered (AK1) is missing.")
        status = self._status(_GROUP_STATUSES)
        received, accepted = fields.count(3), fields.count(4)
        if accepted > received:
            raise fields.refuse(f"AK9 accepts {accepted} of {received} transaction sets.")
        return GroupAck(self._group, status, received, accepted, tuple(self._sets), self._codes(5, 10))

    def _status(self, allowed: frozenset[str]) -> str:
        status = self._fields.needed(1)
        if status not in allowed:
            raise self._fields.refuse(f"{self._fields.name(1)} is {status[:20]!r}, which is no verdict.")
        return status

    def _codes(self, first: int, end: int) -> tuple[str, ...]:
        return tuple(code for code in map(self._fields.text, range(first, end)) if code)

    def _needs_open_set(self) -> None:
        if self._open is None:
            raise self._fields.refuse(f"{self._fields.id} stands outside a transaction set (AK2).")

    def _no_open_set(self) -> None:
        if self._open is not None:
            raise self._fields.refuse(f"The verdict on transaction set {self._open} (IK5) is missing.")
