"""Asking payers after claims (276) and reading what they say (277)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlmodel import col, or_, select

from store.claims import archive, snapshot
from store.claims.acks import shown
from store.claims.events import tell
from store.claims.outgoing import control_of, keep_file, new_batch, route_to
from store.claims.rejections import QUEUE
from store.claims.states import CLAIM, OVERDUE, WAITING, ClaimState, called
from store.claims.status_words import in_words
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Claim, ClaimVersion, Payer
from store.text import clean_line, how_many
from store.work import items
from store.work.command import Change, Command, Said, bulk
from store.x12.status_answers import read_status_answers
from store.x12.status_requests import request_of, write_status_requests
from store.x12.status_values import StatusAnswer

_S = ClaimState
ASKABLE = frozenset({*WAITING, *OVERDUE})
ASKED_AGAIN_DAYS = 10
"""A claim that the payer calls pending or finished is asked after again when no remittance came in so many days."""


@dataclass(frozen=True, slots=True)
class AskStatus(Command):
    """Ask after these claims, or after all that are overdue: one 276 for each trading partner of theirs.

    What goes elsewhere than the first one is asked the next time.
    """

    claim_ids: tuple[int, ...] | None = None
    name: ClassVar[str] = "claims.ask_status"
    permission: ClassVar[Permission] = Permission.SEND
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when there is nothing to ask; the result is the batch's id."""
        claims = _askable(change, self.claim_ids)
        if not claims:
            raise Refused("There is no claim to ask after.", do="Only what was sent and not decided is asked after.")
        partner_id = change.get(Payer, claims[0].payer_id).partner_id
        claims = [one for one in claims if change.get(Payer, one.payer_id).partner_id == partner_id]
        route = route_to(change.session, partner_id)
        batch = new_batch(change, route, "276", len(claims), sum(claim.charge for claim in claims))
        batch.awaits_until = None  # whoever is not answered is asked again
        requests = [request_of(snapshot.load_any(_content(change, one)), one.control_number) for one in claims]
        text = write_status_requests(requests, route.submitter, control_of(batch, route))
        file = keep_file(change, batch, text.encode("ascii"))
        for claim in claims:
            tell(change, claim, "276", text=f"asked in {batch.file_name}", file_id=file.id)
            claim.awaits_until = claim.awaits_until or change.today + timedelta(days=ASKED_AGAIN_DAYS)
        return Said(
            f"{how_many(len(claims), 'claim')} {'is' if len(claims) == 1 else 'are'} asked after in {batch.file_name}.",
            batch.id,
        )


@dataclass(frozen=True, slots=True)
class ImportStatus(Command):
    """Take in a 277 that answers our questions; the same content twice changes nothing."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "claims.import_status"
    permission: ClassVar[Permission] = Permission.CLAIM
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused whole when the file is damaged; the result counts the answers by what they mean."""
        before = archive.known(change.session, self.content)
        if before is not None:
            return archive.here_since(self.file_name, before)
        told = read_status_answers(self.content, self.file_name)
        file = archive.keep(change, "277", "in", self.file_name, self.content)
        counts: dict[str, int] = {}
        for answer in told.answers:
            claim = _claim_of(change, answer)
            kind = answer.standing if claim is not None else "unknown"
            counts[kind] = counts.get(kind, 0) + 1
            if claim is not None:
                _take(change, claim, answer, file.id)
        file.summary = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        return Said(f"{self.file_name}: {file.summary or 'nothing for our claims'}.", counts)


def _askable(change: Change, claim_ids: tuple[int, ...] | None) -> list[Claim]:
    query = select(Claim).order_by(col(Claim.id))
    if claim_ids is None:
        query = query.where(col(Claim.state).in_(OVERDUE))
    else:
        query = query.where(col(Claim.id).in_(claim_ids), col(Claim.state).in_(ASKABLE))
    return list(change.session.exec(query).all())


def _content(change: Change, claim: Claim) -> str:
    query = select(ClaimVersion.content).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return change.session.exec(query).one()


def _claim_of(change: Change, answer: StatusAnswer) -> Claim | None:
    """By our trace, else by our number in it, else by the payer's own where only one claim has it."""
    numbers = {number for number in (answer.trace, answer.control_number) if number}
    query = select(Claim).where(or_(col(Claim.control_number).in_(numbers)))
    found: Sequence[Claim] = change.session.exec(query).all()
    if not found and answer.payer_control:
        found = change.session.exec(select(Claim).where(Claim.payer_control == answer.payer_control)).all()
    return found[0] if len(found) == 1 else None


def _take(change: Change, claim: Claim, answer: StatusAnswer, file_id: int) -> None:
    status = " ".join(shown(one) for one in answer.statuses)
    told = [answer.standing, in_words(answer.statuses), answer.source]
    if answer.paid is not None:
        told.append(f"paid {answer.paid / 100:.2f}")
    if answer.check_number:
        told.append(f"check {answer.check_number} of {answer.paid_on}")
    text = clean_line("  ".join(part for part in told if part))
    tell(change, claim, "277", status=status, text=text, file_id=file_id)
    if answer.payer_control and not claim.payer_control:
        claim.payer_control = answer.payer_control
    if claim.state not in ASKABLE:
        return
    if answer.standing in {"pending", "finalized", "received"}:
        claim.awaits_until = change.today + timedelta(days=ASKED_AGAIN_DAYS)
        if claim.state in OVERDUE:
            change.move(claim, CLAIM, _S.ACCEPTED, called(claim))
            items.force_close(change, QUEUE, claim.id)
        return
    state = _S.REJECTED if answer.standing == "rejected" else None
    if state is not None:
        change.move(claim, CLAIM, state, called(claim))
        claim.awaits_until = None
    if state is not None or claim.state in OVERDUE:
        claim.edit_severity, claim.edit_code, claim.review = "payer", status[:20], 1
        items.put(
            change, QUEUE, claim.id, reason=f"{status} {text}"[:120], cents=claim.charge, due=claim.filing_limit,
            score=claim.charge,
        )  # fmt: skip
