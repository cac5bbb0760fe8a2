"""Claims, rejections and denials at the real screens: keys that act on many, file, void, prove or lead to a fix."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from store.claims.acks import ImportAcks
from store.claims.correct import CorrectClaim
from store.claims.edit_work import RescrubClaims
from store.claims.payers import SavePayer
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ClaimVersion, Encounter, MessageRule, Patient, Practice, ServiceLine
from tests.payer import answer
from tests.store.conftest import engine, library, still, template, world
from tests.store.eras import denied, era
from tests.store.world import DOS, World, person
from tests.tui.support import LARGE, SMALL, Desk
from tui.app import SuperbillApp
from tui.screens.desk import DeskScreen
from tui.screens.queue import QueueScreen

__all__ = ["engine", "library", "still", "template", "world"]


@asynccontextmanager
async def at(world: World, queue: str, size: tuple[int, int] = SMALL, who: str = "owner") -> AsyncIterator[Desk]:
    app = SuperbillApp(lambda: world.who(who))
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        app.push_screen(QueueScreen(app.session, queue))
        await desk.settle()
        yield desk


async def typed(desk: Desk, text: str) -> None:
    await desk.press("ctrl+u")
    await desk.type(text)
    await desk.press("enter")
    await desk.settle()


def number(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).control_number


def rejected(world: World, *claims: int) -> None:
    told = answer(world.send(), fates={number(world, one): "rejected" for one in claims})
    world.do(ImportAcks("277", told.claims.encode()))


async def test_all_rejections_of_one_error_go_again_with_one_reason_and_one_undo(world: World) -> None:
    ids = [world.claim(), world.claim()]
    other = world.claim()
    rejected(world, *ids, other)
    world.sql("UPDATE claim SET edit_code='A7:99' WHERE id=:id", id=other)
    async with at(world, "rejections", who="biller") as desk:
        await desk.press("s", "l", "enter")
        assert "sort Last4" in desk.text("#terms")
        await desk.press("s", "d", "enter")
        assert "Site" in desk.text("#terms")
        await desk.press("slash")
        await typed(desk, f"claim:{number(world, ids[0])}")
        await desk.press("b")
        await typed(desk, "the clearinghouse was down")
        assert "Send all 2 claims with the error" in desk.question
        await desk.press("y")
        await desk.settle()
        assert [world.get(Claim, one).state for one in (*ids, other)] == ["READY", "READY", "REJECTED"]
        await desk.press("u")
        await desk.settle()
        assert {world.get(Claim, one).state for one in ids} == {"REJECTED"}
        await desk.press("o")
        await desk.settle()
        await desk.press("V")
        await typed(desk, "never was")
        await desk.press("y")
        await desk.settle()
        assert "the payer never decided it. Cancel it instead." in desk.status
        await desk.press("escape")
        await desk.settle()
        assert isinstance(desk.app.screen, QueueScreen)
    assert world.faults() == []


def with_message(text: str) -> bytes:
    """A 277CA whose accepted claims bear a message."""
    return text.replace("*WQ*227~", "*WQ*227********FORWARDED TO PLAN~").encode()


async def test_a_message_is_filed_by_rule_with_one_key_and_stays_to_be_looked_through(world: World) -> None:
    claim_id = world.claim()
    world.do(ImportAcks("277", with_message(answer(world.send()).claims)))
    assert world.item("rejections", claim_id).reason == "note: FORWARDED TO PLAN"
    async with at(world, "rejections", who="supervisor") as desk:
        await desk.press("M")
        await typed(desk, "forwarded")
        await desk.press("enter")
        assert "this one at once" in desk.question
        await desk.press("y")
        await desk.settle()
        assert not world.item("rejections", claim_id).open, desk.status
        assert world.one(MessageRule).pattern == "FORWARDED TO PLAN"
        later = world.claim()
        world.do(ImportAcks("277b", with_message(answer(world.send()).claims)))
        assert world.get(Claim, later).edit_code == ""
        await desk.press("colon")
        await typed(desk, "filed-messages")
        assert "by rule forwarded: FORWARDED TO PLAN" in " ".join(desk.text("#text").split())


async def test_a_row_that_is_no_note_is_refused_by_the_rule_before_anything_is_asked(world: World) -> None:
    rejected(world, world.claim())
    async with at(world, "rejections", who="supervisor") as desk:
        await desk.press("M")
        await desk.settle()
        assert "This row is no note" in desk.status
        assert "Name of the rule" not in desk.question


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_denied_claim_is_proved_and_voided_from_its_row(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(denied(world, claim_id, "CO-29"))))
    async with at(world, "denials", size, "biller") as desk:
        await desk.press("z", "enter")
        await desk.settle()
        assert (tmp_path / "proofs" / f"proof_{number(world, claim_id)}" / "proof.pdf").is_file()
        await desk.press("V")
        await typed(desk, "billed twice")
        assert "The payer takes back all that it paid" in desk.question
        await desk.press("y")
        await desk.settle()
        assert world.get(Claim, claim_id).state == "READY", desk.status
        assert world.all(ClaimVersion, claim_id=claim_id)[-1].frequency == "8"
        await desk.press("u")
        await desk.settle()
        assert world.get(Claim, claim_id).state == "DENIED"


async def test_f_lands_on_the_practices_field_and_returns_to_the_row(world: World) -> None:
    ids = [world.claim(), world.claim()]
    world.sql("UPDATE practice SET npi='2999900015'")
    world.do(RescrubClaims())
    async with at(world, "claims") as desk:
        row = desk.row_id
        await desk.press("f")
        assert desk.question.startswith("Practice: NPI of the group")
        assert "2999900015" in desk.question
        await typed(desk, "2999900113")
        assert {world.get(Claim, one).state for one in ids} == {"READY"}
        assert (world.one(Practice).npi, desk.row_id) == ("2999900113", row)


async def test_f_asks_which_where_several_edits_keep_a_claim(world: World) -> None:
    world.claim()
    world.sql("UPDATE practice SET npi='2999900015', tax_id='1'")
    world.do(RescrubClaims())
    async with at(world, "claims") as desk:
        await desk.press("f")
        assert "practice: NPI of the group" in desk.drawer
        await desk.press("2")
        assert desk.question.startswith("Practice: ")


async def test_a_field_is_picked_by_its_group_or_by_typing_any_of_its_words(world: World) -> None:
    claim_id = world.claim()
    patient = world.get(Claim, claim_id).patient_id
    async with at(world, "claims", who="biller") as desk:
        await desk.press("c")
        assert "patient and insurance …" in desk.drawer
        assert "line 2 G0008 …" in desk.drawer
        assert "practice" not in desk.drawer  # a biller may not change it
        await desk.press("6")
        assert "patient's birth" in desk.drawer
        await desk.press("escape")
        assert "line 2 G0008 …" in desk.drawer
        await desk.type("birth")
        await desk.press("enter")
        assert desk.question == "Patient's birth:1980-05-17"
        await typed(desk, "1980-05-18")
        assert world.get(Patient, patient).birth.isoformat() == "1980-05-18"
        assert world.get(Claim, claim_id).current == 2
        await desk.press("c")
        await desk.type("line 2 note")
        await desk.press("enter")
        await typed(desk, "LEFT ARM")
        assert "Corrected" in desk.status


async def test_what_another_changed_while_a_field_was_typed_is_told_and_not_written_over(world: World) -> None:
    claim_id, other = world.claim(), world.who("biller")
    patient = world.get(Claim, claim_id).patient_id

    def born(day: str) -> None:
        other.do(CorrectClaim(claim_id, fields=(("patient.birth", day),)))

    async with at(world, "claims") as desk:
        await birth(desk)
        assert desk.question == "Patient's birth:1980-05-17"
        born("1981-05-17")
        await typed(desk, "1982-05-17")
        assert "patient's birth: biller changed it at 09:00 UTC: 1980-05-17 → 1981-05-17" in desk.status
        assert world.get(Patient, patient).birth.isoformat() == "1981-05-17"
        await birth(desk)
        assert desk.question == "Patient's birth:1982-05-17"  # it was told what stands, and may stay with its own
        await desk.press("escape")
        born("1983-05-17")
        await birth(desk)
        await desk.press("enter")
        await desk.settle()
        assert "1981-05-17 → 1983-05-17" in desk.status  # a text that was begun before is over what was seen then
        await birth(desk)
        await desk.press("enter")
        await desk.settle()
        assert world.get(Patient, patient).birth.isoformat() == "1982-05-17"


async def test_what_is_done_again_on_another_row_asks_before_it_writes_over_what_was_not_shown(world: World) -> None:
    claims = [world.claim(), world.claim(), world.claim()]
    world.who("biller").do(CorrectClaim(claims[1], place="19"))

    def places() -> list[str]:
        return [world.get(Encounter, world.get(Claim, one).encounter_id).place for one in claims]

    async def at_claim(desk: Desk, which: int) -> None:
        await desk.press("slash")
        await typed(desk, f"claim:{number(world, claims[which])}")

    async with at(world, "claims") as desk:
        await at_claim(desk, 0)
        await desk.press("c")
        await desk.type("place")
        await desk.press("enter")
        await typed(desk, "22")
        await at_claim(desk, 1)
        for key, place in (("n", "19"), ("y", "22")):
            await desk.press("full_stop")
            await desk.settle()
            assert "Here stands 19, which you were not shown: write over it?" in desk.question
            await desk.press(key)
            await desk.settle()
            assert places() == ["22", place, "11"], desk.status
        await at_claim(desk, 2)
        await desk.press("full_stop")  # what stands here is what was typed over before
        await desk.settle()
        assert places() == ["22", "22", "22"], desk.status
    assert world.faults() == []


async def test_a_question_that_is_longer_than_the_line_stands_above_it_whole(world: World) -> None:
    """The words that stand there are a person's own, of any length."""
    claims = [world.claim(), world.claim()]
    stands = "SEE THE LETTER OF THE FOURTH OF MARCH AND THE CALL WITH THE CARE MANAGER"
    world.who("biller").do(CorrectClaim(claims[1], fields=(("note", stands),)))
    async with at(world, "claims") as desk:
        await desk.press("c")
        await desk.type("claim note")
        await desk.press("enter")
        await typed(desk, "SECOND SURGEON")
        await desk.press("slash")
        await typed(desk, f"claim:{number(world, claims[1])}")
        await desk.press("full_stop")
        await desk.settle()
        asked = " ".join(desk.drawer.split())
        assert f"Here stands {stands}, which you were not shown: write over it?" in asked
        assert desk.question.endswith("y/N")
        await desk.press("n")
        assert not desk.app.screen.query_one("#drawer").display
        assert "Nothing was changed." in desk.status


async def test_modifiers_are_shown_and_held_against_what_was_seen_as_any_other_field(world: World) -> None:
    claim_id, biller = world.claim(), world.who("biller")
    service = [line.id for line in world.all(ServiceLine)]

    def modifiers() -> list[str]:
        return [world.get(ServiceLine, one).modifiers for one in service]

    async def at_modifiers(desk: Desk) -> None:
        await desk.press("c")
        await desk.type("modifiers")
        await desk.press("enter")

    biller.do(CorrectClaim(claim_id, modifiers=(("1", ("25",)),)))
    async with at(world, "claims") as desk:
        await at_modifiers(desk)
        assert desk.question == "Modifiers of a line:1 25"
        biller.do(CorrectClaim(claim_id, modifiers=(("1", ("59",)),)))
        await typed(desk, "1 GA; 2 RT")
        assert "modifiers of line 1 and 2: biller changed it at 09:00 UTC: 25; → 59;" in desk.status
        assert modifiers() == ["59", ""]
        await at_modifiers(desk)
        await typed(desk, "2 rt")
        assert modifiers() == ["59", "RT"], desk.status
        await at_modifiers(desk)
        assert desk.question == "Modifiers of a line:1 59; 2 RT"
        await typed(desk, "1 59 GA; 2 RT")
        assert modifiers() == ["59,GA", "RT"], desk.status
    assert world.faults() == []


async def test_what_is_mended_on_several_rejections_at_once_was_seen_of_none(world: World) -> None:
    ids = [world.claim(), world.claim()]
    rejected(world, *ids)
    async with at(world, "rejections", who="biller") as desk:
        await desk.press("space", "space", "c")
        await desk.type("place")
        await desk.press("enter")
        await typed(desk, "22")
        if desk.asks:
            await desk.press("y")
            await desk.settle()
        assert {row.place for row in world.all(Encounter)} == {"22"}, desk.status


async def birth(desk: Desk) -> None:
    await desk.press("c")
    await desk.type("birth")
    await desk.press("enter")


async def test_a_coder_who_is_asked_about_a_line_stands_on_it(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE service_line SET pointers='' WHERE position=2")
    world.do(RescrubClaims())
    async with at(world, "claims", who="biller") as desk:
        await desk.press("f", "1")
        await typed(desk, "which diagnosis?")
        encounter = world.get(Encounter, world.get(Claim, claim_id).encounter_id)
        assert encounter.state == "RECODE"
    async with at(world, "coding", who="owner") as desk:
        await desk.press("enter")
        await desk.settle()
        assert isinstance(desk.app.screen, DeskScreen)
        assert "Asked: line 2 G0008: which diagnosis?" in desk.status
        service = desk.app.screen._codes.service
        assert service is not None
        assert service.code == "G0008"


async def test_a_visit_is_split_off_its_claim_by_name(world: World) -> None:
    world.do(SavePayer('payer_id = "PRMUT"\ncombine_days = 7'))
    for days in (0, 1):
        world.code(
            world.encounter("PRMUT", patient=person("Split"), day=DOS + timedelta(days=days)),
            lines=(("G0008", (), 1, (1,)),),
        )
    (claim,) = world.all(Claim)
    async with at(world, "claims", who="biller") as desk:
        await desk.press("colon")
        await typed(desk, "split-off")
        assert "has a claim of its own" in desk.status
        assert len(world.all(Claim)) == 2
        await desk.press("u")
        await desk.settle()
        assert [one.id for one in world.all(Claim)] == [claim.id]
