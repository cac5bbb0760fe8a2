"""The order of denials: what each is expected to bring, learned from what became of earlier ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.denials.classify import ClassifyDenial
from store.denials.commands import CorrectDenial
from store.denials.worth import COST_OF_A_MINUTE, Outcomes, Tally, score, urgency, worth
from store.remits.scratch import MatchAnswer
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Denial, DenialWorth, RemitClaim
from store.work.values import View
from tests.store.eras import denied, era, pays
from tests.store.world import DAY, World


def post(world: World, content: bytes) -> None:
    world.do(ImportRemittance("835", content))


def test_the_chance_is_smoothed_and_never_certain() -> None:
    assert Tally().chance == 0.5
    assert Tally(won=6, tried=6).chance == 0.8
    assert Tally(won=0, tried=6).chance == 0.2


def test_with_too_few_outcomes_of_a_payer_all_payers_count_and_then_the_category() -> None:
    known = Outcomes()
    for tally in (known.exact[1, "16", "information"], known.reason["16"], known.category["information"]):
        tally.add(True, 4)
    assert known.of(1, "16", "information")[1] == "too few outcomes yet"
    known.category["information"].add(False, 3)
    assert known.of(1, "16", "information") == (Tally(4, 7), "category information")
    known.reason["16"].add(True, 1)
    assert known.of(1, "16", "information") == (Tally(5, 5), "this reason")
    known.exact[1, "16", "information"].add(False, 1)
    assert known.of(1, "16", "information") == (Tally(4, 5), "this payer and reason")


def test_the_expected_value_is_chance_times_stake_less_effort() -> None:
    terms = worth(Outcomes(), 1, 1, "16", "information", 19_500)
    assert (terms.chance, terms.at_stake, terms.effort) == (500, 19_500, terms.minutes * COST_OF_A_MINUTE)
    assert terms.cents == 9_750 - terms.effort


@given(st.integers(-10_000, 10**7), st.integers(-30, 400))
def test_nearness_never_lowers_what_is_worth_working(expected: int, days: int) -> None:
    near, later = DAY + timedelta(days=days), DAY + timedelta(days=days + 1)
    assert score(expected, near, DAY) >= score(expected, later, DAY) or expected <= 0
    assert 1 <= urgency(later, DAY) <= 4
    assert score(expected, None, DAY) == expected


def test_the_queue_shows_the_worth_and_sorts_by_it(world: World) -> None:
    first, second = world.sent(), world.sent()
    small = pays(world, second, "CO-16 1000", "")
    post(world, era(denied(world, first, "CO-50"), small))
    page = world.owner.page("denials", View())
    column = [one.key for one in world.owner.queue("denials").columns].index("ev")
    shown = [row.cells[column] for row in page.rows]
    kept = {row.denial_id: row.cents for row in world.all(DenialWorth)}
    assert shown == [kept[row.subject_id] for row in page.rows]
    assert shown == sorted(shown, key=lambda cents: -int(str(cents)))


def test_why_tells_the_terms_with_their_numbers(world: World) -> None:
    _, denial_id = world.denied()
    told = " ".join(world.owner.why(world.item("denials", denial_id).id).lines)
    assert "Expected value $90.50 = p 0.500 x $195.00 at stake - 10 minutes x $0.70 ($7.00)." in told
    assert "p = (won 0 + 2) / (tried 0 + 4): too few outcomes yet." in told


@pytest.mark.parametrize(
    ("whys", "words"), [(("", ""), "last 2 like it 2 were won"), (("CO-16 19500", ""), "last 2 like it 1 were won")]
)
def test_outcomes_are_learned_from_the_later_answer(world: World, whys: tuple[str, str], words: str) -> None:
    claim_id, denial_id = world.denied()
    world.do(CorrectDenial(denial_id))
    post(world, era(pays(world, claim_id, *whys), trace="EFT2"))
    world.denied()
    last = world.all(Denial)[-1]
    facts = world.owner.record("denials", last.id).tabs[0].blocks[0]
    assert words in str(facts)
    assert world.faults() == []


def test_what_a_person_posts_or_sorts_is_reckoned_at_once_and_undone_with_it(world: World) -> None:
    claim_id = world.sent()
    told = replace(denied(world, claim_id, "CO-16"), control_number="LOST", payer_control="")
    post(world, era(told))
    number = world.get(Claim, claim_id).control_number
    world.do(MatchAnswer(world.one(RemitClaim).id, number))
    kept = {row.denial_id: row.cents for row in world.all(DenialWorth)}
    denials = world.all(Denial)
    assert kept == {row.id: worth(Outcomes(), row.id, 1, "16", "information", row.cents).cents for row in denials}
    first = denials[0].id
    assert world.item("denials", first).score == score(kept[first], denials[0].deadline, DAY)
    world.do(ClassifyDenial(first, "necessity"))
    assert world.get(DenialWorth, first).minutes == 45
    for _ in range(2):
        world.owner.undo()
    assert world.all(DenialWorth) == []
    assert world.faults() == []
