"""Filing limits as dates.  Where a payer's contract is not on file there is none: nothing is assumed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from store.claims.payer_data import MEDICARE_FILINGS, Limit, limits_of
from store.tables import Payer

__all__ = [
    "MEDICARE_FILINGS", "Anchors", "Closing", "closing", "dispute_limit", "filing_limit", "limit_words",
    "refund_limit", "response_limit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days from which limits are counted; None where that has not happened."""

    dos_from: date
    dos_thru: date | None = None
    discharge: date | None = None
    primary_eob: date | None = None
    denial_notice: date | None = None


def filing_limit(payer: Payer, anchors: Anchors, what: str = "initial") -> date | None:
    """The last day for a claim: `what` is initial, corrected or secondary; None where no limit is on file.

    Medicare: one calendar year from the date of service (42 CFR 424.44; Part A counts from the last day), 29 February
    counting as the 28th, and the next workday when it falls on a weekend; it holds for later claims too.
    """
    found = _limit(payer, anchors, what)
    if found is None:
        return None
    anchor = _anchor(found, anchors)
    return _end(payer, found, anchor) if anchor else None


@dataclass(frozen=True, slots=True)
class Closing:
    """Visits whose first claim has to be filed soon: those whose anchor is on `last` or before.

    It holds for dates of service from `since` to `until`; None is open.
    """

    anchor: str
    last: date
    since: date | None
    until: date | None


def closing(payer: Payer, by: date) -> tuple[Closing, ...]:
    """The visits to this payer whose limit for the first claim ends on `by` or before; the first that holds counts."""
    return tuple(
        Closing(one.anchor, _last_anchor(payer, one, by), one.valid_from, one.valid_to)
        for one in limits_of(payer)
        if one.what == "initial" and one.anchor in _OF_A_VISIT
    )


_OF_A_VISIT = frozenset({"dos_from", "dos_thru", "discharge"})


def _last_anchor(payer: Payer, limit: Limit, by: date) -> date:
    """The last day from which the limit ends on `by` or before: near the same day so long ago."""
    day = _before(by, limit) + timedelta(days=4)
    while day > date.min and _end(payer, limit, day) > by:
        day -= timedelta(days=1)
    return day


def _before(day: date, limit: Limit) -> date:
    if limit.unit == "days":
        return day - timedelta(days=limit.limit)
    months = day.year * 12 + day.month - 1 - limit.limit * (12 if limit.unit == "years" else 1)
    return date(max(months // 12, 1), months % 12 + 1, 1) + timedelta(days=day.day - 1)


def _end(payer: Payer, limit: Limit, anchor: date) -> date:
    day = _after(anchor, limit)
    return _workday(day) if payer.filing in MEDICARE_FILINGS else day


def limit_words(payer: Payer, what: str = "initial") -> str:
    """The limit in words, with its basis and proof, for one who asks why."""
    found = next((one for one in limits_of(payer) if one.what == what), None)
    if found is None:
        return "not set for this payer"
    anchor = found.anchor.replace("_", " ").replace("dos", "date of service,")
    return f"{found.limit} {found.unit} from {anchor}, {found.basis}; {found.proof or 'no proof on file'}"


def response_limit(payer: Payer, decided_on: date) -> date | None:
    """The last day for a corrected claim or an appeal after a decision, whichever is nearer; None when not on file.

    Medicare's first appeal: 120 days from receipt, presumed 5 days after the notice (42 CFR 405.942).
    """
    if payer.filing in MEDICARE_FILINGS:
        return _workday(decided_on + timedelta(days=125))
    days = [
        _after(decided_on, one)
        for one in limits_of(payer)
        if one.what in {"corrected", "appeal"} and one.anchor == "denial_notice" and one.holds(decided_on)
    ]
    return min(days, default=None)


def refund_limit(payer: Payer, identified_on: date) -> date | None:
    """The last day for giving an overpayment back to a payer whose contract or state sets one; None when not set."""
    return _from(payer, "refund", "identified", identified_on)


def dispute_limit(payer: Payer, decided_on: date) -> date | None:
    """The last day for disputing what was allowed: the contract's limit for disputes, else the one for answers."""
    return _from(payer, "dispute", "denial_notice", decided_on) or response_limit(payer, decided_on)


def _from(payer: Payer, what: str, anchor: str, day: date) -> date | None:
    found = [one for one in limits_of(payer) if one.what == what and one.anchor == anchor and one.holds(day)]
    return _after(day, found[0]) if found else None


def _limit(payer: Payer, anchors: Anchors, what: str) -> Limit | None:
    """A payer that has no limit for later claims is asked for by none, but Medicare by its one."""
    wanted = [what, "initial"] if payer.filing in MEDICARE_FILINGS else [what]
    known = [one for one in limits_of(payer) if one.holds(anchors.dos_from)]
    return next((one for name in wanted for one in known if one.what == name), None)


def _anchor(limit: Limit, anchors: Anchors) -> date | None:
    if limit.anchor == "identified":
        return None  # it is no filing limit
    if limit.anchor == "dos_thru":
        return anchors.dos_thru or anchors.dos_from
    if limit.anchor == "discharge":
        return anchors.discharge or anchors.dos_thru or anchors.dos_from
    found: date | None = getattr(anchors, limit.anchor)
    return found


def _after(day: date, limit: Limit) -> date:
    if limit.unit == "days":
        return day + timedelta(days=limit.limit)
    months = limit.limit * (12 if limit.unit == "years" else 1) + day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    if (day.month, day.day) == (2, 29) and limit.unit == "years":
        last = 28
    return date(year, month, min(day.day, last))


def _workday(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
