"""The invented payers of the demo practice: they answer a batch of claims the way payers do, as X12 texts.

    told = answer(claims, control, "LARKFIELD", seed=7, received=received, paid_on=paid_on)
    told.ack999, told.ack277, told.remits

Each claim's fate hangs on the seed, its control number and its frequency alone, never on its neighbours or the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from store.demo.answer_acks import Verdict, write_277ca, write_999
from store.demo.answer_envelopes import REMITTANCE, interchange
from store.demo.answer_fates import Fate, Kind, fate_of, is_pended, payer_number
from store.demo.answer_prices import adjudicate, answers_to, contract
from store.demo.answer_remits import Answered, PaymentOut, balanced_pairs, payment_segments
from store.demo.people import a_person
from store.demo.practice import fees
from store.errors import Refused
from store.x12.claim_values import BillingProvider, FileControl, Person, ProfessionalClaim, ServiceLine

_FIRST_REMIT = 3
"""The place of the first 835 among the answers; 999 and 277CA have the two before."""

_Payments = dict[str, dict[BillingProvider, list[Answered]]]


@dataclass(frozen=True, slots=True)
class Answers:
    """The texts of one 999, one 277CA and one 835 for each payer that answers claims now."""

    ack999: str
    ack277: str
    remits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Round:
    """What is the same for every remittance of one call."""

    control: FileControl
    submitter_id: str
    seed: int
    received: date
    paid_on: date

    def rng(self, *about: str) -> Random:
        """Chance for one thing of this file."""
        return Random("|".join((str(self.seed), str(self.control.interchange), *about)))


def answer(
    claims: Sequence[ProfessionalClaim],
    control: FileControl,
    submitter_id: str,
    *,
    seed: int,
    received: date,
    paid_on: date,
    pend: float = 0.0,
) -> Answers:
    """Answer the file that `control` numbers: acknowledged on `received`, paid on `paid_on`.

    `pend` is the share of the accepted claims that are in no remittance; a later call with less of it answers them.
    A claim that was rejected is rejected again with the same seed and frequency.  One of the remittances also pays a
    claim that isn't ours.  Refused without claims.
    """
    if not claims:
        raise Refused("There is no claim to answer.", where="claim file")
    verdicts = [_verdict(claim, seed) for claim in claims]
    now = [one for one in verdicts if not one.rejection and not is_pended(one.payer_control, pend)]
    this = _Round(control, submitter_id, seed, received, paid_on)
    return Answers(
        write_999(len(claims), control, submitter_id, received),
        write_277ca(verdicts, control, submitter_id, received),
        _remits([one.claim for one in now], this),
    )


def _verdict(claim: ProfessionalClaim, seed: int) -> Verdict:
    number = payer_number(claim, seed, claim.frequency)
    fate = fate_of(number, contract(claim.subscription))
    return Verdict(claim, number, fate.rejection if fate.kind is Kind.REJECTED else None)


def _remits(claims: Sequence[ProfessionalClaim], this: _Round) -> tuple[str, ...]:
    payments: _Payments = {}
    for claim in claims:
        own = payments.setdefault(claim.subscription.payer_id, {}).setdefault(claim.billing, [])
        own += [Answered(claim, one) for one in answers_to(claim, this.seed)]
    if payments:
        _add_stranger(payments, this)
    return tuple(
        _remittance(payer_id, by_provider, this, place)
        for place, (payer_id, by_provider) in enumerate(payments.items(), _FIRST_REMIT)
    )


def _remittance(payer_id: str, by_provider: dict[BillingProvider, list[Answered]], this: _Round, place: int) -> str:
    sets = []
    for n, (billing, answered) in enumerate(by_provider.items(), 1):
        claims, pairs = balanced_pairs(this.rng("pairs", payer_id, billing.npi), tuple(answered))
        trace = f"{payer_id}{this.control.interchange:06d}{this.paid_on:%y%m%d}{n}"
        sets.append(payment_segments(PaymentOut(trace, this.received, this.paid_on, claims, pairs)))
    return interchange(REMITTANCE, this.control, this.submitter_id, this.paid_on, place, sets)


def _add_stranger(payments: _Payments, this: _Round) -> None:
    """A payer now and then pays us for somebody else's patient."""
    rng = this.rng("stranger")
    answered = rng.choice(list(payments.values()))
    own = next(iter(answered.values()))
    claim = _stranger(rng, own[0].claim, this.received)
    payer = contract(claim.subscription)
    number = payer_number(claim, this.seed, "1")
    # Without a share of the patient, so that there is always money whose owner must be found.
    own.append(Answered(claim, adjudicate(claim, number, _fully_paid(fate_of(number, payer)))))


def _fully_paid(fate: Fate) -> Fate:
    return replace(fate, kind=Kind.PAID, terms=replace(fate.terms, deductible=0, copay=0))


def _stranger(rng: Random, like: ProfessionalClaim, received: date) -> ProfessionalClaim:
    """An invented claim of another practice at the same payer; its number has a form that ours never have."""
    who = a_person(rng, "", sex="F", birth=date(1950 + rng.randrange(50), 1 + rng.randrange(12), 15))
    fee = rng.choice([fee for fee in fees() if fee.cents >= 5000])
    control = f"NW/{rng.randrange(10**6):06d}"
    served = like.lines[0].service_date
    person = Person(who.last, who.first, who.birth, who.sex, like.subscription.subscriber.address)
    return ProfessionalClaim(
        control_number=control,
        billing=like.billing,
        subscription=replace(
            like.subscription,
            subscriber=person,
            member_id=f"{like.subscription.payer_id[:3]}{rng.randrange(10**9):09d}",
            sequence="P",
            relationship="18",
        ),
        place="11",
        diagnoses=like.diagnoses[:1],
        lines=(ServiceLine("1", fee.code, fee.cents, 1, min(served, received), (1,)),),
    )
