"""What is known of the practice itself, field by field, and the command that changes it.

    superbill practice set "phone=555-555-0100" "pay_to=PO BOX 7; LARKFIELD; KS; 668990007"

Claims and statements that are made from then on say it; those that were sent keep what they said.  What billing costs
is told to nobody: key figures are made with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, select

from store.claims.facts import place
from store.costs import parse_costs
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Practice
from store.text import clean_line, whole_number
from store.work.command import Change, Command, Said
from store.x12 import writing
from store.x12.claim_values import Address

_ROOM = 80
"""Characters of a statement's line."""


@dataclass(frozen=True, slots=True)
class PracticeField:
    """One thing that is known of the practice: what it is called, how it is written, and what it is made into.

    `check` gives the columns of the practice that the text fills; `Refused` says what is wrong with it.  What is not
    `on_claims` is told to nobody: key figures need it.
    """

    label: str
    example: str
    check: Callable[[str], Mapping[str, str | int]]
    needed: bool = True
    on_claims: bool = True


def _one(name: str, form: Callable[[str, str], str]) -> Callable[[str], Mapping[str, str]]:
    return lambda text: {name: form(text, name)}


def _words(name: str, limit: int) -> Callable[[str], Mapping[str, str]]:
    def check(text: str) -> Mapping[str, str]:
        writing.words(text, limit, name)
        return {name: text}

    return check


def _free(name: str) -> Callable[[str], Mapping[str, str]]:
    """A text of a statement's page."""

    def check(text: str) -> Mapping[str, str]:
        if len(text) > _ROOM:
            raise Refused(f"That is longer than {_ROOM} characters.", where=name, do="Shorten it.")
        return {name: text}

    return check


def _whole(name: str, least: int, most: int) -> Callable[[str], Mapping[str, int]]:
    return lambda text: {name: whole_number(text, least, most, name)}


def _written(address: Address) -> str:
    return "; ".join((address.line1, address.city, address.state, address.zip))


def _address(text: str) -> Mapping[str, str]:
    """Loop 2010AA: a street with a ZIP of nine digits."""
    told = place(text)
    writing.place_of(told.line1, "", told.city, told.state, told.zip, "practice", practice=True)
    return {"line1": told.line1, "city": told.city, "state": told.state, "zip": told.zip}


def _pay_to(text: str) -> Mapping[str, str]:
    """Loop 2010AB, which may be a post office box."""
    if text:
        told = place(text)
        writing.place_of(told.line1, "", told.city, told.state, told.zip, "pay-to", practice=False)
        text = _written(told)
    return {"pay_to": text}


def _costs(name: str) -> Callable[[str], Mapping[str, str]]:
    """What something costs, with the days of its changes; it may be left unsaid."""
    return lambda text: {name: str(parse_costs(text, name)) if text else ""}


def _usage(text: str) -> Mapping[str, str]:
    return {"usage": writing.one_of(text.upper(), frozenset("PT"), "usage")}


PRACTICE_FIELDS: Mapping[str, PracticeField] = {
    "name": PracticeField("name on claims", "LARKFIELD FAMILY CARE", _words("name", 60)),
    "npi": PracticeField("NPI of the group", "2999900113", _one("npi", writing.npi)),
    "tax_id": PracticeField("tax id", "990000001", _one("tax_id", writing.tax_id)),
    "taxonomy": PracticeField("taxonomy code", "193200000X", _one("taxonomy", writing.taxonomy)),
    "address": PracticeField("street of the practice", "1 MAIN ST; LARKFIELD; KS; 668990001", _address),
    "pay_to": PracticeField("where payers send money, if not there", "PO BOX 7; LARKFIELD; KS; 668990007", _pay_to,
                            needed=False),
    "phone": PracticeField("telephone", "555-555-0100", _one("phone", writing.phone)),
    "hours": PracticeField("office hours, on English statements", "Monday to Friday, 8 am to 5 pm", _free("hours"),
                           needed=False),
    "pay_url": PracticeField("where patients pay online", "https://pay.example", _free("pay_url"), needed=False),
    "submitter_id": PracticeField("id at the clearinghouse", "SUPERBILL", _words("submitter_id", 15)),
    "receiver_id": PracticeField("the clearinghouse's id", "CLEARING", _words("receiver_id", 15)),
    "receiver_name": PracticeField("the clearinghouse's name", "CLEARINGHOUSE", _words("receiver_name", 60)),
    "coding_target_days": PracticeField("business days in which a visit is coded", "3",
                                        _whole("coding_target_days", 1, 60)),
    "statement_cycle_days": PracticeField("days between two statements", "30", _whole("statement_cycle_days", 7, 365)),
    "minimum_statement_cents": PracticeField("cents below which no statement is sent", "500",
                                             _whole("minimum_statement_cents", 0, 10_000)),
    "usage": PracticeField("T for tests, P for real claims", "P", _usage),
    "billing_cost": PracticeField("what coding and billing cost in a month", "12000.00, 13500.00 from 2026-07-01",
                                  _costs("billing_cost"), needed=False, on_claims=False),
    "statement_cost": PracticeField("what one statement costs: paper, print, postage", "0.85",
                                    _costs("statement_cost"), needed=False, on_claims=False),
}  # fmt: skip
"""What can be set, by name."""


def practice_values(session: Session) -> dict[str, str]:
    """What each field says now."""
    practice = session.exec(select(Practice)).one()
    where = _written(Address(practice.line1, practice.city, practice.state, practice.zip))
    return {name: where if name == "address" else str(getattr(practice, name)) for name in PRACTICE_FIELDS}


@dataclass(frozen=True, slots=True)
class SetPractice(Command):
    """Change what claims and statements say of the practice; `fields` are names of `PRACTICE_FIELDS`."""

    fields: tuple[tuple[str, str], ...]
    name: ClassVar[str] = "claims.set_practice"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused with the field that is wrong or unknown; then nothing is changed."""
        practice = change.session.exec(select(Practice)).one()
        for name, text in self.fields:
            field = PRACTICE_FIELDS.get(name)
            if field is None:
                known = ", ".join(PRACTICE_FIELDS)
                raise Refused(f"{name[:30]!r} is nothing that is kept of the practice.", do=f"These are: {known}.")
            value = clean_line(text)
            if field.needed and not value:
                raise Refused("It can't be empty.", where=field.label, do=f"Write it: {field.example}")
            for column, told in field.check(value).items():
                setattr(practice, column, told)
        change.add(practice)
        said = ", ".join(PRACTICE_FIELDS[name].label for name, _ in self.fields)
        told = any(PRACTICE_FIELDS[name].on_claims for name, _ in self.fields)
        after = "Claims that are made from now on say so." if told else "Key figures are made with it."
        return Said(f"Changed: {said}. {after}", practice.id)
