"""What posting promises of any remittance: once is enough, order doesn't matter, and a cent off is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from store.errors import Refused
from store.remits.take_in import ImportRemittance
from store.tables import Claim, RemitClaim
from store.x12.balance import imbalances
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Payment, RemittanceFile
from tests.store.eras import payment, pays
from tests.store.remits.test_reversals import _cash, answers, books
from tests.store.world import World
from tests.store.x12.remit_text import remittance_text

few = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def text(*payments: Payment, control: int = 1) -> bytes:
    return remittance_text(RemittanceFile("PAYER", "LARKFIELD", (f"{control:09d}",), payments)).encode()


def post(world: World, content: bytes) -> None:
    world.do(ImportRemittance("835", content))


def payments_of(world: World, claims: Sequence[int], whys: Sequence[tuple[str, str, str]]) -> list[Payment]:
    """One payment for each claim; what comes to less than nothing is carried forward (PLB FB)."""
    found = []
    for claim_id, why in zip(claims, whys, strict=True):
        answer = pays(world, claim_id, *why[:2], whole=why[2])
        plb = f"FB {answer.paid}" if answer.paid < 0 else ""
        found.append(payment(answer, plb=plb, trace=f"T{claim_id}"))
    return found


def standing(world: World, claims: Sequence[int]) -> list[object]:
    """Everything that the answers decide, without the numbers of rows."""
    denials = world.sql(
        'SELECT claim_id, claim_line_id, "group", reason, cents, state FROM denial ORDER BY 1, 2, 3, 4, 5, 6'
    )
    return [books(world), [world.get(Claim, claim_id).state for claim_id in claims], denials]


@few
@given(whys=st.tuples(answers, answers))
def test_two_halves_in_either_order_end_in_the_same_books(
    world: World, whys: tuple[tuple[str, str, str], tuple[str, str, str]]
) -> None:
    """The same answers go to two pairs of like claims, once first half first and once second half first."""
    ends = []
    for turned in (False, True):
        world.again()
        claims = world.pair()
        halves = payments_of(world, claims, whys)
        for half in reversed(halves) if turned else halves:
            post(world, text(half))
        ends.append(
            [(world.books(claim_id), world.get(Claim, claim_id).state, world.due(claim_id)) for claim_id in claims]
        )
    assert ends[0] == ends[1]
    assert world.faults() == []


@few
@given(whys=st.tuples(answers, answers))
def test_a_second_arrival_of_any_part_changes_nothing(
    world: World, whys: tuple[tuple[str, str, str], tuple[str, str, str]]
) -> None:
    world.again()
    claims = world.pair()
    first, second = payments_of(world, claims, whys)
    had = _cash(world)
    post(world, text(first, second))
    before = standing(world, claims)
    post(world, text(first, second))
    for again in (text(first), text(second, control=7), text(second, first)):
        with pytest.raises(Refused, match="already posted"):
            post(world, again)
    assert standing(world, claims) == before
    assert _cash(world) - had == first.amount + second.amount
    assert world.faults() == []


@few
@given(why=answers, cent=st.sampled_from([-1, 1]))
def test_every_amount_altered_by_a_cent_is_refused(world: World, why: tuple[str, str, str], cent: int) -> None:
    world.again()
    claim_id = world.sent()
    (good,) = payments_of(world, [claim_id], [why])
    before = world.dump(everything=True)
    for wrong in _altered(good, cent):
        content = text(wrong)
        assert imbalances(read_remittance(content, "835"))
        with pytest.raises(Refused, match="does not balance"):
            post(world, content)
    assert world.dump(everything=True) == before
    post(world, text(good))
    with Session(world.engine) as session:
        held = world.all(RemitClaim, claim_id=claim_id, state="held")
        assert (session.get_one(Claim, claim_id).state == "SENT") == bool(held)  # posted, or before a person


def _altered(good: Payment, cent: int) -> list[Payment]:
    """The payment with each amount that enters an equation a cent off: BPR02, CLP03, CLP04, SVC02, SVC03, CAS, PLB."""
    (claim,) = good.claims
    found = [replace(good, amount=good.amount + cent)] if good.amount + cent >= 0 else []
    claims = [replace(claim, charge=claim.charge + cent), replace(claim, paid=claim.paid + cent)]
    for n, line in enumerate(claim.lines):
        lines = [replace(line, charge=line.charge + cent), replace(line, paid=line.paid + cent)]
        for k, one in enumerate(line.adjustments):
            off = (*line.adjustments[:k], replace(one, cents=one.cents + cent), *line.adjustments[k + 1 :])
            lines.append(replace(line, adjustments=off))
        claims += [replace(claim, lines=(*claim.lines[:n], other, *claim.lines[n + 1 :])) for other in lines]
    for n, one in enumerate(claim.adjustments):
        off = (*claim.adjustments[:n], replace(one, cents=one.cents + cent), *claim.adjustments[n + 1 :])
        claims.append(replace(claim, adjustments=off))
    found += [replace(good, claims=(other,)) for other in claims]
    for n, pair in enumerate(good.provider_adjustments):
        pairs = (*good.provider_adjustments[:n], replace(pair, cents=pair.cents + cent))
        found.append(replace(good, provider_adjustments=pairs))
    return found
