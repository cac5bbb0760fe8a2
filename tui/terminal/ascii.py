"""For terminals that have ASCII only: every other character gives way to one that means the same, in as many cells."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.driver import ChangesDriver

_SIMILAR = {
    # ruff: noqa: RUF001 - that they look alike is the point
    **dict.fromkeys("─━┄┅┈┉╌╍═–—‒", "-"), **dict.fromkeys("│┃┆┇┊┋╎╏║", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝", "+"),
    **dict.fromkeys("█▇▆▅▄▉▊▋▌■▮", "#"), **dict.fromkeys("▃▂▁▏▎▍░▒▓", ":"), "…": "~", "·": ".", "•": "*",
    "↑": "^", "↓": "v", "←": "<", "→": ">", "×": "x", "≥": ">", "≤": "<",
    "‘": "'", "’": "'", "“": '"', "”": '"', "✓": "*", "ß": "s",
    "ø": "o", "Ø": "O", "æ": "a", "Æ": "A", "ł": "l", "Ł": "L", "đ": "d", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
_OTHER = re.compile(r"[^\x00-\x7f]")


def to_ascii(text: str) -> str:
    """The text in ASCII, as wide as it was."""
    return text if text.isascii() else _OTHER.sub(lambda found: _one(found[0]), text)


@lru_cache(maxsize=4096)
def _one(character: str) -> str:
    width = get_character_cell_size(character)
    similar = _SIMILAR.get(character) or unicodedata.normalize("NFKD", character)[:1]
    return (similar if similar.isascii() and similar.isprintable() else "?").ljust(width, "?")[:width]


class AsciiChangesDriver(ChangesDriver):
    """Sends what changed, in ASCII."""

    def write(self, data: str) -> None:
        """Translate, then go on."""
        super().write(to_ascii(data))


class AsciiDriver(LinuxDriver):
    """The library's own driver, in ASCII."""

    def write(self, data: str) -> None:
        """Translate, then go on."""
        super().write(to_ascii(data))
