"""The 277CA: what was said of a batch, of each provider in it and of each claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from store.x12.ack_values import ACCEPTING, REJECTING, BatchClaim, ClaimAck, ClaimAckSet, ClaimStatus, ProviderAck
from store.x12.fields import Fields
from store.x12.segments import TransactionSet

ACCEPTED, REJECTED = "WQ", "U"
_STATUSES = (1, 10, 11)
_SOURCE, _RECEIVER, _PROVIDER, _PATIENT = "20", "21", "19", "PT"


@dataclass(slots=True)
class _Level:
    """One HL: `trace` is the TRN02 that we look for, `lines` the SVC loops with their REF*FJ and statuses."""

    kind: str
    name: str = ""
    id: str = ""
    trace: str = ""
    action: str = ""
    statuses: list[ClaimStatus] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    effective: date | None = None
    charge: int | None = None
    payer_control: str = ""
    lines: list[_Line] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    control: str
    statuses: list[ClaimStatus] = field(default_factory=list)


@dataclass(slots=True)
class _Batch:
    level: _Level
    source: _Level
    providers: list[_Level] = field(default_factory=list)
    claims: int = 0


def walk_claim_acks(whole: TransactionSet) -> Iterator[BatchClaim | ClaimAckSet]:
    """The claims of each batch that one 277CA answers and then the batch without them.

    `Refused` where a claim has no number or no verdict.
    """
    return _Reader(whole).walk()


class _Reader:
    def __init__(self, whole: TransactionSet) -> None:
        self.fields = Fields(whole)
        self.source = _Level(_SOURCE)
        self._batch: _Batch | None = None
        self._level: _Level | None = None
        self._takers: dict[str, Callable[[_Level], None]] = {
            "NM1": self._nm1, "TRN": self._trn, "STC": self._stc, "REF": self._ref, "SVC": self._svc,
        }  # fmt: skip

    def walk(self) -> Iterator[BatchClaim | ClaimAckSet]:
        """HL opens a level, other segments fill it; a claim is told when its level ends."""
        for found in self.fields:
            if found == "HL":
                yield from self._close()
                before = self._batch
                self._hl()
                if before is not None and self._batch is not before:
                    yield _told(before)
            elif self._level and found in self._takers:
                self._takers[found](self._level)
            elif found in self._takers:
                raise self.fields.refuse(f"{found} stands before the first level (HL).")
        yield from self._close()
        if self._batch is None:
            raise self.fields.refuse("The acknowledgement names no batch (HL*21).")
        yield _told(self._batch)

    def _hl(self) -> None:
        kind = self.fields.needed(3)
        level = _Level(kind)
        if kind == _SOURCE:
            self.source = level
        elif kind == _RECEIVER:
            self._batch = _Batch(level, self.source)
        elif kind in {_PROVIDER, _PATIENT}:
            if self._batch is None:
                raise self.fields.refuse("A provider or patient stands outside a batch (HL*21).")
            if kind == _PROVIDER:
                self._batch.providers.append(level)
            else:
                self._batch.claims += 1
        else:
            raise self.fields.refuse(f"HL03 is {kind[:20]!r}, which no claim acknowledgement has.")
        self._level = level

    def _close(self) -> Iterator[BatchClaim]:
        """A claim is only as good as its number and its verdict."""
        level, self._level = self._level, None
        if level is None or level.kind != _PATIENT or self._batch is None:
            return
        if not level.trace:
            raise self.fields.refuse("The claim before this has no number (TRN02).")
        if not level.action:
            raise self.fields.refuse(f"Claim {level.trace} has no verdict (STC03).")
        yield BatchClaim(self._batch.level.trace, self._batch.source.name, _claim(level))

    def _nm1(self, level: _Level) -> None:
        fields = self.fields
        names = (fields.text(3), fields.text(4))
        level.name = ", ".join(name for name in names if name)
        level.id = fields.text(9)

    def _trn(self, level: _Level) -> None:
        if level.trace:
            raise self.fields.refuse("There are two TRN segments in one level.")
        level.trace = self.fields.needed(2)

    def _stc(self, level: _Level) -> None:
        fields = self.fields
        statuses = [self._status(n) for n in _STATUSES if fields.text(n)]
        if not statuses:
            raise fields.refuse("STC01 is empty.")
        if level.lines:
            level.lines[-1].statuses += statuses
            return
        level.statuses += statuses
        level.effective = level.effective or fields.day_or_none(2)
        if level.charge is None:
            level.charge = fields.cents_or(4, None)
        if fields.text(12):
            level.messages.append(fields.text(12))
        level.action = self._action(level, statuses)

    def _action(self, level: _Level, statuses: list[ClaimStatus]) -> str:
        """STC03; one rejection among several STC is a rejection, and where STC03 is missing the category tells."""
        action = self.fields.text(3)
        categories = {one.category for one in statuses}
        if not action and categories <= ACCEPTING | REJECTING:
            action = REJECTED if categories & REJECTING else ACCEPTED
        if action not in {ACCEPTED, REJECTED}:
            raise self.fields.refuse(f"STC03 is {action[:20]!r}; WQ or U is wanted.")
        return REJECTED if REJECTED in {action, level.action} else ACCEPTED

    def _status(self, n: int) -> ClaimStatus:
        category, status, entity = (*self.fields.parts(n), "", "")[:3]
        if not category.isalnum():
            raise self.fields.refuse(f"{self.fields.name(n)} is {category[:20]!r}, which begins with no category.")
        return ClaimStatus(category, status, entity)

    def _ref(self, level: _Level) -> None:
        kind, value = self.fields.text(1), self.fields.text(2)
        if kind == "FJ" and level.lines:
            level.lines[-1].control = value
        elif kind == "1K" and not level.lines:
            level.payer_control = value

    def _svc(self, level: _Level) -> None:
        if level.kind != _PATIENT:
            raise self.fields.refuse("SVC stands outside a claim.")
        level.lines.append(_Line(str(len(level.lines) + 1)))


def _told(batch: _Batch) -> ClaimAckSet:
    level, source = batch.level, batch.source
    providers = tuple(
        ProviderAck(one.name, one.id, one.action, tuple(one.statuses), " ".join(one.messages))
        for one in batch.providers
        if one.statuses
    )
    refused = [one for one in providers if one.action == REJECTED]
    all_refused = bool(refused) and len(refused) == len(batch.providers) and not batch.claims
    statuses = [*level.statuses, *(status for one in refused if all_refused for status in one.statuses)]
    return ClaimAckSet(
        batch=level.trace,
        source=source.name,
        source_id=source.id,
        action=REJECTED if all_refused else level.action,
        statuses=tuple(statuses),
        claims=(),
        providers=providers,
        message=" ".join(level.messages),
        claims_told=batch.claims,
    )


def _claim(level: _Level) -> ClaimAck:
    return ClaimAck(
        control_number=level.trace,
        action=level.action,
        statuses=tuple(level.statuses),
        effective=level.effective,
        charge=level.charge or 0,
        payer_control=level.payer_control,
        message=" ".join(level.messages),
        line_statuses=tuple((line.control, status) for line in level.lines for status in line.statuses),
    )
