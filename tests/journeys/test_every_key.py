"""The desk, the code book and the call screen by keyboard alone: the grammar holds, help and palette tell everything,
and each theme is worn once."""

from __future__ import annotations

from pathlib import Path

from syrupy.assertion import SnapshotAssertion
from textual.strip import Strip

from tests.journeys.sitting import answered, at_work, found, into, new_encounter
from tests.tui.support import SMALL, Desk
from tests.tui.test_keys import GRAMMAR, SAME
from tui.keys import COMMON
from tui.screens.base import WorkScreen
from tui.screens.code_book import CodeBookScreen
from tui.screens.desk import DeskScreen
from tui.screens.help import HelpScreen
from tui.screens.keyed import KeyedScreen
from tui.settings.values import THEMES
from tui.verbs import SHARED
from tui.widgets.look import use

NAMES = {"*": "asterisk", "/": "slash", ".": "full_stop", ":": "colon", "?": "question_mark", "#": "number_sign",
         "=": "equals_sign"}  # fmt: skip


async def keyboard_alone(desk: Desk) -> None:
    """Each key of the grammar has its meaning or says that it has none here; help and palette name every command."""
    screen = desk.app.screen
    assert isinstance(screen, KeyedScreen)
    actions = screen.all_actions()
    taken = {key: action.id for action in actions for key in reversed(action.keys)}
    for key, meant in GRAMMAR.items():
        if key in taken:
            assert taken[key] == meant or (key, taken[key]) in SAME, (key, taken[key])
            continue
        await desk.press(NAMES.get(key, key))
        assert screen.is_current, key
        assert "here" in desk.status, (key, desk.status)
        if meant in {one.id for one in (*COMMON, *SHARED)}:
            assert "means nothing here" in desk.status, (key, desk.status)
    await desk.press("question_mark")
    shown = desk.app.screen
    assert isinstance(shown, HelpScreen)
    text = " ".join("".join(part for part, _ in line) for line in shown._text._lines)
    assert [one.id for one in actions if one.label not in text or (one.keys and one.first_key not in text)] == []
    await desk.press("escape", "colon")
    offered = {choice.label for choice in screen.prompt._choices}
    assert {action.label for action in actions if action.id != "palette"} <= offered
    await desk.press("escape")
    assert screen.is_current


def styles(strip: Strip) -> str:
    """Where in a line which style begins."""
    told, at = [], 0
    for segment in strip.simplify():
        if segment.text.strip():
            told.append(f"{at}:{segment.style}")
        at += segment.cell_length
    return " | ".join(told)


async def in_every_theme(desk: Desk, name: str, snapshot: SnapshotAssertion) -> None:
    """The screen as text once, and its styles in each theme."""
    screen = desk.app.screen
    assert isinstance(screen, WorkScreen)
    try:
        for theme in THEMES:
            screen.do_theme_to(theme)
            await desk.pilot.pause()
            strips = screen._compositor.render_strips()
            told = [f"{number:>2} {styles(strip)}" for number, strip in enumerate(strips, 1) if strip.text.strip()]
            assert "\n".join(told) == snapshot(name=f"{name}, {theme}")
    finally:
        use("terminal")
    assert "\n".join(strip.text.rstrip() for strip in strips) == snapshot(name=name)


async def test_the_desk_and_the_book_by_keyboard_alone_and_in_every_theme(
    day: Path, snapshot: SnapshotAssertion
) -> None:
    async with new_encounter(day, SMALL) as desk:
        await desk.press("enter")
        await found(desk, "h", "ZZ112")
        await desk.press("shift+tab")
        await keyboard_alone(desk)  # at the note
        await desk.press("tab", "g", "j")
        await in_every_theme(desk, "desk", snapshot)
        await desk.press("o")
        assert isinstance(desk.app.screen, CodeBookScreen)
        await keyboard_alone(desk)
        await in_every_theme(desk, "book", snapshot)


async def test_the_call_screen_by_keyboard_alone_and_in_every_theme(day: Path, snapshot: SnapshotAssertion) -> None:  # noqa: ARG001
    async with at_work(SMALL) as desk:
        await into(desk, "calls")
        assert desk.rows.total, "somebody is to be called"
        await desk.press("enter")
        await keyboard_alone(desk)
        told = await _helped(desk)
        assert "Why call, and why is it owed?" in told
        assert "no answer" in told
        await in_every_theme(desk, "call", snapshot)


def _help(desk: Desk) -> str:
    shown = desk.app.screen
    assert isinstance(shown, HelpScreen)
    return " ".join("".join(part for part, _ in line).strip() for line in shown._text._lines)


async def _helped(desk: Desk) -> str:
    await desk.press("question_mark")
    told = _help(desk)
    await desk.press("escape")
    return told


async def test_help_tells_of_the_finding_the_suggestion_the_code_and_the_line_of_the_book(day: Path) -> None:
    async with new_encounter(day, SMALL) as desk:
        screen = desk.app.screen
        assert isinstance(screen, DeskScreen)
        offer = screen._codes.offer
        assert offer is not None
        told = await _helped(desk)
        assert offer.why in told
        assert f"Source: rule {offer.rule}" in told
        await found(desk, "h", "ZZ112")
        await found(desk, "i", "E10.9")
        await found(desk, "i", "E11.9")
        told = await _helped(desk)
        assert "Diagnosis 2: E11.9" in told
        assert "Cleared when" in told
        await desk.press("j")
        told = await _helped(desk)
        assert "Line 1: ZZ112" in told
        assert "fee schedule" in told
        await desk.press("tab")
        finding = screen._edits.finding
        assert finding is not None
        told = await _helped(desk)
        assert all(part in told for part in (finding.edit, finding.message, f"Rule: {finding.source}", "Cleared when"))
        await desk.press("tab")
        assert "Why is this here?" in await _helped(desk)
        await desk.press("shift+tab", "shift+tab", "g", "j", "o")
        told = await _helped(desk)
        assert "E11.9" in told
        assert "tabular list in force on" in told
        assert "Excludes1" in told
        await desk.press("y")
        assert "tabular list in force on" in desk.drawer
        await desk.press("escape", "slash")
        await desk.type("E08-E13")
        await desk.press("enter")
        thing = screen.app.screen._tree.thing  # type: ignore[attr-defined]
        assert thing.name == "E08-E13"


async def test_the_desk_repeats_takes_back_by_count_gives_to_somebody_opens_the_ledger_and_takes_the_next(
    day: Path,
) -> None:
    async with new_encounter(day, SMALL) as desk:
        screen = desk.app.screen
        assert isinstance(screen, DeskScreen)
        await found(desk, "h", "ZZ112")
        await desk.press("m")
        await answered(desk, "25")
        await desk.press("u", "full_stop")
        assert "ZZ112 25 x1" in desk.status  # with the answer that it had
        await desk.press("tab", "3", "U")  # at a line the digits point, elsewhere they are a count
        assert "x3, was x1" in desk.status
        assert "u takes it back" in desk.status
        await desk.press("2", "u")
        assert desk.status.startswith("2 steps back.")
        assert [(line.units, line.modifiers) for line in screen.require_open().lines] == [(1, ())]
        await desk.press("a")
        await answered(desk, "nobody")
        assert "Assigned to nobody" in desk.status
        await desk.press("e")
        await answered(desk, "the note is unsigned")
        assert "Escalated" in desk.status
        await desk.press("l")
        assert "Account" in desk.text("#title")
        await desk.press("escape")
        assert screen.is_current
        await found(desk, "i", "J45.31")
        held = screen._row.item_id
        await desk.press("n")
        after = desk.app.screen
        assert isinstance(after, DeskScreen)
        assert after._row.item_id != held
        assert screen.session.leases.items == (after._row.item_id,)
        await desk.press("full_stop")
        assert "Added J45.31" in desk.status
        await desk.press("escape", "escape", "escape")
        assert "superbill" in desk.text("#title")
        await desk.press("n")  # on the board: of the queue under the cursor
        assert isinstance(desk.app.screen, DeskScreen)
