"""`f` lands on the field where a finding is mended, whosever record that is, with what stands there now."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, SQLModel

from store.claims.correct import CorrectClaim
from store.claims.edit_work import RescrubClaims
from store.claims.fixing import FixFinding, Landing, fixes, landing
from store.errors import NotAllowed, Refused
from store.practice import Practice
from store.tables import Claim, ClaimFinding, Encounter, Patient, Payer, Provider, ServiceLine
from store.tables import Practice as Own
from tests.store.world import DAY, World, person


def first(world: World, claim_id: int) -> str:
    with Session(world.engine) as session:
        return fixes(session, claim_id)[0][0]


def lands(world: World, claim_id: int, who: Practice | None = None) -> Landing:
    mark = first(world, claim_id)
    with Session(world.engine) as session:
        return landing(session, (who or world.owner).actor, claim_id, mark)


FOUND: list[tuple[str, str, str, str, type[SQLModel], str, Any]] = [
    ("UPDATE practice SET npi='2999900015'", "Practice: NPI of the group", "2999900015", "2999900113",
     Own, "npi", "2999900113"),
    ("UPDATE practice SET zip='66899'", "Practice: street", "66899", "1 MAIN ST; LARKFIELD; KS; 668990001",
     Own, "zip", "668990001"),
    ("UPDATE practice SET line1='P.O. Box 7'", "Practice: street", "P.O. Box 7", "1 MAIN ST; LARKFIELD; KS; 668990001",
     Own, "line1", "1 MAIN ST"),
    ("UPDATE practice SET tax_id='07-99'", "Practice: tax id", "07-99", "99-0000001", Own, "tax_id", "990000001"),
    ("UPDATE practice SET taxonomy='207Q'", "Practice: taxonomy", "207Q", "193200000X",
     Own, "taxonomy", "193200000X"),
    ("UPDATE provider SET npi='2999900114' WHERE npi='2999900113'", "NPI of the provider", "2999900114", "2999900113",
     Provider, "npi", "2999900113"),
    ("UPDATE payer SET required='rendering_taxonomy'", "Taxonomy of the provider", "", "207q00000x",
     Provider, "taxonomy", "207Q00000X"),
    ("UPDATE provider SET taxonomy='207Q' WHERE npi='2999900113'", "Taxonomy of the provider", "207Q", "207Q00000X",
     Provider, "taxonomy", "207Q00000X"),
    ("UPDATE patient SET birth='2026-03-05'", "Patient's birth", "2026-03-05", "1980-05-17",
     Patient, "birth", person("").birth),
    ("UPDATE service_line SET charge=0 WHERE position=1", "Charge of line 1", "195.00", "195.00",
     ServiceLine, "charge", 19_500),
    ("UPDATE payer SET claim_kinds='institutional' WHERE payer_id='PRMUT'", "Kinds of claims", "institutional",
     "professional, institutional", Payer, "claim_kinds", "professional,institutional"),
    ("UPDATE payer SET frequencies='7' WHERE payer_id='PRMUT'", "Frequencies", "7", "1 7", Payer, "frequencies", "1,7"),
]  # fmt: skip


def test_a_finding_lands_on_the_record_where_it_is_mended_and_the_claim_goes_on(world: World) -> None:
    claim_id = world.claim()
    for sql, question, stands, value, model, column, kept in FOUND:
        world.sql(sql)
        world.do(RescrubClaims())
        before = world.dump()
        there = lands(world, claim_id)
        assert there.question.startswith(question), sql
        assert stands in there.stands, sql
        world.do(FixFinding(claim_id, first(world, claim_id), value))
        assert world.get(Claim, claim_id).state == "READY", sql
        assert kept in [getattr(row, column) for row in world.all(model)], sql
    assert world.faults() == []
    world.owner.undo()
    assert world.dump() == before


def test_every_finding_that_blocks_has_somewhere_to_land(world: World) -> None:
    """None of those that the scrub can make is left with a sentence alone, but what c corrects."""
    claim_id = world.claim()
    for sql in (
        "UPDATE practice SET npi='1', zip='1', line1='PO BOX 1', tax_id='1', taxonomy='1'",
        "UPDATE provider SET npi='1', taxonomy='1' WHERE npi='2999900113'",
        "UPDATE coverage SET member_id=''",
        "UPDATE patient_contact SET line1=''",
        "UPDATE patient SET birth='2026-03-05'",
        "UPDATE payer SET required='authorization,referral,group_number,referring,attachment', claim_kinds='x'",
        "UPDATE service_line SET charge=0, units=0, pointers='', modifiers='59,59'",
        "UPDATE claim SET filing_limit='2026-03-08'",
    ):
        world.sql(sql)
    world.do(RescrubClaims())
    with Session(world.engine) as session:
        marks = [mark for mark, _, _ in fixes(session, claim_id)]
        assert len(marks) > 15
        for mark in marks:
            assert landing(session, world.owner.actor, claim_id, mark).question


def test_who_may_not_change_a_record_asks_the_desk_that_may(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE practice SET npi='2999900015'")
    biller = world.who("biller")
    biller.do(RescrubClaims())
    assert lands(world, claim_id, biller).question == "Ask credentialing"
    biller.do(FixFinding(claim_id, first(world, claim_id), "which NPI is right?"))
    claim = world.get(Claim, claim_id)
    assert (claim.state, claim.routed_to, claim.routed_question) == ("ROUTED", "credentialing", "which NPI is right?")
    with pytest.raises(NotAllowed, match="Ask credentialing"):
        biller.do(CorrectClaim(claim_id, fields=(("practice.npi", "2999900113"),)))


def test_what_is_mended_on_file_is_mended_for_every_claim_that_waits_but_those_that_others_hold(world: World) -> None:
    first_id, second, held = (world.claim() for _ in range(3))
    world.sql("UPDATE provider SET npi='2999900114' WHERE npi='2999900113'")
    world.do(RescrubClaims())
    world.who("biller").lease(world.item("claims", held).id)
    world.do(FixFinding(first_id, first(world, first_id), "2999900113"))
    assert [world.get(Claim, one).state for one in (first_id, second, held)] == ["READY", "READY", "EDIT_FAIL"]


def test_a_value_that_no_claim_can_bear_is_refused_with_its_field(world: World) -> None:
    claim_id = world.claim()
    before = world.dump()
    for name, text, words in (
        ("provider.npi", "2999900114", "NPI of the provider: .*no NPI"),
        ("patient.birth", "tomorrow", "no date"),
        ("patient.sex", "Q", "F, M, U can"),
        ("payer.frequencies", "9", "1, 7, 8"),
        ("practice.address", "PO Box 7; L; KS; 668990001", "post office box"),
        ("1.charge", "0", "more than nothing"),
        ("9.charge", "1", "no line 9"),
    ):
        with pytest.raises(Refused, match=words):
            world.do(CorrectClaim(claim_id, fields=((name, text),)))
    assert world.dump() == before


def test_what_only_time_mends_is_held_until_then(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE encounter SET service_date='2026-03-12'")
    world.do(RescrubClaims())
    (mark,) = [one.mark for one in world.all(ClaimFinding, claim_id=claim_id, code="C.FUTURE")][:1]
    with Session(world.engine) as session:
        assert landing(session, world.owner.actor, claim_id, mark).stands == "2026-03-12"
    world.do(FixFinding(claim_id, mark, "3d"))
    claim = world.get(Claim, claim_id)
    assert (claim.state, (claim.hold_until or DAY).isoformat()) == ("HELD", "2026-03-12")


def test_a_question_to_the_coder_names_the_line_that_it_is_about(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE service_line SET pointers='' WHERE position=2")
    world.do(RescrubClaims())
    world.do(FixFinding(claim_id, first(world, claim_id), "which diagnosis?"))
    encounter = world.get(Encounter, world.get(Claim, claim_id).encounter_id)
    assert encounter.state == "RECODE"
    assert world.item("coding", encounter.id).reason == "recode: line 2 G0008: which diagnosis?"
