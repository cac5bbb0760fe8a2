"""Text from outside is shown as it is and does nothing, in every widget."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

import tui
from store.work.values import Why
from tests.tui.fake import FakePractice
from tests.tui.support import opened, shown
from tui.asks import Choice
from tui.widgets.drawer import Drawer
from tui.widgets.look import BOLD, PLAIN
from tui.widgets.note_pane import NotePane
from tui.widgets.plain import LineInput, PlainText, fit, strip, width_of, with_spans
from tui.widgets.scroller import Pager
from tui.widgets.status import StatusLine

HOSTILE = {
    "[@click=app.quit]x[/]": "[@click=app.quit]x[/]",
    "[PAID] [red]y[/red]": "[PAID] [red]y[/red]",
    "[/] [/zz]": "[/] [/zz]",
    "[type=x, v={'a[0]'}]": "[type=x, v={'a[0]'}]",
    "a\\[b] \\": "a\\[b] \\",
    "\x1b]0;PWNED\x07t": "\ufffd]0;PWNED\ufffdt",
    "\x1b[5n\x9b2J": "\ufffd[5n\ufffd2J",
    "abc\u202edef\u200b": "abc\ufffddef\ufffd",
    "a\r\nb\tc": "a",
}


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield PlainText()
        yield StatusLine()
        yield LineInput()
        yield Pager()
        yield NotePane()
        yield Drawer(classes="why")
        yield Drawer(classes="choices")


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_literal_in_every_widget(text: str) -> None:
    app = Bench()
    wanted = HOSTILE[text]
    async with app.run_test(size=(80, 40)) as pilot:
        app.query_one(PlainText).show((text, BOLD))
        app.query_one(StatusLine).refuse(text)
        app.query_one(LineInput).fill(text, hint=text)
        app.query_one(Pager).show([((text, PLAIN),)])
        app.query_one(NotePane).set_text(text)
        app.query_one(".why", Drawer).open_why(Why(text, (text,), text), 80)
        app.query_one(".choices", Drawer).open_choices([Choice(text, text, text)], 0, 80)
        await pilot.pause()
        for widget in app.query("PlainText, StatusLine, LineInput, Pager, NotePane, Drawer"):
            assert wanted in shown(widget), widget
            assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u200b"} & set(shown(widget)), widget


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_literal_on_every_screen(text: str) -> None:
    async with opened(FakePractice(5, hostile=text)) as desk:
        start = HOSTILE[text][:8]
        assert start in desk.text("#rows")
        assert start in desk.text("#preview")
        desk.practice.refuse = text
        await desk.press("A", "y")
        assert start in desk.status
        await desk.press("enter")
        assert start in desk.text("#headline")
        assert start in desk.text("#text")


async def test_pasted_escapes_do_not_stay() -> None:
    app = Bench()
    async with app.run_test():
        line = app.query_one(LineInput)
        line.value = "a\x1b[2Jb"
        assert line.value == "a\ufffd[2Jb"


def test_cells_are_measured_not_characters() -> None:
    assert [width_of(fit(text, 6)) for text in ("abc", "abcdefgh", "日本語日本", "é", "")] == [6] * 5
    assert fit("abcdefgh", 6) == "abcde…"
    assert strip([("日本語", PLAIN)], 4).cell_length == 4


def test_spans_split_runs_and_keep_the_text() -> None:
    line = with_spans((("abc", PLAIN), ("def", BOLD)), [(2, 4, BOLD), (5, 99, PLAIN)])
    assert "".join(text for text, _ in line) == "abcdef"
    assert line[0] == ("ab", PLAIN)


PARSED = {"Static", "Label", "Button", "Content", "Text", "Segment", "Option", "DataTable", "RichLog", "Input"}
PRINTING = {"cli.py", "__main__.py", "commands"}
"""The command line prints and builds no widget."""

WORDS = {"notify", "from_markup", "border_title", "border_subtitle", "tooltip"}


def test_no_other_module_builds_what_parses_markup() -> None:
    found = []
    for file in sorted(Path(tui.__file__).parent.rglob("*.py")):
        if file.name in {"plain.py", *PRINTING} or file.parent.name in PRINTING:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            name = ""
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PARSED:
                name = node.func.id
            elif isinstance(node, ast.Attribute) and node.attr in WORDS:
                name = node.attr
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
                name = node.module or ""
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
                target = node.func.value
                name = "" if isinstance(target, ast.Name | ast.Attribute) and "titles" in ast.dump(target) else "update"
                name = "" if isinstance(target, ast.Name) and target.id == "rows" else name
            if name:
                found.append(f"{file.name}:{getattr(node, 'lineno', 0)} {name}")
    assert found == []
