"""Which answers are posted by themselves.

An answer is posted when its payer is enabled, its claim and every line are certain, the claim is open and its balance
covers what is taken from it, and a negative one has its original.  Everything else is held before a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, select

from store.claims.given_up import charge_of, is_off_the_books
from store.remits import exceptions
from store.remits.answers import Answer
from store.remits.legs import Legs
from store.remits.next_payer import waiting_at_payers
from store.remits.originals import Original, Originals, follow
from store.remits.states import AnswerState
from store.tables import Payer, PostingRule


def rule_of(session: Session, payer_code: str) -> PostingRule:
    """How this payer's remittances are posted: its own rule, else the practice's, else post what is certain."""
    rules = {rule.payer_id: rule for rule in session.exec(select(PostingRule)).all()}
    if not rules:
        return PostingRule()
    payer_id = session.exec(select(Payer.id).where(Payer.payer_id == payer_code)).first()
    return rules.get(payer_id) or rules.get(None) or PostingRule()


class Judge:
    """Looks at answers in their order; what it lets through counts for those after it."""

    def __init__(self, session: Session, answers: Sequence[Answer], legs: Legs, *, auto_post: bool) -> None:
        self._legs, self._auto_post = legs, auto_post
        waiting = waiting_at_payers(session, {answer.claim.id for answer in answers if answer.claim})
        self._open: dict[int, int] = defaultdict(int)
        for claim_id, payers in waiting.items():
            self._open[claim_id] = sum(payers.values())
        for claim in {one.claim.id: one.claim for one in answers if one.claim and is_off_the_books(one.claim)}.values():
            self._open[claim.id] += charge_of(session, claim)  # it is charged again once the answer is posted
        self._originals = Originals(session, answers)
        self._takes_back = any(answer.reverses for answer in answers)
        self.cancelled: list[int] = []

    def look(self, answer: Answer) -> None:
        """Set the answer's state, and why it is held."""
        answer.hold = self._doubt(answer)
        if answer.hold:
            answer.state = AnswerState.HELD if answer.claim else AnswerState.UNMATCHED
        elif answer.claim is not None and answer.posts:
            self._open[answer.claim.id] -= self._legs.leaves(answer)
        if self._takes_back and answer.state is not AnswerState.CANCELLED and not answer.reverses:
            self._originals.add(answer)

    def _doubt(self, answer: Answer) -> str:
        original = self._originals.of(answer) if answer.reverses else None
        if original is not None and original.state != AnswerState.MATCHED:
            return self._cancel(answer, original)
        if answer.claim is None:
            return answer.hold or exceptions.NO_CLAIM
        if not self._auto_post:
            return exceptions.REVIEW
        if answer.reverses:
            return self._take_back(answer, original)
        return self._fits(answer, answer.claim.id)

    def _fits(self, answer: Answer, claim_id: int) -> str:
        if answer.value.paid < 0:
            return exceptions.REV_NO_ORIG
        if answer.unplaced:
            return exceptions.NO_LINE
        return exceptions.OVERPAY if self._legs.leaves(answer) > max(0, self._open[claim_id]) else ""

    def _take_back(self, answer: Answer, original: Original | None) -> str:
        if original is None:
            other = self._originals.at_another_level(answer)
            return exceptions.REV_NO_LINE if other else exceptions.REV_NO_ORIG
        follow(answer, original)
        answer.reverses_id = original.id
        self._originals.use(original)
        return ""

    def _cancel(self, answer: Answer, original: Original) -> str:
        """The payer took back what was never posted: neither is posted, and the money of both is even."""
        answer.state, answer.reverses_id = AnswerState.CANCELLED, original.id
        self.cancelled.append(original.id)
        self._originals.use(original)
        return ""
