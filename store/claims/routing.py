"""A claim that somebody else has to say something about: asked of a desk, waiting, and back with the answer.

The coder is asked through `store.claims.correct.RouteToCoder`: coders work on the encounter and see no claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.claims.correct import correctable
from store.claims.edit_work import rescrub
from store.claims.events import tell
from store.claims.states import CLAIM, QUEUE, REJECTIONS, ClaimState, called, is_to_send
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Claim, Remark, WorkItem
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.dates import add_business_days, holidays

DESKS = {"front desk": "registration and insurance data", "credentialing": "providers and their numbers",
         "biller": "another biller"}  # fmt: skip
ANSWER_DAYS = 2
"""Business days after which what was asked comes back by itself."""


@dataclass(frozen=True, slots=True)
class RouteClaim(Command):
    """Ask a desk about a claim that an edit stopped or that was rejected; its row comes back on the day given."""

    claim_id: int
    desk: str
    question: str = free_text()
    days: int = ANSWER_DAYS
    name: ClassVar[str] = "claims.route"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """The clock of the filing limit runs on; asked again, the new question holds."""
        claim = correctable(change, self.claim_id)
        question = clean_line(self.question)
        if self.desk not in DESKS:
            raise Refused(f"There is no desk {self.desk[:20]!r}.", do=f"There are: {', '.join(DESKS)}.")
        if not question:
            raise Refused("Say what is asked.")
        if not 1 <= self.days <= 60:
            raise Refused(f"{self.days} days are too many or too few.", do="1 to 60 business days.")
        item = _item(change, claim)
        if claim.state != ClaimState.ROUTED:
            change.move(claim, CLAIM, ClaimState.ROUTED, called(claim))
        claim.routed_to, claim.routed_question = self.desk, question
        item.deferred_until = add_business_days(change.today, self.days, holidays(change.session))
        tell(change, claim, "ROUTED", status=self.desk, text=question)
        return Said(f"{self.desk} is asked; {called(claim)} comes back by {item.deferred_until}.", claim.id)


@dataclass(frozen=True, slots=True)
class ReturnClaim(Command):
    """The desk has answered: the claim is the biller's again, with the answer among its notes."""

    claim_id: int
    answer: str = free_text()
    name: ClassVar[str] = "claims.return"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """What an edit stopped is looked at again, as the answer may have mended the record."""
        claim = correctable(change, self.claim_id)
        answer = clean_line(self.answer)
        if claim.state != ClaimState.ROUTED:
            raise Refused(f"{called(claim)} is {claim.state}: nobody was asked about it.")
        if not answer:
            raise Refused("Say what the answer is.")
        item = _item(change, claim)
        desk, question = claim.routed_to, claim.routed_question
        item.deferred_until = None
        claim.routed_to = claim.routed_question = ""
        tell(change, claim, "RETURNED", status=desk, text=answer)
        change.add(
            Remark(
                subject=f"{item.queue}:{claim.id}", claim_id=claim.id, user_id=change.actor.user_id, at=change.now,
                text=f"{desk} was asked: {question} Answer: {answer}",
            )
        )  # fmt: skip
        if is_to_send(claim):
            rescrub(change, claim)
        else:
            change.move(claim, CLAIM, ClaimState.REJECTED, called(claim))
        return Said(f"{called(claim)} is back: {answer}", claim.id)


def _item(change: Change, claim: Claim) -> WorkItem:
    for queue in (REJECTIONS, QUEUE):
        item = items.find(change, queue, claim.id)
        if item is not None and item.open:
            return item
    raise Refused(f"{called(claim)} is in no queue.", do="What waits behind its file goes again with the file.")
