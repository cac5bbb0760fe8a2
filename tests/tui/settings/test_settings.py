"""What a person may set, and that a mistake in a file is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.style import Style

from store.errors import Refused
from tests.tui.fake import SPECS, FakePractice
from tests.tui.support import Desk, make_app, opened
from tui.app import SuperbillApp
from tui.keys import MOVES, remap
from tui.queues import load_specs
from tui.settings import Settings, read_keymap, read_settings
from tui.settings.values import THEMES
from tui.terminal.ascii import to_ascii
from tui.widgets.look import BAD, DIM, PALETTES, WARN, dressed, use
from tui.widgets.plain import width_of


@pytest.fixture(autouse=True)
def _shipped() -> Iterator[None]:
    yield
    remap({})
    use("terminal")


def _written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder


def test_without_files_everything_is_as_shipped(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert read_keymap(tmp_path, SPECS) == {}


def test_settings_are_read_and_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, "settings.toml", 'theme = "dark"\nmouse = true\ncopy = "osc52"\nlines = "ascii"\n')
    assert read_settings(tmp_path) == Settings("dark", "ascii", mouse=True, copy="osc52")
    monkeypatch.setenv("SUPERBILL_THEME", "light")
    assert read_settings(tmp_path).theme == "light"
    monkeypatch.setenv("NO_COLOR", "1")
    assert read_settings(tmp_path).colours == "none"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theme = ", "not TOML"),
        ('theme = "pink"', "'theme' can't be 'pink'"),
        ("mouse = 1", "'mouse' can't be 1"),
        ("lock = 481", "'lock' can't be 481. It may be: 0 to 480"),
        ("lock = true", "'lock' can't be True"),
        ("colour = 1", "no setting 'colour'"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused, match=told) as refused:
        read_settings(_written(tmp_path, "settings.toml", text))
    assert "settings.toml" in str(refused.value)


def test_a_keymap_gives_actions_other_keys(tmp_path: Path) -> None:
    folder = _written(tmp_path, "keys.toml", '[keys]\ndown = ["ctrl+e", "j"]\ndenials.write_off = "W"\n')
    remap(read_keymap(folder, SPECS))
    assert next(one for one in MOVES if one.id == "down").keys == ("ctrl+e", "j")
    assert SPECS["denials"].actions[1].keys == ("W",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[keys]\ndwon = "j"', "no action 'dwon'"),
        ('[keys]\ndown = "ctrl+c"', "ctrl\\+c belongs to the terminal"),
        ('[keys]\ndown = "k"', "Two actions have one key"),
        ('[keys]\ndown = "7"', "A digit is a count"),
        ("[keys]\ndown = 7", "a text or a list of texts"),
        ('down = "k"', "one table, \\[keys\\]"),
    ],
)
def test_a_mistake_in_the_keymap_is_told_and_changes_nothing(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        read_keymap(_written(tmp_path, "keys.toml", text), load_specs())
    assert next(one for one in MOVES if one.id == "down").keys == ("j", "down")


async def test_footer_help_and_palette_name_the_keys_of_the_keymap() -> None:
    remap({"denials.appeal": ("ctrl+t",)})
    async with opened() as desk:
        assert "Ctrl-T appeal" in desk.footer
        await desk.press("question_mark", *"appeal")
        assert re.search(r"Ctrl-T\s+appeal", desk.text("#text"))
        await desk.press("escape", "ctrl+t")
        assert desk.question.startswith("Send 1 appeal")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", PALETTES)
def test_every_ink_of_a_theme_can_be_read_on_its_paper(name: str) -> None:
    palette = PALETTES[name]
    least = 7.0 if name == "high-contrast" else 4.5
    for ink in (palette.ink, palette.dim, *palette.colours.values()):
        bright, dark = sorted((_luminance(ink), _luminance(palette.paper)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= least, ink


def test_styles_wear_the_theme_in_use() -> None:
    use("light")
    assert dressed(BAD) == Style(color="#a8071a", bold=True)
    assert not dressed(DIM).dim
    use("none")
    assert dressed(WARN) == Style(bold=True)
    use("terminal")
    assert dressed(BAD) is BAD


@pytest.mark.parametrize("name", THEMES)
async def test_a_theme_is_worn_and_can_be_changed_while_working(name: str) -> None:
    app = SuperbillApp(lambda: FakePractice(3), specs=SPECS, settings=Settings(theme=name))
    async with app.run_test() as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        await desk.press("colon")
        await desk.type("theme high-contrast")
        await desk.press("enter")
        assert "Colours: high-contrast" in desk.status
        assert app.current_theme.background == "#000000"


@pytest.mark.parametrize("name", PALETTES)
async def test_a_theme_brings_its_own_paper_and_ink_to_every_line(name: str) -> None:
    """On a terminal of the other kind nothing may be left in its colours."""
    app = SuperbillApp(lambda: FakePractice(3), specs=SPECS)
    async with app.run_test() as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        await desk.press("enter", "colon")
        await desk.type(f"theme {name}")
        await desk.press("enter", "t")
        await pilot.pause()
        palette = PALETTES[name]
        own = {palette.paper, palette.ink, palette.dim, *palette.colours.values()}
        worn = set()
        for segment in (one for strip in app.screen._compositor.render_strips() for one in strip):
            assert segment.style is not None
            assert segment.style.bgcolor is not None
            worn.add(segment.style.bgcolor.get_truecolor().hex)
            if segment.text.strip():
                assert segment.style.color is not None
                worn.add(segment.style.color.get_truecolor().hex)
        assert worn <= own
        assert {palette.paper, palette.ink, palette.dim} <= worn


def test_ascii_says_the_same_in_as_many_cells() -> None:
    said = to_ascii("│ Åberg… ─┐ 日本 ↓ 1·2 █")
    assert said == "| Aberg~ -+ ???? v 1.2 #"
    assert said.isascii()
    assert width_of(said) == width_of("│ Åberg… ─┐ 日本 ↓ 1·2 █")


def test_a_terminal_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: "ISO-8859-1")
    assert Settings().ascii_only
    monkeypatch.setattr("locale.getencoding", lambda: "UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert not Settings().ascii_only
    monkeypatch.setenv("TERM", "vt220")
    assert Settings().ascii_only
    assert not Settings(lines="drawn").ascii_only


async def test_copying_is_off_until_the_settings_allow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(SuperbillApp, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with opened(FakePractice(3)) as desk:
        await desk.press("ctrl+y")
        assert str(desk.rows.row_at(0).cells[1]) in desk.status  # type: ignore[union-attr]
        assert "off in settings" in desk.status
        assert not copied
        assert desk.practice.clipboard == []
        desk.app.settings = Settings(copy="osc52")
        await desk.press("ctrl+y")
        assert copied == [str(desk.rows.row_at(0).cells[1])]  # type: ignore[union-attr]
        assert desk.practice.clipboard == [(f"denials:{desk.rows.row_at(0).subject_id}", len(copied[0]))]  # type: ignore[union-attr]


async def test_a_mistake_is_said_on_the_first_screen() -> None:
    app = SuperbillApp(lambda: FakePractice(3), specs=SPECS, notice="settings.toml: This is not TOML.")
    async with app.run_test() as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        assert "This is not TOML" in desk.status


def test_nothing_is_set_by_default_that_the_terminal_owns() -> None:
    assert (Settings().mouse, Settings().copy) == (False, "off")
    assert make_app(FakePractice(1)).settings == Settings()


def test_the_keys_of_the_book_and_of_the_search_can_be_changed_but_not_to_a_letter_that_is_typed(
    tmp_path: Path,
) -> None:
    folder = _written(tmp_path, "keys.toml", '[keys]\nbook.index = "I"\nsearch.turn = "ctrl+e"\n')
    assert read_keymap(folder, load_specs()) == {"book.index": ("I",), "search.turn": ("ctrl+e",)}
    for text, told in (
        ('[keys]\nsearch.turn = "t"\n', "Letters are typed there"),
        ('[keys]\nbook.index = "o"\n', "Two actions have one key"),
        ('[keys]\ndesk.query = "."\n', "Two actions have one key"),
    ):
        with pytest.raises(Refused, match=told):
            read_keymap(_written(tmp_path, "keys.toml", text), load_specs())
