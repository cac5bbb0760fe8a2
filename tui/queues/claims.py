"""Claims to send: look, mend, hand back to the coder, send the batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store.money import show_cents
from tui.asks import Chosen, Words
from tui.calls import PracticeApi
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.corrections import CORRECTION_ASKS, correction

FOLDER = Words(name="folder", question="Folder", first="claims-out", hint="the claim file is created there")


def _send(chosen: Chosen) -> Sequence[object]:
    from store.jobs import SendBatch

    return [SendBatch(Path(chosen.text("folder")).expanduser())]


def _send_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    """How many claims for how much."""
    from store.claims.listing import ready_claims
    from store.practice import Practice

    assert isinstance(practice, Practice)
    with practice.reading() as session:
        count, cents = ready_claims(session)
    return f"Send {count} claims, {show_cents(cents, sign='$')}, in one file?"


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CorrectClaim

    return [CorrectClaim(row.subject_id, **correction(chosen)) for row in chosen.rows]


def _rescrub(_chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import BuildClaims

    return [BuildClaims()]


def _route(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import RouteToCoder

    return [RouteToCoder(row.subject_id, chosen.text("question")) for row in chosen.rows]


def _cancel(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CancelClaim

    return [CancelClaim(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _to_patient(chosen: Chosen) -> Sequence[object]:
    from store.remits.next_payer import MoveToPatient

    return [MoveToPatient(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _bill_next(chosen: Chosen) -> Sequence[object]:
    from store.remits.bill_next import BillNextPayer

    return [BillNextPayer(row.subject_id) for row in chosen.rows]


def _void(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import VoidClaim

    return [VoidClaim(row.subject_id, chosen.text("reason")) for row in chosen.rows]


ROUTE = Action(
    id="claims.route",
    key="r",
    label="to coder",
    help="Send the encounter back to coding with a question; finishing it makes the next version.",
    asks=(Words(name="question", question="What should the coder look at"),),
    build=_route,
)
CANCEL = Action(
    id="claims.cancel",
    key="X",
    label="cancel",
    help="Cancel a claim that the payer never accepted.",
    asks=(Words(name="reason", question="Cancel because"),),
    build=_cancel,
    confirm=lambda chosen: f"Cancel {len(chosen.rows)} claims, {show_cents(chosen.cents, sign='$')}?",
    many=True,
)

SPEC = QueueScreenSpec(
    queue="claims",
    actions=(
        Action(
            id="claims.batch",
            key="B",
            label="batch",
            help="Write every claim that no edit stops into one 837P file.",
            places=frozenset({Place.LIST}),
            asks=(FOLDER,),
            build=_send,
            effect=_send_effect,
            rank=20,
        ),
        Action(
            id="claims.correct",
            key="c",
            label="correct",
            help="Mend what is wrong; the next version is made of it.",
            asks=CORRECTION_ASKS,
            build=_correct,
            rank=50,
        ),
        Action(
            id="claims.rescrub",
            key="b",
            label="rescrub",
            help="Look again at every claim that an edit stops, after the practice or a patient was mended.",
            build=_rescrub,
        ),
        ROUTE,
        CANCEL,
        Action(
            id="claims.to_patient",
            key="P",
            label="to patient",
            help="The next payer will not pay the rest: move it to the patient.",
            asks=(Words(name="reason", question="Why does the next payer not pay"),),
            build=_to_patient,
            confirm=lambda _chosen: "Move what waits for the next payer to the patient?",
        ),
        Action(
            id="claims.next_payer",
            key="N",
            label="next payer",
            help="Bill the next payer now, though a denial is open or the claim was sent on without an answer.",
            build=_bill_next,
            confirm=lambda chosen: f"Bill the next payer of {len(chosen.rows)} claims now?",
            many=True,
        ),
    ),
)
