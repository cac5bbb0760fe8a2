"""Which denial to work first: what it is expected to bring, and how near its deadline is.

    EV    = p x at stake - minutes x cost of a minute
    score = EV x (1 + 3 e^(-slack / 7))

`p` is the practice's own wins, in full or in part, over tries for the same payer, reason and category, smoothed as
Beta(2, 2); with fewer than five tries it is taken over all payers, then over the category.  `slack` is the days to the
deadline less the days that mail and processing take; a deadline that is past counts as today's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date
from statistics import median

from sqlalchemy import bindparam, delete, func, insert, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from store import clock
from store.denials.states import CLOSED, DECIDED, WON
from store.money import show_cents
from store.tables import Claim, Denial, DenialWorth, WorkItem
from store.work.command import Change

ENOUGH_TRIES = 5
MAIL_DAYS = 7
RANKED_TOGETHER = 2000
"""How many denials are reckoned and written at once."""
RECENT = 20
COST_OF_A_MINUTE = 70
"""Cents: a biller's hour at $42."""

MINUTES: dict[str, int] = {
    "duplicate": 5, "information": 10, "modifier": 10, "COB": 12, "eligibility": 12, "late filing": 15,
    "records": 20, "bundling": 20, "enrolment": 25, "authorisation": 30, "necessity": 45,
}  # fmt: skip
"""How long a denial of a category takes on the whole."""
OTHER_MINUTES = 20


@dataclass(slots=True)
class Tally:
    """How often something was tried and won."""

    won: int = 0
    tried: int = 0

    def add(self, won: bool, count: int) -> None:
        """Count some outcomes."""
        self.tried += count
        self.won += count if won else 0

    @property
    def chance(self) -> float:
        """(won + 2) / (tried + 4): half where nothing is known, and never nought or one."""
        return (self.won + 2) / (self.tried + 4)


@dataclass(slots=True)
class Outcomes:
    """The practice's own outcomes: denials that the payer's later answer overturned or upheld."""

    exact: dict[tuple[int, str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    reason: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    category: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def of(self, payer_id: int, reason: str, category: str) -> tuple[Tally, str]:
        """The nearest outcomes of which there are enough, and what they are outcomes of."""
        steps = (
            (self.exact.get((payer_id, reason, category)), "this payer and reason"),
            (self.reason.get(reason), "this reason"),
            (self.category.get(category), f"category {category}"),
        )
        for tally, basis in steps:
            if tally is not None and tally.tried >= ENOUGH_TRIES:
                return tally, basis
        return Tally(), "too few outcomes yet"


def outcomes(session: Session) -> Outcomes:
    """Every outcome so far, in one query."""
    query = (
        sql_select(col(Claim.payer_id), col(Denial.reason), col(Denial.category), col(Denial.state), func.count())
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .where(col(Denial.state).in_(DECIDED))
        .group_by(col(Claim.payer_id), col(Denial.reason), col(Denial.category), col(Denial.state))
    )
    found = Outcomes()
    for payer_id, reason, category, state, count in session.execute(query).all():
        for tally in (found.exact[payer_id, reason, category], found.reason[reason], found.category[category]):
            tally.add(state in WON, count)
    return found


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one denial's expected value, as `DenialWorth` keeps them."""

    denial_id: int
    chance: int
    won: int
    tried: int
    basis: str
    at_stake: int
    minutes: int
    effort: int
    cents: int


def worth(known: Outcomes, denial_id: int, payer_id: int, reason: str, category: str, at_stake: int) -> Terms:
    """The terms of one denial; `at_stake` in cents is what a win would bring at most."""
    tally, basis = known.of(payer_id, reason, category)
    minutes = MINUTES.get(category, OTHER_MINUTES)
    effort = minutes * COST_OF_A_MINUTE
    expected = round(tally.chance * at_stake) - effort
    chance = round(tally.chance * 1000)
    return Terms(denial_id, chance, tally.won, tally.tried, basis, at_stake, minutes, effort, expected)


def urgency(deadline: date | None, today: date) -> float:
    """1 with time enough or no deadline on file, up to 4 on the last day for the mail."""
    if deadline is None:
        return 1.0
    slack = max(0, (deadline - today).days - MAIL_DAYS)
    return 1 + 3 * math.exp(-slack / 7)


def score(expected: int, deadline: date | None, today: date) -> int:
    """What the queue sorts by.  What costs more than it brings doesn't come sooner for being late."""
    return round(expected * urgency(deadline, today)) if expected > 0 else expected


def rank(change: Change) -> None:
    """Reckon every open denial anew: called when a remittance has opened or closed denials."""
    session = change.session
    session.flush()
    known = outcomes(session)
    session.execute(delete(DenialWorth))
    table = WorkItem.__table__  # type: ignore[attr-defined]
    renewed = update(table).where(table.c.id == bindparam("item")).values(score=bindparam("points"))
    last = 0
    while rows := session.execute(_OPEN.where(col(Denial.id) > last).limit(RANKED_TOGETHER)).all():
        last = rows[-1][0]
        terms: list[dict[str, object]] = []
        scores: list[dict[str, int]] = []
        for denial_id, reason, category, cents, deadline, payer_id, item_id in rows:
            found = worth(known, denial_id, payer_id, reason, category, cents)
            terms.append(asdict(found))
            scores.append({"item": item_id, "points": score(found.cents, deadline, change.today)})
        session.execute(insert(DenialWorth.__table__), terms)  # type: ignore[attr-defined]
        session.connection().execute(renewed, scores)


def rank_these(change: Change, claim_ids: Collection[int]) -> None:
    """Reckon the open denials of a few claims: called when a person has posted, so that undo takes it back with it."""
    session = change.session
    session.flush()
    known = outcomes(session)
    mine = col(Claim.id).in_(sorted(claim_ids))
    for denial_id, reason, category, cents, deadline, payer_id, item_id in session.execute(_OPEN.where(mine)).all():
        found = worth(known, denial_id, payer_id, reason, category, cents)
        row = session.get(DenialWorth, denial_id)
        if row is None:
            session.add(DenialWorth(**asdict(found)))
        else:
            row.sqlmodel_update(asdict(found))
        session.get_one(WorkItem, item_id).score = score(found.cents, deadline, change.today)
    session.flush()


_OPEN = (
    sql_select(
        col(Denial.id), col(Denial.reason), col(Denial.category), col(Denial.cents), col(Denial.deadline),
        col(Claim.payer_id), col(WorkItem.id),
    )
    .join(Claim, col(Claim.id) == col(Denial.claim_id))
    .join(WorkItem, col(WorkItem.subject_id) == col(Denial.id))
    .where(col(WorkItem.queue) == "denials", col(WorkItem.open), col(Denial.state).not_in(CLOSED))
    .order_by(col(Denial.id))
)  # fmt: skip


def told(session: Session, denial_id: int) -> tuple[str, ...]:
    """The priority in words and numbers, for `y`; empty where it was not reckoned."""
    terms = session.get(DenialWorth, denial_id)
    if terms is None:
        return ()
    deadline = session.get_one(Denial, denial_id).deadline
    factor = urgency(deadline, clock.today())
    stake, effort = show_cents(terms.at_stake, sign="$"), show_cents(terms.effort, sign="$")
    expected = show_cents(terms.cents, sign="$")
    slack = f"{max(0, (deadline - clock.today()).days - MAIL_DAYS)} days" if deadline else "no deadline on file"
    return (
        f"Expected value {expected} = p {terms.chance / 1000:.3f} x {stake} at stake - {terms.minutes} minutes x "
        f"{show_cents(COST_OF_A_MINUTE, sign='$')} ({effort}).",
        f"p = (won {terms.won} + 2) / (tried {terms.tried} + 4): {terms.basis}.",
        f"Priority {show_cents(score(terms.cents, deadline, clock.today()))} = expected value x {factor:.2f}, "
        f"1 + 3 e^(-slack/7); slack: {slack}, {MAIL_DAYS} days for the mail taken off.",
    )


def worked_before(session: Session, denial: Denial, payer_id: int) -> str:
    """What became of earlier denials of this payer and reason: how many, how many won, in how many days."""
    query = (
        sql_select(col(Denial.state), col(Denial.opened_on), col(Denial.closed_on))
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .where(col(Claim.payer_id) == payer_id, col(Denial.reason) == denial.reason, col(Denial.state).in_(DECIDED))
        .order_by(col(Denial.closed_on).desc())
        .limit(RECENT)
    )
    rows = session.execute(query).all()
    if not rows:
        return "no outcomes yet for this payer and reason"
    days = [(closed - opened).days for state, opened, closed in rows if state in WON and closed is not None]
    took = f", in {round(median(days))} days on the median" if days else ""
    return f"of the last {len(rows)} like it {len(days)} were won{took}"
