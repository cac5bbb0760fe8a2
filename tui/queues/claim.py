"""What can be done at any view of one claim (`o`): as it went, its proof of filing, asking after it, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from store.work.record import Record
from tui.asks import Chosen, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.folders import into

PROOFS = into("The proof of filing", "proofs", "the packet gets a folder of its own there")
STATUS = into("The question to the payer (276)", "claims-out")
_HERE = frozenset({Place.RECORD})


def _edi(practice: PracticeApi, chosen: Chosen) -> Record:
    return opened(practice).edi(chosen.rows[0].subject_id)


def _proof(chosen: Chosen) -> Sequence[object]:
    from store.jobs import ProveFiling

    folder = Path(chosen.text("folder")).expanduser()
    return [ProveFiling(row.subject_id, folder, of_denial=chosen.queue == "denials") for row in chosen.rows]


def _void(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import VoidClaim

    return [VoidClaim(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _ask(chosen: Chosen) -> Sequence[object]:
    from store.jobs import AskPayers

    folder = Path(chosen.text("folder")).expanduser()
    return [AskPayers(folder, tuple(row.subject_id for row in chosen.rows))]


EDI = Action(
    id="claim.edi",
    key="i",
    label="837 and answers",
    help="The claim's segments as they went, what each file that came back says of it, and what happened when.",
    shows=_edi,
)
PROOF = Action(
    id="claim.proof",
    key="z",
    label="proof of filing",
    help="Proof of timely filing: a PDF with every date, and each file that went out or came back, in a folder.",
    asks=(PROOFS,),
    build=_proof,
)
VOID_REASON = Words(name="reason", question="It is taken back because")

SPEC = QueueScreenSpec(
    "claim",
    actions=(
        replace(EDI, places=_HERE, rank=20),
        replace(PROOF, places=_HERE, rank=30),
        Action(
            id="claim.status",
            key="S",
            label="ask status",
            help="Ask the payer after the claim with a 276.",
            places=_HERE,
            asks=(STATUS,),
            build=_ask,
            confirm=lambda _chosen: "Ask the payer after this claim?",
            rank=40,
        ),
        Action(
            id="claim.void",
            key="V",
            label="void",
            help="Take the claim back from the payer that decided it: a void (frequency 8) goes with the next batch.",
            places=_HERE,
            asks=(VOID_REASON,),
            build=_void,
            confirm=lambda _chosen: "Void this claim? Its whole payment will be taken back.",
            rank=50,
        ),
    ),
)
