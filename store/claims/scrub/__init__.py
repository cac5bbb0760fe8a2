"""What would make a payer refuse the claim, found before it goes.

`look` gives every finding; `store.claims.edit_work` keeps them with the claim, and lets warnings pass with a reason.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from store.claims.scrub import coded, form, needs, records
from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.claims.scrub.site_rules import Flat, Rule, flat_of, read_rule, site_rules
from store.tables import Patient, SiteRule

__all__ = ["Facts", "Finding", "Fix", "Severity", "active_rules", "flat", "look"]

_ORDER = {Severity.STOP: 0, Severity.WARN: 1, Severity.INFO: 2}


def look(facts: Facts) -> tuple[Finding, ...]:
    """Every finding, stops first; the writer is asked only where nothing else stops the claim."""
    found = [one for rule in (*form.RULES, *coded.RULES, *needs.RULES, *records.RULES) for one in rule(facts)]
    found += site_rules(facts, active_rules(facts), flat(facts))
    if not any(one.severity is Severity.STOP for one in found):
        found += form.writer(facts)
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def active_rules(facts: Facts) -> list[Rule]:
    """The practice's own rules that are switched on."""
    query = select(SiteRule.text).where(SiteRule.active).order_by(col(SiteRule.name))
    return [read_rule(text) for text in facts.session.exec(query).all()]


def flat(facts: Facts) -> Flat:
    """The claim as the practice's own rules see it."""
    patient = facts.session.get_one(Patient, facts.claim.patient_id)
    age = _years(patient.birth, facts.claim.service_from)
    return flat_of(facts.content, facts.claim.kind, age, patient.sex)


def _years(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
