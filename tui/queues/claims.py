"""Claims to send: look, mend, hand back to the coder, send the batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from store.errors import Refused
from store.money import show_cents
from store.text import how_many
from tui.asks import Choice, Chosen, Days, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.claim import EDI, PROOF
from tui.queues.corrections import CLAIM_ASKS, correction
from tui.queues.folders import into
from tui.verbs import day

if TYPE_CHECKING:
    from store.claims.fixing import Landing


def _send(chosen: Chosen) -> Sequence[object]:
    from store.jobs import SendBatch

    return [SendBatch(Path(chosen.text("folder")).expanduser())]


def _send_effect(practice: PracticeApi, chosen: Chosen) -> str:
    """How many claims for how much, and where to."""
    from store.claims.listing import ready_claims

    with opened(practice).reading() as session:
        count, cents = ready_claims(session)
    where = f", to {folder}" if (folder := chosen.text("folder")) else ""
    return f"Send {how_many(count, 'claim')}, {show_cents(cents, sign='$')}{where}?"


_FOLDER = into("Claim files", "claims-out", "the claim files are made there", _send_effect)


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CorrectClaim

    return [CorrectClaim(row.subject_id, **correction(chosen)) for row in chosen.rows]


def _rescrub(chosen: Chosen) -> Sequence[object]:
    from store.claims.edit_work import RescrubClaims

    return [RescrubClaims(tuple(row.subject_id for row in chosen.rows))]


def _build(_chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import BuildClaims

    return [BuildClaims()]


def _findings(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.claims.fixing import fixes

    with opened(practice).reading() as session:
        found = fixes(session, chosen.rows[0].subject_id)
    if not found:
        raise Refused("Nothing keeps this claim.", do="It goes with the next batch (B).")
    return [_finding(f"{chosen.rows[0].subject_id} {mark}", what, where) for mark, what, where in found]


def _finding(value: str, what: str, where: str) -> Choice:
    """Its code and place, then where its fix is, then what was found."""
    head, _, message = what.partition(": ")
    return Choice(value, head, f"{where}: {message}" if where else message)


def _warnings(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.claims.fixing import warnings

    with opened(practice).reading() as session:
        found = warnings(session, chosen.rows[0].subject_id)
    if not found:
        raise Refused("There is no warning on this claim.", do="A stop can't be let pass: f leads to its fix.")
    return [Choice(mark, what) for mark, what in found]


def _lands(practice: PracticeApi, chosen: Chosen) -> Landing:
    from store.claims.fixing import landing

    claim_id, mark = chosen.text("finding").split()
    here = opened(practice)
    with here.reading() as session:
        return landing(session, here.actor, int(claim_id), mark)


def _fix(chosen: Chosen) -> Sequence[object]:
    from store.claims.fixing import FixFinding

    claim_id, mark = chosen.text("finding").split()
    return [FixFinding(int(claim_id), mark, chosen.text("value"), chosen.stood.get("value"))]


def _override(chosen: Chosen) -> Sequence[object]:
    from store.claims.edit_work import OverrideFinding

    return [OverrideFinding(chosen.rows[0].subject_id, chosen.text("warning"), chosen.text("reason"))]


def _hold(chosen: Chosen) -> Sequence[object]:
    from store.claims.edit_work import HoldClaim

    until = day(chosen, "until")
    return [HoldClaim(row.subject_id, until, chosen.text("reason")) for row in chosen.rows]


def _release(chosen: Chosen) -> Sequence[object]:
    from store.claims.edit_work import ReleaseClaim

    return [ReleaseClaim(row.subject_id) for row in chosen.rows]


def _desks(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.claims.routing import DESKS

    others = (Choice(desk, desk, means) for desk, means in DESKS.items())
    return [Choice("coder", "coder", "codes, modifiers, units"), *others]


def _route(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import RouteToCoder
    from store.claims.routing import RouteClaim

    desk, question = chosen.text("desk"), chosen.text("question")
    if desk == "coder":
        return [RouteToCoder(row.subject_id, question) for row in chosen.rows]
    return [RouteClaim(row.subject_id, desk, question) for row in chosen.rows]


def _put_back(chosen: Chosen) -> Sequence[object]:
    from store.claims.routing import ReturnClaim

    return [ReturnClaim(row.subject_id, chosen.text("answer")) for row in chosen.rows]


def _cancel(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CancelClaim

    return [CancelClaim(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _to_patient(chosen: Chosen) -> Sequence[object]:
    from store.remits.next_payer import MoveToPatient

    return [MoveToPatient(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _bill_next(chosen: Chosen) -> Sequence[object]:
    from store.remits.bill_next import BillNextPayer

    return [BillNextPayer(row.subject_id) for row in chosen.rows]


def _visits(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.claims.split import others_on

    with opened(practice).reading() as session:
        return [Choice(number, number, what) for number, what in others_on(session, chosen.rows[0].subject_id)]


def _split(chosen: Chosen) -> Sequence[object]:
    from store.claims.split import SplitOff

    return [SplitOff(chosen.rows[0].subject_id, chosen.text("visit"))]


ROUTE = Action(
    id="claims.route",
    key="r",
    label="route",
    help="Ask the coder, the front desk or credentialing; the claim waits under v, deferred, and comes back in 2 days.",
    asks=(Pick(name="desk", question="Ask", load=_desks), Words(name="question", question="What is asked")),
    build=_route,
    many=True,
)
PUT_BACK = Action(
    id="claims.return",
    key="p",
    label="put back",
    help="The desk that was asked has answered: the claim comes back with the answer among its notes.",
    asks=(Words(name="answer", question="The answer"),),
    build=_put_back,
    many=True,
)
CANCEL = Action(
    id="claims.cancel",
    key="X",
    label="cancel",
    help="Give up a claim that the payer never decided: its charge is taken back, and what a later payer's claim asked "
    "for goes back to the claim before.",
    asks=(Words(name="reason", question="Cancel because"),),
    build=_cancel,
    confirm=lambda chosen: f"Cancel {chosen.several('claim')} and charge {show_cents(chosen.cents, sign='$')} no more?",
    many=True,
)

BATCH = Action(
    id="claims.batch",
    key="B",
    label="batch",
    help="Write every claim that no edit stops: an 837P or 837I file for each trading partner, forms for paper.",
    places=frozenset({Place.LIST}),
    asks=(_FOLDER,),
    build=_send,
    effect=_send_effect,
    on_view=True,
    rank=20,
)

SPEC = QueueScreenSpec(
    queue="claims",
    actions=(
        BATCH,
        Action(
            id="claims.correct",
            key="c",
            label="correct",
            help="Mend what is wrong; the next version is made of it.",
            asks=CLAIM_ASKS,
            build=_correct,
            rank=50,
        ),
        Action(
            id="claims.fix",
            key="f",
            label="fix",
            help="Jump to the fix of what keeps the claim (of several it asks which), and mend the field where "
            "it lands, be it of the claim, the patient, the provider, the practice or the payer.",
            asks=(
                Pick(name="finding", question="Fix what", load=_findings, sole=True),
                Words(
                    name="value",
                    question="Should be",
                    titled=lambda practice, chosen: _lands(practice, chosen).question,
                    suggest=lambda practice, chosen: _lands(practice, chosen).stands,
                    stands=True,
                    required=False,
                ),
            ),
            build=_fix,
            rank=30,
        ),
        Action(
            id="claims.rescrub",
            key="b",
            label="rescrub",
            help="Look again at the claim, or at all marked ones, after something was mended.",
            build=_rescrub,
            many=True,
        ),
        Action(
            id="claims.build",
            key="w",
            label="build",
            help="Make claims of what is coded and has none, to next payers too, and look again at what was stopped.",
            places=frozenset({Place.LIST}),
            build=_build,
        ),
        Action(
            id="claims.override",
            key="O",
            label="let pass",
            help="Let a warning pass with a reason, which is kept. A stop can't be let pass.",
            asks=(
                Pick(name="warning", question="Which warning", load=_warnings),
                Words(name="reason", question="It may pass because"),
            ),
            build=_override,
            confirm=lambda chosen: f"Let the warning pass: {chosen.text('reason')}?",
        ),
        Action(
            id="claims.hold",
            key="h",
            label="hold",
            help="Keep the claim back until a day; it comes back by itself.",
            asks=(
                Days(name="until", question="Hold for", hint="14d, 2w or a date"),
                Words(name="reason", question="What does it wait for"),
            ),
            build=_hold,
            many=True,
        ),
        Action(
            id="claims.release",
            key="R",
            label="release",
            help="Let a held claim go now.",
            build=_release,
            confirm=lambda chosen: f"Release {chosen.several('claim')}?",
            many=True,
        ),
        Action(
            id="claims.split",
            label="split off",
            help="Take a visit off a claim that it was put on with others: it gets a claim of its own.",
            asks=(
                Pick(
                    name="visit", question="Take off", load=_visits, sole=True, none="This claim bills one visit only."
                ),
            ),
            build=_split,
        ),
        EDI,
        PROOF,
        ROUTE,
        PUT_BACK,
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
            confirm=lambda chosen: f"Bill the next payer of {chosen.several('claim')} now?",
            many=True,
        ),
    ),
)
