"""What a caller says, by the reason of the call, in the guarantor's language.

Before the identity is checked nobody hears a balance, a visit or what the call is about.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY = ("birth date", "address", "full name", "phone", "account number", "date of a visit")
"""What may be asked; two of them have to be right."""

_OPENING: Mapping[str, str] = {
    "en": "Hello, this is {caller} of {practice}. May I speak with {name}? Before I go on I have to make sure that I "
    "speak with the right person: please tell me your {first} and your {second}.",
    "es": "Buenos días, soy {caller} de {practice}. ¿Puedo hablar con {name}? Antes de seguir tengo que confirmar que "
    "hablo con la persona correcta: dígame por favor su fecha de nacimiento y su dirección.",
}
_MESSAGE: Mapping[str, str] = {
    "en": "On a machine only: This is {caller} for {name}. Please call {phone}.",
    "es": "En un contestador solo: Soy {caller}, para {name}. Por favor llame al {phone}.",
}
_BY_REASON: Mapping[str, Mapping[str, str]] = {
    "en": {
        "promise": "You told us that you would pay {promised} by {by}, and it has not come yet. Did something come up? "
        "Can you pay it today, or shall we set another day?",
        "plan": "A payment of your plan has not come. Can you pay it today? If the amount is too much, we can look at "
        "the plan together.",
        "final": "We sent you a final notice about {due}. I call so that it does not go any further: can you pay it "
        "today, or shall we divide it into parts?",
        "mail": "Our letter to you came back. What is your address now? May I tell you what it was about?",
        "high": "I call about your balance of {due}. I can tell you how it came about, and we find a way to pay it.",
        "other": "I call about your balance of {due}. May I tell you how it came about?",
    },
    "es": {
        "promise": "Usted nos dijo que pagaría {promised} antes del {by}, y todavía no ha llegado. ¿Pasó algo? ¿Puede "
        "pagarlo hoy, o fijamos otro día?",
        "plan": "Un pago de su plan no ha llegado. ¿Puede pagarlo hoy? Si es demasiado, revisamos el plan juntos.",
        "final": "Le enviamos un último aviso por {due}. Llamo para que no siga adelante: ¿puede pagarlo hoy, o lo "
        "dividimos en partes?",
        "mail": "Nuestra carta fue devuelta. ¿Cuál es su dirección ahora? ¿Le puedo decir de qué se trataba?",
        "high": "Llamo por su saldo de {due}. Le puedo explicar de dónde viene y buscar una forma de pagarlo.",
        "other": "Llamo por su saldo de {due}. ¿Le puedo explicar de dónde viene?",
    },
}
_OFFERS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Can't pay at once: offer a plan (L): {plan}.",
        "Can't pay at all: offer assistance (f), and send the packet.",
        "Has other insurance: take it down (i); the statements stop and it is billed.",
        "Says it is wrong: take it down as a dispute (D); nothing is collected until it is answered.",
    ),
    "es": (
        "No puede pagar de una vez: ofrezca un plan (L): {plan}.",
        "No puede pagar: ofrezca ayuda económica (f) y envíe la solicitud.",
        "Tiene otro seguro: anótelo (i); los estados de cuenta paran y se cobra al seguro.",
        "Dice que no es correcto: anótelo como reclamo (D); no se cobra hasta responder.",
    ),
}


def kind_of(reason: str) -> str:
    """Which script fits a reason of the queue."""
    kinds = ("promise", "plan", "final", "mail", "high")
    return next((kind for kind in kinds if kind in reason), "other")


def opening(language: str, **values: str) -> tuple[str, str]:
    """What is said before the identity is checked, and what may be left on a machine."""
    tongue = language if language in _OPENING else "en"
    return _filled(_OPENING[tongue], values), _filled(_MESSAGE[tongue], values)


def talk(language: str, reason: str, **values: str) -> tuple[str, ...]:
    """What is said once it is checked: the matter, then the offers."""
    tongue = language if language in _BY_REASON else "en"
    lines = (_BY_REASON[tongue][kind_of(reason)], *_OFFERS[tongue])
    return tuple(_filled(line, values) for line in lines)


def _filled(text: str, values: Mapping[str, str]) -> str:
    from store.statements.words import fill

    return fill(text, **values)
