"""Money that reached the bank, matched to remittances by trace and amount.

The file is CSV with a header, UTF-8: `date,amount,trace` and, where known, `payer,kind` (EFT or check).  Dates are
YYYY-MM-DD, amounts dollars like 1234.50; the trace is TRN02 as the bank's CCD+ addenda carry it, or the check number.
The same file again, or the same row in another file, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims import archive
from store.errors import Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.plain_tables import rows_of
from store.remits import matters
from store.remits.states import RemitState
from store.tables import Deposit, Remittance
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said, bulk, free_text
from store.x12.remittance_stream import PaymentStream
from store.x12.remittance_values import Payment

NEEDED = ("date", "amount", "trace")
KINDS = ("EFT", "check")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a bank's file; `amount` in cents, `line` its line."""

    on: date
    amount: int
    trace: str
    payer: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class ImportDeposits(Command):
    """Take in a bank's file; what a remittance waits for is posted at once."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "deposits.import"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused whole with line and column when a row is wrong."""
        rows = list(read_deposits(self.content, self.file_name))
        before = archive.known(change.session, self.content)
        if before is not None:
            return archive.here_since(self.file_name, before)
        file = archive.keep(change, "deposits", "in", self.file_name, self.content)
        seen: Counter[str] = Counter()
        counts = Counter(rows=len(rows), new=0, matched=0, posted=0)
        for row in rows:
            seen[_key(row)] += 1
            counts.update(_take(change, row, f"{_key(row)}|{seen[_key(row)]}", file.id))
        file.summary = f"{how_many(counts['new'], 'deposit')}, {counts['matched']} matched, {counts['posted']} posted"
        return Said(f"{self.file_name}: {file.summary}.", dict(counts))


@dataclass(frozen=True, slots=True)
class EnterDeposit(Command):
    """One EFT or check typed by a person; `amount` in cents."""

    trace: str
    amount: int
    on: date
    payer: str = ""
    kind: str = "check"
    name: ClassVar[str] = "deposits.enter"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The same trace, amount and date is taken once."""
        trace = clean_line(self.trace)
        if not trace or self.amount <= 0 or self.kind not in KINDS:
            raise Refused("A deposit has a trace or check number, an amount above zero and a kind.")
        row = Row(self.on, self.amount, trace, clean_line(self.payer), self.kind, 0)
        counts = _take(change, row, f"{_key(row)}|1", None)
        if not counts["new"]:
            raise Refused(f"The deposit {trace} of {show_cents(self.amount, sign='$')} is here already.")
        found = "matched to its remittance" if counts["matched"] else "no remittance of this trace and amount is here"
        return Said(f"{self.kind} {trace} of {show_cents(self.amount, sign='$')}: {found}.", dict(counts))


@dataclass(frozen=True, slots=True)
class PostWithoutMoney(Command):
    """Post a remittance whose money has not come, with the reason."""

    matter_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.post_without_money"
    permission: ClassVar[Permission] = Permission.SUPERVISE
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Only what still waits; who posted it is in the trail."""
        from store.tables import PaymentMatter
        from store.work import items

        matter = change.get(PaymentMatter, self.matter_id)
        remittance = change.get(Remittance, matter.remittance_id)
        if remittance.state != RemitState.WAIT_EFT:
            raise Refused(f"The payment {remittance.trace} is {remittance.state} already.")
        if not clean_line(self.reason):
            raise Refused("Say why it is posted before its money is there.")
        post_waiting(change, remittance)
        items.close(change, matters.QUEUE, matter.id)
        return Said(f"The payment {remittance.trace} is posted without its money.", remittance.id)


def read_deposits(content: bytes, name: str) -> Iterator[Row]:
    """The rows of a bank's file; `Refused` with line and column."""
    for where, line, told in rows_of(content, name, NEEDED):
        trace = told["trace"]
        kind = told.get("kind") or "EFT"
        if not trace:
            raise Refused("There is no trace or check number.", where=f"{where}, trace")
        if kind not in KINDS:
            raise Refused(f"{kind[:20]!r} is neither EFT nor check.", where=f"{where}, kind")
        try:
            on = date.fromisoformat(told["date"])
        except ValueError:
            raise Refused("It is no date like 2026-10-31.", where=f"{where}, date") from None
        amount = parse_cents(told["amount"], where=f"{where}, amount")
        if amount <= 0:
            raise Refused("A deposit is above zero.", where=f"{where}, amount")
        yield Row(on, amount, trace, told.get("payer", ""), kind, line)


def is_deposits(content: bytes) -> bool:
    """Whether a file looks like a bank's: its header names amount and trace."""
    head = content[:400].decode("utf-8-sig", "replace").splitlines()[:1]
    return bool(head) and set(NEEDED) <= {column.strip() for column in head[0].split(",")}


def tracks_money(session: Session) -> bool:
    """Whether the practice enters its deposits at all: else nobody is told that one is missing."""
    return session.exec(select(Deposit.id).limit(1)).first() is not None


def find_deposit(change: Change, payment: Payment) -> Deposit | None:
    """The deposit of a payment: its trace, its amount, and not another payment's."""
    query = select(Deposit).where(
        Deposit.trace == clean_line(payment.trace),
        Deposit.amount == payment.amount,
        col(Deposit.remittance_id).is_(None),
    )
    return change.session.exec(query.order_by(col(Deposit.id))).first()


def post_waiting(change: Change, remittance: Remittance) -> None:
    """Post a payment that waited for its money."""
    from store.denials.worth import rank
    from store.remits.judge import rule_of
    from store.remits.source import payment_again
    from store.remits.states import REMITTANCE
    from store.remits.take_in import post_now

    change.move(remittance, REMITTANCE, RemitState.POSTED, f"The payment {remittance.trace}")
    rule = rule_of(change.session, remittance.payer_code)
    tally = post_now(
        change, remittance, PaymentStream.of(payment_again(change.session, remittance)), auto_post=rule.auto_post
    )
    if tally.denials_changed:
        rank(change)


def _key(row: Row) -> str:
    return f"{row.trace}|{row.amount}|{row.on.isoformat()}"


def _take(change: Change, row: Row, key: str, file_id: int | None) -> Counter[str]:
    if change.session.exec(select(Deposit.id).where(Deposit.key == key)).first() is not None:
        return Counter(new=0)
    deposit = change.add(
        Deposit(
            key=key, kind=row.kind, trace=row.trace, payer_name=row.payer, amount=row.amount, on=row.on,
            file_id=file_id, line=row.line,
        )
    )  # fmt: skip
    taken = select(Deposit.remittance_id).where(col(Deposit.remittance_id).is_not(None))
    query = select(Remittance).where(
        Remittance.trace == row.trace, Remittance.state != RemitState.REVERSED, col(Remittance.id).not_in(taken)
    )
    same = change.session.exec(query.order_by(col(Remittance.id))).all()
    exact = next((one for one in same if one.amount == row.amount), None)
    if exact is not None:
        waited = exact.state == RemitState.WAIT_EFT
        matters.settle_deposit(change, deposit, exact)
        if waited:
            post_waiting(change, exact)
        return Counter(new=1, matched=1, posted=int(waited))
    if same:
        _another_amount(change, deposit, same[0])
    else:
        matters.money_alone(change, deposit)
    return Counter(new=1)


def _another_amount(change: Change, deposit: Deposit, remittance: Remittance) -> None:
    """Money under the trace of a remittance, but not its amount: at once before a person."""
    matter = matters.of_remittance(remittance, matters.EFT_DIFF, found=deposit.amount)
    matter.deposit_id = deposit.id
    matters.put(change, matter, cents=deposit.amount - remittance.amount)
