"""The life of a statement run, and of each account in it."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class RunState(StrEnum):
    """DRAFT: begun; SELECTED: each account is in or out; REVIEWED and APPROVED: by whom the run says.

    GENERATED: the pages are kept; SENT: dunning has moved on; RECONCILED: what became of each is known.
    """

    DRAFT = "DRAFT"
    SELECTED = "SELECTED"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"
    GENERATED = "GENERATED"
    SENT = "SENT"
    RECONCILED = "RECONCILED"
    UNSENT = "UNSENT"
    CANCELLED = "CANCELLED"


_S = RunState
OPEN = (_S.DRAFT, _S.SELECTED, _S.REVIEWED, _S.APPROVED, _S.GENERATED)
"""Runs that are being prepared."""

RUN = register(
    Machine(
        "statement_run",
        births=(_S.DRAFT, _S.SELECTED),  # runs made before there was a review were born SELECTED
        steps={
            _S.DRAFT: (_S.SELECTED, _S.CANCELLED),
            _S.SELECTED: (_S.REVIEWED, _S.GENERATED, _S.CANCELLED),  # and were generated from there
            _S.REVIEWED: (_S.APPROVED, _S.CANCELLED),
            _S.APPROVED: (_S.GENERATED, _S.CANCELLED),
            _S.GENERATED: (_S.SENT, _S.CANCELLED),
            _S.SENT: (_S.RECONCILED, _S.UNSENT),
            _S.RECONCILED: (),
            _S.UNSENT: (),
            _S.CANCELLED: (),
        },
    )
)
"""A run that is UNSENT or CANCELLED gives its cycle free: the next run of that cycle is another one."""


class AccountState(StrEnum):
    """HELD by a hold or an agreement, EXCLUDED for another reason; INCLUDED has its page."""

    ELIGIBLE = "ELIGIBLE"
    EXCLUDED = "EXCLUDED"
    HELD = "HELD"
    INCLUDED = "INCLUDED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"
    VOID = "VOID"


_A = AccountState
_OUT = (_A.EXCLUDED, _A.HELD)

ACCOUNT = Machine(
    "statement_account",
    births=(_A.ELIGIBLE, *_OUT),
    steps={
        _A.ELIGIBLE: (_A.INCLUDED, *_OUT),
        _A.EXCLUDED: (_A.ELIGIBLE, *_OUT),
        _A.HELD: (_A.ELIGIBLE, *_OUT),
        _A.INCLUDED: (_A.SENT, _A.INCLUDED, *_OUT),
        _A.SENT: (_A.DELIVERED, _A.RETURNED, _A.VOID, _A.INCLUDED),
        _A.DELIVERED: (_A.RETURNED, _A.VOID),
        _A.RETURNED: (),
        _A.VOID: (),
    },
)
"""Not kept step by step as other machines are: a run of a hundred thousand accounts would write as many steps."""
