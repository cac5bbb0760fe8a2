"""Filing limits as dates.  Where a payer's contract is not on file there is none: nothing is assumed."""

from __future__ import annotations

from datetime import date, timedelta

from store.tables import Payer

MEDICARE_FILINGS = frozenset({"MA", "MB"})


def filing_limit(payer: Payer, service_from: date) -> date | None:
    """The last day on which the first claim has to be received.

    Medicare: one calendar year from the date of service (42 CFR 424.44), 29 February counting as the 28th, and the
    next workday when it falls on a weekend.
    """
    if payer.filing in MEDICARE_FILINGS:
        day = date(
            service_from.year + 1, service_from.month, min(service_from.day, 28 if service_from.month == 2 else 31)
        )
        return _workday(day)
    if payer.filing_limit_days is None:
        return None
    return service_from + timedelta(days=payer.filing_limit_days)


def response_limit(payer: Payer, decided_on: date) -> date | None:
    """The last day for a corrected claim or an appeal after a decision, whichever is nearer; None when not on file.

    Medicare's first appeal: 120 days from receipt, presumed 5 days after the notice (42 CFR 405.942).
    """
    if payer.filing in MEDICARE_FILINGS:
        return _workday(decided_on + timedelta(days=125))
    limits = [days for days in (payer.corrected_limit_days, payer.appeal_limit_days) if days is not None]
    return decided_on + timedelta(days=min(limits)) if limits else None


def _workday(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
