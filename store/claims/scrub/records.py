"""What the records tell of a claim: the payer's wishes, deadlines, duplicates, payers before, and its own history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, or_
from sqlmodel import col, select

from store.claims.deadlines import limit_words
from store.claims.facts import AWAITING
from store.claims.parts import encounters_of
from store.claims.payer_data import listed
from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.claims.scrub.needs import BY_LINE
from store.claims.states import ClaimState
from store.tables import Claim, ClaimFact, ClaimLine, ClaimVersion, Denial, RemitClaim, RemitLine
from store.tables import ServiceLine as ServiceLineRow
from store.x12.claim_values import ServiceLine
from store.x12.institutional_values import InstitutionalLine

SLACK_DAYS = 14
LEAST_ANSWERS, ALWAYS, OFTEN = 5, 80, 50
"""How many answers make a history, and from how many per cent denied on it warns, or tells."""
HISTORY_DAYS = 365
_REPEATS = frozenset({"76", "77", "91", "59", "XE", "XP", "XS", "XU"})


def payer_wants(facts: Facts) -> Iterator[Finding]:
    """Kinds, frequencies and fields that are on file for the payer."""
    claim, payer = facts.content, facts.payer
    if facts.claim.kind not in listed(payer.claim_kinds):
        yield Finding("P.KIND", "claim", f"{payer.name} takes no {facts.claim.kind} claims.", "Look at the payer.",
                      value=facts.claim.kind, rule="claim kinds", source="payer on file", fix=Fix.PAYER)  # fmt: skip
    if claim.frequency not in listed(payer.frequencies):
        yield Finding("P.FREQUENCY", "2300 CLM05-3", f"{payer.name} takes no frequency {claim.frequency}.",
                      "Correct it anew (c), or ask the payer how it wants the claim corrected.", value=claim.frequency,
                      rule="frequency codes", source="payer on file", fix=Fix.PAYER)  # fmt: skip
    have = {
        "authorization": claim.authorization, "referral": claim.referral,
        "group_number": claim.subscription.group_number,
        "attachment": claim.attachments,
        "rendering_taxonomy": claim.rendering.taxonomy if claim.rendering else "",
        "referring": claim.referring,
    }  # fmt: skip
    fixes = {
        "authorization": Fix.AUTHORIZATION, "group_number": Fix.GROUP, "rendering_taxonomy": Fix.PROVIDER,
        "referral": Fix.REFERRAL, "referring": Fix.REFERRING, "attachment": Fix.ATTACHMENTS,
    }  # fmt: skip
    for name in sorted(listed(payer.required) - BY_LINE):
        if not have[name]:
            words = name.replace("_", " ")
            yield Finding("P.REQUIRED", name, f"{payer.name} wants a {words} on every claim.", f"Give the {words}.",
                          rule=f"required: {name}", source="payer on file", fix=fixes[name])  # fmt: skip


def deadline(facts: Facts) -> Iterator[Finding]:
    """The filing limit: passed it warns, near it tells."""
    limit = facts.claim.filing_limit
    if limit is None:
        return
    left = (limit - facts.today).days
    what = "corrected" if facts.content.frequency != "1" else "secondary" if facts.claim.prior_id else "initial"
    source = limit_words(facts.payer, what)
    if left < 0:
        yield Finding("R.LATE", "filing limit", f"The filing limit was {limit}, {-left} days ago.",
                      "Send it with a delay reason, or cancel it.", Severity.WARN, str(limit), "filing limit", source,
                      Fix.WAIT if facts.content.delay_reason else Fix.DELAY)  # fmt: skip
    elif left < SLACK_DAYS:
        yield Finding("R.NEAR", "filing limit", f"The filing limit is {limit}, in {left} days.", "Send it now.",
                      Severity.INFO, str(limit), "filing limit", source, Fix.WAIT)  # fmt: skip


def prior_payer(facts: Facts) -> Iterator[Finding]:
    """A later payer's claim tells what each payer before decided."""
    if facts.content.subscription.sequence == "P":
        return
    if not any(other.paid is not None for other in facts.content.others):
        yield Finding(
            "R.PRIOR",
            "2320 AMT*D",
            "What the payer before this one decided is not on file.",
            "Post its remittance first.",
            value=facts.content.subscription.sequence,
            rule="prior payer's amounts on a later claim",
            source="837 guide, 2320",
            fix=Fix.WAIT,
        )


def unchanged(facts: Facts) -> Iterator[Finding]:
    """The same claim again after a rejection will be rejected again."""
    query = (
        select(ClaimVersion)
        .where(ClaimVersion.claim_id == facts.claim.id, col(ClaimVersion.batch_id).is_not(None))
        .order_by(col(ClaimVersion.number).desc())
    )
    sent = facts.session.exec(query).first()
    if sent is not None and facts.rejected and sent.sha256 == facts.digest:
        yield Finding("R.SAME", "claim", f"Nothing has changed since version {sent.number} was rejected.",
                      "Mend what was rejected, or let it go again with the reason.", Severity.WARN, sent.sha256[:12],
                      "no resubmission without a change", "practice rule", Fix.CORRECT)  # fmt: skip


def duplicates(facts: Facts) -> Iterator[Finding]:
    """The same service of the same patient on the same day on another claim, whatever its payer.

    (A later payer's claim bills the same procedure line, and is none; what a further claim of the same visit has for
    the same payer is told on the later one.)
    """
    claim = facts.claim
    lines: tuple[ServiceLine | InstitutionalLine, ...] = facts.content.lines
    mine = {(line.code, line.modifiers, line.service_date): n for n, line in enumerate(lines, 1) if line.code}
    own = select(ClaimLine.service_line_id).where(
        ClaimLine.claim_id == claim.id, ClaimLine.active, col(ClaimLine.service_line_id).is_not(None)
    )
    visits = select(ClaimLine.encounter_id).where(ClaimLine.claim_id == claim.id)
    query = (
        select(Claim.control_number, ClaimLine)
        .join(ClaimLine, col(ClaimLine.claim_id) == col(Claim.id))
        .where(Claim.patient_id == claim.patient_id, Claim.id != claim.id)
        .where(func.coalesce(col(ClaimLine.service_line_id), 0).not_in(own))
        .where(or_(col(ClaimLine.encounter_id).not_in(visits), col(Claim.id) < claim.id))
        .where(or_(col(ClaimLine.encounter_id).not_in(visits), col(Claim.payer_id) == claim.payer_id))
        .where(Claim.state != ClaimState.CANCELLED, ClaimLine.active)
        .where(col(ClaimLine.service_date).in_({day for _, _, day in mine if day is not None}))
        .order_by(col(Claim.id))
    )
    told: set[str] = set()
    for number, line in facts.session.exec(query).all():
        modifiers = tuple(filter(None, line.modifiers.split(",")))
        if (line.code, modifiers, line.service_date) in mine and number not in told:
            if _REPEATS.intersection(modifiers):
                continue
            told.add(number)
            place = f"line {mine[line.code, modifiers, line.service_date]}"
            yield Finding("R.DUPLICATE", place, f"Claim {number} has {line.code} on {line.service_date} already.",
                          "Cancel one, or give the modifier of a repeat.", Severity.WARN, f"{number} {line.code}",
                          "no service twice", "payers' duplicate edits", Fix.MODIFIERS)  # fmt: skip


def history(facts: Facts) -> Iterator[Finding]:
    """This payer denied 14 of 15 like this: the same code and modifiers, answered within a year."""
    lines: tuple[ServiceLine | InstitutionalLine, ...] = facts.content.lines
    wanted = {(line.code, ",".join(line.modifiers)): n for n, line in enumerate(lines, 1) if line.code}
    since = facts.today - timedelta(days=HISTORY_DAYS)
    query = (
        select(ClaimLine.id, ClaimLine.code, ClaimLine.modifiers)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .join(RemitLine, col(RemitLine.claim_line_id) == col(ClaimLine.id))
        .join(RemitClaim, col(RemitClaim.id) == col(RemitLine.remit_claim_id))
        .where(Claim.payer_id == facts.payer.id, Claim.id != facts.claim.id, Claim.service_from >= since)
        .where(col(ClaimLine.code).in_({code for code, _ in wanted}), RemitClaim.status != "22")
        .distinct()
        .limit(2000)
    )
    answered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line_id, code, modifiers in facts.session.exec(query).all():
        if (code, modifiers) in wanted:
            answered[code, modifiers].add(line_id)
    for alike, ids in answered.items():
        if len(ids) >= LEAST_ANSWERS:
            yield from _denied(facts, alike, ids, wanted[alike])


def _denied(facts: Facts, alike: tuple[str, str], ids: set[int], number: int) -> Iterator[Finding]:
    query = select(Denial.claim_line_id, Denial.group, Denial.reason).where(col(Denial.claim_line_id).in_(ids))
    denied = Counter((group, reason) for _, group, reason in facts.session.exec(query.distinct()).all())
    for (group, reason), count in denied.most_common(1):
        share = 100 * count // len(ids)
        if share < OFTEN or (reason == "197" and facts.content.authorization):
            continue
        code, modifiers = alike
        like = f"{code}{' ' + modifiers if modifiers else ''}"
        yield Finding("H.DENIED", f"line {number}",
                      f"{facts.payer.name} denied {count} of {len(ids)} like this: {like}, {group}-{reason}.",
                      "Look at what was wrong with those before this one goes.",
                      Severity.WARN if share >= ALWAYS else Severity.INFO, f"{like} {group}-{reason}",
                      f"{share}% of {len(ids)} answers in {HISTORY_DAYS} days", "the practice's own history",
                      Fix.AUTHORIZATION if reason == "197" else Fix.CODER)  # fmt: skip


def left_over(facts: Facts) -> Iterator[Finding]:
    """What came with the encounter for a procedure that it was not coded with."""
    ids = [one.id for one in encounters_of(facts.session, facts.claim)]
    waiting = select(ClaimFact.name).where(
        col(ClaimFact.encounter_id).in_(ids), col(ClaimFact.service_line_id).is_(None),
        col(ClaimFact.name).contains(AWAITING),
    )  # fmt: skip
    told = sorted(set(facts.session.exec(waiting).all()))
    if not told:
        return
    coded = set(facts.session.exec(select(ServiceLineRow.code).where(col(ServiceLineRow.encounter_id).in_(ids))).all())
    for name, _, code in (one.partition(AWAITING) for one in told):
        if code not in coded:
            yield Finding("N.LEFTOVER", "lines", f"The file told {name} for {code}, which no line of the visit is.",
                          "Look whether another code was meant.", Severity.INFO, f"{name} {code}",
                          "each field of a line finds its line", "the file of encounters", Fix.CODER)  # fmt: skip


RULES = (payer_wants, deadline, prior_payer, unchanged, duplicates, history, left_over)
