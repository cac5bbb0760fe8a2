"""How things look: weight first, the terminal's own sixteen colours second, so that all reads without colour."""

from __future__ import annotations

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
