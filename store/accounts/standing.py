"""Keeping the statements and call queues true: an account is in them exactly while its guarantor owes something."""

from __future__ import annotations

from store.accounts.balances import account_balance
from store.calls.due import refresh_calls
from store.people.roles import Permission
from store.variance.credits import look_for_patient_credits
from store.work import items
from store.work.command import Change

QUEUE = "statements"


def refresh_account(change: Change, guarantor_id: int) -> None:
    """Open, update or close the account's item after postings to it."""
    due = account_balance(change.session, guarantor_id).patient_due
    if due > 0:
        items.put(change, QUEUE, guarantor_id, reason="patient balance", cents=due, score=due)
    else:
        items.force_close(change, QUEUE, guarantor_id)
    refresh_calls(change, [guarantor_id])
    notice_patient_credit(change, guarantor_id)


def notice_patient_credit(change: Change, guarantor_id: int) -> None:
    """The credit balance of the account as its books and refunds stand, by one who may post.

    Who takes payments alone leaves it to the next person who may.
    """
    if change.actor.may(Permission.POST):
        look_for_patient_credits(change, [guarantor_id])
