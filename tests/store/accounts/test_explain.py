"""Explaining a claim: always to the cent, and each cent to the place where it is written."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from sqlmodel import Session

from store.accounts.explain import Explained, explain
from store.denials.commands import WriteOffDenial
from store.remits.take_back import ReverseRemittance
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Remittance
from store.x12.segments import Reader
from tests.store.eras import era, pays, reversal
from tests.store.remits.test_reversals import rounds
from tests.store.world import World


def told(world: World, claim_id: int) -> list[Explained]:
    with Session(world.engine) as session:
        return explain(session, claim_id)


def lines_of(one: Explained) -> list[tuple[str, str, str, int]]:
    return [(cause.what, cause.reason.split(" ")[0], cause.payer, cause.cents) for cause in one.causes]


def test_each_cent_of_a_line_is_traced_to_payer_reason_and_patient(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "CO-45 5500,PR-1 2000,PR-2 2000", "CO-16 3200"))
    world.do(ImportRemittance("june.835", content))
    first, second = told(world, claim_id)
    assert (first.code, first.charge, first.open) == ("G0438", 19_500, 0)
    assert lines_of(first) == [
        ("paid by the payer", "", "PRMUT", 10_000),
        ("given up under the contract", "CO-45", "PRMUT", 5_500),
        ("the patient's", "PR-1", "", 2_000),
        ("the patient's", "PR-2", "", 2_000),
    ]
    assert (second.causes, second.open, second.open_at) == ((), 3_200, "PRMUT 32.00")


def test_the_place_is_the_segment_of_the_file(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "CO-45 5500", ""))
    world.do(ImportRemittance("june.835", content))
    texts = [text for whole in Reader(content).sets() for text in whole.texts]
    for one, code in zip(told(world, claim_id), ("G0438", "G0008"), strict=True):
        for cause in one.causes:
            file, trace = cause.source.split(", ")
            assert (trace, file) == ("EFT1", "june.835")
            assert cause.segment is not None
            assert texts[cause.segment - 3].startswith(f"SVC*HC:{code}")  # ISA and GS stand before


def test_what_we_gave_up_and_moved_is_told_with_the_reason_that_was_given(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    (first, _) = told(world, claim_id)
    assert [(cause.what, cause.cents) for cause in first.causes] == [("written off", 19_500)]
    assert "filed too late" in first.causes[0].source


def test_what_the_next_payer_is_asked_for_is_told_on_both_claims(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 3000", ""))))
    first, _ = told(world, claim_id)
    assert ("passed on to the next payer", 3_000) in [(cause.what, cause.cents) for cause in first.causes]
    second = world.all(Claim)[-1].id
    assert second != claim_id
    whole = told(world, second)
    assert sum(one.open for one in whole) == 3_000
    assert whole[0].open_at == "HRTLD 30.00"


def test_a_payment_taken_back_by_us_explains_nothing_any_more(world: World) -> None:
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 3000", ""))))
    world.do(ReverseRemittance(world.one(Remittance).id, "a test file"))
    assert [(one.causes, one.open) for one in told(world, claim_id)] == [((), 19_500), ((), 3_200)]


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(rounds=rounds)
def test_any_claim_is_explained_to_the_cent(
    world: World, rounds: list[tuple[tuple[str, str, str], tuple[str, str, str], int]]
) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    for number, (whys, _, cents) in enumerate(rounds):
        answer = pays(world, claim_id, *whys[:2], whole=whys[2])
        for n, one in enumerate((answer, reversal(answer)) if cents % 2 else (answer,)):
            plb = f"FB {one.paid}" if one.paid < 0 else ""
            world.do(ImportRemittance("835", era(one, plb=plb, trace=f"T{claim_id}-{number}-{n}")))
        books = world.books(claim_id)
        whole = told(world, claim_id)
        assert sum(one.charge for one in whole) == 22_700
        assert all(one.charge == sum(cause.cents for cause in one.causes) + one.open for one in whole)
        assert sum(one.open for one in whole) == books.get("insurance", 0)
        assert sum(c.cents for one in whole for c in one.causes) == 22_700 - books.get("insurance", 0)
