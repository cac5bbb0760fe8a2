"""A remittance file read as a stream: once to see that it is whole and adds up, and again claim by claim.

    for payment in scan_remittance(data, "june.835"):
        for claim in payment.claims():

The claims are kept from the first walk for the second while a file has no more than `KEPT`; the payments after that
are read anew, so that a file of any size takes little more memory than its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from store.errors import Refused
from store.x12.balance import Imbalance, claim_imbalances, refuse_imbalances, total_imbalance
from store.x12.remittance import payment_reader
from store.x12.remittance_values import Payment, RemitClaim
from store.x12.segments import Reader, TransactionSet

KEPT = 10_000
"""How many claims of a file are kept between the walks: about 3 kB each."""
_FAULTS_KEPT = 1000


@dataclass(frozen=True, slots=True)
class PaymentStream:
    """One ST-SE that adds up: `head` is the payment without its claims, `count` how many there are.

    `digest` is of what the payment says of its claims: the same in whatever file and set it comes.
    """

    head: Payment
    count: int
    digest: str
    whole: TransactionSet | None = None
    kept: tuple[RemitClaim, ...] = ()

    @classmethod
    def of(cls, payment: Payment) -> PaymentStream:
        """A payment that is in memory already."""
        digest = _Digest()
        for claim in payment.claims:
            digest.add(claim)
        return cls(payment, len(payment.claims), digest.hex(), None, payment.claims)

    def claims(self) -> Iterator[RemitClaim]:
        """The claims in their order."""
        if self.whole is None or self.kept:
            return iter(self.kept)
        return payment_reader(self.whole).claims()


class _Digest:
    """SHA-256 of a list of (control number, status, charge, paid, payer's number), claim by claim."""

    def __init__(self) -> None:
        self._hash, self._between = hashlib.sha256(b"["), b""

    def add(self, claim: RemitClaim) -> None:
        """One claim more."""
        told = (claim.control_number, claim.status, claim.charge, claim.paid, claim.payer_control)
        self._hash.update(self._between + repr(told).encode())
        self._between = b", "

    def hex(self) -> str:
        """The digest of what was added."""
        whole = self._hash.copy()
        whole.update(b"]")
        return whole.hexdigest()


def scan_remittance(data: bytes, name: str = "") -> list[PaymentStream]:
    """Every payment of a file that is whole and adds up in each line, claim and payment.

    `Refused` with file and segment where it is no whole 835, or with the first equation that fails.
    """
    streams: list[PaymentStream] = []
    faults: list[Imbalance] = []
    for stream, wrong in scan_payments(data, name):
        streams.append(stream)
        faults += wrong[: max(0, _FAULTS_KEPT - len(faults))]
    if not streams:
        raise Refused("The file holds no remittance.", where=name or "file")
    refuse_imbalances(faults, name)
    return streams


def scan_payments(data: bytes, name: str = "") -> Iterator[tuple[PaymentStream, list[Imbalance]]]:
    """Every payment of a whole file with the equations of it that fail, which are none when it adds up."""
    room = KEPT
    for whole in Reader(data, name).sets():
        stream, wrong = _scan(whole, room)
        room -= len(stream.kept)
        yield stream, wrong


def _scan(whole: TransactionSet, room: int) -> tuple[PaymentStream, list[Imbalance]]:
    reader, digest = payment_reader(whole), _Digest()
    faults: list[Imbalance] = []
    kept: list[RemitClaim] = []
    paid = count = 0
    for claim in reader.claims():
        count += 1
        paid += claim.paid
        if count <= room:
            kept.append(claim)
        digest.add(claim)
        faults.extend(claim_imbalances(claim))
    head = reader.payment()
    stream = PaymentStream(head, count, digest.hex(), whole, tuple(kept) if count <= room else ())
    return stream, [*faults, *total_imbalance(head, paid)]
