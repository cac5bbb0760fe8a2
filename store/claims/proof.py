"""Proof of timely filing: one PDF that tells when what was sent and answered, and the files themselves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from sqlmodel import Session, col, select

from store.claims import archive
from store.claims.deadlines import limit_words
from store.claims.events import GIVEN_UP
from store.errors import Refused
from store.money import show_cents
from store.new_file import make_folder, new_file
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimVersion, Patient, Payer, Practice

_PAGE = (612, 792)
_LEFT, _TOP, _LEADING, _WIDTH = 54, 740, 13, 92


def files_of(session: Session, claim_id: int) -> list[ArchivedFile]:
    """Every archived file in which a claim went out or was answered, in order."""
    ids = select(ClaimEvent.file_id).where(ClaimEvent.claim_id == claim_id, col(ClaimEvent.file_id).is_not(None))
    query = select(ArchivedFile).where(col(ArchivedFile.id).in_(ids)).order_by(col(ArchivedFile.id))
    return list(session.exec(query).all())


def write_proof(session: Session, claim_id: int, folder: Path) -> list[Path]:
    """The packet of a claim in a new folder below `folder`: proof.pdf and the files; their paths.

    Refused for a claim that never went out, and where the folder is there already.
    """
    claim = session.get_one(Claim, claim_id)
    files = files_of(session, claim_id)
    if not any(file.direction == "out" for file in files):
        raise Refused(f"Claim {claim.control_number} never went out: there is nothing to prove.")
    own = folder / f"proof_{claim.control_number}"
    if own.exists():
        raise Refused("This packet is there already.", where=str(own), do="Choose another folder.")
    make_folder(own)
    paths = [_write(own / "proof.pdf", _pdf(proof_lines(session, claim, files)))]
    for number, file in enumerate(files, 1):
        paths.append(_write(own / f"{number:02d}_{Path(file.name).name}", archive.content(file)))
    return paths


def proof_lines(session: Session, claim: Claim, files: list[ArchivedFile]) -> list[str]:
    """The text of the first page: the claim, its limit, each step with its date, each file with its hash."""
    practice = session.exec(select(Practice)).one()
    payer = session.get_one(Payer, claim.payer_id)
    patient = session.get_one(Patient, claim.patient_id)
    what = "secondary" if claim.prior_id else "initial"
    lines = [
        "PROOF OF TIMELY FILING",
        "",
        f"{practice.name}   NPI {practice.npi}",
        f"{practice.line1}, {practice.city}, {practice.state} {practice.zip}",
        "",
        f"Claim          {claim.control_number}   {show_cents(claim.charge, sign='$')}",
        f"Patient        {patient.last}, {patient.first}   born {patient.birth}",
        f"Payer          {payer.name} ({payer.payer_id})",
        f"Payer's number {claim.payer_control or 'none was given'}",
        f"Service        {claim.service_from} to {claim.service_to}",
        f"Filing limit   {claim.filing_limit or 'not set'}: {limit_words(payer, what)}",
        "",
        "WHAT HAPPENED",
    ]
    query = select(ClaimEvent).where(ClaimEvent.claim_id == claim.id).order_by(col(ClaimEvent.id))
    for event in session.exec(query).all():
        if event.kind not in {"VERSION", "PRIOR", GIVEN_UP}:
            lines.append(f"{event.at:%Y-%m-%d %H:%M} UTC  {event.kind:<10} {event.status:<14} {event.text}")
    lines += ["", "FILES SENT"]
    batches = (
        select(Batch)
        .join(ClaimVersion, col(ClaimVersion.batch_id) == col(Batch.id))
        .where(ClaimVersion.claim_id == claim.id)
        .order_by(col(Batch.id))
    )
    for batch in session.exec(batches).all():
        lines.append(f"{batch.file_name}  interchange {batch.interchange:09d}  group {batch.group}  {batch.reference}")
        lines.append(f"  made {batch.made_at:%Y-%m-%d %H:%M} UTC, {'production' if batch.usage == 'P' else 'test'}")
    lines += ["", "FILES IN THIS PACKET (SHA-256)"]
    for number, file in enumerate(files, 1):
        lines.append(f"{number:02d}_{file.name}  {file.kind} {file.direction}  {file.at:%Y-%m-%d %H:%M} UTC")
        lines.append(f"  {file.sha256}")
    return lines


def _pdf(lines: list[str]) -> bytes:
    page = BytesIO()
    canvas = Canvas(page, pagesize=_PAGE, invariant=1, pageCompression=1)
    canvas.setTitle("Proof of timely filing")
    y = 0
    for line in (part for text in lines for part in _folded(text)):
        if y < _LEFT:
            if y:
                canvas.showPage()
            canvas.setFont("Courier", 9)
            y = _TOP
        canvas.drawString(_LEFT, y, line.encode("latin-1", "replace").decode("latin-1"))
        y -= _LEADING
    canvas.save()
    return page.getvalue()


def _folded(text: str) -> list[str]:
    return [text[n : n + _WIDTH] for n in range(0, len(text), _WIDTH)] or [""]


def _write(path: Path, content: bytes) -> Path:
    with new_file(path) as file:
        file.write(content)
    return path
