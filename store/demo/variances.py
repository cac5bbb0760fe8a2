"""What the demo's payers paid too little and too much, a file that does not add up, and questions to providers."""

from __future__ import annotations

import re
from datetime import date

from sqlmodel import col, select

from store.claims import archive
from store.claims.payers import SavePayer
from store.claims.states import ClaimState
from store.demo.practice import allowed_cents, fees, payers
from store.errors import Refused
from store.practice import Practice
from store.queries.compose import ComposeQuery, SendQuery
from store.remits.eob import EnterEob
from store.remits.scratch import CommitAnswer
from store.remits.unbalanced import KeepUnbalanced
from store.tables import ArchivedFile, Claim, ClaimLine, Encounter, Note, Payer, RemitClaim
from store.variance.rates import LoadRates

UNDERPAYS = "HRTLD"
"""This payer's contract allows a tenth more for some procedures than the payer does."""
EVERY = 5
ASKED = ("certain", "type")
_ASSESSED = re.compile(
    r"^(?:A/P|A&P|ASSESSMENT|IMPRESSION|DIAGNOSIS)[^:\n]*:?\s+(?:1[.)]\s*)?([^\n.;]{4,80})", re.M | re.I
)
_WHOLE_LINE = re.compile(r"^([^\n]{40,80})", re.M)


def set_up_contracts(practice: Practice, day: date) -> None:
    """Rates of one payer, and of the commercial ones how they are reached and appealed to."""
    payer = next(one for one in payers() if one.payer_id == UNDERPAYS)
    rows = ["payer,code,rate,from,term"]
    for number, fee in enumerate(fees()):
        cents = allowed_cents(payer, fee) * (110 if number % EVERY == 0 else 100) // 100
        rows.append(f"{UNDERPAYS},{fee.code},{cents / 100:.2f},{day:%Y}-01-01,fee schedule {day:%Y}")
    practice.do(LoadRates("rates.csv", "\n".join(rows).encode()))
    for number, one in enumerate(payers()):
        if one.kind == "commercial":
            practice.do(SavePayer(_reached(one.payer_id, number, day)))


def leave_variances(practice: Practice, day: date) -> None:
    """Two claims were paid twice, one file does not add up, two questions wait for their provider."""
    for number, claim_id in enumerate(_paid(practice)):
        _pay_again(practice, claim_id, f"EOB{4471 + number}", day)
    _keep_unbalanced(practice)
    _ask(practice)


def _reached(payer_id: str, number: int, day: date) -> str:
    return f"""
payer_id = "{payer_id}"
phone = "800-555-01{number:02d}"
phone_menu = "2 provider, 4 claims, then say agent"
fax = "800-555-01{number + 50}"
portal = "{payer_id.lower()}.example.com"
[[appeals]]
name = "first appeal"
file_days = 180
decide_days = 30
valid_from = {day:%Y}-01-01
[[appeals]]
name = "external review"
file_days = 120
decide_days = 45
valid_from = {day:%Y}-01-01
"""


def _paid(practice: Practice) -> list[int]:
    """A claim of the government's payer and one of another."""
    found = []
    with practice.reading() as session:
        for filing in ("MB", "CI"):
            query = (
                select(Claim.id)
                .join(Payer, col(Payer.id) == col(Claim.payer_id))
                .where(Claim.state == ClaimState.PAID, Payer.filing == filing, col(Claim.prior_id).is_(None))
                .order_by(col(Claim.id).desc())
            )
            found += [one for one in (session.exec(query).first(),) if one is not None]
    return found


def _pay_again(practice: Practice, claim_id: int, check: str, day: date) -> None:
    """A paper EOB that pays a claim once more, which a person posts as it came."""
    with practice.reading() as session:
        claim = session.get_one(Claim, claim_id)
        query = select(ClaimLine.charge).where(ClaimLine.claim_id == claim_id, ClaimLine.active)
        charges = session.exec(query.order_by(col(ClaimLine.id))).all()
        told = "; ".join(f"{number} {cents / 100:.2f}" for number, cents in enumerate(charges, 1))
        command = EnterEob(claim.payer_id, check, sum(charges), day, f"{claim.control_number}: {told}")
    practice.do(command)
    with practice.reading() as session:
        query = select(RemitClaim.id).where(RemitClaim.claim_id == claim_id, RemitClaim.state == "held")
        held = session.exec(query.order_by(col(RemitClaim.id).desc())).first()
    if held is not None:
        practice.do(CommitAnswer(held))


def _keep_unbalanced(practice: Practice) -> None:
    """The last remittance again, a dollar off."""
    with practice.reading() as session:
        query = select(ArchivedFile).where(ArchivedFile.kind == "835").order_by(col(ArchivedFile.id).desc())
        file = session.exec(query).first()
        text = archive.content(file).decode() if file is not None else ""
    wrong = re.sub(r"(BPR\W\w\W)([0-9.]+)", lambda found: f"{found[1]}{float(found[2]) + 1:.2f}", text, count=1)
    if wrong != text:
        practice.do(KeepUnbalanced("835_does_not_add_up.x12", wrong.encode()))


def _assessed(text: str) -> tuple[int, int]:
    """The span of the first thing that a note assesses, else of its first whole line."""
    found = _ASSESSED.search(text) or _WHOLE_LINE.search(text)
    return found.span(1) if found else (0, max(1, min(len(text), 60)))


def _ask(practice: Practice) -> None:
    """Two questions about what is assessed in a note that waits for coding."""
    with practice.reading() as session:
        query = (
            select(Encounter.id, Note.text)
            .join(Note, col(Note.encounter_id) == col(Encounter.id))
            .where(Encounter.state == "READY")
            .order_by(col(Encounter.id))
        )
        waiting = session.exec(query.limit(len(ASKED))).all()
    for kind, (encounter_id, text) in zip(ASKED, waiting, strict=False):
        try:
            query_id = practice.do(ComposeQuery(encounter_id, kind, (_assessed(text),))).result
            practice.do(SendQuery(int(str(query_id))))
        except Refused:
            continue
