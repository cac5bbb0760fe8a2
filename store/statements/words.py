"""Every word that a statement says, one table per language.

A table may be changed with `dataclasses.replace` and given to the writers.  `{phone}`, `{practice}`, `{date}`,
`{amount}`, `{page}` and `{pages}` stand for what is filled in; other braces are plain text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from store.money import show_cents


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of one language; `reasons` is by kind, `levels` by dunning level, `services` by procedure code.

    A service that is not among `services` is called as the fee schedule calls it.  `hours` are the practice's office
    hours; a language in which they were not written leaves them out.
    """

    language: str
    months: tuple[str, ...]
    long_date: str
    title: str
    page: str
    account: str
    number: str
    statement_date: str
    due_date: str
    amount_due: str
    nothing_due: str
    for_information: str
    pay_by: str
    levels: tuple[str, ...]
    details: str
    continued: str
    columns: tuple[str, str, str, str, str, str]
    with_provider: str
    line_pending: str
    line_placed: str
    short_pending: str
    short_credit: str
    more: str
    total_pending: str
    total_placed: str
    total_credit: str
    line_credit: str
    ageing: tuple[str, str, str, str]
    pay_title: str
    pay_online: str
    pay_phone: str
    pay_mail: str
    help_title: str
    help_text: str
    wrong_title: str
    wrong_text: str
    tax_id: str
    detach: str
    check_to: str
    enclosed: str
    changed: str
    from_name: str
    reasons: Mapping[str, str]
    services: Mapping[str, str] = field(default_factory=dict)
    hours: str = ""

    def day(self, on: date) -> str:
        """A date as people write it: 'October 5, 2026', '5 de octubre de 2026'."""
        return fill(self.long_date, month=self.months[on.month - 1], day=str(on.day), year=f"{on.year:04d}")

    def message(self, level: int, phone: str, due: date, own: str = "") -> str:
        """What is said at a dunning level, or the practice's `own` words with the same places filled in."""
        return fill(own or self.levels[level], phone=phone, date=self.day(due))

    def reason(self, kind: str, cents: int) -> str:
        """Why an amount is the patient's: "Your plan's deductible: $84.20"; an unknown kind is 'other'."""
        return f"{self.reasons.get(kind, self.reasons['other'])}: {show_cents(cents, sign='$')}"


def fill(text: str, **values: str) -> str:
    """`text` with each `{name}` of `values` replaced, once; nothing else in it has a meaning."""
    parts = text.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled.append(values[name] + rest if brace and name in values else "{" + part)
    return "".join(filled)


ENGLISH = Words(
    language="en",
    months=("January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December"),
    long_date="{month} {day}, {year}",
    title="Statement",
    page="Page {page} of {pages}",
    account="Account",
    number="Statement no.",
    statement_date="Statement date",
    due_date="Due date",
    amount_due="Amount due",
    nothing_due="Nothing to pay now",
    for_information="You have nothing to pay now. This statement is for your information.",
    pay_by="Please pay by",
    levels=(
        "",
        "Thank you for choosing us. This statement shows what is yours to pay and why.",
        "A friendly reminder: we have not received your payment yet. If you paid in the last few days, thank you.",
        "Your account is past due. Please pay now, or call us at {phone} so that we can find a way together.",
        "Final notice. Please pay or call {phone} by {date}, or your account goes to collection review.",
    ),
    details="What this statement is for",
    continued="continued",
    columns=("Service", "Charge", "Insurance paid", "Discounts", "You paid", "You owe"),
    with_provider="with {provider}",
    line_pending="Waiting for your insurance: {amount}. You owe nothing on this part now.",
    line_placed="With the agency that collects for us: {amount}. Pay that part to the agency.",
    short_pending="Waiting for insurance: {amount}",
    short_credit="Credit we hold for you: {amount}",
    more="The details continue on page 2.",
    total_pending="Waiting for insurance (not part of the amount due)",
    total_placed="With the collection agency (not part of the amount due)",
    total_credit="Credit that we hold for you (not part of the amount due)",
    line_credit="Paid more than the charge: {amount}. It is part of your credit below.",
    ageing=("0-30 days", "31-60 days", "61-90 days", "Over 90 days"),
    pay_title="How to pay",
    pay_online="Online: {url}",
    pay_phone="Phone: {phone}",
    pay_mail="Mail: a check with the slip below",
    help_title="Hard to pay?",
    help_text="Ask us about a payment plan or financial assistance. You may qualify for a lower bill, and asking "
    "costs nothing. Call {phone}.",
    wrong_title="Does something look wrong?",
    wrong_text="If you have a question, have other insurance, or disagree with this bill, call {phone} by the due "
    "date. We pause a disputed bill while we check.",
    tax_id="Tax ID {tax_id} (for HSA and FSA claims)",
    detach="Detach here and mail this part with your payment",
    check_to="Make your check payable to {practice} and write your account number on it.",
    enclosed="Amount enclosed",
    changed="My address or insurance has changed. Please write it on the back.",
    from_name="From",
    reasons={
        "deductible": "Your plan's deductible",
        "coinsurance": "Your share (coinsurance)",
        "copay": "Your copay",
        "not_covered": "Not covered by your plan",
        "coverage_ended": "Your plan was not active on this date",
        "no_insurance": "No insurance on file",
        "insurance_needs_you": "Your insurance is waiting for information from you",
        "other": "Your plan says this part is yours",
    },
)  # fmt: skip

SPANISH = Words(
    language="es",
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
            "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    long_date="{day} de {month} de {year}",
    title="Estado de cuenta",
    page="Página {page} de {pages}",
    account="Cuenta",
    number="Estado n.º",
    statement_date="Fecha",
    due_date="Fecha límite",
    amount_due="Total a pagar",
    nothing_due="Nada que pagar ahora",
    for_information="Por ahora no tiene nada que pagar. Este estado de cuenta es para su información.",
    pay_by="Pague a más tardar el",
    levels=(
        "",
        "Gracias por elegirnos. Este estado de cuenta muestra lo que le corresponde pagar y por qué.",
        "Un recordatorio amable: aún no hemos recibido su pago. Si pagó en los últimos días, gracias.",
        "Su cuenta está vencida. Por favor pague ahora o llámenos al {phone} para encontrar juntos una solución.",
        "Último aviso. Por favor pague o llámenos al {phone} a más tardar el {date}. Después de esa fecha, su cuenta "
        "se revisará para enviarla a cobranza.",
    ),
    details="Qué incluye este estado de cuenta",
    continued="continuación",
    columns=("Servicio", "Cargo", "Pagó el seguro", "Descuentos", "Usted pagó", "Usted debe"),
    with_provider="con {provider}",
    line_pending="En espera de su seguro: {amount}. Por ahora no debe nada de esta parte.",
    line_placed="Con la agencia que cobra por nosotros: {amount}. Pague esa parte a la agencia.",
    short_pending="En espera del seguro: {amount}",
    short_credit="Saldo a su favor: {amount}",
    more="Los detalles siguen en la página 2.",
    total_pending="En espera del seguro (no es parte del total a pagar)",
    total_placed="Con la agencia de cobranza (no es parte del total a pagar)",
    total_credit="Saldo a su favor (no es parte del total a pagar)",
    line_credit="Se pagó más que el cargo: {amount}. Es parte de su saldo a favor.",
    ageing=("0-30 días", "31-60 días", "61-90 días", "Más de 90 días"),
    pay_title="Cómo pagar",
    pay_online="En línea: {url}",
    pay_phone="Teléfono: {phone}",
    pay_mail="Correo: cheque con el talón",
    help_title="¿Le cuesta pagar?",
    help_text="Pregunte por un plan de pagos o por ayuda económica. Puede que le corresponda pagar menos, y preguntar "
    "no cuesta nada. Llame al {phone}.",
    wrong_title="¿Hay algo que no está bien?",
    wrong_text="Si tiene una pregunta, tiene otro seguro o no está de acuerdo, llame al {phone} antes de la fecha "
    "límite. Mientras revisamos su reclamo, el cobro queda en pausa.",
    tax_id="Tax ID {tax_id} (para cuentas HSA y FSA)",
    detach="Separe aquí y envíe esta parte con su pago",
    check_to="Haga su cheque a nombre de {practice} y escriba en él su número de cuenta.",
    enclosed="Cantidad que envía",
    changed="Mi dirección o mi seguro cambió. Escríbalo al dorso.",
    from_name="De",
    reasons={
        "deductible": "El deducible de su plan",
        "coinsurance": "Su parte (coseguro)",
        "copay": "Su copago",
        "not_covered": "Su plan no lo cubre",
        "coverage_ended": "Su plan no estaba activo en esta fecha",
        "no_insurance": "No tenemos un seguro a su nombre",
        "insurance_needs_you": "Su seguro espera información de usted",
        "other": "Su plan dice que esta parte es suya",
    },
)  # fmt: skip

WORDS: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH}


def words_for(language: str, tables: Mapping[str, Words] = WORDS) -> Words:
    """The table of a language ('es', 'es-MX'); English where there is none."""
    return tables.get(language.lower().partition("-")[0], tables.get("en", ENGLISH))
