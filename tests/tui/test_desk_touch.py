"""The coding desk at the real screen: the words behind a code, a second look by somebody else, a smaller window."""

from __future__ import annotations

from store.coding.lines import ChangeLine
from store.coding.reviewing import AskReview
from store.coding.whole import CodeEncounter
from store.tables import CodingReview, ServiceLine
from tests.store.conftest import engine, library, still, template, world
from tests.store.world import VISIT, World
from tests.tui.support import LARGE, SMALL, Desk
from tests.tui.test_claim_touch import at, typed

__all__ = ["engine", "library", "still", "template", "world"]

NOTE = "\n".join(
    (
        "Here for a check of her blood pressure.",
        *(f"Line {number} of what she tells." for number in range(30)),
        "Essential hypertension, at goal. Gout is quiet.",
    )
)


def picked_out(desk: Desk) -> str:
    """The words of the note that stand out, as far as they are in sight."""
    note = desk.app.screen.query_one("#note")
    strips = note.render_lines(note.region.reset_offset)
    return " ".join(part.text for strip in strips for part in strip if part.style is not None and part.style.reverse)


async def test_a_code_shows_its_words_in_the_note_and_the_words_lead_back_to_it(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    spans = [(start, start + len(words)) for words in ("hypertension", "Gout") if (start := NOTE.index(words)) >= 0]
    told = tuple((code, *span) for code, span in zip(("I10", "M10.9"), spans, strict=True))
    world.do(CodeEncounter(encounter_id, told, VISIT, finish=False))
    async with at(world, "coding") as desk:
        await desk.press("enter", "tab", "g")
        await desk.settle()
        assert picked_out(desk) == "hypertension"
        await desk.press("j")
        await desk.settle()
        assert picked_out(desk) == "Gout"
        assert "'Gout'" in desk.text("#reason")
        await desk.press("tab", "tab", "slash")
        await typed(desk, "hypertension")
        await desk.press("v", "enter")
        await desk.settle()
        assert desk.app.focused is desk.app.screen.query_one("#codes")
        assert "'hypertension'" in desk.text("#reason")


def asked_for(world: World) -> int:
    """An encounter that its coder coded and asks a second look at."""
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    coder = world.who("coder")
    coder.do(ChangeLine(encounter_id, world.all(ServiceLine, encounter_id=encounter_id)[0].id, units=1))
    coder.do(AskReview(encounter_id, "please look"))
    return encounter_id


async def test_a_reviewer_agrees_with_one_coding_changes_another_and_the_agreement_is_scored(world: World) -> None:
    first, second = asked_for(world), asked_for(world)
    async with at(world, "reviews", LARGE, "supervisor") as desk:
        await desk.press("enter")
        await desk.settle()
        assert "REVIEW of coder, asked: please look" in " ".join(desk.text("#edits").split())
        await desk.press("F")
        await typed(desk, "")
        assert "reviewed (agreed, 4 of 4 agree)" in desk.status
        assert "REVIEW" in desk.text("#title")
        await desk.press("i")
        await typed(desk, "M10.9")
        await desk.press("F")
        await typed(desk, "")
        assert "The codes were changed. Say why" in desk.status
        await desk.press("F")
        await typed(desk, "gout is in the plan")
        assert "reviewed (changed, 4 of 5 agree)" in desk.status
        await desk.press("colon")
        await typed(desk, "agreement")
        assert "2 reviews" in desk.text("#headline")
        assert "coder 1 1 0 8 9 89" in " ".join(desk.text("#text").split())
    assert [one.outcome for one in world.all(CodingReview)] == ["agreed", "changed"]
    assert {first, second} == {one.encounter_id for one in world.all(CodingReview)}


async def test_a_window_made_smaller_still_tells_whose_the_encounter_is(world: World) -> None:
    world.encounter("PRMUT", note=NOTE)
    async with at(world, "coding", LARGE) as desk:
        await desk.press("enter")
        await desk.settle()
        await desk.pilot.resize_terminal(*SMALL)
        await desk.settle()
        assert desk.text("#title").endswith("READY  yours")
