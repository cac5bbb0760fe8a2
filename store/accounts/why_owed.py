"""Why somebody owes something, visit by visit, in words that a patient understands; out of the answers of insurers.

One source for the key `y`, for a caller and for a letter, in the guarantor's language.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from store import clock
from store.accounts.balances import account_balance
from store.accounts.books import Book
from store.accounts.holders import holder
from store.money import show_cents
from store.statements.letter_values import Letter, Part
from store.statements.visits import VisitBooks, Visits
from store.statements.wording import words_of
from store.statements.words import Words, fill, words_for
from store.tables import Practice

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Sentences:
    """One language; the braces are filled in."""

    title: str
    opening: str
    visit: str
    what: str
    charge: str
    paid: str
    paid_nothing: str
    contract: str
    discount: str
    own: str
    pending: str
    share: str
    self_pay: str
    agency: str
    unknown_payer: str
    total: str
    pending_total: str
    credit_total: str
    nothing: str
    call: str
    why: Mapping[str, str]


ENGLISH = Sentences(
    title="Why you owe this",
    opening="This is how each amount came about. You need to pay only what stands at the right.",
    visit="{day}: {patient}, with {provider}",
    what="For: {what}.",
    charge="The charge was {amount}.",
    paid="{payer} paid {amount}.",
    paid_nothing="{payer} paid nothing.",
    contract="{amount} fell away under its contract with us. Nobody owes that.",
    discount="We took {amount} off for you.",
    own="You have paid {amount}. Thank you.",
    pending="{payer} has not decided about {amount} yet. You owe nothing on that part now.",
    share="{amount} is yours: {why}.",
    self_pay="We have no insurance on file for this visit, so {amount} is yours. If you had insurance on that day, "
    "tell us and we bill it.",
    agency="{amount} is with the agency that collects for us.",
    unknown_payer="Your insurance",
    total="You owe now",
    pending_total="Waiting for insurance, not part of what you owe: {amount}.",
    credit_total="We hold {amount} for you. It is not part of what you owe.",
    nothing="You owe nothing now.",
    call="Questions? Call {phone}. If you can't pay it at once, ask for a payment plan or for financial assistance.",
    why={
        "deductible": "your plan's deductible, which you pay each year before the plan begins to pay",
        "coinsurance": "your coinsurance, the percentage of each bill that your plan leaves to you",
        "copay": "your copay, the fixed amount that your plan asks for each visit",
        "not_covered": "your plan does not cover this service",
        "coverage_ended": "your plan says that it was not active on that day; if it was, tell us",
        "insurance_needs_you": "your plan waits for an answer from you; call the number on your card",
        "other": "your plan says that this part is the patient's",
    },
)

SPANISH = Sentences(
    title="Por qué debe esto",
    opening="Así se llegó a cada cantidad. Solo tiene que pagar lo que está a la derecha.",
    visit="{day}: {patient}, con {provider}",
    what="Por: {what}.",
    charge="El cargo fue de {amount}.",
    paid="{payer} pagó {amount}.",
    paid_nothing="{payer} no pagó nada.",
    contract="{amount} se descontó por su contrato con nosotros. Nadie debe esa parte.",
    discount="Le descontamos {amount}.",
    own="Usted pagó {amount}. Gracias.",
    pending="{payer} aún no ha decidido sobre {amount}. Por ahora no debe nada de esa parte.",
    share="{amount} le corresponde a usted: {why}.",
    self_pay="No tenemos un seguro para esta visita, por eso {amount} le corresponde a usted. Si tenía seguro ese "
    "día, díganos y le cobramos al seguro.",
    agency="{amount} está con la agencia que cobra por nosotros.",
    unknown_payer="Su seguro",
    total="Debe ahora",
    pending_total="En espera del seguro, no es parte de lo que debe: {amount}.",
    credit_total="Tenemos {amount} a su favor. No es parte de lo que debe.",
    nothing="Por ahora no debe nada.",
    call="¿Preguntas? Llame al {phone}. Si no puede pagarlo de una vez, pida un plan de pagos o ayuda económica.",
    why={
        "deductible": "el deducible de su plan, que usted paga cada año antes de que el plan empiece a pagar",
        "coinsurance": "su coseguro, el porcentaje de cada cuenta que su plan le deja a usted",
        "copay": "su copago, la cantidad fija que su plan pide por cada visita",
        "not_covered": "su plan no cubre este servicio",
        "coverage_ended": "su plan dice que no estaba activo ese día; si lo estaba, díganos",
        "insurance_needs_you": "su plan espera una respuesta de usted; llame al número de su tarjeta",
        "other": "su plan dice que esta parte es del paciente",
    },
)

SENTENCES: Mapping[str, Sentences] = {"en": ENGLISH, "es": SPANISH}


def explanation(session: Session, guarantor_id: int, *, language: str | None = None) -> Letter:
    """Every visit that is not settled, told; in the guarantor's language, or in another one."""
    guarantor = holder(session, guarantor_id)
    language = (language or guarantor.language).partition("-")[0]
    says, words = SENTENCES.get(language, ENGLISH), words_for(language, words_of(session))
    practice = session.exec(select(Practice)).one()
    balance = account_balance(session, guarantor_id)
    parts = tuple(_visit(one, says, words) for one in Visits(session, [guarantor_id]).of(guarantor_id))
    closing = []
    if balance.insurance_pending > 0:
        closing.append(_filled(says.pending_total, balance.insurance_pending))
    if balance.credit > 0:
        closing.append(_filled(says.credit_total, balance.credit))
    phone = practice.phone
    if len(phone) == 10 and phone.isdigit():
        phone = f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"
    closing.append(fill(says.call, phone=phone))
    return Letter(
        says.title,
        clock.today(),
        ((words.account, guarantor.number),),
        parts,
        says.opening if balance.patient_due > 0 else says.nothing,
        (says.total, balance.patient_due),
        tuple(closing),
    )


def plain_lines(letter: Letter) -> tuple[str, ...]:
    """The letter's body as lines for a screen: what it says of each visit, the total, what is not part of it."""
    lines: list[str] = []
    for part in letter.parts:
        amount = show_cents(part.cents or 0, sign="$")
        lines += [f"{part.title}   {amount}", "  " + " ".join(part.lines), ""]
    if letter.total is not None:
        lines.append(f"{letter.total[0]}: {show_cents(letter.total[1], sign='$')}")
    return (*lines, *letter.closing)


def _visit(one: VisitBooks, says: Sentences, words: Words) -> Part:
    total: dict[str, int] = defaultdict(int)
    for books in one.books.values():
        for book, cents in books.items():
            total[book] += cents
    owes = max(0, total[Book.PATIENT])
    payer = one.payer or says.unknown_payer
    told = [fill(says.what, what=one.called(words)), _filled(says.charge, -total[Book.CHARGES])]
    pending = max(0, total[Book.INSURANCE])
    if one.insured and total[Book.CASH] > 0:
        told.append(_filled(says.paid, total[Book.CASH], payer=payer))
    elif one.insured and pending < -total[Book.CHARGES]:
        told.append(fill(says.paid_nothing, payer=payer))
    for text, cents in (
        (says.contract, total[Book.CONTRACTUAL] + total[Book.WRITE_OFF]),
        (says.discount, total[Book.DISCOUNT]),
        (says.own, total[Book.PATIENT_CASH]),
        (says.agency, total[Book.BAD_DEBT]),
    ):
        if cents > 0:
            told.append(_filled(text, cents))
    if pending:
        told.append(_filled(says.pending, pending, payer=payer))
    told += _why(one, owes, says)
    title = fill(says.visit, day=words.day(one.service_date), patient=one.patient, provider=one.provider)
    return Part(title, tuple(told), owes)


def _why(one: VisitBooks, owes: int, says: Sentences) -> list[str]:
    if not owes:
        return []
    if not one.insured:
        return [_filled(says.self_pay, owes)]
    shares: dict[str, int] = defaultdict(int)
    for parts in one.shares.values():
        for kind, cents in parts.items():
            shares[kind] += cents
    told = {kind: cents for kind, cents in shares.items() if cents > 0}
    if sum(told.values()) == owes:
        return [_share(says, kind, cents) for kind, cents in told.items()]
    kinds = list(told) if len(told) == 1 else ["other"]
    return [_share(says, kinds[0], owes)]


def _share(says: Sentences, kind: str, cents: int) -> str:
    return _filled(says.share, cents, why=says.why.get(kind, says.why["other"]))


def _filled(text: str, cents: int, **more: str) -> str:
    return fill(text, amount=show_cents(cents, sign="$"), **more)
