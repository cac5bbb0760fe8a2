"""What an answer does to the claims that it speaks of, a handful at a time: a file of any size takes little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlmodel import col, select

from store.bulk import write_rows
from store.claims.batch_queue import QUEUE as FILES
from store.claims.outgoing import DELIVERED, HEARD, MADE, NO_ACK, Route, awaited, route_to
from store.claims.rejections import QUEUE
from store.claims.states import CLAIM, OVERDUE, WAITING, ClaimState, called
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimVersion, Payer
from store.work import items
from store.work.command import Change

_S = ClaimState
UNDECIDED = frozenset({*WAITING, *OVERDUE})
CHUNK = 500
_RANK = {_S.SENT: 0, _S.NO_ACK: 0, _S.ACK_999: 1, _S.ACCEPTED_CH: 2, _S.ACCEPTED: 3, _S.NO_ANSWER: 3}


class Hearing:
    """One file being taken in: `counts` are what it told, `read` the claims whose file was accepted."""

    def __init__(self, change: Change, file: ArchivedFile) -> None:
        self.change, self.file = change, file
        self.counts = {"accepted": 0, "rejected": 0, "unknown": 0}
        self.read = 0
        self._events: list[dict[str, object]] = []
        self._routes: dict[int | None, Route] = {}
        self._payers: dict[int, Payer] = {}

    def claims_of(self, batch: Batch) -> Iterator[Sequence[Claim]]:
        """The claims whose current version went out in a file, some at a time."""
        last = 0
        while True:
            sent = (
                select(Claim)
                .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
                .where(ClaimVersion.batch_id == batch.id, col(ClaimVersion.number) == col(Claim.current))
                .where(col(Claim.id) > last)
                .order_by(col(Claim.id))
                .limit(CHUNK)
            )
            some = self.change.session.exec(sent).all()
            if not some:
                return
            last = some[-1].id
            yield some
            self.write()

    def write(self) -> None:
        """Write what was done so far, so that it need not be kept."""
        self.change.session.flush()
        write_rows(self.change.session, ClaimEvent, self._events)
        self._events.clear()
        self.change.write_steps()

    def tell(self, claim: Claim, kind: str, status: str, text: str) -> None:
        """A line of the claim's history, with the file that it stands in; written with the others of its chunk."""
        row = {"claim_id": claim.id, "file_id": self.file.id, "at": self.change.now, "kind": kind, "status": status}
        self._events.append({**row, "text": text})

    def move(self, claim: Claim, state: ClaimState, days: int, *, calendar: bool = False) -> None:
        """One step forward, never back; the next answer is awaited from today on."""
        if claim.state not in UNDECIDED or _RANK.get(_S(claim.state), 0) >= _RANK[state]:
            return
        claim.awaits_until = self.change.today + timedelta(days=days) if calendar else awaited(self.change, days)
        overdue = claim.state in OVERDUE
        self.change.move(claim, CLAIM, state, called(claim))
        item = items.find(self.change, QUEUE, claim.id) if overdue else None
        if item is not None and not item.reason.startswith("note:"):
            items.force_close(self.change, QUEUE, claim.id)

    def heard(self, batch: Batch, *, partly: bool) -> None:
        """The file was read by the other side."""
        if batch.state in {MADE, DELIVERED, NO_ACK} or batch.awaits_until:
            batch.awaits_until = None
        if not partly and batch.state in {MADE, DELIVERED, NO_ACK}:
            batch.state = HEARD
            items.force_close(self.change, FILES, batch.id)

    def payer(self, claim: Claim) -> Payer:
        """The claim's payer."""
        if claim.payer_id not in self._payers:
            self._payers[claim.payer_id] = self.change.get(Payer, claim.payer_id)
        return self._payers[claim.payer_id]

    def route(self, partner_id: int | None) -> Route:
        """The way of a partner's files, with its days."""
        if partner_id not in self._routes:
            self._routes[partner_id] = route_to(self.change.session, partner_id)
        return self._routes[partner_id]
