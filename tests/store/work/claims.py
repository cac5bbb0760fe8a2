"""The undoable commands about claims on their way to the payer, each on a practice that it can be done to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from store.claims.acks import ImportAcks
from store.claims.correct import BuildClaims, CancelClaim, CorrectClaim, RouteToCoder, VoidClaim
from store.claims.edit_work import HoldClaim, OverrideFinding, ReleaseClaim, RescrubClaims
from store.claims.facility import SetFacilityBill
from store.claims.fixing import FixFinding
from store.claims.holidays import ForgetHoliday, SaveFederalHolidays, SaveHoliday
from store.claims.on_file_work import SetFee, SetProvider
from store.claims.payers import SavePartner, SavePayer
from store.claims.practice_data import SetPractice
from store.claims.rejection_work import (
    RetransmitBatch,
    RetransmitClaims,
    RetransmitLike,
    SaveMessageRule,
    SetFileReview,
    SetReview,
)
from store.claims.routing import ReturnClaim, RouteClaim
from store.claims.rule_work import SaveRule, SwitchRule, TryRule
from store.claims.split import SplitOff
from store.remits.bill_next import BillNextPayer
from store.remits.next_payer import MoveToPatient
from store.remits.take_in import ImportRemittance
from store.tables import Batch, Claim, ClaimFinding, Encounter
from store.work.command import Command
from tests.payer import answer
from tests.store.eras import era, pays
from tests.store.world import DAY, DOS, World, person

SOON = DAY + timedelta(days=3)
Make = Callable[[World], Command]
RULE = """
name = "no drugs"
severity = "warn"
message = "No drugs here."
[[when]]
field = "line.code"
starts = ["J"]
[[cases]]
hit = true
claim = { lines = [{ code = "J0696" }] }
[[cases]]
hit = false
claim = { lines = [{ code = "G0008" }] }
"""
PARTNER = 'name = "Direct"\nsubmitter_id = "L"\nreceiver_id = "D"\nreceiver_name = "D"'


def _stopped(world: World) -> int:
    """A claim that an edit stopped and that would pass now."""
    claim_id = world.claim()
    world.sql("UPDATE coverage SET member_id=''")
    world.do(CorrectClaim(claim_id))
    world.sql("UPDATE coverage SET member_id='PRM1'")
    return claim_id


def _waiting_for_the_next(world: World) -> int:
    claim_id = world.sent("PRMUT", "HRTLD")
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 5000", ""))))
    return claim_id


def _rejected(world: World) -> int:
    claim_id = world.claim()
    told = answer(world.send(), fates={world.get(Claim, claim_id).control_number: "rejected"})
    world.do(ImportAcks("277", told.claims.encode()))
    return claim_id


def _refused_file(world: World) -> int:
    world.claim()
    told = answer(world.send())
    world.do(ImportAcks("999", told.syntax.replace("IK5*A", "IK5*R*5").encode()))
    return world.one(Batch).id


def _warned(world: World) -> int:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, lines=(("G0008", (), 1, (1,)), ("G0008", (), 1, (1,))))
    return world.one(Claim, encounter_id=encounter_id).id


def _routed(world: World, claim_id: int) -> int:
    world.do(RouteClaim(claim_id, "front desk", "is the member id right?"))
    return claim_id


def _held_claim(world: World) -> int:
    claim_id = world.claim()
    world.do(HoldClaim(claim_id, SOON, "records are missing"))
    return claim_id


def _without_member(world: World) -> tuple[int, str]:
    claim_id = world.claim()
    world.sql("UPDATE coverage SET member_id=''")
    world.do(RescrubClaims())
    return claim_id, world.all(ClaimFinding, claim_id=claim_id)[0].mark


def _waiting_behind_a_denial(world: World) -> int:
    claim_id = world.sent("PRMUT", "HRTLD")
    world.do(ImportRemittance("835", era(pays(world, claim_id, "CO-16 19500", "PR-2 200"))))
    return claim_id


def _paid(world: World) -> int:
    claim_id = world.sent("PRMUT")
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 5000", ""))))
    return claim_id


def _two_visits(world: World) -> tuple[int, str]:
    """A claim of two visits, and the number of the second."""
    world.do(SavePayer('payer_id = "PRMUT"\ncombine_days = 7'))
    ids = [world.encounter("PRMUT", patient=person("Two"), day=DOS + timedelta(days=day)) for day in (0, 1)]
    for one in ids:
        world.code(one, lines=(("G0008", (), 1, (1,)),))
    return world.one(Claim, encounter_id=ids[0]).id, world.get(Encounter, ids[1]).number


CASES: dict[str, Make] = {
    "claims.correct": lambda w: CorrectClaim(w.claim(), "NEW123", "AUTH1", (("1", ("59",)),), "22"),
    "claims.route_to_coder": lambda w: RouteToCoder(w.claim(), "which side?"),
    "claims.route": lambda w: RouteClaim(_rejected(w), "front desk", "is the member id right?"),
    "claims.route a stopped one": lambda w: RouteClaim(_without_member(w)[0], "front desk", "which id?"),
    "claims.return": lambda w: ReturnClaim(_routed(w, _rejected(w)), "it is PRM99"),
    "claims.return a stopped one": lambda w: ReturnClaim(_routed(w, _without_member(w)[0]), "it is PRM99"),
    "claims.cancel": lambda w: CancelClaim(w.claim(), "wrong patient"),
    "claims.build": lambda w: (_stopped(w), BuildClaims())[1],
    "claims.rescrub": lambda w: (_stopped(w), RescrubClaims())[1],
    "claims.override": lambda w: OverrideFinding(_warned(w), "C.TWINS", "both were done"),
    "claims.split_off": lambda w: SplitOff(*_two_visits(w)),
    "claims.hold": lambda w: HoldClaim(w.claim(), SOON, "records are missing"),
    "claims.release": lambda w: ReleaseClaim(_held_claim(w)),
    "claims.fix": lambda w: FixFinding(*_without_member(w), "PRM99"),
    "claims.save_rule": lambda _: SaveRule(RULE),
    "claims.try_rule": lambda w: (w.do(SaveRule(RULE)), TryRule("no drugs"))[1],
    "claims.switch_rule": lambda w: (w.do(SaveRule(RULE)), w.do(TryRule("no drugs")), SwitchRule("no drugs", True))[2],
    "claims.retransmit": lambda w: RetransmitClaims((_rejected(w),), "outage"),
    "claims.retransmit_like": lambda w: RetransmitLike(_rejected(w), "outage"),
    "claims.retransmit_batch": lambda w: RetransmitBatch(_refused_file(w), "outage"),
    "claims.set_review": lambda w: SetReview(_rejected(w), 2),
    "claims.set_file_review": lambda w: SetFileReview(_refused_file(w), 2),
    "claims.save_message_rule": lambda _: SaveMessageRule("forwarded", "forwarded to"),
    "claims.facility_bill": lambda w: SetFacilityBill(
        w.get(Encounter, w.get(Claim, w.claim()).encounter_id).number, 'bill_type = "131"\nrevenue = ["0510"]'
    ),
    "claims.void": lambda w: VoidClaim(_paid(w), "wrong patient"),
    "claims.bill_next": lambda w: BillNextPayer(_waiting_behind_a_denial(w)),
    "claims.set_practice": lambda _: SetPractice((("pay_to", "PO BOX 7; LARKFIELD; KS; 66899"),)),
    "claims.set_provider": lambda _: SetProvider("2999900113", (("taxonomy", "207Q00000X"),)),
    "claims.set_fee": lambda _: SetFee("G0008", 4_000, DAY),
    "claims.save_payer": lambda _: SavePayer('payer_id = "PRMUT"\nelectronic = false'),
    "claims.save_partner": lambda _: SavePartner(PARTNER),
    "remits.move_to_patient": lambda w: MoveToPatient(_waiting_for_the_next(w), "other insurance ended"),
    "claims.save_holiday": lambda _: SaveHoliday(DAY, "closed"),
    "claims.save_federal_holidays": lambda _: SaveFederalHolidays(2026),
    "claims.forget_holiday": lambda w: (w.do(SaveHoliday(DAY, "closed")), ForgetHoliday(DAY))[1],
}
