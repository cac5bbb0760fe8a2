"""A remittance that does not add up: kept as it came, with the place, the equation and the difference; never posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from store.claims import archive
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits import matters
from store.remits.take_in import UNBALANCED_FILE
from store.tables import PaymentMatter
from store.text import clean_line, clean_note
from store.work.command import Change, Command, Said, bulk
from store.x12.balance import Imbalance
from store.x12.remittance_stream import PaymentStream, scan_payments

MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class KeepUnbalanced(Command):
    """Keep a file that was refused because it does not add up; each payment that does not is a row to work."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "remits.keep_unbalanced"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The same file again changes nothing; refused for one that adds up, or is no whole 835."""
        if archive.known(change.session, self.content) is not None:
            return Said(f"{self.file_name} is kept already.")
        found = list(scan_payments(self.content, self.file_name))
        wrong = [(stream, faults) for stream, faults in found if faults]
        if not wrong:
            raise Refused("Every payment of it adds up.", where=self.file_name)
        told = f"{len(wrong)} of {len(found)} payments do not add up; nothing was posted"
        file = archive.keep(change, UNBALANCED_FILE, "in", self.file_name, self.content, told)
        for stream, faults in wrong:
            matters.put(change, _matter(stream, faults, file.id), cents=stream.head.amount)
        return Said(f"{self.file_name}: {told}.")


def _matter(stream: PaymentStream, faults: Sequence[Imbalance], file_id: int) -> PaymentMatter:
    head, first = stream.head, faults[0]
    lines = [
        f"{one.where}, segment {one.segment}: {one.equation} fails by {show_cents(one.difference)}"
        for one in faults[:MOST_TOLD]
    ]
    if len(faults) > MOST_TOLD:
        lines.append(f"and {len(faults) - MOST_TOLD} more")
    return PaymentMatter(
        reason=matters.UNBALANCED[first.level],
        file_id=file_id,
        segment=first.segment,
        payer_name=clean_line(head.payer_name),
        trace=clean_line(head.trace),
        amount=head.amount,
        found=first.difference,
        on=head.paid_on,
        told=clean_note("\n".join(lines)),
    )
