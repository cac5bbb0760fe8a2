"""Reads remittance files: 835 in version 005010X221A1, and 004010X091A1 where its segments say the same.

    file = read_remittance(data, "june.835")

Reading checks the envelopes, the form of every amount and date, and that segments stand in a loop that can hold
them; whether the sums agree is asked of `store.x12.balance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from store.errors import Refused
from store.x12.fields import Fields
from store.x12.remittance_claim import ClaimReader
from store.x12.remittance_values import Payment, ProviderAdjustment, RemitClaim, RemittanceFile
from store.x12.segments import Reader, TransactionSet, place

_PLB_PAIRS = range(3, 15, 2)
_PAYER_IDS = frozenset({"2U", "EO", "HI", "NF"})


def read_remittance(data: bytes, name: str = "") -> RemittanceFile:
    """Every payment of a remittance file, over all its interchanges, groups and transaction sets.

    `Refused` with file and segment where the file is no whole 835.
    """
    reader = Reader(data, name)
    payments = tuple(_payment(whole) for whole in reader.sets())
    first = reader.interchanges[0]
    if not payments:
        raise Refused("The file holds no remittance.", where=name or "file")
    controls = tuple(one.control for one in reader.interchanges)
    return RemittanceFile(first.sender, first.receiver, controls, payments, tuple(reader.notices))


@dataclass(slots=True)
class _Party:
    name: str = ""
    id: str = ""
    qualifier: str = ""
    tax_id: str = ""
    other_id: str = ""


@dataclass(slots=True)
class _Head:
    """What stands before the first claim."""

    amount: int | None = None
    credit: str = ""
    method: str = ""
    handling: str = ""
    paid_on: date | None = None
    trace: str = ""
    payer_trace_id: str = ""
    production_date: date | None = None
    payer: _Party = field(default_factory=_Party)
    payee: _Party = field(default_factory=_Party)


class _PaymentReader:
    """One ST-SE.  `_claims` takes over from LX or CLP to PLB; `_party` is the N1 loop that is open."""

    def __init__(self, whole: TransactionSet) -> None:
        self._fields = Fields(whole)
        self._head = _Head()
        self._party = _Party()
        self._claims = ClaimReader(self._fields)
        self._plbs: list[ProviderAdjustment] = []
        self._heads: dict[str, Callable[[], None]] = {
            "BPR": self._bpr, "TRN": self._trn, "DTM": self._dtm, "N1": self._n1, "REF": self._ref, "PLB": self._plb,
        }  # fmt: skip

    def claims(self) -> Iterator[RemitClaim]:
        """Walks the set and gives each claim when it is done; the head and PLB are whole when the walk is over."""
        now, done = self._heads, self._claims
        for found in self._fields:
            if found in now:
                now[found]()
            elif found == "LX" or found == "CLP":  # the first of them: claims from here on
                now = self._claims.takers | {"PLB": self._plb}
                now[found]()
            elif found == "CAS" or found == "SVC":
                raise self._fields.refuse(f"{found} stands outside a claim.")
            if done.done:
                yield from done.take()
        done.finish()
        yield from done.take()

    def _bpr(self) -> None:
        fields, head = self._fields, self._head
        if head.amount is not None:
            raise fields.refuse("There are two BPR segments in one payment.")
        head.amount = fields.cents(2)
        head.handling, head.credit, head.method = fields.text(1), fields.text(3), fields.text(4)
        if head.credit not in {"C", "D"}:
            raise fields.refuse(f"BPR03 is {head.credit[:20]!r}; C or D is wanted.")
        head.paid_on = fields.day_or_none(16)

    def _trn(self) -> None:
        if self._head.trace:
            raise self._fields.refuse("There are two TRN segments in one payment.")
        self._head.trace = self._fields.needed(2)
        self._head.payer_trace_id = self._fields.text(3)

    def _dtm(self) -> None:
        if self._fields.text(1) == "405":
            self._head.production_date = self._fields.day(2)

    def _n1(self) -> None:
        fields = self._fields
        kind = fields.text(1)
        self._party = _Party(fields.text(2), fields.text(4), fields.text(3))
        if kind == "PR":
            self._head.payer = self._party
        elif kind == "PE":
            self._head.payee = self._party

    def _ref(self) -> None:
        fields = self._fields
        kind = fields.text(1)
        if kind == "TJ":
            self._party.tax_id = fields.text(2)
        elif kind in _PAYER_IDS and not self._party.other_id:
            self._party.other_id = fields.text(2)

    def _plb(self) -> None:
        fields = self._fields
        provider = fields.text(1)
        before = len(self._plbs)
        for n in _PLB_PAIRS:
            if fields.text(n) or fields.text(n + 1):
                reason, *rest = fields.parts(n)
                if not reason:
                    raise fields.refuse(f"{fields.name(n)}: an amount has no reason.")
                reference = rest[0] if rest else ""
                self._plbs.append(ProviderAdjustment(fields.number, provider, reason, reference, fields.cents(n + 1)))
        if len(self._plbs) == before:
            raise fields.refuse("The PLB segment holds no adjustment.")
        self._claims.end()

    def payment(self, claims: tuple[RemitClaim, ...] = ()) -> Payment:
        """The payment, once the walk is over."""
        return _made(self._fields.whole, self._head, tuple(self._plbs), claims)


def _payment(whole: TransactionSet) -> Payment:
    reader = payment_reader(whole)
    return reader.payment(tuple(reader.claims()))


def payment_reader(whole: TransactionSet) -> _PaymentReader:
    """A reader of one payment; `Refused` where the set is none."""
    if whole.kind != "835":
        where = place(whole.name, whole.segment, "ST")
        raise Refused(f"This is no remittance: the transaction set is a {whole.kind[:10]!r}.", where=where)
    return _PaymentReader(whole)


def _made(
    whole: TransactionSet, head: _Head, plbs: tuple[ProviderAdjustment, ...], claims: tuple[RemitClaim, ...]
) -> Payment:
    if head.amount is None:
        raise _missing(whole, "BPR")
    paid_on = head.paid_on or head.production_date  # some payers leave BPR16 out where no money moves
    if paid_on is None:
        where = place(whole.name, whole.segment, "ST")
        raise Refused(f"The payment {whole.control} has no date (BPR16, DTM*405).", where=where)
    if not head.trace:
        raise _missing(whole, "TRN")
    payer, payee = head.payer, head.payee
    by_npi = payee.qualifier == "XX"
    return Payment(
        segment=whole.segment,
        set_control=whole.control,
        amount=head.amount,
        credit=head.credit,
        method=head.method,
        paid_on=paid_on,
        trace=head.trace,
        payer_trace_id=head.payer_trace_id,
        payer_name=payer.name,
        payer_id=payer.id or payer.other_id,
        payee_name=payee.name,
        payee_npi=payee.id if by_npi else "",
        payee_tax_id=payee.tax_id if by_npi else payee.tax_id or payee.id,
        claims=claims,
        provider_adjustments=plbs,
        production_date=head.production_date,
        handling=head.handling,
    )


def _missing(whole: TransactionSet, segment_id: str) -> Refused:
    where = place(whole.name, whole.segment, "ST")
    return Refused(f"The payment {whole.control} has no {segment_id} segment.", where=where)
