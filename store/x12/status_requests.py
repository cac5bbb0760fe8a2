"""Writes claim status requests: 276 in version 005010X212.

text = write_status_requests([request_of(claim, "T000001")], submitter, control)
"""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import Refused
from store.x12.claim_file import clock, close_interchange, open_interchange
from store.x12.claim_values import FileControl, Person, ProfessionalClaim, Submitter
from store.x12.institutional_values import InstitutionalClaim
from store.x12.status_values import StatusRequest
from store.x12.writing import amount, dated, day, identifier, npi, one_of, optional_words, own_number, segment, words

VERSION = "005010X212"

_SEXES = frozenset("FMU")


def request_of(claim: ProfessionalClaim | InstitutionalClaim, trace: str) -> StatusRequest:
    """The request after a claim as it was sent; a professional one is asked after by the days of its lines."""
    coverage, billing = claim.subscription, claim.billing
    if isinstance(claim, InstitutionalClaim):
        first, last, bill_type = claim.statement_from, claim.statement_to, f"{claim.facility_type}{claim.frequency}"
    else:
        first = min(line.service_date for line in claim.lines)
        last = max(line.end_date or line.service_date for line in claim.lines)
        bill_type = ""
    return StatusRequest(
        trace, coverage.payer_name, coverage.payer_id, billing.name, billing.npi, coverage.subscriber,
        coverage.member_id, claim.charge, first, last, claim.patient if coverage.relationship != "18" else None,
        claim.control_number, claim.payer_control, bill_type,
    )  # fmt: skip


def write_status_requests(requests: Sequence[StatusRequest], submitter: Submitter, control: FileControl) -> str:
    """The text of one interchange with one transaction set; `Refused` names the request and the field."""
    if not requests:
        raise Refused("There is nothing to ask.", where="status request")
    if len({one.trace for one in requests}) < len(requests):
        raise Refused("Two requests have the same trace number.", where="status request, TRN02")
    number = own_number(control.transaction, 9, "status request, ST02")
    batch = own_number(control.batch, 30, "status request, batch")
    head = segment("ST", "276", number, VERSION) + segment(
        "BHT", "0010", "13", batch, day(control.at.date()), clock(control.at)
    )
    body = head + "".join(_Levels(submitter).write(requests))
    body += f"SE*{body.count('~') + 1}*{number}~"
    return open_interchange(submitter, control, "HR", VERSION) + body + close_interchange(control, 1)


class _Levels:
    """Payer, submitter, provider, subscriber and patient levels; a level is opened where it differs from the last."""

    def __init__(self, submitter: Submitter) -> None:
        self._name = words(submitter.name, 60, "status request, submitter name")
        self._id = identifier(submitter.id, 15, "status request, submitter id")
        self._count = self._receiver = self._provider = 0

    def write(self, requests: Sequence[StatusRequest]) -> list[str]:
        """All levels in order of payer, then provider, each in order of first appearance."""
        payers: dict[tuple[str, str], dict[tuple[str, str], list[StatusRequest]]] = {}
        for one in requests:
            providers = payers.setdefault((one.payer_id, one.payer_name), {})
            providers.setdefault((one.provider_npi, one.provider_name), []).append(one)
        parts: list[str] = []
        for (payer_id, payer), providers in payers.items():
            parts += self._payer(payer_id, payer)
            for (number, provider), own in providers.items():
                parts += self._open_provider(number, provider)
                for one in own:
                    try:
                        parts += self._request(one)
                    except Refused as why:
                        raise Refused(why.what, where=f"request {one.trace}, {why.where}", do=why.do) from None
        return parts

    def _level(self, parent: int, kind: str, child: int | None) -> str:
        self._count += 1
        return segment("HL", str(self._count), str(parent or ""), kind, "" if child is None else str(child))

    def _payer(self, payer_id: str, payer: str) -> list[str]:
        name = words(payer, 60, "status request, payer name")
        top = self._level(0, "20", 1)
        above = self._count
        number = identifier(payer_id, 80, "status request, payer id")
        parts = [top, segment("NM1", "PR", "2", name, "", "", "", "", "PI", number)]
        parts.append(self._level(above, "21", 1))
        self._receiver = self._count
        parts.append(segment("NM1", "41", "2", self._name, "", "", "", "", "46", self._id))
        return parts

    def _open_provider(self, number: str, provider: str) -> list[str]:
        level = self._level(self._receiver, "19", 1)
        self._provider = self._count
        name = words(provider, 60, "status request, provider name")
        checked = npi(number, "status request, provider NPI")
        return [level, segment("NM1", "1P", "2", name, "", "", "", "", "XX", checked)]

    def _request(self, one: StatusRequest) -> list[str]:
        own = one.patient is None
        parts = [self._level(self._provider, "22", 0 if own else 1)]
        subscriber = self._count
        member = identifier(one.member_id, 80, "member id")
        if own:
            parts.append(_birth(one.subscriber, "subscriber"))
        parts.append(segment("NM1", "IL", "1", *_names(one.subscriber, "subscriber"), "", "", "MI", member))
        if one.patient is not None:
            parts += [self._level(subscriber, "23", None), _birth(one.patient, "patient")]
            parts.append(segment("NM1", "QC", "1", *_names(one.patient, "patient")))
        return [*parts, *_asked(one)]


def _asked(one: StatusRequest) -> list[str]:
    """Loop 2200: trace, numbers, charge and days."""
    numbers = (("1K", one.payer_control, 50), ("BLT", one.bill_type, 3), ("EJ", one.control_number, 50))
    return [
        segment("TRN", "1", own_number(one.trace, 50, "trace")),
        *(segment("REF", kind, identifier(text, limit, f"REF*{kind}")) for kind, text, limit in numbers if text),
        f"AMT*T3*{amount(one.charge, 'charge')}~",
        dated("472", one.service_from, one.service_to),
    ]


def _names(person: Person, who: str) -> tuple[str, str, str]:
    return (
        words(person.last, 60, f"{who} last name"),
        optional_words(person.first, 35, f"{who} first name"),
        optional_words(person.middle, 25, f"{who} middle name"),
    )


def _birth(person: Person, who: str) -> str:
    if person.birth is None:
        raise Refused("This is needed.", where=f"{who} birth date")
    return f"DMG*D8*{day(person.birth)}*{one_of(person.sex, _SEXES, f'{who} sex')}~"
