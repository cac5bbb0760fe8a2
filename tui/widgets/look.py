"""How things look: weight first, colour second, so that all reads without colour.

The names below are what widgets use.  `dressed` turns them into the colours of the theme in use, at the one door
through which text reaches a widget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style

PLAIN = Style.null()
DIM = Style(dim=True)
BOLD = Style(bold=True)
HEAD = Style(bold=True, underline=True)
CURSOR = Style(reverse=True)
KEY = Style(bold=True)
GOOD = Style(color="green")
WARN = Style(color="yellow", bold=True)
BAD = Style(color="red", bold=True)
MATCH = Style(bold=True, underline=True)
FOUND = Style(reverse=True)
SELECTED = Style(reverse=True, bold=True)

FLAGS: dict[str, Style] = {
    "X": BAD,
    "!": WARN,
    "$": GOOD,
    "*": Style(color="cyan"),
    "?": Style(color="magenta", bold=True),
    "N": BOLD,
}

FLAG_MEANS: tuple[tuple[str, str], ...] = (
    ("X", "past its deadline"),
    ("!", "due within 5 business days"),
    ("$", "high value"),
    ("*", "somebody is working on it"),
    ("?", "a query is open"),
    ("N", "new since your last visit"),
    ("+", "marked by you"),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """A theme's own colours: paper, ink, and what the five named colours and dim text become on them.

    Every pair of ink and paper has a contrast of at least 4.5 to 1 (high contrast: 7 to 1).
    """

    paper: str
    ink: str
    dim: str
    colours: Mapping[str, str]
    dark: bool


PALETTES: dict[str, Palette] = {
    "light": Palette("#ffffff", "#1c1c1c", "#5c5c5c", {
        "red": "#a8071a", "yellow": "#7a4d00", "green": "#1a6629", "cyan": "#00587a", "magenta": "#7b1fa2",
    }, dark=False),
    "dark": Palette("#14171a", "#d8dee4", "#9aa4ad", {
        "red": "#ff7b72", "yellow": "#e3b341", "green": "#56d364", "cyan": "#56c8d8", "magenta": "#d2a8ff",
    }, dark=True),
    "high-contrast": Palette("#000000", "#ffffff", "#ffffff", {
        "red": "#ff9a9a", "yellow": "#ffff00", "green": "#7dff7d", "cyan": "#7df9ff", "magenta": "#ffa6ff",
    }, dark=True),
}  # fmt: skip
"""The themes that bring colours of their own; the others use the terminal's."""

_in_use: list[str] = ["terminal"]


def use(theme: str) -> None:
    """Draw in a theme from now on."""
    _in_use[0] = theme
    dressed.cache_clear()


@lru_cache(maxsize=256)
def dressed(style: Style) -> Style:
    """A style in the colours of the theme in use."""
    theme = _in_use[0]
    if theme == "none":
        return style.without_color if style.color is not None else style
    palette = PALETTES.get(theme)
    if palette is None:
        return style
    if style.color is not None:
        return style + Style(color=palette.colours.get(style.color.name, palette.ink))
    return style + Style(dim=False, color=palette.dim) if style.dim else style
