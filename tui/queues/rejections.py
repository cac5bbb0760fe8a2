"""Rejections: mend the claim and it goes out again as an original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from store.money import show_cents
from store.text import how_many
from store.work.record import Record
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action
from tui.queues import QueueScreenSpec
from tui.queues.claim import EDI, PROOF, STATUS
from tui.queues.claims import BATCH, CANCEL, PUT_BACK, ROUTE
from tui.queues.corrections import CLAIM_ASKS, correction
from tui.queues.folders import into


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.claims.correct import CorrectClaim

    return [CorrectClaim(row.subject_id, **correction(chosen)) for row in chosen.rows]


def _again(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import RetransmitClaims

    return [RetransmitClaims(tuple(row.subject_id for row in chosen.rows), chosen.text("reason"))]


def _again_effect(practice: PracticeApi, chosen: Chosen) -> str:
    """How many go, and how many of them are what was rejected."""
    from store.claims.rejection_work import unchanged

    with opened(practice).reading() as session:
        same = unchanged(session, [row.subject_id for row in chosen.rows])
    told = f"Send {chosen.several('claim')} again, {show_cents(chosen.cents, sign='$')}?"
    if not same:
        return told
    return f"{told} {same} of them NOT CHANGED since: what was rejected will be rejected again."


def _like(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import RetransmitLike

    return [RetransmitLike(chosen.rows[0].subject_id, chosen.text("reason"))]


def _like_effect(practice: PracticeApi, chosen: Chosen) -> str:
    """How many claims have the same error."""
    from store.claims.rejection_work import same_error_of

    with opened(practice).reading() as session:
        count, code = same_error_of(session, chosen.rows[0].subject_id)
    return f"Send all {how_many(count, 'claim')} with the error {code} again, though they were not mended?"


def _review(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import SetReview

    return [SetReview(row.subject_id, int(chosen.text("review"))) for row in chosen.rows]


def _pattern(practice: PracticeApi, chosen: Chosen) -> str:
    from store.claims.rejection_work import note_of

    with opened(practice).reading() as session:
        return note_of(session, chosen.rows[0].subject_id)


def _a_note(practice: PracticeApi, chosen: Chosen) -> None:
    from store.claims.rejection_work import require_note

    with opened(practice).reading() as session:
        require_note(session, chosen.rows[0].subject_id)


def _file_by_rule(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import SaveMessageRule, SetReview

    rule = SaveMessageRule(chosen.text("rule"), chosen.text("pattern"))
    return [rule, *(SetReview(row.subject_id, 3) for row in chosen.rows)]


def _filed(practice: PracticeApi, _chosen: Chosen) -> Record:
    from store.claims.edi_view import filed_record
    from store.people.roles import Permission

    return opened(practice).look("list", "messages", Permission.MONEY, filed_record)


def _ask(chosen: Chosen) -> Sequence[object]:
    from store.jobs import AskPayers

    folder = Path(chosen.text("folder")).expanduser()
    return [AskPayers(folder, tuple(row.subject_id for row in chosen.rows))]


def _paper(chosen: Chosen) -> Sequence[object]:
    from store.claims.rejection_work import RetransmitClaims
    from store.jobs import PrintClaims

    ids = tuple(row.subject_id for row in chosen.rows)
    return [RetransmitClaims(ids, "on paper"), PrintClaims(ids, Path(chosen.text("folder")).expanduser())]


REVIEWS = (
    Choice("1", "not looked at"),
    Choice("2", "being looked at"),
    Choice("3", "looked at", "a note is filed; what was rejected stays until it goes again"),
)

SPEC = QueueScreenSpec(
    queue="rejections",
    actions=(
        Action(
            id="rejections.correct",
            key="c",
            label="correct",
            help="Mend what was rejected; the claim goes out again with the next batch.",
            asks=CLAIM_ASKS,
            build=_correct,
            many=True,
            rank=20,
        ),
        Action(
            id="rejections.again",
            key="R",
            label="send again",
            help="Send the claim again as the records stand now; the reason that nothing changed is kept.",
            asks=(Words(name="reason", question="It goes again because"),),
            build=_again,
            effect=_again_effect,
            many=True,
            rank=30,
        ),
        Action(
            id="rejections.like",
            key="b",
            label="all of this error",
            help="Send every claim with the same error again, as after an outage of the clearinghouse.",
            asks=(Words(name="reason", question="They go again because"),),
            build=_like,
            effect=_like_effect,
        ),
        Action(
            id="rejections.review",
            key="m",
            label="review",
            help="How far it is looked at; a mere note is filed with 3.",
            asks=(Pick(name="review", question="It is", choices=REVIEWS),),
            build=_review,
            many=True,
        ),
        Action(
            id="rejections.rule",
            key="M",
            label="file such notes",
            help="File messages like this one by rule from now on, and this one at once; never a rejection.",
            asks=(
                Words(name="rule", question="Name of the rule"),
                Words(name="pattern", question="Messages like", suggest=_pattern, hint="a regular expression"),
            ),
            build=_file_by_rule,
            require=_a_note,
            confirm=lambda chosen: f"File every note like {chosen.text('pattern')!r} by itself, this one at once?",
        ),
        Action(
            id="rejections.filed",
            label="filed messages",
            help="The messages that a rule has filed, to be looked through.",
            shows=_filed,
            on_view=True,
        ),
        Action(
            id="rejections.status",
            key="S",
            label="ask status",
            help="Ask the payer after the claim with a 276.",
            asks=(STATUS,),
            build=_ask,
            confirm=lambda chosen: f"Ask after {chosen.several('claim')}?",
            many=True,
        ),
        Action(
            id="rejections.paper",
            key="P",
            label="paper",
            help="Print the claim as a CMS-1500 and send it by mail.",
            asks=(into("CMS-1500 forms", "claims-out"),),
            build=_paper,
            confirm=lambda chosen: f"Print {chosen.several('claim')} on CMS-1500 forms and count them as sent?",
            many=True,
        ),
        replace(BATCH, rank=25),
        EDI,
        PROOF,
        ROUTE,
        PUT_BACK,
        CANCEL,
    ),
)
