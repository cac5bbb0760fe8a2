"""Papers for a guarantor: the receipt of a payment, the explanation of a balance, the packet for assistance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from store import clock
from store.accounts.balances import account_balance
from store.accounts.payments import open_payments
from store.accounts.why_owed import explanation
from store.errors import NotFound, Refused
from store.money import show_cents
from store.new_file import make_folder, new_file
from store.statements.compose import addressee, sender
from store.statements.letter_values import Letter, Part
from store.statements.pdf.letter import letter_lines, write_letter
from store.statements.wording import words_of
from store.statements.words import words_for
from store.tables import DiscountStep, Guarantor, PatientPayment, Practice
from store.work.command import Job
from store.work.values import Done

if TYPE_CHECKING:
    from store.practice import Practice as Door

_RECEIPT: Mapping[str, tuple[str, ...]] = {
    "en": ("Receipt", "Receipt no.", "Received from {name}", "Paid by {method}", "Taken back", "Amount received",
           "Still owed on this account: {due}.", "Thank you."),
    "es": ("Recibo", "Recibo n.º", "Recibido de {name}", "Pagado con {method}", "Anulado", "Cantidad recibida",
           "Saldo de esta cuenta: {due}.", "Gracias."),
}  # fmt: skip
_METHODS: Mapping[str, Mapping[str, str]] = {
    "en": {"cash": "cash", "check": "check", "card": "card", "other": "other means", "agency": "agency"},
    "es": {"cash": "efectivo", "check": "cheque", "card": "tarjeta", "other": "otro medio", "agency": "agencia"},
}
_PACKET: Mapping[str, tuple[str, ...]] = {
    "en": ("Financial assistance",
           "You may qualify for a lower bill. Please fill this in and send it back with copies of what shows your "
           "income (tax return, pay stubs, benefit letters). Nothing is collected while we decide.",
           "How many people live in your household?  ______",
           "What is your household's income in a year, before taxes?  $ ____________",
           "Does anybody in your household have health insurance? Which?  ______________________",
           "I declare that this is true.", "Signature  ______________________    Date  ____________",
           "What may be taken off", "Up to {up_to}% of the federal poverty guideline: {percent}% is taken off."),
    "es": ("Ayuda económica",
           "Puede que le corresponda pagar menos. Llene esta hoja y envíela con copias de lo que muestre sus ingresos "
           "(declaración de impuestos, talones de pago, cartas de beneficios). No cobramos nada mientras decidimos.",
           "¿Cuántas personas viven en su hogar?  ______",
           "¿Cuál es el ingreso anual de su hogar, antes de impuestos?  $ ____________",
           "¿Alguien en su hogar tiene seguro médico? ¿Cuál?  ______________________",
           "Declaro que esto es verdad.", "Firma  ______________________    Fecha  ____________",
           "Lo que se puede descontar", "Hasta {up_to}% de la guía federal de pobreza: se descuenta {percent}%."),
}  # fmt: skip


def receipt(session: Session, payment: PatientPayment, guarantor: Guarantor) -> Letter:
    """What a payment's receipt says."""
    says, words = _told(_RECEIPT, guarantor), words_for(guarantor.language)
    methods = _METHODS.get(words.language, _METHODS["en"])
    due = account_balance(session, guarantor.id).patient_due
    how = says[3].replace("{method}", methods.get(payment.method, payment.method))
    lines = [how + (f" ({payment.reference})" if payment.reference else "")]
    if payment.voids_id is not None:
        lines.append(f"{says[4]}: {payment.reason}")
    return Letter(
        says[0],
        payment.paid_on,
        ((says[1], payment.number), (words.account, guarantor.number)),
        (Part(says[2].replace("{name}", f"{guarantor.first} {guarantor.last}"), tuple(lines), payment.cents),),
        total=(says[5], payment.cents),
        closing=(says[6].replace("{due}", show_cents(due, sign="$")), says[7]),
    )


def packet(session: Session, guarantor: Guarantor) -> Letter:
    """The form that asks for assistance, with the practice's table."""
    says, words = _told(_PACKET, guarantor), words_for(guarantor.language)
    steps = session.exec(select(DiscountStep).order_by(col(DiscountStep.kind), col(DiscountStep.up_to))).all()
    table = tuple(says[8].replace("{up_to}", str(step.up_to)).replace("{percent}", str(step.percent)) for step in steps)
    parts = (Part(says[0], (*says[2:7],)), *((Part(says[7], table),) if table else ()))
    return Letter(says[0], clock.today(), ((words.account, guarantor.number),), parts, opening=says[1])


def _told(tables: Mapping[str, tuple[str, ...]], guarantor: Guarantor) -> tuple[str, ...]:
    return tables.get(guarantor.language.partition("-")[0], tables["en"])


def write_paper(session: Session, letter: Letter, guarantor: Guarantor, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a letter as PDF and as plain text; a file that is there is left as it is."""
    words = words_for(guarantor.language, words_of(session))
    practice = sender(session.exec(select(Practice)).one(), words)
    to = addressee(guarantor)
    make_folder(folder)
    pdf, text = folder / f"{name}.pdf", folder / f"{name}.txt"
    if not pdf.exists():
        write_letter(letter, practice, to, words, pdf)
    if not text.exists():
        with new_file(text) as file:
            file.write(("\n".join(letter_lines(letter, practice, to, words)) + "\n").encode())
    return pdf, text


@dataclass(frozen=True, slots=True)
class PrintPaper(Job):
    """Write a paper for an account into a folder: 'why', 'packet', or 'receipt' (the newest, or by its number)."""

    guarantor_id: int
    kind: str
    folder: Path
    number: str = ""

    def carry_out(self, practice: Door, key: str) -> Done:  # noqa: ARG002 - nothing is changed in the books
        """The result is the two files; refused to who may not see money."""
        practice.require_money()
        with practice.reading() as session:
            guarantor = session.get(Guarantor, self.guarantor_id)
            if guarantor is None:
                raise NotFound(f"There is no account {self.guarantor_id}.")
            letter, name = self._letter(session, guarantor)
            practice.exported(f"{self.kind[:20]}, account {guarantor.number}", 1)
            files = write_paper(session, letter, guarantor, self.folder, name)
        return Done(0, f"{letter.title}: {files[0]}", [str(path) for path in files])

    def _letter(self, session: Session, guarantor: Guarantor) -> tuple[Letter, str]:
        if self.kind == "why":
            return explanation(session, guarantor.id), f"why_{guarantor.number}_{clock.today()}"
        if self.kind == "packet":
            return packet(session, guarantor), f"assistance_{guarantor.number}_{clock.today()}"
        if self.kind != "receipt":
            raise Refused(f"There is no paper '{self.kind[:20]}'.", do="There are: why, packet, receipt.")
        query = select(PatientPayment).where(PatientPayment.guarantor_id == guarantor.id)
        if self.number:
            query = query.where(PatientPayment.number == self.number.upper())
        payment = session.exec(query.order_by(col(PatientPayment.id).desc())).first()
        if payment is None:
            raise NotFound(f"Account {guarantor.number} has no such receipt.")
        return receipt(session, payment, guarantor), f"receipt_{payment.number}"


def drawer(session: Session, user_id: int) -> list[PatientPayment]:
    """What a person posted since the last close, to be counted."""
    return open_payments(session, user_id)
