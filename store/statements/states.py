"""The life of a statement run."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class RunState(StrEnum):
    """SELECTED: each account is in or out; GENERATED: the pages are kept; SENT: dunning has moved on."""

    SELECTED = "SELECTED"
    GENERATED = "GENERATED"
    SENT = "SENT"
    UNSENT = "UNSENT"
    CANCELLED = "CANCELLED"


_S = RunState

RUN = register(
    Machine(
        "statement_run",
        births=(_S.SELECTED,),
        steps={
            _S.SELECTED: (_S.GENERATED, _S.CANCELLED),
            _S.GENERATED: (_S.SENT, _S.CANCELLED),
            _S.SENT: (_S.UNSENT,),
            _S.UNSENT: (),
            _S.CANCELLED: (),
        },
    )
)
"""A run that is not SENT any more gives its cycle free: the next run of that cycle is another one."""
