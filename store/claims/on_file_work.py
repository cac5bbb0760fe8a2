"""Putting providers and fees on file, by who runs the practice and sees no claim.

superbill providers set 2999900113 taxonomy=207Q00000X
superbill fees set G0008 35.00 --from 2026-10-01
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims.on_file import MAX_NAME, set_column
from store.errors import Refused
from store.intake.npi import is_npi
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Fee, Provider
from store.text import clean_line
from store.work.command import Change, Command, Said

PROVIDER_FIELDS = ("npi", "last", "first", "taxonomy", "specialty")
_LATER = "Claims that wait take it when they are looked at: superbill claims scrub, or b in their queue."


def list_providers(session: Session) -> list[dict[str, str]]:
    """Every provider, by name."""
    rows = session.exec(select(Provider).order_by(col(Provider.last), col(Provider.first))).all()
    return [{name: getattr(row, name) for name in PROVIDER_FIELDS} for row in rows]


def list_fees(session: Session, code: str = "") -> list[dict[str, object]]:
    """Every fee, or those of a code, the latest first; in cents."""
    query = select(Fee).order_by(col(Fee.code), col(Fee.valid_from).desc())
    if code:
        query = query.where(Fee.code == code.strip().upper())
    return [
        {"code": row.code, "title": row.title, "cents": row.cents, "from": row.valid_from, "to": row.valid_to}
        for row in session.exec(query).all()
    ]


@dataclass(frozen=True, slots=True)
class SetProvider(Command):
    """Change a provider, or put one on file: fields are names of `PROVIDER_FIELDS`."""

    npi: str
    fields: tuple[tuple[str, str], ...]
    name: ClassVar[str] = "claims.set_provider"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused with the field that is wrong; a new one needs both names."""
        number, told = clean_line(self.npi), dict(self.fields)
        wrong = next((name for name in told if name not in PROVIDER_FIELDS), "")
        if wrong:
            raise Refused(f"{wrong[:30]!r} is nothing that is kept of a provider.", do=", ".join(PROVIDER_FIELDS))
        row = change.session.exec(select(Provider).where(Provider.npi == number)).first()
        if row is None:
            if not is_npi(number):
                raise Refused(f"{number[:20]!r} is no NPI.", do="Ten digits, the last one its check digit.")
            if not (told.get("last") and told.get("first")):
                raise Refused(f"No provider has the NPI {number}.", do="A new one has last=NAME first=NAME.")
            row = Provider(npi=number, last="", first="")
        for field, text in told.items():
            if field == "specialty":
                row.specialty = clean_line(text)[:MAX_NAME]
            else:
                set_column(row, f"provider.{field}", text)
        change.add(row)
        return Said(f"{row.last}, {row.first} ({row.npi}) is on file. {_LATER}", row.id)


@dataclass(frozen=True, slots=True)
class SetFee(Command):
    """What a procedure costs from a day on, in cents a unit; lines that are on an encounter keep their charge."""

    code: str
    cents: int
    valid_from: date
    title: str = ""
    name: ClassVar[str] = "claims.set_fee"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """A fee of the same day is replaced; a code without one yet needs a title, if no code set tells it."""
        code = clean_line(self.code).upper()
        if self.cents <= 0:
            raise Refused("A fee is more than nothing.")
        query = select(Fee).where(Fee.code == code).order_by(col(Fee.valid_from).desc())
        known = change.session.exec(query).all()
        row = next((one for one in known if one.valid_from == self.valid_from), None)
        if row is None:
            before = next((one for one in known if one.valid_from < self.valid_from), None)
            row = Fee(
                code=code, system=known[0].system if known else self._system(change, code),
                title=known[0].title if known else "", plain=known[0].plain if known else "",
                cents=0, valid_from=self.valid_from, valid_to=before.valid_to if before else None,
            )  # fmt: skip
        row.cents = self.cents
        row.title = clean_line(self.title) or row.title or self._title(change, code)
        change.add(row)
        return Said(f"{code} costs {show_cents(self.cents)} from {self.valid_from}.", row.id)

    def _title(self, change: Change, code: str) -> str:
        entry = change.known_codes.lookup(code, on=self.valid_from) if change.known_codes else None
        if entry is None:
            raise Refused(f"No code set here tells what {code[:20]} is.", do="Write its title with --title.")
        return entry.title

    def _system(self, change: Change, code: str) -> str:
        entry = change.known_codes.lookup(code, on=self.valid_from) if change.known_codes else None
        return entry.system if entry is not None else "local"
