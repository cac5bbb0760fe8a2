"""Remittance exceptions: find out what the money is for, place it to the cent, and post it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from store.errors import Refused
from store.money import parse_cents, show_cents
from store.work.values import Row
from tui.asks import Amount, Choice, Chosen, Count, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec

_LIST = frozenset({Place.LIST})
_MOST = 10**12
"""Cents; a part may take money as well as give it."""


def _match(chosen: Chosen) -> Sequence[object]:
    from store.remits.scratch import MatchAnswer

    return [MatchAnswer(row.subject_id, chosen.text("claim")) for row in chosen.rows]


def _place(chosen: Chosen) -> Sequence[object]:
    from store.remits.scratch import PlacePart

    amount, line = chosen.text("amount"), chosen.text("line")
    cents = parse_cents(amount.lstrip("$")) if amount else None
    number = _number(line, "line") if line else None
    part = int(chosen.text("part"))
    return [PlacePart(row.subject_id, part, chosen.text("claim"), number, cents) for row in chosen.rows]


def _edit(chosen: Chosen) -> Sequence[object]:
    from store.remits.scratch import EditPart

    part, paid = int(chosen.text("part")), int(chosen.text("paid"))
    seen = (chosen.stood.get("paid"), chosen.stood.get("why"))
    return [EditPart(row.subject_id, part, paid, chosen.text("why"), *seen) for row in chosen.rows]


def _number(text: str, what: str) -> int:
    if not text.strip().isdecimal():
        raise Refused(f"{text[:20]!r} is no number of a {what}.")
    return int(text)


def _may_be(practice: PracticeApi, chosen: Chosen) -> str:
    from store.remits.pad import may_be_told

    with opened(practice).reading() as session:
        return may_be_told(session, chosen.rows[0].subject_id)


def _unplaced(practice: PracticeApi, chosen: Chosen) -> str:
    from store.remits.pad import unplaced_part

    with opened(practice).reading() as session:
        return str(unplaced_part(session, chosen.rows[0].subject_id))


def _lines(practice: PracticeApi, chosen: Chosen) -> str:
    from store.remits.pad import lines_told

    part, claim = int(chosen.text("part")), chosen.text("claim")
    with opened(practice).reading() as session:
        return lines_told(session, chosen.rows[0].subject_id, part, claim)


def _as_it_is(place: int, practice: PracticeApi, chosen: Chosen) -> str:
    """The part's payment (0) or its reasons (1), to be typed over."""
    from store.remits.pad import part_told

    with opened(practice).reading() as session:
        return part_told(session, chosen.rows[0].subject_id, int(chosen.text("part")))[place]


def _negative(chosen: Chosen) -> Sequence[object]:
    from store.remits.scratch import DistributeNegative

    claims = tuple(chosen.text("claims").replace(",", " ").split())
    return [DistributeNegative(row.subject_id, claims) for row in chosen.rows]


def _postable(practice: PracticeApi, chosen: Chosen) -> None:
    from store.remits.pad import require_postable

    with opened(practice).reading() as session:
        require_postable(session, [row.subject_id for row in chosen.rows])


def _commit(chosen: Chosen) -> Sequence[object]:
    from store.remits.scratch import CommitAnswer

    return [CommitAnswer(row.subject_id) for row in chosen.rows]


def _aside(chosen: Chosen) -> Sequence[object]:
    """What holds money goes to suspense; what only wanted to be looked at is settled."""
    from store.remits.queue import SettleException
    from store.remits.scratch import ToSuspense

    words = chosen.text("reason")
    return [(ToSuspense if _holds(row) else SettleException)(row.subject_id, words) for row in chosen.rows]


def _holds(row: Row) -> bool:
    from store.remits.exceptions import HELD

    return any(cell in HELD for cell in row.cells if isinstance(cell, str))


def _reverse(chosen: Chosen) -> Sequence[object]:
    from store.remits.take_back import ReverseRemittance

    return [ReverseRemittance(int(chosen.text("payment")), chosen.text("reason"))]


def _payments(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.remits.take_back import recent_payments

    with opened(practice).reading() as session:
        return [Choice(str(key), *words) for key, *words in recent_payments(session)]


def _taken_back(practice: PracticeApi, chosen: Chosen) -> str:
    from store.remits.take_back import taken_back_told

    with opened(practice).reading() as session:
        return taken_back_told(session, int(chosen.text("payment")))


SPEC = QueueScreenSpec(
    queue="remits",
    actions=(
        Action(
            id="remits.match",
            key="m",
            label="match",
            help="Name our claim; what is certain then is posted at once, and u takes it back.",
            asks=(Words(name="claim", question="Claim number", tell=_may_be),),
            build=_match,
            rank=20,
        ),
        Action(
            id="remits.place",
            key="c",
            label="place",
            help="Give a part of the scratchpad, or some of its money, to a claim and line.",
            asks=(
                Count(name="part", question="Which part", suggest=_unplaced),
                Words(name="claim", question="Claim number", required=False, hint="empty keeps the part's claim"),
                Words(name="line", question="Line", required=False, tell=_lines),
                Words(name="amount", question="Dollars", required=False, hint="empty for the whole part"),
            ),
            build=_place,
            rank=30,
        ),
        Action(
            id="remits.edit",
            key="w",
            label="write",
            help="Write a part's payment and reasons anew; left to distribute has to come to 0.00 again.",
            asks=(
                Count(name="part", question="Which part", first="1"),
                Amount(name="paid", question="Paid dollars", least=-_MOST, suggest=partial(_as_it_is, 0), stands=True),
                Words(
                    name="why",
                    question="Reasons",
                    required=False,
                    hint="CO-45 25.50 PR-1 15",
                    suggest=partial(_as_it_is, 1),
                    stands=True,
                ),
            ),
            build=_edit,
        ),
        Action(
            id="remits.negative",
            key="b",
            label="spread",
            help="Take a negative answer from what was paid on these claims, each as far as it goes.",
            asks=(Words(name="claims", question="From which claims", hint="numbers with blanks between"),),
            build=_negative,
        ),
        Action(
            id="remits.commit",
            key="S",
            label="post",
            help="Post what the scratchpad says; refused while anything is left to distribute.",
            build=_commit,
            require=_postable,
            confirm=lambda chosen: f"Post {chosen.several('answer')}, {show_cents(chosen.cents, sign='$')}?",
            many=True,
            rank=25,
        ),
        Action(
            id="remits.aside",
            key="z",
            label="suspense",
            help="The money belongs to nothing here and stays unapplied; or settle what only wanted to be looked at.",
            asks=(Words(name="reason", question="What was found out"),),
            build=_aside,
            many=True,
            rank=50,
        ),
        Action(
            id="remits.reverse",
            key="R",
            label="reverse",
            help="Take a whole posted payment back, with everything that it decided; its file may come in again.",
            places=_LIST,
            asks=(
                Pick(name="payment", question="Take back which payment", load=_payments, digits=False),
                Words(name="reason", question="Because"),
            ),
            build=_reverse,
            effect=_taken_back,
        ),
    ),
)
