"""Rejections: mend the claim and it goes out again as an original."""

from __future__ import annotations

from collections.abc import Sequence

from tui.asks import Chosen
from tui.keys import Action
from tui.queues import QueueScreenSpec
from tui.queues.claims import CANCEL, ROUTE
from tui.queues.corrections import CORRECTION_ASKS, correction


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CorrectClaim

    return [CorrectClaim(row.subject_id, **correction(chosen)) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="rejections",
    actions=(
        Action(
            id="rejections.correct",
            key="c",
            label="correct",
            help="Mend what was rejected; the claim goes out again with the next batch.",
            asks=CORRECTION_ASKS,
            build=_correct,
            many=True,
            rank=20,
        ),
        ROUTE,
        CANCEL,
    ),
)
