"""Reads claim files (837P, 837I) of any system into the values that the writers take.

    file = read_claims(data, "june.837")

Separators, line ends and the number of interchanges, groups and sets are as they come.  Versions 005010 and 004010 are
read where their segments say the same.  What the values have no place for is passed over; amounts, days and counts
are refused where they are none, and so is a claim whose lines do not add up to CLM02.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from store.errors import Refused
from store.x12.claim_builder import AnyClaim, ClaimBuilder, Head
from store.x12.claim_values import BillingProvider, Person, ProfessionalClaim, Subscription
from store.x12.coordination_builder import coverage_of
from store.x12.fields import Fields
from store.x12.institutional_builder import InstitutionalBuilder
from store.x12.institutional_values import InstitutionalClaim
from store.x12.kinds import kind_of_set
from store.x12.party_reading import NOWHERE, city, street
from store.x12.professional_builder import ProfessionalBuilder
from store.x12.segments import Reader, TransactionSet, place

_KINDS = frozenset({"837", "837I", "837P"})
_PROVIDER, _SUBSCRIBER, _PATIENT = "20", "22", "23"


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """Every claim of a file in order; `batches` are the BHT03 of its sets; `notices` tell what was read forgivingly."""

    sender: str
    receiver: str
    interchange_controls: tuple[str, ...]
    batches: tuple[str, ...]
    professional: tuple[ProfessionalClaim, ...] = ()
    institutional: tuple[InstitutionalClaim, ...] = ()
    notices: tuple[str, ...] = ()


def read_claims(data: bytes, name: str = "") -> ClaimFile:
    """Every claim of a claim file; `Refused` with file and segment where it is no whole 837P or 837I."""
    reader = Reader(data, name)
    batches: list[str] = []
    claims = [claim for whole in reader.sets() for claim in claims_of(whole, batches)]
    if not batches:
        raise Refused("The file holds no claims.", where=name or "file")
    first = reader.interchanges[0]
    return ClaimFile(
        sender=first.sender,
        receiver=first.receiver,
        interchange_controls=tuple(one.control for one in reader.interchanges),
        batches=tuple(batches),
        professional=tuple(claim for claim in claims if isinstance(claim, ProfessionalClaim)),
        institutional=tuple(claim for claim in claims if isinstance(claim, InstitutionalClaim)),
        notices=tuple(reader.notices),
    )


def claims_of(whole: TransactionSet, batches: list[str] | None = None) -> Iterator[AnyClaim]:
    """The claims of one transaction set, one at a time; its BHT03 is added to `batches`."""
    kind = kind_of_set(whole)
    if kind not in _KINDS:
        where = place(whole.name, whole.segment, "ST")
        raise Refused(f"This is no professional or institutional claim file: it is a {kind[:10]}.", where=where)
    reader = _SetReader(whole, kind)
    yield from reader.claims()
    if batches is not None:
        batches.append(reader.batch)


class _SetReader:
    """One ST-SE.  What stands before the first CLM of a level is kept here, the rest goes to a builder."""

    def __init__(self, whole: TransactionSet, kind: str) -> None:
        self.batch = ""
        self._fields = Fields(whole)
        self._kind = kind
        self._level = self._entity = ""
        self._taxonomy = ""
        self._provider: dict[str, Any] = {}
        self._coverage: dict[str, Any] = {}
        self._insured: dict[str, Any] = {}
        self._patient: dict[str, Any] | None = None
        self._head: Head | None = None
        self._takers: dict[str, Callable[[], None]] = {
            "BHT": self._bht, "DMG": self._dmg, "HL": self._hl, "N3": self._n3, "N4": self._n4, "NM1": self._nm1,
            "PAT": self._pat, "PER": self._per, "PRV": self._prv, "REF": self._ref, "SBR": self._sbr,
        }  # fmt: skip

    def claims(self) -> Iterator[AnyClaim]:
        """Each claim when its last segment was seen."""
        builder: ClaimBuilder | None = None
        for found in self._fields:
            if builder and found not in {"CLM", "HL", "SE"}:
                builder.take(found)
                continue
            if builder:
                yield builder.finish()
                builder = None
            if found == "CLM":
                builder = self._open()
            elif found in self._takers:
                self._takers[found]()

    def _open(self) -> ClaimBuilder:
        if self._head is None:
            self._head = self._make_head()
        qualifier = (*self._fields.parts(5), "", "")[1]
        institutional = self._kind == "837I" or (self._kind == "837" and qualifier == "A")
        make = InstitutionalBuilder if institutional else ProfessionalBuilder
        return make(self._fields, self._head)

    def _make_head(self) -> Head:
        if not (self._provider and self._coverage and self._insured):
            raise self._fields.refuse("A claim stands before its billing provider and subscriber (HL).")
        coverage = Subscription(subscriber=_person(self._insured), **self._coverage)
        patient = _person(self._patient) if self._patient is not None else None
        return Head(BillingProvider(**self._provider), coverage, patient)

    def _hl(self) -> None:
        self._level, self._entity, self._head = self._fields.needed(3), "", None
        if self._level == _PROVIDER:
            self._provider, self._coverage, self._insured, self._taxonomy = {}, {}, {}, ""
        elif self._level == _SUBSCRIBER:
            self._coverage, self._insured, self._patient = {}, {}, None
        elif self._level == _PATIENT:
            self._patient = {}

    def _bht(self) -> None:
        self.batch = self._fields.text(3)

    def _prv(self) -> None:
        if self._level == _PROVIDER:
            self._taxonomy = self._fields.text(3)

    def _nm1(self) -> None:
        fields = self._fields
        self._entity = entity = fields.text(1)
        name = {"last": fields.text(3), "first": fields.text(4), "middle": fields.text(5)}
        if entity == "85":
            self._provider = self._billing()
        elif entity == "IL":
            self._insured |= name
            self._coverage["member_id"] = fields.text(9)
        elif entity == "PR":
            self._coverage |= {"payer_name": fields.text(3), "payer_id": fields.text(9)}
        elif entity == "QC" and self._patient is not None:
            self._patient |= name

    def _billing(self) -> dict[str, Any]:
        """A person who bills is named 'Last, First', as the writer takes it."""
        fields = self._fields
        last, first = fields.text(3), fields.text(4)
        name = f"{last}, {first}" if fields.text(2) == "1" and first else last
        npi = fields.text(9) if fields.text(8) == "XX" else ""
        return {"name": name, "npi": npi, "tax_id": "", "taxonomy": self._taxonomy, "address": NOWHERE}

    def _owner(self) -> tuple[dict[str, Any], str] | None:
        """Whose address the N3 and N4 after this NM1 are, and the field that takes it."""
        if self._entity == "QC" and self._patient is not None:
            return self._patient, "address"
        owners = {
            "85": (self._provider, "address"), "87": (self._provider, "pay_to"), "IL": (self._insured, "address"),
            "PR": (self._coverage, "payer_address"),
        }  # fmt: skip
        return owners.get(self._entity)

    def _n3(self) -> None:
        owner = self._owner()
        if owner:
            owner[0][owner[1]] = street(self._fields)

    def _n4(self) -> None:
        owner = self._owner()
        if owner:
            owner[0][owner[1]] = city(self._fields, owner[0].get(owner[1]))

    def _dmg(self) -> None:
        person = self._patient if self._entity == "QC" else self._insured
        if person is not None:
            person |= {"birth": self._fields.day_or_none(2), "sex": self._fields.text(3)}

    def _ref(self) -> None:
        kind, value = self._fields.text(1), self._fields.text(2)
        if self._entity == "85" and kind in {"EI", "SY"}:
            self._provider |= {"tax_id": value, "tax_id_kind": kind}
        elif kind == "Y4":
            self._coverage["casualty_number"] = value

    def _per(self) -> None:
        if self._entity == "85" and self._fields.text(3) == "TE":
            self._provider["phone"] = self._fields.text(4)

    def _sbr(self) -> None:
        self._coverage |= coverage_of(self._fields)

    def _pat(self) -> None:
        if self._level == _PATIENT:
            self._coverage["relationship"] = self._fields.text(1)


def _person(told: dict[str, Any]) -> Person:
    return Person(
        told.get("last", ""), told.get("first", ""), told.get("birth"), told.get("sex", ""),
        told.get("address", NOWHERE), told.get("middle", ""),
    )  # fmt: skip
