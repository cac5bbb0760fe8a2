"""Letters and appeal packets: filled from the claim, kept as they went, with how, when, to whom and the proof of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template
from typing import ClassVar

from sqlmodel import Session, col, select

from store import clock
from store.claims import archive, snapshot
from store.denials.letter_texts import NAMES, SHIPPED, LetterText
from store.denials.open import last_level
from store.denials.steps import QUEUE
from store.errors import NotFound, Refused
from store.forms.letter import Enclosure, Grid, Letter, letter_pdf
from store.money import show_cents
from store.people.roles import Permission
from store.remits.dispositions import rules_of
from store.remits.raw import answer_segments
from store.tables import (
    Batch,
    Claim,
    ClaimEvent,
    ClaimLine,
    ClaimVersion,
    Coverage,
    Denial,
    Encounter,
    LetterTemplate,
    Patient,
    Payer,
    Practice,
    Provider,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    SentDocument,
    User,
)
from store.text import clean_line, clean_note, show_phone, show_zip
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.commands import remark
from store.work.stale import over

WAYS = ("mail", "fax", "portal", "secure mail", "by hand")
_NAMED = re.compile(r"\$\{?([A-Za-z_]+)")


@dataclass(frozen=True, slots=True)
class MakeLetter(Command):
    """Fill a letter for a denial, keep the file, and note that it went: how, to whom, under which reference."""

    denial_id: int
    template: str
    how: str
    to: str = free_text(default="")
    reference: str = ""
    name: ClassVar[str] = "denials.letter"
    permission: ClassVar[Permission] = Permission.DENIAL
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result is the kept file's id; the denial's deadline and state are not touched."""
        denial = change.get(Denial, self.denial_id)
        claim = change.get(Claim, denial.claim_id)
        change.patient_id = claim.patient_id
        if self.how not in WAYS:
            raise Refused(f"{self.how[:20]!r} is none of {', '.join(WAYS)}.")
        text = template_of(change.session, self.template)
        letter = compose(change.session, denial, text, change.actor.name, clean_line(self.reference))
        name = f"{claim.control_number}_{text.name.replace(' ', '_')}_{change.action.id}.pdf"
        file = archive.keep(change, "letter", "out", name, letter_pdf(letter), letter.subject)
        to = clean_line(self.to) or change.get(Payer, claim.payer_id).name
        change.add(
            SentDocument(
                claim_id=claim.id, denial_id=denial.id, file_id=file.id, name=text.name, how=self.how, to=to[:80],
                reference=clean_line(self.reference)[:80], sent_on=change.today, at=change.now,
                user_id=change.actor.user_id,
            )
        )  # fmt: skip
        item = items.find(change, QUEUE, denial.id)
        if item is not None:
            tail = f", reference {clean_line(self.reference)}" if self.reference.strip() else ""
            remark(change, item, f"Sent: {text.name} by {self.how} to {to}{tail}.")
        return Said(f"{letter.subject}: sent by {self.how}, kept as {name}.", file.id)


@dataclass(frozen=True, slots=True)
class SaveTemplate(Command):
    """Keep the practice's own text of a letter, or replace a shipped one; an empty text brings the shipped one back.

    `seen_title` and `seen`, the text in one line, are what the person saw; refused where somebody changed it since.
    """

    letter: str
    title: str = ""
    text: str = ""
    seen_title: str | None = None
    seen: str | None = None
    name: ClassVar[str] = "denials.template"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused with the names that nothing fills."""
        called = clean_line(self.letter)[:40].lower()
        with (
            over(change, self.seen_title, f"title of {called}", lambda: in_lines(change.session, called)[0]),
            over(change, self.seen, f"text of {called}", lambda: in_lines(change.session, called)[1]),
        ):
            return self._write(change, called)

    def _write(self, change: Change, called: str) -> Said:
        row = change.session.exec(select(LetterTemplate).where(LetterTemplate.name == called)).first()
        text = clean_note(self.text).strip()
        if not text:
            if row is None:
                raise Refused(f"There is no letter of our own called {called!r}.")
            change.session.delete(row)
            return Said(f"The letter {called!r} is gone; a shipped one of that name holds again.")
        unknown = sorted({found for found in _NAMED.findall(f"{self.title} {text}") if found not in NAMES})
        if not called or not self.title.strip() or unknown:
            raise Refused(
                f"Nothing fills ${', $'.join(unknown)}." if unknown else "A letter has a name, a title and a text.",
                do=f"There are: {', '.join(sorted(NAMES))}.",
            )
        if row is None:
            change.add(LetterTemplate(name=called, title=clean_line(self.title), text=text))
        else:
            row.title, row.text = clean_line(self.title), text
        return Said(f"The letter {called!r} is kept.")


def templates(session: Session) -> list[LetterText]:
    """Every letter: the practice's own over the shipped ones."""
    own = {row.name: row for row in session.exec(select(LetterTemplate).order_by(col(LetterTemplate.name))).all()}
    found = [
        LetterText(one.name, own[one.name].title, own[one.name].text, one.packet) if one.name in own else one
        for one in SHIPPED
    ]
    shipped = {one.name for one in SHIPPED}
    return found + [LetterText(row.name, row.title, row.text, True) for row in own.values() if row.name not in shipped]


def in_lines(session: Session, name: str) -> tuple[str, str]:
    """A letter's title and text, each in one line with ` | ` for a blank one; empty where there is no such letter."""
    found = next((one for one in templates(session) if one.name == name.strip().lower()), None)
    if found is None:
        return "", ""
    return found.title, " | ".join(" ".join(part.split()) for part in found.text.split("\n\n"))


def template_of(session: Session, name: str) -> LetterText:
    """A letter by its name."""
    for one in templates(session):
        if one.name == name.strip().lower():
            return one
    raise NotFound(f"There is no letter {name[:40]!r}.", do="superbill denials letters lists them.")


def compose(session: Session, denial: Denial, text: LetterText, author: str, reference: str) -> Letter:
    """The letter filled from the claim; a packet encloses the claim, the payer's answer and the proof of filing."""
    claim = session.get_one(Claim, denial.claim_id)
    practice = session.exec(select(Practice)).one()
    payer = session.get_one(Payer, claim.payer_id)
    values = _values(session, denial, claim, author, reference) | {"practice": practice.name, "payer": payer.name}
    body = Template(text.text).safe_substitute(values)
    paragraphs = tuple(" ".join(part.split()) if "\n\n" in text.text else part for part in body.split("\n\n"))
    closing = paragraphs[-1] if paragraphs else ""
    if values["author"] in closing and values["practice"] in closing:
        paragraphs = (*paragraphs[:-1], f"{values['author']}\n{values['practice']}")
    sender = (
        practice.name, practice.line1, f"{practice.city}, {practice.state} {show_zip(practice.zip)}",
        show_phone(practice.phone), f"NPI {practice.npi}   Tax id {practice.tax_id}",
    )  # fmt: skip
    enclosures = _packet(session, denial, claim) if text.packet else ()
    title = Template(text.title).safe_substitute(values)
    town = f"{payer.city}, {payer.state} {show_zip(payer.zip)}".strip(" ,")
    receiver = tuple(filter(None, (payer.name, "Claims", payer.line1, town)))
    return Letter(sender, receiver, values["today"], title, paragraphs, (), enclosures)


def _values(session: Session, denial: Denial, claim: Claim, author: str, reference: str) -> dict[str, str]:
    patient = session.get_one(Patient, claim.patient_id)
    coverage = session.get_one(Coverage, claim.coverage_id)
    encounter = session.get_one(Encounter, claim.encounter_id)
    provider = session.get_one(Provider, encounter.provider_id)
    answer = session.get_one(RemitClaim, denial.remit_claim_id)
    line = session.get(ClaimLine, denial.claim_line_id) if denial.claim_line_id is not None else None
    remarks = f" with remark {denial.remarks}" if denial.remarks else ""
    hint = rules_of(session).rule(denial.group, denial.reason).hint
    full = session.exec(select(User.full_name).where(User.name == author)).first() or author
    return {
        "today": f"{clock.today():%B %d, %Y}",
        "claim": claim.control_number,
        "payer_claim": claim.payer_control or "not known",
        "patient": f"{patient.first} {patient.last}",
        "birth": str(patient.birth),
        "member": coverage.member_id,
        "service_date": str(claim.service_from),
        "provider": f"{provider.first} {provider.last}",
        "charge": show_cents(line.charge if line else claim.charge, sign="$"),
        "denied": show_cents(denial.cents, sign="$"),
        "reason": f"{denial.group}-{denial.reason} ({hint}){remarks}",
        "line": f"{line.code} {line.modifiers}".strip() if line else "the whole claim",
        "diagnoses": _diagnoses(session, claim),
        "level": str(max(1, last_level(session, claim.id, denial.claim_line_id))),
        "notice_date": str(session.get_one(Remittance, answer.remittance_id).paid_on),
        "author": full,
        "reference": reference or "none",
    }


def _diagnoses(session: Session, claim: Claim) -> str:
    """As they were sent last."""
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim.id, ClaimVersion.number == claim.current)
    return ", ".join(snapshot.diagnosis_codes(snapshot.load_any(session.exec(query).one().content)))


def _packet(session: Session, denial: Denial, claim: Claim) -> tuple[Enclosure, ...]:
    return (
        Enclosure("the claim", (_lines(session, claim),)),
        Enclosure("your answer", (_answer(session, denial),), _segments(session, denial)),
        Enclosure("proof of filing", (_filed(session, claim), _heard(session, claim))),
    )


def _lines(session: Session, claim: Claim) -> Grid:
    query = select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active).order_by(col(ClaimLine.id))
    rows = tuple(
        (str(row.service_date), row.code, row.modifiers, str(row.units), show_cents(row.charge))
        for row in session.exec(query).all()
    )
    return Grid(
        f"Claim {claim.control_number}; diagnoses {_diagnoses(session, claim)}",
        ("Date of service", "Code", "Modifiers", "Units", "Charge"), rows, (3, 4),
    )  # fmt: skip


def _answer(session: Session, denial: Denial) -> Grid:
    lines = session.exec(select(RemitLine).where(RemitLine.remit_claim_id == denial.remit_claim_id)).all()
    why: dict[int | None, list[str]] = {}
    query = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == denial.remit_claim_id)
    for row in session.exec(query.order_by(col(RemitAdjustment.id))).all():
        why.setdefault(row.remit_line_id, []).append(f"{row.group}-{row.reason} {show_cents(row.cents)}")
    rows = [
        (line.code, show_cents(line.charge), show_cents(line.paid), ", ".join(why.get(line.id, ())), line.remarks)
        for line in lines
    ]
    if None in why:
        rows.append(("claim", "", "", ", ".join(why[None]), ""))
    return Grid("What was decided", ("Code", "Charge", "Paid", "Reasons", "Remarks"), tuple(rows), (1, 2))


def _segments(session: Session, denial: Denial) -> tuple[str, ...]:
    answer = session.get_one(RemitClaim, denial.remit_claim_id)
    remittance = session.get_one(Remittance, answer.remittance_id)
    return answer_segments(session, remittance.file_id, answer.segment)


def _filed(session: Session, claim: Claim) -> Grid:
    query = (
        select(ClaimVersion, Batch)
        .join(Batch, col(Batch.id) == col(ClaimVersion.batch_id))
        .where(ClaimVersion.claim_id == claim.id)
        .order_by(col(ClaimVersion.number))
    )
    rows = tuple(
        (f"{batch.made_at:%Y-%m-%d}", batch.file_name, str(batch.interchange), version.frequency, batch.sha256[:16])
        for version, batch in session.exec(query).all()
    )
    return Grid("Claim files", ("Made", "File", "Interchange", "Frequency", "SHA-256 begins"), rows)


def _heard(session: Session, claim: Claim) -> Grid:
    query = select(ClaimEvent).where(ClaimEvent.claim_id == claim.id).order_by(col(ClaimEvent.id))
    rows: Sequence[tuple[str, ...]] = [
        (f"{row.at:%Y-%m-%d %H:%M}", row.kind, row.status, row.text) for row in session.exec(query).all()
    ]
    return Grid("What was heard of it", ("When", "What", "Status", "Text"), tuple(rows))
