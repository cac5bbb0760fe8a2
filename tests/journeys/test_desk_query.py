"""A question to the provider from the desk: drafted from quoted words, sent, answered, and back on the desk."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.command import superbill
from tests.journeys.sitting import answered, back_to_the_board, filtered, into, new_encounter
from tests.journeys.words import encounter_csv
from tests.tui.support import SMALL, Desk
from tui.widgets.plain import LineInput


def typed(desk: Desk) -> str:
    """What stands in the prompt."""
    return desk.app.screen.query_one("#prompt LineInput", LineInput).value


async def test_a_question_is_asked_and_answered_by_key(day: Path) -> None:
    async with new_encounter(day, SMALL) as desk:
        await desk.press("Q")
        await desk.settle()
        await answered(desk, "meaning")
        assert "Mild persistent asthma with acute exacerbation" in typed(desk)
        await desk.press("enter")
        await desk.settle()
        await desk.press("enter")
        await desk.settle()
        assert "the encounter waits for the answer" in desk.text("#prompt .question")
        await desk.press("y")
        await desk.settle()
        assert "is sent to Wren Hollis" in desk.status
        await back_to_the_board(desk)
        await into(desk, "queries")
        await filtered(desk, "patient:quillfeather")
        assert "SENT" in desk.text("#rows")
        await desk.press("enter")
        await desk.settle()
        assert "[ ]" not in desk.text("#text")
        assert "with acute exacerbation" in desk.text("#text")
        await desk.press("r")
        await desk.settle()
        await answered(desk, "other", "Exacerbation of asthma, moderate", "Dr. Hollis")
        assert "the encounter is back" in desk.status
        await back_to_the_board(desk)
        await into(desk, "coding")
        await filtered(desk, "patient:quillfeather")
        await desk.press("enter")
        await desk.settle()
        assert "ANSWERED: Exacerbation of asthma" in desk.text("#edits")


async def test_what_leads_stays_a_draft_and_says_why(day: Path) -> None:
    async with new_encounter(day, SMALL) as desk:
        await desk.press("Q")
        await desk.settle()
        await answered(desk, "meaning", "Please document pneumonia, the payer pays more for it.", "")
        await desk.press("y")
        await desk.settle()
        assert "can't be sent: Payment is mentioned." in desk.status
        assert "Quillfeather" in desk.text("#title")
        await desk.press("F")
        await desk.settle()
        assert "Not done" in desk.status


def test_questions_go_out_and_answers_come_in_by_command(day: Path) -> None:
    encounter_csv(day / "visits.csv")
    assert superbill("import", "encounters", "visits.csv").status == 0
    out = superbill("queries", "send-out")
    assert all(one["encounter"] and one["options"] for one in out.json)  # those of the demo
    assert out.json
    assert superbill("queries", "send-out").json == []  # each asking goes out once
    assert superbill("queries", "send-out", "--again").json == out.json
    (day / "answers.csv").write_text("query,answer\nQ0-1,It is so.\n")
    refused = superbill("import", "answers", "answers.csv")
    assert refused.status == 1
    assert "no query" in refused.out + refused.err
    assert superbill("queries", "timing", "2", "4", "6", "9").status == 0
    assert superbill("queries", "due").status == 0
