"""The list screen, as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.strip import Strip

from tests.tui.fake import FakePractice
from tests.tui.support import LARGE, SMALL, opened
from tui.screens.home import HomeScreen
from tui.screens.record import RecordScreen


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_board_opens_a_queue_and_escape_returns(size: tuple[int, int]) -> None:
    async with opened(size=size, queue="") as desk:
        assert "Denials" in desk.text("#rows")
        await desk.press("j", "j", "j", "j", "j", "enter")
        assert "DENIALS" in desk.text("#title")
        await desk.press("escape")
        assert isinstance(desk.app.screen, HomeScreen)
        assert desk.rows.index == 5


async def test_counts_move_the_cursor_and_a_screen_is_a_page() -> None:
    async with opened() as desk:
        await desk.press("1", "2", "j")
        assert desk.rows.index == 12
        await desk.press("5", "k")
        assert desk.rows.index == 7
        await desk.press("pagedown")
        assert desk.rows.index == 7 + desk.rows.rows_high
        await desk.press("G")
        assert desk.rows.index == 213
        await desk.press("2", "0", "g")
        assert desk.rows.index == 19
        await desk.press("g")
        assert desk.rows.index == 0


async def test_one_move_draws_two_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as desk:
        drawn: list[int] = []
        render = desk.rows.render_line

        def counted(y: int) -> Strip:
            drawn.append(y)
            return render(y)

        monkeypatch.setattr(desk.rows, "render_line", counted)
        await desk.press("j")
        assert set(drawn) == {1, 2}


async def test_a_filter_keeps_the_cursor_on_its_record() -> None:
    async with opened() as desk:
        await desk.press("9", "j")
        before = desk.row_id
        payer = str(desk.practice.rows[before].cells[3])
        await desk.press("slash")
        await desk.type(payer)
        await desk.press("enter")
        assert 0 < desk.rows.total < 214
        assert desk.row_id == before
        await desk.press("escape")
        assert (desk.rows.total, desk.row_id) == (214, before)


async def test_a_filter_stays_when_the_queue_is_opened_again_and_its_text_after_escape() -> None:
    async with opened() as desk:
        await desk.press("slash")
        await desk.type("UH")
        await desk.press("escape")
        assert desk.rows.total == 214
        await desk.press("slash")
        await desk.type("C")
        await desk.press("enter", "q")
        await desk.press("j", "j", "j", "j", "j", "enter")
        assert "UHC" in desk.text("#terms")
        assert desk.rows.total < 214


async def test_a_refused_filter_says_why() -> None:
    async with opened() as desk:
        await desk.press("slash")
        await desk.type("bad:")
        await desk.press("enter")
        assert desk.status.startswith("Not done: 'bad:' names no column.")


async def test_sorting_has_three_levels_and_turns_round() -> None:
    async with opened() as desk:
        await desk.press("s", "4")
        await desk.press("s", "1")
        await desk.press("s", "8")
        assert "Den$↓ Slk↑ Payer↑" in desk.text("#terms")
        await desk.press("s", "8")
        assert "Den$↑ Slk↑ Payer↑" in desk.text("#terms")
        await desk.press("s", "1")
        assert "Slk↑ Den$↑ Payer↑" in desk.text("#terms")


async def test_marks_are_records_and_survive_sort_filter_and_refresh() -> None:
    async with opened() as desk:
        await desk.press("space", "space")
        marked = set(desk.rows.marks)
        await desk.press("s", "2")
        await desk.press("ctrl+l")
        assert set(desk.rows.marks) == marked
        assert "2 marked" in desk.text("#terms")
        assert "A appeal 2" in desk.footer
        await desk.press("asterisk")
        assert not desk.rows.marks
        await desk.press("asterisk")
        assert len(desk.rows.marks) == 214
        await desk.press("escape")
        assert not desk.rows.marks


async def test_an_action_for_one_row_is_refused_while_rows_are_marked() -> None:
    async with opened() as desk:
        await desk.press("space", "w")
        assert desk.status.startswith("Not done: 'write off' takes one row at a time.")
        assert not desk.practice.done


async def test_fourteen_d_defers_for_fourteen_days_and_the_next_row_is_chosen() -> None:
    async with opened() as desk:
        first, second = (desk.rows.row_at(0), desk.rows.row_at(1))
        assert first is not None
        assert second is not None
        await desk.press("1", "4", "d")
        assert desk.question.startswith("Why wait")
        await desk.type("records asked")
        await desk.press("enter")
        ((command, key),) = desk.practice.done
        assert (command.item_id, command.reason) == (first.item_id, "records asked")
        assert key
        assert desk.status.startswith("Deferred until")
        assert "u takes it back" in desk.status
        assert (desk.rows.index, desk.row_id) == (0, second.item_id)


async def test_undo_takes_one_key_press_back_however_many_rows_it_changed() -> None:
    async with opened() as desk:
        await desk.press("space", "space", "space", "7", "d", "enter")
        assert len(desk.practice.deferred) == 3
        assert len({key for _, key in desk.practice.done}) == 3
        await desk.press("u")
        assert not desk.practice.deferred
        assert desk.status.startswith("3 taken back.")


async def test_repeat_does_the_same_on_this_row_with_the_same_answers() -> None:
    async with opened() as desk:
        await desk.press("w", "2")
        await desk.press("j", "full_stop")
        reasons = [command.reason for command, _ in desk.practice.done]
        assert reasons == ["SMALL", "SMALL"]
        assert len({command.item_id for command, _ in desk.practice.done}) == 2


async def test_a_capital_states_its_effect_and_only_yes_sends() -> None:
    async with opened() as desk:
        await desk.press("space", "space", "A")
        assert desk.question.startswith("Send 2 appeal(s), $4,471.37 denied?")
        await desk.press("enter")
        assert not desk.practice.done
        await desk.press("A", "y")
        assert len(desk.practice.done) == 1
        assert not desk.rows.marks


async def test_a_refused_command_changes_nothing_and_says_why() -> None:
    async with opened() as desk:
        desk.practice.refuse = "The appeal limit passed on 2026-02-01."
        await desk.press("A", "y")
        assert desk.status == "Not done: The appeal limit passed on 2026-02-01."
        assert not desk.app.session.undo_sizes


async def test_a_date_that_means_nothing_is_asked_again() -> None:
    async with opened() as desk:
        await desk.press("d")
        await desk.type("soon")
        await desk.press("enter")
        assert "is no time" in desk.question
        await desk.press("escape")
        assert desk.status == "Nothing was changed."


async def test_keys_typed_ahead_reach_the_prompt_that_they_are_for() -> None:
    async with opened() as desk:
        await desk.pilot.press("d", "1", "4", "d", "enter", "m", "r", "enter")
        await desk.settle()
        ((command, _),) = desk.practice.done
        assert command.reason == "mr"


async def test_people_to_assign_to_are_found_by_typing() -> None:
    async with opened() as desk:
        await desk.press("a")
        assert "Tan, R" in desk.drawer
        await desk.type("ode")
        assert "Tan, R" not in desk.drawer
        await desk.press("enter")
        ((command, _),) = desk.practice.done
        assert command.user_id == 2


async def test_why_opens_and_any_key_closes() -> None:
    async with opened() as desk:
        await desk.press("y")
        assert "Why denial" in desk.drawer
        await desk.press("escape")
        assert not desk.app.screen.query_one("#drawer").display
        assert desk.rows.total == 214


async def test_next_takes_and_opens_the_first_free_item() -> None:
    async with opened() as desk:
        await desk.press("n")
        assert isinstance(desk.app.screen, RecordScreen)
        assert list(desk.practice.leases) == [118]


async def test_the_palette_finds_actions_and_queues() -> None:
    async with opened() as desk:
        await desk.press("colon")
        await desk.type("dnls")
        assert "queue Denials" in desk.drawer
        await desk.press("escape", "colon")
        await desk.type("appeal")
        await desk.press("enter")
        assert desk.question.startswith("Send 1 appeal")
        await desk.press("escape", "colon")
        await desk.type("keep view")  # a label of two words, not the name "keep" with an answer
        await desk.press("enter")
        assert desk.question
        await desk.press("escape", "colon")
        await desk.type("queue coding")
        await desk.press("enter")
        assert "CODING" in desk.text("#title")


async def test_views_change_what_is_shown() -> None:
    async with opened() as desk:
        await desk.press("v", "2")
        assert "mine" in desk.text("#title")
        assert desk.rows.total == 10
        await desk.press("v", "3")
        assert "deferred" in desk.text("#title")
        await desk.press("v", "1")
        assert desk.rows.total == 214


async def test_kept_views_bring_their_filter_and_sort_back() -> None:
    async with opened() as desk:
        await desk.press("v")
        assert "big ones" in desk.drawer
        assert "everybody's" in desk.drawer
        await desk.press("4")
        assert "payer:uhc" in desk.text("#terms")
        assert "Den$↓" in desk.text("#terms")
        await desk.press("colon")
        await desk.type("view old ones")
        await desk.press("enter")
        assert "Slk↑" in desk.text("#terms")
        assert desk.rows.total == 214


async def test_a_view_is_kept_under_a_name() -> None:
    async with opened() as desk:
        await desk.press("s", "1", "v", "6")
        await desk.type("nearest")
        await desk.press("enter", "2")
        ((command, _),) = desk.practice.done
        assert (command.queue, command.label, command.shared) == ("denials", "nearest", True)
        assert [level.column for level in command.view.sort] == ["slack"]


async def test_all_levels_of_a_sort_can_be_typed_with_their_directions() -> None:
    async with opened() as desk:
        await desk.press("s")
        await desk.type("den$- slk+ payer-")
        await desk.press("enter")
        assert "Den$↓ Slk↑ Payer↓" in desk.text("#terms")
        await desk.press("colon")
        await desk.type("sort nowhere")
        await desk.press("enter")
        assert "There is no column 'nowhere'" in desk.status


async def test_a_typed_line_answers_what_the_action_asks() -> None:
    async with opened() as desk:
        await desk.press("colon")
        await desk.type("defer 14d waiting for records")
        await desk.press("enter")
        ((command, _),) = desk.practice.done
        assert command.reason == "waiting for records"
        await desk.press("colon")
        await desk.type("filter uhc")
        await desk.press("enter")
        assert desk.rows.total < 214
        await desk.press("colon")
        await desk.type("7")
        await desk.press("enter")
        assert desk.rows.index == 6
        await desk.press("colon")
        await desk.type("queue coding")
        await desk.press("enter")
        assert "CODING" in desk.text("#title")


async def test_a_pasted_text_comes_in_whole() -> None:
    async with opened() as desk:
        await desk.press("t")
        desk.app.post_message(events.Paste("first line\nsecond\tline\x1b[31m\n"))
        await desk.settle()
        await desk.press("enter")
        ((command, _),) = desk.practice.done
        assert command.text == "first line second line�[31m"


async def test_a_draft_belongs_to_its_row() -> None:
    async with opened() as desk:
        await desk.press("t")
        await desk.type("half a tho")
        await desk.press("escape", "j", "t")
        assert "half" not in desk.question
        await desk.press("escape", "k", "t")
        await desk.type("ught")
        await desk.press("enter")
        ((command, _),) = desk.practice.done
        assert command.text == "half a thought"


async def test_export_writes_a_file_for_the_owner_only(tmp_path: Path) -> None:
    async with opened(FakePractice(3, hostile="=cmd()")) as desk:
        await desk.press("x", "ctrl+u")
        await desk.type(str(tmp_path / "rows.csv"))
        await desk.press("enter")
        file = tmp_path / "rows.csv"
        assert file.stat().st_mode & 0o777 == 0o600
        assert "'=cmd()" in file.read_text()
        await desk.press("x", "ctrl+u")
        await desk.type(str(file))
        await desk.press("enter")
        assert "The file exists already" in desk.status


async def test_help_names_every_action_and_finds_by_typing() -> None:
    async with opened() as desk:
        actions = desk.app.screen.all_actions()  # type: ignore[attr-defined]
        await desk.press("question_mark")
        for action in actions:
            await desk.press("ctrl+u")
            await desk.type(action.label)
            assert action.label in desk.text("#text")
        await desk.press("ctrl+u")
        await desk.type("appeal or correct")
        assert "Slk" in desk.text("#text")
        await desk.press("escape")
        assert "DENIALS" in desk.text("#title")


@pytest.mark.parametrize("size", [(60, 15), (30, 8), (200, 60)])
async def test_other_sizes_degrade_and_never_crash(size: tuple[int, int]) -> None:
    async with opened(size=size) as desk:
        await desk.press("G", "enter", "2", "escape", "y", "escape", "question_mark", "escape")
        assert desk.rows.index == 213
        await desk.pilot.resize_terminal(80, 24)
        await desk.settle()
        assert desk.rows.top <= 213 < desk.rows.top + desk.rows.rows_high


async def test_a_hundred_thousand_rows_are_never_loaded_whole() -> None:
    async with opened(FakePractice(100_000)) as desk:
        asked = desk.practice.asked
        assert sum(limit for _, limit in asked) == 200
        await desk.press("G")
        assert desk.row_id
        await desk.press("5", "0", "0", "0", "0", "g", "pagedown", "pageup", "g")
        assert sum(limit for _, limit in asked) <= 5 * 200


async def test_a_cursor_key_lays_nothing_out_and_shows_row_and_preview_in_one_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened() as desk:
        laid_out: list[object] = []
        monkeypatch.setattr(type(desk.app.screen), "_refresh_layout", lambda *a, **_: laid_out.append(a))
        await desk.press("j", "k", "j")
        assert not laid_out
        before = desk.text("#preview")
        desk.rows.move_to(5)  # nothing is awaited: no message has to go round before both are painted
        assert "6/214" in desk.text("#terms")
        assert desk.text("#preview") != before
