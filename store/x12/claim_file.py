"""The envelope and the levels of a claim file, professional or institutional.

Claims are grouped by billing provider, then by subscription, each in order of first appearance.  The text has no
line ends, holds the basic character set only and was read back before it is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from store.errors import Refused
from store.money import parse_cents, show_cents
from store.x12.claim_values import BillingProvider, FileControl, Person, Submitter, Subscription
from store.x12.professional_parties import billing_segments, patient_segments, subscriber_segments
from store.x12.segments import Reader
from store.x12.writing import day, identifier, one_of, own_number, phone, segment, words

_MAX_CONTROL = 999_999_999
_USAGES = frozenset({"P", "T"})


class AnyClaim(Protocol):
    """What the levels of a file ask of a claim."""

    @property
    def control_number(self) -> str:
        """CLM01."""

    @property
    def billing(self) -> BillingProvider:
        """Loop 2000A."""

    @property
    def subscription(self) -> Subscription:
        """Loop 2000B."""

    @property
    def patient(self) -> Person | None:
        """Loop 2000C."""

    @property
    def frequency(self) -> str:
        """CLM05-3."""

    @property
    def charge(self) -> int:
        """CLM02 in cents."""

    @property
    def lines(self) -> Sequence[object]:
        """Loop 2400."""


C = TypeVar("C", bound=AnyClaim)
_Patients = dict[Person | None, list[C]]
_Groups = dict[BillingProvider, dict[Subscription, _Patients[C]]]


@dataclass(frozen=True, slots=True)
class Kind(Generic[C]):
    """A guide: its number in GS08 and ST03, the id of the segment of a line, and how one claim is written."""

    version: str
    line_id: str
    claim_text: Callable[[C], str]
    institutional: bool = False


def write_claims(
    claims: Sequence[C], submitter: Submitter, control: FileControl, kind: Kind[C], claims_per_set: int
) -> str:
    """The text of one interchange with one group and one transaction set per `claims_per_set` claims.

    The first set has `control.transaction` and `control.batch`; further ones count ST02 up and add '-2', '-3' to
    BHT03.  `Refused` names the claim and the field of the first limit that is broken.
    """
    if not claims:
        raise Refused("There is no claim to write.", where="claim file")
    _no_twins(claims)
    ordered = [
        claim
        for subscriptions in _grouped(claims).values()
        for patients in subscriptions.values()
        for own in patients.values()
        for claim in own
    ]
    parts = [ordered[n : n + claims_per_set] for n in range(0, len(ordered), claims_per_set)]
    sets = [
        _set(part, _header(submitter, control, batch), number, kind)
        for part, (number, batch) in zip(parts, _set_numbers(control, len(parts)), strict=True)
    ]
    opening = open_interchange(submitter, control, "HC", kind.version)
    text = "".join((opening, *sets, close_interchange(control, len(sets))))
    _check(text, claims, kind.line_id)
    return text


def open_interchange(submitter: Submitter, control: FileControl, functional: str, version: str) -> str:
    """ISA and GS; ISA14 asks for a TA1 where `control.acknowledge` says so."""
    sender = identifier(submitter.id, 15, "claim file, submitter id")
    receiver = identifier(submitter.receiver_id, 15, "claim file, receiver id")
    usage = one_of(control.usage, _USAGES, "claim file, usage")
    number = _control(control.interchange, "ISA13").zfill(9)
    at, ask = control.at, int(control.acknowledge)
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*{submitter.id_qualifier:2}*{sender:15}*{submitter.receiver_qualifier:2}*"
        f"{receiver:15}*{day(at.date())[2:]}*{clock(at)}*^*00501*{number}*{ask}*{usage}*:~"
    )
    group = _control(control.group, "GS06")
    return isa + segment("GS", functional, sender, receiver, day(at.date()), clock(at), group, "X", version)


def close_interchange(control: FileControl, sets: int) -> str:
    """GE and IEA."""
    number = str(control.interchange).zfill(9)
    return segment("GE", str(sets), str(control.group)) + segment("IEA", "1", number)


def clock(at: datetime) -> str:
    """HHMM."""
    return f"{at.hour:02d}{at.minute:02d}"


def _no_twins(claims: Sequence[AnyClaim]) -> None:
    seen: set[tuple[str, ...]] = set()
    for claim in claims:
        coverage = claim.subscription
        key = claim.control_number, claim.frequency, coverage.sequence, coverage.payer_id
        if key in seen:
            raise Refused("The claim stands twice in the file.", where=f"claim {claim.control_number}, CLM01")
        seen.add(key)


def _grouped(claims: Iterable[C]) -> _Groups[C]:
    groups: _Groups[C] = {}
    for claim in claims:
        patients = groups.setdefault(claim.billing, {}).setdefault(claim.subscription, {})
        patients.setdefault(_dependent(claim), []).append(claim)
    return groups


def _dependent(claim: AnyClaim) -> Person | None:
    """The patient where that is not the subscriber."""
    if claim.subscription.relationship == "18":
        if claim.patient not in (None, claim.subscription.subscriber):
            where = f"claim {claim.control_number}, relationship"
            raise Refused(
                "The patient is another person than the subscriber, but the relationship is self.", where=where
            )
        return None
    if claim.patient is None:
        where = f"claim {claim.control_number}, patient"
        raise Refused("A patient is needed where the relationship is not self.", where=where)
    return claim.patient


def _set_numbers(control: FileControl, count: int) -> Iterator[tuple[str, str]]:
    if not (control.transaction.isascii() and control.transaction.isdigit() and 4 <= len(control.transaction) <= 9):
        raise Refused(f"{control.transaction!r} must be four to nine digits.", where="claim file, ST02")
    first = int(control.transaction)
    for n in range(count):
        number = str(first + n).zfill(len(control.transaction))
        if len(number) > 9:
            raise Refused("The transaction set numbers are used up.", where="claim file, ST02")
        batch = control.batch if n == 0 else f"{control.batch}-{n + 1}"
        yield number, own_number(batch, 30, "claim file, batch")


def _control(number: int, where: str) -> str:
    if not 1 <= number <= _MAX_CONTROL:
        raise Refused(f"{number} can't be a control number.", where=f"claim file, {where}")
    return str(number)


def _set(claims: Iterable[C], header: Iterable[str], number: str, kind: Kind[C]) -> str:
    """ST to SE: one billing provider level, under it the subscribers, under these the patients who are others."""
    body = [segment("ST", "837", number, kind.version), *header]
    levels, inside = 0, kind.institutional
    claim = None
    try:
        for billing, subscriptions in _grouped(claims).items():
            levels += 1
            provider = levels
            claim = _first(subscriptions.values())
            body += f"HL*{provider}**20*1~", billing_segments(billing, institutional=inside)
            for coverage, patients in subscriptions.items():
                levels += 1
                subscriber = levels
                claim = _first([patients])
                body.append(f"HL*{subscriber}*{provider}*22*{int(None not in patients)}~")
                body.append(subscriber_segments(coverage, institutional=inside))
                for patient, own in patients.items():
                    if patient is not None:
                        levels += 1
                        body += f"HL*{levels}*{subscriber}*23*0~", patient_segments(coverage, patient)
                    for claim in own:
                        body.append(kind.claim_text(claim))
    except Refused as why:
        raise _named(claim, why) from None
    text = "".join(body)
    return f"{text}SE*{text.count('~') + 1}*{number}~"


def _first(parts: Iterable[_Patients[C]]) -> C:
    return next(iter(next(iter(parts)).values()))[0]


def _named(claim: AnyClaim | None, why: Refused) -> Refused:
    """The same refusal with the claim before the field."""
    return Refused(why.what, where=f"claim {claim.control_number if claim else ''}, {why.where}", do=why.do)


def _header(submitter: Submitter, control: FileControl, batch: str) -> tuple[str, ...]:
    at = control.at
    return (
        segment("BHT", "0019", "00", batch, day(at.date()), clock(at), "CH"),
        segment("NM1", "41", "2", words(submitter.name, 60, "claim file, submitter name"), "", "", "", "", "46",
                identifier(submitter.id, 15, "claim file, submitter id")),
        segment("PER", "IC", words(submitter.contact, 60, "claim file, submitter contact"), "TE",
                phone(submitter.phone, "claim file, submitter phone")),
        segment("NM1", "40", "2", words(submitter.receiver_name, 60, "claim file, receiver name"), "", "", "", "", "46",
                identifier(submitter.receiver_id, 15, "claim file, receiver id")),
    )  # fmt: skip


def _check(text: str, claims: Sequence[AnyClaim], line_id: str) -> None:
    """Reads the text back: envelopes whole, each claim there once with its charge, each line, HL counted from 1."""
    found = cents = lines = 0
    line_head = f"{line_id}*"
    for whole in Reader(text.encode("ascii"), "claim file").sets():
        levels = 0
        for one in whole.texts:
            if one.startswith("CLM*"):
                found += 1
                cents += parse_cents(one.split("*", 3)[2])
            elif one.startswith(line_head):
                lines += 1
            elif one.startswith("HL*"):
                levels += 1
                if one.split("*", 2)[1] != str(levels):
                    raise Refused("The levels (HL) of the written file are not in order.", where="claim file")
    wanted = len(claims), sum(claim.charge for claim in claims), sum(len(claim.lines) for claim in claims)
    if (found, cents, lines) != wanted:
        told = f"{found} claims with {lines} lines and {show_cents(cents)}"
        raise Refused(f"The written file reads back as {told}; nothing was sent.", where="claim file")
