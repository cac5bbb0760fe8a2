"""Denials: correct and send again, write off, move to the patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from store import clock
from store.money import parse_cents, show_cents
from store.people.roles import Role
from tui.asks import Choice, Chosen, Days, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.claim import PROOF, VOID_REASON
from tui.queues.corrections import CORRECTION_ASKS, correction
from tui.queues.folders import into
from tui.verbs import day

if TYPE_CHECKING:
    from store.work.command import Command


def _void(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import VoidDenied

    return [VoidDenied(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import CorrectDenial

    return [CorrectDenial(row.subject_id, **correction(chosen)) for row in chosen.rows]


def _together(what: str, commands: Sequence[Command]) -> Sequence[object]:
    """Of many rows one change: all or none, one note, one undo."""
    from store.work.together import Together

    return [Together(tuple(commands), what)] if len(commands) > 1 else commands


def _start(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import StartDenial

    return _together("In work", [StartDenial(row.subject_id) for row in chosen.rows])


def _write_off(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import WriteOffDenial

    return _together("Write off", [WriteOffDenial(row.subject_id, chosen.text("reason")) for row in chosen.rows])


def _approve(chosen: Chosen) -> Sequence[object]:
    from store.denials.approvals import ApproveWriteOff

    return [ApproveWriteOff(row.subject_id) for row in chosen.rows]


def _refuse(chosen: Chosen) -> Sequence[object]:
    from store.denials.approvals import RefuseWriteOff

    return [RefuseWriteOff(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _limit(chosen: Chosen) -> Sequence[object]:
    from store.denials.approvals import SetWriteOffLimit

    amount = chosen.text("amount")
    return [SetWriteOffLimit(chosen.text("role"), parse_cents(amount.lstrip("$")) if amount else None)]


def _roles(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    return [Choice(role, role) for role in (Role.BILLER, Role.SUPERVISOR, Role.OWNER)]


def _transfer(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import TransferDenial

    return [TransferDenial(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _reasons(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.denials.commands import WRITE_OFF_REASONS

    return [Choice(reason, reason) for reason in WRITE_OFF_REASONS]


def _route(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import RouteDenial

    return [RouteDenial(row.subject_id, chosen.text("question")) for row in chosen.rows]


def _appeal(chosen: Chosen) -> Sequence[object]:
    from store.denials.appeals import AppealDenial

    late = chosen.text("late")
    return _together("Appeal", [AppealDenial(row.subject_id, chosen.text("reference"), late) for row in chosen.rows])


def _upheld(chosen: Chosen) -> Sequence[object]:
    from store.denials.appeals import AppealUpheld

    return [AppealUpheld(row.subject_id, _day_before(chosen)) for row in chosen.rows]


def _received(chosen: Chosen) -> Sequence[object]:
    from store.denials.appeals import ConfirmReceipt

    return _together("Received", [ConfirmReceipt(row.subject_id, chosen.text("proof")) for row in chosen.rows])


def _reopen(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import ReopenExpired

    return [ReopenExpired(row.subject_id, chosen.text("cause")) for row in chosen.rows]


def _notice(chosen: Chosen) -> Sequence[object]:
    from store.denials.notices import RecordNotice

    return [RecordNotice(row.subject_id, _day_before(chosen), chosen.text("kept")) for row in chosen.rows]


def _day_before(chosen: Chosen) -> date:
    on = chosen.answers["on"]
    return on if isinstance(on, date) else clock.today() - timedelta(days=int(on))


def _records(chosen: Chosen) -> Sequence[object]:
    from store.denials.appeals import SendRecords

    told = (chosen.text("what"), chosen.text("reference"))
    return _together("Records sent", [SendRecords(row.subject_id, *told) for row in chosen.rows])


def _call(chosen: Chosen) -> Sequence[object]:
    from store.denials.appeals import PayerCall

    told = (chosen.text("contact"), chosen.text("outcome"), chosen.text("reference"))
    return _together("Call", [PayerCall(row.subject_id, *told, day(chosen, "again")) for row in chosen.rows])


def _number(practice: PracticeApi, chosen: Chosen) -> str:
    """Where the payer is called and what to press, for the one who is about to dial."""
    from store.denials.contact import call_told

    with opened(practice).reading() as session:
        return call_told(session, chosen.rows[0].subject_id)


def _letter(chosen: Chosen) -> Sequence[object]:
    from store.jobs import WriteLetters

    ids = tuple(row.subject_id for row in chosen.rows)
    folder = Path(chosen.text("folder")).expanduser()
    told = (chosen.text("letter"), chosen.text("how"), "", chosen.text("reference"))
    return [WriteLetters(ids, *told, folder)]


def _letters(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.denials.letters import templates

    with opened(practice).reading() as session:
        return [Choice(one.name, one.name, "with enclosures" if one.packet else "") for one in templates(session)]


def _letter_text(field: str, practice: PracticeApi, chosen: Chosen) -> str:
    """What stands now in the letter that was named, a blank line as ` | `; nothing for a new one."""
    from store.denials.letters import in_lines

    with opened(practice).reading() as session:
        return in_lines(session, chosen.text("name"))[field == "text"]


def _names(_practice: PracticeApi, _chosen: Chosen) -> str:
    from store.denials.letter_texts import NAMES

    return f"parts by |; may name ${', $'.join(sorted(NAMES))}"


def _save_letter(chosen: Chosen) -> Sequence[object]:
    from store.denials.letters import SaveTemplate

    text = "\n\n".join(part.strip() for part in chosen.text("text").split("|"))
    seen = (chosen.stood.get("title"), chosen.stood.get("text"))
    return [SaveTemplate(chosen.text("name"), chosen.text("title"), text, *seen)]


def _ways(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.denials.letters import WAYS

    return [Choice(way, way) for way in WAYS]


def _classify(chosen: Chosen) -> Sequence[object]:
    from store.denials.classify import ClassifyDenial

    own = chosen.text("scope") == "payer"
    return [ClassifyDenial(row.subject_id, chosen.text("category"), only_payer=own) for row in chosen.rows]


def _categories(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.remits.dispositions import categories

    return [Choice(name, name) for name in categories()]


def _outcomes(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.denials.appeals import CALL_OUTCOMES

    return [Choice(outcome, outcome) for outcome in CALL_OUTCOMES]


SPEC = QueueScreenSpec(
    queue="denials",
    alike=("payer", "carc"),
    actions=(
        Action(
            id="denials.correct",
            key="c",
            label="correct",
            help="Mend the claim and send it again (frequency 7, the payer's number); the denial waits for the answer.",
            asks=CORRECTION_ASKS,
            build=_correct,
            rank=20,
        ),
        Action(
            id="denials.write_off",
            key="w",
            label="write off",
            help="Give the denied amount up, with the reason; above your limit a supervisor approves it first.",
            asks=(Pick(name="reason", question="Write off because", load=_reasons),),
            build=_write_off,
            many=True,
            rank=50,
        ),
        Action(
            id="denials.approve",
            key="Y",
            label="approve",
            help="Approve write-offs that others asked for above their limit.",
            build=_approve,
            confirm=lambda chosen: f"Approve writing off {show_cents(chosen.cents, sign='$')}?",
            many=True,
        ),
        Action(
            id="denials.refuse",
            key="N",
            label="refuse",
            help="Refuse a write-off that was asked for; the denial goes back to who asked.",
            asks=(Words(name="reason", question="Refused because"),),
            build=_refuse,
            confirm=lambda chosen: f"Refuse {chosen.several('write-off')}?",
            many=True,
        ),
        Action(
            id="denials.limit",
            key="L",
            label="limit",
            help="How much a role may write off alone; for who administers the practice.",
            asks=(
                Pick(name="role", question="Limit for which role", load=_roles),
                Words(name="amount", question="Dollars", required=False, hint="empty takes the limit away"),
            ),
            build=_limit,
            confirm=lambda chosen: f"Limit write-offs of a {chosen.text('role')} to {chosen.text('amount') or 'any'}?",
        ),
        Action(
            id="denials.route",
            key="r",
            label="to coder",
            help="Send the encounter back to coding with a question; finishing it corrects the claim.",
            asks=(Words(name="question", question="What should the coder look at"),),
            build=_route,
        ),
        Action(id="denials.work", key="W", label="in work", help="Mark the denial as being worked.", build=_start,
               confirm=lambda chosen: f"Mark {chosen.several('denial')} as in work?", many=True),
        Action(
            id="denials.appeal",
            key="A",
            label="appeal",
            help="File the next level of appeal; the row comes back when the payer's clock has run out.",
            asks=(
                Words(name="reference", question="Reference", required=False, hint="the payer's or your own"),
                Words(name="late", question="Good cause, if late", required=False, hint="empty if in time"),
            ),
            build=_appeal,
            confirm=lambda chosen: f"File an appeal for {chosen.several('denial')}?",
            many=True,
            rank=55,
        ),
        Action(
            id="denials.upheld",
            key="D",
            label="upheld",
            help="The payer wrote that the denial stands: it is work again, until the next level's last day.",
            asks=(Days(name="on", question="Date of the notice", hint="2026-11-20, or 3d for three days ago"),),
            build=_upheld,
            confirm=lambda chosen: f"The payer upheld {chosen.several('denial')}?",
        ),
        Action(
            id="denials.records",
            key="f",
            label="records",
            help="Records went to the payer; the row comes back when nothing has come of it in 30 days.",
            asks=(
                Words(name="what", question="What was sent, and how"),
                Words(name="reference", question="Reference", required=False),
            ),
            build=_records,
            many=True,
        ),
        Action(
            id="denials.call",
            key="p",
            label="call",
            help="Note a call to the payer: whom, what came of it, the reference, and when to look again.",
            asks=(
                Words(name="contact", question="Spoke to", tell=_number),
                Pick(name="outcome", question="Outcome", load=_outcomes),
                Words(name="reference", question="Reference", required=False),
                Days(name="again", question="Look again in", first="7d"),
            ),
            build=_call,
            many=True,
            rank=60,
        ),
        Action(
            id="denials.letter",
            key="F",
            label="letter",
            help="Fill a letter or an appeal packet from the claim as PDF, and keep what was sent, how and when.",
            asks=(
                Pick(name="letter", question="Which letter", load=_letters),
                Pick(name="how", question="Sent by", load=_ways),
                Words(name="reference", question="Reference", required=False, hint="fax receipt, tracking number"),
                into("The letter", "letters-out"),
            ),
            build=_letter,
            confirm=lambda chosen: f"Write {chosen.several('letter')} and note them as sent?",
            many=True,
            rank=65,
        ),
        PROOF,
        Action(
            id="denials.void",
            key="V",
            label="void",
            help="Take the claim back from the payer (frequency 8 with the payer's number); the denial waits for that.",
            asks=(VOID_REASON,),
            build=_void,
            confirm=lambda _chosen: "Void the claim? The payer takes back all that it paid on it.",
        ),
        Action(
            id="denials.template",
            key="T",
            label="letter text",
            help="Change a letter's text, or write one of your own; an empty text brings the shipped one back.",
            asks=(
                Words(name="name", question="Which letter", hint="appeal, records, or a name of your own"),
                Words(name="title", question="Subject", suggest=partial(_letter_text, "title"), stands=True,
                      required=False),
                Words(name="text", question="Text", suggest=partial(_letter_text, "text"), stands=True, tell=_names,
                      required=False, longest=6000),
            ),
            build=_save_letter,
            confirm=lambda chosen: f"Keep the letter '{chosen.text('name')}' for everybody?",
            places=frozenset({Place.LIST}),
        ),
        Action(
            id="bundle",
            key="b",
            label="bundle",
            help="Mark every row of the same payer and reason; then one key does it for all, and one u takes it back.",
            places=frozenset({Place.LIST}),
        ),
        Action(
            id="denials.classify",
            key="i",
            label="category",
            help="Say what kind of denial this reason is, for this payer or for all; open ones follow, later ones too.",
            asks=(
                Pick(name="category", question="It is", load=_categories),
                Pick(
                    name="scope",
                    question="For",
                    choices=(Choice("payer", "this payer"), Choice("all", "every payer")),
                ),
            ),
            build=_classify,
        ),
        Action(
            id="denials.received",
            key="R",
            label="received",
            help="The payer has what was sent, as a fax receipt or its portal says: from now on its answer is awaited.",
            asks=(Words(name="proof", question="How is it known"),),
            build=_received,
            confirm=lambda chosen: f"Note that the payer has what was sent for {chosen.several('denial')}?",
            many=True,
        ),
        Action(
            id="denials.reopen",
            key="X",
            label="good cause",
            help="The last day has passed, and there is a good cause with its proof: the denial is work again.",
            asks=(Words(name="cause", question="Good cause, and its proof"),),
            build=_reopen,
            confirm=lambda chosen: f"Work {chosen.several('denial')} past their last day?",
        ),
        Action(
            id="denials.notice",
            key="B",
            label="ABN",
            help="A notice (ABN) was signed before the service: record it, and the amount may move to the patient.",
            asks=(
                Days(name="on", question="Signed on", hint="the date, like 2026-03-01; not after the service"),
                Words(name="kept", question="Where the paper is", required=False),
            ),
            build=_notice,
            confirm=lambda chosen: f"Record a signed notice for {chosen.several('denial')}?",
        ),
        Action(
            id="denials.transfer",
            key="P",
            label="to patient",
            help="Move the amount to the patient; only where the group is PR, or a signed notice (ABN) allows it.",
            asks=(Words(name="reason", question="Why is it the patient's"),),
            build=_transfer,
            confirm=lambda chosen: f"Move {show_cents(chosen.cents, sign='$')} to the patient?",
        ),
    ),
)  # fmt: skip
