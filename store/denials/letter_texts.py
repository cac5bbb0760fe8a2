"""The letters that are shipped, in our own words.  `$name` is filled from the claim; a blank line parts paragraphs."""

from __future__ import annotations

from typing import NamedTuple


class LetterText(NamedTuple):
    """A letter by name: its subject and its text; `packet` adds the claim, the answer and the proof of filing."""

    name: str
    title: str
    text: str
    packet: bool = False


_CLOSE = """Please send your decision to the address above. If you need anything else, call us.

$author
$practice"""

SHIPPED: tuple[LetterText, ...] = (
    LetterText(
        "appeal",
        "Appeal of claim $claim, level $level",
        f"""We appeal the decision of $notice_date on claim $claim (your number $payer_claim) for $patient, member
$member, seen by $provider on $service_date.

You did not pay $denied of $charge for $line and gave the reason $reason. We ask you to look at this decision again and
to pay the line. The claim, your answer and the proof of our filing are enclosed.

{_CLOSE}""",
        packet=True,
    ),
    LetterText(
        "records",
        "Records for claim $claim",
        f"""You asked for records on claim $claim (your number $payer_claim) for $patient, member $member, seen on
$service_date. The records of the visit are enclosed.

Please finish the claim with them: $denied of $charge for $line waits with the reason $reason.

{_CLOSE}""",
    ),
    LetterText(
        "timely filing",
        "Proof of timely filing of claim $claim",
        f"""You refused claim $claim for $patient, member $member, seen on $service_date, as filed too late ($reason).

Claim $claim was filed in time: the claim files with their dates and the acknowledgements that we received are
enclosed. We ask you to pay $denied.

{_CLOSE}""",
        packet=True,
    ),
    LetterText(
        "reconsideration",
        "Please look at claim $claim again",
        f"""Claim $claim (your number $payer_claim) for $patient, member $member, of $service_date was answered on
$notice_date with $reason for $line. The diagnoses $diagnoses support the service. We ask you to process $denied again.

{_CLOSE}""",
        packet=True,
    ),
)
NAMES = frozenset(
    {
        "practice", "payer", "today", "claim", "payer_claim", "patient", "member", "birth", "service_date", "provider",
        "charge", "denied", "reason", "line", "diagnoses", "level", "notice_date", "author", "reference",
    }
)  # fmt: skip
"""What a template may name."""
