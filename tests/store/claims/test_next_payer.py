"""The claim to the next payer is made by itself, tells what the payer before decided, and the sums hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.claims import snapshot
from store.claims.correct import BuildClaims, CorrectClaim, VoidClaim
from store.claims.payers import SavePayer
from store.denials.commands import WriteOffDenial
from store.errors import Refused
from store.remits.bill_next import BillNextPayer
from store.remits.next_payer import MoveToPatient
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ClaimVersion, Denial, LedgerEntry, RemitLine
from store.x12.claim_values import OtherPayer, ProfessionalClaim
from tests.payer import answer
from tests.store.eras import era, pays, reversal
from tests.store.world import World
from tests.store.x12.samples import validator_complaints


def assert_valid(text: str) -> None:
    assert validator_complaints(text) == []


def _paid(world: World, *whys: str, payers: tuple[str, ...] = ("PRMUT", "HRTLD"), status: str = "1") -> int:
    claim_id = world.sent(*payers)
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys, status=status))))
    return claim_id


def _next(world: World, claim_id: int) -> Claim:
    return world.one(Claim, prior_id=claim_id)


def _content(world: World, claim: Claim) -> ProfessionalClaim:
    return snapshot.load(world.all(ClaimVersion, claim_id=claim.id)[-1].content)


def _decided(claim: ProfessionalClaim) -> list[OtherPayer]:
    return [other for other in claim.others if other.paid is not None]


def test_the_next_payers_claim_is_made_by_itself_and_tells_every_line(world: World) -> None:
    claim_id = _paid(world, "CO-45 500,PR-1 3000", "PR-2 200")
    following = _next(world, claim_id)
    assert (following.state, following.control_number[-2:], following.charge) == ("READY", "-2", 22_700)
    content = _content(world, following)
    (first,) = content.others
    assert (content.subscription.sequence, first.coverage.sequence, first.coverage.payer_id) == ("S", "P", "PRMUT")
    assert (first.paid, first.payer_control, first.adjustments) == (19_000, f"ICN{claim_id}", ())
    told = [(p.paid, [(a.group, a.reason, a.cents) for a in p.adjustments], p.remaining)
            for line in content.lines for p in line.prior]  # fmt: skip
    assert told == [(16_000, [("CO", "45", 500), ("PR", "1", 3_000)], 3_000), (3_000, [("PR", "2", 200)], 200)]
    text = world.send()
    assert "SBR*S*18*" in text
    assert "AMT*D*190~" in text
    assert "SVD*PRMUT*160*" in text
    assert_valid(text)
    assert world.faults() == []


def test_the_next_payer_is_told_the_units_that_were_paid_and_into_which_line_one_was_bundled(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD", lines=(("G0438", (), 1, (1,)), ("G0008", (), 2, (1,))))
    whole = pays(world, claim_id, "CO-45 500,PR-1 3000", "CO-45 6400")
    first, second = whole.lines
    fewer = replace(second, code="G0438", units="1", submitted_code="G0008")
    world.do(ImportRemittance("835", era(replace(whole, lines=(first, fewer)))))
    kept = world.all(RemitLine)
    assert [(line.code, line.units) for line in kept] == [("G0438", "1"), ("G0438", "1")]
    following = _next(world, claim_id)
    told = [(p.units, p.code, p.bundled) for line in _content(world, following).lines for p in line.prior]
    assert told == [(1, "", 0), (1, "G0438", 1)]
    text = world.send()
    assert "SVD*PRMUT*0*HC:G0438**1*1~" in text
    assert_valid(text)


def test_money_goes_with_the_claim_and_the_charge_is_booked_once(world: World) -> None:
    claim_id = _paid(world, "CO-45 500,PR-1 3000", "PR-2 200")
    following = _next(world, claim_id)
    assert world.books(claim_id) == {"charges": -22_700, "cash": 19_000, "contractual": 500, "forwarded": 3_200}
    assert world.books(following.id) == {"insurance": 3_200, "forwarded": -3_200}
    assert world.due(claim_id) == (0, 3_200)
    world.send()
    second = pays(world, following.id, "OA-23 16500,PR-2 1000", "OA-23 3000")
    world.do(ImportRemittance("835b", era(second, trace="EFT2")))
    assert world.books(following.id) == {"cash": 2_200, "forwarded": -3_200, "patient": 1_000}
    assert (world.due(claim_id), world.get(Claim, following.id).state) == ((1_000, 0), "PAID")
    assert world.faults() == []


def test_a_third_payer_is_told_what_both_before_decided(world: World) -> None:
    claim_id = _paid(world, "PR-1 3000", "", payers=("MEDB", "PRMUT", "HRTLD"))
    second = _next(world, claim_id)
    world.send()
    world.do(ImportRemittance("2", era(pays(world, second.id, "OA-23 16500,PR-2 1200", "OA-23 3200"), trace="EFT2")))
    third = _next(world, second.id)
    content = _content(world, third)
    assert (third.sequence, [other.paid for other in _decided(content)]) == ("T", [19_700, 1_800])
    assert world.books(third.id)["insurance"] == 1_200
    assert_valid(world.send())
    assert world.faults() == []


def test_an_answer_without_lines_is_told_as_a_whole(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    from tests.store.eras import answer_of

    world.do(ImportRemittance("835", era(answer_of(world.get(Claim, claim_id), (), whole="CO-45 500,PR-1 3000"))))
    (first,) = _decided(_content(world, _next(world, claim_id)))
    assert [(one.group, one.cents) for one in first.adjustments] == [("CO", 500), ("PR", 3_000)]
    assert (first.paid, first.remaining) == (19_200, 3_000)
    assert_valid(world.send())


@pytest.mark.parametrize("status", ["19", "20", "21"])
def test_what_the_payer_sent_on_itself_is_not_sent(world: World, status: str) -> None:
    claim_id = _paid(world, "PR-1 3000", "", status=status)
    world.do(BuildClaims())
    assert world.all(Claim, prior_id=claim_id) == []
    world.do(BillNextPayer(claim_id))
    assert _next(world, claim_id).state == "READY"


def test_an_open_denial_keeps_the_next_payer_waiting_until_it_is_settled(world: World) -> None:
    claim_id = _paid(world, "CO-16 19500", "PR-2 200")
    assert world.all(Claim, prior_id=claim_id) == []
    assert "once what was denied is settled" in world.item("claims", claim_id).reason
    world.do(BuildClaims())
    assert world.all(Claim, prior_id=claim_id) == []
    world.do(WriteOffDenial(world.one(Denial).id, "filed too late"))
    world.do(BuildClaims())
    assert _next(world, claim_id).state == "READY"
    assert world.faults() == []


def test_a_reversal_calls_back_what_was_forwarded_and_the_new_answer_makes_a_new_version(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    first, second = pays(world, claim_id, "PR-1 3000", ""), pays(world, claim_id, "PR-1 1000", "PR-2 100")
    world.do(ImportRemittance("1", era(first)))
    following = _next(world, claim_id)
    world.do(ImportRemittance("2", era(reversal(first), trace="EFT2")))
    assert (world.get(Claim, following.id).state, world.item("claims", following.id).open) == ("CANCELLED", False)
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    world.do(ImportRemittance("3", era(second, trace="EFT3")))
    following = world.get(Claim, following.id)
    assert (following.state, following.current) == ("READY", 2)
    assert world.books(following.id) == {"insurance": 1_100, "forwarded": -1_100}
    assert _decided(_content(world, following))[0].paid == 21_600
    assert world.faults() == []


def test_an_answer_that_changes_after_the_next_payer_paid_gives_a_replacement(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    first, second = pays(world, claim_id, "PR-1 3000", ""), pays(world, claim_id, "PR-1 1000", "")
    world.do(ImportRemittance("1", era(first)))
    following = _next(world, claim_id)
    world.send()
    world.do(ImportRemittance("2", era(pays(world, following.id, "OA-23 16500", "OA-23 3200"), trace="EFT2")))
    world.do(ImportRemittance("3", era(reversal(first), second, trace="EFT3")))
    following = world.get(Claim, following.id)
    content = _content(world, following)
    assert (following.state, content.frequency, content.payer_control) == ("READY", "7", f"ICN{following.id}")
    assert world.books(following.id) == {"cash": 3_000, "insurance": -2_000, "forwarded": -1_000}
    assert world.due(claim_id) == (0, -2_000)
    assert world.faults() == []


def test_what_the_next_payer_will_not_pay_is_the_patients_and_its_claim_is_given_up(world: World) -> None:
    claim_id = _paid(world, "PR-1 3000", "")
    following = _next(world, claim_id)
    world.do(MoveToPatient(following.id, "coverage had ended"))
    assert (world.get(Claim, following.id).state, world.due(claim_id)) == ("CANCELLED", (3_000, 0))
    assert world.faults() == []


def test_a_first_claim_names_the_payer_that_comes_next_without_a_decision(world: World) -> None:
    claim_id = world.claim("PRMUT", "HRTLD")
    (other,) = _content(world, world.get(Claim, claim_id)).others
    assert (other.coverage.payer_id, other.coverage.sequence, other.paid) == ("HRTLD", "S", None)
    assert_valid(world.send())


def test_the_coverage_that_holds_first_on_the_day_is_the_first_payer(world: World) -> None:
    encounter_id = world.encounter("PRMUT", "HRTLD")
    world.sql("UPDATE coverage SET valid_to='2026-01-31' WHERE \"order\"=1")
    world.code(encounter_id)
    claim = world.one(Claim)
    assert (claim.sequence, _content(world, claim).subscription.payer_id) == ("P", "HRTLD")


# --- corrected and void --------------------------------------------------------------------------------------------


def test_a_void_bears_the_payers_number_and_is_refused_without(world: World) -> None:
    claim_id = _paid(world, "PR-1 3000", "", payers=("PRMUT",))
    world.do(VoidClaim(claim_id, "wrong patient"))
    text = world.send()
    assert f"REF*F8*ICN{claim_id}~" in text
    assert ":B:8*" in text
    assert_valid(text)
    other = _paid(world, "PR-1 3000", "", payers=("PRMUT",))
    world.sql("UPDATE claim SET payer_control=''")
    with pytest.raises(Refused, match="is not known"):
        world.do(VoidClaim(other, "wrong patient"))


def test_a_payer_that_takes_no_replacements_gets_an_original(world: World) -> None:
    world.do(SavePayer('payer_id = "PRMUT"\nfrequencies = ["1"]'))
    claim_id = _paid(world, "PR-1 3000", "", payers=("PRMUT",))
    world.do(CorrectClaim(claim_id, place="22"))
    assert _content(world, world.get(Claim, claim_id)).frequency == "1"
    world.sql("UPDATE claim SET state='PAID'")
    with pytest.raises(Refused, match="takes no voids"):
        world.do(VoidClaim(claim_id, "wrong patient"))


# --- any decision --------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_first_payer_decided_the_next_claim_balances(world: World, data: st.DataObject) -> None:
    """Charge = paid + adjustments for the payer and each line, and the independent payer reads what was left."""
    whys = []
    for charge in (19_500, 3_200):
        contract = data.draw(st.integers(0, charge))
        patient = data.draw(st.integers(0, charge - contract))
        whys.append(f"CO-45 {contract},PR-{data.draw(st.sampled_from('123'))} {patient}")
    claim_id = world.sent("PRMUT", "HRTLD")
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys), trace=f"EFT{claim_id}")))
    made = world.all(Claim, prior_id=claim_id)
    left = sum(int(why.rsplit(" ", 1)[1]) for why in whys)
    assert len(made) == (1 if left else 0)
    if not made:
        return
    content = _content(world, made[0])
    for line in content.lines:
        (told,) = line.prior
        assert line.charge == told.paid + sum(one.cents for one in told.adjustments)
    text = world.send()
    truth = answer(text, fates={made[0].control_number: "paid"}).truth[made[0].control_number]
    assert truth.paid + truth.patient == left
    assert world.faults() == []


def test_forwarding_is_told_in_the_ledger(world: World) -> None:
    claim_id = _paid(world, "PR-1 3000", "")
    entry = world.one(LedgerEntry, kind="forward")
    number = world.get(Claim, claim_id).control_number
    assert entry.memo == f"{number} to {_next(world, claim_id).control_number}"
