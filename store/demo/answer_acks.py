"""The acknowledgements of the invented payers' clearinghouse: 999 for the file, 277CA for its claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from store.demo.answer_envelopes import CLAIMS, CLEARINGHOUSE_ID, CLEARINGHOUSE_NAME, SYNTAX, interchange
from store.demo.answer_fates import Rejection
from store.money import x12_amount
from store.x12.claim_values import BillingProvider, FileControl, ProfessionalClaim
from store.x12.professional import CLAIMS_PER_SET, VERSION
from store.x12.writing import day, identifier, segment, words


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the front end says of a claim: the payer's number of an accepted one, or why it is rejected."""

    claim: ProfessionalClaim
    payer_control: str
    rejection: Rejection | None


def write_999(claims: int, control: FileControl, submitter_id: str, received: date) -> str:
    """Every transaction set of a file of so many claims is accepted."""
    sets = -(-claims // CLAIMS_PER_SET)
    first, width = int(control.transaction), len(control.transaction)
    body = [segment("AK1", "HC", str(control.group), VERSION)]
    for n in range(sets):
        body += [segment("AK2", "837", str(first + n).zfill(width), VERSION), segment("IK5", "A")]
    body.append(segment("AK9", "A", str(sets), str(sets), str(sets)))
    return interchange(SYNTAX, control, submitter_id, received, 1, [body])


def write_277ca(verdicts: Sequence[Verdict], control: FileControl, submitter_id: str, received: date) -> str:
    """The verdict on each claim, grouped by billing provider, as the answer to one batch."""
    on, batch = day(received), control.batch
    body = [
        segment("BHT", "0085", "08", batch, on, "0800", "TH"),
        *("HL*1**20*1~", segment("NM1", "AY", "2", CLEARINGHOUSE_NAME, "", "", "", "", "46", CLEARINGHOUSE_ID)),
        *(segment("TRN", "1", batch), segment("DTP", "050", "D8", on), segment("DTP", "009", "D8", on)),
        "HL*2*1*21*1~",
        segment(
            "NM1", "41", "2", words(verdicts[0].claim.billing.name, 60, "name"), "", "", "", "", "46", submitter_id
        ),
        *_trace("2", batch, verdicts, on, ("90", "AA")),
    ]
    level = 2
    for billing, own in _by_provider(verdicts).items():
        level += 1
        provider = level
        body += [f"HL*{provider}*2*19*1~", _provider(billing), *_trace("1", "0", own, "", ("QA", "QC"))]
        for verdict in own:
            level += 1
            body += [f"HL*{level}*{provider}*PT~", *_claim(verdict, on)]
    return interchange(CLAIMS, control, submitter_id, received, 2, [body])


def _by_provider(verdicts: Sequence[Verdict]) -> dict[BillingProvider, list[Verdict]]:
    found: dict[BillingProvider, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.claim.billing, []).append(verdict)
    return found


def _trace(kind: str, number: str, verdicts: Sequence[Verdict], on: str, counts: tuple[str, str]) -> Iterator[str]:
    """TRN, STC and the totals of a level; `counts` are QTY01 of the accepted and the rejected claims.

    The STC of a provider has no date.
    """
    charges = sum(verdict.claim.charge for verdict in verdicts)
    yield segment("TRN", kind, number)
    yield segment("STC", "A1:19:PR", on, "WQ", x12_amount(charges))
    accepted = [verdict.claim.charge for verdict in verdicts if not verdict.rejection]
    rejected = [verdict.claim.charge for verdict in verdicts if verdict.rejection]
    groups = (accepted, rejected)
    yield from (segment("QTY", kind, str(len(own))) for kind, own in zip(counts, groups, strict=True) if own)
    yield from (
        segment("AMT", kind, x12_amount(sum(own))) for kind, own in zip(("YU", "YY"), groups, strict=True) if own
    )


def _provider(billing: BillingProvider) -> str:
    return segment("NM1", "85", "2", words(billing.name, 60, "name"), "", "", "", "", "XX", billing.npi)


def _claim(verdict: Verdict, on: str) -> Iterator[str]:
    claim, rejection = verdict.claim, verdict.rejection
    patient = claim.patient or claim.subscription.subscriber
    names = words(patient.last, 60, "name"), words(patient.first, 35, "name")
    yield segment("NM1", "QC", "1", *names, "", "", "", "MI", identifier(claim.subscription.member_id, 80, "member"))
    yield segment("TRN", "2", claim.control_number)
    yield segment("STC", _status(rejection), on, "U" if rejection else "WQ", x12_amount(claim.charge))
    if not rejection:
        yield segment("REF", "1K", verdict.payer_control)
    days = [line.service_date for line in claim.lines]
    first, last = day(min(days)), day(max(days))
    yield segment("DTP", "472", "D8", first) if first == last else segment("DTP", "472", "RD8", f"{first}-{last}")
    if rejection and rejection.line:
        yield from _line(claim, rejection, on)


def _status(rejection: Rejection | None) -> str:
    """STC01; A3 with 247 sends the reader to the line."""
    if rejection is None:
        return "A2:20:PR"
    return "A3:247" if rejection.line else _composite(rejection)


def _composite(rejection: Rejection) -> str:
    return ":".join((rejection.category, rejection.status, rejection.entity)).rstrip(":")


def _line(claim: ProfessionalClaim, rejection: Rejection, on: str) -> Iterator[str]:
    line = claim.lines[0]
    procedure = ":".join(("HC", line.code, *line.modifiers))
    yield segment("SVC", procedure, x12_amount(line.charge), "", "", "", "", str(line.units))
    yield segment("STC", _composite(rejection), on, "U")
    yield segment("REF", "FJ", line.control)
    yield segment("DTP", "472", "D8", day(line.service_date))
