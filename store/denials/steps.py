"""The steps of a denial on the way that its table allows, and the wait that follows what was sent."""

from __future__ import annotations

from datetime import date, timedelta

from store.denials.states import DENIAL, OPEN_STATES, DenialState
from store.errors import Refused
from store.tables import Denial
from store.work import items
from store.work.command import Change

QUEUE = "denials"
ANSWER_EXPECTED_DAYS = 30
"""What was sent is looked at again after so many days without an answer, where the payer has no clock of its own."""

_S = DenialState
_TO_WORK: dict[str, tuple[DenialState, ...]] = {_S.OPEN: (_S.TRIAGED, _S.WORKING), _S.WORKING: ()}


def called(denial: Denial) -> str:
    """How a sentence names the denial."""
    return f"The denial {denial.group}-{denial.reason}"


def move(change: Change, denial: Denial, state: DenialState) -> None:
    """One step."""
    change.move(denial, DENIAL, state, called(denial))


def into_work(change: Change, denial: Denial) -> None:
    """Into work from where it is, each step on its way; refused where its last day has passed unanswered."""
    if denial.state == _S.EXPIRED:
        raise Refused(
            f"{called(denial)} had to be answered by {denial.deadline}.",
            do="Open it again with the good cause that there is (X), or give it up (w).",
        )
    for state in _TO_WORK.get(denial.state, (_S.WORKING,)):
        move(change, denial, state)


def triage(change: Change, denial: Denial) -> None:
    """Somebody said what it is."""
    if denial.state == _S.OPEN:
        move(change, denial, _S.TRIAGED)


def ask_write_off(change: Change, denial: Denial) -> None:
    """To the request that a write-off is, from work or past the last day."""
    if denial.state != _S.EXPIRED:
        into_work(change, denial)
    move(change, denial, _S.WRITEOFF_REQ)


def send(change: Change, denial: Denial, state: DenialState, until: date | None, reason: str) -> None:
    """Something goes to the payer: the item comes back when nothing has come of it by then."""
    into_work(change, denial)
    move(change, denial, state)
    wait(change, denial, until or change.today + timedelta(days=ANSWER_EXPECTED_DAYS), reason)


def wait(change: Change, denial: Denial, until: date, reason: str) -> None:
    """Hide the item until a day."""
    item = items.find(change, QUEUE, denial.id)
    if item is not None:
        item.deferred_until, item.reason = until, reason


def pend(change: Change, denial_id: int) -> None:
    """Its item was put off to a day: a denial in work is pended, one that waits for an answer goes on waiting."""
    denial = change.get(Denial, denial_id)
    if denial.state in (_S.OPEN, _S.WORKING):
        if denial.state == _S.OPEN:
            move(change, denial, _S.TRIAGED)
        move(change, denial, _S.PENDED)
    elif denial.state == _S.TRIAGED:
        move(change, denial, _S.PENDED)


def is_open(denial: Denial) -> bool:
    """Whether it still is somebody's work."""
    return denial.state in OPEN_STATES
