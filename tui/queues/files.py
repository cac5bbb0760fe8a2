"""Claim files that were refused, or of which nothing was heard: one row a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from store.money import show_cents
from tui.asks import Chosen, Pick, Words
from tui.keys import Action
from tui.queues import QueueScreenSpec
from tui.queues.claims import BATCH
from tui.queues.rejections import REVIEWS


def _again(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import RetransmitBatch

    return [RetransmitBatch(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _review(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import SetFileReview

    return [SetFileReview(row.subject_id, int(chosen.text("review"))) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="files",
    actions=(
        Action(
            id="files.again",
            key="R",
            label="send again",
            help="Send every claim of the file again, under new numbers, with the next batch; the reason is kept.",
            asks=(Words(name="reason", question="They go again because"),),
            build=_again,
            confirm=lambda chosen: (
                f"Send {chosen.several('file')} again, {show_cents(chosen.cents, sign='$')}, "
                "though nothing has changed in them?"
            ),
            many=True,
            rank=20,
        ),
        Action(
            id="files.review",
            key="m",
            label="review",
            help="How far the file is looked at; it stays until its claims go again or an answer comes.",
            asks=(Pick(name="review", question="It is", choices=REVIEWS),),
            build=_review,
            many=True,
            rank=30,
        ),
        replace(BATCH, rank=40),
    ),
)
