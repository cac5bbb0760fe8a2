"""Which accounts get a statement: each is in or out with exactly one reason, always found in the same order.

The order: deceased, bankruptcy, attorney; QMB and Medicaid; compensation and accident cases; dispute and estimate;
other holds; at an agency; charity pending; plan current; promise open; insurance pending; credit; under the minimum;
too soon; final notice out; mail returned or address not complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from store.accounts.agreements import Kept, PlanStanding, PromiseStanding, plans, promises
from store.accounts.balances import Balance, account_balances, among
from store.accounts.books import Book
from store.accounts.holds import RANK, HoldKind, Standing, standing_holds
from store.accounts.policy import policy_of
from store.money import show_cents
from store.statements.dunning import FINAL_LEVEL
from store.statements.estimates import over_estimate
from store.tables import Coverage, Guarantor, Patient, PatientPolicy, Payer, Placement, Posting, Practice

IN = "patient balance due"
PART = 2000
"""How many accounts are looked at together."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One account of a selection: in or out, and why; amounts in cents.

    `held` says that the reason is a hold or an agreement; `firm` that nobody may include the account in spite of it.
    """

    guarantor_id: int
    included: bool
    reason: str
    due: int
    pending: int
    credit: int = 0
    held: bool = False
    firm: bool = False
    dunning: int = 0
    last: date | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class _Why:
    """A reason to leave an account out."""

    words: str
    held: bool = False
    firm: bool = False


def judge_all(session: Session, as_of: date) -> list[Judged]:
    """Every account with something at its patient, by id."""
    practice = session.exec(select(Practice)).one()
    query = (
        select(Posting.guarantor_id)
        .where(col(Posting.guarantor_id).is_not(None), Posting.book == Book.PATIENT)
        .group_by(col(Posting.guarantor_id), col(Posting.encounter_id))
        .having(func.sum(Posting.cents) != 0)
    )
    ids = sorted({guarantor_id for guarantor_id in session.exec(query) if guarantor_id is not None})
    return judge(session, practice, ids, as_of)


def judge(session: Session, practice: Practice, guarantor_ids: Sequence[int], as_of: date) -> list[Judged]:
    """These accounts, judged on a date, by id."""
    ids = sorted(guarantor_ids)
    policy = policy_of(session)
    found: list[Judged] = []
    for start in range(0, len(ids), PART):
        found += _Judge(session, practice, policy, ids[start : start + PART], as_of).all()
    return found


class _Judge:
    """Some accounts with everything that decides about them, read once."""

    def __init__(
        self, session: Session, practice: Practice, policy: PatientPolicy, ids: Sequence[int], as_of: date
    ) -> None:
        self.session, self.practice, self.policy, self.ids, self.as_of = session, practice, policy, ids, as_of
        self.balances = account_balances(session, ids)
        self.holds = standing_holds(session, ids, as_of)
        self.plans: dict[int, PlanStanding] = plans(session, policy, ids, as_of)
        self.promises: dict[int, PromiseStanding] = promises(session, policy, ids, as_of)
        self.over = over_estimate(session, policy, ids)
        self.medicaid = _medicaid(session, ids, as_of)
        self.agencies = _agencies(session, ids)

    def all(self) -> Iterator[Judged]:
        wanted = set(self.ids)
        g = Guarantor
        columns = (g.id, g.dunning, g.last_statement_on, g.language, g.line1, g.city, g.state, g.zip)
        query = select(*columns).where(among(g.id, self.ids)).order_by(col(g.id))  # type: ignore[call-overload]
        for row in self.session.exec(query):
            if row[0] in wanted:
                yield self._one(*row)

    def _one(self, id_: int, dunning: int, last: date | None, language: str, *address: str) -> Judged:
        balance = self.balances[id_]
        why = self._why(id_, balance, dunning, last, all(address))
        return Judged(
            id_,
            why is None,
            why.words if why else IN,
            balance.patient_due,
            balance.insurance_pending,
            balance.credit,
            why is not None and why.held,
            why is not None and why.firm,
            dunning,
            last,
            language,
        )

    def _why(self, id_: int, balance: Balance, dunning: int, last: date | None, address: bool) -> _Why | None:
        holds = self.holds.get(id_, [])
        found = self._held(id_, holds, balance) or self._agreed(id_) or self._money(balance)
        if found is not None:
            return found
        if last is not None and self.as_of < last + timedelta(days=self.practice.statement_cycle_days):
            return _Why(f"too soon: sent on {last}")
        if dunning >= FINAL_LEVEL:
            return _Why("final notice was sent: for review")
        returned = next((one for one in holds if one.kind is HoldKind.RETURNED_MAIL), None)
        if returned is not None:
            return _Why(returned.words, held=True, firm=True)
        return None if address else _Why("address is not complete", firm=True)

    def _held(self, id_: int, holds: list[Standing], balance: Balance) -> _Why | None:
        """Holds, the estimate and the agency, in their order."""
        found: list[tuple[float, _Why]] = []
        for one in holds:
            if one.kind is HoldKind.NEW_INSURANCE or one.kind is HoldKind.RETURNED_MAIL:
                continue
            firm = RANK[one.kind] <= RANK[HoldKind.GFE]
            found.append((RANK[one.kind], _Why(one.words, held=True, firm=firm)))
        if id_ in self.medicaid and balance.patient_due > 0:
            found.append((RANK[HoldKind.MEDICAID], _Why("Medicaid: bill the plan first", held=True)))
        if id_ in self.over:
            over = show_cents(self.over[id_], sign="$")
            found.append((RANK[HoldKind.GFE] + 0.5, _Why(f"bill is {over} over the estimate", held=True)))
        if id_ in self.agencies:
            agency = _Why(f"with the agency {self.agencies[id_]}", held=True, firm=True)
            found.append((RANK[HoldKind.OTHER] + 0.5, agency))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _agreed(self, id_: int) -> _Why | None:
        plan, promise = self.plans.get(id_), self.promises.get(id_)
        if plan is not None and plan.current and not plan.done:
            return _Why("plan current", held=True)
        if promise is not None and promise.state is Kept.OPEN:
            return _Why(f"promise open until {promise.due_on}", held=True)
        new = next((one for one in self.holds.get(id_, []) if one.kind is HoldKind.NEW_INSURANCE), None)
        return _Why(new.words, held=True) if new else None

    def _money(self, balance: Balance) -> _Why | None:
        minimum = self.practice.minimum_statement_cents
        if balance.patient_due <= 0 < balance.insurance_pending:
            return _Why("insurance pending", firm=True)
        if balance.patient_due <= 0:
            return _Why("credit" if balance.credit > 0 else "nothing due", firm=True)
        if balance.patient_due < minimum:
            return _Why(f"under the minimum of {show_cents(minimum, sign='$')}")
        return None


def _medicaid(session: Session, ids: Sequence[int], on: date) -> set[int]:
    """Accounts with a patient whom Medicaid (SBR09 MC) covers on the day: it comes before the patient's share."""
    query = (
        select(Patient.guarantor_id)
        .join(Coverage, col(Coverage.patient_id) == col(Patient.id))
        .join(Payer, col(Payer.id) == col(Coverage.payer_id))
        .where(among(Patient.guarantor_id, ids), Payer.filing == "MC")
        .where(or_(col(Coverage.valid_from).is_(None), col(Coverage.valid_from) <= on))
        .where(or_(col(Coverage.valid_to).is_(None), col(Coverage.valid_to) >= on))
    )
    return set(session.exec(query).all())


def _agencies(session: Session, ids: Sequence[int]) -> dict[int, str]:
    query = select(Placement.guarantor_id, Placement.agency).where(
        among(Placement.guarantor_id, ids), col(Placement.recalled_on).is_(None)
    )
    return dict(session.exec(query).all())
