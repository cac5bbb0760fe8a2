"""What comes back before the money, and what is done about it: acknowledgements, rejections, corrections."""

from __future__ import annotations

import pytest

from store.claims import snapshot
from store.claims.acks import ImportAcks
from store.claims.correct import BuildClaims, CancelClaim, CorrectClaim, RouteToCoder
from store.claims.listing import claim_id_of, list_claims
from store.errors import NotFound, Refused
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimLine, ClaimVersion
from store.x12.claim_values import ProfessionalClaim
from tests.payer import answer
from tests.store.eras import denied, era, pays
from tests.store.world import World


def number(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).control_number


def state(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).state


def version(world: World, claim_id: int) -> ProfessionalClaim:
    current = world.get(Claim, claim_id).current
    return snapshot.load(world.one(ClaimVersion, claim_id=claim_id, number=current).content)


def ta1(status: str, control: int, note: str = "006") -> bytes:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PRAIRIECH':15}*ZZ*{'LARKFIELD':15}*260309*0800*^*00501*000000777*0*T*:~"
    return f"{isa}TA1*{control:09d}*260309*0800*{status}*{note}~IEA*0*000000777~".encode()


def test_each_acknowledgement_moves_the_claim_one_step(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    assert state(world, claim_id) == "SENT"
    world.do(ImportAcks("999", told.syntax.encode()))
    assert state(world, claim_id) == "ACK_999"
    world.do(ImportAcks("277", told.claims.encode()))
    assert state(world, claim_id) == "ACCEPTED"
    assert [event.kind for event in world.all(ClaimEvent, claim_id=claim_id)] == ["VERSION", "SENT", "999", "ACCEPTED"]
    assert world.faults() == []


def test_acknowledgements_may_come_in_any_order(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "paid"})
    for text in (told.remittance, told.claims, told.syntax):
        command = ImportRemittance if text is told.remittance else ImportAcks
        world.do(command("file", text.encode()))
    assert state(world, claim_id) == "PAID"
    assert world.faults() == []


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    world.claim()
    told = answer(world.send())
    world.do(ImportAcks("277", told.claims.encode()))
    before = world.dump()
    done = world.do(ImportAcks("again", told.claims.encode()))
    assert "already imported" in done.said
    assert world.dump() == before


def test_a_rejected_claim_is_in_the_queue_of_rejections_with_its_reason(world: World) -> None:
    claim_id, other = world.claim(), world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "rejected", number(world, other): "paid"})
    world.do(ImportAcks("277", told.claims.encode()))
    assert (state(world, claim_id), state(world, other)) == ("REJECTED", "ACCEPTED")
    item, claim = world.item("rejections", claim_id), world.get(Claim, claim_id)
    assert (item.open, item.cents, item.due) == (True, 22_700, claim.filing_limit)
    assert "A7:164:IL" in item.reason
    assert world.faults() == []


def test_a_category_that_rejects_is_a_rejection_even_where_the_action_says_accepted(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send(), fates={number(world, claim_id): "rejected"})
    text = told.claims.replace("A7:164:IL*20260310*U", "A7:164:IL*20260310*WQ")
    assert text != told.claims
    world.do(ImportAcks("277", text.encode()))
    assert state(world, claim_id) == "REJECTED"


def test_a_batch_that_is_rejected_whole_rejects_its_claims(world: World) -> None:
    claim_id = world.claim()
    told = answer(world.send())
    head, _, _ = told.claims.partition("HL*3*")
    head = head.replace("STC*A1:19:PR*20260310*WQ", "STC*A8:746:40*20260310*U").replace("HL*2*1*21*1", "HL*2*1*21*0")
    count = head[head.index("ST*277") :].count("~") + 1
    tail = told.claims[told.claims.index("~GE*") + 1 :]
    world.do(ImportAcks("277", f"{head}SE*{count}*0001~{tail}".encode()))
    assert state(world, claim_id) == "REJECTED"
    assert "A8:746:40" in world.item("files", world.one(Batch).id).reason


@pytest.mark.parametrize(("old", "new"), [("IK5*A", "IK5*R*5"), ("AK9*A*1*1*1", "AK9*R*1*1*0"), ("IK5*A", "IK5*M")])
def test_a_syntax_rejection_rejects_every_claim_of_the_batch(world: World, old: str, new: str) -> None:
    claims = [world.claim(), world.claim()]
    told = answer(world.send())
    world.do(ImportAcks("999", told.syntax.replace(old, new).encode()))
    assert [state(world, claim_id) for claim_id in claims] == ["REJECTED"] * 2
    assert world.faults() == []


@pytest.mark.parametrize("status", ["R", "M", "W", "X"])
def test_a_group_that_is_rejected_without_a_word_on_its_sets_is_rejected(world: World, status: str) -> None:
    claim_id = world.claim()
    told = answer(world.send())
    text = told.syntax.replace("AK9*A*1*1*1", f"AK9*{status}*1*1*0").replace("AK2*837*0001*005010X222A1~IK5*A~", "")
    text = text.replace("SE*6*", "SE*4*")
    world.do(ImportAcks("999", text.encode()))
    assert state(world, claim_id) == "REJECTED"


def test_an_interchange_rejection_rejects_and_an_acceptance_changes_nothing(world: World) -> None:
    claim_id = world.sent()
    control = world.one(Batch).interchange
    world.do(ImportAcks("ta1", ta1("A", control, "000")))
    assert state(world, claim_id) == "SENT"
    world.do(ImportAcks("ta1", ta1("R", control)))
    assert state(world, claim_id) == "REJECTED"
    assert world.item("files", world.one(Batch).id).open


def test_an_answer_to_a_file_that_is_not_ours_changes_no_claim(world: World) -> None:
    claim_id = world.sent()
    done = world.do(ImportAcks("ta1", ta1("R", 4711)))
    assert done.result == {"accepted": 0, "rejected": 0, "unknown": 1}
    assert state(world, claim_id) == "SENT"


def test_a_damaged_file_is_refused_whole(world: World) -> None:
    world.claim()
    told = answer(world.send())
    before = world.dump(everything=True)
    for content in (b"", b"hello", told.claims[:-40].encode(), told.claims.replace("SE*", "SE*9").encode()):
        with pytest.raises(Refused):
            world.do(ImportAcks("277", content))
    assert world.dump(everything=True) == before
    assert world.all(ArchivedFile, kind="ack") == []


def test_a_late_rejection_of_what_was_adjudicated_is_told_and_changes_nothing(world: World) -> None:
    claim_id = world.claim()
    sent = world.send()
    told = answer(sent, fates={number(world, claim_id): "rejected"})
    world.do(ImportRemittance("835", era(pays(world, claim_id, "", ""))))
    world.do(ImportAcks("277", told.claims.encode()))
    assert state(world, claim_id) == "PAID"
    assert world.all(ClaimEvent, claim_id=claim_id)[-1].kind == "REJECTED"


# --- corrections --------------------------------------------------------------------------------------------------


def rejected(world: World) -> int:
    claim_id = world.claim()
    world.answered(world.send(), **{number(world, claim_id).replace("-", "_"): "rejected"})
    return claim_id


def test_a_rejected_claim_goes_out_again_as_an_original_under_its_own_number(world: World) -> None:
    claim_id = rejected(world)
    clm01 = number(world, claim_id)
    world.do(CorrectClaim(claim_id, member_id=" new123 "))
    assert not world.item("rejections", claim_id).open
    assert state(world, claim_id) == "READY"
    corrected = version(world, claim_id)
    assert (corrected.frequency, corrected.payer_control, corrected.control_number) == ("1", "", clm01)
    assert corrected.subscription.member_id == "NEW123"
    text = world.send()
    assert f"CLM*{clm01}*227***11:B:1*" in text
    assert "MI*NEW123~" in text


def test_a_claim_that_was_adjudicated_is_replaced_with_the_payers_number(world: World) -> None:
    claim_id, _ = world.denied()
    lines = [row.control for row in world.lines(claim_id)]
    world.do(CorrectClaim(claim_id, authorization="AUTH9", modifiers=(("2", ("59", "ga")),), place="22"))
    text = world.send()
    assert f"CLM*{number(world, claim_id)}*227***22:B:7*" in text
    assert f"REF*F8*ICN{claim_id}~" in text
    assert "REF*G1*AUTH9~" in text
    assert "HC:G0008:59:GA" in text
    assert [row.control for row in world.all(ClaimLine, claim_id=claim_id)] == lines


def test_a_version_that_was_sent_is_never_edited(world: World) -> None:
    claim_id, _ = world.denied()
    first = world.one(ClaimVersion, claim_id=claim_id)
    world.do(CorrectClaim(claim_id, place="22"))
    world.send()
    kept, second = world.all(ClaimVersion, claim_id=claim_id)
    assert kept == first
    assert (second.number, second.frequency, snapshot.load(kept.content).place) == (2, "7", "11")


@pytest.mark.parametrize("command", [CorrectClaim, RouteToCoder, CancelClaim])
def test_a_claim_on_its_way_is_left_alone_until_it_is_answered(world: World, command: type) -> None:
    claim_id = world.sent()
    given = (claim_id,) if command is CorrectClaim else (claim_id, "why")
    with pytest.raises(Refused, match="wait for the payer's answer"):
        world.do(command(*given))


def test_a_line_that_is_not_there_is_not_corrected(world: World) -> None:
    claim_id = world.claim()
    before = world.dump(everything=True)
    with pytest.raises(NotFound, match="has no line '3'"):
        world.do(CorrectClaim(claim_id, modifiers=(("1", ("59",)), ("3", ("59",)))))
    assert world.dump(everything=True) == before


def test_a_claim_of_ours_can_be_cancelled_and_one_of_the_payers_can_not(world: World) -> None:
    claim_id = rejected(world)
    world.do(CancelClaim(claim_id, "wrong patient"))
    assert state(world, claim_id) == "CANCELLED"
    assert not world.item("rejections", claim_id).open
    denied_id, _ = world.denied()
    with pytest.raises(Refused, match="can't become CANCELLED"):
        world.do(CancelClaim(denied_id, "wrong patient"))
    assert world.faults() == []


def test_money_for_a_claim_that_was_cancelled_is_posted_all_the_same(world: World) -> None:
    claim_id = rejected(world)
    world.do(CancelClaim(claim_id, "wrong patient"))
    world.do(ImportRemittance("835", era(pays(world, claim_id, "CO-45 2700", ""))))
    assert (state(world, claim_id), world.get(Claim, claim_id).charge) == ("PAID", 22_700)
    assert world.books(claim_id) == {"charges": -22_700, "cash": 20_000, "contractual": 2_700}
    assert world.faults() == []


def test_claims_that_an_edit_stopped_are_looked_at_again(world: World) -> None:
    claim_id, other = world.claim(), world.claim()
    contact = f"patient_id={world.get(Claim, other).patient_id}"
    world.sql("UPDATE patient_contact SET city=''")
    for one in (claim_id, other):
        world.do(CorrectClaim(one))
    world.sql(f"UPDATE patient_contact SET city='Larkfield' WHERE {contact}")
    done = world.do(BuildClaims())
    assert done.result == {"made": 0, "next payer": 0, "mended": 1, "stopped": 1}
    assert (state(world, claim_id), state(world, other)) == ("EDIT_FAIL", "READY")


def test_a_question_to_the_coder_needs_words(world: World) -> None:
    with pytest.raises(Refused, match="Say what the coder"):
        world.do(RouteToCoder(world.claim(), "  "))


# --- claims list --------------------------------------------------------------------------------------------------


def test_the_list_has_each_claim_in_cents_with_the_signs_of_the_remittance(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "CO-45 2500,PR-1 1500", "OA-94 -500,CO-97 3200"))
    world.do(ImportRemittance("835", content))
    world.claim("HRTLD")
    with world.owner.reading() as session:
        (answered, ready) = list_claims(session)
        assert list_claims(session, state="READY") == [ready]
        assert claim_id_of(session, f" {answered['control_number']} ") == claim_id
        with pytest.raises(NotFound):
            claim_id_of(session, "nothing")
    assert answered == {
        "control_number": number(world, claim_id),
        "state": "PARTIAL",
        "payer": "PRMUT",
        "charge": 22_700,
        "paid": 16_000,
        "patient_responsibility": 1_500,
        "adjustments": {"CO": {"45": 2500, "97": 3200}, "OA": {"94": -500}, "PR": {"1": 1500}},
    }
    assert (ready["state"], ready["paid"], ready["adjustments"]) == ("READY", 0, {})


def test_what_a_reversal_takes_back_leaves_the_list(world: World) -> None:
    from tests.store.eras import reversal

    claim_id = world.sent()
    answer_ = denied(world, claim_id, "CO-16")
    world.do(ImportRemittance("835", era(answer_)))
    world.do(ImportRemittance("back", era(reversal(answer_), trace="EFT2")))
    with world.owner.reading() as session:
        (row,) = list_claims(session)
    assert (row["state"], row["paid"], row["adjustments"]) == ("REVERSED", 0, {})
