"""What is done with a reason is data: by payer, group, reason, remark and sequence; unknown codes are listed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.denials.causes import causes
from store.denials.classify import ClassifyDenial
from store.errors import Refused
from store.remits.dispositions import Rules, disposition
from store.remits.rule_table import LoadDispositions, SetDisposition, unknown_codes
from store.remits.take_in import ImportRemittance
from store.tables import Denial, DispositionRule, Payer
from tests.store.eras import era, pays, reversal
from tests.store.world import World

HEAD = b"payer,group,reason,remark,sequence,disposition,category,cause,action,hint\n"


def post(world: World, claim_id: int, *whys: str, trace: str = "EFT1") -> None:
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys), trace=trace)))


def row(**named: object) -> DispositionRule:
    told = {"payer_id": 0, "group": "", "remark": "", "sequence": "", "disposition": "denial", "category": "other"}
    return DispositionRule(**(told | {"reason": "45"} | named))  # type: ignore[arg-type]


def test_the_row_that_names_the_most_is_taken() -> None:
    rules = Rules(
        (
            row(category="other"),
            row(group="CO", category="records"),
            row(sequence="S", category="COB"),
            row(remark="N130", category="non-covered"),
            row(payer_id=7, category="bundling"),
        )
    )
    assert rules.rule("PR", "45").category == "other"
    assert rules.rule("CO", "45").category == "records"
    assert rules.rule("CO", "45", sequence="S").category == "COB"
    assert rules.rule("CO", "45", sequence="S", remarks=("N130",)).category == "non-covered"
    assert rules.rule("CO", "45", sequence="S", remarks=("N130",), payer_id=7).category == "bundling"
    assert rules.rule("CO", "16") == disposition("CO", "16")


def test_what_a_payer_means_by_a_reason_holds_for_that_payer(world: World) -> None:
    payer = world.one(Payer, payer_id="PRMUT").id
    world.do(SetDisposition("97", "contractual", "contractual", payer_id=payer, group="CO"))
    ours, other = world.sent("PRMUT"), world.sent("HRTLD")
    post(world, ours, "CO-97 500", "")
    post(world, other, "CO-97 500", "", trace="EFT2")
    assert world.books(ours)["contractual"] == 500
    assert world.books(other)["insurance"] == 500
    assert world.faults() == []


def test_a_reversal_takes_back_what_was_done_though_the_table_changed_since(world: World) -> None:
    claim_id = world.sent()
    answer = pays(world, claim_id, "CO-97 500,CO-45 100", "")
    world.do(ImportRemittance("835", era(answer)))
    world.do(SetDisposition("97", "contractual", "contractual", group="CO"))
    world.do(SetDisposition("45", "denial", "other", group="CO"))
    world.do(ImportRemittance("back", era(reversal(answer), trace="EFT2", plb=f"FB {-answer.paid}")))
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert {denial.state for denial in world.all(Denial)} == {"REVERSED"}
    assert world.faults() == []


def test_only_what_the_payer_puts_on_the_patient_can_be_the_patients(world: World) -> None:
    with pytest.raises(Refused, match="Only what the payer puts on the patient"):
        world.do(SetDisposition("97", "patient", "patient responsibility", group="CO"))
    world.do(SetDisposition("96", "patient", "patient responsibility", group="PR"))


def test_an_unknown_code_is_listed_until_somebody_says_what_it_is(world: World) -> None:
    claim_id, denial_id = world.denied("CO-987")
    with world.owner.reading() as session:
        (found,) = unknown_codes(session)
    assert (found.group, found.reason, found.count, found.cents) == ("CO", "987", 2, 22_700)
    assert world.get(Denial, denial_id).category == "other"
    done = world.do(ClassifyDenial(denial_id, "records", only_payer=True))
    assert "2 open denials follow" in done.said
    assert world.get(Denial, denial_id).category == "records"
    with world.owner.reading() as session:
        assert [one.reason for one in unknown_codes(session)] in ([], ["987"])  # known at this payer alone
    assert world.books(claim_id)["insurance"] == 22_700


def test_a_table_comes_in_from_csv_and_a_wrong_row_refuses_it_whole(world: World) -> None:
    done = world.do(LoadDispositions("own.csv", HEAD + b"PRMUT,CO,97,,,contractual,contractual,,,our contract\n"))
    assert "1 disposition holds" in done.said
    for line, where in (
        (b"NOPE,CO,97,,,contractual,contractual,,,\n", "line 3, payer"),
        (b",CO,97,,,away,contractual,,,\n", "line 3"),
        (b",CO,97,,,denial,strange,,,\n", "line 3"),
        (b",XX,97,,,denial,other,,,\n", "line 3"),
    ):
        with pytest.raises(Refused, match=where):
            world.do(LoadDispositions("own.csv", HEAD + b",CO,98,,,denial,other,,,\n" + line))
    assert len(world.all(DispositionRule)) == 1


def test_causes_go_back_to_who_made_the_claim_and_a_coder_sees_no_money(world: World) -> None:
    world.denied("CO-97")
    world.denied("CO-27")
    with world.owner.reading() as session:
        found = {(one.who, one.cause, one.reason): (one.count, one.cents) for one in causes(session, world.owner.actor)}
        assert found == {("owner", "coding", "CO-97"): (2, 22_700), ("feed test", "registration", "CO-27"): (2, 22_700)}
        assert causes(session, world.who("coder").actor) == []
    world.sql("UPDATE encounter SET coded_by=(SELECT id FROM app_user WHERE name='coder')")
    with world.owner.reading() as session:
        (mine,) = causes(session, world.who("coder").actor)
    assert (mine.reason, mine.count, mine.cents) == ("CO-97", 2, 0)
    assert replace(mine, count=0).count == 0
