"""Why claims come back: the reasons of denials and rejections, how many, how much, and whether it gets better."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import Session, col

from store.people.roles import Actor
from store.remits.dispositions import disposition
from store.reports.measure import during, in_db, pick
from store.reports.values import Asked, Opens, Period, Report, ReportRow
from store.tables import Claim, ClaimEvent, Denial, Payer
from store.work.values import Column, Kind, View

OWNERS = {
    "eligibility": "front desk", "COB": "front desk", "information": "front desk", "registration": "front desk",
    "authorization": "front desk", "referral": "front desk", "bundling": "coding", "coding": "coding",
    "necessity": "coding", "diagnosis": "coding", "modifier": "coding", "timely filing": "billing",
    "duplicate": "billing", "records": "billing",
}  # fmt: skip
"""Who can prevent a category of denials; what is not here is for the practice to decide."""


def reasons_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """Denials opened in the period by reason, with the count of the period before, and rejections by status."""
    now, before = _denials(session, asked.period), _denials(session, asked.period.before())
    rows = []
    for key, (count, cents, payers) in sorted(now.items(), key=lambda one: -one[1][1]):
        group, reason, category = key
        earlier = before.get(key, (0, 0, ""))[0]
        cells = (f"{group}-{reason}", disposition(group, reason).hint, category, OWNERS.get(category, ""), count, cents,
                 earlier, count - earlier)  # fmt: skip
        opens = Opens(queue="denials", view=View(f"carc:{group}-{reason}"))
        rows.append(ReportRow(cells, (f"Payers: {payers}.",), opens))
    for status, count, cents in _rejections(session, asked.period):
        rows.append(
            ReportRow((status, "rejected before adjudication", "rejection", "billing", count, cents, None, None))
        )
    columns = (
        Column("reason", "Reason", 9, help="Adjustment group and reason, or the status of a rejection."),
        Column("means", "Means", 18),
        Column("category", "Category", 12, wide=True),
        Column("owner", "Prevents", 10, help="Who can prevent it."),
        Column("count", "Count", 6, Kind.NUMBER),
        Column("cents", "Money", 10, Kind.CENTS),
        Column("before", "Before", 6, Kind.NUMBER, help="In the period of the same length before."),
        Column("change", "Change", 6, Kind.NUMBER),
    )
    bars = tuple((str(row.cells[0]), float(int(str(row.cells[5]))) / 100) for row in rows[:10])
    titles = ("Reason", "Money, dollars")
    return Report(
        "reasons", f"Why claims come back, {asked.period}", columns, tuple(rows), bars=bars, bar_titles=titles
    )


def _denials(session: Session, period: Period) -> dict[tuple[str, str, str], tuple[int, int, str]]:
    query = (
        pick(Denial.group, Denial.reason, Denial.category, Payer.name, func.count(), func.sum(Denial.cents))
        .select_from(Denial)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .where(col(Denial.opened_on).between(period.start, period.end))
        .group_by(col(Denial.group), col(Denial.reason), col(Denial.category), col(Payer.name))
        .order_by(func.count().desc())
    )
    found: dict[tuple[str, str, str], tuple[int, int, str]] = {}
    for group, reason, category, payer, count, cents in in_db(session, query):
        had = found.get((group, reason, category), (0, 0, ""))
        names = f"{had[2]}, {payer} {count}" if had[2] else f"{payer} {count}"
        found[group, reason, category] = (had[0] + count, had[1] + int(cents), names)
    return found


def _rejections(session: Session, period: Period) -> list[tuple[str, int, int]]:
    query = (
        pick(ClaimEvent.status, func.count(), func.sum(Claim.charge))
        .select_from(ClaimEvent)
        .join(Claim, col(Claim.id) == col(ClaimEvent.claim_id))
        .where(col(ClaimEvent.kind) == "REJECTED", during(ClaimEvent.at, period))
        .group_by(col(ClaimEvent.status))
        .order_by(func.count().desc())
    )
    return [(status, count, int(cents)) for status, count, cents in in_db(session, query)]
