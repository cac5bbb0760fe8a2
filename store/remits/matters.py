"""What has to be looked at about a whole payment: its money, a second arrival, an adjustment of unknown kind.

The rows of the queue "payments".  Money that has not come, or has come alone, shows itself after three business days.
"""

from __future__ import annotations

from sqlmodel import col, select

from store.remits.provider import UNKNOWN
from store.tables import Deposit, PaymentMatter, RemitProviderAdjustment, Remittance, WorkItem
from store.work import items
from store.work.command import Change
from store.work.dates import add_business_days, holidays

QUEUE = "payments"
GAP_DAYS = 3
"""Business days that may lie between a remittance and its money (CORE 370)."""

NO_EFT, NO_ERA, EFT_DIFF, DUP, PLB_OPEN = "NO_EFT", "NO_ERA", "EFT_DIFF", "DUP", "PLB_OPEN"
NEG_CHECK = "NEG_CHECK"
UNBALANCED = {"line": "UNBAL-L", "claim": "UNBAL-C", "transaction": "UNBAL-T"}
"""By the level of the first equation that fails."""
WORDS = {
    "UNBAL-L": "a line does not add up; nothing of its file was posted",
    "UNBAL-C": "a claim does not add up; nothing of its file was posted",
    "UNBAL-T": "its claims do not come to what was paid; nothing of its file was posted",
    NO_EFT: "its money has not come",
    NO_ERA: "money came without a remittance",
    EFT_DIFF: "the money that came is another amount",
    DUP: "it came before; nothing of this arrival was posted",
    NEG_CHECK: "a payment below zero: the payer should have carried it forward",
    PLB_OPEN: "an adjustment at provider level whose kind is not known",
}


def put(change: Change, matter: PaymentMatter, *, cents: int, later: bool = False) -> PaymentMatter:
    """Keep the matter and put it into the queue; `later` after the days that money and remittance may lie apart."""
    kept = change.add(matter)
    item = items.put(
        change, QUEUE, kept.id, reason=f"{kept.reason}: {WORDS[kept.reason]}", cents=abs(cents), score=abs(cents)
    )
    if later:
        until = add_business_days(kept.on, GAP_DAYS, holidays(change.session))
        item.deferred_until = until if until > change.today else None
    change.session.flush()
    return kept


def of_remittance(remittance: Remittance, reason: str, *, found: int = 0, told: str = "") -> PaymentMatter:
    """A matter of a payment that is kept."""
    return PaymentMatter(
        reason=reason,
        remittance_id=remittance.id,
        file_id=remittance.file_id,
        segment=remittance.segment,
        payer_name=remittance.payer_name,
        trace=remittance.trace,
        amount=remittance.amount,
        found=found,
        on=remittance.paid_on,
        told=told,
    )


def no_money_yet(change: Change, remittance: Remittance) -> None:
    """The remittance is here, its money is not; at once where another amount came under its trace."""
    query = select(Deposit).where(Deposit.trace == remittance.trace, col(Deposit.remittance_id).is_(None))
    other = change.session.exec(query).first()
    if other is None:
        put(change, of_remittance(remittance, NO_EFT), cents=remittance.amount, later=True)
        return
    matter = of_remittance(remittance, EFT_DIFF, found=other.amount)
    matter.deposit_id = other.id
    put(change, matter, cents=remittance.amount - other.amount)


def money_alone(change: Change, deposit: Deposit) -> None:
    """Money came and no remittance says what for."""
    matter = PaymentMatter(
        reason=NO_ERA,
        deposit_id=deposit.id,
        payer_name=deposit.payer_name,
        trace=deposit.trace,
        amount=deposit.amount,
        on=deposit.on,
    )
    put(change, matter, cents=deposit.amount, later=True)


def settle_deposit(change: Change, deposit: Deposit, remittance: Remittance) -> None:
    """The two belong together: neither waits for the other any more."""
    deposit.remittance_id = remittance.id
    change.session.flush()
    query = select(PaymentMatter).where(
        (col(PaymentMatter.deposit_id) == deposit.id) | (col(PaymentMatter.remittance_id) == remittance.id)
    )
    for matter in change.session.exec(query).all():
        if matter.reason in (NO_EFT, NO_ERA, EFT_DIFF):
            items.force_close(change, QUEUE, matter.id)


def came_right(change: Change, remittance: Remittance) -> None:
    """The same payment came in a file that adds up: the one that did not is done with."""
    query = select(PaymentMatter).where(
        PaymentMatter.trace == remittance.trace, col(PaymentMatter.reason).in_(UNBALANCED.values())
    )
    for matter in change.session.exec(query).all():
        items.force_close(change, QUEUE, matter.id)


def look_at_provider_level(change: Change, remittance: Remittance) -> None:
    """Adjustments whose kind is in no table: the money is booked, a person finds out what it is."""
    query = select(RemitProviderAdjustment).where(
        RemitProviderAdjustment.remittance_id == remittance.id, RemitProviderAdjustment.account == UNKNOWN
    )
    found = change.session.exec(query).all()
    if remittance.amount < 0:
        put(change, of_remittance(remittance, NEG_CHECK), cents=remittance.amount)
    if found:
        told = "\n".join(f"{row.reason} {row.reference} {row.cents / 100:.2f}, segment {row.segment}" for row in found)
        total = sum(row.cents for row in found)
        put(change, of_remittance(remittance, PLB_OPEN, found=total, told=told), cents=total)


def close_all(change: Change, remittance: Remittance) -> None:
    """Nothing of a payment that was taken back waits."""
    query = (
        select(PaymentMatter.id)
        .join(WorkItem, col(WorkItem.subject_id) == col(PaymentMatter.id))
        .where(WorkItem.queue == QUEUE, WorkItem.open, PaymentMatter.remittance_id == remittance.id)
    )
    for matter_id in change.session.exec(query).all():
        items.force_close(change, QUEUE, matter_id)
