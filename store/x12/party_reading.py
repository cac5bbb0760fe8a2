"""A party of a claim while it is read: NM1 and the N3, N4 and PRV after it."""

from __future__ import annotations

from store.x12.claim_values import Address, Clinician, Facility
from store.x12.fields import Fields

NOWHERE = Address("", "", "", "")


class Party:
    """NM1 with what follows it; `entity` is NM101."""

    def __init__(self, fields: Fields) -> None:
        self.entity = fields.text(1)
        self.organization = fields.text(2) == "2"
        self.last, self.first, self.middle = fields.text(3), fields.text(4), fields.text(5)
        self.qualifier, self.number = fields.text(8), fields.text(9)
        self.taxonomy = ""
        self.address: Address | None = None

    def clinician(self) -> Clinician:
        """The party as a person, or as a group that rendered; a number that is no NPI is left out."""
        return Clinician(
            self.last, self.first, self.number if self.qualifier == "XX" else "", self.taxonomy, self.middle,
            self.organization and self.entity == "82", self.address if self.entity == "DK" else None,
        )  # fmt: skip

    def facility(self, own: str) -> Facility:
        """The party as a place; `own` is the number that it has where none is told."""
        return Facility(self.last, self.number if self.qualifier == "XX" else own, self.address or NOWHERE)


def street(fields: Fields) -> Address:
    """N3: an address without its city yet."""
    return Address(fields.text(1), "", "", "", fields.text(2))


def city(fields: Fields, before: Address | None) -> Address:
    """N4: the address `before` with city, state and ZIP."""
    line1, line2 = (before.line1, before.line2) if before else ("", "")
    return Address(line1, fields.text(1), fields.text(2), fields.text(3), line2)
