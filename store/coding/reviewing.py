"""A second look: asked for, agreed with, changed or returned, and scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.coding import access, checks, reviews
from store.coding.flow import complete
from store.coding.states import ENCOUNTER, CodingState
from store.coding.suggestions import Offer, settle
from store.errors import Refused
from store.people.roles import Permission
from store.tables import CodingReview, Encounter, User
from store.text import clean_line, how_many
from store.work import items
from store.work.command import Change, Command, Said, bulk, free_text
from store.work.record import Lines, Record, Tab, Table
from store.work.values import Column, Kind

ALONE = "alone"
"""The outcome where the coder let it go, because nobody else may review."""


@dataclass(frozen=True, slots=True)
class AskReview(Command):
    """Ask for a second look before the encounter is finished; `offered` as in `FinishCoding`."""

    encounter_id: int
    reason: str = free_text()
    offered: tuple[Offer, ...] | None = bulk(default=None)
    name: ClassVar[str] = "reviews.ask"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Only what could be finished: a review looks at whole codings, and at whether both of what excludes stand."""
        encounter = access.editable(change, self.encounter_id)
        reason = clean_line(self.reason)
        if not reason:
            raise Refused("Say what the reviewer should look at.")
        if encounter.state == CodingState.REVIEW:
            raise Refused(f"{access.called(encounter)} is in review already.")
        checks.require_finishable(change, encounter, override=reason)
        settle(change, encounter, self.offered)
        return reviews.send(change, encounter, "asked", reason)


@dataclass(frozen=True, slots=True)
class FinishReview(Command):
    """The codes are right as they stand now: agreed with, or changed by the reviewer, who says why.

    `override` says why codes that exclude each other both stand, where the coder has not said it of the same codes.
    """

    encounter_id: int
    reasons: str = free_text(default="")
    override: str = free_text(default="")
    name: ClassVar[str] = "reviews.finish"
    permission: ClassVar[Permission] = Permission.REVIEW

    def apply(self, change: Change) -> Said:
        """It is released and billed.  Changed codes need a reason; the agreement is kept.

        One's own coding, where nobody else may review, is let go with a reason and counts as no agreement.
        """
        encounter = _in_review(change, self.encounter_id)
        override = clean_line(self.override)
        review = reviews.waiting_review(change, encounter.id)
        checks.require_finishable(change, encounter, override, _settled(review))
        if override:
            access.keep_override(change, encounter, override)
        reasons = clean_line(self.reasons) or override
        if review.coder_id == change.actor.user_id:
            return _let_go(change, encounter, review, reasons)
        _score(change, review, reasons)
        if review.outcome == "changed" and not review.reasons:
            raise Refused("The codes were changed.", do="Say why; the coder reads it.")
        outcome = complete(change, encounter)
        told = f"{review.outcome}, {review.matched} of {review.total} agree"
        return Said(f"{access.called(encounter)} reviewed ({told}): {outcome}", encounter.id)


@dataclass(frozen=True, slots=True)
class ReturnReview(Command):
    """Give the encounter back to its coder with reasons."""

    encounter_id: int
    reasons: str = free_text()
    name: ClassVar[str] = "reviews.return"
    permission: ClassVar[Permission] = Permission.REVIEW

    def apply(self, change: Change) -> Said:
        """It is the coder's again; when it is finished it isn't chosen a second time."""
        encounter = _in_review(change, self.encounter_id)
        reasons = clean_line(self.reasons)
        if not reasons:
            raise Refused("Say what the coder should look at.")
        review = reviews.waiting_review(change, encounter.id)
        _decided(change, review, "returned", reasons)
        change.move(encounter, ENCOUNTER, CodingState.IN_PROGRESS, access.called(encounter))
        items.close(change, access.REVIEWS, encounter.id)
        item = items.find(change, access.QUEUE, encounter.id)
        cents, due, score = (item.cents, item.due, item.score) if item else (0, None, 0)
        reason = f"returned: {reasons}"
        back = items.put(change, access.QUEUE, encounter.id, reason=reason, cents=cents, due=due, score=score)
        back.assigned_to = review.coder_id
        return Said(f"{access.called(encounter)} is returned to its coder.", encounter.id)


def _settled(review: CodingReview) -> frozenset[str]:
    """The codes that the coder gave a reason for, that they stand beside each other."""
    if not review.override:
        return frozenset()
    return frozenset(line.split()[1] for line in review.codes_before.split("\n") if line)


def _in_review(change: Change, encounter_id: int) -> Encounter:
    encounter = access.editable(change, encounter_id)
    if encounter.state != CodingState.REVIEW:
        raise Refused(f"{access.called(encounter)} is {encounter.state}, not in review.")
    return encounter


def _let_go(change: Change, encounter: Encounter, review: CodingReview, reasons: str) -> Said:
    """A coder's own look at what no second person can look at; `access.editable` made sure that there is none."""
    if not reasons:
        raise Refused("You coded it yourself, and nobody else may review.", do="Say why it goes out as it is.")
    review.codes_after = "\n".join(reviews.code_lines(change, encounter.id))
    _decided(change, review, ALONE, reasons)
    return Said(f"{access.called(encounter)} let go without a second look: {complete(change, encounter)}", encounter.id)


def _score(change: Change, review: CodingReview, reasons: str) -> None:
    """Of all lines of both codings, how many are in both."""
    before, after = set(review.codes_before.split("\n")), set(reviews.code_lines(change, review.encounter_id))
    review.matched, review.total = len(before & after), len(before | after)
    review.codes_after = "\n".join(reviews.code_lines(change, review.encounter_id))
    _decided(change, review, "agreed" if before == after else "changed", reasons)


def _decided(change: Change, review: CodingReview, outcome: str, reasons: str) -> None:
    review.outcome, review.reasons = outcome, reasons
    review.reviewer_id, review.decided_at = change.actor.user_id, change.now


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coder's reviews: how they ended, and which part of the reviewed codes was agreed with."""

    coder: str
    agreed: int
    changed: int
    returned: int
    matched: int
    total: int

    @property
    def percent(self) -> int | None:
        """Codes agreed with, of all in either coding; None before anything was scored."""
        return round(100 * self.matched / self.total) if self.total else None


def agreement(session: Session) -> tuple[Agreement, ...]:
    """Every coder who was reviewed, by name."""
    query = select(CodingReview, User.name).join(User, col(User.id) == col(CodingReview.coder_id))
    by_coder: dict[str, list[CodingReview]] = {}
    for review, name in session.exec(query.where(CodingReview.outcome != "")):
        by_coder.setdefault(name, []).append(review)
    return tuple(_of(name, rows) for name, rows in sorted(by_coder.items()))


def _of(name: str, rows: list[CodingReview]) -> Agreement:
    ended = [row.outcome for row in rows]
    agreed, changed, returned = (ended.count(one) for one in ("agreed", "changed", "returned"))
    matched, total = sum(row.matched for row in rows), sum(row.total for row in rows)
    return Agreement(name, agreed, changed, returned, matched, total)


def agreement_record(session: Session) -> Record:
    """Agreement by coder, and every review behind it."""
    columns = (
        Column("coder", "Coder", 14),
        Column("agreed", "Agreed", 6, Kind.NUMBER),
        Column("changed", "Changed", 7, Kind.NUMBER),
        Column("returned", "Returned", 8, Kind.NUMBER),
        Column("matched", "Codes", 6, Kind.NUMBER),
        Column("total", "of", 6, Kind.NUMBER),
        Column("percent", "%", 4, Kind.NUMBER),
    )
    found = agreement(session)
    rows = tuple((a.coder, a.agreed, a.changed, a.returned, a.matched, a.total, a.percent) for a in found)
    words = "Codes: those in both codings, of those in either; the first-listed diagnosis counts once more."
    tabs = (Tab("Coders", (Table(columns, rows), Lines((words,)))), Tab("Reviews", (_decisions(session),)))
    ended = sum(a.agreed + a.changed + a.returned for a in found)
    return Record("Agreement in reviews", how_many(ended, "review"), "", tabs)


def _decisions(session: Session) -> Table:
    query = (
        select(CodingReview, Encounter.number, User.name)
        .join(Encounter, col(Encounter.id) == col(CodingReview.encounter_id))
        .join(User, col(User.id) == col(CodingReview.coder_id))
        .where(CodingReview.outcome != "")
        .order_by(col(CodingReview.id).desc())
        .limit(200)
    )
    columns = (
        Column("enc", "Enc", 7),
        Column("coder", "Coder", 10),
        Column("why", "Chosen", 18),
        Column("outcome", "Outcome", 9),
        Column("reasons", "Reasons", 30),
    )
    rows = tuple((number, name, row.reason, row.outcome, row.reasons) for row, number, name in session.exec(query))
    return Table(columns, rows)
